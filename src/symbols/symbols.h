/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of one table: vmlinux's or System.map's, at link-time addresses; or a module's. */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/listener.h"
#include "symbols/symbol.h"

struct symbols; /* opaque */

/* Functions start at multiples of 64 at most (CONFIG_FUNCTION_ALIGNMENT, 6.2). */
enum { SYMBOL_PADDING = 64 };

/* Borrows elf, which must outlive the table. NULL: there is no symbol table, or
 * it is damaged. */
struct symbols *symbols_open(Elf *elf, struct error *err);
/* Copies the table of a module, as the kernel keeps it in memory: little-endian Elf64_Sym if
 * wide, or else Elf32_Sym; and the letters of their types, if types is not empty. Borrows
 * strings. */
struct symbols *symbols_of_module(struct bytes entries, bool wide, struct bytes types,
				  struct bytes strings);
void symbols_close(struct symbols *symbols); /* NULL is fine */
/* Long searches ask the listener, which is borrowed, whether to stop. A stopped search finds
 * nothing. */
void symbols_listen(struct symbols *symbols, const struct listener *listener);

/* The symbol with exactly that name; false if there is none. Of several a global
 * one wins over a local one, then the first in the table. */
bool symbols_find(struct symbols *symbols, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol of that name, or of any name if it is NULL, until it
 * returns false. The compiler's own labels (.L12) have no name here. */
void symbols_each(struct symbols *symbols, const char *name,
		  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* A letter as nm prints it: upper case is global. */
char symbols_type(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* The source file of a local symbol, as given to the compiler, without folders; borrowed from
 * the table. NULL: unknown, as for all global symbols. */
const char *symbols_file(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* The symbol that covers address. One of unknown size reaches up to the next
 * symbol; a module's has one byte. Of several at the same address, functions and objects win over labels,
 * then sized over unsized ones. The first call sorts the table by address. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* If no symbol covers address: the symbol that ends last before it, at most SYMBOL_PADDING bytes
 * before. A call that does not return may be the last of its function, and its return address
 * then lies in the padding. */
bool symbols_before(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* Bytes from address to the next symbol above it, 0 if there is none. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* The sized symbol of one section (by index) that covers address. For sections
 * that have no address of their own: x86-64's per-CPU variables before 6.15.
 * Scans the whole table. */
bool symbols_at_in_section(struct symbols *symbols, uint16_t section, uint64_t address,
			   struct kernel_symbol *symbol);

/* Calls visit once for each distinct name that starts with prefix, sorted, until
 * it returns false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);

/* Lowest and last address of a module's symbols that are not absolute. */
void symbols_span(const struct symbols *symbols, uint64_t *first, uint64_t *last);

/* --- System.map: a kernel's symbols as text, one line "ADDRESS TYPE NAME" each, as nm -n
 * writes them: system_map.c --- */

/* Does the first line look like a line of a System.map? */
bool system_map_probe(const struct file *file);

/* Copies all symbols; the file may be closed afterwards. Sets *machine to EM_386
 * or EM_X86_64. NULL if any line is malformed. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err);
