/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the text of listings. */
#include "listing/listing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

enum { MOST_TEXT = 1 << 20, MOST_LISTINGS = 1000, MOST_WIDTH = 99 };

static const struct {
	const char *name;
	size_t least, most; /* how many texts it has */
} steps[NR_STEP_KINDS] = {
	[STEP_OF] = { "of", 1, STEP_TEXTS },  [STEP_CPU] = { "cpu", 1, 1 },
	[STEP_ARRAY] = { "array", 1, 2 },     [STEP_LIST] = { "list", 2, 2 },
	[STEP_CHAIN] = { "chain", 2, 2 },     [STEP_RBTREE] = { "rbtree", 2, 2 },
	[STEP_MAPLE] = { "maple", 2, 2 },     [STEP_XARRAY] = { "xarray", 2, 2 },
	[STEP_RADIX] = { "radix", 2, 2 },     [STEP_SUM] = { "sum", 1, 1 },
	[STEP_CDEV] = { "cdev", 1, 1 },	      [STEP_CLASS] = { "class", 2, 2 },
	[STEP_SOCKETS] = { "sockets", 1, 1 }, [STEP_OR] = { "", 0, 0 },
};

static const char *const kinds[NR_COLUMN_KINDS] = {
	"value", "address",   "symbol", "function", "text",    "hex",	     "seconds",
	"path",	 "addresses", "local",	"remote",   "family",  "sock_state", "pid",
	"comm",	 "octal",     "cpus",	"signal",   "handler", "part",	     "none",
};

struct reader {
	struct listings *listings;
	struct listing *listing; /* the last one; NULL: none yet */
	const char *file;
	unsigned int line;
	struct error *err;
};

static bool wrong(const struct reader *reader, const char *what, const char *word)
{
	return fail(reader->err, ERROR_USAGE, "%s:%u: %s%s%s%s", reader->file ?: "listings",
		    reader->line, what, *word ? ": \"" : "", word, *word ? "\"" : "");
}

/* Fails for a kind that does not exist, and names those that do. */
static bool wrong_kind(const struct reader *reader, bool of_column, const char *word)
{
	char known[256] = "";

	for (int i = 0; i < (of_column ? (int)NR_COLUMN_KINDS : (int)STEP_OR); i++)
		text_append(known, sizeof(known), " %s", of_column ? kinds[i] : steps[i].name);
	return fail(reader->err, ERROR_USAGE, "%s:%u: \"%.40s\" is no kind of %s: known are%s",
		    reader->file ?: "listings", reader->line, word, of_column ? "column" : "step",
		    known);
}

/* Cuts the first word off. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");

	*rest = word + strcspn(word, " \t");
	if (**rest)
		*(*rest)++ = '\0';
	*rest += strspn(*rest, " \t");
	return word;
}

/* further: letters that the name may also have */
static bool is_name(const char *word, const char *further)
{
	size_t length = 0;

	while (islower((unsigned char)word[length]) || isdigit((unsigned char)word[length]) ||
	       (length && word[length] && strchr(further, word[length])))
		length++;
	return length && length < LISTING_NAME && !word[length] && islower((unsigned char)*word);
}

/* --- $NAME --- */

static bool begins_alternative(const struct listing_step *step)
{
	return step->kind == STEP_OR || step->kind == STEP_PART;
}

/* Is it the word that is taken, or the element of a step, or its index? Only steps of the
 * same alternative count. */
static bool is_known(const struct listing *listing, const char *name, size_t length)
{
	size_t plain = length > 3 && !memcmp(name + length - 3, "_nr", 3) ? length - 3 : 0;

	if (listing->taken && strlen(listing->taken) == length &&
	    !memcmp(listing->taken, name, length))
		return true;
	for (size_t i = listing->nr_steps; i-- && !begins_alternative(&listing->step[i]);) {
		const char *step = listing->step[i].name;

		if ((strlen(step) == length && !memcmp(step, name, length)) ||
		    (plain && strlen(step) == plain && !memcmp(step, name, plain)))
			return true;
	}
	return false;
}

/* Every $NAME of an expression must exist. */
static bool check_names(const struct reader *reader, const char *text)
{
	for (const char *at = strchr(text, '$'); at; at = strchr(at + 1, '$')) {
		size_t length = 0;

		while (isalnum((unsigned char)at[1 + length]) || at[1 + length] == '_')
			length++;
		if (!is_known(reader->listing, at + 1, length))
			return wrong(reader, "no \"each\" before has this name", at);
	}
	return true;
}

/* --- the lines --- */

