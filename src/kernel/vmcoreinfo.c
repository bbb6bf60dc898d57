/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The kernel writes a page (VMCOREINFO_BYTES): what lies far beyond is no note. */
enum { MAX_KEY = 128, MAX_TEXT = 1 << 16 };

bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key,
		     struct bytes *value)
{
	const char *at = (const char *)note->text.data;
	size_t left = note->text.size < MAX_TEXT ? note->text.size : MAX_TEXT;
	size_t length = strlen(key);

	while (left > length) {
		const char *newline = memchr(at, '\n', left);
		size_t line = newline ? (size_t)(newline - at) : strnlen(at, left);

		if (line > length && at[length] == '=' &&
		    !memcmp(at, key, length)) {
			*value = (struct bytes){ (const uint8_t *)at + length + 1,
						 line - length - 1 };
			return true;
		}
		if (!newline)
			return false;
		left -= line + 1;
		at += line + 1;
	}
	return false;
}

/* A whole number, all of the value's bytes: "-845152256", "0x1f", "c1000000". */
static bool parse(struct bytes value, int base, uint64_t *number)
{
	char text[32], *end;

	if (value.size == 0 || value.size >= sizeof(text))
		return false;
	memcpy(text, value.data, value.size);
	text[value.size] = '\0';
	errno = 0;
	*number = strtoull(text, &end, base);
	return errno == 0 && end == text + value.size;
}

static bool find_number(const struct vmcoreinfo *note, const char *kind,
			const char *name, int base, uint64_t *number)
{
	char key[MAX_KEY];
	struct bytes value;
	int length = snprintf(key, sizeof(key), "%s(%s)", kind, name);

	if (length < 0 || (size_t)length >= sizeof(key) ||
	    !vmcoreinfo_find(note, key, &value))
		return false;
	if (base == 10 && value.size > 2 && value.data[0] == '0' &&
	    value.data[1] == 'x')
		base = 16;
	return parse(value, base, number);
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value)
{
	return find_number(note, "SYMBOL", name, 16, value);
}

bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value)
{
	return find_number(note, "NUMBER", name, 10, value);
}

bool vmcoreinfo_size(const struct vmcoreinfo *note, const char *name,
		     uint64_t *value)
{
	return find_number(note, "SIZE", name, 10, value);
}

bool vmcoreinfo_offset(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value)
{
	return find_number(note, "OFFSET", name, 10, value);
}

bool vmcoreinfo_length(const struct vmcoreinfo *note, const char *name,
		       uint64_t *value)
{
	return find_number(note, "LENGTH", name, 10, value);
}

bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key,
		    uint64_t *value)
{
	struct bytes text;

	return vmcoreinfo_find(note, key, &text) && parse(text, 16, value);
}

bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at,
			    char name[VMCOREINFO_NAME], uint64_t *value)
{
	static const char start[] = "SYMBOL(";
	size_t end = note->text.size < MAX_TEXT ? note->text.size : MAX_TEXT;

	while (*at < end) {
		const char *line = (const char *)note->text.data + *at;
		const char *newline = memchr(line, '\n', end - *at);
		size_t size = newline ? (size_t)(newline - line) : end - *at;
		const char *close = memchr(line, ')', size);
		size_t length;

		*at += size + 1;
		if (!close || size < strlen(start) ||
		    memcmp(line, start, strlen(start)))
			continue;
		line += strlen(start);
		length = (size_t)(close - line);
		if (!length || length >= VMCOREINFO_NAME)
			continue;
		memcpy(name, line, length);
		name[length] = '\0';
		if (vmcoreinfo_symbol(note, name, value))
			return true;
	}
	return false;
}
