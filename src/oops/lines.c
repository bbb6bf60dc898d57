/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "oops/transport.h"
#include "oops/scan.h"

/* The memory for lines is limited, because a text may consist of empty lines. A message in a dump's log is cut at the
 * same size (linux/printk). Loops over the bytes of one line ask no listener. */
enum { MOST_LINES = 2 << 20, LONGEST_LINE = 64 << 10 };

/* A line of the text: clean, but with its prefix. */
struct raw {
	char *text; /* NULL: there is none */
	size_t size;
	size_t first, last;
	unsigned int marks; /* of quotation */
};

/* An entry of the journal, whose fields are in any order. */
struct entry {
	bool is_export, is_object; /* "FIELD=value" and JSON, over several lines */
	size_t first; /* the first of its lines that have no time yet */
	bool has_time;
	uint64_t usec;
};

struct reader {
	struct oops_lines *lines;
	struct error *err;
	struct clean clean;
	struct pstore pstore;
	size_t used; /* of lines->text */
	struct raw now, next;
	unsigned int marks_before; /* of the line before */
	struct entry entry;
	bool is_open; /* the last line may go on in this one */
	bool after_record; /* `sequence` is valid, and lines with " KEY=value" may follow */
	uint64_t sequence;
	bool begins_event; /* of the next line */
};

/* --- lines that are made --- */

static bool note_missing(struct oops_lines *lines)
{
	strcpy(lines->missing, "The text has too many lines; the last ones were not read.");
	return true;
}

/* Returns the size of the line that is kept: whole words of it. */
static size_t cut_line(struct oops_lines *lines, char *text, size_t size)
{
	const char *end;

	if (size <= LONGEST_LINE)
		return size;
	strcpy(lines->missing, "The text has a line that is too long; its end was not read.");
	end = memrchr(text, ' ', LONGEST_LINE);
	size = end ? (size_t)(end - text) : LONGEST_LINE;
	text[size] = '\0';
	return size;
}

static bool add_line(struct reader *reader, char *text, size_t size, const struct prefix *prefix)
{
	struct oops_lines *lines = reader->lines;
	struct oops_line *line;

	if (lines->nr == MOST_LINES) {
		reader->clean.at = reader->clean.end;
		reader->next.text = NULL;
		return note_missing(lines);
	}
	line = array_grow(&lines->line, &lines->nr, &lines->room, 1, sizeof(*line));
	if (!line)
		return out_of_memory(reader->err);
	*line = (struct oops_line){
		.text = text,
		.size = cut_line(lines, text, size),
		.first = reader->now.first,
		.last = reader->now.last,
		.has_time = prefix->has_time,
		.usec = prefix->usec,
		.caller_kind = prefix->caller_kind,
		.caller = prefix->caller,
		.begins_event = reader->begins_event,
	};
	reader->begins_event = false;
	return true;
}

/* Appends the text to the last line, which is before it in the memory of the texts. */
static void join_line(struct reader *reader, const char *text, size_t size, bool with_blank)
{
	struct oops_lines *lines = reader->lines;
	struct oops_line *last = &lines->line[lines->nr - 1];
	char *start = lines->text + (last->text - lines->text), *end = start + last->size;

	if (with_blank && last->size && end[-1] != ' ')
		*end++ = ' ';
	memmove(end, text, size);
	end[size] = '\0';
	last->size = cut_line(lines, start, (size_t)(end + size - start));
	last->last = reader->now.last;
}

/* Is the record a part of the line that the record before it began? Kernels before 4.9 mark the first part with 'c'
 * and the others with '+', later ones mark the others with 'c' (msg_print_ext_header()). */
