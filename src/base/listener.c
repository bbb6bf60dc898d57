/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/listener.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/scatter.h"

enum {
	STEPS_A_LOOK = 256,
	TELL_EVERY = 1000, /* the least time between two progress reports, in milliseconds */
	LONGEST_TEXT = 4096 + 1024,
};

static void listener_tell(void (*callback)(void *arg, const char *text), void *arg,
			  const char *format, va_list args) __attribute__((format(printf, 3, 0)));

static void listener_tell(void (*callback)(void *arg, const char *text), void *arg,
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
		listener_tell(listener->warning, listener->arg, format, args);
	va_end(args);
}

void listener_fact(const struct listener *listener, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (listener)
		listener_tell(listener->fact, listener->arg, format, args);
	va_end(args);
}

static bool is_news(struct listener *listener, const char *text)
{
	uint64_t value = scatter_text(text);

	for (unsigned int i = 0; i < listener->nr_troubles; i++)
		if (listener->told[i] == value)
			return false;
	if (listener->nr_troubles < MOST_TROUBLES)
		listener->told[listener->nr_troubles] = value;
	return true;
}

void listener_trouble(struct listener *listener, const char *path, const char *format, ...)
{
	char text[768];
	size_t used;
	va_list args;

	if (!listener || !listener->trouble || listener->nr_troubles > MOST_TROUBLES)
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
					  "there are more warnings, which are not shown");
}

struct progress progress_start(const char *doing, const struct listener *listener)
{
	return (struct progress){
		.doing = doing,
		.listener = listener,
		.next = clock_coarse() + TELL_EVERY,
	};
}

void progress_long_step(struct progress *progress, uint64_t done, uint64_t total)
{
	const struct listener *listener = progress->listener;
	char text[128];
	uint64_t now;

	if (!listener || !listener->progress)
		return;
	now = clock_coarse();
	if (now < progress->next)
		return;
	progress->next = now + TELL_EVERY;
	snprintf(text, sizeof(text), "%s: %u%%", progress->doing,
		 (unsigned int)(100.0 * (double)done / ((double)total + 1)));
	listener->progress(listener->arg, text);
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total)
{
	if (++progress->steps < STEPS_A_LOOK)
		return;
	progress->steps = 0;
	progress_long_step(progress, done, total);
}
