/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours by meaning. All colours are defined and written here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_GOOD, /* normal: present, ok; also the right to execute */
	STYLE_CAUTION, /* deserves attention: not mapped, left out, writable */
	STYLE_FAULT, /* wrong: damaged, corrupt, both writable and executable */
};

/* A part of a text that has a style. start and end are offsets in bytes; end is exclusive. */
struct span {
	size_t start, end;
	enum style style;
};

enum colour_wish { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* Parses the argument of --color. Returns false if value is not auto, always or never. */
bool colour_parse(const char *value, enum colour_wish *wish);
/* Returns true if text written to fd is coloured. If the wish is auto, this is the case if fd is a
 * terminal that supports colours and NO_COLOR is not set. */
bool colour_wanted(enum colour_wish wish, int fd);

/* Returns the style for access rights: the right to write, the right to execute, or both. */
static inline enum style style_of_writable(bool writable, bool executable)
{
	if (!writable)
		return STYLE_PLAIN;
	return executable ? STYLE_FAULT : STYLE_CAUTION;
}

static inline enum style style_of_executable(bool writable, bool executable)
{
	if (!executable)
		return STYLE_PLAIN;
	return writable ? STYLE_FAULT : STYLE_GOOD;
}

static inline enum style style_of_rights(bool writable, bool executable)
{
	return writable ? style_of_writable(writable, executable) :
			  style_of_executable(writable, executable);
}

/* Return the escape sequences that begin and end a style, or "" if plain text is written. */
const char *style_begin(enum style style);
const char *style_end(enum style style);
