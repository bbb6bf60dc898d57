/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/kallsyms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "symbols/symbol_names.h"

/* --- tokens --- */

/* The tokens of kallsyms. */

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

/* Reads the tokens. *tokens must be zeroed. The texts are borrowed from tables. */
static bool kallsyms_tokens_read(struct kallsyms_tokens *tokens,
				 const struct kallsyms_tables *tables, struct error *err)
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

/* --- values --- */

/* The addresses of kallsyms, in each encoding. */

/* The encoding is an argument, so that the compiler can create a loop for each encoding. */
static inline __attribute__((always_inline)) uint64_t
address_in(const struct kallsyms_tables *tables, uint32_t nr, enum kallsyms_encoding encoding)
{
	const uint8_t *values = tables->values.bytes.data;
	uint64_t address = 0;
	uint32_t value;

	if (encoding == KALLSYMS_ABSOLUTE)
		return load_le(values + (size_t)nr * tables->pointer_size, tables->pointer_size);
	value = load_le32(values + (size_t)nr * 4);
	switch (encoding) {
	case KALLSYMS_PERCPU:
		if (!(value >> 31))
			return value;
		address = tables->place.base - 1 - (uint64_t)(int32_t)value;
		break;
	case KALLSYMS_PLACE:
		address = tables->place.values + (uint64_t)nr * 4 + (uint64_t)(int32_t)value;
		break;
	default: address = tables->place.base + value;
	}
	return address & tables->address_mask;
}

/* Returns the address of symbol nr, which must be in the table of values. */
static uint64_t kallsyms_value(const struct kallsyms_tables *tables, uint32_t nr)
{
	return address_in(tables, nr, tables->place.encoding);
}

static inline __attribute__((always_inline)) uint32_t
count_ascending(const struct kallsyms_tables *tables, enum kallsyms_encoding encoding)
{
	uint64_t address, before = 0;
	uint32_t nr = 0;

	for (; nr < tables->place.nr; nr++, before = address) {
		address = address_in(tables, nr, encoding);
		if (address < before)
			break;
	}
	return nr;
}

/* Returns how many symbols, from the first on, have addresses in ascending order. */
static uint32_t kallsyms_count_ascending(const struct kallsyms_tables *tables)
{
	switch (tables->place.encoding) {
	case KALLSYMS_PERCPU: return count_ascending(tables, KALLSYMS_PERCPU);
	case KALLSYMS_PLACE: return count_ascending(tables, KALLSYMS_PLACE);
	case KALLSYMS_ABSOLUTE: return count_ascending(tables, KALLSYMS_ABSOLUTE);
	default: return count_ascending(tables, KALLSYMS_RELATIVE);
	}
}

enum {
	BLOCK = 16, /* kallsyms.starts has the offset of every BLOCK-th name */
	LONGEST_TEXT = KALLSYMS_LONGEST_NAME + 2, /* a type, the longest name, and a NUL */
	MOST_TEXT = 256 << 20, /* limits the size of all names; in a kernel it is about 10 MiB */
	KEPT_ROOM = 1 << 14,
};

struct kept_names {
	struct kept_names *before;
	/* The number of used bytes of text; the last name may extend beyond KEPT_ROOM. */
	size_t used;
	/* For each kept symbol: its type, its name, and a NUL. */
	char text[KEPT_ROOM + LONGEST_TEXT + TOKEN_HEAD];
};

struct kallsyms {
	struct kallsyms_tables tables;
	struct kallsyms_tokens tokens;
	uint32_t first_placed; /* the number of the first symbol that is not absolute */
	uint32_t *starts; /* owned; the offsets in tables.names of every BLOCK-th name */
	/* Owned. For each symbol, a pointer to its type and its decoded name in kept_names, or NULL
	 * if the name is not kept. Callers borrow the names. */
	const char **kept;
	struct kept_names *last_kept;
	char text[LONGEST_TEXT + TOKEN_HEAD]; /* the type and the name that were decoded last */
	struct symbol_names names; /* without marks until a name is looked up */
};

/* --- addresses --- */

uint64_t kallsyms_address(const struct kallsyms *kallsyms, uint32_t nr)
{
	return kallsyms_value(&kallsyms->tables, nr);
}

static bool is_absolute(const struct kallsyms *kallsyms, uint64_t address)
{
	/* Per-CPU symbols count as absolute: before 6.15 their values on x86-64 are offsets from
	 * 0. */
	return kallsyms->tables.pointer_size == 8 ? !(address >> 63) : address < 0x1000000;
}

/* --- names --- */

/* Decodes the type and the name of symbol nr. Returns their size including the NUL, or 0 if the
 * name is empty, damaged or longer than KALLSYMS_LONGEST_NAME. A name can be damaged, although
 * kallsyms_create() checked it, because the memory of a live system changes. */
