/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads numbers in all forms that users type or paste. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The text from `at` up to `end`, exclusive. */
struct piece {
	const char *at, *end;
	bool in_angles; /* true if angle brackets were removed from the text */
};

/* Removes [<...>], <...>, parentheses, backticks and quotes around a word, then one comma at its
 * end, or one colon after a number. */
struct piece piece_unwrap(const char *text);

enum number { NUMBER, NO_NUMBER, TOO_LARGE };

/* Returns true if the text consists of 1 to 16 hexadecimal digits: it is fast, and most numbers in
 * scripts have this form. number_hex() and piece_unwrap() accept such a text as it is. */
bool number_is_bare_hex(const char *text, uint64_t *value);

/* Read digits, which may be separated by '_', ',' or a single quote. 0x may precede hexadecimal
 * digits. If separated digits begin with a letter, all groups must have four or all must have eight
 * digits, as in ffff_8880_0000_0000. This prevents that lists and names are read as numbers. */
enum number number_hex(const char *at, const char *end, uint64_t *value);
enum number number_decimal(const char *at, const char *end, uint64_t *value);
bool number_has_prefix(const char *at, const char *end);
/* Returns true if the text may also be a name. */
bool number_like_name(const char *at, const char *end);

/* Fails because the number is too large. If the digits could be decimal, the message asks for a
 * hexadecimal number. */
bool number_too_large(const char *at, const char *end, struct error *err);
