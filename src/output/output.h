/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers: as text, or as records, which are JSON Lines or CSV (csv.h). A command states
 * each field once, by its name in records, and never asks for the form. How text shows
 * fields is in tables (field.h): most are columns of a table, whose heading is repeated
 * when a row has a field that it lacks, or when the command changes; "-" stands for a
 * field that a row lacks. Only rd, whose answer is no list of fields, lays text out
 * itself, using the output_text functions. Names of commands and fields are borrowed and
 * must outlive the output.
 *
 * All text passes through one buffer; no field or row of records is allocated. After a
 * write error all output is dropped, and output_failed() returns the error: a
 * closed pipe ends the run quietly, a full disk is reported.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/field.h"
#include "output/line.h"
#include "output/style.h"

struct output;

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV };

/* fd is borrowed. NULL if out of memory. */
struct output *output_create(int fd, enum output_format format);
void output_destroy(struct output *output); /* flushes; output may be NULL */
/* Returns the format before. */
enum output_format output_set_format(struct output *output, enum output_format format);
/* For the code that sets the format, and that reads requests in it: tests/structure/words.bats
 * lists the callers. */
enum output_format output_format(const struct output *output);
/* Is standard output for records alone? */
bool output_is_reserved(const struct output *output);

/* Width of a virtual address in text, in hexadecimal digits: 8 for 32-bit
 * kernels, 16 (the default) otherwise. */
void output_set_address_width(struct output *output, unsigned int digits);
unsigned int output_address_width(const struct output *output);

/* One answer. input is the argument as typed, or NULL to omit the field.
 * status is "mapped", ..., or NULL for "ok", which text omits. */
void output_begin(struct output *output, const char *command, const char *input,
		  const char *status);
/* The same. style: what the status means. */
void output_begin_styled(struct output *output, const char *command, const char *input,
			 const char *status, enum style style);
void output_end(struct output *output);

/* Describes the answers from here on, until the next call; borrowed; NULL: nothing is known. See
 * field.h. */
void output_declare(struct output *output, const struct record *record);
/* Does the declared record want answers that continue each other to be stated as one? */
bool output_joins(const struct output *output);
/* Fields that are the same in all commands; borrowed. */
void output_common_fields(struct output *output, const struct field *fields);

/* The same, or where an answer is open, an object in a list of it. */
void output_item_begin(struct output *output, const char *command, const char *status);
void output_item_end(struct output *output);

/* In JSON mode, calls add() at the end of each answer, for fields that all
 * answers of a command have. NULL cancels. */
void output_at_end(struct output *output, void (*add)(void *arg), void *arg);

/* Fields of the open answer, object or list; name is NULL in lists. Hexadecimal
 * values are "0x1f" in JSON and bare digits in text. */
void output_hex(struct output *output, const char *name, uint64_t value);
void output_integer(struct output *output, const char *name, int64_t value);
void output_count(struct output *output, const char *name, uint64_t value);
/* A number of seconds, given in nanoseconds. */
void output_seconds(struct output *output, const char *name, uint64_t nsec);
void output_boolean(struct output *output, const char *name, bool value);
void output_boolean_styled(struct output *output, const char *name, bool value, enum style style);
/* Fields "writable" and "executable". */
void output_rights(struct output *output, bool writable, bool executable);
/* value is NULL to omit the field. */
void output_string(struct output *output, const char *name, const char *value);
/* The same. style: what the value means. */
void output_word(struct output *output, const char *name, const char *value, enum style style);
/* A field that may be unknown. Then it is omitted from JSON; in text its cell is
 * empty, so that the heading stays the same. A string is unknown if it is NULL
 * or empty. */
void output_hex_if(struct output *output, const char *name, bool known, uint64_t value);
void output_count_if(struct output *output, const char *name, bool known, uint64_t value);
void output_string_if(struct output *output, const char *name, const char *value);

/* A cell that only text has: a summary of fields that only records have (RECORDS_ONLY). make()
 * is called for text only. */
void output_summary(struct output *output, const char *name,
		    void (*make)(const void *arg, char *text, size_t size), const void *arg);

/* The same for a text that is known already. NULL: no cell; "": unknown. */
void output_remark(struct output *output, const char *name, const char *text, enum style style);

