/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Pseudonyms: each name is replaced by one of its own, always by the same one. A pseudonym says
 * nothing of the name but the order in which names came. */
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

/* Writes what stands for a name of size bytes, above 0, into to, and returns how many bytes that
 * are: PSEUDONYM_MAX, or size where the name has less. Names differ so as far as that many
 * letters and digits can: of a single letter there are 36. 0: out of memory. */
size_t pseudonym_of(struct pseudonyms *pseudonyms, const char *name, size_t size,
		    char to[PSEUDONYM_MAX]);
