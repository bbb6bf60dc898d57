/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and words of JSON, and lists of words, that were written before, because most answers repeat
 * them. Their addresses identify them, because they are literals. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct writer;

/* A key as `,"name":`. Keys whose names have the same place are in one row, the newest first. */
enum { KEY_ROOM = 32, KEY_PLACES = 64, KEY_PLACE = 4 };
struct known_key {
	const char *name; /* NULL: unused */
	unsigned int size;
	char text[KEY_ROOM + 1]; /* one more byte, because the comma may be left out */
};

/* A list of words, for example the flags of a table entry, which have few combinations. */
enum { WORDS_ROOM = 80, WORDS_MOST = 10, KNOWN_WORDS = 16 };
struct known_words {
	const char *join; /* literal between the words */
	size_t nr; /* 0: unused */
	const char *word[WORDS_MOST];
	size_t size;
	char text[WORDS_ROOM];
};

/* Initially zeroed. */
struct known {
	struct known_key key[KEY_PLACES][KEY_PLACE];
	struct known_words words[KNOWN_WORDS];
};

/* Writes a key of at most 60 bytes, and a colon. If comma is true, writes a comma before them. */
void known_put_key(struct known *known, struct writer *writer, const char *name, bool comma);
/* Writes a word as a JSON string. word: a literal without characters that JSON must escape. */
void known_put_word(struct known *known, struct writer *writer, const char *word);
/* Joins words. Returns NULL if there are no words, if they are too long, or if JSON must escape a
 * character of them. The result is valid until the next call. */
const struct known_words *known_join(struct known *known, const char *join,
				     const char *const *words, size_t nr);
