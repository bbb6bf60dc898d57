/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "linux/crash/panic.h"
#include "linux/printk/log.h"
#include "cli/commands/show_annotation.h"

enum { NSEC = 1000000000 };

// clang-format off
/* The names in dmesg(1). */
static const char *const level_names[LOG_LEVELS] = {
	"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug",
};
static const char *const facility_names[] = {
	"kern",	    "user", "mail",   "daemon", "auth",	  "syslog",
	"lpr",	    "news", "uucp",   "cron",	"authpriv", "ftp",
	"res0",	    "res1", "res2",   "res3",	"local0", "local1",
	"local2",   "local3", "local4", "local5", "local6", "local7",
};
// clang-format on

struct log_listing {
	struct session *session;
	unsigned int levels; /* the levels to show: bit N stands for level N; 0: all levels */
	bool decode; /* show facility, level and caller as text */
	bool wall; /* show the time of day */
	int64_t epoch; /* with wall: is added to the time of a record */
	/* explains addresses in the log; NULL: they are not explained */
	struct annotator *annotator;
	size_t nr; /* number of records read so far, including records that are not shown */
};

static void facility_text(const struct log_record *record, char text[16])
{
	const size_t nr = sizeof(facility_names) / sizeof(facility_names[0]);

	if (record->facility < nr)
		snprintf(text, 16, "%s", facility_names[record->facility]);
	else
		snprintf(text, 16, "%u", record->facility);
}

static void caller_text(const struct log_record *record, char text[16])
{
	snprintf(text, 16, "%c%" PRIu32, record->caller & LOG_CALLER_CPU ? 'C' : 'T',
		 record->caller & ~LOG_CALLER_CPU);
}

/* Converts the time of a record to a time of day: in the local time zone if local is true, or else
 * in UTC. Returns false if times of day are not shown, or if the time is unknown or cannot be
 * converted. */
static bool wall_time(const struct log_listing *listing, const struct log_record *record,
		      bool local, struct tm *broken, int64_t *nsec)
{
	int64_t since;
	time_t second;

	if (!listing->wall || !record->has_time || record->ts_nsec > INT64_MAX ||
	    __builtin_add_overflow(listing->epoch, (int64_t)record->ts_nsec, &since) || since < 0)
		return false;
	second = since / NSEC;
	*nsec = since % NSEC;
	return local ? localtime_r(&second, broken) : gmtime_r(&second, broken);
}

struct log_shown_line {
	const struct log_listing *listing;
	const struct log_record *record;
};

/* Writes the start of a line in the format of dmesg: "[ 1.234567] ", or the time of day. With
 * decode, also writes "kern :info : " before the time, and the caller after it. */
static void line_start(const void *arg, char *text, size_t size)
{
	const struct log_shown_line *line = arg;
	const struct log_listing *listing = line->listing;
	const struct log_record *record = line->record;
	char word[64];
	struct tm broken;
	int64_t nsec;

	if (listing->decode && record->has_level) {
		facility_text(record, word);
		text_append(text, size, "%-6s:%-6s: ", word, level_names[record->level]);
	}
	if (wall_time(listing, record, true, &broken, &nsec)) {
		strftime(word, sizeof(word), "%a %b %e %H:%M:%S %Y", &broken);
		text_append(text, size, "[%s] ", word);
	} else if (record->has_time) {
		text_append(text, size, "[%5" PRIu64 ".%06" PRIu64 "] ", record->ts_nsec / NSEC,
			    record->ts_nsec % NSEC / 1000);
	}
	if (listing->decode && record->has_caller) {
		caller_text(record, word);
		text_append(text, size, "[%6s] ", word);
	}
	/* Removes the blank at the end, because text separates columns by a blank. */
	if (*text)
		text[strlen(text) - 1] = '\0';
}

static void log_answer(const struct log_listing *listing, const struct log_record *record)
{
	struct output *output = listing->session->output;
	const struct annotated_line line = {
		.name = "log",
		.number = listing->nr,
	};
	char text[64];
	struct tm broken;
	int64_t nsec;

	output_begin(output, "log", NULL, NULL);
	output_summary(output, "start", line_start, &(struct log_shown_line){ listing, record });
	if (record->has_seq)
		output_count(output, "seq", record->seq);
	if (record->has_time) {
		output_seconds(output, "time", record->ts_nsec);
		output_count(output, "ts_nsec", record->ts_nsec);
	}
	if (wall_time(listing, record, false, &broken, &nsec)) {
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &broken);
		text_append(text, sizeof(text), ".%06" PRId64 "Z", nsec / 1000);
		output_string(output, "wall", text);
	}
	if (record->has_level) {
		output_string(output, "level", level_names[record->level]);
		facility_text(record, text);
		output_string(output, "facility", text);
	}
	if (record->has_caller) {
		caller_text(record, text);
		output_string(output, "caller", text);
	}
	output_string(output, "text", record->text);
	if (listing->annotator)
		show_annotations(listing->session, listing->annotator, &line);
	output_end(output);
}

