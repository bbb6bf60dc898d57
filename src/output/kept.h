/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers that are kept, so that the user can choose their columns (-O) and sort them (-K). While an
 * output keeps answers, their fields are stored as a list of calls. With -O, only the chosen fields are
 * stored, as records have them. When an answer has ended, or all of them if they are sorted, the calls
 * are repeated, and answers are written in the usual way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "output/call.h"
#include "output/columns.h"

struct output;

#define NO_TEXT SIZE_MAX

struct kept_call {
	enum call_kind kind : 8;
	enum style style : 8;
	bool is_common; /* JSON has this field also if it is not chosen */
	const char *name; /* borrowed; NULL: the name is at name_at in the text */
	size_t name_at; /* NO_TEXT: the value is in a list */
	uint64_t number; /* of a string: where it begins in the text */
};

struct kept_row {
	const char *command, *status; /* borrowed; status may be NULL */
	size_t input; /* where it begins in the text, or NO_TEXT */
	enum style style;
	size_t first, end; /* its calls; end is exclusive */
	size_t number; /* of the row; rows with equal keys stay in their order */
	bool downwards;
	enum { KEY_NEGATIVE, KEY_NUMBER, KEY_TEXT, KEY_UNKNOWN } key_kind; /* sorted by kind */
	uint64_t key; /* of a text: where it begins in the text */
	const char *key_text;
};

/* Initially zeroed. */
struct kept {
	bool on;
	char *words; /* owned; the names of the columns */
	const char *column[TABLE_COLUMNS_MAX]; /* the columns of -O, in words */
	unsigned int nr_columns; /* 0: the columns are not chosen */
	const char *key; /* the column of -K, in words, or NULL */
	bool downwards;
	bool is_unchecked; /* the names are compared with the declared record */

	const struct record *declared; /* the form of the command's answers; borrowed */
	/* The form that answers have with -O. is_ready: it is made of the declared record. */
	struct field field[TABLE_COLUMNS_MAX + 1];
	struct record record;
	bool is_ready;

	enum { OF_BOTH, OF_TEXT, OF_RECORDS } part; /* which answers have the next fields */
	bool is_common; /* the next fields are common ones */
	void (*flush)(struct output *output); /* writes the answers that wait */
	bool repeats; /* the calls are repeated now */
	unsigned int depth; /* number of open lists and objects */
	bool in_key, skips; /* the open field is the key; it is not stored */

	struct kept_row *row; /* owned, like call and text */
	struct kept_call *call;
	char *text;
	size_t nr, room, nr_calls, calls_room, used, text_room;
	struct error err; /* why the rest of the answers is dropped, if its code is not 0 */
};

/* Makes the output use this store, or none if kept is NULL. Returns the store that it used before. */
struct kept *output_keep(struct output *output, struct kept *kept);
/* Chooses the columns and sorts the answers; both words are as typed, or NULL. known: the names of the
 * columns; NULL: all rows of the declared record. Fails if a name is not known. */
bool output_choose(struct output *output, const char *columns, const char *key,
		   const char *const *known, size_t nr_known, struct error *err);

static inline void kept_release(struct kept *kept)
{
	free(kept->words);
	free(kept->row);
	free(kept->call);
	free(kept->text);
}

/* Is this store in use, so that the functions of output.h must call those below? */
static inline bool is_kept(const struct kept *kept)
{
	return kept && kept->on && !kept->repeats;
}

void kept_begin(struct output *output, const char *command, const char *input, const char *status,
		enum style style);
void kept_end(struct output *output);
void kept_put(struct output *output, const struct call *call);
/* Calls put(), which adds what only text or only records have, if that is needed. */
void kept_put_part(struct output *output, bool of_text, void (*put)(const void *arg),
		   const void *arg);
/* Fails if no column has a name that was chosen. */
bool kept_check(struct kept *kept, const char *const *known, size_t nr, struct error *err);
/* Returns the value of a field that output_begin() states, or NULL. */
const char *kept_header(const struct kept *kept, const struct kept_row *row, const char *name);

/* Writes the answers that wait. */
static inline void kept_flush(struct kept *kept, struct output *output)
{
	if (is_kept(kept))
		kept->flush(output);
}
