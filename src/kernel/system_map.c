/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/system_map.h"

#include <ctype.h>
#include <stdlib.h>

#include "kernel/symbols_table.h"

enum {
	MOST_TEXT = 256 << 20, /* those of the largest kernels have 10M */
	SHORTEST_LINE = sizeof("c1000000 T x\n") - 1,
	IN_IMAGE = 1, /* a section index: any that is not SHN_ABS */
};

struct line {
	uint64_t address;
	size_t digits;
	char type;
	const char *name; /* not terminated */
	size_t length;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* text has no newline in it. The name may be anything. */
static bool parse_line(const char *text, size_t size, struct line *line)
{
	*line = (struct line){ 0 };
	while (line->digits < size && line->digits < 16) {
		int digit = hex_digit(text[line->digits]);

		if (digit < 0)
			break;
		line->address = line->address << 4 | (unsigned int)digit;
		line->digits++;
	}
	if ((line->digits != 8 && line->digits != 16) ||
	    size < line->digits + 4 || text[line->digits] != ' ' ||
	    text[line->digits + 2] != ' ')
		return false;
	line->type = text[line->digits + 1];
	line->name = text + line->digits + 3;
	line->length = size - line->digits - 3;
	return isalpha((unsigned char)line->type) || line->type == '?';
}

/* What is left from at on up to a newline, and there must be one. */
static bool next_line(struct bytes text, size_t *at, const char **start,
		      size_t *size)
{
	const char *newline;

	*start = (const char *)text.data + *at;
	newline = memchr(*start, '\n', text.size - *at);
	if (!newline)
		return false;
	*size = (size_t)(newline - *start);
	*at += *size + 1;
	return true;
}

bool system_map_probe(const struct file *file)
{
	enum { LONGEST_NAME = 1024 };
	struct bytes text = file->bytes;
	const char *start;
	struct line line;
	size_t at = 0, size;

	if (text.size > LONGEST_NAME)
		text.size = LONGEST_NAME;
	return next_line(text, &at, &start, &size) &&
	       parse_line(start, size, &line);
}

static size_t nr_lines(struct bytes text)
{
	const uint8_t *at = text.data, *end = at + text.size;
	size_t nr = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		nr++;
	}
	return nr;
}

/* What is no name is not passed over: what else would be wrong then? */
static bool check_line(const struct file *file, const struct line *line,
		       size_t nr, size_t digits, struct error *err)
{
	const char *blank = line->name ? memchr(line->name, ' ', line->length) :
					 NULL;

	if (blank && nr == 1)
		return fail(err, ERROR_FORMAT,
			    "%s: holds no symbols; it says: %.*s", file->path,
			    line->length < 200 ? (int)line->length : 200,
			    line->name);
	if (line->name && memchr(line->name, '\t', line->length))
		return fail(err, ERROR_FORMAT,
			    "%s: line %zu is of a module: a copy of /proc/kallsyms is no System.map",
			    file->path, nr);
	if (!line->name || blank || line->digits != digits ||
	    memchr(line->name, '\0', line->length))
		return fail(err, ERROR_FORMAT,
			    "%s: line %zu is none of a System.map", file->path,
			    nr);
	return true;
}

/* x86-64's per-CPU symbols, offsets from 0 before 6.15, have no place. */
static uint16_t section_of(const struct line *line)
{
	if (toupper((unsigned char)line->type) == 'A' ||
	    (line->digits == 16 && !(line->address >> 63)))
		return SHN_ABS;
	return IN_IMAGE;
}

static Elf64_Sym entry_of(const struct line *line, uint32_t name)
{
	bool function = strchr("tTwW", line->type) != NULL;
	bool local = islower((unsigned char)line->type);

	return (Elf64_Sym){
		.st_name = name,
		.st_info = ELF64_ST_INFO(local ? STB_LOCAL : STB_GLOBAL,
					 function ? STT_FUNC : STT_OBJECT),
		.st_shndx = section_of(line),
		.st_value = line->address,
	};
}

static bool is_named(const struct line *line, const char *name)
{
	return line->length == strlen(name) &&
	       !memcmp(line->name, name, line->length);
}

/* entries and strings have room for all lines and for all of the text. */
static bool read_lines(const struct file *file, Elf64_Sym *entries,
		       char *strings, uint16_t *machine, struct error *err)
{
	size_t at = 0, nr = 1, size, digits = 0, used = 1;
	const char *start;
	struct line line;

	for (; at < file->bytes.size; nr++) {
		if (!next_line(file->bytes, &at, &start, &size))
			return fail(err, ERROR_FORMAT,
				    "%s: its last line has no end: it is cut short",
				    file->path);
		if (!parse_line(start, size, &line))
			line.name = NULL;
		digits = digits ? digits : line.digits;
		if (!check_line(file, &line, nr, digits, err))
			return false;
		entries[nr] = entry_of(&line, (uint32_t)used);
		memcpy(strings + used, line.name, line.length);
		used += line.length + 1;
		if (is_named(&line, digits == 16 ? "startup_64" : "startup_32"))
			*machine = digits == 16 ? EM_X86_64 : EM_386;
	}
	if (*machine == EM_NONE)
		return fail(err, ERROR_FORMAT,
			    "%s: is no System.map of an x86 kernel: it has neither startup_32 nor startup_64",
			    file->path);
	return true;
}

struct symbols *system_map_read(const struct file *file, uint16_t *machine,
				struct error *err)
{
	struct bytes text = file->bytes;
	struct symbols *symbols;
	size_t nr;

	*machine = EM_NONE;
	if (text.size > MOST_TEXT || text.size < SHORTEST_LINE) {
		fail(err, ERROR_FORMAT, "%s: is no System.map: %zu bytes",
		     file->path, text.size);
		return NULL;
	}
	nr = nr_lines(text) + 1; /* number 0 is no symbol */
	symbols = calloc(1, sizeof(*symbols));
	if (symbols)
		symbols->own_entries = calloc(nr, sizeof(Elf64_Sym));
	if (symbols)
		symbols->own_strings = calloc(1, text.size + 1);
	if (!symbols || !symbols->own_entries || !symbols->own_strings) {
		fail(err, ERROR_SYSTEM, "out of memory");
	} else if (read_lines(file, symbols->own_entries, symbols->own_strings,
			      machine, err)) {
		symbols->entries = (const uint8_t *)symbols->own_entries;
		symbols->entry_size = sizeof(Elf64_Sym);
		symbols->nr_entries = (uint32_t)nr;
		symbols->strings = (struct bytes){
			(const uint8_t *)symbols->own_strings, text.size + 1,
		};
		return symbols;
	}
	symbols_close(symbols);
	return NULL;
}
