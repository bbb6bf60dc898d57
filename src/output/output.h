/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as text or as records, which are JSON Lines or CSV (csv.h). A command states each field
 * once, with the name that records use, and never checks the format. Tables of fields (field.h)
 * define how text shows the fields. Most fields are columns of a table. If a row has a field that
 * is not in the heading, or if the command changes, a new heading is written. If a row does not
 * have a field of the heading, "-" is shown. Only rd formats its text itself, using the output_text
 * functions, because its answer is not a list of fields. Names of commands and fields, and statuses
 * of answers, are borrowed, and must exist longer than the output. Records contain them as they are.
 *
 * All text passes through one buffer, and no memory is allocated for a field or for a row of
 * records. After a write error, all further output is dropped, and output_failed() returns the
 * error. A closed pipe ends the program without a message, but for example a full disk is
 * reported. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "output/field.h"
#include "output/style.h"

struct output;

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV };

/* Creates an output to fd, which is borrowed. Returns NULL if memory is exhausted. */
struct output *output_create(int fd, enum output_format format);
void output_destroy(struct output *output); /* flushes the buffer; output may be NULL */
/* Sets the format. Returns the previous format. */
enum output_format output_set_format(struct output *output, enum output_format format);
/* Returns the format. Only for code that sets the format, and for code that reads requests in the
 * same format: tests/structure/words.bats lists the allowed callers. */
enum output_format output_format(const struct output *output);
/* Returns true if standard output is reserved for records. Then no other text may be written
 * there. */
bool output_is_reserved(const struct output *output);

/* Sets the number of hexadecimal digits of virtual addresses in text: 8 for 32-bit kernels, 16 (the
 * default) for others. */
void output_set_address_width(struct output *output, unsigned int digits);
unsigned int output_address_width(const struct output *output);

/* Begins an answer. input: the argument as the user typed it, or NULL if the answer has no field
 * "input". status: for example "mapped". NULL means "ok", which text does not show. */
void output_begin(struct output *output, const char *command, const char *input,
		  const char *status);
/* Like output_begin(), with a style for the status. */
void output_begin_styled(struct output *output, const char *command, const char *input,
			 const char *status, enum style style);
void output_end(struct output *output);

/* Sets the form of all following answers, until the next call (see field.h). record is borrowed,
 * and may be NULL if the form is unknown. */
void output_declare(struct output *output, const struct record *record);
/* Sets the table of the fields that have the same form in all commands. The table is borrowed. */
void output_common_fields(struct output *output, const struct field *fields);

/* If an answer is open, begins an object in a list of this answer. If no answer is open, begins an
 * answer. */
void output_item_begin(struct output *output, const char *command, const char *status);
void output_item_end(struct output *output);

/* For JSON: from now on, add() is called at the end of each answer, and adds the fields that all
 * answers of a command have. If add is NULL, nothing is called. */
void output_at_end(struct output *output, void (*add)(void *arg), void *arg);

/* Each of these functions adds a field to the open answer or object, or a value to the open list;
 * for a list, name is NULL. Hexadecimal numbers are "0x1f" in JSON, and digits without a prefix in
 * text. */
void output_hex(struct output *output, const char *name, uint64_t value);
void output_integer(struct output *output, const char *name, int64_t value);
void output_count(struct output *output, const char *name, uint64_t value);
/* A time in seconds. nsec: the time in nanoseconds. */
void output_seconds(struct output *output, const char *name, uint64_t nsec);
void output_boolean(struct output *output, const char *name, bool value);
void output_boolean_styled(struct output *output, const char *name, bool value, enum style style);
/* The fields "writable" and "executable". */
void output_rights(struct output *output, bool writable, bool executable);
/* The fields "pid" and "comm". */
void output_pid(struct output *output, int64_t pid, const char *comm);
/* The fields "start" and "end". */
void output_range(struct output *output, uint64_t first, uint64_t last);
/* If value is NULL, no field is added. */
void output_string(struct output *output, const char *name, const char *value);
/* Like output_string(), with a style for the value. */
void output_word(struct output *output, const char *name, const char *value, enum style style);
/* For records: a value that is known to exist, but cannot be read. */
void output_null(struct output *output, const char *name);
/* A field whose value may be unknown. An unknown field is left out in JSON, but text has an empty
 * cell for it, because then the heading does not change. A string is unknown if it is NULL or
 * "". */
void output_hex_if(struct output *output, const char *name, bool known, uint64_t value);
void output_count_if(struct output *output, const char *name, bool known, uint64_t value);
void output_string_if(struct output *output, const char *name, const char *value);

/* Adds a cell to text, which summarizes fields that only records contain (RECORDS_ONLY). make()
 * writes the summary, and is called only for text. */
void output_summary(struct output *output, const char *name,
		    void (*make)(const void *arg, char *text, size_t size), const void *arg);

/* Like output_summary(), but the caller has the text of the summary. NULL: no cell is added. "":
 * the value is unknown. */
void output_remark(struct output *output, const char *name, const char *text, enum style style);

