/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The symbols of the dumped kernel, with their run-time addresses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;
struct kallsyms;
struct space;
struct symbol_provider;

/* The answer to a yes-or-no question. UNSURE means that the dump does not contain the answer. */
enum certainty { UNSURE, NO, YES };

/* These functions find a symbol of the kernel itself (not of a module). They find it by its name,
 * or by an address in the symbol or in the padding after it. The sources are, in this order:
 * vmlinux (moved by KASLR), kallsyms in the dump, SYMBOL(name) in the note. A vmlinux of another
 * kernel is used only if the user has set kaslr_offset. Even then, only kernel_symbol_foreign()
 * uses it, and, if there is no kallsyms, kernel_image_symbol_at() and kernel_image_symbols(). All
 * three record that symbols are doubtful. */
bool kernel_image_symbol(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			 struct error *err);
bool kernel_image_symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
			    struct error *err);
bool kernel_symbol_foreign(struct kernel *kernel, const char *name, struct kernel_symbol *symbol);

/* Calls visit for each symbol with this name. If `name` is NULL, calls visit for the symbols whose
 * names contain `part`. If both are NULL, calls visit for all symbols. Only the first source that
 * exists is read. If `name` is NULL, the last source is a vmlinux of another kernel that the user
 * has accepted. If module is neither "vmlinux" nor NULL, there are no symbols. Returns false if
 * visit returned false, or if the listener stopped the work. */
bool kernel_image_symbols(struct kernel *kernel, const char *name, const char *part,
			  const char *module,
			  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* The provider of the kernel's own symbols for kernel->symbols (symbols/symbol_lookup.h):
 * kernel_image_symbol(), kernel_image_symbol_at() and kernel_image_symbols(). Modules have another
 * provider. */
extern const struct symbol_provider kernel_image_provider;

/* Returns the name of the source file of a local symbol of vmlinux, without folders. Returns NULL
 * if the file is unknown. */
const char *kernel_symbol_file(struct kernel *kernel, const struct kernel_symbol *symbol);

/* kernel_symbol() finds the run-time address of a symbol. kernel_read_variable() reads the pointer
 * that is stored at this address. */
bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address, struct error *err);
bool kernel_read_variable(struct kernel *kernel, const char *name, uint64_t *value);
/* kernel_vmlinux_symbol() finds the run-time address of a symbol of vmlinux, even if vmlinux
 * belongs to another kernel. kernel_dump_symbol() finds the address of a symbol in kallsyms. */
bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name, uint64_t *address);
bool kernel_dump_symbol(struct kernel *kernel, const char *name, uint64_t *address);
/* Finds a symbol of vmlinux, with its link-time address. Returns false if there is no such
 * symbol. */
bool kernel_linked_symbol(const struct kernel *kernel, const char *name,
			  struct kernel_symbol *symbol);
/* Does this kernel have the symbol? The answer is UNSURE if no source of symbols can be used, if the
 * symbol may be a variable, but kallsyms contains no variables, or if kallsyms is damaged. */
enum certainty kernel_has_symbol(struct kernel *kernel, const char *name);
/* If symbols come from kallsyms and its tables contradict each other, returns a static text. If not,
 * returns NULL. */
const char *kernel_symbols_doubt(struct kernel *kernel);
/* If symbols come from kallsyms, compares a sample of their names with kallsyms_seqs_of_names: all
 * names would take as long as all other checks. Returns false and sets *err if they contradict each
 * other, and true if nothing is known against them. */
bool kernel_names_ordered(struct kernel *kernel, struct error *err);
/* kallsyms does not contain this name. Returns false and sets *err if kallsyms_seqs_of_names
 * contradicts the names between which this name would be, so that one of them may be this name. */
bool kernel_names_lack(struct kernel *kernel, const char *name, struct error *err);

/* Returns the link-time address of a symbol of vmlinux, whose run-time address is known. */
uint64_t kernel_linked_address(struct kernel *kernel, const struct kernel_symbol *symbol);

/* Returns kallsyms of the dump, or NULL. The first call finds and verifies it. */
struct kallsyms *kernel_kallsyms(struct kernel *kernel, struct error *err);
/* Is kallsyms being searched now? In this case the caller cannot use it. */
bool kernel_kallsyms_busy(const struct kernel *kernel);

/* Does the dump's kallsyms contain only functions, and no variables? */
bool kernel_lacks_variables(struct kernel *kernel);

/* Explains how to get the address of a symbol that no source contains. If a vmlinux was given, the
 * text is the reason why no source contains the symbol, and is stored in *why. */
const char *kernel_symbol_advice(struct kernel *kernel, const char *name, struct error *why);

/* Does vmlinux have symbols, even if it belongs to another kernel? */
bool kernel_vmlinux_has_symbols(const struct kernel *kernel);
/* Does vmlinux have symbols, and does it belong to this kernel? */
bool kernel_has_own_symbols(const struct kernel *kernel);
/* Does vmlinux or the dump contain symbols? The vmlinux of another kernel counts only if the user
 * has accepted it. */
bool kernel_has_symbols(struct kernel *kernel, struct error *err);

/* Calls visit for each name that starts with prefix, until visit returns false. Completion uses
 * this function. */
void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg), void *arg);
