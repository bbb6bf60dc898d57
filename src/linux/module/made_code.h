/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Code that the kernel makes at run time, and that /proc/kallsyms lists after the modules: BPF
 * programs and trampolines, trampolines of ftrace, and the pages with the instructions of kprobes.
 * The names and ends of this code are in lists of the kernel, not in a table of symbols. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct kernel;
struct symbol_provider;

/* Finds the code by name and by address. The lists are read when a name of this form or an address of
 * no other symbol is looked up. The module of a symbol is the module that /proc/kallsyms shows. */
extern const struct symbol_provider made_code_symbols;

/* Can the name be the name of such code, although it was not found? Then sets *why to the reason why
 * the code may exist nevertheless, such as a list that cannot be read. Returns false if the name has
 * another form, or if all lists were read. */
bool made_code_is_unsure(struct kernel *kernel, const char *name, struct error *why);
