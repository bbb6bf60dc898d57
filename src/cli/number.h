/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads numbers in the forms that users type and paste. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The text from at up to end, which is not included. */
struct piece {
	const char *at, *end;
	bool in_angles; /* the text was in angle brackets, <...> */
};

/* Removes [<...>], <...>, parentheses, backticks and quotes around a word, and one comma or colon
 * after a number. */
struct piece piece_unwrap(const char *text);

enum number { NUMBER, NO_NUMBER, TOO_LARGE };

/* Read digits, which '_' or ',' may separate. Hexadecimal digits may have 0x before them. Separated
 * digits that begin with a letter must be in groups of four or of eight, as in ffff_8880_0000_0000,
 * because lists and names must not be read as numbers. */
enum number number_hex(const char *at, const char *end, uint64_t *value);
enum number number_decimal(const char *at, const char *end, uint64_t *value);
bool number_has_prefix(const char *at, const char *end);
/* May the text also be a name? */
bool number_like_name(const char *at, const char *end);

/* Fails. If the digits could be decimal, the message asks for a hexadecimal number. */
bool number_too_large(const char *at, const char *end, struct error *err);
