/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Symbols as users type them: [MODULE:]NAME[@FILE][:CPU]. */
#pragma once

#include "base/error.h"
#include "base/listener.h"
#include "symbols/symbol_lookup.h"

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN in kernel/kallsyms.c of v6.1 */

enum { NO_CPU = -1, ALL_CPUS = -2 };

/* A word and its parts. The parts point into text, so the struct must not be copied. */
struct symbol_word {
	char text[SYMBOL_NAME_MAX];
	const char *module; /* "vmlinux" means the kernel's image; NULL: no module was given */
	const char *name;
	const char *file; /* NULL: not given */
	int cpu; /* number of a CPU, or NO_CPU or ALL_CPUS */
};
bool symbol_word_parse(struct symbol_word *word, const char *text, struct error *err);

struct symbol_list {
	struct kernel_symbol *symbol; /* owned; sorted by address, without duplicates */
	size_t nr, room;
};

/* Finds all symbols that the word can mean. The caller frees list->symbol. If there are none, sets
 * err, which suggests similar names, and returns false. */
bool symbol_word_list(struct kernel *kernel, const struct symbol_word *word,
		      struct symbol_list *list, struct error *err);
/* Sorts the list by address. Returns false if memory is exhausted or the user stopped the
 * command. */
bool symbol_list_sort(struct symbol_list *list, const struct listener *listener);
/* A callback for symbol_lookup_all(), which adds the symbol to the list arg. */
bool symbol_list_add(const struct kernel_symbol *symbol, void *arg);

/* Finds the symbol that text means, and its address. Fails if text means several symbols. For a
 * per-CPU variable, *address is the address of the copy for the CPU in text. */
bool symbol_word_find(struct kernel *kernel, const char *text, struct kernel_symbol *symbol,
		      uint64_t *address, struct error *err);
/* Like symbol_word_find(), but finds only the address. */
bool symbol_word_address(struct kernel *kernel, const char *text, uint64_t *address,
			 struct error *err);

/* word: a sum that contains NAME:all, NAME:a or NAME:0,2. Writes the sum for the first of these CPUs whose
 * number is *cpu or larger to text, which has size bytes, and sets *cpu to the number after that CPU.
 * Returns false if there is no such CPU, if the sum does not fit into text, or if word contains no CPUs. */
bool symbol_word_of_cpu(struct kernel *kernel, const char *word, unsigned int *cpu, char *text,
			size_t size);
