/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of the dumped kernel, at run-time addresses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;
struct kallsyms;
struct symbol_provider;

/* The answer to a yes-or-no question. UNSURE: the dump does not contain the answer. */
enum certainty { UNSURE, NO, YES };

/* Finds a symbol of the kernel itself (not of a module), by its name, or by an address in the
 * symbol or in the padding after it. The sources are vmlinux (moved by KASLR), then kallsyms in the
 * dump, then SYMBOL(name) in the note. A vmlinux of another kernel is used only if the user has set
 * kaslr_offset, and only by kernel_symbol_foreign(), and by kernel_image_symbol_at() if there is no
 * kallsyms. Both record this as doubtful. */
bool kernel_image_symbol(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			 struct error *err);
bool kernel_image_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
			    struct error *err);
bool kernel_symbol_foreign(struct kernel *kernel, const char *name, struct kernel_symbol *symbol);

/* Calls visit for the symbols with this name. If name is NULL, calls visit for the symbols whose
 * names contain part, or for all symbols if part is NULL as well. Reads only the first source that
 * exists. If module is neither "vmlinux" nor NULL, there are no symbols. Returns false if visit
 * returned false, or if the user stopped the work. */
bool kernel_image_symbols(struct kernel *kernel, const char *name, const char *part,
			  const char *module,
			  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* kernel_image_symbol(), kernel_image_symbol_at() and kernel_image_symbols() as a provider for
 * kernel->symbols (symbols/symbol_lookup.h), which has modules as another provider. */
extern const struct symbol_provider kernel_image_provider;

/* Returns the source file of a local symbol of vmlinux, without folders, or NULL if unknown. */
const char *kernel_symbol_file(struct kernel *kernel, const struct kernel_symbol *symbol);

/* kernel_symbol() finds the address of a symbol. kernel_read_variable() reads the pointer-sized
 * content at this address. */
bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err);
bool kernel_read_variable(struct kernel *kernel, const char *name, uint64_t *value);
/* kernel_vmlinux_symbol() finds the address of a symbol in vmlinux, even if vmlinux belongs to
 * another kernel. kernel_dump_symbol() finds the address of a symbol in kallsyms. */
bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name, uint64_t *address);
bool kernel_dump_symbol(struct kernel *kernel, const char *name, uint64_t *address);
/* Finds a symbol of vmlinux with its link-time address. Returns false if there is no such
 * symbol. */
bool kernel_linked_symbol(const struct kernel *kernel, const char *name,
			  struct kernel_symbol *symbol);
/* Does this kernel have the symbol? UNSURE if the symbol may be data that kallsyms lacks. */
enum certainty kernel_has_symbol(struct kernel *kernel, const char *name);

/* Returns the symbol table in the dump, which is found and verified on first use, or NULL. */
struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err);
/* Is the table being searched? Then the search must not depend on the table. */
bool kernel_kallsyms_busy(const struct kernel *kernel);

/* Does kallsyms contain only functions? */
bool kernel_lacks_variables(struct kernel *kernel);

/* For a symbol that no source has: returns a text about how to get its address. If vmlinux was
 * given, the text is the reason why no source has the symbol, and is stored in *why. */
const char *kernel_symbol_advice(struct kernel *kernel, const char *name, struct error *why);

/* Are symbols known, from vmlinux or from the dump? A vmlinux of another kernel counts if the user
 * has accepted it. */
bool kernel_has_symbols(struct kernel *kernel, struct error *err);

/* For completion: calls visit for each name that starts with prefix, until visit returns false. */
void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg), void *arg);
