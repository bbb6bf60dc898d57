/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of a virtual machine as a dump: the extents around addresses, which depend on the
 * slots, and on the page table and the mappings of the process. */
#include "dump/dump.h"
#include "kvm/guest_dump.h"
#include "kvm/guests.h"
#include "linux/vma/vma.h"
#include "open/open.h"

#include "made_mm.h"

enum {
	VMAS = 0x5400,
	VMA_BYTES = 0x40,
	MM_VMAS = 24,
	USER = 0x40400000, /* the process of made_mm.h maps DATA here and after it */
};

static const struct placed vma_layout[] = {
	{ MM_MMAP, MM_VMAS, 8 }, { VMA_START, 0, 8 },  { VMA_END, 8, 8 },    { VMA_NEXT, 16, 8 },
	{ VMA_MM, 24, 8 },	 { VMA_FLAGS, 32, 8 }, { VMA_PGOFF, 40, 8 }, { VMA_FILE, 48, 8 },
};

static const struct {
	uint64_t start, end, flags, file;
} vmas[] = {
	{ USER, USER + 0x5000, 0, 0 },
	{ USER + 0x5000, USER + 0x6000, 0, 1 },
	{ USER + 0x6000, USER + 0x7000, VMA_MAYSHARE, 0 },
	{ 0x80001000, 0x80002000, 0, 0 },
	{ 0x80012000, 0x80016000, 0, 0 },
};
enum { NR_VMAS = sizeof(vmas) / sizeof(vmas[0]) };

/* Not in the order of the kernel's trees: guest_read_slots() sorts slots. */
static struct guest_slot slots[] = {
	{ .first = 0x10000, .size = 0x7000, .user = USER },
	{ .first = 0x17000, .size = 0x2000, .user = USER + 0x10000 },
	{ .first = 0x40000000, .size = 0x200000, .user = 0x40600000 },
	{ .first = 0x80000000, .size = 0x1000, .user = USER, .flags = SLOT_GUEST_MEMFD },
	{ .first = 0x90000000, .size = 0x2000, .user = 0x80000000 },
	{ .first = 0xb0000000, .size = 0x8000, .user = 0x80010000 },
	{ .first = 0xc0000000, .size = 0x1000, .user = 0x40800000 },
	{ .first = 0xd0000000, .size = 0x1000, .user = 0x40a00000 },
	{ .first = 0x400000, .size = 0x1000, .user = USER, .space = 1 },
};
static const struct guest machine = {
	.address = 0x1234,
	.mm = IMAGE + MMS,
	.pid = 2,
	.slot = slots,
	.nr_slots = sizeof(slots) / sizeof(slots[0]),
};

#define NOT_BORROWED UINT64_MAX

