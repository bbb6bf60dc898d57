/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of whole tables, in each paging mode, compared with walks of one address after the other.
 * The tables are random: they point to each other, to themselves, to pages of all sizes, and to
 * tables that are not in memory. Some reserved bits are set. */
#include "image.h"
#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/scan.h"

#include "unit.h"

enum { MEMORY = 0x1000, NR_TABLES = 12, SIZE = NR_TABLES * 0x1000, ROOT = 0 };
enum { P = 1, RW = 2, US = 4, PS = 1 << 7, ROUNDS = 12, MAX_RANGES = 200000 };
#define FILTERED UINT64_C(0x80000)

static struct image image;
static struct space space;
static struct scanned expected[MAX_RANGES];
static size_t nr_expected;

static uint64_t random_state = 1;

/* xorshift, which gives the same numbers on all machines. */
static uint64_t random_below(uint64_t bound)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % bound;
}

static void start(const struct paging *paging)
{
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, SIZE);
	image_load(&image, MEMORY, 0, SIZE);
	image_add(&image, (struct header){ .type = PT_LOAD, .paddr = FILTERED, .memsz = 0x1000 });
	space = (struct space){ .paging = paging, .root = ROOT };
}

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + MEMORY + paddr, &entry, space.paging->entry_size);
}

static void ready(void)
{
	struct error err = { .message = "" };

	space.dump = image_open(&image, &err);
	if (!space.dump)
		fail_msg("%s", err.message);
}

static void end(void)
{
	dump_close(space.dump);
	space.dump = NULL;
}

static uint64_t random_entry(void)
{
	static const uint64_t flags[] = { P,	      P | RW,	      P | RW | US, P | RW | 1 << 8,
					  P | 1 << 3, P | RW | 1 << 4 };
	uint64_t entry = flags[random_below(6)];

	switch (random_below(16)) {
	case 0: return entry & ~(uint64_t)P;
	case 1: return entry | FILTERED;
	case 2: return entry | 0x7000000;
	case 3:
	case 4: return entry | PS;
	case 5: /* reserved with PAE, and the protection key otherwise */
		return entry | (space.paging->entry_size == 8 ? UINT64_C(1) << 60 : 0);
	case 6: return entry | PS | 1 << 12 | 1 << 13;
	case 7: return entry | space.paging->no_execute_bit | random_below(NR_TABLES) << 12;
	default: return entry | random_below(NR_TABLES) << 12;
	}
}

/* Fills tables with runs of a few entries, so that neighbours are often equal. */
static void fill_tables(void)
{
	unsigned int size = space.paging->entry_size, nr = 0x1000 / size;

	for (unsigned int table = 0; table < NR_TABLES; table++) {
		for (unsigned int run = 0; run < 2; run++) {
			uint64_t entry = random_entry();
			unsigned int at = (unsigned int)random_below(nr);

			if (table == 0 && paging_entries(space.paging, 0) == 4)
				at %= 4;
			for (unsigned int i = 0; i < 1 + random_below(2); i++)
				put(table * 0x1000 + (at + i) % nr * size, entry);
		}
	}
}

static bool belongs(const struct scanned *range, const struct scanned *next)
{
	bool same = range->last + 1 == next->first && range->outcome == next->outcome;

	if (range->outcome == WALK_UNREADABLE)
		return same && range->reason == next->reason;
	return same && range->level == next->level && range->writable == next->writable &&
	       range->user == next->user && range->executable == next->executable &&
	       range->global == next->global && range->cache == next->cache;
}

static void expect(const struct walk *walk)
{
	struct scanned range = { .outcome = walk->outcome };
	uint64_t entry = walk_last_entry(walk);

	walk_range(&space, walk, &range.first, &range.last);
	range.level = (uint8_t)walk_last_level(walk);
	range.page_size = walk->page_size;
	range.entry_paddr = walk->step[range.level].entry_paddr;
	if (walk->outcome == WALK_UNREADABLE)
		range.reason = walk->reason;
	if (walk->outcome == WALK_MAPPED) {
		bool large = range.level < space.paging->nr_levels - 1;

		range.writable = walk->writable;
		range.user = walk->user;
		range.executable = walk->executable;
		range.global = entry >> 8 & 1;
		range.cache = (entry >> (large ? 12 : 7) & 1) * 4 + (entry >> 4 & 1) * 2 +
			      (entry >> 3 & 1);
	}
	if (nr_expected && belongs(&expected[nr_expected - 1], &range)) {
		expected[nr_expected - 1].last = range.last;
		return;
	}
	assert_true(nr_expected < MAX_RANGES);
	expected[nr_expected++] = range;
}

