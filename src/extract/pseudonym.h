/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Each name is replaced by a pseudonym of its own, always the same one. A pseudonym reveals only
 * the order in which names came. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pseudonyms; /* opaque */

struct pseudonyms *pseudonyms_create(void); /* NULL: out of memory */
void pseudonyms_destroy(struct pseudonyms *pseudonyms); /* NULL is fine */

/* How many names there are pseudonyms for. */
size_t pseudonyms_count(const struct pseudonyms *pseudonyms);

/* The longest: "n" and five digits. */
enum { PSEUDONYM_MAX = 6 };

/* Writes the pseudonym of a name of size bytes, above 0, into to. Returns its length:
 * PSEUDONYM_MAX, or size if the name is shorter. Different names have different pseudonyms as
 * far as the length allows: there are 36 of one letter. 0: out of memory. */
size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX]);
