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

/* Is it where a CPU enters the kernel by an exception of kernel code? */
bool function_is_entry(const char *function);

/* Is it a trampoline that ftrace or BPF put between a function and its caller? Before and after the
 * trampoline of a BPF program that is called at a function's end, the trace contains this function. */
bool function_is_trampoline(const char *function);

/* Writes the path of a function to the buffer `path`, from its mangled name of length bytes:
 * "sample::stack::pop" for "_RNvNtCs1234_6sample5stack3pop" (the v0 form, RFC 2603) and for
 * "_ZN6sample5stack3pop17h0123456789abcdefE" (the older form). The path has the identifiers of the name
 * only, and no hashes, which change with each build. Cuts the path to size bytes including the NUL.
 * Returns false if the name has neither form. */
bool rust_path(const char *name, size_t length, char *path, size_t size);

/* Is it the path of a function that only begins a panic, or a function that calls such functions? */
bool rust_is_panic_machinery(const char *path);
