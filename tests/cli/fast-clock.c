/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: each look at the clock takes a second. */
#include <time.h>

time_t time(time_t *to)
{
	static time_t now;

	now++;
	if (to)
		*to = now;
	return now;
}
