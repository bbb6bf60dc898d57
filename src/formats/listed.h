/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For formats that need no more than a list of extents, which is then the dump's
 * private: open() adds the pieces, whose failure it need not look at, and ends
 * with extents_take(); extents_close() and extents_find() are the others.
 */
#pragma once

#include "container/extents.h"
#include "dump/dump.h"

/* Adds size bytes of memory from paddr on that the file has from offset on; those
 * behind its end are PAGE_TRUNCATED. Returns how many these are. */
uint64_t extents_add(struct pieces *pieces, struct bytes file, uint64_t offset,
		     uint64_t paddr, uint64_t size);

/* Builds the list and frees the pieces. Fails if there are none, or if one could
 * not be added. */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* The survey of a list. */
void extents_survey(const struct extent_list *list, struct dump_survey *survey);
