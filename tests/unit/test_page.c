/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of struct page in kernels of all eras: tails, index, flags and order. */
#include "linux/page/page_layout.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "made_notes.h"

#include "unit.h"

/* --- compound pages --- */

#define PAGE UINT64_C(0xffffea0000ffff40) /* the last but two in 2^24 bytes of struct pages */
#define OTHER UINT64_C(0xffffea0000f00000)
#define PAGE_32 UINT64_C(0xf6ffffc0)
#define OTHER_32 UINT64_C(0xf6f00000)

/* set_compound_head() of 7.1 */
#define MASK(ORDER, SIZE_BITS) (-(UINT64_C(1) << ((ORDER) + (SIZE_BITS))) | 1)

static const struct {
	bool narrow;
	const char *release, *note;
	uint64_t flags, word; /* word: the value of first_page, compound_head or compound_info */
	enum compound_part part;
	uint64_t head;
} parts[] = {
	/* d85f33855c30 (2.6.22): one flag for heads and one for tails */
	{ false, "3.10.105", FIRST_PAGE, 1 << 15, OTHER, COMPOUND_TAIL, OTHER },
	{ false, "3.10.105", FIRST_PAGE, 1 << 14, 0, COMPOUND_HEAD, PAGE },
	{ false, "3.10.105", FIRST_PAGE, 1 << 18, OTHER, COMPOUND_NONE, PAGE },
	{ false, "3.10.105", FIRST_PAGE, 0, OTHER | 1, COMPOUND_NONE, PAGE },
	{ false, "4.3.6", FIRST_PAGE, 1 << 15, OTHER, COMPOUND_TAIL, OTHER },
	/* without CONFIG_PAGEFLAGS_EXTENDED: PG_head_tail_mask, of 3.10 */
	{ true, "3.10.105", FIRST_PAGE_32, 1 << 14 | 1 << 17, OTHER_32, COMPOUND_TAIL, OTHER_32 },
	{ true, "3.10.105", FIRST_PAGE_32, 1 << 14, OTHER_32, COMPOUND_HEAD, PAGE_32 },
	{ true, "3.10.105", FIRST_PAGE_32, 1 << 17, OTHER_32, COMPOUND_NONE, PAGE_32 },
	/* 1d798ca3f164 (4.4): bit 0 instead of a flag */
	{ false, "4.4.0", HEAD, 0, OTHER | 1, COMPOUND_TAIL, OTHER },
	{ false, "4.4.0", HEAD, 1 << 16, OTHER, COMPOUND_HEAD, PAGE },
	{ false, "4.4.0", HEAD, 1 << 15, OTHER, COMPOUND_NONE, PAGE },
	{ true, "4.19.95", HEAD_32, 0, OTHER_32 | 1, COMPOUND_TAIL, OTHER_32 },
	{ false, "7.0.0", HEAD, 0, MASK(9, 6), COMPOUND_TAIL, MASK(9, 6) - 1 },
	/* d50569612c29 (7.1): another name; 8c846c879e22 (7.1): the word may be a mask */
	{ false, "7.1.0", INFO, 0, OTHER | 1, COMPOUND_TAIL, OTHER },
	{ false, "7.1.0", INFO, 1 << 6, OTHER, COMPOUND_HEAD, PAGE },
	{ false, "7.1.0", INFO, 1 << 6, MASK(1, 6), COMPOUND_TAIL, PAGE & ~UINT64_C(0x7f) },
	{ false, "7.1.0", INFO, 0, MASK(9, 6), COMPOUND_TAIL, PAGE & ~UINT64_C(0x7fff) },
	{ false, "7.1.0", INFO, 0, MASK(18, 6), COMPOUND_TAIL, UINT64_C(0xffffea0000000000) },
	{ false, "7.1.0", INFO, 0, MASK(29, 6), COMPOUND_TAIL, PAGE &MASK(29, 6) },
	/* not the mask of any order, so taken for an address, which is refused later */
	{ false, "7.1.0", INFO, 0, MASK(30, 6), COMPOUND_TAIL, MASK(30, 6) - 1 },
	{ false, "7.1.0", INFO, 0, MASK(0, 6), COMPOUND_TAIL, MASK(0, 6) - 1 },
	{ false, "7.1.0", INFO, 0, MASK(31, 6), COMPOUND_TAIL, MASK(31, 6) - 1 },
	/* never a mask: the size is not a power of two, or the kernel has 32 bits */
	{ false, "7.1.0", INFO_56, 0, MASK(9, 6), COMPOUND_TAIL, MASK(9, 6) - 1 },
	{ true, "7.1.0", INFO_32, 0, 0xffe00001, COMPOUND_TAIL, 0xffe00000 },
	{ true, "7.1.0", INFO_32, 0, OTHER_32 | 1, COMPOUND_TAIL, OTHER_32 },
	/* only the note is known: a head is recognised by its flag if no tail has this flag */
	{ false, "3.18.0", "SIZE(page)=64\nNUMBER(PG_head_mask)=16384\n", 1 << 14, 0, COMPOUND_HEAD,
	  PAGE },
	{ true, "3.18.0", "SIZE(page)=32\nNUMBER(PG_head_mask)=16384\n", 1 << 14, 0, COMPOUND_NONE,
	  PAGE_32 },
};

