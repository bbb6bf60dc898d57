/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of one table: of vmlinux or System.map, at link-time addresses; or of a module. */
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

/* Functions are aligned to at most 64 bytes (CONFIG_FUNCTION_ALIGNMENT, 6.2). */
enum { SYMBOL_PADDING = 64 };

/* Borrows elf, which must outlive the table. NULL: no symbol table, or it is damaged. */
struct symbols *symbols_open(Elf *elf, struct error *err);
/* Copies the table of a module from the kernel's memory: little-endian Elf64_Sym if wide, else
 * Elf32_Sym; and the letters of the types, if types is not empty. Borrows strings. */
struct symbols *symbols_of_module(struct bytes entries, bool wide, struct bytes types,
				  struct bytes strings);
void symbols_close(struct symbols *symbols); /* NULL is fine */
/* Long searches ask the listener, which is borrowed, whether to stop. A stopped search finds
 * nothing. */
void symbols_listen(struct symbols *symbols, const struct listener *listener);

/* Finds a symbol by its exact name. False: there is none. Of several symbols, a global one has
 * precedence over local ones, then the first in the table. */
bool symbols_find(struct symbols *symbols, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If name is NULL, for each
 * symbol whose name contains part (NULL: for all). The compiler's own labels (.L12) have no names
 * here. */
void symbols_each(struct symbols *symbols, const char *name, const char *part,
		  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* A letter as in nm: upper case is global. */
char symbols_type(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* The source file of a local symbol, as passed to the compiler, without folders; borrowed from the
 * table. NULL: unknown; always for global symbols. */
const char *symbols_file(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* The symbol that covers address. A symbol of unknown size extends to the next symbol, in a
 * module's table only one byte. Of several symbols at one address, functions and objects have
 * precedence over labels, then symbols with a size over others. The first call sorts the table by
 * address. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* If no symbol covers address: the symbol that ends last before address, at most SYMBOL_PADDING
 * bytes before. If a call that does not return is the last instruction of a function, its return
 * address lies in the padding. */
bool symbols_before(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* Bytes from address to the next symbol above it; 0: there is none. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* The symbol with a size that covers address in one section, given by its index. For sections
 * without an address of their own: x86-64's per-CPU variables before 6.15. Scans the whole
 * table. */
bool symbols_at_in_section(struct symbols *symbols, uint16_t section, uint64_t address,
			   struct kernel_symbol *symbol);

/* Calls visit once for each distinct name that starts with prefix, sorted, until visit returns
 * false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);

/* Lowest and highest address of a module's symbols that are not absolute. */
void symbols_span(const struct symbols *symbols, uint64_t *first, uint64_t *last);

/* --- System.map: symbols of a kernel as text, with lines "ADDRESS TYPE NAME" in the format of nm
 * -n: system_map.c --- */

/* Does the first line look like a line of a System.map? */
bool system_map_probe(const struct file *file);

/* Copies all symbols; the file may be closed afterwards. Sets *machine. NULL: a line is
 * malformed. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err);
