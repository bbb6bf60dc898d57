/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/request.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

enum { LONGEST_ID = 256 };

/* Requests are parsed without a JSON library. doc/design.md gives the reasons in "JSON without a
 * tree". */

/* The part of a line that is not parsed yet. Strings in it are decoded in place. */
struct request_reading {
	char *at;
	struct error *err;
};

static bool request_wrong(struct request_reading *reading, const char *what)
{
	return fail(reading->err, ERROR_USAGE, "not a request: %s", what);
}

static void skip_blanks(struct request_reading *reading)
{
	reading->at += strspn(reading->at, " \t\r\n");
}

static bool request_take(struct request_reading *reading, char wanted)
{
	skip_blanks(reading);
	if (*reading->at != wanted)
		return false;
	reading->at++;
	return true;
}

/* Reads four hexadecimal digits. Returns -1 if there are other characters. */
static int code_unit(const char *text)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit =
			text[i] ? strchr(digits, tolower((unsigned char)text[i])) : NULL;

		if (!digit)
			return -1;
		value = value << 4 | (int)(digit - digits);
	}
	return value;
}

/* Writes a character as UTF-8. Returns the end of what it wrote. */
static char *put_character(char *to, unsigned int character)
{
	if (character < 0x80) {
		*to++ = (char)character;
	} else if (character < 0x800) {
		*to++ = (char)(0xc0 | character >> 6);
		*to++ = (char)(0x80 | (character & 0x3f));
	} else if (character < 0x10000) {
		*to++ = (char)(0xe0 | character >> 12);
		*to++ = (char)(0x80 | (character >> 6 & 0x3f));
		*to++ = (char)(0x80 | (character & 0x3f));
	} else {
		*to++ = (char)(0xf0 | character >> 18);
		*to++ = (char)(0x80 | (character >> 12 & 0x3f));
		*to++ = (char)(0x80 | (character >> 6 & 0x3f));
		*to++ = (char)(0x80 | (character & 0x3f));
	}
	return to;
}

/* Reads the rest of an escape sequence after "\u", which may be a pair of code units. Returns false
 * if the character is invalid or NUL. */
static bool take_unicode(struct request_reading *reading, char **to)
{
	int high = code_unit(reading->at), low;

	if (high <= 0 || (high >= 0xdc00 && high < 0xe000))
		return request_wrong(reading, "\\u is not followed by a character");
	reading->at += 4;
	if (high >= 0xd800 && high < 0xdc00) {
		low = starts_with(reading->at, "\\u") ? code_unit(reading->at + 2) : -1;
		if (low < 0xdc00 || low >= 0xe000)
			return request_wrong(reading,
					     "one half of a surrogate pair is missing after \\u");
		reading->at += 6;
		*to = put_character(*to, 0x10000 + ((unsigned int)(high - 0xd800) << 10) +
						 (unsigned int)(low - 0xdc00));
	} else {
		*to = put_character(*to, (unsigned int)high);
	}
	return true;
}

/* Reads a string, and decodes it in place, which is possible because decoding never makes it
 * longer. Returns NULL if there is no valid string. */
static char *take_string(struct request_reading *reading)
{
	static const char named[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	char *start, *to;

	if (!request_take(reading, '"'))
		return request_wrong(reading, "a string is missing"), NULL;
	start = to = reading->at;
	while (*reading->at != '"') {
		const char *name;

		if ((unsigned char)*reading->at < ' ')
			return request_wrong(reading, "a string has no end"), NULL;
		if (*reading->at != '\\') {
			*to++ = *reading->at++;
			continue;
		}
		reading->at++;
		name = *reading->at ? strchr(named, *reading->at) : NULL;
		if (name) {
			*to++ = meant[name - named];
			reading->at++;
		} else if (*reading->at++ != 'u') {
			return request_wrong(reading, "\\ is followed by an invalid character"),
			       NULL;
		} else if (!take_unicode(reading, &to)) {
			return NULL;
		}
	}
	reading->at++;
	*to = '\0';
	return start;
}

/* Returns the end of a JSON integer at `at`, or NULL if there is none. */
static char *end_of_integer(char *at)
{
	size_t digits;

	at += *at == '-';
	digits = strspn(at, "0123456789");
	return digits && (*at != '0' || digits == 1) ? at + digits : NULL;
}

/* Returns the end of a JSON string at `at` that consists of printable ASCII, or NULL if there is
 * none. Such a string is copied to answers unchanged. */
static char *end_of_string(char *at)
{
	do
		at++;
	while (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\');
	return *at == '"' ? at + 1 : NULL;
}

static bool take_id(struct request_reading *reading, char id[LONGEST_ID])
{
	char *start, *end;
	size_t size;

	skip_blanks(reading);
	start = reading->at;
	end = *start == '"' ? end_of_string(start) : end_of_integer(start);
	if (!end)
		return request_wrong(
			reading,
			"the id is neither an integer nor a string of ASCII without escapes");
	size = (size_t)(end - start);
	if (size >= LONGEST_ID)
		return request_wrong(reading, "the id is longer than 255 bytes");
	memcpy(id, start, size);
	id[size] = '\0';
	reading->at = end;
	return true;
}

/* Reads the members of a request, in any order. */
static bool request_parse(struct request_reading *reading, char id[LONGEST_ID], char **command)
{
	*command = NULL;
	id[0] = '\0';
	request_take(reading, '{');
	do {
		const char *name = take_string(reading);

		if (!name)
			return false;
		if (!request_take(reading, ':'))
			return request_wrong(reading, "':' is missing");
		if (!strcmp(name, "id") && !id[0]) {
			if (!take_id(reading, id))
				return false;
		} else if (!strcmp(name, "command") && !*command) {
			*command = take_string(reading);
			if (!*command)
				return false;
		} else {
			return request_wrong(
				reading,
				"an object may only have the members \"id\" and \"command\"");
		}
	} while (request_take(reading, ','));
	if (!request_take(reading, '}'))
		return request_wrong(reading, "'}' is missing");
	skip_blanks(reading);
	if (*reading->at)
		return request_wrong(reading, "there is text after the object");
	return *command || request_wrong(reading, "\"command\" is missing");
}

static bool begins_request(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '{';
}

char *request_command(char *line)
{
	struct request_reading reading = { line, NULL };
	char id[LONGEST_ID], *command;

	return begins_request(line) && request_parse(&reading, id, &command) ? command : NULL;
}

bool request_is(const struct session *session, const char *line)
{
	return output_format(session->output) == OUTPUT_JSON && begins_request(line);
}

void request_run(struct session *session, char *line)
{
	bool failed_before = session->failed;
	uint64_t line_number = session->front.script_line;
	char id[LONGEST_ID], *command;
	struct error err;
	struct request_reading reading = { line, &err };
	bool sound = request_parse(&reading, id, &command);

	session->failed = false;
	/* messages contain the id of the request in place of a line number */
	session->front.script_line = 0;
	output_request(session->output, id[0] ? id : "null");
	if (sound)
		session_run_text(session, command);
	else
		session_complain_as(session, "request", NULL, &err);
	output_request_end(session->output, !session->failed);
	session->failed |= failed_before;
	session->front.script_line = line_number;
}
