/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of one file, vmlinux or System.map, at link-time addresses. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct symbol {
	const char *name; /* borrowed from the table, valid until symbols_close() */
	uint64_t address;
	uint64_t size;    /* bytes; 0 if unknown, as always with a System.map */
	uint16_t section; /* section index of the ELF file, or SHN_ABS etc. */
	bool function;    /* STT_FUNC */
};

struct symbols; /* opaque */

/* Functions start at multiples of 64 at most (CONFIG_FUNCTION_ALIGNMENT, 6.2). */
enum { SYMBOL_PADDING = 64 };

/* Borrows elf, which must outlive the table. NULL: there is no symbol table, or
 * it is damaged. */
struct symbols *symbols_open(Elf *elf, struct error *err);
void symbols_close(struct symbols *symbols); /* NULL is fine */

/* The symbol with exactly that name; false if there is none. Of several a global
 * one wins over a local one, then the first in the table. */
bool symbols_find(struct symbols *symbols, const char *name,
		  struct symbol *symbol);

/* The symbol that covers address. One of unknown size reaches up to the next
 * symbol. Of several at the same address, functions and objects win over labels,
 * then sized over unsized ones. The first call sorts the table by address. */
bool symbols_at(struct symbols *symbols, uint64_t address,
		struct symbol *symbol);

/* Where none covers address: the one that ends last before it, at most
 * SYMBOL_PADDING bytes. A call that does not return may be the last of its function,
 * and its return address is then that of the padding. */
bool symbols_before(struct symbols *symbols, uint64_t address,
		    struct symbol *symbol);

/* Bytes from address to the next symbol above it, 0 if there is none. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* The sized symbol of one section (by index) that covers address. For sections
 * that have no address of their own: x86-64's per-CPU variables before 6.15.
 * Scans the whole table. */
bool symbols_at_in_section(const struct symbols *symbols, uint16_t section,
			   uint64_t address, struct symbol *symbol);

/* Calls visit once for each distinct name that starts with prefix, sorted, until
 * it returns false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);
