/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers as text or as JSON Lines. A command states each field once, by its
 * JSON name; JSON mode writes an object a line, text mode a table with the
 * field names as its heading, written again only where a field is new to it or
 * the command changes ("-" stands for a field that an answer does not have).
 * Names of commands and fields are borrowed: they outlive the output.
 * A command that wants a text layout of its own (vtop, rd) asks output->json
 * and writes with the output_text functions.
 *
 * All text goes through one buffer to standard output. Nothing is allocated
 * per answer. A write error is kept (output_failed) and everything after it is
 * dropped: a closed pipe ends the run quietly, a full disk is complained of.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output; /* opaque but for these two questions */

struct output *output_create(int fd, bool json);
void output_destroy(struct output *output); /* flushes; NULL is fine */
bool output_json(const struct output *output);

/* Width in hexadecimal digits of a virtual address in text columns: 8 on
 * 32-bit kernels, 16 otherwise (the default). */
void output_set_address_width(struct output *output, unsigned int digits);
unsigned int output_address_width(const struct output *output);

/* One answer. input is the argument as typed, NULL where there is none
 * ("input" is then left out). status is "ok", "mapped", ... */
void output_begin(struct output *output, const char *command,
		  const char *input, const char *status);
void output_end(struct output *output);

/* Fields of the open answer, object or list. Hex: "0x1f" in JSON, bare digits
 * in text. Signed hex below 0: "-0x1f" in both. In lists name is NULL. */
void output_hex(struct output *output, const char *name, uint64_t value);
void output_signed_hex(struct output *output, const char *name, int64_t value);
void output_integer(struct output *output, const char *name, int64_t value);
void output_count(struct output *output, const char *name, uint64_t value);
void output_boolean(struct output *output, const char *name, bool value);
void output_string(struct output *output, const char *name, const char *value);
/* A field that this answer lacks and others of its table have: left out in
 * JSON; in text it holds the column, so that the heading stays as it is. */
void output_no_hex(struct output *output, const char *name);
void output_no_count(struct output *output, const char *name);

/* Lists of strings or numbers; in text one column, joined by '|'. */
void output_list_begin(struct output *output, const char *name);
void output_list_end(struct output *output);
/* Objects inside a list (JSON only: text mode ignores them and what they hold). */
void output_object_begin(struct output *output);
void output_object_end(struct output *output);

/* A finding that answers no single argument, or a failed argument, in JSON:
 * {"command":..,"input":..,"status":"error","message":..}. In text mode nothing
 * (the complaint goes to standard error elsewhere). */
void output_error(struct output *output, const char *command,
		  const char *input, const char *message);

/* Free text (text mode only; JSON mode ignores all of them). */
void output_text(struct output *output, const char *text);
/* A whole line, its newline included (see row.h). */
void output_text_line(struct output *output, const char *line, size_t size);
void output_text_hex(struct output *output, uint64_t value,
		     unsigned int min_digits); /* zero-padded to min_digits */
void output_textf(struct output *output, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void output_flush(struct output *output);
/* Do answers go to a terminal (and not to a pipe of ours)? */
bool output_is_terminal(const struct output *output);
bool output_is_piped(const struct output *output);
/* 0, or the errno of the first write that failed. */
int output_failed(const struct output *output);
/* The next answer in text writes its heading again (at a prompt, say). Free
 * text and output_redirect() do this by themselves. */
void output_forget_heading(struct output *output);
/* Calls before each time that answers leave the buffer. */
void output_before_write(struct output *output, void (*before)(void *arg),
			 void *arg);
/* Sends what follows to another descriptor (a pipe to "| cmd"); returns the
 * one used so far. Flushes first and clears a kept write error. */
int output_redirect(struct output *output, int fd);
