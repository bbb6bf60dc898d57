/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bits of Intel's second-stage entries: SDM vol. 3C, 29.3.2, and VT-d, 9.8. */
#include <stdint.h>
#include <string.h>

#include "paging/entries.h"
#include "paging/second_stage.h"

#include "unit.h"

#define BIT_OF(nr) (UINT64_C(1) << (nr))

struct row {
	unsigned int level; /* of 4: 3 is the level of small pages */
	uint64_t entry;
	const char *names;
};

static void expect_rows(enum second_stage stage, const struct row *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const char *names[MOST_ENTRY_BITS];
		unsigned int nr_names = entry_bit_names(second_stage_paging(stage, 4),
							rows[i].level, rows[i].entry, names);
		char text[256] = "";

		for (unsigned int at = 0; at < nr_names; at++) {
			strcat(text, at ? "|" : "");
			strcat(text, names[at]);
		}
		if (strcmp(text, rows[i].names))
			fail_msg("row %zu: %s", i, text);
	}
}

static void bits_of_ept(void **state)
{
	static const struct row rows[] = {
		/* a page of 4 KiB: the memory type is in bits 3 to 5 */
		{ 3, BIT_OF(0), "READ|UC" },
		{ 3, BIT_OF(0) | BIT_OF(1), "READ|WRITE|UC" },
		{ 3, BIT_OF(2) | 6 << 3, "EXECUTE|WB" },
		{ 3, BIT_OF(0) | 6 << 3 | BIT_OF(6), "READ|IGNORE_PAT|WB" },
		{ 3, BIT_OF(0) | BIT_OF(7), "READ|UC" },
		{ 3, BIT_OF(0) | BIT_OF(8), "READ|ACCESSED|UC" },
		{ 3, BIT_OF(0) | BIT_OF(9), "READ|DIRTY|UC" },
		{ 3, BIT_OF(0) | BIT_OF(10), "READ|USER_EXECUTE|UC" },
		{ 3, BIT_OF(0) | BIT_OF(11), "READ|UC" },
		{ 3, BIT_OF(0) | BIT_OF(57), "READ|VERIFY_PAGING|UC" },
		{ 3, BIT_OF(0) | BIT_OF(58), "READ|PAGING_WRITE|UC" },
		{ 3, BIT_OF(0) | BIT_OF(60), "READ|SHADOW_STACK|UC" },
		{ 3, BIT_OF(0) | BIT_OF(61), "READ|SUB_PAGE|UC" },
		{ 3, BIT_OF(0) | BIT_OF(63), "READ|SUPPRESS_VE|UC" },
		/* a page of 2 MiB, and a table */
		{ 2, BIT_OF(0) | BIT_OF(7) | BIT_OF(9), "READ|PS|DIRTY|UC" },
		{ 2, BIT_OF(0) | BIT_OF(8) | BIT_OF(10), "READ|ACCESSED|USER_EXECUTE" },
	};

	(void)state;
	expect_rows(STAGE_EPT, rows, sizeof(rows) / sizeof(rows[0]));
}

static void bits_of_vtd(void **state)
{
	static const struct row rows[] = {
		{ 3, BIT_OF(0), "READ" },
		{ 3, BIT_OF(1), "WRITE" },
		{ 2, BIT_OF(0) | BIT_OF(7), "READ|PS" },
		{ 3, BIT_OF(0) | BIT_OF(8), "READ|ACCESSED" },
		{ 3, BIT_OF(0) | BIT_OF(9), "READ|DIRTY" },
		{ 3, BIT_OF(0) | BIT_OF(10), "READ" },
		{ 3, BIT_OF(0) | BIT_OF(11), "READ|SNOOP" },
	};

	(void)state;
	expect_rows(STAGE_VTD, rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_of_ept),
		cmocka_unit_test(bits_of_vtd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