/* Like output_remark(), but the text is formatted. At most 1023 bytes are written. */
void output_remarkf(struct output *output, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* output_in_text() calls put() only for text: put() adds a summary of fields that records contain.
 * output_in_records() calls put() only for records: put() adds fields that text does not show and
 * that take long to find. */
void output_in_text(struct output *output, void (*put)(const void *arg), const void *arg);
void output_in_records(struct output *output, void (*put)(const void *arg), const void *arg);

/* Begin and end a list of strings or numbers. Text joins the values with '|' in one column. */
void output_list_begin(struct output *output, const char *name);
void output_list_end(struct output *output);
void output_strings(struct output *output, const char *name, const char *const *values, size_t nr);
/* Begin and end an object, which is a field of the open answer or, if name is NULL, an element of a
 * list. Text shows only objects that have a row in the table of fields. */
void output_object_begin(struct output *output, const char *name);
void output_object_end(struct output *output);
/* Adds the message of err to the open answer or object. Records also get the field "error" with the
 * kind of err (error_kinds). */
void output_trouble(struct output *output, const struct error *err);
/* For JSON: adds only the field "error". The answer states the message itself. */
void output_error_kind(struct output *output, enum error_code code);

/* For JSON: writes an error object for a command or argument that failed:
 * {"command":..,"input":..,"status":"error","message":..,"error":..,"pid":..,"script":".."}. The
 * caller must also report the failure on standard error. */
struct output_complaint {
	const char *command, *input;
	const struct error *err;
	/* the place of the command in a script, or NULL if it is not in a script */
	const char *script;
	bool has_pid;
	int32_t pid;
};
void output_error(struct output *output, const struct output_complaint *complaint);

/* For JSON: adds the member "id" to all answers until output_request_end() is called. id is JSON
 * text, which is borrowed until then. output_request_end() writes an object that contains the
 * number of these answers. If good is false, the object has an error status. */
void output_request(struct output *output, const char *id);
void output_request_end(struct output *output, bool good);

/* Functions for free text, which do nothing for JSON. */
/* Writes a literal of the program. Newlines in the literal are kept. */
#define output_text(output, literal) output_own_text(output, "" literal "")
void output_own_text(struct output *output, const char *text);
/* Writes size bytes as a whole line, and a newline (see row.h). */
void output_text_line(struct output *output, const char *line, size_t size);
/* Like output_text_line(), with nr styled parts, which are sorted by start. */
void output_styled_line(struct output *output, const char *line, size_t size,
			const struct span *spans, unsigned int nr);
/* Writes formatted text. A newline at the end of fmt ends the line. All other newlines become
 * '?'. */
void output_textf(struct output *output, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void output_flush(struct output *output);
/* Writes the waiting rows of CSV. Must be called when a command has ended. */
void output_end_rows(struct output *output);
/* For a signal handler that will end the program: writes the complete lines that are in the
 * buffer. */
void output_rescue(struct output *output);
bool output_is_terminal(const struct output *output);
/* Returns true if output goes to a terminal, or to the pipe that output_redirect() set. */
bool output_is_seen(const struct output *output);
/* --- the terminal, in text mode (screen.h) --- */

/* Sets whether text has colours. Before the first call, text has no colours. */
void output_use_colour(struct output *output, enum colour_wish wish);
/* Finds the size of the terminal. Must be called when a command begins. If output does not go to a
 * terminal, the length of lines is unlimited. */
void output_measure(struct output *output);
/* Returns the width of a line in columns; 0 means unlimited. */
unsigned int output_columns(const struct output *output);
/* Returns true if the lines in the buffer fill the screen. */
bool output_fills_screen(const struct output *output);
/* Sends the buffered output and all later output to fd, still fitted to the same terminal, and
 * clears the stored write error. Returns the previous descriptor. */
int output_swap(struct output *output, int fd);

/* Returns the errno of the first write that failed, or 0 if no write failed. */
int output_failed(const struct output *output);
/* Returns true if answers were to be kept (kept.h), but cannot be, so that there will be none. */
bool output_gave_up(const struct output *output);
/* Returns the number of bytes of all answers so far, including bytes that are still in the
 * buffer. */
uint64_t output_written(const struct output *output);
/* If the command wrote no answers, writes "none" as text. As JSON writes an object with "rows": 0 if
 * `command`, its name, is not NULL. written: the value of output_written() when the command began. */
void output_none(struct output *output, const char *command, uint64_t written);
/* Drops all output after `most` lines, until output_restart_lines() is called. Lines of text and of
 * records count, but lines of output_error() do not. 0, the default, means no limit. */
void output_set_most_lines(struct output *output, uint64_t most);
/* Returns true if output was dropped because of that limit. */
bool output_overran(const struct output *output);
void output_restart_lines(struct output *output);
/* Makes the next row begin with a heading. Free text and output_redirect() have the same effect. */
void output_forget_heading(struct output *output);
/* The same for text alone: the first row of a command has a heading, and the columns of this command. */
void output_begin_table(struct output *output);
/* For an output that was created with the descriptor -1: passes answers to take(), in pieces.
 * Answers are not passed to take() while the output is redirected. */
void output_sink(struct output *output, void (*take)(void *arg, const char *data, size_t size),
		 void *arg);
/* Sets a function that is called before each write of the buffer. */
void output_before_write(struct output *output, void (*before)(void *arg), void *arg);
/* Writes the buffered output, clears the stored write error, and sends all later output to fd,
 * which is the pipe of "| cmd". Returns the previous descriptor. */
int output_redirect(struct output *output, int fd);
