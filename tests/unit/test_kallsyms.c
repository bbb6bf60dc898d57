/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of symbols that describe very long names in few bytes, markers that do not agree with the
 * names, where the search begins, and names that consist of different tokens. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/kallsyms.h"

#include "unit.h"

/* The index of tokens comes after the longest token, of which all names consist. */
enum { INDEX_AT = 512, INDEX_SIZE = 512 };

static struct view view_of(size_t size)
{
	uint8_t *data = calloc(1, size);

	assert_non_null(data);
	return (struct view){ { data, size }, data };
}

/* nr names of two bytes each, and `more` bytes after them. Each name has a type letter and 510 more
 * letters. */
static struct kallsyms_tables tables_of(uint32_t nr, size_t more)
{
	struct kallsyms_tables tables = {
		.place.nr = nr,
		.place.encoding = KALLSYMS_RELATIVE,
		.place.base = 0xffffffff81000000,
		.place.token_index = INDEX_AT, /* for tokens at 0 */
		.names = view_of(2 * (size_t)nr + more),
		.tokens = view_of(INDEX_AT + INDEX_SIZE),
		.values = view_of(4 * (size_t)nr),
		.address_mask = UINT64_MAX,
		.pointer_size = 8,
	};
	uint8_t *names = tables.names.owned;

	for (uint32_t i = 0; i < nr; i++)
		names[2 * (size_t)i] = 1;
	memset(tables.tokens.owned, 't', KALLSYMS_LONGEST_NAME);
	return tables;
}

static struct kallsyms *long_names(uint32_t nr, const struct listener *listener, struct error *err)
{
	struct kallsyms_tables tables = tables_of(nr, 0);

	tables.listener = listener;
	return kallsyms_create(&tables, err);
}

static void names_that_fit(void **state)
{
	struct kernel_symbol symbol;
	struct error err = { 0 };
	struct kallsyms *kallsyms = long_names(1000, NULL, &err);

	(void)state;
	assert_string_equal(err.message, "");
	assert_non_null(kallsyms);
	assert_true(kallsyms_at(kallsyms, 0xffffffff81000000, &symbol));
	assert_true(strlen(symbol.name) == KALLSYMS_LONGEST_NAME - 1);
	kallsyms_destroy(kallsyms);
}

static bool stop_second(void *arg)
{
	return ++*(unsigned int *)arg > 1;
}

