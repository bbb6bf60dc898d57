/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Symbols of one file, vmlinux or System.map, at their link-time addresses:
 * whoever asks adds the KASLR offset. Built for programs that start, ask a handful of
 * names and exit: nothing is indexed before a question needs it.
 */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct symbol {
	const char *name; /* borrowed from the table, valid until symbols_close() */
	uint64_t address; /* as linked */
	uint64_t size;    /* bytes; 0 where the file does not say (no System.map does) */
	uint16_t section; /* section index of the ELF file, or SHN_ABS and the like */
	bool function;    /* STT_FUNC */
};

struct symbols; /* opaque */

/* Borrows elf, which must outlive the table. Reads section headers only.
 * Fails where the file has no symbol table. */
struct symbols *symbols_open(Elf *elf, struct error *err);
void symbols_close(struct symbols *symbols); /* NULL is fine */

/*
 * The symbol of that exact name, or false. Where a name stands several times
 * a global one wins over a local one, then the first in the table. The first
 * few questions scan the table without an index, and remember on the way the
 * names listed in symbols.c that nearly every session asks; when more other
 * names are asked than a scan is worth, a hash index is built once.
 */
bool symbols_find(struct symbols *symbols, const char *name,
		  struct symbol *symbol);

/* The symbol whose extent holds address: the last one at or below it (a
 * function or object before a label, the sized before the unsized one). An
 * address beyond the symbol's size, where the size is known, has none. Sorts
 * by address once, when first asked. */
bool symbols_at(struct symbols *symbols, uint64_t address,
		struct symbol *symbol);

/* Bytes from address to the next symbol above it, 0 where there is none. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* The function or object of one section (its index) that holds address, where
 * the section has no place of its own in the address space: x86-64's per-CPU
 * variables. Goes through the whole table. */
bool symbols_at_in_section(const struct symbols *symbols, uint16_t section,
			   uint64_t address, struct symbol *symbol);

/* For completion: calls visit for each name that starts with prefix (every
 * name once), until it returns false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);
