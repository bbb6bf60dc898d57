/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The tokens of kallsyms, and the pairs of tokens with which the code of a common name
 * (common_names.h) can begin: the first and the second token, and the second and the third. A scan
 * skips all names that begin with other pairs without decoding them. Only kallsyms.c uses this
 * header. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "symbols/kallsyms.h"

enum { TOKEN_HEAD = 16 };

struct token {
	const char *text;
	size_t length;
	char head[TOKEN_HEAD]; /* the first bytes of text, padded with zeros */
};

struct kallsyms_tokens {
	struct token token[KALLSYMS_TOKENS];
	size_t longest; /* the length of the longest token */
	const char *doubt; /* a static text: why names may be wrong; NULL: no reason */
};

/* Reads the tokens. *tokens must be zeroed. The texts are borrowed from tables. */
bool kallsyms_tokens_read(struct kallsyms_tokens *tokens, const struct kallsyms_tables *tables,
			  struct error *err);

/* Returns the first bytes of a name: `wanted` of them, at most eight, or more, or the whole name. */
static inline uint64_t kallsyms_tokens_head(const struct kallsyms_tokens *tokens, struct bytes code,
					    size_t wanted)
{
	const struct token *token = &tokens->token[code.data[0]];
	size_t i = 1, used;
	uint64_t head;

	while (token->length == 0 && i < code.size) /* no kernel uses empty tokens */
		token = &tokens->token[code.data[i++]];
	/* The first byte of the text is the type. */
	head = load_le64((const uint8_t *)token->head + 1);
	used = token->length ? token->length - 1 : 0;
	for (; i < code.size && used < wanted; i++) {
		token = &tokens->token[code.data[i]];
		head |= load_le64((const uint8_t *)token->head) << 8 * used;
		used += token->length;
	}
	return head;
}

enum {
	PAIR_WORDS = KALLSYMS_TOKENS / 64,
	PAIR_STARTS = 4, /* the last one stands for all following ones, too */
};

/* A row has a bit for each token. */
struct kallsyms_pairs {
	uint64_t first[KALLSYMS_TOKENS][PAIR_WORDS]; /* the second tokens after each first token */
	/* The third tokens after each second token, if it starts at this offset in the name. */
	uint64_t second[PAIR_STARTS][KALLSYMS_TOKENS][PAIR_WORDS];
	uint8_t start[KALLSYMS_TOKENS]; /* for each first token, where the second token starts */
};

void kallsyms_pairs_init(struct kallsyms_pairs *pairs, const struct kallsyms_tokens *tokens);

/* Skips names from the offset *at on, at most nr, until a name may be common. Returns how many names
 * were skipped. Names with a length of two bytes, with one token, and at the end of the table are not
 * skipped. */
static inline uint32_t kallsyms_pairs_skip(const struct kallsyms_pairs *pairs, struct bytes names,
					   size_t *at, uint32_t nr)
{
	const uint8_t *name = names.data + *at, *last = name;
	uint32_t skipped = 0;

	if (names.size - *at > KALLSYMS_MOST_SHORT)
		last = names.data + names.size - KALLSYMS_MOST_SHORT;
	for (; name < last && skipped < nr; skipped++) {
		unsigned int second = name[2], third = name[3];

		if (*name < 2 || *name >= KALLSYMS_MOST_SHORT ||
		    (pairs->first[name[1]][second / 64] >> second % 64 &
		     pairs->second[pairs->start[name[1]]][second][third / 64] >> third % 64 & 1))
			break;
		name += 1 + *name;
	}
	*at = (size_t)(name - names.data);
	return skipped;
}
