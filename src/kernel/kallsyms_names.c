/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's own symbol table by name. */
#include <stdlib.h>
#include <string.h>

#include "kernel/kallsyms_table.h"

static const uint32_t NONE = UINT32_MAX;

/* --- by name: scan --- */

/* A set of the names looked for. */
struct name_set {
	uint64_t bits[(MAX_COMMON_SYMBOLS + 1 + 63) / 64];
};

enum { SET_WORDS = sizeof(struct name_set) / sizeof(uint64_t) };

/*
 * Names looked for in one pass. The length and the first token with more in it
 * than the type rule out nearly all symbols before they are decoded.
 */
struct scan {
	struct {
		const char *name;
		uint32_t found;
		bool global;
	} wanted[MAX_COMMON_SYMBOLS + 1];
	unsigned int nr_wanted;
	uint16_t length[KALLSYMS_TOKENS];
	struct name_set of_length[KALLSYMS_LONGEST_NAME + 1];
	struct name_set first[KALLSYMS_TOKENS];  /* that may begin so, after the type */
	struct name_set second[KALLSYMS_TOKENS]; /* after a token with the type alone */
};

static void set_add(struct name_set *set, unsigned int nr)
{
	set->bits[nr / 64] |= UINT64_C(1) << nr % 64;
}

static void scan_want(struct scan *scan, const char *name)
{
	size_t length = strlen(name);

	if (length > KALLSYMS_LONGEST_NAME)
		length = 0; /* no symbol has none */
	set_add(&scan->of_length[length], scan->nr_wanted);
	scan->wanted[scan->nr_wanted].name = name;
	scan->wanted[scan->nr_wanted].found = NONE;
	scan->wanted[scan->nr_wanted].global = false;
	scan->nr_wanted++;
}

static void scan_prepare(const struct kallsyms *kallsyms, struct scan *scan)
{
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		const struct token *token = &kallsyms->tokens[i];

		scan->length[i] = (uint16_t)token->length;
		for (unsigned int nr = 0; nr < scan->nr_wanted; nr++) {
			const char *name = scan->wanted[nr].name;

			if (!strncmp(name, token->text, token->length))
				set_add(&scan->second[i], nr);
			if (token->length && !strncmp(name, token->text + 1,
						      token->length - 1))
				set_add(&scan->first[i], nr);
		}
	}
}

static bool set_meet(struct name_set *set, const struct name_set *other)
{
	uint64_t any = 0;

	for (unsigned int i = 0; i < SET_WORDS; i++)
		any |= set->bits[i] &= other->bits[i];
	return any;
}

/* Names that a symbol may be, by its code. False: none. */
static bool scan_filter(const struct scan *scan, struct bytes code,
			struct name_set *set)
{
	const uint8_t *data = code.data;
	size_t length = 0;

	*set = scan->first[data[0]];
	if (!set_meet(set, scan->length[data[0]] == 1 && code.size > 1 ?
				   &scan->second[data[1]] : set))
		return false;
	for (size_t i = 0; i < code.size; i++)
		length += scan->length[data[i]];
	return length >= 2 && length <= KALLSYMS_LONGEST_NAME + 1 &&
	       set_meet(set, &scan->of_length[length - 1]);
}

static void scan_check(struct scan *scan, const struct name_set *set,
		       const char *text, uint32_t number)
{
	bool global = kallsyms_is_global(text[0]);

	for (unsigned int nr = 0; nr < scan->nr_wanted; nr++) {
		if (!(set->bits[nr / 64] >> nr % 64 & 1) ||
		    strcmp(scan->wanted[nr].name, text + 1))
			continue;
		if (scan->wanted[nr].found == NONE ||
		    (global && !scan->wanted[nr].global)) {
			scan->wanted[nr].found = number;
			scan->wanted[nr].global = global;
		}
	}
}

static void scan_run(const struct kallsyms *kallsyms, struct scan *scan)
{
	struct bytes names = kallsyms->tables.names.bytes, code;
	char text[KALLSYMS_LONGEST_TEXT];
	struct name_set set;
	size_t at = 0;

	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		if (!kallsyms_next_code(names, &at, &code))
			return;
		if (scan_filter(scan, code, &set) &&
		    kallsyms_expand(kallsyms, code, text, sizeof(text)))
			scan_check(scan, &set, text, nr);
	}
}

/* Looks for name (NULL: none), and the first time for the common names. */
static uint32_t scan_for(struct kallsyms *kallsyms, const char *name)
{
	bool with_common = !kallsyms->common_known;
	struct scan scan = { 0 };

	for (unsigned int i = 0; with_common && i < nr_common_symbols; i++)
		scan_want(&scan, common_symbols[i]);
	if (name)
		scan_want(&scan, name);
	scan_prepare(kallsyms, &scan);
	scan_run(kallsyms, &scan);
	for (unsigned int i = 0; with_common && i < nr_common_symbols; i++)
		kallsyms->common[i] = scan.wanted[i].found;
	kallsyms->common_known = true;
	return name ? scan.wanted[scan.nr_wanted - 1].found : NONE;
}

