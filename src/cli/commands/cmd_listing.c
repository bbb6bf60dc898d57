/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listings: rows that a table of text describes (listing/listing.h). */
#include <string.h>

#include "cli/arguments.h"
#include "cli/show_task.h"
#include "cli/tables.h"
#include "listing/listing_run.h"

struct showing {
	struct session *session;
	const struct listing *listing;
};

/* --- rows --- */

static void state_cell(struct output *output, const struct listing_cell *cell)
{
	switch (cell->kind) {
	case CELL_NONE: output_string_if(output, cell->name, NULL); break;
	case CELL_UNSIGNED: output_count(output, cell->name, cell->number); break;
	case CELL_SIGNED: output_integer(output, cell->name, (int64_t)cell->number); break;
	case CELL_BOOL: output_boolean(output, cell->name, cell->number); break;
	case CELL_HEX: output_hex(output, cell->name, cell->number); break;
	case CELL_SECONDS: output_seconds(output, cell->name, cell->number); break;
	case CELL_TEXT: output_string(output, cell->name, cell->text); break;
	case CELL_UNREADABLE: output_null(output, cell->name); break;
	}
}

static bool print_row(void *arg, const struct listing_cell *cell, size_t nr)
{
	const struct showing *showing = arg;
	struct output *output = showing->session->output;
	const struct error *unreadable = NULL, *doubt = NULL;

	output_begin(output, showing->listing->name, NULL, NULL);
	for (size_t i = 0; i < nr; i++) {
		state_cell(output, &cell[i]);
		if (cell[i].kind == CELL_UNREADABLE && !unreadable)
			unreadable = &cell[i].why;
		else if (cell[i].why.code && !doubt)
			doubt = &cell[i].why;
	}
	output_string(output, "unreadable", unreadable ? unreadable->message : NULL);
	if (doubt)
		output_trouble(output, doubt);
	output_end(output);
	for (size_t i = 0; i < nr; i++)
		if (cell[i].why.code)
			session_complain_of_answer(showing->session, cell[i].name, &cell[i].why);
	return !session_interrupted(showing->session);
}

static void describe_column(const struct listing_column *column, struct field *field)
{
	static const unsigned char widths[NR_COLUMN_KINDS] = {
		[COLUMN_SYMBOL] = 24,	  [COLUMN_FUNCTION] = 24, [COLUMN_TEXT] = 16,
		[COLUMN_LOCAL] = 21,	  [COLUMN_REMOTE] = 21,	  [COLUMN_FAMILY] = 10,
		[COLUMN_SOCK_STATE] = 11, [COLUMN_SIGNAL] = 11,
	};

	*field = (struct field)COLUMN(column->name);
	field->width = column->width ? (unsigned char)column->width : widths[column->kind];
	if (column->kind == COLUMN_ADDRESS)
		field->kind = KIND_ADDRESS;
}

/* Lists the rows in the order of the listing, with the columns as fields. */
static bool show_rows(struct session *session, const struct listing *listing,
		      const struct value *taken, struct error *err)
{
	struct field fields[MOST_COLUMNS + 2] = { 0 };
	const struct record record = { .fields = fields, .fixed = true };
	struct showing showing = { session, listing };
	const struct listing_visitor visitor = { print_row, &showing };
	struct damages damages = { .nr = 0 };
	const uint64_t written = output_written(session->output);
	size_t nr = 0;
	bool done;

	for (size_t i = 0; i < listing->nr_columns; i++)
		if (!nr || strcmp(fields[nr - 1].name, listing->column[i].name) != 0)
			describe_column(&listing->column[i], &fields[nr++]);
	fields[nr] = (struct field)HIDDEN("unreadable");
	output_declare(session->output, &record);
	done = listing_run(session->kernel, listing, taken, &visitor, &damages, err);
	output_end_rows(session->output);
	if (done)
		output_none(session->output, NULL, written);
	output_declare(session->output, session->command->record);
	session_complain_of_damages(session, &damages);
	return done;
}

/* --- words --- */

