/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Replaces each name by a pseudonym, always by the same one. Pseudonyms reveal only the order in
 * which names came. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pseudonyms; /* defined in pseudonym.c */

struct pseudonyms *pseudonyms_create(void); /* NULL: out of memory */
void pseudonyms_destroy(struct pseudonyms *pseudonyms); /* NULL is fine */

/* Number of names that have pseudonyms. */
size_t pseudonyms_count(const struct pseudonyms *pseudonyms);

/* Length of the longest pseudonym: "n" and five digits. */
enum { PSEUDONYM_MAX = 6 };

/* Writes the pseudonym of a name of size bytes, above 0, to the buffer. Returns the length of the
 * pseudonym: PSEUDONYM_MAX, or size if the name is shorter. Different names get different
 * pseudonyms as far as the length allows: there are 36 pseudonyms of one letter. 0: out of
 * memory. */
size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX]);