/* Each row is an extent, from the end of the extent before it. */
static const struct extent_row {
	uint64_t last;
	enum page_state state, state_without_vmas;
	uint64_t host; /* physical address of the first byte in the host's dump */
} rows[] = {
	{ 0xffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0x10fff, PAGE_PRESENT, PAGE_PRESENT, DATA },
	{ 0x11fff, PAGE_PRESENT, PAGE_PRESENT, DATA },
	{ 0x12fff, PAGE_PRESENT, PAGE_PRESENT, 0xd000 }, /* PROT_NONE */
	{ 0x13fff, PAGE_FILTERED, PAGE_FILTERED, NOT_BORROWED }, /* swapped out */
	{ 0x14fff, PAGE_ZERO, PAGE_FILTERED, NOT_BORROWED }, /* never accessed */
	{ 0x15fff, PAGE_FILTERED, PAGE_FILTERED, NOT_BORROWED }, /* of a file */
	{ 0x16fff, PAGE_FILTERED, PAGE_FILTERED, NOT_BORROWED }, /* shared */
	{ 0x17fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED }, /* not mapped by the process */
	{ 0x18fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED },
	{ 0x3fffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0x4000ffff, PAGE_PRESENT, PAGE_PRESENT, 0 }, /* the part of 2M that the host's dump has */
	{ 0x401fffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0x7fffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0x80000fff, PAGE_FILTERED, PAGE_FILTERED, NOT_BORROWED }, /* guest_memfd */
	{ 0x8fffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0x90000fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED }, /* before a mapping */
	{ 0x90001fff, PAGE_ZERO, PAGE_FILTERED, NOT_BORROWED },
	{ 0xafffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0xb0000fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED },
	{ 0xb0001fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED },
	{ 0xb0005fff, PAGE_ZERO, PAGE_FILTERED, NOT_BORROWED }, /* a mapping without a table */
	{ 0xb0006fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED },
	{ 0xb0007fff, PAGE_ABSENT, PAGE_FILTERED, NOT_BORROWED },
	{ 0xbfffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0xc0000fff, PAGE_DAMAGED, PAGE_DAMAGED, NOT_BORROWED }, /* a reserved bit */
	{ 0xcfffffff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
	{ 0xd0000fff, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED }, /* the host lacks a table */
	{ UINT64_MAX, PAGE_ABSENT, PAGE_ABSENT, NOT_BORROWED },
};

static struct kernel *open_host(bool has_vmas)
{
	struct kernel *kernel;

	start();
	put(LAST + 8 * 2, (~UINT64_C(0xd000) & 0x000ffffffffff000) | 0x100, 8);
	put(LAST + 8 * 3, UINT64_C(2) << 59 | (~UINT64_C(0x1234) << 14) >> 5, 8);
	put(MIDDLE + 8 * 3, P | RW | US | PS, 8);
	put(MIDDLE + 8 * 4, 0x2000 | P | RW | US | PS, 8);
	put(MIDDLE + 8 * 5, 0x100000 | P | RW | US, 8);
	put(MMS + MM_VMAS, IMAGE + VMAS, 8);
	for (unsigned int i = 0; i < NR_VMAS; i++) {
		uint64_t at = VMAS + i * VMA_BYTES;

		put(at, vmas[i].start, 8);
		put(at + 8, vmas[i].end, 8);
		put(at + 16, i + 1 < NR_VMAS ? IMAGE + at + VMA_BYTES : 0, 8);
		put(at + 24, IMAGE + MMS, 8);
		put(at + 32, vmas[i].flags, 8);
		put(at + 48, vmas[i].file, 8);
	}
	kernel = open_kernel();
	if (has_vmas)
		placed_set_all(kernel, vma_layout, sizeof(vma_layout) / sizeof(vma_layout[0]));
	return kernel;
}

static void expect_extent(struct dump *dump, struct kernel *host, size_t nr, bool has_vmas,
			  uint64_t paddr, bool peek)
{
	uint64_t first = nr ? rows[nr - 1].last + 1 : 0;
	struct extent extent, from;

	(peek ? dump_peek : dump_find)(dump, paddr, &extent);
	/* Without mappings, the extent of a page that the table does not map is this page. */
	if ((has_vmas && (extent.first != first || extent.last != rows[nr].last)) ||
	    extent.state != (has_vmas ? rows[nr].state : rows[nr].state_without_vmas))
		fail_msg("%llx: %llx to %llx, state %d", (unsigned long long)paddr,
			 (unsigned long long)extent.first, (unsigned long long)extent.last,
			 (int)extent.state);
	if (peek || rows[nr].host == NOT_BORROWED)
		return;
	dump_find(host->dump, rows[nr].host, &from);
	assert_ptr_equal(extent.data, from.data + (rows[nr].host - from.first));
}

static void extents_of_a_machine(void **state)
{
	(void)state;
	for (int has_vmas = 0; has_vmas < 2; has_vmas++) {
		struct kernel *host = open_host(has_vmas);
		struct error err = { .message = "" };
		struct dump *dump = guest_dump_create(host, &machine, NULL, &err);
		uint64_t first = 0;

		if (!dump)
			fail_msg("%s", err.message);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			const uint64_t paddrs[] = { first, first + (rows[i].last - first) / 2,
						    rows[i].last };

			for (size_t at = 0; at < 3; at++) {
				expect_extent(dump, host, i, has_vmas, paddrs[at], false);
				expect_extent(dump, host, i, has_vmas, paddrs[at], true);
			}
			first = rows[i].last + 1;
		}
		dump_close(dump);
		open_close(host);
	}
}

/* Machines whose memory is not known. */
static void machines_without_memory(void **state)
{
	struct kernel *host = open_host(true);
	struct guest guest = machine;
	struct error err = { 0 };

	(void)state;
	guest.mm = 0;
	assert_null(guest_dump_create(host, &guest, NULL, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	guest.mm = IMAGE + MMS + MM_SIZE * MM_WILD;
	assert_null(guest_dump_create(host, &guest, NULL, &err));
	guest = machine;
	guest.slot = &slots[machine.nr_slots - 1]; /* system management mode only */
	guest.nr_slots = 1;
	assert_null(guest_dump_create(host, &guest, NULL, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	guest.slot_trouble = (struct error){ .code = ERROR_FORMAT, .message = "overlap" };
	assert_null(guest_dump_create(host, &guest, NULL, &err));
	assert_string_equal(err.message, "overlap");
	open_close(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extents_of_a_machine),
		cmocka_unit_test(machines_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
