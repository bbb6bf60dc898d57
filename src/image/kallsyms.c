/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image/kallsyms_table.h"

enum {
	INDEX_SIZE = 2 * KALLSYMS_TOKENS,
	MOST_TEXT =
		256 << 20, /* bytes of all names; kernels have some 10 MiB */
};

/* --- addresses --- */

uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	const uint8_t *values = tables->values.bytes.data;
	uint64_t address = 0;
	uint32_t value;

	if (tables->encoding == KALLSYMS_ABSOLUTE)
		return load_le(values + (size_t)nr * tables->pointer_size,
			       tables->pointer_size);
	value = load_le32(values + (size_t)nr * 4);
	switch (tables->encoding) {
	case KALLSYMS_PERCPU:
		if (!(value >> 31))
			return value;
		address = tables->base - 1 - (uint64_t)(int32_t)value;
		break;
	case KALLSYMS_PLACE:
		address = tables->values_address + (uint64_t)nr * 4 +
			  (uint64_t)(int32_t)value;
		break;
	default:
		address = tables->base + value;
	}
	return address & tables->address_mask;
}

static bool is_absolute(const struct kallsyms *kallsyms, uint32_t nr)
{
	uint64_t address = kallsyms_address(kallsyms, nr);

	/* x86-64's per-CPU symbols are offsets from 0 until 6.14. */
	return kallsyms->tables.pointer_size == 8 ? !(address >> 63) :
						    address < 0x1000000;
}

/* A symbol of code never has an absolute address. */
static bool is_code(const struct kallsyms *kallsyms, struct bytes code)
{
	char type = kallsyms->tokens[code.data[0]].head[0];

	return type == 'T' || type == 't';
}

/* Notes where each block of names starts. */
static bool find_starts(struct kallsyms *kallsyms, struct error *err)
{
	struct bytes names = kallsyms->tables.names.bytes, code;
	size_t at = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		if (nr % KALLSYMS_BLOCK == 0)
			kallsyms->blocks[nr / KALLSYMS_BLOCK].start =
				(uint32_t)at;
		if (!kallsyms_next_code(names, &at, &code) ||
		    (nr < kallsyms->first_placed && is_code(kallsyms, code)))
			return fail(err, ERROR_FORMAT,
				    "kallsyms: symbol %" PRIu32 " of %" PRIu32
				    " is damaged",
				    nr, kallsyms->tables.nr);
	}
	return true;
}

/* The first symbol at or above address. */
static uint32_t lower_bound(const struct kallsyms *kallsyms, uint32_t low,
			    uint64_t address)
{
	uint32_t high = kallsyms->tables.nr;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (kallsyms_address(kallsyms, middle) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool sizes_agree(const struct kallsyms_tables *tables)
{
	size_t width = tables->encoding == KALLSYMS_ABSOLUTE ?
			       tables->pointer_size : 4;

	/* Two bytes are the shortest name. */
	return tables->nr && tables->nr <= tables->names.bytes.size / 2 &&
	       tables->names.bytes.size <= UINT32_MAX &&
	       tables->values.bytes.size / width >= tables->nr &&
	       tables->token_index >= tables->tokens.bytes.data &&
	       range_within((uint64_t)(tables->token_index -
				       tables->tokens.bytes.data),
			    INDEX_SIZE, tables->tokens.bytes.size);
}

/* scripts/kallsyms.c sorts symbols by address. */
static bool in_order(const struct kallsyms *kallsyms, struct error *err)
{
	uint64_t before = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		uint64_t address = kallsyms_address(kallsyms, nr);

		if (address < before)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: address %" PRIu32 " of %" PRIu32
				    " is damaged: it is below the previous one",
				    nr, kallsyms->tables.nr);
		before = address;
	}
	return true;
}

/* A few bytes of code may expand to long names. */
static bool names_fit(const struct kallsyms *kallsyms, struct error *err)
{
	uint64_t size = 0;

	if (kallsyms->tables.nr <= MOST_TEXT / KALLSYMS_LONGEST_TEXT)
		return true;
	for (uint32_t i = 0; i < kallsyms->nr_blocks && size <= MOST_TEXT; i++)
		size += kallsyms_decoded_size(
			kallsyms, kallsyms->blocks[i].start, KALLSYMS_BLOCK);
	return size <= MOST_TEXT || fail(err, ERROR_FORMAT,
					 "kallsyms: the names of %" PRIu32
					 " symbols would take more than %d MiB",
					 kallsyms->tables.nr, MOST_TEXT >> 20);
}

static bool prepare(struct kallsyms *kallsyms, struct error *err)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;

	if (!sizes_agree(tables))
		return fail(err, ERROR_FORMAT,
			    "kallsyms: %" PRIu32 " symbols do not fit its tables",
			    tables->nr);
	kallsyms->nr_blocks = tables->nr / KALLSYMS_BLOCK + 1;
	kallsyms->blocks = calloc(kallsyms->nr_blocks, sizeof(struct block));
	if (!kallsyms->blocks)
		return fail(err, ERROR_SYSTEM, "out of memory");
	while (kallsyms->first_placed < tables->nr &&
	       is_absolute(kallsyms, kallsyms->first_placed))
		kallsyms->first_placed++;
	return kallsyms_read_tokens(kallsyms, err) && in_order(kallsyms, err) &&
	       find_starts(kallsyms, err) && names_fit(kallsyms, err);
}

