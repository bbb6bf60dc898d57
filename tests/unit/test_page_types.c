/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page types, swap entries and sections, in all eras. */
#include "linux/page/page_layout.h"
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "made_notes.h"

#include "unit.h"

/* --- page types --- */

enum { BUDDY = 0x80, X100 = 0x100, X200 = 0x200, X400 = 0x400, X800 = 0x800 };

/* include/linux/page-flags.h */
static const struct {
	const char *release, *note;
	uint32_t word;
	enum page_use_kind kind;
} types[] = {
	/* ef2b4b95a63a (2.6.39): -128; 6e292b9be7f4 (4.18): bits */
	{ "2.6.38", "", (uint32_t)-128, PAGE_USE_UNKNOWN },
	{ "2.6.39", "", (uint32_t)-128, PAGE_USE_FREE },
	{ "4.17.0", "", (uint32_t)-128, PAGE_USE_FREE },
	{ "4.17.0", "", ~BUDDY, PAGE_USE_UNKNOWN },
	{ "4.17.255", "", (uint32_t)-128, PAGE_USE_FREE },
	{ "4.17.255", "", ~BUDDY, PAGE_USE_UNKNOWN },
	{ "4.18.0", "", (uint32_t)-128, PAGE_USE_UNKNOWN },
	/* PAGE_TYPE_BASE is f0000000: these four bits are set, and other bits may be cleared */
	{ "4.18.0", "", 0xf7ffff7f, PAGE_USE_FREE },
	{ "4.18.0", "", 0xf000007f, PAGE_USE_FREE },
	{ "4.18.0", "", 0x7fffff7f, PAGE_USE_UNKNOWN },
	{ "4.18.0", "", 0xbfffff7f, PAGE_USE_UNKNOWN },
	{ "4.18.0", "", 0xdfffff7f, PAGE_USE_UNKNOWN },
	{ "4.18.0", "", 0xefffff7f, PAGE_USE_UNKNOWN },
	{ "4.18.0", "", ~BUDDY, PAGE_USE_FREE },
	{ "6.10.255", "", ~BUDDY, PAGE_USE_FREE },
	/* 8db00ad56461 (6.11) moved the bits; their values are in an enum */
	{ "6.11.0", "", ~BUDDY, PAGE_USE_UNKNOWN },
	{ "6.11.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n", ~UINT32_C(0x40000000),
	  PAGE_USE_FREE },
	{ "6.11.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n", UINT32_C(0x80000000),
	  PAGE_USE_FREE },
	{ "6.11.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n", UINT32_C(0x3fffffff),
	  PAGE_USE_UNKNOWN },
	{ "6.11.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n", 0, PAGE_USE_UNKNOWN },
	/* below this byte, the base is the older one */
	{ "6.11.0", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-16777217\n", UINT32_C(0x82000000),
	  PAGE_USE_SLAB },
	{ "6.11.0", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-8388609\n", UINT32_C(0x82000000),
	  PAGE_USE_UNKNOWN },
	{ "6.11.0", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-8388609\n", UINT32_C(0xf2000000),
	  PAGE_USE_SLAB },
	/* the highest bit is always set */
	{ "6.12.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=1073741824\n", UINT32_C(0x40000000),
	  PAGE_USE_UNKNOWN },
	{ "6.12.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435455\n", UINT32_C(0xf0000001),
	  PAGE_USE_FREE },
	/* the number in the note is used, and not the number of the release */
	{ "4.18.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-257\n", ~X100, PAGE_USE_FREE },
	{ "4.18.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-257\n", ~BUDDY, PAGE_USE_UNKNOWN },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n", ~(uint32_t)(BUDDY | 2),
	  PAGE_USE_FREE },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-385\n", (uint32_t)-385, PAGE_USE_FREE },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-385\n", (uint32_t)-387,
	  PAGE_USE_UNKNOWN },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-2\n", 0xfffffff0, PAGE_USE_FREE },
	/* 4ffca5a96678 (6.12): the type is a number */
	{ "6.12.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n", UINT32_C(0xf0000000),
	  PAGE_USE_FREE },
	{ "6.12.0", "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n", UINT32_C(0xf5000003),
	  PAGE_USE_SLAB },
	/* PG_balloon was renamed to PG_offline in 5.1 */
	{ "5.0.255", "", ~X100, PAGE_USE_UNKNOWN },
	{ "5.1.0", "", ~X100, PAGE_USE_OFFLINE },
	/* 1d40a5ea01d5 (4.18); 18b2db3b0385 (5.11) removed kmemcg's 200 */
	{ "4.18.0", "", ~X400, PAGE_USE_TABLE },
	{ "5.10.255", "", ~X400, PAGE_USE_TABLE },
	{ "5.10.0", "", ~X200, PAGE_USE_UNKNOWN },
	{ "5.11.0", "", ~X200, PAGE_USE_TABLE },
	{ "5.11.0", "", ~X400, PAGE_USE_GUARD },
	{ "5.12.0", "", ~X200, PAGE_USE_TABLE },
	{ "6.10.0", "", ~X200, PAGE_USE_TABLE },
	/* PG_guard exists since 5.3 */
	{ "5.2.255", "", ~X800, PAGE_USE_UNKNOWN },
	{ "5.3.0", "", ~X800, PAGE_USE_GUARD },
	{ "5.10.0", "", ~X800, PAGE_USE_GUARD },
	{ "5.11.0", "", ~X800, PAGE_USE_UNKNOWN },
	/* d99e3140a4d3 (6.9) */
	{ "6.8.255", "", ~X800, PAGE_USE_UNKNOWN },
	{ "6.9.0", "", ~X800, PAGE_USE_HUGETLB },
	/* the members have precedence over the release: bcfe06bf2622 (5.11) */
	{ "5.10.0", "OFFSET(page.memcg_data)=56\n", ~X200, PAGE_USE_TABLE },
	{ "5.10.0", "OFFSET(page.memcg_data)=56\n", ~X400, PAGE_USE_GUARD },
	{ "5.14.0", "OFFSET(page.mem_cgroup)=56\n", ~X400, PAGE_USE_TABLE },
	{ "5.14.0", "OFFSET(page.mem_cgroup)=56\n", ~X200, PAGE_USE_UNKNOWN },
	/* the number in the note shows the encoding: RHEL 7 (3.10), RHEL 8 (4.18), and two
	 * backports that a release does not show */
	{ "3.10.0-x", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-512\n", (uint32_t)-512,
	  PAGE_USE_OFFLINE },
	{ "3.10.0-x", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-512\n", (uint32_t)-1024,
	  PAGE_USE_UNKNOWN },
	{ "4.18.0-x", "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n", ~X100, PAGE_USE_OFFLINE },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n", ~BUDDY, PAGE_USE_FREE },
	{ "4.17.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n", (uint32_t)-128,
	  PAGE_USE_UNKNOWN },
	{ "4.18.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128\n", (uint32_t)-128, PAGE_USE_FREE },
	{ "4.18.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128\n", ~X400, PAGE_USE_UNKNOWN },
	{ "5.14.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n", UINT32_C(0xf0000000),
	  PAGE_USE_FREE },
	{ "5.14.0-x", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n", UINT32_C(0xf4000000),
	  PAGE_USE_UNKNOWN },
	/* RHEL 8.10 (4.18) has no kmemcg, which only members show */
	{ "4.18.0-x", "OFFSET(page.memcg_data)=56\n", ~X200, PAGE_USE_TABLE },
	{ "4.18.0-x", "OFFSET(page.memcg_data)=56\n", ~X400, PAGE_USE_UNKNOWN },
	{ "4.18.0-x", "OFFSET(page.mem_cgroup)=56\n", ~X400, PAGE_USE_TABLE },
	{ "4.18.0-x", "", ~X200, PAGE_USE_UNKNOWN },
	{ "4.18.0-x", "", ~X400, PAGE_USE_UNKNOWN },
	{ "5.10.0-x", "", ~X800, PAGE_USE_UNKNOWN },
	{ "5.11.0-x", "", ~X200, PAGE_USE_TABLE },
	{ "6.1.0", "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=0\n", 0, PAGE_USE_UNKNOWN },
	/* a map count, and no map count */
	{ "6.1.0", "", 0, PAGE_USE_UNKNOWN },
	{ "6.1.0", "", UINT32_MAX, PAGE_USE_UNKNOWN },
};

