/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols as users write them: [MODULE:]NAME[@FILE][:CPU]. */
#pragma once

#include "symbols/symbol_lookup.h"
#include "cli/arguments.h"

enum { NO_CPU = -1, ALL_CPUS = -2 };

/* Points into its own text: not to be copied. */
struct symbol_word {
	char text[SYMBOL_NAME_MAX];
	const char *module; /* "vmlinux": the kernel itself; NULL: not given */
	const char *name;
	const char *file; /* NULL: not given */
	int cpu; /* or NO_CPU, ALL_CPUS */
};
bool symbol_word_parse(struct symbol_word *word, const char *text, struct error *err);

struct symbol_list {
	struct kernel_symbol *symbol; /* owned; by address, no two at one address */
	size_t nr, room;
};

/* All symbols that the word may mean. False: there is none; err names symbols with similar
 * names. To be freed by the caller. */
bool symbol_word_list(struct kernel *kernel, const struct symbol_word *word,
		      struct symbol_list *list, struct error *err);
/* False: stopped, or out of memory. */
bool symbol_list_sort(struct symbol_list *list, const struct listener *listener);
/* For a callback of symbol_lookup_all(); arg is the list. */
bool symbol_list_add(const struct kernel_symbol *symbol, void *arg);

/* The one symbol that text means, and its address. For a per-CPU variable it is the address of
 * the copy for the CPU that text names. */
bool symbol_word_find(struct kernel *kernel, const char *text, struct kernel_symbol *symbol,
		      uint64_t *address, struct error *err);
/* The address alone. */
bool symbol_word_address(struct kernel *kernel, const char *text, uint64_t *address,
			 struct error *err);

/* For a sum with NAME:all, a per-CPU variable of all CPUs: sets text, of size bytes, to the same
 * sum for the first CPU from *cpu on, and *cpu to the next CPU. False: no CPU is left, text is
 * too short, or it is no such sum. */
bool symbol_word_of_cpu(struct kernel *kernel, const char *word, unsigned int *cpu, char *text,
			size_t size);
