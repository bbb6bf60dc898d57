/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "query/code_line.h"

#include <stdio.h>
#include <string.h>

bool code_line_read(const char *line, size_t size, uint8_t code[CODE_LINE_MOST], size_t *nr,
		    size_t *mark)
{
	const char *at = memmem(line, size, "Code: ", 6);
	bool has_mark = false;
	unsigned int byte;

	*nr = 0;
	if (!at)
		return false;
	for (at += 6; at < line + size && *nr < CODE_LINE_MOST;) {
		bool marked = *at == '<' || *at == '(';
		char digits[3] = "";

		at += marked;
		if (line + size - at < 2)
			break;
		memcpy(digits, at, 2);
		if (sscanf(digits, "%2x", &byte) != 1)
			break;
		if (marked) {
			*mark = *nr;
			has_mark = true;
		}
		code[(*nr)++] = (uint8_t)byte;
		at += 2 + marked;
		at += at < line + size && *at == ' ';
	}
	return has_mark;
}
