/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Makes text safe to show on a terminal. The text may be from dumps, vmlinux files or names of
 * files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_LENGTH_MAX = 4 };

/* Finds the first UTF-8 character of text, which has size bytes. Returns the length of the
 * character in bytes, and sets *code to its code point. Returns 0 if the bytes are not well-formed
 * UTF-8. */
unsigned int utf8_length(const char *text, size_t size, uint32_t *code);

/* Does the character have an effect on a terminal other than being shown? Such characters are
 * control characters (including newline and tab), separators of lines or paragraphs, and characters
 * that change the direction of writing. */
bool printable_steers(uint32_t code);

/* Replaces unsafe characters by '?': each character for which printable_steers() is true, and each
 * byte that is not valid UTF-8. The text is changed in place. Returns the new size of the text,
 * which is at most size. */
size_t printable_clean(char *text, size_t size);

/* Does text consist only of bytes between ' ' and '~'? printable_clean() does not change such text,
 * and each of its bytes takes one column. */
bool printable_is_plain(const char *text, size_t size);

/* Like printable_is_plain(), but the text must also contain no double quote and no backslash, so
 * that JSON contains it as it is. */
bool printable_is_bare(const char *text, size_t size);

/* Returns the number of terminal columns that text takes after printable_clean(). */
size_t printable_columns(const char *text, size_t size);

/* Does name consist only of letters, digits and the characters _.$@:- ? The prompt does not
 * interpret any of them. */
bool printable_is_name(const char *name);
/* Does path consist only of letters, digits and the characters _.@:-/~+=,% ? A shell does not
 * interpret any of them. */
bool printable_is_path(const char *path);
