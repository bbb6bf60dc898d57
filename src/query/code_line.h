/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the line of an oops that contains the bytes of the running code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODE_LINE_MOST = 128 };

/* Reads a line such as "Code: 48 89 <0f> 0b". Sets code to the bytes, and *nr to their number. Sets
 * *mark to the index of the byte in <>. This is the byte at the instruction pointer. Returns false
 * if the line has another form. */
bool code_line_read(const char *line, size_t size, uint8_t code[CODE_LINE_MOST], size_t *nr,
		    size_t *mark);
