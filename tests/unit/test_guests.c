/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory slots of virtual machines, in trees that are valid or damaged: include/linux/kvm_host.h of
 * 6.1, with the offsets given here. */
#include "kvm/guests.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "placed.h"
#include "kernel/kernel_members.h"
#include "kvm/members.h"
#include "open/open.h"

#include "unit.h"

/* A virtual machine with two address spaces. Each slot has two tree nodes, and the address space
 * determines which of them is used. */
enum {
	KVM = 0x5000,
	SPACES = 0x6000,
	SPACE_BYTES = 16,
	SLOTS = 0x7000,
	SLOT_BYTES = 80,
	NODE_BYTES = 24
};

static const struct placed layout[] = {
	{ KVM_MEMSLOTS, 8, 16 },  { SLOTS_TREE, 0, 8 },	    { SLOTS_NODE, 8, 4 },
	{ MEMSLOT_NODE, 0, 24 },  { RB_RIGHT, 8, 8 },	    { RB_LEFT, 16, 8 },
	{ MEMSLOT_GFN, 48, 8 },	  { MEMSLOT_PAGES, 56, 8 }, { MEMSLOT_USER, 64, 8 },
	{ MEMSLOT_FLAGS, 72, 4 }, { MEMSLOT_ID, 76, 2 },
};

static struct kernel *kernel;
static struct guest guest;
static unsigned int nr_put, last_space;

