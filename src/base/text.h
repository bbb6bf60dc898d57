/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Text composed in a buffer of fixed size. */
#pragma once

#include <stddef.h>

/* Appends to the NUL-terminated text in a buffer of size bytes; cuts off what
 * does not fit. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The number of letters that must be changed, added, left out or swapped with their
 * neighbour to make one text the other; most + 1 if there are more. Of texts up to 64
 * letters; others are as far apart as can be. */
unsigned int text_distance(const char *one, const char *other,
			   unsigned int most);
