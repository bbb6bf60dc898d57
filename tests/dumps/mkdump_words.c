// SPDX-License-Identifier: GPL-3.0-or-later
/* mkdump: a line's words, NAME=VALUE fields, and the items that make up bytes. */
#include <inttypes.h>
#include <string.h>

#include "mkdump.h"

/* The next word, cut out of the text; NULL at its end. */
char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t length = strcspn(word, " \t");

	if (!length)
		return NULL;
	*rest = word + length;
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

char *need_word(char **rest, struct where w, const char *what)
{
	char *word = next_word(rest);

	if (!word)
		die(w, "expected %s", what);
	return word;
}

void need_end(char *rest, struct where w)
{
	char *word = next_word(&rest);

	if (word)
		die(w, "'%s' is one word too many", word);
}

static void set_key(void *base, const struct key *keys, size_t nr_keys, struct where w, char *word)
{
	char *value = strchr(word, '=');
	uint64_t number;

	if (!value)
		die(w, "expected NAME=VALUE, not '%s'", word);
	*value++ = '\0';
	number = expr(w, value);
	for (size_t i = 0; i < nr_keys; i++) {
		if (strcmp(keys[i].name, word) != 0)
			continue;
		memcpy((char *)base + keys[i].offset, &number, sizeof(number));
		return;
	}
	die(w, "unknown field '%s'", word);
}

void set_keys(void *base, const struct key *keys, size_t nr_keys, struct where w, char *rest)
{
	char *word;

	while ((word = next_word(&rest)))
		set_key(base, keys, nr_keys, w, word);
}

static int item_width(const char *word)
{
	static const struct {
		const char *name;
		int width;
	} widths[] = {
		{ "u8", 1 },
		{ "u16", 2 },
		{ "u32", 4 },
		{ "u64", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		if (!strcmp(widths[i].name, word))
			return widths[i].width;
	return 0;
}

/* "..." with \n, \0, \" and \\; returns what follows it. */
static char *add_string(struct buf *b, char *text, struct where w)
{
	static const char from[] = "n0\"\\", to[] = "\n\0\"\\";
	const char *escape;

	text += strspn(text, " \t");
	if (*text++ != '"')
		die(w, "expected a \"string\"");
	for (; *text != '"'; text++) {
		if (!*text)
			die(w, "a string without its closing quote");
		if (*text != '\\') {
			buf_add(b, text, 1);
			continue;
		}
		escape = *++text ? strchr(from, *text) : NULL;
		if (!escape)
			die(w, "unknown escape '\\%c'", *text);
		buf_add(b, &to[escape - from], 1);
	}
	return text + 1;
}

/* seq COUNT START STEP */
static void add_sequence(struct buf *b, char **rest, int width, bool big, struct where w)
{
	uint64_t count = expr(w, need_word(rest, w, "a count"));
	uint64_t value = expr(w, need_word(rest, w, "a first value"));
	uint64_t step = expr(w, need_word(rest, w, "a step"));

	for (; count; count--, value += step)
		buf_add_int(b, value, width, big);
}

/* fill COUNT BYTE */
static void add_fill(struct buf *b, char **rest, struct where w)
{
	uint64_t count = expr(w, need_word(rest, w, "a count"));
	uint8_t byte = (uint8_t)expr(w, need_word(rest, w, "a byte"));

	while (count--)
		buf_add(b, &byte, 1);
}

static void add_number(struct buf *b, const char *word, int width, bool big, struct where w)
{
	uint64_t value = expr(w, word);

	if (!width)
		die(w, "'%s' before u8, u16, u32 or u64", word);
	if (width < 8 && value >> 8 * width && ~value >> (8 * width - 1))
		die(w, "'%s' does not fit %d bytes", word, width);
	buf_add_int(b, value, width, big);
}

void add_items(struct dump *d, struct buf *b, char *rest, struct where w)
{
	bool big = d->elf.endian == 2;
	int width = 0;
	char *word;

	while ((word = next_word(&rest))) {
		if (!strcmp(word, "seq"))
			add_sequence(b, &rest, width ? width : 8, big, w);
		else if (!strcmp(word, "str"))
			rest = add_string(b, rest, w);
		else if (!strcmp(word, "fill"))
			add_fill(b, &rest, w);
		else if (item_width(word))
			width = item_width(word);
		else
			add_number(b, word, width, big, w);
	}
}