static size_t kallsyms_decode(const struct kallsyms *kallsyms, uint32_t nr,
			      char text[LONGEST_TEXT + TOKEN_HEAD])
{
	const struct bytes names = kallsyms->tables.names.bytes;
	size_t at = kallsyms->starts[nr / BLOCK], used = 0;
	struct bytes code;

	if (!kallsyms_skip_codes(names, &at, nr % BLOCK) || !kallsyms_next_code(names, &at, &code))
		return 0;
	for (size_t i = 0; i < code.size; i++) {
		const struct token *token = &kallsyms->tokens.token[code.data[i]];

		if (token->length >= LONGEST_TEXT - used)
			return 0;
		/* Always copies TOKEN_HEAD bytes, which is enough for most tokens: the compiler
		 * turns a copy of constant size into a few instructions. */
		memcpy(text + used, token->head, TOKEN_HEAD);
		if (token->length > TOKEN_HEAD)
			memcpy(text + used, token->text, token->length);
		used += token->length;
	}
	text[used] = '\0';
	return text[0] && text[1] ? used + 1 : 0;
}

static bool kallsyms_is_global(char type)
{
	return type >= 'A' && type <= 'Z';
}

static const char *kallsyms_name_of(void *table, uint32_t nr, enum name_rank *rank)
{
	struct kallsyms *kallsyms = table;

	if (!kallsyms_decode(kallsyms, nr, kallsyms->text))
		return NULL;
	*rank = kallsyms_is_global(kallsyms->text[0]) ? NAME_GLOBAL : NAME_LOCAL;
	return kallsyms->text + 1;
}

/* Does the type show that the symbol is a function? Functions are never absolute. */
static bool kallsyms_is_code(const struct kallsyms *kallsyms, struct bytes code)
{
	char type = kallsyms->tokens.token[code.data[0]].head[0];

	return type == 'T' || type == 't';
}

/* Checks the next name, which is the name of symbol nr. *size is an upper limit for the bytes of the
 * names so far. */
static bool read_name(const struct kallsyms *kallsyms, uint32_t nr, size_t *at, uint64_t *size)
{
	struct bytes code;

	if (!kallsyms_next_code(kallsyms->tables.names.bytes, at, &code) ||
	    (nr < kallsyms->first_placed && kallsyms_is_code(kallsyms, code)))
		return false;
	code.size *= kallsyms->tokens.longest;
	*size += smaller_of(code.size, LONGEST_TEXT);
	return true;
}

/* Do the names before number nr, which end at offset `at`, agree with its marker? The last name must
 * end before the first marker, which is aligned to a pointer. */
static bool markers_agree(const struct kallsyms_tables *tables, uint32_t nr, size_t at)
{
	const struct kallsyms_place *place = &tables->place;
	size_t markers = place->markers - place->names, size = place->marker_size;

	if (size && nr == place->nr)
		return markers - at < 2U * tables->pointer_size;
	markers += nr / KALLSYMS_MARKED * size;
	return !size || nr % KALLSYMS_MARKED ||
	       load_le(tables->names.bytes.data + markers, size) == at;
}

/* Checks the names below number `end`, and records where they start. */
static bool read_names(struct kallsyms *kallsyms, uint32_t end, struct error *err)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	uint64_t size = 0;
	size_t at = 0;
	uint32_t nr = 0;

	for (; nr < end && markers_agree(tables, nr, at); nr++) {
		if (nr % BLOCK == 0) {
			if (listener_stops_at(tables->listener, nr))
				return fail(err, ERROR_INTERRUPTED, "kallsyms: interrupted");
			kallsyms->starts[nr / BLOCK] = (uint32_t)at;
		}
		if (!read_name(kallsyms, nr, &at, &size))
			break;
	}
	if (nr < end || !markers_agree(tables, nr, at))
		return fail(err, ERROR_FORMAT,
			    "kallsyms: symbol %" PRIu32 " of %" PRIu32 " is damaged", nr,
			    tables->place.nr);
	return size <= MOST_TEXT ||
	       fail(err, ERROR_FORMAT,
		    "kallsyms: the names of %" PRIu32 " symbols would take more than %d MiB",
		    tables->place.nr, MOST_TEXT >> 20);
}

/* Checks all symbols. The addresses must be in ascending order, because scripts/kallsyms.c sorts the
 * symbols by address. */