static bool read_listing(struct reader *reader, char *rest)
{
	struct listings *listings = reader->listings;
	struct listing listing = { .file = reader->file, .line = reader->line };

	listing.name = take_word(&rest);
	listing.summary = rest;
	if (!is_name(listing.name, "-_"))
		return wrong(reader, "a listing's name has small letters, digits, - and _, and not",
			     listing.name);
	if (!*rest)
		return wrong(reader, "expected: listing NAME SUMMARY", "");
	if (listings->nr >= MOST_LISTINGS)
		return wrong(reader, "too many listings", "");
	if (!array_add(&listings->listing, &listings->nr, &listings->room, &listing,
		       sizeof(listing)))
		return out_of_memory(reader->err);
	reader->listing = &listings->listing[listings->nr - 1];
	return true;
}

static bool read_takes(struct reader *reader, char *rest)
{
	struct listing *listing = reader->listing;

	listing->taken = take_word(&rest);
	listing->taken_type = rest;
	if (!is_name(listing->taken, "_"))
		return wrong(reader, "expected: takes NAME TYPE, a name in small letters",
			     listing->taken);
	if (!*rest || listing->nr_steps)
		return wrong(reader, "\"takes NAME TYPE\" stands before the steps", "");
	return true;
}

/* Splits at the commas that are not in parentheses, into at most `most` texts. */
static bool split_texts(const struct reader *reader, const char *text[], size_t *nr, size_t most,
			char *rest)
{
	unsigned int depth = 0;

	text[(*nr)++] = rest;
	for (char *at = rest; *at; at++) {
		depth += *at == '(';
		depth -= *at == ')' && depth;
		if (*at != ',' || depth)
			continue;
		if (*nr == most)
			return wrong(reader, "too many commas", "");
		*at = '\0';
		text[(*nr)++] = at + 1 + strspn(at + 1, " \t");
	}
	for (size_t i = 0; i < *nr; i++)
		if (!*text[i])
			return wrong(reader, "an expression is missing", "");
		else if (!check_names(reader, text[i]))
			return false;
	return true;
}

static bool add_step(struct reader *reader, const struct listing_step *step)
{
	struct listing *listing = reader->listing;
	size_t depth = 0;

	if (listing->nr_columns)
		return wrong(reader, "steps stand before the columns", "");
	for (size_t i = 0; i < listing->nr_steps; i++)
		depth = begins_alternative(&listing->step[i]) ? 0 : depth + 1;
	if (begins_alternative(step) && !depth && (listing->nr_steps || step->kind == STEP_OR))
		return wrong(reader, "there are no steps before this line", "");
	if (depth == MOST_DEPTH_OF_STEPS || listing->nr_steps == MOST_STEPS)
		return wrong(reader, "too many steps", "");
	listing->step[listing->nr_steps++] = *step;
	return true;
}

static bool read_each(struct reader *reader, bool optional, char *rest)
{
	struct listing_step step = { .name = take_word(&rest),
				     .optional = optional,
				     .line = reader->line };
	const char *kind = take_word(&rest);

	while (step.kind < STEP_OR && strcmp(steps[step.kind].name, kind) != 0)
		step.kind++;
	if (!is_name(step.name, "_"))
		return wrong(reader, "expected: each NAME KIND EXPRESSION, a name in small letters",
			     step.name);
	if (step.kind == STEP_OR)
		return wrong_kind(reader, false, kind);
	if (optional && (step.kind < STEP_LIST || step.kind > STEP_CDEV))
		return wrong(reader, "\"with\" needs a list, chain, tree or cdev, and not", kind);
	if (!split_texts(reader, step.text, &step.nr_texts, STEP_TEXTS, rest))
		return false;
	if (step.nr_texts < steps[step.kind].least || step.nr_texts > steps[step.kind].most)
		return fail(reader->err, ERROR_USAGE,
			    "%s:%u: \"%s\" takes %zu%s expressions, separated by commas",
			    reader->file ?: "listings", reader->line, kind, steps[step.kind].least,
			    steps[step.kind].least == steps[step.kind].most ? "" : " or more");
	return add_step(reader, &step);
}

static bool read_part(struct reader *reader, char *rest)
{
	const struct listing_step part = { .kind = STEP_PART,
					   .name = take_word(&rest),
					   .optional = !strcmp(rest, "optional"),
					   .line = reader->line };

	if (!is_name(part.name, "_") || (*rest && !part.optional))
		return wrong(reader, "expected: part NAME [optional], a name in small letters",
			     part.name);
	return add_step(reader, &part);
}

