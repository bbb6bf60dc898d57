/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The functions in traces: their names, and which of them are of no interest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { FUNCTION_NAME = 160 /* size of the text "name [module]" */ };

/* Writes the name of a function whose symbol has length bytes, without hashes, tags and ids that differ
 * between boots or builds: a path of Rust ("sample::stack::pop"), "bpf_prog_NAME", "bpf_trampoline". */
void function_name(const char *text, size_t length, char name[FUNCTION_NAME]);

/* Does the function only print a report, call such functions, or wait? */
bool function_is_machinery(const char *function);

/* Is it a trampoline that ftrace or BPF put between a function and its caller? Before and after the
 * trampoline of a BPF program that is called at a function's end, the trace contains this function. */
bool function_is_trampoline(const char *function);
