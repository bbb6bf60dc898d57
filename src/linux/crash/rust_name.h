/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Names of Rust functions in traces, and the functions of a Rust panic. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Writes the path of a function to the buffer `path`, from its mangled name of length bytes:
 * "sample::stack::pop" for "_RNvNtCs1234_6sample5stack3pop" (the v0 form, RFC 2603) and for
 * "_ZN6sample5stack3pop17h0123456789abcdefE" (the older form). The path has the identifiers of the name
 * only, and no hashes, which change with each build. Cuts the path to size bytes including the NUL.
 * Returns false if the name has neither form. */
bool rust_path(const char *name, size_t length, char *path, size_t size);

/* Is it the path of a function that only begins a panic, or a function that calls such functions? */
bool rust_is_panic_machinery(const char *path);

/* The start of the line of the log in which the panic handler of the crate `kernel` (rust/kernel/lib.rs)
 * names the place of a panic. The handler then calls BUG() in a file whose name begins with rust_bug. */
extern const char rust_panic[], rust_bug[];

/* `report` is the first line of a report, in a buffer of size bytes. If it is the place of a Rust panic, and
 * the text of the panic is on the next line (since Rust 1.73), adds the text. `line` is the next line, or the
 * newline before it; NULL: there is none. */
void rust_panic_add(char *report, size_t size, const char *line);
