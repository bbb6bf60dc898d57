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

/* The answer to a yes-or-no question that the dump may not decide. */
enum certainty { UNSURE, NO, YES };

/* A symbol of the kernel itself, without modules, by its name, or by an address in it or in the
 * padding after it: from vmlinux (moved by KASLR), else from the dump's own kallsyms, else from
 * VMCOREINFO's SYMBOL(name). Only kernel_symbol_foreign(), and kernel_image_symbol_at() without
 * kallsyms, use the vmlinux of another kernel, if the user has set kaslr_offset, and record that as
 * doubtful. */
bool kernel_image_symbol(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			 struct error *err);
bool kernel_image_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
			    struct error *err);
bool kernel_symbol_foreign(struct kernel *kernel, const char *name, struct kernel_symbol *symbol);

/* Visits the symbols with this name, or if name is NULL, the symbols whose names contain part
 * (NULL: all), in the table that kernel_image_symbol() searches first; no symbols if module is not
 * "vmlinux" or NULL. False: visit() returned false, or kernel_stopped(). */
bool kernel_image_symbols(struct kernel *kernel, const char *name, const char *part,
			  const char *module,
			  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* The three functions above as a provider for kernel->symbols (symbols/symbol_lookup.h), which also
 * has modules. */
extern const struct symbol_provider kernel_image_provider;

/* The source file of a local symbol of vmlinux, without folders; NULL: unknown. */
const char *kernel_symbol_file(struct kernel *kernel, const struct kernel_symbol *symbol);

/* Only the address; the pointer-sized content at the address. */
bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err);
bool kernel_read_variable(struct kernel *kernel, const char *name, uint64_t *value);
/* The address, only from vmlinux, even if it belongs to another kernel; the address, only from
 * kallsyms. */
bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name, uint64_t *address);
bool kernel_dump_symbol(struct kernel *kernel, const char *name, uint64_t *address);
/* The link-time address of vmlinux's symbol. False: no vmlinux, or no such symbol. */
bool kernel_linked_symbol(const struct kernel *kernel, const char *name,
			  struct kernel_symbol *symbol);
/* Does this kernel have the symbol? UNSURE for data that kallsyms may lack. */
enum certainty kernel_has_symbol(struct kernel *kernel, const char *name);

/* The dump's own symbol table, found and verified on first use; NULL: none. */
struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err);
/* Is the table being searched? The search must not depend on it. */
bool kernel_kallsyms_busy(const struct kernel *kernel);

/* Does kallsyms have functions only? */
bool kernel_lacks_variables(struct kernel *kernel);

/* For a symbol that no source has: returns advice where to get its address. Or sets *why to the
 * reason why no source has it, and returns the text of why. */
const char *kernel_symbol_advice(struct kernel *kernel, const char *name, struct error *why);

/* Are symbols known, from vmlinux (perhaps of another kernel) or the dump? */
bool kernel_has_symbols(struct kernel *kernel, struct error *err);

/* For completion: calls visit for each name that starts with prefix, until visit returns false. */
void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg), void *arg);