static void reading_stopped(void **state)
{
	unsigned int asked = 0;
	struct listener listener = { .stop = stop_second, .arg = &asked };
	struct error err = { 0 };

	(void)state;
	assert_null(long_names(2 * STOP_STEPS, &listener, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_int_equal(asked, 2);
}

static void names_of_more_memory_than_any_kernel_has(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_null(long_names(600000, NULL, &err));
	assert_non_null(strstr(err.message, "more than 256 MiB"));
}

/* --- markers --- */

enum {
	NR_MARKED = 2 * KALLSYMS_MARKED + 1,
	NAMES_AT = 0x1000,
	NAMES_SIZE = 2 * NR_MARKED,
	ROOM_AFTER = 0x7e,
	MARKED_SIZE = NAMES_SIZE + ROOM_AFTER,
};

/* markers: the offset from the first name */
static struct kallsyms_tables tables_with_markers(uint32_t nr, size_t more, size_t markers,
						  unsigned int size)
{
	struct kallsyms_tables tables = tables_of(nr, more);

	tables.place.names = NAMES_AT;
	tables.place.markers = NAMES_AT + markers;
	tables.place.marker_size = (uint8_t)size;
	return tables;
}

/* Names of two bytes each, and three markers at offset `at`; `marker` is wrong by `wrong`. */
static bool marked_names(size_t at, unsigned int size, unsigned int marker, uint8_t wrong)
{
	struct kallsyms_tables tables = tables_with_markers(NR_MARKED, ROOM_AFTER, at, size);
	uint8_t *names = tables.names.owned;
	struct kallsyms *kallsyms;
	struct error err = { 0 };

	for (unsigned int i = 0; i < 3 && at + (i + 1) * size <= MARKED_SIZE; i++) {
		names[at + i * size] = i == marker ? wrong : 0;
		names[at + i * size + 1] = (uint8_t)(i * 2 * KALLSYMS_MARKED >> 8);
	}
	kallsyms = kallsyms_create(&tables, &err);
	if (!kallsyms)
		assert_non_null(strstr(err.message, "kallsyms: symbol"));
	kallsyms_destroy(kallsyms);
	return kallsyms;
}

static void markers_that_agree_or_not(void **state)
{
	size_t at = (NAMES_SIZE + 7) / 8 * 8;

	(void)state;
	for (unsigned int size = 4; size <= 8; size += 4) {
		assert_true(marked_names(at, size, 0, 0));
		for (unsigned int marker = 0; marker < 3; marker++)
			assert_false(marked_names(at, size, marker, 2));
		/* The names must end just before the markers. */
		assert_true(marked_names(NAMES_SIZE + 15, size, 0, 0));
		assert_false(marked_names(NAMES_SIZE + 16, size, 0, 0));
		assert_false(marked_names(NAMES_SIZE - 1, size, 0, 0));
	}
}

static void markers_outside_of_the_names(void **state)
{
	enum { NR = KALLSYMS_MARKED, SIZE = 2 * NR, ROOM = 8 };
	struct error err = { 0 };

	(void)state;
	for (size_t at = SIZE; at <= SIZE + ROOM + 1; at++) {
		struct kallsyms_tables tables = tables_with_markers(NR, ROOM + 4, at, 4);
		struct kallsyms *kallsyms = kallsyms_create(&tables, &err);

		assert_int_equal(kallsyms != NULL, at <= SIZE + ROOM);
		kallsyms_destroy(kallsyms);
	}
	assert_string_equal(err.message, "kallsyms: 256 symbols do not fit its tables");
}

/* --- the search --- */

enum { IMAGE_ROOM = 1 << 20, FEW = 300, MANY = 40000 };

/* An image that is being made. */
struct made_image {
	uint8_t *bytes; /* owned */
	size_t used;
	struct kallsyms_place last; /* the place of the last table */
};

static void put_number(struct made_image *image, uint64_t value, size_t size)
{
	assert_true(image->used + size <= IMAGE_ROOM);
	for (size_t i = 0; i < size; i++)
		image->bytes[image->used++] = (uint8_t)(value >> 8 * i);
}

static uint64_t put_label(struct made_image *image)
{
	image->used = (image->used + 7) & ~(size_t)7;
	return NAMES_AT + image->used;
}

/* Every two symbols have the same offset. */
static void put_offsets(struct made_image *image, uint32_t nr, uint32_t step)
{
	image->last = (struct kallsyms_place){ .nr = nr, .values = put_label(image) };
	for (uint32_t i = 0; i < nr; i++)
		put_number(image, i / 2 * step, 4);
}

/* The tables as from 4.6 to 6.1. name: the code of each name, of size bytes. */
static void put_named_tables(struct made_image *image, uint32_t nr, uint32_t step, uint64_t name,
			     size_t size)
{
	put_offsets(image, nr, step);
	put_label(image);
	put_number(image, 0xffffffff81000000, 8);
	put_number(image, nr, 4);
	image->last.names = put_label(image);
	for (uint32_t i = 0; i < nr; i++)
		put_number(image, name, size);
	image->last.markers = put_label(image);
	for (uint32_t i = 0; i < nr; i += KALLSYMS_MARKED)
		put_number(image, size * i, 4);
	image->last.tokens = put_label(image);
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++)
		put_number(image, i ? i : '?', 2);
	image->last.token_index = put_label(image);
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++)
		put_number(image, 2 * i, 2);
}

static void put_tables(struct made_image *image, uint32_t nr, uint32_t step)
{
	put_named_tables(image, nr, step, 1 | 't' << 8, 2);
}

static bool keep_place(const struct kallsyms_place *place, void *arg)
{
	*(struct kallsyms_place *)arg = *place;
	return true;
}

/* Returns the first place that the search tries. The image has no byte after its last one. */
static struct kallsyms_place first_place(const struct made_image *image)
{
	struct kallsyms_place place = { 0 };
	uint8_t *exact = malloc(image->used);

	assert_non_null(exact);
	memcpy(exact, image->bytes, image->used);
	kallsyms_search(&(struct kallsyms_image){ { exact, image->used }, NAMES_AT, 8 }, NULL,
			keep_place, &place);
	free(exact);
	return place;
}