/* Walks one address after the other, from first up to last. */
static void walk_all(uint64_t first, uint64_t last)
{
	uint64_t at = first, from, to;

	nr_expected = 0;
	for (;;) {
		struct walk walk = walk_page_table(&space, at);

		walk_range(&space, &walk, &from, &to);
		if (walk.outcome != WALK_NOT_PRESENT && walk.outcome != WALK_NON_CANONICAL)
			expect(&walk);
		if (to >= last)
			return;
		at = to + 1;
	}
}

static void compare(uint64_t first, uint64_t last)
{
	struct range_scan *ranges = malloc(sizeof(*ranges));
	struct scanned range;
	size_t nr = 0;

	assert_non_null(ranges);
	walk_all(first, last);
	memset(ranges, 0xa5, sizeof(*ranges));
	range_start(ranges, &space, first, last);
	while (range_next(ranges, &range)) {
		const struct scanned *want = &expected[nr];

		assert_true(nr < nr_expected);
		nr++;
		if (range.first != want->first || range.last != want->last ||
		    range.outcome != want->outcome || range.level != want->level ||
		    range.page_size != want->page_size || range.writable != want->writable ||
		    range.executable != want->executable || range.user != want->user ||
		    range.global != want->global || range.cache != want->cache ||
		    range.reason != want->reason || range.entry_paddr != want->entry_paddr)
			fail_msg("%s: %llx-%llx outcome %d level %d, not %llx-%llx outcome %d level %d",
				 space.paging->name, (unsigned long long)range.first,
				 (unsigned long long)range.last, range.outcome, range.level,
				 (unsigned long long)want->first, (unsigned long long)want->last,
				 want->outcome, want->level);
	}
	assert_int_equal(nr, nr_expected);
	assert_int_equal(ranges->scan.end, SCAN_COMPLETE);
	free(ranges);
}

static uint64_t random_address(void)
{
	const struct paging *paging = space.paging;
	uint64_t address = random_below(UINT64_C(1) << (paging->address_bits - 1));

	return random_below(2) ? address : paging_upper_half(paging) + address;
}

static void random_tables(const struct paging *paging)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t first, last;

		start(paging);
		fill_tables();
		ready();
		compare(0, paging_last_address(paging));
		compare(paging_upper_half(paging), paging_last_address(paging));
		first = random_address();
		last = random_address();
		compare(first < last ? first : last, first < last ? last : first);
		compare(first, first);
		end();
	}
}

static void two_levels(void **state)
{
	(void)state;
	random_tables(arch_paging(&arch_i386, MODE_I386, 2));
}

static void pae(void **state)
{
	(void)state;
	random_tables(arch_paging(&arch_i386, MODE_PAE, 3));
}

static void four_levels(void **state)
{
	(void)state;
	random_tables(arch_paging(&arch_x86_64, MODE_X86_64, 4));
}

static void five_levels(void **state)
{
	(void)state;
	random_tables(arch_paging(&arch_x86_64, MODE_X86_64, 5));
}

/* A table whose entries all point to one table, whose entries all map one page, as in KASAN's
 * shadow. It is one range, even if the accessed flags differ. */
static void one_page_many_times(void **state)
{
	(void)state;
	start(arch_paging(&arch_x86_64, MODE_X86_64, 4));
	put(0, 0x1000 | P | RW | US);
	put(0x1000, 0x2000 | P | RW | US);
	for (unsigned int i = 0; i < 512; i++) {
		put(0x2000 + 8 * i, 0x3000 | P | RW | (i % 3 ? 0x20 : 0));
		put(0x3000 + 8 * i, 0x5000 | P | RW | US | (i % 5 ? 0x60 : 0));
	}
	ready();
	compare(0, UINT64_MAX);
	assert_int_equal(nr_expected, 1);
	assert_true(expected[0].last == 0x3fffffff);
	compare(0x12345000, 0x12346fff);
	end();
}