static bool continues_record(const struct reader *reader, const struct prefix *prefix)
{
	const struct oops_lines *lines = reader->lines;
	const struct oops_line *last = lines->nr ? &lines->line[lines->nr - 1] : NULL;
	struct prefix next;

	if (!prefix->of_record || !reader->is_open || !reader->after_record ||
	    last->caller_kind != prefix->caller_kind || last->caller != prefix->caller)
		return false;
	if (prefix->is_fragment)
		return prefix->sequence == reader->sequence;
	if (prefix->flag == '-' || prefix->sequence != reader->sequence + 1)
		return false;
	if (prefix->flag == 'c' && reader->next.text) {
		prefix_read(reader->next.text, &next);
		return next.flag != '+';
	}
	return true;
}

/* Begins a part of pstore. The lines before it that name its file are no part of the text. */
static bool begin_part(struct reader *reader, struct pstore_part *part)
{
	struct pstore *pstore = &reader->pstore;
	struct oops_lines *lines = reader->lines;
	size_t least = pstore->nr ? pstore->part[pstore->nr - 1].start : 0;

	while (lines->nr > least &&
	       (!lines->line[lines->nr - 1].size ||
		(!part->seconds && pstore_is_name(lines->line[lines->nr - 1].text, &part->seconds))))
		lines->nr--;
	part->start = lines->nr;
	reader->is_open = false;
	return array_add(&pstore->part, &pstore->nr, &pstore->room, part, sizeof(*part)) ||
	       out_of_memory(reader->err);
}

static bool ends_with(const char *text, size_t size, const char *end)
{
	return size >= strlen(end) && !strcmp(text + size - strlen(end), end);
}

/* Lines that say that lines are missing: of the console, of journald, and of report_message_lost() in
 * kernel/printk/printk_safe.c. */
static bool is_gap(const char *text, size_t size)
{
	return ends_with(text, size, " printk messages dropped **") ||
	       (ends_with(text, size, " kernel messages") && strstr(text, "Missed ")) ||
	       (starts_with(text, "Lost ") && ends_with(text, size, "message(s)!"));
}

static bool is_boot_mark(const char *text, size_t size)
{
	return (starts_with(text, "-- Boot ") || starts_with(text, "-- Reboot")) &&
	       ends_with(text, size, " --");
}

/* Takes a line without its prefix. */
static bool take_line(struct reader *reader, char *text, size_t size, const struct prefix *prefix)
{
	struct pstore_part part;
	bool is_open = reader->is_open, goes_on, is_wrapped;

	if (is_gap(text, size) || is_boot_mark(text, size)) {
		reader->begins_event |= is_boot_mark(text, size);
		reader->is_open = false;
		return true;
	}
	if (pstore_head(text, &part))
		return begin_part(reader, &part);
	goes_on = continues_record(reader, prefix);
	reader->after_record = prefix->of_record;
	reader->sequence = prefix->sequence;
	reader->is_open = true;
	is_wrapped = !goes_on && is_open && !prefix->found &&
		     wrapped_goes_on(reader->lines->line[reader->lines->nr - 1].text, text);
	if (!goes_on && !is_wrapped)
		return add_line(reader, text, size, prefix);
	join_line(reader, text, size, is_wrapped);
	return true;
}

/* Takes a message, which may consist of several lines, after escapes were decoded. */
static bool take_message(struct reader *reader, char *text, size_t size,
			 const struct prefix *prefix)
{
	char *end = text + clean_bytes(text, size, reader->lines->listener), *newline;
	struct prefix later = *prefix;

	later.flag = '-';
	later.is_fragment = false;
	while ((newline = memchr(text, '\n', (size_t)(end - text)))) {
		if (oops_lines_stopped(reader->lines, reader->err))
			return false;
		*newline = '\0';
		if (!take_line(reader, text, (size_t)(newline - text), prefix))
			return false;
		text = newline + 1;
		prefix = &later;
		if (text == end) /* a newline at the end of the message */
			return true;
	}
	*end = '\0';
	return take_line(reader, text, (size_t)(end - text), prefix);
}

/* --- escapes --- */

/* Reads "\x09", as records of the kernel have it (msg_add_ext_text()), or "#011", a control character as rsyslog
 * writes it. Returns the character, or -1. */
