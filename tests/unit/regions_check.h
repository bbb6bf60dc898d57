/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares regions with those that a test expects. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "linux/region.h"

#include "unit.h"

enum { MOST_REGION_ROWS = 16 };

struct region_row {
	const char *name;
	uint64_t first, last;
};

static inline const char *region_name(const struct region *region)
{
	return region->kind == REGION_NEEDS_TYPES ? "needs-types" : region_names[region->kind];
}

static inline void region_differs(const char *where, const struct region *found,
				  const struct region_row *wanted)
{
	fail_msg("%s: %s from %llx to %llx, not %s from %llx to %llx", where, region_name(found),
		 (unsigned long long)found->first, (unsigned long long)found->last, wanted->name,
		 (unsigned long long)wanted->first, (unsigned long long)wanted->last);
}

/* The whole rest of a list, from the region at index at on. rows: an array of MOST_REGION_ROWS. */
static inline void check_region_rows(const char *what, size_t nr, const struct region_list *list,
				     size_t at, const struct region_row *rows)
{
	char where[192];

	snprintf(where, sizeof(where), "%s, row %zu", what, nr);
	for (size_t i = 0; i < MOST_REGION_ROWS && rows[i].name; i++, at++) {
		const struct region *found = &list->region[at];

		if (at >= list->nr)
			fail_msg("%s: nothing for %s", where, rows[i].name);
		if (strcmp(region_name(found), rows[i].name) != 0 ||
		    found->first != rows[i].first || found->last != rows[i].last)
			region_differs(where, found, &rows[i]);
	}
	if (at != list->nr)
		fail_msg("%s: %zu regions, not %zu", where, list->nr, at);
}

/* All regions of a kernel: the user's half, which ends at last_user, what is not canonical, and the
 * rows, which end at the last address. */
static inline void check_regions(const char *what, size_t nr, struct kernel *kernel,
				 uint64_t last_user, const struct region_row *rows)
{
	struct error err = { .message = "" };
	const struct region_list *list = region_all(kernel, &err);

	if (!list)
		fail_msg("%s, row %zu: %s", what, nr, err.message);
	assert_int_equal(list->region[0].kind, REGION_USER);
	assert_true(list->region[0].last == last_user);
	assert_int_equal(list->region[1].kind, REGION_NON_CANONICAL);
	check_region_rows(what, nr, list, 2, rows);
	assert_true(list->region[list->nr - 1].last == UINT64_MAX);
}

/* The region at an address. A limit of 0 is not checked. */
static inline void expect_region(struct kernel *kernel, uint64_t vaddr, const char *name,
				 uint64_t first, uint64_t last)
{
	const struct region_row wanted = { name, first, last };
	struct error err = { .message = "" };
	const struct region *found = region_of(kernel, vaddr, &err);
	char where[192];

	snprintf(where, sizeof(where), "%s, %llx", kernel->identity->release,
		 (unsigned long long)vaddr);
	if (!found)
		fail_msg("%s: %s", where, err.message);
	if (strcmp(region_name(found), name) != 0 || (first && found->first != first) ||
	    (last && found->last != last))
		region_differs(where, found, &wanted);
}