/* Returns how many tables were read for the answer. */
static uint64_t nr_tables(uint64_t first, uint64_t last)
{
	static struct scan scan;
	struct scanned scanned;

	scan_start(&scan, &space, first, last, false);
	assert_int_equal(scan.max_repeats, 1 << 14);
	while (scan_next(&scan, &scanned))
		;
	assert_int_equal(scan.end, SCAN_COMPLETE);
	return scan.nr_tables;
}

/* Such a table is taken for one page, and the tables below it are not read, if the whole table is
 * asked for. The accessed and dirty flags may differ, but no other bits of the entries. */
static void one_page_read_once(void **state)
{
	(void)state;
	for (int way = 0; way < 5; way++) {
		bool one = way == 0 || way == 4;

		start(arch_paging(&arch_x86_64, MODE_X86_64, 4));
		put(0, 0x1000 | P | RW | US);
		put(0x1000, 0x2000 | P | RW | US);
		for (unsigned int i = 0; i < 512; i++) {
			put(0x2000 + 8 * i, 0x3000 | P | RW | (i % 3 ? 0x60 : 0));
			put(0x3000 + 8 * i,
			    0x5000 | P | RW | (i % 5 ? 0x60 : 0) | (way == 3 ? US : 0));
		}
		if (way == 1)
			put(0x3000 + 8 * 511, 0x5000 | P);
		else if (way == 2)
			put(0x3000 + 8 * 511, 0x6000 | P | RW);
		else if (way > 2) /* in the last way, the entries of the page forbid the same */
			put(0x2000 + 8 * 511, 0x3000 | P | RW | US);
		ready();
		/* root, pud and pmd; otherwise also 512 last-level tables */
		assert_int_equal(nr_tables(0, 0x3fffffff), one ? 3 : 3 + 512);
		if (!way) {
			assert_int_equal(nr_tables(0, UINT64_MAX), 3);
			assert_int_equal(nr_tables(0, 0x3ffffffe), 3 + 512);
			assert_int_equal(nr_tables(1 << 21, 0x3fffffff), 3 + 511);
			assert_int_equal(nr_tables(0, (1 << 21) - 1), 3 + 1);
		}
		compare(0, 0x3fffffff);
		compare(0x1000, 0x3fffefff);
		end();
	}
}

/* Memory ends and begins again within a table, between two entries or within one entry. */
static void holes_in_tables(void **state)
{
	static const uint64_t holes[][2] = {
		{ 0x1800, 0x1c00 }, { 0x1804, 0x1c00 }, { 0x1800, 0x1c04 },
		{ 0x1801, 0x1802 }, { 0x1000, 0x1008 }, { 0x1ff8, 0x2000 },
		{ 0x1ffc, 0x2000 }, { 0x1800, 0x2000 }, { 0x800, 0x1400 },
	};
	static const struct {
		enum kernel_mode mode;
		unsigned int levels;
	} modes[] = { { MODE_X86_64, 4 }, { MODE_PAE, 3 }, { MODE_I386, 2 } };

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(holes) / sizeof(holes[0]); i++) {
		const uint64_t *hole = holes[i / 3];
		unsigned int size, levels = modes[i % 3].levels, last;
		const struct arch *arch = levels == 4 ? &arch_x86_64 : &arch_i386;

		image_init(&image, false);
		memset(image.bytes + MEMORY, 0, SIZE);
		image_load(&image, MEMORY, 0, hole[0]);
		image_load(&image, MEMORY + hole[1], hole[1], SIZE - hole[1]);
		image_add(&image,
			  (struct header){ .type = PT_LOAD, .paddr = FILTERED, .memsz = 0x1000 });
		space = (struct space){
			.paging = arch_paging(arch, modes[i % 3].mode, levels),
			.root = ROOT,
		};
		size = space.paging->entry_size;
		last = levels - 1;
		put(0, 0x1000 | P | (levels == 3 ? 0 : RW | US));
		for (unsigned int nr = 0; nr < 0x1000 / size; nr++)
			put(0x1000 + nr * size,
			    (last == 1 ? 0x100000 + 0x2000 * nr : 0x2000 + 0x1000 * (nr % 3)) | P |
				    RW | US);
		for (unsigned int nr = 0; nr < 0x3000 / size; nr += 3)
			put(0x2000 + nr * size, 0x3000 | P | RW | US);
		ready();
		compare(0, UINT64_C(0x3fffffff));
		compare(0, UINT64_C(0x100fff));
		end();
	}
}

