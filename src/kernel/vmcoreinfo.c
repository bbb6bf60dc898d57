/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Limits for damaged notes: the longest key and the longest text. The kernel's note has one page
 * (VMCOREINFO_BYTES), so it is never longer. */
enum { MAX_KEY = 128, MAX_TEXT = 1 << 16 };

/* Finds the line that starts at offset *at, and moves *at to the start of the next line. *line gets
 * the line without its newline. */
static bool vmcoreinfo_next_line(const struct vmcoreinfo *note, size_t *at, struct bytes *line)
{
	size_t size = note->text.size < MAX_TEXT ? note->text.size : MAX_TEXT;
	const uint8_t *newline;

	if (*at >= size)
		return false;
	line->data = note->text.data + *at;
	newline = memchr(line->data, '\n', size - *at);
	line->size = newline ? (size_t)(newline - line->data) :
			       strnlen((const char *)line->data, size - *at);
	*at = newline ? *at + line->size + 1 : size;
	return true;
}

bool vmcoreinfo_find(const struct vmcoreinfo *note, const char *key, struct bytes *value)
{
	size_t length = strlen(key), at = 0;
	struct bytes line;

	while (vmcoreinfo_next_line(note, &at, &line)) {
		if (line.size > length && line.data[length] == '=' &&
		    !memcmp(line.data, key, length)) {
			*value = (struct bytes){ line.data + length + 1, line.size - length - 1 };
			return true;
		}
	}
	return false;
}

/* Parses the value as a number, such as "-845152256", "0x1f" or "c1000000". Returns false if the
 * value contains anything else. */
static bool vmcoreinfo_parse(struct bytes value, int base, uint64_t *number)
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

bool vmcoreinfo_value(const struct vmcoreinfo *note, const char *kind, const char *name,
		      uint64_t *number)
{
	int base = !strcmp(kind, "SYMBOL") ? 16 : 10;
	char key[MAX_KEY];
	struct bytes value;
	int length = snprintf(key, sizeof(key), "%s(%s)", kind, name);

	if (length < 0 || (size_t)length >= sizeof(key) || !vmcoreinfo_find(note, key, &value))
		return false;
	if (value.size > 2 && value.data[0] == '0' && value.data[1] == 'x')
		base = 16;
	return vmcoreinfo_parse(value, base, number);
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *note, const char *name, uint64_t *value)
{
	return vmcoreinfo_value(note, "SYMBOL", name, value);
}

bool vmcoreinfo_number(const struct vmcoreinfo *note, const char *name, uint64_t *value)
{
	return vmcoreinfo_value(note, "NUMBER", name, value);
}

bool vmcoreinfo_decimal(const struct vmcoreinfo *note, const char *key, uint64_t *value)
{
	struct bytes text;

	return vmcoreinfo_find(note, key, &text) && vmcoreinfo_parse(text, 10, value);
}

bool vmcoreinfo_hex(const struct vmcoreinfo *note, const char *key, uint64_t *value)
{
	struct bytes text;

	return vmcoreinfo_find(note, key, &text) && vmcoreinfo_parse(text, 16, value);
}

bool vmcoreinfo_next_symbol(const struct vmcoreinfo *note, size_t *at, char name[VMCOREINFO_NAME],
			    uint64_t *value)
{
	static const char start[] = "SYMBOL(";
	const size_t skip = sizeof(start) - 1;
	struct bytes line;

	while (vmcoreinfo_next_line(note, at, &line)) {
		const uint8_t *close = memchr(line.data, ')', line.size);
		size_t length;

		if (!close || line.size < skip || memcmp(line.data, start, skip))
			continue;
		length = (size_t)(close - line.data) - skip;
		if (!length || length >= VMCOREINFO_NAME)
			continue;
		memcpy(name, line.data + skip, length);
		name[length] = '\0';
		if (vmcoreinfo_symbol(note, name, value))
			return true;
	}
	return false;
}
