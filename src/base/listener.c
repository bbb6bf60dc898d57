/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/listener.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_A_LOOK = 256, LONGEST_TEXT = 4096 + 1024 };

static void tell(void (*callback)(void *arg, const char *text), void *arg,
		 const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void tell(void (*callback)(void *arg, const char *text), void *arg,
		 const char *format, va_list args)
{
	char text[LONGEST_TEXT];

	if (!callback)
		return;
	vsnprintf(text, sizeof(text), format, args);
	callback(arg, text);
}

void listener_warn(const struct listener *listener, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (listener)
		tell(listener->warning, listener->arg, format, args);
	va_end(args);
}

void listener_fact(const struct listener *listener, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (listener)
		tell(listener->fact, listener->arg, format, args);
	va_end(args);
}

/* FNV-1a */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		value = (value ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return value;
}

static bool is_news(struct listener *listener, const char *text)
{
	uint64_t value = hash(text);

	for (unsigned int i = 0; i < listener->nr_troubles; i++)
		if (listener->told[i] == value)
			return false;
	if (listener->nr_troubles < MOST_TROUBLES)
		listener->told[listener->nr_troubles] = value;
	return true;
}

void listener_trouble(struct listener *listener, const char *path,
		      const char *format, ...)
{
	char text[768];
	size_t used;
	va_list args;

	if (!listener || !listener->trouble ||
	    listener->nr_troubles > MOST_TROUBLES)
		return;
	snprintf(text, sizeof(text), "%.512s: ", path);
	used = strlen(text);
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	if (is_news(listener, text))
		listener->trouble(listener->arg,
				  listener->nr_troubles++ < MOST_TROUBLES ?
					  text :
					  "more is wrong; the rest is not listed");
}

struct progress progress_start(const char *doing,
			       const struct listener *listener)
{
	/* The rest of the current second does not count. */
	return (struct progress){
		.doing = doing, .listener = listener, .told = time(NULL) + 1,
	};
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total)
{
	const struct listener *listener = progress->listener;
	char text[128];
	time_t now;

	if (!listener || !listener->progress || ++progress->steps < STEPS_A_LOOK)
		return;
	progress->steps = 0;
	now = time(NULL);
	if (now <= progress->told)
		return;
	progress->told = now;
	snprintf(text, sizeof(text), "%s: %u%%", progress->doing,
		 (unsigned int)(100.0 * (double)done / ((double)total + 1)));
	listener->progress(listener->arg, text);
}