static int escaped(const char *at, bool of_record)
{
	if (of_record && at[0] == '\\' && at[1] == 'x' && count_hex(at + 2) >= 2)
		return hex_value(at[2]) << 4 | hex_value(at[3]);
	if (!of_record && at[0] == '#' && at[1] == '0' && at[2] >= '0' && at[2] <= '3' &&
	    at[3] >= '0' && at[3] <= '7')
		return (at[2] - '0') << 3 | (at[3] - '0');
	return -1;
}

/* Decodes what loggers escape. Returns the new size. */
static size_t decode_escapes(char *text, bool of_record)
{
	char *to = text;

	for (char *at = text; *at;) {
		int byte = escaped(at, of_record);

		*to++ = byte < 0 ? *at : (char)byte;
		at += byte < 0 ? 1 : 4;
	}
	return (size_t)(to - text);
}

/* Writes the character as UTF-8, in at most three bytes. */
static char *put_character(char *to, unsigned int code)
{
	if (code >= 0x800) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
	} else if (code >= 0x80) {
		*to++ = (char)(0xc0 | code >> 6);
	}
	*to++ = (char)(code < 0x80 ? code : 0x80 | (code & 0x3f));
	return to;
}

/* Decodes a string of JSON that ends at `end`. Returns the new size. */
static size_t decode_string(char *text, const char *end)
{
	static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	char *to = text;

	for (const char *at = text; at < end;) {
		const char *letter;
		unsigned int code = 0;

		if (*at != '\\' || at + 1 == end) {
			*to++ = *at++;
		} else if (at[1] != 'u') {
			letter = strchr(letters, at[1]);
			*to++ = letter ? bytes[letter - letters] : at[1];
			at += 2;
		} else {
			at += 2;
			for (int i = 0; i < 4 && at < end && hex_value(*at) >= 0; i++)
				code = code << 4 | (unsigned int)hex_value(*at++);
			to = put_character(to, code < 0xd800 || code > 0xdfff ? code : '?');
		}
	}
	return (size_t)(to - text);
}

/* Decodes an array of bytes, as journald writes messages that are no UTF-8: "[72,105]". Returns the new size. */
static size_t decode_bytes(char *text, const char *end)
{
	char *to = text;

	for (const char *at = text; at < end;) {
		uint64_t byte;
		const char *after = scan_decimal(at, 3, &byte);

		if (after)
			*to++ = (char)byte;
		at = after ? after : at + 1;
	}
	return (size_t)(to - text);
}

/* --- the journal --- */

static void begin_entry(struct reader *reader)
{
	reader->entry.first = reader->lines->nr;
	reader->entry.has_time = false;
}

/* Sets the time of the entry, which may come after its message: microseconds, or seconds with six decimals. */
static void take_time(struct reader *reader, const char *text, bool is_seconds)
{
	uint64_t usec, part = 0;
	const char *after = scan_decimal(text, 12, &usec);

	if (is_seconds)
		usec *= 1000000;
	if (is_seconds && after && *after == '.' && scan_decimal(after + 1, 6, &part))
		usec += part;
	reader->entry.has_time = true;
	reader->entry.usec = usec;
	for (size_t i = reader->entry.first; i < reader->lines->nr; i++) {
		reader->lines->line[i].has_time = true;
		reader->lines->line[i].usec = usec;
	}
	reader->entry.first = reader->lines->nr;
}

static bool take_entry(struct reader *reader, char *text, size_t size)
{
	struct prefix prefix;
	char *after;

	text[size] = '\0';
	after = text + (prefix_read(text, &prefix) - text);
	prefix.found = true;
	if (reader->entry.has_time) {
		prefix.has_time = true;
		prefix.usec = reader->entry.usec;
	}
	return take_message(reader, after, size - (size_t)(after - text), &prefix);
}

