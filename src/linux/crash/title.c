/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/title.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Returns the length of the number at the start of text, or 0 if text starts with no number. A word
 * of four or more hexadecimal digits counts as a number only if at least one digit is decimal. */
static size_t number_length(const char *text)
{
	size_t hex = strspn(text, "0123456789abcdefABCDEF");
	size_t decimal = strspn(text, "0123456789");

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return 2 + strspn(text + 2, "0123456789abcdefABCDEF");
	if (hex >= 4 && strcspn(text, "0123456789") < hex && !isalnum((unsigned char)text[hex]) &&
	    text[hex] != '_')
		return hex;
	return decimal;
}

// clang-format off
/* The text of messages before and after the name of a task. If `behind` is NULL, the name is at the
 * end of the message. A name may contain any characters, and the pid may be printed after the name.
 * The messages are from check_hung_task(), bad_page(), print_bad_pte(), __schedule_bug(),
 * check_preemption_disabled() and __warn() of 7.2. */
static const struct {
	const char *before, *behind;
} names[] = {
	{ "INFO: task ", " blocked " },
	{ "BUG: Bad page state in process ", "  pfn:" },
	{ "BUG: Bad page map in process ", "  pte:" },
	{ "BUG: scheduling while atomic: ", NULL },
	{ "] code: ", NULL },
	{ ", CPU#", NULL },
};
// clang-format on

/* Returns the length of the name of a task at text + at, or 0 if no name begins there. */
static size_t name_length(const char *text, size_t at)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i].before);
		const char *behind;

		if (at < length || strncmp(text + at - length, names[i].before, length) != 0)
			continue;
		if (!names[i].behind)
			return strlen(text + at);
		behind = strstr(text + at, names[i].behind);
		return behind ? (size_t)(behind - text) - at : 0;
	}
	return 0;
}

/* Returns the length of the part at text + at that differs between boots. Returns 0 if no such part
 * begins there. in_word: the character before text + at belongs to a word. */
static size_t varying_length(const char *text, size_t at, bool in_word)
{
	const char *close = text[at] == '[' ? strchr(text + at, ']') : NULL;
	size_t name = name_length(text, at);

	if (name)
		return name;
	if (close)
		return (size_t)(close - text) - at + 1;
	return in_word ? 0 : number_length(text + at);
}

void signature_title(const char *text, char *to, size_t size)
{
	size_t from = 0, at = 0;
	bool in_word = false;

	while (text[from] && at + 1 < size) {
		size_t skip = varying_length(text, from, in_word);
		char c = text[from];

		in_word = !skip && (isalnum((unsigned char)c) || c == '_');
		to[at++] = skip ? '#' : c;
		from += skip ? skip : 1;
	}
	to[at] = '\0';
}
