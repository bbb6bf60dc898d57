/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "oops/scan.h"
#include "oops/transport.h"

/* Takes a text apart into lines, and undoes what mailers, browsers, editors and terminals do to the bytes
 * of a line: UTF-16, quoted-printable, entities of HTML, escape sequences, no-break spaces. */

struct clean {
	const char *at, *end; /* the text that was not read yet; borrowed */
	size_t line; /* how many lines of the text were read */
	/* Lines of at least this many bytes go on in the next line if they end with '=' (a soft break of
	 * quoted-printable, RFC 2045, 6.7). 0: no line does. */
	size_t soft;
	bool pure; /* each '=' of the text is quoted-printable */
	const struct listener *listener; /* borrowed; if it wants to stop, the text ends there */
};

/* --- bytes --- */

/* What stands for one byte, or, as the mark of UTF-8, for none: names of HTML, and blanks that must not be broken, of
 * UTF-8, or of UTF-8 that was taken for Latin-1 and encoded again. */
static const struct {
	const char *bytes;
	int byte;
} forms[] = {
	{ "&lt;", '<' },      { "&gt;", '>' },
	{ "&amp;", '&' },     { "&quot;", '"' },
	{ "&apos;", '\'' },   { "&nbsp;", ' ' },
	{ "\xc2\xa0", ' ' },  { "\xc3\x82\xc2\xa0", ' ' },
	{ "\xc3\x82 ", ' ' }, { "\xef\xbb\xbf", -1 },
};

/* Reads a number of HTML, as in "&#60;". Returns its size, or 0 if it is none of a byte that lines contain. */
static size_t entity(const char *at, size_t left, int *byte)
{
	unsigned int code = 0, i = 2;
	int base = 10, digit;

	if (left < 4 || at[1] != '#')
		return 0;
	if ((at[2] | 0x20) == 'x')
		base = 16, i = 3;
	for (; i < left && i < 8 && (digit = hex_value(at[i])) >= 0 && digit < base; i++)
		code = code * (unsigned int)base + (unsigned int)digit;
	if (i == left || at[i] != ';' ||
	    ((code < ' ' || code > '~') && code != '\t' && code != 0xa0))
		return 0;
	*byte = code == 0xa0 ? ' ' : (int)code;
	return i + 1;
}

/* The size of the escape sequence (ECMA-48, 5.4): CSI, the string of a title (OSC), or another. */
static size_t escape(const char *at, size_t left)
{
	size_t size = 1;

	if (left > 1 && at[1] == ']') {
		while (size < left && at[size] != '\a' && at[size] != '\n' && at[size] != '\x1b')
			size++;
		if (size + 1 < left && at[size] == '\x1b' && at[size + 1] == '\\')
			return size + 2;
		return size + (size < left && at[size] == '\a');
	}
	if (left > 1 && at[1] == '[')
		for (size = 2; size < left && at[size] >= '0' && at[size] <= '?';)
			size++;
	while (size < left && at[size] >= ' ' && at[size] <= '/')
		size++;
	return size + (size < left && at[size] >= '0' && at[size] <= '~');
}

/* Reads one byte that is not plain, or several. Returns how many, and sets *byte, which is -1 if they are no part
 * of the text. */
static size_t decode(const char *at, size_t left, char before, int *byte)
{
	size_t size;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		size = strlen(forms[i].bytes);
		*byte = forms[i].byte;
		if (left >= size && !memcmp(at, forms[i].bytes, size))
			return size;
	}
	*byte = (unsigned char)*at;
	if (*at == '&') {
		size = entity(at, left, byte);
		return size ? size : 1;
	}
	if (*at & 0x80) {
		if (*at == '\xa0' && !(before & 0x80)) /* of Latin-1 */
			*byte = ' ';
		return 1;
	}
	*byte = *at == '\x1b' || (*at == '\r' && !before) ? -1 : *at == '\r' ? ' ' : '?';
	return *at == '\x1b' ? escape(at, left) : 1;
}

static size_t lower_digits(const char *at)
{
	return strspn(at, "0123456789abcdef");
}

/* Where a mail lost its encoding, a no-break space became 'A': "FS: A0000000000000000". The kernel prints
 * lower-case digits, so that the letter next to 16 of them is none. */
