/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The line of an oops that shows the running code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODE_LINE_MOST = 128 };

/* Reads "Code: 48 89 <0f> 0b": the bytes, and the index of the byte at the instruction pointer.
 * False: not such a line. */
bool code_line_read(const char *line, size_t size, uint8_t code[CODE_LINE_MOST], size_t *nr,
		    size_t *mark);
