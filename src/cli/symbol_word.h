/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols in the form that users type: [MODULE:]NAME[@FILE][:CPU]. */
#pragma once

#include "symbols/symbol_lookup.h"
#include "cli/arguments.h"

enum { NO_CPU = -1, ALL_CPUS = -2 };

/* Members point into text: the struct must not be copied. */
struct symbol_word {
	char text[SYMBOL_NAME_MAX];
	const char *module; /* "vmlinux": the kernel itself; NULL: not given */
	const char *name;
	const char *file; /* NULL: not given */
	int cpu; /* number of the CPU, or NO_CPU, ALL_CPUS */
};
bool symbol_word_parse(struct symbol_word *word, const char *text, struct error *err);

struct symbol_list {
	struct kernel_symbol *symbol; /* owned; sorted by address, without duplicates */
	size_t nr, room;
};

/* Finds all symbols that the word may name; the caller frees the list. False: none was found, and
 * err suggests similar names. */
bool symbol_word_list(struct kernel *kernel, const struct symbol_word *word,
		      struct symbol_list *list, struct error *err);
/* False: stopped, or out of memory. */
bool symbol_list_sort(struct symbol_list *list, const struct listener *listener);
/* For a callback of symbol_lookup_all(); arg is the list. */
bool symbol_list_add(const struct kernel_symbol *symbol, void *arg);

/* Finds the single symbol that text names, and its address. For a per-CPU variable this is the
 * address of the copy for the CPU in text. */
bool symbol_word_find(struct kernel *kernel, const char *text, struct kernel_symbol *symbol,
		      uint64_t *address, struct error *err);
/* Finds only the address. */
bool symbol_word_address(struct kernel *kernel, const char *text, uint64_t *address,
			 struct error *err);

/* For a sum with NAME:all: sets text, of size bytes, to the sum for the first CPU from *cpu on, and
 * *cpu to the next CPU. False: no CPU is left, text is too short, or the word is not such a sum. */
bool symbol_word_of_cpu(struct kernel *kernel, const char *word, unsigned int *cpu, char *text,
			size_t size);