static void assert_place(const struct kallsyms_place *found, const struct kallsyms_place *made)
{
	assert_int_equal(found->nr, made->nr);
	assert_int_equal(found->names, made->names);
	assert_int_equal(found->tokens, made->tokens);
	assert_int_equal(found->token_index, made->token_index);
	assert_int_equal(found->markers, made->markers);
	assert_int_equal(found->marker_size, 4);
	assert_int_equal(found->values, made->values);
	assert_int_equal(found->base, 0xffffffff81000000);
}

/* The search begins at a long table of offsets, and if it finds nothing there, at the start. */
static void tokens_behind_the_offsets(void **state)
{
	static const struct {
		uint32_t step;
		bool first; /* the table is not recognised, so the table before it is found */
	} tables[] = {
		{ 1, false },	   { 16, false },      { -1U, false },	     { -16U, false },
		{ 135300, false }, { 135301, true },   { -135300U, false },  { -135301U, true },
		{ 0, true },	   { 1U << 31, true }, { 0x9e3779b1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct made_image image = { .bytes = calloc(1, IMAGE_ROOM) };
		struct kallsyms_place before, found;

		assert_non_null(image.bytes);
		image.used = 256; /* the first sample ends before the short table */
		put_tables(&image, FEW, 16);
		before = image.last;
		image.used += 1 << 17; /* zeros */
		put_tables(&image, MANY, tables[i].step);
		found = first_place(&image);
		assert_place(&found, tables[i].first ? &before : &image.last);
		free(image.bytes);
	}
}

static bool is_the_last(const struct kallsyms_place *place, void *arg)
{
	const struct made_image *image = arg;

	return place->names == image->last.names && place->encoding == KALLSYMS_PERCPU;
}

/* Inside of names, there are numbers like the number of symbols before the first name. The search
 * goes on at the places before them, up to a limit. */
static void numbers_of_symbols_inside_of_names(void **state)
{
	enum { NAME = 8, MOST = 32 };

	(void)state;
	for (unsigned int decoys = 0; decoys <= MOST; decoys++) {
		struct made_image image = { .bytes = calloc(1, IMAGE_ROOM) };

		assert_non_null(image.bytes);
		put_named_tables(&image, FEW, 16, 7 | 0x7474747474747400, NAME);
		for (unsigned int i = 1; i <= decoys; i++)
			store_le(image.bytes + (image.last.names - NAMES_AT) + i * NAME + NAME / 2,
				 FEW, 4);
		assert_int_equal(kallsyms_search(&(struct kallsyms_image){ { image.bytes,
									     image.used },
									   NAMES_AT,
									   8 },
						 NULL, is_the_last, &image),
				 decoys < MOST);
		free(image.bytes);
	}
}

static void tokens_before_the_offsets(void **state)
{
	struct made_image image = { .bytes = calloc(1, IMAGE_ROOM) };
	struct kallsyms_place before, found;

	(void)state;
	assert_non_null(image.bytes);
	put_tables(&image, FEW, 16);
	before = image.last;
	put_offsets(&image, MANY, 16);
	found = first_place(&image);
	assert_place(&found, &before);
	free(image.bytes);
}

/* --- names of any tokens --- */

enum { NR_OTHER = 300, WITH_LONG_TOKENS = 1, WITH_EMPTY_TOKENS = 2 };

/* The first tokens; the others are a single letter each. Token 0 is empty WITH_EMPTY_TOKENS. */
static const char *const long_tokens[] = { "?",	   "T__",   "tinit_", "init", "_task",	  "tm",
					   "odul", "__sta", "rt_",    "BTF",  "x",	  "in",
					   "bpag", "e_off", "set_",   "base", "start_BTF" };

/* A type and a name of each symbol, before and after other symbols. */
static const char *const asked_names[] = { "tinit_task",   "Tinit_task",    "Tinit_task",
					   "T__start_BTF", "t__start_BTFx", "tin",
					   "tmodulesx",	   "xmodules",	    "bpage_offset_base" };

enum {
	NR_LONG = sizeof(long_tokens) / sizeof(*long_tokens),
	NR_ASKED = sizeof(asked_names) / sizeof(*asked_names)
};

static size_t code_of(const char *text, unsigned int with, uint8_t *code)
{
	size_t size = 0;

	while (*text) {
		unsigned int token = (uint8_t)*text;
		size_t length = 1;

		for (unsigned int i = 1; with & WITH_LONG_TOKENS && i < NR_LONG; i++)
			if (!strncmp(text, long_tokens[i], strlen(long_tokens[i])) &&
			    strlen(long_tokens[i]) > length) {
				token = i;
				length = strlen(long_tokens[i]);
			}
		if (with & WITH_EMPTY_TOKENS)
			code[size++] = 0;
		code[size++] = (uint8_t)token;
		text += length;
	}
	return size;
}

static struct kallsyms *table_with_tokens(unsigned int with)
{
	enum { NR = NR_ASKED + 2 * NR_OTHER };
	struct kallsyms_tables tables = {
		.place.nr = NR,
		.place.encoding = KALLSYMS_RELATIVE,
		.place.base = 0xffffffff81000000,
		.place.token_index = 1024, /* for tokens at 0 */
		.names = view_of(NR * 32),
		.tokens = view_of(1024 + INDEX_SIZE),
		.values = view_of(4 * (size_t)NR),
		.address_mask = UINT64_MAX,
		.pointer_size = 8,
	};
	uint8_t *name = tables.names.owned, *tokens = tables.tokens.owned;
	struct kallsyms *kallsyms;
	struct error err;
	size_t at = 0;

	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		char letter[2] = { (char)i, '\0' };
		const char *text = i >= NR_LONG || (i == 0 && with & WITH_EMPTY_TOKENS) ?
					   letter :
					   long_tokens[i];

		tokens[1024 + 2 * i] = (uint8_t)at;
		tokens[1024 + 2 * i + 1] = (uint8_t)(at >> 8);
		strcpy((char *)tokens + at, text);
		at += strlen(text) + 1;
	}
	for (uint32_t i = 0; i < NR; i++) {
		bool other = i < NR_OTHER || i >= NR_OTHER + NR_ASKED;

		*name = (uint8_t)code_of(other ? "tother" : asked_names[i - NR_OTHER], with,
					 name + 1);
		name += 1 + *name;
		((uint8_t *)tables.values.owned)[4 * i] = (uint8_t)i;
		((uint8_t *)tables.values.owned)[4 * i + 1] = (uint8_t)(i >> 8);
	}
	tables.names.bytes.size = (size_t)(name - (uint8_t *)tables.names.owned);
	kallsyms = kallsyms_create(&tables, &err);
	if (!kallsyms)
		fail_msg("%s", err.message);
	return kallsyms;
}

