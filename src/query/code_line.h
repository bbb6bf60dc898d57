/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The line of an oops that shows the running code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODE_LINE_MOST = 128 };

/* Reads a line such as "Code: 48 89 <0f> 0b": the bytes, their number, and the index of the marked
 * byte, which is the byte at the instruction pointer. Returns false if it is not such a line. */
bool code_line_read(const char *line, size_t size, uint8_t code[CODE_LINE_MOST], size_t *nr,
		    size_t *mark);
