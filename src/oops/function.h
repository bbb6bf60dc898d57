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

/* What else a function may be in a trace. */
enum {
	FUNCTION_MACHINERY = 1, /* as above */
	/* Finds what a report is about, or allocates memory: its caller is of interest. */
	FUNCTION_CHECKS = 2,
	FUNCTION_ENTRY = 4, /* where a CPU enters the kernel by an exception of kernel code */
	FUNCTION_INTERRUPT = 8, /* where it enters by an interrupt */
	FUNCTION_STARTS = 16, /* where system calls and threads begin: nothing happens there */
	FUNCTION_DETECTS = 32, /* finds and prints stalls of others */
	FUNCTION_SPINS = 64,
	FUNCTION_WAITS = 128, /* a task waits with it */
};
bool function_has(const char *function, unsigned int roles);

/* For what a task waits that is in this function, as a phrase; NULL: not known. */
const char *function_wait(const char *function);

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
