/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Names of Rust functions in traces. */
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