static bool commands_log_visit(void *arg, const struct log_record *record)
{
	struct log_listing *listing = arg;
	struct session *session = listing->session;

	listing->nr++;
	if (listing->levels && (!record->has_level || !(listing->levels >> record->level & 1))) {
		if (listing->annotator)
			annotator_record(listing->annotator, NULL, NULL);
		return true;
	}
	log_answer(listing, record);
	return !session_interrupted(session);
}

/* Reads a record before any record is shown, because a record may contain facts that explain the
 * addresses in earlier records. */
static bool read_ahead(void *arg, const struct log_record *record)
{
	return log_lines_add(arg, record);
}

/* --- arguments --- */

static bool log_find_level(const char *name, size_t size, unsigned int *level)
{
	for (*level = 0; *level < LOG_LEVELS; ++*level) {
		const char *known = level_names[*level];

		if ((strlen(known) == size && !memcmp(known, name, size)) ||
		    (size == 1 && *name == (char)('0' + *level)))
			return true;
	}
	return false;
}

/* Reads a list of levels. NAME or NUMBER is one level. "NAME+" is a level and all levels that are
 * more serious. "+NAME" is a level and all levels that are less serious. */
static bool parse_levels(const char *list, unsigned int *levels, struct error *err)
{
	*levels = 0;
	while (true) {
		size_t whole = strcspn(list, ","), size = whole;
		bool up = false, down = *list == '+';
		const char *name = list + down;
		unsigned int level;

		size -= down;
		if (size && name[size - 1] == '+' && !down) {
			up = true;
			size--;
		}
		if (!log_find_level(name, size, &level))
			return fail(
				err, ERROR_USAGE,
				"%.*s: no such level; levels are emerg, alert, crit, err, warn, notice, info, debug, or 0 to 7",
				(int)whole, list);
		*levels |= 1u << level;
		if (up)
			*levels |= (1u << level) - 1;
		if (down)
			*levels |= 0xffu << level & 0xff;
		if (!list[whole])
			return true;
		list += whole + 1;
	}
}

struct log_options {
	unsigned int wall, decode, annotated;
	const char *levels; /* NULL: all levels */
};

static bool log_run(struct session *session, char **words, struct error *err)
{
	const struct log_options *given = session->given;
	struct log_listing listing = {
		.session = session,
		.decode = given->decode,
		.wall = given->wall,
	};
	struct damages damages = { 0 };
	struct error complaint;
	bool listed;

	(void)words;
	if (given->levels && !parse_levels(given->levels, &listing.levels, err))
		return false;
	if (given->wall && !log_epoch(session->kernel, &listing.epoch, &complaint)) {
		session_complain(session, "-T", &complaint);
		listing.wall = false;
	}
	if (given->annotated) {
		struct oops_lines lines = { .listener = session->kernel->listener };

		log_each(session->kernel, read_ahead, &lines, &damages, &complaint);
		listing.annotator = annotator_create_of_log(session->kernel, &lines);
		if (session_interrupted(session)) {
			annotator_destroy(listing.annotator);
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		}
		if (!listing.annotator)
			return out_of_memory(err);
		damages = (struct damages){ 0 };
	}
	if (given->annotated && !given->levels && !given->decode)
		session_say_unlike_crash(
			session,
			"-a explains the addresses in the log; kwalk does not show the audit records that -a of crash shows");
	listed = log_each(session->kernel, commands_log_visit, &listing, &damages, err);
	session_complain_of_damages(session, &damages);
	annotator_destroy(listing.annotator);
	return listed;
}

static const struct command_option options[] = {
	{ "T", AT(log_options, wall),
	  .help = "show the time of day, in the local time zone, computed from\n"
		  "the clock of the dump's kernel" },
	{ "x", AT(log_options, decode),
	  .help = "also show the facility and level of each record, and its\n"
		  "caller if the kernel kept it: T and a pid, or C and a CPU" },
	{ "a", AT(log_options, annotated),
	  .help = "explain each address below its line, as annotate does" },
	{ "l", WORD_TEXT, AT(log_options, levels), .value = "LEVEL,...",
	  .help = "only records of these levels: emerg, alert, crit, err,\n"
		  "warn, notice, info, debug, or 0 to 7; \"err+\" means err and\n"
		  "more serious levels, \"+err\" err and less serious levels" },
	{ 0 }
};

static const struct field address_fields[] = { LINE("input", .heading = ".",
						    TEXT(.before = "  ^ ")),
					       LINE("text", .heading = ".", TEXT(.join = ": ")),
					       { 0 } };

static const struct record record = {
	.plain = true,
	.fields = FIELDS(COLUMN("start"), COLUMN("text"),
			 LINE("addresses", .heading = ".", .fields = address_fields)),
};

const struct command command_log = {
	.name = "log",
	.group = GROUP_KERNEL,
	.common = true,
	.options = options,
	.given_size = GIVEN(log_options),
	.record = &record,
	.summary = "the kernel's own log, as dmesg shows it",
	.details = "Times are in seconds since the boot. Missing and damaged parts\n"
		   "are reported; the rest is shown.",
	.rests_on = RESTS_ON_WALKS,
	.run = log_run,
};