static bool take_process(struct session *session, const char *word, struct value *taken,
			 struct error *err)
{
	struct process process;
	struct ctype type;

	if (!value_type(session->kernel, "struct task_struct", &type, err))
		return false;
	if (!usual_process(session, word, &process, err))
		return !word &&
		       fail(err, ERROR_USAGE,
			    NO_PROCESS
			    "name one after the listing, put foreach before it, or " SET_CHOOSES);
	show_task_heading(session, &process.task);
	*taken = value_at(type, process.task.address);
	return true;
}

/* Reads the word that a listing takes. */
static bool take_word(struct session *session, const struct listing *listing, const char *word,
		      struct value *taken, struct error *err)
{
	const struct value_memory memory = { .kernel = session->kernel };
	struct ctype type;
	uint64_t address;

	if (!strcmp(listing->taken_type, "process"))
		return take_process(session, word, taken, err);
	if (!word)
		return fail(err, ERROR_USAGE, "%s needs an address of a %s", listing->name,
			    listing->taken_type);
	if (!value_type(session->kernel, listing->taken_type, &type, err) ||
	    !parse_place(session, &memory, word, taken, err) ||
	    !value_as_address(&memory, taken, &address, err))
		return false;
	*taken = value_at(type, address);
	return true;
}

static bool run_listing(struct session *session, const char *name, const char *word,
			struct error *err)
{
	const struct listing *listing = listings_find(session->front.listings, name);
	struct value taken;

	if (!listing)
		return fail(err, ERROR_UNKNOWN,
			    "no such listing: \"listing\" without a name shows their names");
	if (!listing->taken && word)
		return fail(err, ERROR_USAGE, "%s: this listing takes no word", word);
	return (!listing->taken || take_word(session, listing, word, &taken, err)) &&
	       show_rows(session, listing, listing->taken ? &taken : NULL, err);
}

/* --- the command --- */

static void list_names(struct session *session)
{
	const struct listings *listings = session->front.listings;

	for (size_t i = 0; i < listings->nr; i++) {
		const struct listing *listing = &listings->listing[i];

		output_begin(session->output, "listing", NULL, NULL);
		output_string(session->output, "name", listing->name);
		output_string_if(session->output, "takes", listing->taken_type);
		output_string(session->output, "summary", listing->summary);
		if (listing->file)
			output_string(session->output, "file", listing->file);
		output_end(session->output);
	}
}

static bool listing_run_command(struct session *session, char **words, struct error *err)
{
	struct error why;

	if (!session->front.listings)
		return fail(err, ERROR_USAGE, "listings cannot be used here");
	if (!listings_start(session->front.listings, &why))
		session_complain(session, NULL, &why);
	if (!words[0])
		list_names(session);
	for (char *names = words[0], *name; (name = strsep(&names, ","));)
		if (!run_listing(session, name, words[1], &why))
			session_complain(session, name, &why);
	return true;
}

static const struct record listing_record = {
	.fields = FIELDS(COLUMN("name", .width = 12, .rank = KEPT), COLUMN("takes", .width = 10),
			 COLUMN("summary", .width = 40, .rank = KEPT), COLUMN("file")),
};

const struct command command_listing = {
	.name = "listing",
	.meant_by = "netstat ss ip ifconfig lsblk df",
	.group = GROUP_KERNEL,
	.arguments = ARGUMENTS({ "LISTING", WORD_LISTING, .most = 1 },
			       { "PROCESS|ADDR", WORD_PROCESS, .most = 1 }),
	.record = &listing_record,
	.summary = "mounts, network devices, timers and other lists of the kernel",
	.details = "A listing is a table of text: where a list of the kernel starts, how it goes\n"
		   "on, and what a row shows. Without LISTING, lists their names, which are\n"
		   "commands, too. crash's mount, net [-s], dev [-d], irq, timer [-r], runq,\n"
		   "waitq, sig and ipcs run listings. ~/.config/kwalk/listings may have more:\n"
		   "see kwalk-commands(7).",
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.counts_none = true,
	.columns_vary = true,
	.run = listing_run_command,
};
