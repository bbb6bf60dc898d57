/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text that may be written to a terminal, or to a program that reads answers. This is a second
 * implementation of base/printable.c: well-formed UTF-8 (RFC 3629) without characters that control
 * a terminal. */
#pragma once

#include "input.h"

/* Hostile text tries to begin a line with this. */
#define FORGED "@@"

enum kind_of_text {
	TEXT,
	COLOURED, /* text, and SGR sequences, which colour it */
	MESSAGES, /* each line begins with "kwalk: " */
	JSON_LINES, /* each line is an object */
	TERMINAL, /* as text, but readline may control the terminal, so only FORGED is searched */
};

static inline uint32_t checked_character(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t code = *(*at)++;
	unsigned int more = code < 0x80 ? 0 : code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;

	if (!more)
		return code;
	PROMISED(code >= 0xc2 && code <= 0xf4 && end - *at >= (ssize_t)more);
	code &= 0x3f >> more;
	for (unsigned int i = 0; i < more; i++) {
		PROMISED((**at & 0xc0) == 0x80);
		code = code << 6 | (*(*at)++ & 0x3f);
	}
	PROMISED(code >= least[more] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
	return code;
}

/* Control characters (Cc), and the characters of Bidi_Control, Zl and Zp, from Unicode's
 * PropList.txt and UnicodeData.txt. */
static inline bool steers(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e ||
	       code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* RFC 8259, as far as one line can violate it: the line is one object, all strings end, and
 * brackets match. */
static inline void check_object(const char *line, const char *end)
{
	char open[64];
	size_t depth = 0;
	bool quoted = false;

	PROMISED(end - line > 2 && *line == '{' && end[-1] == '}');
	for (; line < end; line++) {
		if (quoted && *line == '\\') {
			line++;
			PROMISED(line < end && strchr("\"\\/bfnrtu", *line));
		} else if (*line == '"') {
			quoted = !quoted;
		} else if (!quoted && strchr("{[", *line)) {
			PROMISED(depth < sizeof(open));
			open[depth++] = *line;
		} else if (!quoted && strchr("}]", *line)) {
			PROMISED(depth && open[--depth] == *line - 2);
			PROMISED(depth || line + 1 == end);
		}
	}
	PROMISED(!depth && !quoted);
}

static inline void check_line(const char *line, const char *end, enum kind_of_text kind)
{
	const char *const own = "kwalk: ";

	PROMISED(end - line < 2 || memcmp(line, FORGED, 2) != 0);
	if (kind == MESSAGES)
		PROMISED(end - line >= 7 && !memcmp(line, own, 7));
	if (kind == JSON_LINES)
		check_object(line, end);
}

/* Returns the end of the sequence ESC [ digits m, if it is at `at`. */
static inline const uint8_t *after_colour(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *last = at + 2;

	if (end - at < 3 || at[0] != 0x1b || at[1] != '[')
		return at;
	while (last < end && (*last == ';' || (*last >= '0' && *last <= '9')))
		last++;
	return last < end && *last == 'm' ? last + 1 : at;
}

static inline void check_text(const char *text, size_t size, enum kind_of_text kind)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + size;
	const char *line = text;

	while (kind != TERMINAL && at < end) {
		uint32_t code;

		if (kind == COLOURED && after_colour(at, end) != at) {
			at = after_colour(at, end);
			continue;
		}
		code = checked_character(&at, end);
		/* annotate does not change the tabs in its text */
		PROMISED(code == '\n' || (code == '\t' && kind <= COLOURED) || !steers(code));
		if (code != '\n')
			continue;
		check_line(line, (const char *)at - 1, kind);
		line = (const char *)at;
	}
	PROMISED(kind == TERMINAL || line == text + size); /* no line is incomplete */
	PROMISED(kind != TERMINAL || !memmem(text, size, FORGED, 2));
}
