/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Makes text from dumps, vmlinux files and file names safe to show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_LENGTH_MAX = 4 };

/* Returns the length of the first UTF-8 character of text, in bytes, and sets *code to its code
 * point. 0: not well-formed UTF-8. size: length of text. */
unsigned int utf8_length(const char *text, size_t size, uint32_t *code);

/* Is this a control character (newline and tab included), a line or paragraph
 * separator, or a character that changes the direction of writing? */
bool printable_steers(uint32_t code);

/* Replaces each steering character and each invalid byte by '?', in place. Returns
 * the new size, at most size. */
size_t printable_clean(char *text, size_t size);

/* Does text consist only of bytes from ' ' to '~'? Cleaning does not change such text, and each
 * byte takes one column. */
bool printable_is_plain(const char *text, size_t size);

/* Terminal columns of text after cleaning. */
size_t printable_columns(const char *text, size_t size);

/* Only letters, digits and the characters _.$@:- which the prompt does not interpret. */
bool printable_is_name(const char *name);
/* Only letters, digits and the characters _.@:-/~+=,% which a shell does not interpret. */
bool printable_is_path(const char *path);
