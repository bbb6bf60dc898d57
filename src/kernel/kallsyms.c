/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kallsyms_table.h"

enum { INDEX_SIZE = 2 * KALLSYMS_TOKENS };

/* --- the coded names --- */

size_t kallsyms_expand(const struct kallsyms *kallsyms, struct bytes code,
		       char *text, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < code.size; i++) {
		const struct token *token = &kallsyms->tokens[code.data[i]];

		if (token->length >= room - used)
			return 0;
		if (token->length <= TOKEN_HEAD && room - used >= TOKEN_HEAD)
			memcpy(text + used, token->head, TOKEN_HEAD);
		else
			memcpy(text + used, token->text, token->length);
		used += token->length;
	}
	text[used] = '\0';
	return used;
}

/* --- create and destroy --- */

static bool read_tokens(struct kallsyms *kallsyms, struct error *err)
{
	struct bytes text = kallsyms->tables.tokens.bytes;

	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		uint16_t at = load_le16(kallsyms->tables.token_index + 2 * i);
		struct token *token = &kallsyms->tokens[i];

		if (at >= text.size)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: token %u lies outside its table", i);
		token->text = (const char *)text.data + at;
		token->length = strnlen(token->text, text.size - at);
		if (token->length == text.size - at ||
		    token->length > KALLSYMS_LONGEST_NAME)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: token %u has no end", i);
		memcpy(token->head, token->text,
		       token->length < TOKEN_HEAD ? token->length : TOKEN_HEAD);
	}
	return true;
}

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

	/* x86-64's per-CPU symbols are offsets from 0 (to 6.14). */
	return kallsyms->tables.pointer_size == 8 ? !(address >> 63) :
						    address < 0x1000000;
}

/* Code is no per-CPU symbol: its address cannot be absolute. */
static bool is_code(const struct kallsyms *kallsyms, struct bytes code)
{
	char type = kallsyms->tokens[code.data[0]].head[0];

	return type == 'T' || type == 't';
}

/* Goes through the lengths once: where each block starts. */
static bool find_starts(struct kallsyms *kallsyms, struct error *err)
{
	struct bytes names = kallsyms->tables.names.bytes, code;
	size_t at = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		if (nr % KALLSYMS_BLOCK == 0)
			kallsyms->starts[nr / KALLSYMS_BLOCK] = (uint32_t)at;
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

/* scripts/kallsyms.c writes them in order: what is not is damaged. */
static bool in_order(const struct kallsyms *kallsyms, struct error *err)
{
	uint64_t before = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		uint64_t address = kallsyms_address(kallsyms, nr);

		if (address < before)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: address %" PRIu32 " of %" PRIu32
				    " is damaged: it lies below the one before",
				    nr, kallsyms->tables.nr);
		before = address;
	}
	return true;
}

static bool prepare(struct kallsyms *kallsyms, struct error *err)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;

	if (!sizes_agree(tables))
		return fail(err, ERROR_FORMAT,
			    "kallsyms: %" PRIu32 " symbols do not fit its tables",
			    tables->nr);
	kallsyms->nr_blocks = tables->nr / KALLSYMS_BLOCK + 1;
	kallsyms->starts = calloc(kallsyms->nr_blocks, sizeof(uint32_t));
	kallsyms->blocks = calloc(kallsyms->nr_blocks, sizeof(struct block));
	if (!kallsyms->starts || !kallsyms->blocks)
		return fail(err, ERROR_SYSTEM, "out of memory");
	while (kallsyms->first_placed < tables->nr &&
	       is_absolute(kallsyms, kallsyms->first_placed))
		kallsyms->first_placed++;
	return read_tokens(kallsyms, err) && in_order(kallsyms, err) &&
	       find_starts(kallsyms, err);
}

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
	if (prepare(kallsyms, err))
		return kallsyms;
	kallsyms_destroy(kallsyms);
	return NULL;
}

void kallsyms_destroy(struct kallsyms *kallsyms)
{
	if (!kallsyms)
		return;
	for (uint32_t i = 0; kallsyms->blocks && i < kallsyms->nr_blocks; i++) {
		free(kallsyms->blocks[i].text);
		free(kallsyms->blocks[i].at);
	}
	for (unsigned int i = 0; i < kallsyms->nr_asked; i++)
		free(kallsyms->asked[i].name);
	free(kallsyms->blocks);
	free(kallsyms->starts);
	free(kallsyms->bucket);
	free(kallsyms->next);
	view_close(&kallsyms->tables.names);
	view_close(&kallsyms->tables.tokens);
	view_close(&kallsyms->tables.values);
	free(kallsyms);
}

uint32_t kallsyms_count(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.nr;
}

enum kallsyms_encoding kallsyms_encoding(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.encoding;
}

/* --- names --- */

static size_t decoded_size(const struct kallsyms *kallsyms, size_t at,
			   uint32_t count)
{
	struct bytes code;
	size_t size = 0;

	while (count-- && kallsyms_next_code(kallsyms->tables.names.bytes, &at, &code)) {
		size_t length = 1;

		for (size_t i = 0; i < code.size; i++)
			length += kallsyms->tokens[code.data[i]].length;
		size += length < KALLSYMS_LONGEST_TEXT ? length : KALLSYMS_LONGEST_TEXT;
	}
	return size;
}

/* A name that is longer than any can be becomes the empty one. */
static bool decode_block(struct kallsyms *kallsyms, uint32_t nr_block)
{
	struct block *block = &kallsyms->blocks[nr_block];
	uint32_t first = nr_block * KALLSYMS_BLOCK, used = 0;
	uint32_t count = kallsyms->tables.nr - first;
	size_t at = kallsyms->starts[nr_block], size;
	struct bytes code;

	if (block->text)
		return true;
	count = count < KALLSYMS_BLOCK ? count : KALLSYMS_BLOCK;
	size = decoded_size(kallsyms, at, count);
	block->text = malloc(size + TOKEN_HEAD);
	block->at = calloc(KALLSYMS_BLOCK, sizeof(*block->at));
	if (!block->text || !block->at) {
		free(block->text);
		free(block->at);
		*block = (struct block){ 0 };
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		size_t room = size + TOKEN_HEAD - used;

		kallsyms_next_code(kallsyms->tables.names.bytes, &at, &code);
		room = room < KALLSYMS_LONGEST_TEXT ? room : KALLSYMS_LONGEST_TEXT;
		block->at[i] = used;
		used += kallsyms_expand(kallsyms, code, block->text + used, room);
		block->text[used++] = '\0';
	}
	return true;
}

const char *kallsyms_typed_name(struct kallsyms *kallsyms, uint32_t nr)
{
	const struct block *block = &kallsyms->blocks[nr / KALLSYMS_BLOCK];
	const char *text;

	if (!decode_block(kallsyms, nr / KALLSYMS_BLOCK))
		return NULL;
	text = block->text + block->at[nr % KALLSYMS_BLOCK];
	return text[0] && text[1] ? text : NULL;
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
	/* Of several names of one address the first global one. */
	for (nr = lower_bound(kallsyms, first, start); nr < end; nr++) {
		struct kallsyms_symbol candidate;

		if (!kallsyms_symbol(kallsyms, nr, &candidate) ||
		    candidate.address != start ||
		    (found && !kallsyms_is_global(candidate.type)))
			continue;
		*symbol = candidate;
		found = true;
		if (kallsyms_is_global(candidate.type))
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