void kallsyms_destroy(struct kallsyms *kallsyms)
{
	if (!kallsyms)
		return;
	for (uint32_t i = 0; kallsyms->blocks && i < kallsyms->nr_blocks; i++)
		free(kallsyms->blocks[i].names);
	symbol_names_free(&kallsyms->names);
	free(kallsyms->blocks);
	view_close(&kallsyms->tables.names);
	view_close(&kallsyms->tables.tokens);
	view_close(&kallsyms->tables.values);
	free(kallsyms);
}

uint32_t kallsyms_count(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.nr;
}

bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr,
		     struct kallsyms_symbol *symbol)
{
	const char *text;

	if (nr >= kallsyms->tables.nr)
		return false;
	text = kallsyms_typed_name(kallsyms, nr);
	if (!text)
		return false;
	*symbol = (struct kallsyms_symbol){
		text + 1, kallsyms_address(kallsyms, nr), text[0],
	};
	return true;
}

static bool is_global(char type)
{
	return type >= 'A' && type <= 'Z';
}

/* --- by address --- */

bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address,
		 struct kallsyms_symbol *symbol)
{
	uint32_t first = kallsyms->first_placed, end, nr;
	uint64_t start;
	bool found = false;

	*symbol = (struct kallsyms_symbol){ 0 };
	end = address == UINT64_MAX ? kallsyms->tables.nr :
				      lower_bound(kallsyms, first, address + 1);
	if (end == first)
		return false;
	start = kallsyms_address(kallsyms, end - 1);
	if (start > address || (end == kallsyms->tables.nr && start != address))
		return false;
	/* Of several names for one address take the first global one. */
	for (nr = lower_bound(kallsyms, first, start); nr < end; nr++) {
		struct kallsyms_symbol candidate;

		if (!kallsyms_symbol(kallsyms, nr, &candidate) ||
		    candidate.address != start ||
		    (found && !is_global(candidate.type)))
			continue;
		*symbol = candidate;
		found = true;
		if (is_global(candidate.type))
			break;
	}
	return found;
}

uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address)
{
	uint32_t next = lower_bound(kallsyms, kallsyms->first_placed,
				    address + 1);

	if (address == UINT64_MAX || next == kallsyms->tables.nr)
		return 0;
	return kallsyms_address(kallsyms, next) - address;
}

/* --- by name --- */

static const char *name_of(void *table, uint32_t nr)
{
	const char *text = kallsyms_typed_name(table, nr);

	return text ? text + 1 : NULL;
}

static enum name_rank rank_of_type(char type)
{
	return is_global(type) ? NAME_GLOBAL : NAME_LOCAL;
}

static enum name_rank rank_of(void *table, uint32_t nr)
{
	const char *text = kallsyms_typed_name(table, nr);

	return text ? rank_of_type(text[0]) : NAME_OF_NOTHING;
}

_Static_assert((int)TOKEN_HEAD > (int)sizeof(uint64_t),
	       "one token may hold the type and eight characters");

/* The first eight characters of a name, as a scan compares them. */
static uint64_t head_of(const struct kallsyms *kallsyms, struct bytes code)
{
	const size_t wanted = 1 + sizeof(uint64_t); /* the type precedes them */
	uint8_t text[1 + sizeof(uint64_t) + TOKEN_HEAD];
	size_t used = 0;

	for (size_t i = 0; i < code.size && used < wanted; i++) {
		const struct token *token = &kallsyms->tokens[code.data[i]];

		memcpy(text + used, token->head, TOKEN_HEAD);
		used += token->length;
	}
	return load_le64(text + 1);
}

static void scan_names(void *table, struct name_scan *scan)
{
	const struct kallsyms *kallsyms = table;
	struct bytes names = kallsyms->tables.names.bytes, code;
	char text[KALLSYMS_LONGEST_TEXT];
	size_t at = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		uint64_t head;

		if (!kallsyms_next_code(names, &at, &code))
			return;
		head = head_of(kallsyms, code);
		if (name_scan_wants(scan, head) &&
		    kallsyms_expand(kallsyms, code, text, sizeof(text)))
			name_scan_found(scan, head, text + 1,
					rank_of_type(text[0]), nr);
	}
}

static const struct name_table name_functions = {
	.name = name_of,
	.rank = rank_of,
	.scan = scan_names,
};

bool kallsyms_find(struct kallsyms *kallsyms, const char *name,
		   struct kallsyms_symbol *symbol)
{
	uint32_t nr;

	return symbol_names_find(&kallsyms->names, name, &nr) &&
	       kallsyms_symbol(kallsyms, nr, symbol);
}

void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg)
{
	symbol_names_complete(&kallsyms->names, prefix, visit, arg);
}

/* --- create --- */

struct kallsyms *kallsyms_create(struct kallsyms_tables *tables,
				 struct error *err)
{
	struct kallsyms *kallsyms = calloc(1, sizeof(*kallsyms));

	if (!kallsyms) {
		view_close(&tables->names);
		view_close(&tables->tokens);
		view_close(&tables->values);
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	kallsyms->tables = *tables;
	*tables = (struct kallsyms_tables){ 0 };
	if (prepare(kallsyms, err)) {
		kallsyms->names = (struct symbol_names){
			.functions = &name_functions,
			.table = kallsyms,
			.count = kallsyms->tables.nr,
		};
		return kallsyms;
	}
	kallsyms_destroy(kallsyms);
	return NULL;
}