static bool read_symbols(struct kallsyms *kallsyms, struct error *err)
{
	uint32_t nr = kallsyms->tables.place.nr,
		 ascending = kallsyms_count_ascending(&kallsyms->tables);

	while (kallsyms->first_placed < ascending &&
	       is_absolute(kallsyms, kallsyms_address(kallsyms, kallsyms->first_placed)))
		kallsyms->first_placed++;
	if (!read_names(kallsyms, ascending, err))
		return false;
	return ascending == nr || fail(err, ERROR_FORMAT,
				       "kallsyms: the address of symbol %" PRIu32 " of %" PRIu32
				       " is damaged: it is below the previous address",
				       ascending, nr);
}

/* Creates the index of all names, unless it exists. Returns false if the listener stopped this, or
 * if memory ran out. A name may be damaged meanwhile, because the memory of a live system changes:
 * then the index lacks this name and the following names of its block. */
static bool kallsyms_index_names(struct kallsyms *kallsyms)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	struct symbol_names *names = &kallsyms->names;
	struct bytes code;
	size_t at = 0;
	uint32_t nr = 0;

	if (names->mark)
		return true;
	names->listener = tables->listener;
	if (!symbol_names_init(names, kallsyms_name_of, kallsyms, tables->place.nr))
		return false;
	for (; nr < names->count && !listener_stops_at(names->listener, nr); nr++) {
		if (nr % BLOCK == 0)
			at = kallsyms->starts[nr / BLOCK];
		if (kallsyms_next_code(tables->names.bytes, &at, &code))
			symbol_names_add(names, nr,
					 kallsyms_tokens_head(&kallsyms->tokens, code, NAME_HEAD));
		else
			at = tables->names.bytes.size;
	}
	if (nr == names->count)
		return true;
	symbol_names_free(names);
	*names = (struct symbol_names){ 0 };
	return false;
}

static const char *kallsyms_keep(struct kallsyms *kallsyms, uint32_t nr)
{
	struct kept_names *last = kallsyms->last_kept;
	size_t size;

	if (kallsyms->kept[nr])
		return kallsyms->kept[nr];
	if (!last || last->used >= KEPT_ROOM) {
		last = malloc(sizeof(*last));
		if (!last)
			return NULL;
		last->before = kallsyms->last_kept;
		last->used = 0;
		kallsyms->last_kept = last;
	}
	size = kallsyms_decode(kallsyms, nr, last->text + last->used);
	if (!size)
		return NULL;
	kallsyms->kept[nr] = last->text + last->used;
	last->used += size;
	return kallsyms->kept[nr];
}

bool kallsyms_symbol(struct kallsyms *kallsyms, uint32_t nr, struct kernel_symbol *symbol)
{
	const char *text = nr < kallsyms->tables.place.nr ? kallsyms_keep(kallsyms, nr) : NULL;

	if (text)
		*symbol = (struct kernel_symbol){
			.name = text + 1,
			.address = kallsyms_address(kallsyms, nr),
			.origin = SYMBOL_OF_KALLSYMS,
			.type = text[0],
		};
	return text;
}

bool kallsyms_find(struct kallsyms *kallsyms, const char *name, struct kernel_symbol *symbol)
{
	uint32_t nr;

	return kallsyms_index_names(kallsyms) && symbol_names_find(&kallsyms->names, name, &nr) &&
	       kallsyms_symbol(kallsyms, nr, symbol);
}

struct kallsyms_visit {
	struct kallsyms *kallsyms;
	const char *part; /* a text that the name must contain; NULL: any name */
	bool (*visit)(const struct kernel_symbol *symbol, void *arg);
	void *arg;
};

static bool kallsyms_visit_number(uint32_t nr, enum name_rank rank, void *arg)
{
	const struct kallsyms_visit *visit = arg;
	struct kernel_symbol symbol;

	(void)rank;
	return !kallsyms_symbol(visit->kallsyms, nr, &symbol) ||
	       (visit->part && !strstr(symbol.name, visit->part)) ||
	       visit->visit(&symbol, visit->arg);
}

void kallsyms_each(struct kallsyms *kallsyms, const char *name, const char *part,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	struct kallsyms_visit each = { kallsyms, part, visit, arg };

	if (name) {
		if (kallsyms_index_names(kallsyms))
			symbol_names_each(&kallsyms->names, name, kallsyms_visit_number, &each);
		return;
	}
	for (uint32_t nr = 0; nr < kallsyms_count(kallsyms); nr++)
		if (!kallsyms_visit_number(nr, NAME_LOCAL, &each))
			return;
}

void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg)
{
	if (kallsyms_index_names(kallsyms))
		symbol_names_complete(&kallsyms->names, prefix, visit, arg);
}

/* --- by address --- */

/* Returns the number of the first symbol at or above address. Symbols below number `low` are not
 * considered. */