static void mend_blanks(char *text)
{
	char *at = text;

	while ((at = strchr(at, 'A'))) {
		bool before = (at == text || at[-1] == ' ' || at[-1] == ':') &&
			      lower_digits(at + 1) == 16 && !isalnum((unsigned char)at[17]);
		bool after = at - text > 16 && (at[1] == ' ' || !at[1]) &&
			     lower_digits(at - 16) == 16 && !isalnum((unsigned char)at[-17]);

		if (before || after)
			*at = ' ';
		at++;
	}
}

/* Removes escape sequences, entities and the like from the text. Other control characters except tabs and
 * newlines become '?'. Returns the new size, which is at most size. If the listener wants to stop, the rest is
 * removed, too. */
static size_t clean_bytes(char *text, size_t size, const struct listener *listener)
{
	size_t used = 0;
	int byte;

	for (size_t at = 0, steps = 1; at < size && !listener_stops_at(listener, steps); steps++) {
		byte = (unsigned char)text[at];
		if ((byte >= ' ' && byte < 0x7f && byte != '&') || byte == '\t' || byte == '\n')
			at++;
		else
			at += decode(text + at, size - at, used ? text[used - 1] : '\0', &byte);
		if (byte >= 0)
			text[used++] = (char)byte;
	}
	return used;
}

/* --- lines --- */

/* If the text begins with a byte order mark of UTF-16, returns it as UTF-8, owned by the caller, with *size
 * bytes. The result is not longer than the text: what needs three bytes becomes '?'. Returns NULL if the
 * text is no UTF-16, or if memory runs out, which *failed shows. */
static char *clean_utf16(const char *text, size_t *size, bool *failed,
			 const struct listener *listener)
{
	const uint8_t *bytes = (const uint8_t *)text;
	bool is_big = *size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
	bool is_little = *size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
	char *found = is_big || is_little ? malloc(*size) : NULL, *to = found;

	*failed = !found && (is_big || is_little);
	if (!found)
		return NULL;
	for (size_t i = 2; i + 1 < *size && !listener_stops_at(listener, i); i += 2) {
		unsigned int unit =
			is_big ? bytes[i] << 8 | bytes[i + 1] : bytes[i + 1] << 8 | bytes[i];

		if (unit >= 0x80 && unit < 0x800)
			*to++ = (char)(0xc0 | unit >> 6);
		*to++ = (char)(unit < 0x80 ? unit : unit < 0x800 ? 0x80 | (unit & 0x3f) : '?');
	}
	*size = (size_t)(to - found);
	return found;
}

static int upper_hex(char digit)
{
	return islower((unsigned char)digit) ? -1 : hex_value(digit);
}

/* The byte that "=3D" stands for, or -1. Quoted-printable has upper-case digits, the kernel prints lower-case
 * ones, so that "pte=2068" is in doubt. *sure: it is not. */
static int quoted_byte(const char *at, const char *end, bool *sure)
{
	int high = end - at > 2 ? upper_hex(at[1]) : -1, low = high < 0 ? -1 : upper_hex(at[2]);

	*sure = high > 9 || low > 9 || end - at == 3 ||
		(end - at > 3 && (at[3] == '\n' || at[3] == '\r'));
	return low < 0 ? -1 : high << 4 | low;
}

/* Several soft breaks show that a text is quoted-printable, in which each '=' belongs to the encoding. A file with
 * headers of a mail or other text has other '=', too. There, only lines that were broken within a word, and are as long
 * as encoders make them (76 bytes), show it: lines that end with "IL =" were broken by a mailer. */
static void find_soft_breaks(struct clean *clean, const char *text)
{
	enum { LONG_LINE = 70 };
	size_t breaks = 0, in_words = 0, long_ones = 0, escapes = 0, others = 0;
	const char *at = text, *after;
	bool sure;

	for (; (at = memchr(at, '=', (size_t)(clean->end - at))); at = after) {
		if (listener_stops_at(clean->listener, breaks + escapes + others + 1))
			return;
		for (after = at + 1; after < clean->end && *after == '\r';)
			after++;
		if (after < clean->end && *after == '\n') {
			bool in_word = at > text && isalnum((unsigned char)at[-1]);

			breaks++;
			in_words += in_word;
			while (at > text && at[-1] != '\n' && after - at <= LONG_LINE)
				at--;
			long_ones += in_word && after - at >= LONG_LINE;
		} else if (quoted_byte(at, clean->end, &sure) >= 0) {
			escapes += sure;
			after = at + 3;
		} else if (after < clean->end) {
			others++;
		}
	}
	clean->pure = !others;
	if (clean->pure)
		clean->soft =
			(in_words || escapes) && breaks && (long_ones || breaks + escapes > 1);
	else
		clean->soft = long_ones > 1 ? LONG_LINE : 0;
}

