/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Page table walks of arm64, compared with an MMU. A program that ran at EL2 of QEMU's -cpu max
 * filled tables with random entries. TCR_EL1 had TBI, HA and HD, an IPS of 48 or 52 bits, and with
 * LPA2 also DS. For each address, the program executed AT S1E1R, S1E1W, S1E0R and S1E0W, which
 * determine what EL1 and EL0 may do at the address. The rows contain the resulting values of
 * PAR_EL1: the physical address and the byte of MAIR_EL1, or a fault.
 */
#include <inttypes.h>
#include "arch/arm64/arm64.h"
#include "image.h"
#include "paging/entries.h"

#include "unit.h"

enum { MOST_STEPS = 5, PAGE = 0x1000, MEMORY = 0x1000 };

/* MAIR_EL1 of that program, one byte for each index. */
static const uint8_t mair[8] = { 0xee, 0xf0, 0xff, 0xbb, 0x44, 0x0c, 0x04, 0x00 };

struct row {
	unsigned int page_shift, va_bits, pa_bits;
	uint64_t vaddr, root;
	struct {
		uint64_t paddr, entry;
	} step[MOST_STEPS]; /* ends with paddr 0 */
	uint64_t read, write, user_read, user_write; /* values of PAR_EL1 */
};

static const struct row rows[] = {
#include "made_arm64_walks.h"
};

static bool faults(uint64_t par)
{
	return par & 1;
}

static struct image image;

static struct dump *open_tables(const struct row *row)
{
	struct error err = { .message = "" };
	struct dump *dump;

	image_init(&image, false);
	for (unsigned int i = 0; i < MOST_STEPS && row->step[i].paddr; i++) {
		uint64_t at = row->step[i].paddr, entry = htole64(row->step[i].entry);
		size_t offset = MEMORY + i * PAGE;

		memset(image.bytes + offset, 0, PAGE);
		memcpy(image.bytes + offset + at % PAGE, &entry, sizeof(entry));
		image_load(&image, offset, at & -(uint64_t)PAGE, PAGE);
	}
	dump = image_open(&image, &err);
	if (!dump)
		fail_msg("%s", err.message);
	return dump;
}

static bool differs(size_t nr, const struct row *row, const struct walk *walk)
{
	print_message("row %zu, %u, %u bits: %" PRIx64 ": %d %" PRIx64 " %d%d%d of %" PRIx64
		      ": %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n",
		      nr, row->page_shift, row->va_bits, row->vaddr, walk->outcome, walk->paddr,
		      walk->readable, walk->writable, walk->user, walk_last_entry(walk), row->read,
		      row->write, row->user_read, row->user_write);
	return false;
}

static bool check_row(size_t nr, const struct row *row, const struct space *space)
{
	struct walk walk = walk_page_table(space, row->vaddr);
	uint64_t paddr = UINT64_MAX;
	const uint64_t page = UINT64_C(0x000ffffffffff000);
	char access[ACCESS_TEXT];
	unsigned int index;

	walk_page_tables(space, &row->vaddr, &paddr, 1);
	if (faults(row->read)) {
		if (walk.outcome == WALK_MAPPED || paddr != UINT64_MAX)
			return differs(nr, row, &walk);
		return true;
	}
	if (walk.outcome != WALK_MAPPED || (walk.paddr ^ row->read) & page || walk.paddr != paddr)
		return differs(nr, row, &walk);
	if (walk.writable == faults(row->write) ||
	    (walk.user && walk.readable) == faults(row->user_read) ||
	    (walk.user && walk.writable) == faults(row->user_write))
		return differs(nr, row, &walk);
	entry_access(space->paging, &walk, access);
	if ((access[5] == 'w') == faults(row->write) ||
	    (access[13] == 'r') == faults(row->user_read) ||
	    (access[14] == 'w') == faults(row->user_write))
		return differs(nr, row, &walk);
	index = entry_cache_index(space->paging, walk.nr_steps - 1u, walk_last_entry(&walk));
	if (mair[index] != row->read >> 56)
		return differs(nr, row, &walk);
	return true;
}

static void walks_of_an_mmu(void **state)
{
	size_t mapped = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const struct paging_choice choice = {
			.mode = MODE_ARM64,
			.page_size = UINT64_C(1) << row->page_shift,
			.va_bits = row->va_bits,
			.config_va_bits = row->va_bits,
			.pa_bits = row->pa_bits,
		};
		struct space space = {
			.dump = open_tables(row),
			.paging = arm64_paging(&choice),
			.root = row->root,
			.upper_root = row->root,
		};

		assert_non_null(space.paging);
		wrong += !check_row(i, row, &space);
		mapped += !faults(row->read);
		dump_close(space.dump);
	}
	assert_int_equal(wrong, 0);
	assert_true(mapped > sizeof(rows) / sizeof(rows[0]) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_of_an_mmu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