/* The same, of a format; at most 1023 bytes. */
void output_remarkf(struct output *output, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* output_in_text() calls put() for text only, to state a summary of fields of records.
 * output_in_records() calls it for records only, if fields that text does not show are costly to
 * find. */
void output_in_text(struct output *output, void (*put)(const void *arg), const void *arg);
void output_in_records(struct output *output, void (*put)(const void *arg), const void *arg);

/* Lists of strings or numbers; text joins the items with '|' in one column. */
void output_list_begin(struct output *output, const char *name);
void output_list_end(struct output *output);
void output_strings(struct output *output, const char *name, const char *const *values, size_t nr);
/* Objects, as a field or, with name NULL, in a list. Text shows the objects that are in the
 * table of fields. */
void output_object_begin(struct output *output, const char *name);
void output_object_end(struct output *output);

/* A failed command or argument, in JSON mode only:
 * {"command":..,"input":..,"status":"error","message":..,"pid":..,"script":".."}. The caller
 * reports it on standard error. */
struct output_complaint {
	const char *command, *input, *message;
	const char *script; /* where the command was read, or NULL */
	bool has_pid;
	int32_t pid;
};
void output_error(struct output *output, const struct output_complaint *complaint);

/* In JSON mode: gives all answers up to output_request_end() the member "id", whose value is
 * JSON and borrowed until then. At the end comes one more object, with the number of answers and
 * whether all succeeded. */
void output_request(struct output *output, const char *id);
void output_request_end(struct output *output, bool good);

/* Free text. JSON mode ignores these. */
/* A literal of the program; newlines in it are kept. */
#define output_text(output, literal) output_own_text(output, "" literal "")
void output_own_text(struct output *output, const char *text);
/* A whole line of size bytes, without its newline (see row.h). */
void output_text_line(struct output *output, const char *line, size_t size);
/* The same with nr styled parts, in their order. */
void output_styled_line(struct output *output, const char *line, size_t size,
			const struct span *spans, unsigned int nr);
/* A newline at the end of fmt ends the line; any other one is shown as '?'. */
void output_textf(struct output *output, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void output_flush(struct output *output);
/* To be called when a command has ended: no rows of CSV wait any more. */
void output_end_rows(struct output *output);
/* Writes the whole lines that are buffered; in a signal handler, before the end. */
void output_rescue(struct output *output);
bool output_is_terminal(const struct output *output);
/* To a terminal, or to a pipe by output_redirect(). */
bool output_is_seen(const struct output *output);
/* --- the terminal, in text mode (screen.h) --- */

/* Until then nothing is coloured. */
void output_use_colour(struct output *output, enum colour_wish wish);
/* To be called when a command begins: finds the terminal's size. Without a terminal lines have
 * any length. */
void output_measure(struct output *output);
/* Columns that a line has room for; 0: any number. */
unsigned int output_columns(const struct output *output);
/* Does the buffer have at least a screen of lines? */
bool output_fills_screen(const struct output *output);
/* Sends the buffered output and all that follows to fd, fitted to the same terminal; clears a
 * kept write error. Returns the previous descriptor. */
int output_swap(struct output *output, int fd);

/* 0, or the errno of the first write that failed. */
int output_failed(const struct output *output);
/* Bytes of answers so far, written or still buffered. */
uint64_t output_written(const struct output *output);
/* A command that found nothing says "none" in text. written: output_written() at its start. */
void output_none(struct output *output, uint64_t written);
/* Drops output after the first `most` lines, until output_restart_lines(); JSON too, except
 * errors. 0, the default: no bound. */
void output_set_most_lines(struct output *output, uint64_t most);
/* Was something dropped? */
bool output_overran(const struct output *output);
void output_restart_lines(struct output *output);
/* The next row repeats its heading. Free text and output_redirect() imply this. */
void output_forget_heading(struct output *output);
/* For output that was created without a descriptor (-1): gives answers to take(), in pieces,
 * while it is not redirected. */
void output_sink(struct output *output, void (*take)(void *arg, const char *data, size_t size),
		 void *arg);
/* Calls before() ahead of each write of the buffer. */
void output_before_write(struct output *output, void (*before)(void *arg), void *arg);
/* Flushes, clears a kept write error, and sends what follows to fd (the pipe of
 * "| cmd"). Returns the previous descriptor. */
int output_redirect(struct output *output, int fd);
