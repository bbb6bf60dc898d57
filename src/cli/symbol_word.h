/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols in the form that users type, [MODULE:]NAME[@FILE][:CPU]. */
#pragma once

#include "symbols/symbol_lookup.h"
#include "cli/arguments.h"

enum { NO_CPU = -1, ALL_CPUS = -2 };

/* Members point into text, so the struct must not be copied. */
struct symbol_word {
	char text[SYMBOL_NAME_MAX];
	const char *module; /* "vmlinux" means the kernel itself; NULL: not given */
	const char *name;
	const char *file; /* NULL: not given */
	int cpu; /* number of the CPU, or NO_CPU, ALL_CPUS */
};
bool symbol_word_parse(struct symbol_word *word, const char *text, struct error *err);

struct symbol_list {
	struct kernel_symbol *symbol; /* owned; sorted by address, without duplicates */
	size_t nr, room;
};

/* Finds all symbols that the word may name. The caller frees the list. Returns false if there are
 * none; err then suggests similar names. */
bool symbol_word_list(struct kernel *kernel, const struct symbol_word *word,
		      struct symbol_list *list, struct error *err);
/* Returns false if stopped, or out of memory. */
bool symbol_list_sort(struct symbol_list *list, const struct listener *listener);
/* A callback for symbol_lookup_all(). arg is the list. */
bool symbol_list_add(const struct kernel_symbol *symbol, void *arg);

/* Finds the only symbol that text names, and its address. Fails if text names several symbols. The
 * address of a per-CPU variable is the address of the copy for the CPU in text. */
bool symbol_word_find(struct kernel *kernel, const char *text, struct kernel_symbol *symbol,
		      uint64_t *address, struct error *err);
/* Finds only the address of the symbol. */
bool symbol_word_address(struct kernel *kernel, const char *text, uint64_t *address,
			 struct error *err);

/* For a sum that contains NAME:all: writes into text, which has size bytes, the sum for the first
 * CPU from *cpu on, and sets *cpu to the number after that CPU. Returns false if no CPU is left, if
 * text is too short, or if the word does not contain NAME:all. */
bool symbol_word_of_cpu(struct kernel *kernel, const char *word, unsigned int *cpu, char *text,
			size_t size);