static void page_types_of_all_eras(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char note[256];
		struct kernel *kernel;
		struct page_words words = { 0 };

		snprintf(note, sizeof(note), HEAD "%s", types[i].note);
		kernel = open_kernel(false, types[i].release, note);
		/* before 4.4, this does not use tails */
		words.layout = layout_of(kernel);
		put(&words, words.layout->type, 4, types[i].word);
		if (page_words_type(&words) != types[i].kind)
			fail_msg("%s %s: %x is %d", types[i].release, types[i].note, types[i].word,
				 page_words_type(&words));
		open_close(kernel);
	}
}

/* --- swap entries in page->private --- */

static void swap_entries_of_all_eras(void **state)
{
	/* include/linux/swapops.h, radix-tree.h, xarray.h */
	static const struct {
		const char *release, *note;
		unsigned int shift; /* for 64 bits; subtract 32 for 32 bits */
	} rows[] = {
		{ "3.0.255", "", 59 },
		{ "3.1.0", "", 57 },
		{ "4.19.255", "", 57 },
		{ "4.20.0", "", 58 },
		{ "6.1.0", "", 58 },
		{ "4.18.0", "OFFSET(address_space.i_pages.xa_head)=8\n", 58 },
		{ "4.20.0", "OFFSET(address_space.i_pages.rnode)=8\n", 57 },
		{ "4.20.0", "OFFSET(address_space.page_tree)=8\n", 57 },
		/* RHEL 8 (4.18) has an XArray; 4.16 has no i_pages */
		{ "4.16.255-x", "", 57 },
		{ "4.17.0-x", "", 0 },
		{ "4.18.0-x", "", 0 },
		{ "4.18.0-x", "OFFSET(address_space.i_pages.xa_head)=8\n", 58 },
		{ "4.18.0-x", "OFFSET(address_space.i_pages.rnode)=8\n", 57 },
		{ "4.20.0-x", "", 58 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int narrow = 0; narrow < 2; narrow++) {
			char note[256];
			struct kernel *kernel;
			unsigned int shift;

			snprintf(note, sizeof(note), "%s%s", narrow ? HEAD_32 : HEAD, rows[i].note);
			kernel = open_kernel(narrow, rows[i].release, note);
			shift = layout_of(kernel)->swap_type_shift;
			if (shift != (rows[i].shift ? rows[i].shift - (narrow ? 32 : 0) : 0))
				fail_msg("row %zu, %s: %u", i, rows[i].release, shift);
			open_close(kernel);
		}
}

/* --- sections --- */

#define SECTIONS                                                                                   \
	"SIZE(page)=64\nSIZE(mem_section)=16\n"                                                    \
	"OFFSET(mem_section.section_mem_map)=0\n"

static void sections_of_all_eras(void **state)
{
	/* include/asm-x86/sparsemem*.h of 2.6.25 and 2.6.26; c898faf91b3e (2.6.31) */
	static const struct {
		bool narrow;
		const char *release, *note;
		unsigned int section_bits, physmem_bits;
	} rows[] = {
		{ true, "2.6.25", "CONFIG_X86_PAE=y\n", 30, 36 },
		{ true, "2.6.26", "CONFIG_X86_PAE=y\n", 29, 36 },
		{ true, "6.1.0", "CONFIG_X86_PAE=y\n", 29, 36 },
		{ true, "2.6.25", "", 26, 32 },
		{ true, "2.6.26", "", 26, 32 },
		{ false, "2.6.25", "", 27, 40 },
		{ false, "2.6.26", "", 27, 44 },
		{ false, "2.6.30", "", 27, 44 },
		{ false, "2.6.31", "", 27, 46 },
		{ false, "5.10.0", "NUMBER(pgtable_l5_enabled)=1\n", 27, 52 },
		{ false, "6.1.0", "NUMBER(SECTION_SIZE_BITS)=28\nNUMBER(MAX_PHYSMEM_BITS)=45\n", 28,
		  45 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct section_layout *layout;
		struct kernel *kernel;
		char note[256];

		snprintf(note, sizeof(note), SECTIONS "SYMBOL(mem_section)=%s\n%s",
			 rows[i].narrow ? "c0002000" : "ffffffff80002000", rows[i].note);
		kernel = open_kernel(rows[i].narrow, rows[i].release, note);
		layout = page_section_layout(kernel);
		if (!layout)
			fail_msg("row %zu: no layout", i);
		if (layout->section_bits != rows[i].section_bits ||
		    layout->nr_sections != UINT64_C(1)
						   << (rows[i].physmem_bits - rows[i].section_bits))
			fail_msg("row %zu, %s: %llu bits, %llu sections", i, rows[i].release,
				 (unsigned long long)layout->section_bits,
				 (unsigned long long)layout->nr_sections);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_types_of_all_eras),
		cmocka_unit_test(swap_entries_of_all_eras),
		cmocka_unit_test(sections_of_all_eras),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
