/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Makes text from dumps, vmlinux files and file names safe to show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_LENGTH_MAX = 4 };

/* Returns the length in bytes of the first UTF-8 character of text, and sets *code to its code
 * point. Returns 0 if the bytes are not well-formed UTF-8. size is the length of text in bytes. */
unsigned int utf8_length(const char *text, size_t size, uint32_t *code);

/* Is this a control character (including newline and tab), a separator of lines or paragraphs, or a
 * character that changes the direction of writing? */
bool printable_steers(uint32_t code);

/* Replaces each character for which printable_steers() is true, and each invalid byte, with '?'.
 * The text is changed in place. Returns the new size, which is at most size. */
size_t printable_clean(char *text, size_t size);

/* Does text consist only of bytes from ' ' to '~'? printable_clean() does not change such text, and
 * each byte takes one column. */
bool printable_is_plain(const char *text, size_t size);

/* The number of terminal columns that text takes after cleaning. */
size_t printable_columns(const char *text, size_t size);

/* Does name consist only of letters, digits and the characters _.$@:- which the prompt does not
 * interpret? */
bool printable_is_name(const char *name);
/* Does path consist only of letters, digits and the characters _.@:-/~+=,% which a shell does not
 * interpret? */
bool printable_is_path(const char *path);
