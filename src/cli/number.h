/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as users write and paste them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Text from at up to end. */
struct piece {
	const char *at, *end;
	bool in_angles; /* it was in <...> */
};

/* Removes [<...>], <...>, parentheses, backticks and quotes around a word, and the comma or
 * colon after a number. */
struct piece piece_unwrap(const char *text);

enum number { NUMBER, NO_NUMBER, TOO_LARGE };

/* Digits, which '_' or ',' may separate; of hexadecimal ones 0x may stand before them. So
 * that no list and no name becomes a number, separated digits that begin with a letter
 * must be groups of four or eight: ffff_8880_0000_0000. */
enum number number_hex(const char *at, const char *end, uint64_t *value);
enum number number_decimal(const char *at, const char *end, uint64_t *value);
bool number_has_prefix(const char *at, const char *end);
/* May it be a name as well? */
bool number_like_name(const char *at, const char *end);

/* Fails; if the digits are decimal, the message says that a hexadecimal number is wanted. */
bool number_too_large(const char *at, const char *end, struct error *err);