static bool count_symbol(const struct kernel_symbol *symbol, void *arg)
{
	(void)symbol;
	++*(unsigned int *)arg;
	return true;
}

static void names_of_any_tokens(void **state)
{
	/* the number of the best symbol with each name, and how many symbols have the name */
	static const struct {
		const char *name;
		unsigned int best, nr;
	} asked[] = { { "init_task", 1, 3 },	{ "__start_BTF", 3, 1 },
		      { "modules", 7, 1 },	{ "_text", 0, 0 },
		      { "in", 5, 1 },		{ "modulesx", 6, 1 },
		      { "__start_BTFx", 4, 1 }, { "page_offset_base", 8, 1 } };
	struct kernel_symbol symbol;

	(void)state;
	for (unsigned int with = 0; with < 4; with++) {
		struct kallsyms *kallsyms = table_with_tokens(with);

		for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
			unsigned int nr = 0;

			assert_int_equal(kallsyms_find(kallsyms, asked[i].name, &symbol),
					 asked[i].nr > 0);
			if (asked[i].nr) {
				assert_string_equal(symbol.name, asked[i].name);
				assert_int_equal(symbol.address,
						 0xffffffff81000000 + NR_OTHER + asked[i].best);
			}
			kallsyms_each(kallsyms, asked[i].name, NULL, count_symbol, &nr);
			assert_int_equal(nr, asked[i].nr);
		}
		kallsyms_destroy(kallsyms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_any_tokens),
		cmocka_unit_test(markers_that_agree_or_not),
		cmocka_unit_test(markers_outside_of_the_names),
		cmocka_unit_test(tokens_behind_the_offsets),
		cmocka_unit_test(tokens_before_the_offsets),
		cmocka_unit_test(numbers_of_symbols_inside_of_names),
		cmocka_unit_test(reading_stopped),
		cmocka_unit_test(names_that_fit),
		cmocka_unit_test(names_of_more_memory_than_any_kernel_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
