/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Replaces names by pseudonyms. The same name always gets the same pseudonym. Pseudonyms reveal
 * only the order in which the names were first used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pseudonyms; /* defined in pseudonym.c */

struct pseudonyms *pseudonyms_create(void); /* returns NULL if memory is exhausted */
void pseudonyms_destroy(struct pseudonyms *pseudonyms); /* NULL is fine */

/* Returns the number of names that have pseudonyms. */
size_t pseudonyms_count(const struct pseudonyms *pseudonyms);

/* Length of the longest pseudonym: "n" and five characters. */
enum { PSEUDONYM_MAX = 6 };

/* Writes the pseudonym of a name to the array, without a NUL. size: length of the name, above 0.
 * Returns the length of the pseudonym: PSEUDONYM_MAX, or size if the name is shorter; or 0 if
 * memory is exhausted. Different names get different pseudonyms as far as the length allows: there
 * are only 36 pseudonyms of one character. */
size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX]);