static char *string_end(char *at)
{
	while (*at && *at != '"')
		at += *at == '\\' && at[1] ? 2 : 1;
	return at;
}

/* Reads the value of a member of a JSON object: the message or its time, of "journalctl -o json" or of "dmesg -J".
 * Returns the text after the value. */
static char *take_member(struct reader *reader, const char *key, char *value, bool *failed)
{
	bool is_message = !strcmp(key, "MESSAGE") || !strcmp(key, "msg");
	char *end = value, *start = value + (*value == '"' || *value == '['), after;
	size_t size;

	if (*value == '"')
		end = string_end(start);
	else if (*value == '[' && is_message)
		end = strchrnul(start, ']');
	if (!strcmp(key, "_SOURCE_MONOTONIC_TIMESTAMP") || !strcmp(key, "time"))
		take_time(reader, start, *key == 't');
	if (!is_message || end == value)
		return *end == '"' ? end + 1 : end;
	after = *end;
	size = *value == '"' ? decode_string(start, end) : decode_bytes(start, end);
	*failed = !take_entry(reader, start, size);
	return after ? end + 1 : end;
}

static bool take_objects(struct reader *reader, char *at)
{
	bool failed = false;

	for (uint64_t step = 0; *at && !failed; step++) {
		char *key = at + 1, *end, *value;

		if (step % STOP_STEPS == 0 && oops_lines_stopped(reader->lines, reader->err))
			return false;

		if (*at == '{')
			begin_entry(reader);
		if (*at++ != '"')
			continue;
		end = string_end(key);
		value = end + (*end == '"');
		value += strspn(value, " ");
		at = value;
		if (*value != ':' || *end != '"')
			continue;
		*end = '\0';
		value++;
		at = take_member(reader, key, value + strspn(value, " "), &failed);
	}
	return !failed;
}

/* Is it a line of JSON? Objects over several lines begin with a line that is only a brace. */
static bool is_json(struct reader *reader, const char *text)
{
	text = skip_blanks(text);
	text += starts_with(text, "[{");
	if (*text == '{' && (strstr(text, "\"MESSAGE\"") || strstr(text, "\"msg\"")))
		return true;
	if (*text == '{' && !text[1])
		reader->entry.is_object = true;
	reader->entry.is_object &= *text && strchr("{}]\"", *text) != NULL;
	return reader->entry.is_object;
}

