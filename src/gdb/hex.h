/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as gdb's protocol has them: two hexadecimal digits each. */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline char hex_digit(unsigned int value)
{
	return "0123456789abcdef"[value & 15];
}

/* Writes size bytes to text, without a NUL. Returns the number of digits. */
static inline size_t hex_put(char *text, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = hex_digit(at[i] >> 4);
		text[2 * i + 1] = hex_digit(at[i]);
	}
	return 2 * size;
}
