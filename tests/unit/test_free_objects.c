/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects of a slab that are free: in arrays, in lists and in sheaves. */
#include "linux/page_members.h"
#include "linux/slab/slab.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_frames.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

/* A cache with two nodes, and the free objects that each node keeps. The slab has four objects of
 * 64 bytes from SLAB_AT on. The tests ask about the second. */
enum {
	CACHE = 0x5000,
	FIRST_NODE = 0x6000,
	SECOND_NODE = 0x6100,
	ALIENS = 0x6200,
	ALIEN_0 = 0x6300,
	ALIEN_1 = 0x6400,
	EMPTY = 0x6500,
	KEPT = 0x6600,
	CPU = 0x6800,
	BARN = 0x6900,
	SLAB_AT = 0x8000,
	OBJECT = SLAB_AT + 0x40,
	LIST_AT = 0x7000
};

static void ask_object(const struct placed *members, size_t nr, struct slab_object *object)
{
	const struct slab_place place = {
		.address = IMAGE + CACHE,
		.slab = IMAGE + SLAB_AT,
		.has_object = true,
		.object = IMAGE + OBJECT,
		.index = 1,
		.size = 0x40,
		.page = IMAGE + LIST_AT,
		.start = IMAGE + SLAB_AT,
		.objects = 4,
	};
	struct linked linked = { .nr = 0 };
	struct kernel *kernel;

	linked_add(&linked, "_stext", LINKED_BASE, 0); /* without CPUs, as a kernel without SMP */
	kernel = placed_open(&linked, members, nr);
	slab_object_at(kernel, &place, object);
	open_close(kernel);
}

/* Writes an array in which SLAB keeps free objects: struct array_cache, mm/slab.c. The array begins
 * with the number of objects. */
static void put_array(uint64_t at, uint64_t nr, uint64_t object)
{
	put(at, nr, 4);
	for (uint64_t i = 0; i < nr; i++)
		put(at + 8 + 8 * i, i + 1 == nr && object ? IMAGE + object : 1, 8);
}

static void objects_in_arrays(void **state)
{
	static const struct placed members[] = {
		{ CACHE_NUM, 0, 4 },	    { CACHE_NODE, 16, 16 },   { CACHE_NODE_SHARED, 0, 8 },
		{ CACHE_NODE_ALIEN, 8, 8 }, { ARRAY_CACHE_NR, 0, 4 }, { ARRAY_CACHE_ENTRY, 8, 0 },
		{ ALIEN_CACHE_AC, 16, 16 },
	};
	enum { NR = sizeof(members) / sizeof(members[0]) };
	/* the array that has the object as its last of three */
	static const uint64_t arrays[] = { KEPT, KEPT + 0x80, ALIEN_0 + 16, ALIEN_1 + 16 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++)
		for (int with_aliens = 0; with_aliens < 2; with_aliens++) {
			memory_start_64("4.4.0", FLAT);
			put(CACHE + 16, IMAGE + FIRST_NODE, 8);
			put(CACHE + 24, IMAGE + SECOND_NODE, 8);
			put(FIRST_NODE, IMAGE + KEPT, 8);
			put(SECOND_NODE, IMAGE + KEPT + 0x80, 8);
			put(FIRST_NODE + 8, IMAGE + ALIENS, 8);
			put(ALIENS, IMAGE + ALIEN_0, 8);
			put(ALIENS + 8, IMAGE + ALIEN_1, 8);
			for (size_t i = 0; i < 4; i++)
				put_array(arrays[i], 3, i == which ? OBJECT : 0);
			ask_object(members, with_aliens ? NR : NR - 1, &object);
			if ((object.state == SLAB_STATE_FREE) != (which < (with_aliens ? 4 : 2)))
				fail_msg("array %zu", which);
		}
}

/* The free list of a slab of SLUB. A pointer is stored as it is, or combined with the cache's
 * random number and the address of the pointer (2482ddec670f). The bytes of the address are swapped
 * since 5.7 (1ad53d9fa3f6). */