static void clean_start(struct clean *clean, const char *text, size_t size,
			const struct listener *listener)
{
	*clean = (struct clean){ .at = text, .end = text + size, .listener = listener };
	if (size)
		find_soft_breaks(clean, text);
}

/* Copies a line of quoted-printable. A newline within the line becomes a blank. */
static char *copy_quoted(const struct clean *clean, const char *at, const char *end, char *to)
{
	bool sure = false;

	for (size_t steps = 1; at < end && !listener_stops_at(clean->listener, steps); steps++) {
		int byte = *at == '=' ? quoted_byte(at, end, &sure) : -1;

		if (!clean->pure && !sure)
			byte = -1;
		*to++ = byte < 0 ? *at : byte == '\n' || byte == '\r' ? ' ' : (char)byte;
		at += byte < 0 ? 1 : 3;
	}
	return to;
}

/* The size of the marks of quotation ("> > ") at the start of a line, at most so many, with one blank after them. Sets
 * *nr to their number. */
static size_t clean_marks(const char *line, const char *end, unsigned int most, unsigned int *nr)
{
	const char *at = line, *mark;

	for (*nr = 0; *nr < most; ++*nr) {
		mark = at + (at < end && *at == ' ');
		if (mark == end || *mark != '>')
			break;
		at = mark + 1;
	}
	return (size_t)(at - line) + (*nr && at < end && *at == ' ');
}

/* If the line at `next` has marks of quotation of the line `first`, or fewer of them, returns the text
 * after them. In the middle of "<48>", '>' is no such mark. */
static const char *skip_same_marks(const char *first, const char *next, const char *end,
				   const char *written, const char *written_end)
{
	enum { MOST_DIGITS = 16, MOST_MARKS = 64 };
	unsigned int nr;
	size_t size = clean_marks(next, end, MOST_MARKS, &nr);
	const size_t most = clean_marks(first, end, MOST_MARKS, &nr);
	const char *digits = written_end;

	if (size > most)
		size = most;
	while (digits > written && written_end - digits < MOST_DIGITS && hex_value(digits[-1]) >= 0)
		digits--;
	if (memcmp(first, next, size) != 0 || (digits > written && digits[-1] == '<'))
		return next;
	return next + size;
}

/* A line that was broken for the mail ends with '='. If "=0A" is before it, the text, too, has a new line. */
static bool is_broken(const struct clean *clean, const char *line, const char **end)
{
	static const char newline[] = "=0A=";
	size_t size = (size_t)(*end - line);

	if (!clean->soft || size < clean->soft || (*end)[-1] != '=')
		return false;
	if (size >= strlen(newline) && !memcmp(*end - strlen(newline), newline, strlen(newline))) {
		*end -= strlen(newline);
		return false;
	}
	--*end;
	if (clean->at < clean->end)
		return true;
	/* The rest of the word is missing, so the text ends before it. */
	while (*end > line && !isspace((unsigned char)(*end)[-1]))
		--*end;
	return false;
}

/* Writes the next line to `to`, without the newline but with a NUL, and sets *size. It takes at most as many
 * bytes as the lines of the text that it consists of, and one. Returns false if there is none. */
static bool clean_next(struct clean *clean, char *to, size_t *size)
{
	const char *first = clean->at, *line, *end, *newline;
	char *at = to;
	bool broken;

	if (clean->at == clean->end)
		return false;
	do {
		line = clean->at;
		newline = memchr(line, '\n', (size_t)(clean->end - line));
		clean->at = newline ? newline + 1 : clean->end;
		clean->line++;
		for (end = newline ? newline : clean->end; end > line && end[-1] == '\r';)
			end--;
		broken = is_broken(clean, line, &end);
		if (line > first)
			line = skip_same_marks(first, line, end, to, at);
		if (clean->soft)
			at = copy_quoted(clean, line, end, at);
		else
			at = mempcpy(at, line, (size_t)(end - line));
	} while (broken && !listener_stops_at(clean->listener, clean->line));
	*size = clean_bytes(to, (size_t)(at - to), clean->listener);
	to[*size] = '\0';
	mend_blanks(to);
	return true;
}

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