static void start(void)
{
	memory_start(false, "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			    "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n");
	memory_put_tables();
	nr_put = 0;
}

static uint64_t slot_at(unsigned int nr)
{
	return SLOTS + nr * SLOT_BYTES;
}

/* Adds a slot: as the right child of the slot that was added before, or as the root of an address
 * space. */
static void put_slot(unsigned int space, unsigned int node, uint64_t frame, uint64_t pages,
		     uint64_t user)
{
	uint64_t at = slot_at(nr_put), root = SPACES + space * SPACE_BYTES;
	bool first = !nr_put || space != last_space;

	put(KVM + 8 + 8 * space, IMAGE + root, 8);
	put(root + 8, node, 4);
	put(first ? root : slot_at(nr_put - 1) + node * NODE_BYTES + 8,
	    IMAGE + at + node * NODE_BYTES, 8);
	put(at + 48, frame, 8);
	put(at + 56, pages, 8);
	put(at + 64, user, 8);
	put(at + 72, 1, 4);
	put(at + 76, nr_put++, 2);
	last_space = space;
}

static void read_slots(void)
{
	struct address_set seen = { 0 };

	kernel = memory_open(NULL, NULL);
	placed_set_all(kernel, layout, sizeof(layout) / sizeof(layout[0]));
	guest = (struct guest){ .address = IMAGE + KVM };
	guest_read_slots(kernel, &guest, &seen, &guest.slot_trouble);
	address_set_release(&seen);
}

static void finish(void)
{
	free(guest.slot);
	open_close(kernel);
}

static void expect_slot(size_t nr, unsigned int space, uint64_t first, uint64_t pages, int id)
{
	assert_true(nr < guest.nr_slots);
	assert_int_equal(guest.slot[nr].space, space);
	assert_int_equal(guest.slot[nr].first, first);
	assert_int_equal(guest.slot[nr].pages, pages);
	assert_int_equal(guest.slot[nr].id, id);
	assert_int_equal(guest.slot[nr].flags, SLOT_LOGS_DIRTY);
}

/* Reads the slots with each of the two nodes. Slots without pages are left out. */
static void slots_in_order(void **state)
{
	(void)state;
	for (unsigned int node = 0; node < 2; node++) {
		start();
		put_slot(0, node, 0x300, 2, 0x40000);
		put_slot(0, node, 0, 4, 0x20000);
		put_slot(0, node, 0x200, 0, 0x30000);
		put_slot(0, node, 0x100, 0x100, 0x800000);
		/* a slot of system management mode, at frames of other slots */
		put_slot(1, node, 0x100, 0x20, 0x50000);
		read_slots();
		assert_int_equal(guest.slot_trouble.code, 0);
		assert_int_equal(guest.nr_slots, 4);
		expect_slot(0, 0, 0, 4, 1);
		expect_slot(1, 0, 0x100000, 0x100, 3);
		expect_slot(2, 0, 0x300000, 2, 0);
		expect_slot(3, 1, 0x100000, 0x20, 4);
		finish();
	}
}

/* A host of 32 bits: pointers have four bytes, and a tree node has twelve. The second address space
 * uses the second node. */
static void slots_of_a_narrow_host(void **state)
{
	static const struct placed narrow[] = {
		{ KVM_MEMSLOTS, 8, 8 },	  { SLOTS_TREE, 0, 4 },	    { SLOTS_NODE, 4, 4 },
		{ MEMSLOT_NODE, 0, 12 },  { RB_RIGHT, 4, 4 },	    { RB_LEFT, 8, 4 },
		{ MEMSLOT_GFN, 24, 8 },	  { MEMSLOT_PAGES, 32, 4 }, { MEMSLOT_USER, 36, 4 },
		{ MEMSLOT_FLAGS, 40, 4 }, { MEMSLOT_ID, 44, 2 },
	};
	struct address_set seen = { 0 };

	(void)state;
	memory_start_32("6.1.0", "");
	for (unsigned int space = 0; space < 2; space++) {
		uint64_t root = SPACES + space * SPACE_BYTES, slot = slot_at(space);

		put(KVM + 8 + 4 * space, IMAGE_32 + root, 4);
		put(root, IMAGE_32 + slot + 12 * space, 4);
		put(root + 4, space, 4);
		put(slot + 24, 0x100 + space, 8);
		put(slot + 32, 1, 4);
		put(slot + 36, 0x20000, 4);
		put(slot + 40, SLOT_LOGS_DIRTY, 4);
		put(slot + 44, space, 2);
	}
	kernel = memory_open(NULL, NULL);
	placed_set_all(kernel, narrow, sizeof(narrow) / sizeof(narrow[0]));
	guest = (struct guest){ .address = IMAGE_32 + KVM };
	assert_true(guest_read_slots(kernel, &guest, &seen, &guest.slot_trouble));
	address_set_release(&seen);
	assert_int_equal(guest.nr_slots, 2);
	expect_slot(0, 0, 0x100000, 1, 0);
	expect_slot(1, 1, 0x101000, 1, 1);
	finish();
}

static void the_slot_of_an_address(void **state)
{
	static const struct {
		uint64_t paddr;
		int slot;
	} rows[] = {
		{ 0, -1 },	  { 0xfffff, -1 }, { 0x100000, 0 },  { 0x101fff, 0 },
		{ 0x102000, 1 },  { 0x102fff, 1 }, { 0x103000, -1 }, { 0x2fffff, -1 },
		{ 0x300000, 2 },  { 0x30ffff, 2 }, { 0x310000, -1 }, { UINT64_MAX, -1 },
		{ 0xa0000, -1 }, /* is only in the other address space */
		{ 0x400000, -1 }, /* is not in the list */
	};
	struct guest_slot slots[] = {
		{ .first = 0x100000, .size = 0x2000 },
		{ .first = 0x102000, .size = 0x1000 },
		{ .first = 0x300000, .size = 0x10000 },
		{ .first = 0xa0000, .size = 0x20000, .space = 1 },
		{ .first = 0x400000, .size = 0x1000 },
	};
	const struct guest of = { .slot = slots, .nr_slots = 4 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct guest_slot *slot = guest_slot_at(&of, rows[i].paddr);

		if (slot != (rows[i].slot < 0 ? NULL : slots + rows[i].slot))
			fail_msg("%llx", (unsigned long long)rows[i].paddr);
	}
}

/* The end of a slot, or of its range in the process, would be after the last address. */
static void slots_that_cannot_be(void **state)
{
	static const struct {
		uint64_t frame, pages, user;
		bool sound;
	} rows[] = {
		{ 0xffffffffffffe, 1, 0, true },    { 0xffffffffffffe, 2, 0, false },
		{ 0xfffffffffffff, 1, 0, false },   { 0x10000000000000, 1, 0, false },
		{ UINT64_MAX, 1, 0, false },	    { 1, UINT64_MAX, 0, false },
		{ 1, 1, 0xffffffffffffe000, true }, { 1, 2, 0xffffffffffffe000, false },
		{ 1, 2, 0xffffffffffffd000, true }, { 1, 1, UINT64_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put_slot(0, 0, 0, 1, 0x20000);
		put_slot(0, 0, rows[i].frame, rows[i].pages, rows[i].user);
		read_slots();
		if (guest.nr_slots != (rows[i].sound ? 2 : 1) ||
		    (guest.slot_trouble.code == 0) != rows[i].sound)
			fail_msg("row %zu: %zu", i, guest.nr_slots);
		finish();
	}
}

/* If slots overlap, nothing shows which is right, so none of them is used. */
static void slots_that_overlap(void **state)
{
	static const struct {
		uint64_t frame, pages;
		bool sound;
	} rows[] = {
		{ 0x14, 1, true }, { 0x13, 1, false }, { 0x10, 4, false },
		{ 0xf, 1, true },  { 0xf, 2, false },  { 0x8, 0x20, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put_slot(0, 1, 0x10, 4, 0x20000);
		put_slot(0, 1, rows[i].frame, rows[i].pages, 0x40000);
		read_slots();
		if (guest.nr_slots != (rows[i].sound ? 2 : 0) ||
		    (guest.slot_trouble.code == 0) != rows[i].sound)
			fail_msg("row %zu: %zu", i, guest.nr_slots);
		finish();
	}
}

/* Damage is reported, and the slots that were read before are kept. */
static void trees_that_are_damaged(void **state)
{
	static const struct {
		uint64_t at, value;
		size_t size, nr;
	} rows[] = {
		{ SPACES + 8, 2, 4, 0 }, /* there is no third node */
		{ SPACES, IMAGE + 0x10000000, 8, 0 },
		{ KVM + 8, IMAGE + 0x10000000, 8, 0 },
		{ SLOTS + 8, IMAGE + 0x10000000, 8, 1 },
		{ SLOTS + 16, IMAGE + SLOTS, 8, 0 }, /* a circular list */
		/* the last bytes of memory: the slot fits except for its number */
		{ SLOTS + 8, IMAGE + MEMORY_SIZE - 76, 8, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put_slot(0, 0, 0x10, 4, 0x20000);
		put(MEMORY_SIZE - 76 + 48, 0x100, 8);
		put(MEMORY_SIZE - 76 + 56, 1, 8);
		put(rows[i].at, rows[i].value, rows[i].size);
		read_slots();
		if (guest.nr_slots != rows[i].nr || !guest.slot_trouble.code)
			fail_msg("row %zu: %zu", i, guest.nr_slots);
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_in_order),	  cmocka_unit_test(the_slot_of_an_address),
		cmocka_unit_test(slots_that_cannot_be),	  cmocka_unit_test(slots_that_overlap),
		cmocka_unit_test(trees_that_are_damaged), cmocka_unit_test(slots_of_a_narrow_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