static void heads_of_all_eras(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct kernel *kernel =
			open_kernel(parts[i].narrow, parts[i].release, parts[i].note);
		struct page_words words = {
			.layout = layout_of(kernel),
			.page = parts[i].narrow ? PAGE_32 : PAGE,
		};
		unsigned int word = words.layout->word;
		enum compound_part part;
		uint64_t head;

		put(&words, words.layout->flags, word, parts[i].flags);
		if (words.layout->head >= 0)
			put(&words, words.layout->head, word, parts[i].word);
		part = compound_part(&words, &head);
		if (part != parts[i].part || head != parts[i].head)
			fail_msg("row %zu, %s: %d of %llx", i, parts[i].release, part,
				 (unsigned long long)head);
		open_close(kernel);
	}
}

/* Since 4.4, the word of a tail has other meanings, too. So it is not used if tails are unknown. */
static void notes_that_do_not_tell_of_tails(void **state)
{
	static const struct {
		const char *release;
		bool known;
	} rows[] = {
		{ "2.6.21", false }, { "2.6.22", true }, { "4.3.6", true },
		{ "4.4.0", false },  { "6.1.0", false }, { "4.3.255", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_kernel(false, rows[i].release, "SIZE(page)=64\n");

		if ((page_layout_of(kernel, NULL) != NULL) != rows[i].known)
			fail_msg("%s", rows[i].release);
		open_close(kernel);
	}
}

/* The place of the order, and of hugetlb's destructor, in the first tail. */
static void places_in_the_first_tail(void **state)
{
	static const struct {
		const char *release, *note;
		int order, dtor;
		unsigned int dtor_size;
		bool order_in_flags;
	} rows[] = {
		/* lru.prev and lru.next: set_compound_order(), include/linux/mm.h */
		{ "3.10.105", FIRST_PAGE "SYMBOL(free_huge_page)=ffffffff80002000\n", 64 + 8 + 8,
		  64 + 8, 8, false },
		{ "3.10.105", FIRST_PAGE, 64 + 8 + 8, -1, 0, false },
		/* f1e61557f023 (4.4) */
		{ "4.4.0",
		  HEAD "OFFSET(page.compound_dtor)=16\nOFFSET(page.compound_order)=20\n"
		       "NUMBER(HUGETLB_PAGE_DTOR)=2\n",
		  64 + 20, 64 + 16, 1, false },
		/* ebc1baf5c9b4 (6.6) */
		{ "6.6.0", HEAD "OFFSET(folio._flags_1)=64\n", 64, -1, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_kernel(false, rows[i].release, rows[i].note);
		const struct page_layout *layout = layout_of(kernel);

		if (layout->order != rows[i].order || layout->dtor != rows[i].dtor ||
		    layout->dtor_size != rows[i].dtor_size ||
		    layout->order_in_flags != rows[i].order_in_flags)
			fail_msg("row %zu, %s: %d, %d", i, rows[i].release, layout->order,
				 layout->dtor);
		open_close(kernel);
	}
}

/* --- places of members --- */

#define BARE                                                                                       \
	"SYMBOL(swapper_pg_dir)=ffffffff80001000\nNUMBER(phys_base)=0\n"                           \
	"SIZE(page)=64\n"

/* A member must be completely in struct page, otherwise it is unknown. The offset 0 is valid. */
static void places_in_struct_page(void **state)
{
	static const struct {
		const char *member;
		size_t field;
		int last; /* largest valid offset */
	} members[] = {
#define FIELD(NAME) offsetof(struct page_layout, NAME)
		{ "index", FIELD(index), 56 },	   { "private", FIELD(private_word), 56 },
		{ "_mapcount", FIELD(type), 60 },  { "_refcount", FIELD(refcount), 60 },
		{ "_count", FIELD(refcount), 60 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const int last = members[i].last;
		const int places[] = { 0, 1, last, last + 1, 63, 64, 65, 127, 128, 200 };

		for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
			struct kernel *kernel;
			char note[128];
			int place;

			snprintf(note, sizeof(note), "OFFSET(page.%s)=%d\n", members[i].member,
				 places[at]);
			kernel = open_with(false, "6.1.0",
					   BARE "OFFSET(page.flags)=0\nOFFSET(page.mapping)=24\n"
						"OFFSET(page.compound_head)=8\n",
					   note);
			memcpy(&place, (const char *)layout_of(kernel) + members[i].field,
			       sizeof(place));
			if (places[at] <= last ? place != places[at] : place >= 0)
				fail_msg("%s at %d: %d", members[i].member, places[at], place);
			open_close(kernel);
		}
	}
}

/* A struct page may be larger than the part that kwalk reads. */
static void sizes_of_struct_page(void **state)
{
	static const struct {
		unsigned int size;
		int index; /* 0: no layout */
	} rows[] = {
		{ 31, 0 },   { 32, -1 },    { 128, 120 }, { 129, 120 },
		{ 127, -1 }, { 4096, 120 }, { 4097, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct page_layout *layout;
		struct kernel *kernel;
		char note[256];

		snprintf(note, sizeof(note),
			 "SIZE(page)=%u\nOFFSET(page.flags)=8\nOFFSET(page.mapping)=0\n"
			 "OFFSET(page.compound_head)=16\nOFFSET(page.index)=120\n",
			 rows[i].size);
		kernel = open_with(false, "6.1.0",
				   "SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
				   "NUMBER(phys_base)=0\n",
				   note);
		layout = page_layout_of(kernel, NULL);
		if (!layout != !rows[i].index || (layout && layout->index != rows[i].index))
			fail_msg("%u", rows[i].size);
		open_close(kernel);
	}
}

/* Without flags, mapping, or the pointer from a tail to its head, nothing is known about a page. */
static void members_that_are_needed(void **state)
{
	static const struct {
		const char *note;
		bool known;
		int head;
	} rows[] = {
		{ "OFFSET(page.flags)=0\nOFFSET(page.mapping)=24\nOFFSET(page.compound_head)=8\n",
		  true, 8 },
		{ "OFFSET(page.flags)=8\nOFFSET(page.mapping)=0\nOFFSET(page.compound_head)=16\n",
		  true, 16 },
		{ "OFFSET(page.flags)=8\nOFFSET(page.mapping)=24\nOFFSET(page.compound_head)=0\n",
		  true, 0 },
		{ "OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n", false, 0 },
		{ "OFFSET(page.mapping)=24\nOFFSET(page.compound_head)=8\n", false, 0 },
		{ "OFFSET(page.flags)=0\nOFFSET(page.mapping)=24\n", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_with(false, "6.1.0", BARE, rows[i].note);
		const struct page_layout *layout = page_layout_of(kernel, NULL);

		if ((layout != NULL) != rows[i].known || (layout && layout->head != rows[i].head))
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* 0b5a50b4b6f6 (6.18) renamed the member index to __folio_index. If the note has both names, the
 * first is used. */
static void names_of_the_index(void **state)
{
	static const struct {
		const char *note;
		int index;
	} rows[] = {
		{ "OFFSET(page.index)=32\n", 32 },
		{ "OFFSET(page.__folio_index)=40\n", 40 },
		{ "OFFSET(page.index)=0\nOFFSET(page.__folio_index)=40\n", 0 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_words words = { .bytes = { 1, 2, 3, 4, 5, 6, 7, 8 } };
		struct kernel *kernel;

		kernel = open_with(false, "6.1.0",
				   BARE "OFFSET(page.flags)=8\nOFFSET(page.mapping)=24\n"
					"OFFSET(page.compound_head)=16\n",
				   rows[i].note);
		words.layout = layout_of(kernel);
		assert_int_equal(words.layout->index, rows[i].index);
		assert_true(page_word(&words, words.layout->index) ==
			    (rows[i].index ? 0 : UINT64_C(0x0807060504030201)));
		open_close(kernel);
	}
}

/* A flag is one bit of a long. */
static void bits_of_flags(void **state)
{
	static const struct {
		const char *note;
		uint64_t slab, tail;
	} rows[] = {
		{ "NUMBER(PG_slab)=0\n", 1, 0 },
		{ "NUMBER(PG_slab)=63\n", UINT64_C(1) << 63, 0 },
		{ "NUMBER(PG_slab)=64\n", 0, 0 },
		{ "NUMBER(PG_slab)=65\n", 0, 0 },
		{ "", 0, 0 },
		{ "NUMBER(PG_compound)=14\nNUMBER(PG_reclaim)=17\n", 0, 1 << 14 | 1 << 17 },
		{ "NUMBER(PG_compound)=14\n", 0, 0 },
		{ "NUMBER(PG_reclaim)=17\n", 0, 0 },
		{ "NUMBER(PG_tail)=15\nNUMBER(PG_compound)=14\nNUMBER(PG_reclaim)=17\n", 0,
		  1 << 15 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		const struct page_layout *layout;

		kernel = open_with(false, "3.10.0", LAYOUT_64 "SIZE(page)=64\n", rows[i].note);
		layout = layout_of(kernel);
		if (layout->slab_mask != rows[i].slab || layout->tail_mask != rows[i].tail)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* PG_buddy is a flag until 2.6.37. If a kernel has neither this flag nor _mapcount, it is unknown
 * which frames are free. */
static void free_by_a_flag(void **state)
{
	static const struct {
		const char *note;
		uint64_t flags;
		uint32_t word; /* word at offset 0 */
		enum page_use_kind kind;
	} rows[] = {
		{ "NUMBER(PG_buddy)=19\n", 1 << 19, 0, PAGE_USE_FREE },
		{ "NUMBER(PG_buddy)=19\n", ~(UINT64_C(1) << 19), 0, PAGE_USE_UNKNOWN },
		{ "NUMBER(PG_buddy)=19\n", 0, 0, PAGE_USE_UNKNOWN },
		{ "", UINT64_MAX, 0, PAGE_USE_UNKNOWN },
		{ "", 0, (uint32_t)-128, PAGE_USE_UNKNOWN },
		{ "OFFSET(page._mapcount)=0\n", 0, (uint32_t)-128, PAGE_USE_FREE },
		{ "OFFSET(page._mapcount)=0\n", 0, (uint32_t)-127, PAGE_USE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_words words = { 0 };
		struct kernel *kernel;

		kernel = open_with(false, "3.10.0",
				   BARE "OFFSET(page.flags)=8\nOFFSET(page.mapping)=24\n",
				   rows[i].note);
		words.layout = layout_of(kernel);
		put(&words, 0, 4, rows[i].word);
		put(&words, 8, 8, rows[i].flags);
		if (page_words_type(&words) != rows[i].kind)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* The order is in the first tail: in lru until 4.3; later in a byte of the first tail, or of the
 * head's folio, which covers four struct pages. */
static void places_of_the_order(void **state)
{
	static const struct {
		const char *release, *note;
		int order;
		bool order_in_flags;
	} rows[] = {
#define OLD_BARE BARE "OFFSET(page.flags)=8\nOFFSET(page.mapping)=24\n"
#define NEW_BARE OLD_BARE "OFFSET(page.compound_head)=16\n"
		{ "3.10.0", OLD_BARE "OFFSET(page.lru)=48\n", 64 + 48 + 8, false },
		{ "3.10.0", OLD_BARE "OFFSET(page.lru)=49\n", -1, false },
		{ "3.10.0", OLD_BARE "OFFSET(page.lru)=0\n", 64 + 8, false },
		{ "3.10.0", OLD_BARE, -1, false },
		{ "5.10.0", NEW_BARE "OFFSET(page.compound_order)=63\n", 127, false },
		{ "5.10.0", NEW_BARE "OFFSET(page.compound_order)=64\n", -1, false },
		{ "5.10.0", NEW_BARE "OFFSET(page.compound_order)=0\n", 64, false },
		{ "5.10.0", NEW_BARE "OFFSET(page.compound_order)=8\n", 72, true },
		{ "5.10.0", NEW_BARE, -1, false },
		{ "6.2.0", NEW_BARE "OFFSET(folio._folio_order)=81\n", 81, false },
		{ "6.6.0", NEW_BARE "OFFSET(folio._flags_1)=72\n", 72, true },
		{ "6.6.0", NEW_BARE "OFFSET(folio._flags_1)=64\n", 64, false },
		{ "6.6.0", NEW_BARE "OFFSET(folio._flags_1)=255\n", 255, false },
		{ "6.6.0", NEW_BARE "OFFSET(folio._flags_1)=256\n", -1, false },
		/* if the note has both names, the older name is used */
		{ "6.6.0", NEW_BARE "OFFSET(page.compound_order)=17\nOFFSET(folio._flags_1)=72\n",
		  81, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_with(false, rows[i].release, rows[i].note, "");
		const struct page_layout *layout = layout_of(kernel);

		if (layout->order != rows[i].order ||
		    layout->order_in_flags != rows[i].order_in_flags)
			fail_msg("row %zu: %d", i, layout->order);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_of_all_eras),
		cmocka_unit_test(notes_that_do_not_tell_of_tails),
		cmocka_unit_test(places_in_the_first_tail),
		cmocka_unit_test(places_in_struct_page),
		cmocka_unit_test(sizes_of_struct_page),
		cmocka_unit_test(members_that_are_needed),
		cmocka_unit_test(names_of_the_index),
		cmocka_unit_test(bits_of_flags),
		cmocka_unit_test(free_by_a_flag),
		cmocka_unit_test(places_of_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
