/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers: as text, or as records, which are JSON Lines or CSV (csv.h). A command states each field
 * once, with the name that records use, and never checks the format. Tables of fields (field.h)
 * define how text shows the fields: most fields are columns of a table. The heading is repeated if
 * a row has a field that the heading lacks, or if the command changes. If a row lacks a field of
 * the heading, "-" is shown. Only rd, whose answer is not a list of fields, formats text itself,
 * using the output_text functions. Names of commands and fields are borrowed and must outlive the
 * output.
 *
 * All text passes through one buffer, and no memory is allocated for a field or for a row of
 * records. After a write error, all output is dropped, and output_failed() returns the error: if
 * the error is a closed pipe, the run ends without a message, and if the disk is full, this is
 * reported. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/field.h"
#include "output/line.h"
#include "output/style.h"

struct output;

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV };

/* fd is borrowed. Returns NULL if out of memory. */
struct output *output_create(int fd, enum output_format format);
void output_destroy(struct output *output); /* flushes the buffer; output may be NULL */
/* Returns the previous format. */
enum output_format output_set_format(struct output *output, enum output_format format);
/* Only for code that sets the format, and for code that reads requests in this format.
 * tests/structure/words.bats lists the callers. */
enum output_format output_format(const struct output *output);
/* Is standard output reserved for records, so that no other text may be written there? */
bool output_is_reserved(const struct output *output);

/* Sets the number of hexadecimal digits of a virtual address in text: 8 for 32-bit kernels, 16 (the
 * default) otherwise. */
void output_set_address_width(struct output *output, unsigned int digits);
unsigned int output_address_width(const struct output *output);

/* Begins an answer. input: the argument as typed, or NULL, for an answer without this field.
 * status: for example "mapped"; NULL means "ok", which text does not show. */
void output_begin(struct output *output, const char *command, const char *input,
		  const char *status);
/* The same, with a style for the status. */
void output_begin_styled(struct output *output, const char *command, const char *input,
			 const char *status, enum style style);
void output_end(struct output *output);

/* Describes the form of all answers until the next call (see field.h). record is borrowed, and is
 * NULL if nothing is known. */
void output_declare(struct output *output, const struct record *record);
/* Does the declared record require that answers that continue each other are stated as one
 * answer? */
bool output_joins(const struct output *output);
/* Sets the table of fields that have the same form in all commands; borrowed. */
void output_common_fields(struct output *output, const struct field *fields);

/* Begins an answer, or an object in a list of the open answer. */
void output_item_begin(struct output *output, const char *command, const char *status);
void output_item_end(struct output *output);

/* For JSON: calls add() at the end of each answer, to add the fields that all answers of a command
 * have. If add is NULL, nothing is called any more. */
void output_at_end(struct output *output, void (*add)(void *arg), void *arg);

/* Each of these functions adds a field to the open answer, object or list; name is NULL in lists.
 * Hexadecimal values are "0x1f" in JSON and digits without a prefix in text. */
void output_hex(struct output *output, const char *name, uint64_t value);
void output_integer(struct output *output, const char *name, int64_t value);
void output_count(struct output *output, const char *name, uint64_t value);
/* A number of seconds; nsec is in nanoseconds. */
void output_seconds(struct output *output, const char *name, uint64_t nsec);
void output_boolean(struct output *output, const char *name, bool value);
void output_boolean_styled(struct output *output, const char *name, bool value, enum style style);
/* The fields "writable" and "executable". */
void output_rights(struct output *output, bool writable, bool executable);
/* If value is NULL, the field is left out. */
void output_string(struct output *output, const char *name, const char *value);
/* The same, with a style for the value. */
void output_word(struct output *output, const char *name, const char *value, enum style style);
/* A field whose value may be unknown. JSON leaves out an unknown field. Text has an empty cell for
 * it, so that the heading stays the same. A string is unknown if it is NULL or empty. */
void output_hex_if(struct output *output, const char *name, bool known, uint64_t value);
void output_count_if(struct output *output, const char *name, bool known, uint64_t value);
void output_string_if(struct output *output, const char *name, const char *value);

/* Adds a cell that only text has: a summary of fields that only records have (RECORDS_ONLY). make()
 * is called only for text, and writes the summary into text. */
void output_summary(struct output *output, const char *name,
		    void (*make)(const void *arg, char *text, size_t size), const void *arg);

/* Like output_summary(), with a given text. If text is NULL, no cell is added; "" stands for an
 * unknown value. */
void output_remark(struct output *output, const char *name, const char *text, enum style style);

