/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes the names of the kernel's own symbol table. */
#include <stdlib.h>
#include <string.h>

#include "image/kallsyms_table.h"

bool kallsyms_read_tokens(struct kallsyms *kallsyms, struct error *err)
{
	struct bytes text = kallsyms->tables.tokens.bytes;

	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		uint16_t at = load_le16(kallsyms->tables.token_index + 2 * i);
		struct token *token = &kallsyms->tokens[i];

		if (at >= text.size)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: token %u lies outside its table",
				    i);
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

size_t kallsyms_decoded_size(const struct kallsyms *kallsyms, size_t at,
			     uint32_t count)
{
	struct bytes code;
	size_t size = 0;

	while (count-- &&
	       kallsyms_next_code(kallsyms->tables.names.bytes, &at, &code)) {
		size_t length = 1;

		for (size_t i = 0; i < code.size; i++)
			length += kallsyms->tokens[code.data[i]].length;
		size += length < KALLSYMS_LONGEST_TEXT ? length :
							 KALLSYMS_LONGEST_TEXT;
	}
	return size;
}

/* Names longer than KALLSYMS_LONGEST_NAME become empty. So do names that do not
 * fit the counted size: a live dump may change between counting and decoding. */
static bool decode_block(struct kallsyms *kallsyms, uint32_t nr_block)
{
	struct block *block = &kallsyms->blocks[nr_block];
	uint32_t count = kallsyms->tables.nr - nr_block * KALLSYMS_BLOCK;
	struct block_names *names;
	size_t at = block->start, size;
	uint32_t used = 0;
	struct bytes code;

	if (block->names)
		return true;
	count = count < KALLSYMS_BLOCK ? count : KALLSYMS_BLOCK;
	size = kallsyms_decoded_size(kallsyms, at, count);
	names = malloc(sizeof(*names) + size + TOKEN_HEAD);
	if (!names)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		size_t room = size + TOKEN_HEAD - used;

		names->at[i] = used;
		if (used >= size ||
		    !kallsyms_next_code(kallsyms->tables.names.bytes, &at,
					&code))
			continue;
		room = room < KALLSYMS_LONGEST_TEXT ? room :
						      KALLSYMS_LONGEST_TEXT;
		used += kallsyms_expand(kallsyms, code, names->text + used,
					room);
		names->text[used++] = '\0';
	}
	names->text[used] = '\0';
	block->names = names;
	return true;
}

const char *kallsyms_typed_name(struct kallsyms *kallsyms, uint32_t nr)
{
	const struct block *block = &kallsyms->blocks[nr / KALLSYMS_BLOCK];
	const char *text;

	if (!decode_block(kallsyms, nr / KALLSYMS_BLOCK))
		return NULL;
	text = block->names->text + block->names->at[nr % KALLSYMS_BLOCK];
	return text[0] && text[1] ? text : NULL;
}