/* 512^4 visits of two tables. */
static void without_end(void **state)
{
	static struct range_scan ranges;
	struct scanned range;
	unsigned int nr = 0;

	(void)state;
	start(arch_paging(&arch_x86_64, MODE_X86_64, 5));
	for (unsigned int i = 0; i < 512; i++)
		put(8 * i, i & 1 ? 0x1000 | P : P | RW);
	put(0x1000, 0x1000 | P);
	ready();
	range_start(&ranges, &space, 0, UINT64_MAX);
	ranges.scan.max_repeats = 1000;
	while (range_next(&ranges, &range))
		nr++;
	assert_int_equal(ranges.scan.end, SCAN_ENDLESS);
	/* 1000, and four for each table at each level, and one too many */
	assert_int_equal(ranges.scan.nr_repeats, 1000 + 4 * 7 + 1);
	assert_int_equal(ranges.scan.nr_tables, ranges.scan.nr_repeats + 7);
	assert_true(nr > 1000);
	assert_null(ranges.scan.seen.slot);
	/* The same, if the number of ranges is the limit. */
	nr = 0;
	range_start(&ranges, &space, 0, UINT64_MAX);
	ranges.scan.max_repeats = UINT64_MAX / 2;
	ranges.max_ranges = 100;
	while (range_next(&ranges, &range))
		nr++;
	assert_int_equal(ranges.scan.end, SCAN_ENDLESS);
	/* 100, and 1024 for each table at each level */
	assert_int_equal(nr, 100 + 1024 * (ranges.scan.nr_tables - ranges.scan.nr_repeats));
	assert_null(ranges.scan.seen.slot);
	assert_false(range_next(&ranges, &range));
	end();
}

/* A top-level table with one entry that points to the table, as in other operating systems. The
 * scan is complete, because no table is visited twice at the same level. */
static void maps_itself(void **state)
{
	static struct range_scan ranges;
	struct scanned range;
	unsigned int nr = 0;

	(void)state;
	start(arch_paging(&arch_x86_64, MODE_X86_64, 4));
	put(8 * 511, P | RW);
	ready();
	range_start(&ranges, &space, 0, UINT64_MAX);
	ranges.scan.max_repeats = 0;
	while (range_next(&ranges, &range))
		nr++;
	assert_int_equal(ranges.scan.end, SCAN_COMPLETE);
	assert_int_equal(ranges.scan.nr_repeats, 0);
	assert_int_equal(ranges.scan.nr_tables, 4);
	assert_int_equal(nr, 1);
	end();
}

static bool stop_at_the_third(void *arg)
{
	return ++*(int *)arg == 3;
}

static void interrupted(void **state)
{
	static struct range_scan ranges;
	struct scanned range;
	int asked = 0;
	const struct listener listener = { .stop = stop_at_the_third, .arg = &asked };

	(void)state;
	start(arch_paging(&arch_x86_64, MODE_X86_64, 4));
	for (unsigned int i = 0; i < 512; i += 2)
		put(8 * i, P | RW);
	ready();
	range_start(&ranges, &space, 0, UINT64_MAX);
	ranges.scan.listener = &listener;
	while (range_next(&ranges, &range))
		;
	assert_int_equal(ranges.scan.end, SCAN_INTERRUPTED);
	assert_int_equal(asked, 3);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_levels),	       cmocka_unit_test(pae),
		cmocka_unit_test(four_levels),	       cmocka_unit_test(five_levels),
		cmocka_unit_test(one_page_many_times), cmocka_unit_test(one_page_read_once),
		cmocka_unit_test(holes_in_tables),     cmocka_unit_test(without_end),
		cmocka_unit_test(maps_itself),	       cmocka_unit_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
