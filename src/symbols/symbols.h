/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of one table: of vmlinux or System.map, at link-time addresses, or of a module, at
 * run-time addresses. */
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

struct symbols; /* defined in symbols_table.h */

/* The most bytes of padding after a function. Functions are aligned to at most 64 bytes
 * (CONFIG_FUNCTION_ALIGNMENT, 6.2). */
enum { SYMBOL_PADDING = 64 };

/* Borrows elf, which must outlive the table. Returns NULL if elf has no symbol table, or if the
 * table is damaged. */
struct symbols *symbols_open(Elf *elf, struct error *err);
/* Copies the symbol table of a module, which has been read from the dump. entries are
 * little-endian: Elf64_Sym if wide, else Elf32_Sym. types has the type letter of each symbol, or is
 * empty. Borrows strings. */
struct symbols *symbols_of_module(struct bytes entries, bool wide, struct bytes types,
				  struct bytes strings);
void symbols_close(struct symbols *symbols); /* NULL is fine */
/* Sets the listener, which is borrowed. Long searches ask it whether to stop. A search that is
 * stopped finds nothing. */
void symbols_listen(struct symbols *symbols, const struct listener *listener);

/* Finds a symbol by its exact name. Of several symbols with the name, returns the first global
 * symbol, or the first symbol if all are local. Returns false if there is none. */
bool symbols_find(struct symbols *symbols, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If name is NULL, calls
 * visit for each symbol whose name contains part, or for all symbols if part is NULL as well.
 * Ignores labels made by the compiler (.L12). */
void symbols_each(struct symbols *symbols, const char *name, const char *part,
		  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* The type letter that nm prints: upper case if the symbol is global. */
char symbols_type(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* Returns the source file of a local symbol as passed to the compiler, but without folders. The
 * name is borrowed from the table. Returns NULL if the source file is unknown, and for all global
 * symbols. */
const char *symbols_file(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* Finds the symbol that contains address. A symbol of unknown size extends to the next symbol, but
 * has only one byte in the table of a module. Of several symbols at one address, functions and
 * objects have precedence over labels, then symbols with a size over symbols without. The first
 * call sorts the table by address. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* For an address that no symbol contains: finds the symbol that ends last before address, if it
 * ends less than SYMBOL_PADDING bytes before. A function may end with a call that does not return.
 * The return address of this call is in the padding after the function. */
bool symbols_before(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* Returns the number of bytes from address to the next symbol above address, or 0 if no symbol
 * follows. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* Finds the symbol with a size that contains address in the section with this index. Used for
 * sections that are linked at address 0: the per-CPU variables of x86-64 before 6.15. Reads the
 * whole table. */
bool symbols_at_in_section(struct symbols *symbols, uint16_t section, uint64_t address,
			   struct kernel_symbol *symbol);

/* Calls visit once for each distinct name that starts with prefix, in alphabetical order, until
 * visit returns false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);

/* The lowest and the highest address of a module's symbols, except absolute symbols. */
void symbols_span(const struct symbols *symbols, uint64_t *first, uint64_t *last);

/* --- system_map.c: a System.map has the symbols of a kernel as text, with lines "ADDRESS TYPE
 * NAME" as printed by nm -n --- */

/* Does the first line look like a line of System.map? */
bool system_map_probe(const struct file *file);

/* Copies all symbols, so the file may be closed afterwards. Sets *machine. Returns NULL if a line
 * is malformed. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err);