/* --- by name: index --- */

/* Eight bytes at a time: hashing is most of what making the index takes. */
static uint32_t *bucket_of(const struct kallsyms *kallsyms, const char *name)
{
	const uint64_t factor = 0x9e3779b97f4a7c15;
	size_t size = strlen(name);
	uint64_t hash = size, rest = 0;

	for (; size >= 8; size -= 8, name += 8) {
		hash = (hash ^ load_le64((const uint8_t *)name)) * factor;
		hash ^= hash >> 32;
	}
	while (size--)
		rest = rest << 8 | (uint8_t)*name++;
	hash ^= rest;
	return &kallsyms->bucket[hash * factor >>
				 (64 - kallsyms->bucket_bits)];
}

static bool index_build(struct kallsyms *kallsyms)
{
	unsigned int bits = 8;

	while (bits < 31 && UINT32_C(1) << bits < kallsyms->tables.nr)
		bits++;
	kallsyms->bucket_bits = bits;
	kallsyms->bucket = malloc(sizeof(uint32_t) << bits);
	kallsyms->next = calloc(kallsyms->tables.nr, sizeof(uint32_t));
	if (!kallsyms->bucket || !kallsyms->next) {
		free(kallsyms->bucket);
		free(kallsyms->next);
		kallsyms->bucket = kallsyms->next = NULL;
		return false;
	}
	memset(kallsyms->bucket, 0xff, sizeof(uint32_t) << bits);
	/* Backwards, so that chains run in the order of the table. */
	for (uint32_t nr = kallsyms->tables.nr; nr-- > 0;) {
		const char *text = kallsyms_typed_name(kallsyms, nr);
		uint32_t *bucket;

		if (!text)
			continue;
		bucket = bucket_of(kallsyms, text + 1);
		kallsyms->next[nr] = *bucket;
		*bucket = nr;
	}
	return true;
}

static uint32_t index_find(struct kallsyms *kallsyms, const char *name)
{
	uint32_t found = NONE;

	for (uint32_t nr = *bucket_of(kallsyms, name); nr != NONE;
	     nr = kallsyms->next[nr]) {
		const char *text = kallsyms_typed_name(kallsyms, nr);

		if (!text || strcmp(text + 1, name))
			continue;
		if (kallsyms_is_global(text[0]))
			return nr;
		if (found == NONE)
			found = nr;
	}
	return found;
}

static uint32_t find_other(struct kallsyms *kallsyms, const char *name)
{
	uint32_t nr;
	char *copy;

	for (unsigned int i = 0; i < kallsyms->nr_asked; i++)
		if (!strcmp(kallsyms->asked[i].name, name))
			return kallsyms->asked[i].nr;
	if (kallsyms->nr_asked == MAX_SYMBOL_SCANS &&
	    (kallsyms->bucket || index_build(kallsyms)))
		return index_find(kallsyms, name);
	nr = scan_for(kallsyms, name);
	copy = kallsyms->nr_asked < MAX_SYMBOL_SCANS ? strdup(name) : NULL;
	if (copy)
		kallsyms->asked[kallsyms->nr_asked++] =
			(struct asked_symbol){ copy, nr };
	return nr;
}

static uint32_t find_number(struct kallsyms *kallsyms, const char *name)
{
	unsigned int common;

	if (!symbol_is_common(name, &common))
		return find_other(kallsyms, name);
	if (!kallsyms->common_known)
		scan_for(kallsyms, NULL);
	return kallsyms->common[common];
}

bool kallsyms_find(struct kallsyms *kallsyms, const char *name,
		   struct kallsyms_symbol *symbol)
{
	uint32_t nr = *name ? find_number(kallsyms, name) : NONE;

	return nr != NONE && kallsyms_symbol(kallsyms, nr, symbol);
}

/* --- completion --- */

void kallsyms_complete(struct kallsyms *kallsyms, const char *prefix,
		       bool (*visit)(const char *name, void *arg), void *arg)
{
	const char **names = calloc(kallsyms->tables.nr, sizeof(*names));
	size_t count = 0, length = strlen(prefix);

	if (!names)
		return;
	for (uint32_t nr = 0; nr < kallsyms->tables.nr; nr++) {
		const char *text = kallsyms_typed_name(kallsyms, nr);

		if (text && !strncmp(text + 1, prefix, length))
			names[count++] = text + 1;
	}
	symbol_names_visit(names, count, visit, arg);
	free(names);
}