/* The size of the name of a field of the journal or of a record. */
static size_t name_size(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/* Reads a line of "journalctl -o export". Sets *taken if it is one. */
static bool take_field(struct reader *reader, char *text, bool *taken)
{
	static const char message[] = "MESSAGE=", monotonic[] = "_SOURCE_MONOTONIC_TIMESTAMP=";
	size_t name = name_size(text);

	if (starts_with(text, "__CURSOR=")) {
		reader->entry.is_export = true;
		begin_entry(reader);
	}
	*taken = starts_with(text, message) ||
		 (reader->entry.is_export && (!*text || (name && text[name] == '=')));
	reader->entry.is_export &= *text != '\0';
	if (starts_with(text, message)) {
		if (!reader->entry.is_export)
			begin_entry(reader);
		return take_entry(reader, text + strlen(message), strlen(text + strlen(message)));
	}
	if (reader->entry.is_export && starts_with(text, monotonic))
		take_time(reader, text + strlen(monotonic), false);
	return true;
}

/* --- lines of the text --- */

static char *skip_marks(char *text, unsigned int most, unsigned int *nr)
{
	return text + clean_marks(text, text + strlen(text), most, nr);
}

/* Removes marks of quotation. KASAN marks one row with '>' (print_shadow_for_address()), so that a mark is one of
 * quotation only if the line before or after it has it, too, or if a prefix of the kernel follows. */
static char *skip_quotation(struct reader *reader)
{
	unsigned int marks = reader->now.marks, most, nr;
	struct prefix prefix;

	if (!marks)
		return reader->now.text;
	most = reader->next.text && reader->next.marks > reader->marks_before ?
		       reader->next.marks :
		       reader->marks_before;
	if (most < marks) {
		prefix_read(skip_marks(reader->now.text, marks, &nr), &prefix);
		most = prefix.found ? marks : most;
	}
	return skip_marks(reader->now.text, most, &nr);
}

static bool read_line(struct reader *reader)
{
	char *text = skip_quotation(reader), *after;
	size_t size = reader->now.size - (size_t)(text - reader->now.text);
	struct prefix prefix;
	bool taken;

	if (is_json(reader, text))
		return take_objects(reader, text);
	if (!take_field(reader, text, &taken))
		return false;
	/* Or of the dictionary of a record: " SUBSYSTEM=pci". */
	if (taken || (reader->after_record && *text == ' ' && text[1 + name_size(text + 1)] == '='))
		return true;
	after = text + (prefix_read(text, &prefix) - text);
	if (prefix.of_record || prefix.of_logger)
		return take_message(reader, after, decode_escapes(after, prefix.of_record),
				    &prefix);
	return take_line(reader, after, size - (size_t)(after - text), &prefix);
}

/* Reads the next line of the text into reader->next. */
static void read_raw(struct reader *reader)
{
	struct raw *raw = &reader->next;

	*raw = (struct raw){ .text = reader->lines->text + reader->used,
			     .first = reader->clean.line + 1 };
	if (!clean_next(&reader->clean, raw->text, &raw->size)) {
		raw->text = NULL;
		return;
	}
	raw->last = reader->clean.line;
	skip_marks(raw->text, UINT32_MAX, &raw->marks);
	reader->used += raw->size + 1;
}

static bool read_all(struct reader *reader)
{
	read_raw(reader);
	while (reader->next.text) {
		reader->marks_before = reader->now.marks;
		reader->now = reader->next;
		read_raw(reader);
		if (oops_lines_stopped(reader->lines, reader->err) || !read_line(reader))
			return false;
	}
	return pstore_order(reader->lines, &reader->pstore, reader->lines->text + reader->used,
			    reader->err);
}

bool oops_lines_read(struct oops_lines *lines, const char *text, size_t size,
		     const struct listener *listener, struct error *err)
{
	struct reader reader = { .lines = lines, .err = err };
	bool failed, read = false;
	char *plain;

	*lines = (struct oops_lines){ .listener = listener };
	text = size ? text : "";
	plain = clean_utf16(text, &size, &failed, listener);
	lines->text = failed ? NULL : reallocarray(NULL, size + 1, 2);
	if (lines->text) {
		clean_start(&reader.clean, plain ? plain : text, size, listener);
		read = read_all(&reader);
	} else {
		out_of_memory(err);
	}
	free(reader.pstore.part);
	free(plain);
	return read;
}

bool oops_lines_add(struct oops_lines *lines, const struct oops_line *record, const char *message)
{
	const char *end;

	do {
		struct oops_line line = *record;
		char *text;

		end = strchrnul(message, '\n');
		line.size = (size_t)(end - message);
		if (lines->nr == MOST_LINES)
			return note_missing(lines);
		text = array_grow(&lines->text, &lines->text_size, &lines->text_room, line.size + 1,
				  1);
		if (!text ||
		    !array_add(&lines->line, &lines->nr, &lines->room, &line, sizeof(line)))
			return false;
		for (; message < end; message++)
			*text++ = iscntrl((unsigned char)*message) && *message != '\t' ? '?' :
											 *message;
		*text = '\0';
		message = end + 1;
	} while (*end);
	return true;
}

void oops_lines_end(struct oops_lines *lines)
{
	const char *text = lines->text;

	for (size_t i = 0; i < lines->nr; text += lines->line[i++].size + 1)
		lines->line[i].text = text;
}

void oops_lines_release(struct oops_lines *lines)
{
	free(lines->line);
	free(lines->text);
	*lines = (struct oops_lines){ 0 };
}