static uint32_t kallsyms_lower_bound(const struct kallsyms *kallsyms, uint32_t low,
				     uint64_t address)
{
	return ARRAY_SEARCH(i, low, kallsyms->tables.place.nr,
			    kallsyms_address(kallsyms, i) < address);
}

bool kallsyms_at(struct kallsyms *kallsyms, uint64_t address, struct kernel_symbol *symbol)
{
	uint32_t first = kallsyms->first_placed, count = kallsyms_count(kallsyms);
	uint32_t end =
		address == UINT64_MAX ? count : kallsyms_lower_bound(kallsyms, first, address + 1);
	struct kernel_symbol candidate;
	uint64_t start;

	*symbol = (struct kernel_symbol){ 0 };
	if (end == first)
		return false;
	start = kallsyms_address(kallsyms, end - 1);
	if (start > address || (end == count && start != address))
		return false;
	for (uint32_t nr = kallsyms_lower_bound(kallsyms, first, start);
	     nr < end && !kallsyms_is_global(symbol->type) &&
	     !listener_stops_at(kallsyms->tables.listener, nr + 1 - first);
	     nr++)
		if (kallsyms_symbol(kallsyms, nr, &candidate) && candidate.address == start &&
		    (!symbol->name || kallsyms_is_global(candidate.type)))
			*symbol = candidate;
	return symbol->name;
}

uint64_t kallsyms_room(const struct kallsyms *kallsyms, uint64_t address)
{
	uint32_t next = kallsyms_lower_bound(kallsyms, kallsyms->first_placed, address + 1);

	if (address == UINT64_MAX || next == kallsyms->tables.place.nr)
		return 0;
	return kallsyms_address(kallsyms, next) - address;
}

/* --- create --- */

static bool sizes_agree(const struct kallsyms_tables *tables)
{
	const struct kallsyms_place *place = &tables->place;
	size_t width = place->encoding == KALLSYMS_ABSOLUTE ? tables->pointer_size : 4;
	size_t markers = (place->nr - 1) / KALLSYMS_MARKED + 1;

	/* A name takes at least two bytes, so the size limits the number of names. */
	return place->nr && place->nr <= tables->names.bytes.size / 2 &&
	       tables->names.bytes.size <= UINT32_MAX &&
	       tables->values.bytes.size / width >= place->nr &&
	       (!place->marker_size ||
		range_within(place->markers - place->names, markers * place->marker_size,
			     tables->names.bytes.size)) &&
	       range_within(place->token_index - place->tokens, KALLSYMS_INDEX_SIZE,
			    tables->tokens.bytes.size);
}

static bool prepare(struct kallsyms *kallsyms, struct error *err)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;

	if (!sizes_agree(tables))
		return fail(err, ERROR_FORMAT,
			    "kallsyms: %" PRIu32 " symbols do not fit its tables",
			    tables->place.nr);
	kallsyms->starts = calloc(tables->place.nr / BLOCK + 1, sizeof(*kallsyms->starts));
	kallsyms->kept = calloc(tables->place.nr, sizeof(*kallsyms->kept));
	if (!kallsyms->starts || !kallsyms->kept)
		return out_of_memory(err);
	return kallsyms_tokens_read(&kallsyms->tokens, tables, err) && read_symbols(kallsyms, err);
}

void kallsyms_close_tables(struct kallsyms_tables *tables)
{
	view_close(&tables->names);
	view_close(&tables->tokens);
	view_close(&tables->values);
}

void kallsyms_destroy(struct kallsyms *kallsyms)
{
	struct kept_names *last;

	if (!kallsyms)
		return;
	while ((last = kallsyms->last_kept)) {
		kallsyms->last_kept = last->before;
		free(last);
	}
	free(kallsyms->kept);
	free(kallsyms->starts);
	symbol_names_free(&kallsyms->names);
	kallsyms_close_tables(&kallsyms->tables);
	free(kallsyms);
}

const struct kallsyms_place *kallsyms_place(const struct kallsyms *kallsyms)
{
	return &kallsyms->tables.place;
}

const char *kallsyms_doubt(const struct kallsyms *kallsyms)
{
	return kallsyms->tokens.doubt;
}

uint32_t kallsyms_count(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.place.nr;
}

struct kallsyms *kallsyms_create(struct kallsyms_tables *tables, struct error *err)
{
	struct kallsyms *kallsyms = calloc(1, sizeof(*kallsyms));

	if (!kallsyms) {
		kallsyms_close_tables(tables);
		out_of_memory(err);
		return NULL;
	}
	kallsyms->tables = *tables;
	*tables = (struct kallsyms_tables){ 0 };
	if (prepare(kallsyms, err))
		return kallsyms;
	kallsyms_destroy(kallsyms);
	return NULL;
}
