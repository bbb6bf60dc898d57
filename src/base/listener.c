/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/listener.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_TROUBLES = 64, STEPS_A_LOOK = 256 };

void listener_trouble(struct listener *listener, const char *path,
		      const char *format, ...)
{
	char text[768];
	size_t used;
	va_list args;

	if (!listener || !listener->trouble ||
	    listener->nr_troubles > MOST_TROUBLES)
		return;
	if (listener->nr_troubles++ == MOST_TROUBLES) {
		listener->trouble(listener->arg,
				  "more is wrong: that is not listed");
		return;
	}
	snprintf(text, sizeof(text), "%.512s: ", path);
	used = strlen(text);
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	listener->trouble(listener->arg, text);
}

struct progress progress_start(const char *doing,
			       void (*tell)(void *arg, const char *text),
			       void *arg)
{
	return (struct progress){
		.doing = doing, .tell = tell, .arg = arg, .told = time(NULL),
	};
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total)
{
	char text[128];
	time_t now;

	if (!progress->tell || ++progress->steps < STEPS_A_LOOK)
		return;
	progress->steps = 0;
	now = time(NULL);
	if (now == progress->told)
		return;
	progress->told = now;
	snprintf(text, sizeof(text), "%s: %u%%", progress->doing,
		 (unsigned int)(100.0 * (double)done / ((double)total + 1)));
	progress->tell(progress->arg, text);
}
