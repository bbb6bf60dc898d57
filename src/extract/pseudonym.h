/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Replaces names by pseudonyms. Equal names always get equal pseudonyms. A pseudonym reveals only
 * the length of a short name, and the order in which names were first used. */
#pragma once

#include <stddef.h>

struct pseudonyms; /* defined in pseudonym.c */

struct pseudonyms *pseudonyms_create(void); /* returns NULL if memory is exhausted */
void pseudonyms_destroy(struct pseudonyms *pseudonyms); /* NULL is fine */

/* Returns the number of names that have pseudonyms. */
size_t pseudonyms_count(const struct pseudonyms *pseudonyms);

/* Length of the longest pseudonym: "n" and five characters. */
enum { PSEUDONYM_MAX = 6 };

/* Writes the pseudonym of a name to the array `to`, without a NUL. `size` is the length of the
 * name, and must not be 0. Returns the length of the pseudonym, which is the smaller of
 * PSEUDONYM_MAX and size, or 0 if memory is exhausted. Different names get different pseudonyms as
 * far as the length allows: for example, there are only 36 pseudonyms of one character. */
size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX]);
