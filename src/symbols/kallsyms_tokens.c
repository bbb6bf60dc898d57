/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/kallsyms_tokens.h"

#include <string.h>

#include "symbols/common_names.h"

/* The table of tokens and the index determine each other: each token begins after the NUL of the
 * token before it. Returns the number of tokens at which they differ. *own gets the offsets that
 * follow from the table, which are valid if all tokens are before the index. */
static unsigned int compare_index(struct bytes text, const uint8_t *index,
				  uint16_t own[KALLSYMS_TOKENS])
{
	size_t at = 0, end = (size_t)(index - text.data);
	unsigned int nr = 0;

	for (unsigned int i = 0; i < KALLSYMS_TOKENS && at < end; i++) {
		own[i] = (uint16_t)at;
		nr += load_le16(index + 2 * i) != at;
		at += strnlen((const char *)text.data + at, end - at) + 1;
		if (at > UINT16_MAX + 1UL)
			return KALLSYMS_TOKENS;
	}
	return at <= end ? nr : KALLSYMS_TOKENS;
}

/* scripts/kallsyms.c has a token for each character that occurs in names, and this token has the
 * number of the character (insert_real_symbols_in_table()). */
static bool has_strange_token(const struct kallsyms_tokens *tokens)
{
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++)
		for (size_t k = 0; k < tokens->token[i].length; k++) {
			uint8_t character = (uint8_t)tokens->token[i].text[k];
			const struct token *own = &tokens->token[character];

			if (own->length != 1 || (uint8_t)own->text[0] != character)
				return true;
		}
	return false;
}

bool kallsyms_tokens_read(struct kallsyms_tokens *tokens, const struct kallsyms_tables *tables,
			  struct error *err)
{
	enum { FEW = 8 }; /* the most offsets that two damaged words of the index have */
	const struct kallsyms_place *place = &tables->place;
	struct bytes text = tables->tokens.bytes;
	const uint8_t *index = text.data + (place->token_index - place->tokens);
	uint16_t own[KALLSYMS_TOKENS] = { 0 };
	unsigned int nr_differing = compare_index(text, index, own);

	if (nr_differing)
		tokens->doubt = "token_table and token_index contradict each other";
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		uint16_t at = nr_differing <= FEW ? own[i] : load_le16(index + 2 * i);
		struct token *token = &tokens->token[i];

		if (at >= text.size)
			return fail(err, ERROR_FORMAT,
				    "kallsyms: token %u is outside the table of tokens", i);
		token->text = (const char *)text.data + at;
		token->length = strnlen(token->text, text.size - at);
		if (token->length == text.size - at || token->length > KALLSYMS_LONGEST_NAME)
			return fail(err, ERROR_FORMAT, "kallsyms: token %u has no end", i);
		memcpy(token->head, token->text,
		       token->length < TOKEN_HEAD ? token->length : TOKEN_HEAD);
		tokens->longest = larger_of(tokens->longest, token->length);
	}
	if (!tokens->doubt && has_strange_token(tokens))
		tokens->doubt = "token_table has a character that is no token";
	return true;
}

enum { END = -1 };

/* The tokens in lists, one list for each character at the offset `at` of a token. */
struct token_lists {
	const struct token *tokens;
	size_t at;
	int16_t first[256]; /* the number of the first token of each list, or END */
	int16_t next[KALLSYMS_TOKENS]; /* the number of the next token of the list, or END */
};

static void list_tokens(struct token_lists *lists, const struct token *tokens, size_t at)
{
	lists->tokens = tokens;
	lists->at = at;
	memset(lists->first, END, sizeof(lists->first));
	for (int16_t i = 0; i < KALLSYMS_TOKENS; i++) {
		int16_t *first = &lists->first[(uint8_t)tokens[i].head[at]];

		if (tokens[i].length <= at)
			continue;
		lists->next[i] = *first;
		*first = i;
	}
}

/* Returns the number of the first token from number i on in its list whose text from lists->at on
 * begins a name, or END. */
static int next_token(const struct token_lists *lists, int i, const char *name)
{
	for (; i >= 0; i = lists->next[i]) {
		const struct token *token = &lists->tokens[i];
		size_t at = lists->at;

		/* The first characters are equal, because the token is in this list. */
		while (++at < token->length && token->text[at] == name[at - lists->at])
			;
		if (at >= token->length)
			break;
	}
	return i;
}

static void allow(uint64_t *row, unsigned int token)
{
	row[token / 64] |= UINT64_C(1) << token % 64;
}

static void allow_all(uint64_t *to, const uint64_t *row)
{
	for (size_t i = 0; i < PAIR_WORDS; i++)
		to[i] |= row[i];
}

/* Allows the pairs of tokens with which the code of a name can begin. types: the row of the first
 * tokens that are only a type. */
static void allow_name(struct kallsyms_pairs *pairs, const struct token_lists *firsts,
		       const struct token_lists *others, uint64_t types[PAIR_WORDS],
		       const char *name)
{
	/* The tokens that can follow at each offset in the name. */
	uint64_t rows[COMMON_NAME_SIZE][PAIR_WORDS] = { 0 };
	size_t length = strlen(name);

	memset(rows[length], 0xff, sizeof(rows[length]));
	for (size_t at = length; at-- > 0;)
		for (int i = others->first[(uint8_t)name[at]];
		     (i = next_token(others, i, name + at)) >= 0; i = others->next[i]) {
			allow(rows[at], (unsigned int)i);
			allow_all(pairs->second[smaller_of(at, PAIR_STARTS - 1)][i],
				  rows[at + others->tokens[i].length]);
		}
	for (int i = firsts->first[(uint8_t)*name]; (i = next_token(firsts, i, name)) >= 0;
	     i = firsts->next[i])
		allow_all(pairs->first[i], rows[firsts->tokens[i].length - 1]);
	allow_all(types, rows[0]);
}

void kallsyms_pairs_init(struct kallsyms_pairs *pairs, const struct kallsyms_tokens *tokens)
{
	struct token_lists firsts, others;
	uint64_t types[PAIR_WORDS] = { 0 };
	bool empty = false; /* Is a token empty? No kernel has one. */

	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++)
		empty |= tokens->token[i].length == 0;
	memset(pairs, empty ? 0xff : 0, sizeof(*pairs));
	list_tokens(&firsts, tokens->token, 1);
	list_tokens(&others, tokens->token, 0);
	for (size_t nr = 0; nr < nr_common_names; nr++)
		allow_name(pairs, &firsts, &others, types, common_names[nr]);
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		size_t length = tokens->token[i].length;

		pairs->start[i] = (uint8_t)smaller_of(length ? length - 1 : 0, PAIR_STARTS - 1);
		if (length == 1)
			allow_all(pairs->first[i], types);
	}
}
