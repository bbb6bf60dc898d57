/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours, by meaning. Nothing else knows them or writes them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_GOOD, /* as it should be: present, ok; a right to execute */
	STYLE_CAUTION, /* to be looked at: not mapped, left out, writable */
	STYLE_FAULT, /* wrong: damaged, corrupt, writable and executable */
};

enum colour_wish { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* False if the value of --color is none of auto, always and never. */
bool colour_parse(const char *value, enum colour_wish *wish);
/* Is what fd is to be coloured? With auto, terminals are that can do it, unless NO_COLOR
 * is set. */
bool colour_wanted(enum colour_wish wish, int fd);

/* Of the value of a field, by the names of both. both_rights: the row or text tells that
 * something is writable and executable. */
enum style style_of(const char *field, const char *value, size_t size,
		    bool both_rights);
/* Of "writable" or "executable". */
enum style style_of_right(const char *right, bool held, bool both_rights);

/* The sequences that begin and end it; "" for plain text. */
const char *style_begin(enum style style);
const char *style_end(enum style style);