static void objects_in_a_list(void **state)
{
	static const struct placed members[] = {
		{ CACHE_OFFSET, 0, 4 },
		{ SLAB_FREELIST, 0, 8 },
		{ CACHE_RANDOM, 8, 8 },
	};
	enum { PLAIN, HARDENED, SWAPPED, NR_CODINGS };
	static const struct {
		int list[4]; /* numbers of objects; -1: end of the list */
		enum slab_state state;
	} rows[] = {
		{ { 1, -1 }, SLAB_STATE_FREE },	      { { 3, 1, -1 }, SLAB_STATE_FREE },
		{ { 1, 2, 0, -1 }, SLAB_STATE_FREE }, { { 2, 0, -1 }, SLAB_STATE_ALLOCATED },
		{ { -1 }, SLAB_STATE_ALLOCATED },
	};
	const uint64_t random = UINT64_C(0x123456789abcdef0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int coding = PLAIN; coding < NR_CODINGS; coding++) {
			struct slab_object object;

			memory_start_64("6.1.0", FLAT);
			put(CACHE, 0x20, 4);
			put(CACHE + 8, random, 8);
			put(LIST_AT,
			    rows[i].list[0] < 0 ? 0 : IMAGE + SLAB_AT + 0x40 * rows[i].list[0], 8);
			for (int nr = 0; rows[i].list[nr] >= 0; nr++) {
				uint64_t at = SLAB_AT + 0x40 * rows[i].list[nr] + 0x20;
				int next = rows[i].list[nr + 1];
				uint64_t value = next < 0 ? 0 : IMAGE + SLAB_AT + 0x40 * next;

				if (coding == HARDENED)
					value ^= random ^ (IMAGE + at);
				if (coding == SWAPPED)
					value ^= random ^ __builtin_bswap64(IMAGE + at);
				put(at, value, 8);
			}
			ask_object(members, coding == PLAIN ? 2 : 3, &object);
			if (object.state != rows[i].state)
				fail_msg("row %zu, coding %d: %s", i, coding, object.why.message);
		}
}

/* Sheaves of a CPU, and sheaves in the barn of a node: 6.18. */
static void objects_in_sheaves(void **state)
{
	static const struct placed members[] = {
		{ CACHE_OFFSET, 0, 4 },	   { SLAB_FREELIST, 0, 8 },  { CACHE_CPU_SHEAVES, 8, 8 },
		{ CACHE_NODE, 16, 8 },	   { SHEAVES_MAIN, 0, 8 },   { SHEAVES_SPARE, 8, 8 },
		{ CACHE_NODE_BARN, 0, 8 }, { BARN_FULL, 8, 16 },     { SHEAF_LIST, 0, 16 },
		{ SHEAF_SIZE, 16, 4 },	   { SHEAF_OBJECTS, 24, 0 },
	};
	static const uint64_t sheaves[] = { KEPT, KEPT + 0x80, KEPT + 0x100, KEPT + 0x180 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++) {
		memory_start_64("6.18.0", FLAT);
		put(CACHE + 8, IMAGE + CPU, 8);
		put(CACHE + 16, IMAGE + FIRST_NODE, 8);
		put(CACHE + 24, 1, 8); /* what follows is not a node */
		put(CPU, IMAGE + sheaves[0], 8);
		put(CPU + 8, IMAGE + sheaves[1], 8);
		put(FIRST_NODE, IMAGE + BARN, 8);
		put(BARN + 8, IMAGE + sheaves[2], 8);
		put(sheaves[2], IMAGE + sheaves[3], 8);
		put(sheaves[3], IMAGE + BARN + 8, 8);
		for (size_t i = 0; i < 4; i++)
			put_array(sheaves[i] + 16, 3, i == which ? OBJECT : 0);
		ask_object(members, sizeof(members) / sizeof(members[0]), &object);
		if (object.state != (which < 4 ? SLAB_STATE_FREE : SLAB_STATE_ALLOCATED))
			fail_msg("sheaf %zu: %s", which, object.why.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_in_arrays),
		cmocka_unit_test(objects_in_a_list),
		cmocka_unit_test(objects_in_sheaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
