/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The symbols of one table. The symbols of vmlinux and of System.map have link-time addresses; the
 * symbols of a module have run-time addresses. */
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

/* The most bytes of padding that follow a function. Functions are aligned to at most 64 bytes
 * (CONFIG_FUNCTION_ALIGNMENT, 6.2). */
enum { SYMBOL_PADDING = 64 };

/* Reads the symbol table of elf, which is borrowed and must outlive the result. So must file, which
 * is the file of elf, and may be NULL: if it is given, long searches take less memory. Returns NULL
 * if there is no symbol table, or if the table is damaged. */
struct symbols *symbols_open(Elf *elf, const struct file *file, struct error *err);
/* Copies the symbol table of a module, whose parts the caller has read from the dump. `entries` are
 * little-endian: Elf64_Sym if `wide` is true, Elf32_Sym if not. `types` is empty, or contains the
 * type letter of each symbol. `strings` are borrowed. */
struct symbols *symbols_of_module(struct bytes entries, bool wide, struct bytes types,
				  struct bytes strings);
void symbols_close(struct symbols *symbols); /* `symbols` may be NULL */
/* Sets the listener, which is borrowed. Long searches ask it whether to stop. A search that was
 * stopped finds nothing. */
void symbols_listen(struct symbols *symbols, const struct listener *listener);

/* Finds a symbol by its exact name. If several symbols have this name, finds the first global
 * symbol, or the first symbol if all are local. Returns false if there is no such symbol. */
bool symbols_find(struct symbols *symbols, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name, until visit returns false. If `name` is NULL, calls
 * visit for each symbol whose name contains `part`. If both are NULL, calls visit for all symbols.
 * Labels made by the compiler (.L12) are ignored. */
void symbols_each(struct symbols *symbols, const char *name, const char *part,
		  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* Does the text occur in the table of names? The answer takes much less time than symbols_each(). */
bool symbols_mention(const struct symbols *symbols, const char *text);

/* Returns the type letter that nm prints, in upper case if the symbol is global. */
char symbols_type(const struct symbols *symbols, const struct kernel_symbol *symbol);

/* Returns the name of the source file of a local symbol. It has no folders, and is borrowed from
 * the table. Returns NULL if the source file is unknown, and for all global symbols. */
const char *symbols_file(struct symbols *symbols, const struct kernel_symbol *symbol);

/* Finds the symbol that contains address. A symbol without a size extends to the next symbol, but
 * in the table of a module it has only one byte. If several symbols are at one address, functions
 * and objects are preferred to labels, and then symbols with a size to symbols without a size. The
 * first call sorts symbols by address, which takes time. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* If address is in the padding after a symbol, finds this symbol: the last symbol that ends before
 * address. It must end less than SYMBOL_PADDING bytes before address. Call the function only if no
 * symbol contains address. Return addresses may be in padding, because a function may end with a
 * call that does not return. */
bool symbols_before(struct symbols *symbols, uint64_t address, struct kernel_symbol *symbol);

/* Returns the number of bytes from address to the next symbol above it, or 0 if no symbol
 * follows. */
uint64_t symbols_room(struct symbols *symbols, uint64_t address);

/* Finds a symbol that has a size and contains address, in the section with this index. This is for
 * sections that are linked at address 0, such as the per-CPU variables of x86-64 before 6.15. The
 * function is slow, because it reads the whole table. */
bool symbols_at_in_section(struct symbols *symbols, uint16_t section, uint64_t address,
			   struct kernel_symbol *symbol);

/* Calls visit once for each distinct name that starts with prefix, in alphabetical order, until
 * visit returns false. */
void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg);

size_t symbols_count(const struct symbols *symbols);

/* Finds the lowest and the highest address of a module's symbols, without absolute symbols. */
void symbols_span(const struct symbols *symbols, uint64_t *first, uint64_t *last);

/* --- system_map.c: a System.map is text; its lines "ADDRESS TYPE NAME" are printed by nm -n --- */

/* Does the file look like a System.map? The function tests only the first line. */
bool system_map_probe(const struct file *file);

/* Reads a System.map. All symbols are copied, so the file may be closed afterwards. *machine gets
 * the machine of the kernel. Returns NULL if a line is malformed. */
struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err);