static bool read_column(struct reader *reader, char *rest)
{
	struct listing *listing = reader->listing;
	char *name = take_word(&rest), *width = strchr(name, ':');
	const char *kind = take_word(&rest);
	struct listing_column column = { .name = name, .line = reader->line };

	if (width) {
		*width++ = '\0';
		column.width = (unsigned int)strtoul(width, NULL, 10) % (MOST_WIDTH + 1);
	}
	while (column.kind < NR_COLUMN_KINDS && strcmp(kinds[column.kind], kind) != 0)
		column.kind++;
	if (!is_name(column.name, "_") ||
	    text_list_has("command error id input message rows script status unreadable", name))
		return wrong(reader,
			     "expected a name in small letters, not one of the fields of all answers",
			     column.name);
	if (column.kind == NR_COLUMN_KINDS)
		return wrong_kind(reader, true, kind);
	if ((column.kind >= COLUMN_PART) != !*rest)
		return wrong(reader,
			     column.kind >= COLUMN_PART ?
				     "expected: column NAME part, without an expression" :
				     "expected: column NAME KIND EXPRESSION",
			     "");
	if (listing->nr_columns == MOST_COLUMNS)
		return wrong(reader, "too many columns", "");
	for (size_t i = 0; i + 1 < listing->nr_columns; i++)
		if (!strcmp(listing->column[i].name, column.name) &&
		    strcmp(listing->column[listing->nr_columns - 1].name, column.name) != 0)
			return wrong(reader,
				     "there is another column of this name, not directly before",
				     column.name);
	if (*rest && !split_texts(reader, column.text, &column.nr_texts, COLUMN_TEXTS, rest))
		return false;
	listing->column[listing->nr_columns++] = column;
	return true;
}

/* A listing ends with the next one, or with the text. */
static bool end_listing(struct reader *reader)
{
	const struct listing *listing = reader->listing;

	if (!listing || (listing->nr_steps && listing->nr_columns &&
			 !begins_alternative(&listing->step[listing->nr_steps - 1])))
		return true;
	reader->line = listing->line;
	return wrong(reader, "the listing has no steps or no columns", listing->name);
}

static bool read_line(struct reader *reader, char *line)
{
	const struct listing_step or = { .kind = STEP_OR, .name = "", .line = reader->line };
	const char *word = take_word(&line);

	if (!*word || *word == '#')
		return true;
	if (!strcmp(word, "listing"))
		return end_listing(reader) && read_listing(reader, line);
	if (!reader->listing)
		return wrong(reader, "the first word of a listing is \"listing\", and not", word);
	if (!strcmp(word, "takes"))
		return read_takes(reader, line);
	if (!strcmp(word, "each") || !strcmp(word, "with"))
		return read_each(reader, *word == 'w', line);
	if (!strcmp(word, "part"))
		return read_part(reader, line);
	if (!strcmp(word, "column"))
		return read_column(reader, line);
	if (!strcmp(word, "or") && !*line)
		return add_step(reader, & or);
	return wrong(
		reader,
		"a line begins with listing, takes, part, each, with, or, column or #, and not with",
		word);
}

static bool read_text(struct reader *reader, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		size_t length = strlen(line);

		reader->line++;
		while (length && strchr(" \t\r", line[length - 1]))
			line[--length] = '\0';
		if (!read_line(reader, line))
			return false;
	}
	return end_listing(reader);
}

/* Adds the listings of a text of `size` bytes. A listing that has the name of one of the program's
 * replaces it. The name of the file is borrowed; NULL: the text is part of the program. The error names
 * the file and the line; then no listing of the text is added. */
static bool listings_add(struct listings *listings, const char *text, size_t size, const char *file,
			 struct error *err)
{
	struct reader reader = { .listings = listings, .file = file, .err = err };
	size_t nr = listings->nr;
	char *copy;

	if (size > MOST_TEXT || memchr(text, '\0', size))
		return fail(err, ERROR_FORMAT, "%s is no text of listings", file ?: "this");
	copy = strndup(text, size);
	if (!copy || !array_add(&listings->text, &listings->nr_texts, &listings->texts_room, &copy,
				sizeof(copy))) {
		free(copy);
		return out_of_memory(err);
	}
	if (read_text(&reader, copy))
		return true;
	listings->nr = nr;
	return false;
}

bool listings_start(struct listings *listings, struct error *err)
{
	struct error *wrong = &listings->wrong;

	if (!listings->nr_texts &&
	    listings_add(listings, listing_text, strlen(listing_text), NULL, wrong) &&
	    listings->more)
		listings_add(listings, listings->more, listings->more_size, listings->more_file,
			     wrong);
	*err = *wrong;
	return !wrong->code;
}

const struct listing *listings_find(const struct listings *listings, const char *name)
{
	for (size_t i = listings->nr; i--;)
		if (!strcmp(listings->listing[i].name, name))
			return &listings->listing[i];
	return NULL;
}

void listings_release(struct listings *listings)
{
	for (size_t i = 0; i < listings->nr_texts; i++)
		free(listings->text[i]);
	free(listings->text);
	free(listings->listing);
	*listings = (struct listings){ 0 };
}