/* Like output_remark(), with formatted text of at most 1023 bytes. */
void output_remarkf(struct output *output, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* output_in_text() calls put() only for text, and put() states a summary of fields of records.
 * output_in_records() calls put() only for records, and put() states fields that text does not show
 * and that are costly to find. */
void output_in_text(struct output *output, void (*put)(const void *arg), const void *arg);
void output_in_records(struct output *output, void (*put)(const void *arg), const void *arg);

/* Lists of strings or numbers. Text joins the values with '|' in one column. */
void output_list_begin(struct output *output, const char *name);
void output_list_end(struct output *output);
void output_strings(struct output *output, const char *name, const char *const *values, size_t nr);
/* Objects: fields of the open answer, or, if name is NULL, elements of a list. Text shows only
 * objects that have a row in the table of fields. */
void output_object_begin(struct output *output, const char *name);
void output_object_end(struct output *output);

/* For JSON: writes an error object for a failed command or argument:
 * {"command":..,"input":..,"status":"error","message":..,"pid":..,"script":".."}. The caller
 * reports the failure on standard error, too. */
struct output_complaint {
	const char *command, *input, *message;
	const char *script; /* the place of the command in a script, or NULL */
	bool has_pid;
	int32_t pid;
};
void output_error(struct output *output, const struct output_complaint *complaint);

/* For JSON: adds the member "id" to all answers up to output_request_end(). id is JSON text, and is
 * borrowed until then. output_request_end() writes an object with the number of answers, and with
 * an error status if good is false. */
void output_request(struct output *output, const char *id);
void output_request_end(struct output *output, bool good);

/* Free text. JSON mode ignores these functions. */
/* Writes a literal of the program; its newlines are kept. */
#define output_text(output, literal) output_own_text(output, "" literal "")
void output_own_text(struct output *output, const char *text);
/* Writes a whole line of size bytes, and a newline (see row.h). */
void output_text_line(struct output *output, const char *line, size_t size);
/* Like output_text_line(), with nr styled parts, which are in order. */
void output_styled_line(struct output *output, const char *line, size_t size,
			const struct span *spans, unsigned int nr);
/* A newline at the end of fmt ends the line. All other newlines become '?'. */
void output_textf(struct output *output, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void output_flush(struct output *output);
/* Call it when a command has ended: writes the waiting rows of CSV. */
void output_end_rows(struct output *output);
/* Writes the whole lines in the buffer. For a signal handler, before the program ends. */
void output_rescue(struct output *output);
bool output_is_terminal(const struct output *output);
/* Does output go to a terminal, or to the pipe that output_redirect() set? */
bool output_is_seen(const struct output *output);
/* --- the terminal, in text mode (screen.h) --- */

/* If this is not called, text has no colours. */
void output_use_colour(struct output *output, enum colour_wish wish);
/* Call it when a command begins: finds the size of the terminal. If output does not go to a
 * terminal, the length of lines is unlimited. */
void output_measure(struct output *output);
/* Returns the width of a line in columns; 0 means unlimited. */
unsigned int output_columns(const struct output *output);
/* Does the buffer have at least as many lines as the screen? */
bool output_fills_screen(const struct output *output);
/* Sends the buffered output and all later output to fd, fitted to the same terminal, and clears a
 * stored write error. Returns the previous descriptor. */
int output_swap(struct output *output, int fd);

/* Returns the errno of the first write that failed, or 0. */
int output_failed(const struct output *output);
/* Returns the number of bytes of answers so far, written or still in the buffer. */
uint64_t output_written(const struct output *output);
/* In text, writes "none" if the command found nothing. written: the value of output_written() when
 * the command started. */
void output_none(struct output *output, uint64_t written);
/* Drops all output after `most` lines, until output_restart_lines(). The limit counts for text and
 * records, but not for output_error(). 0, the default, means no limit. */
void output_set_most_lines(struct output *output, uint64_t most);
/* Was output dropped because of the limit? */
bool output_overran(const struct output *output);
void output_restart_lines(struct output *output);
/* The next row repeats the heading. Free text and output_redirect() have the same effect. */
void output_forget_heading(struct output *output);
/* For output that was created with the descriptor -1: passes answers to take(), in pieces, as long
 * as the output is not redirected. */
void output_sink(struct output *output, void (*take)(void *arg, const char *data, size_t size),
		 void *arg);
/* Calls before() before each write of the buffer. */
void output_before_write(struct output *output, void (*before)(void *arg), void *arg);
/* Flushes the buffer, clears a stored write error, and sends all later output to fd (the pipe of "|
 * cmd"). Returns the previous descriptor. */
int output_redirect(struct output *output, int fd);
