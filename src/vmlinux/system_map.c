/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux/system_map.h"

#include <ctype.h>
#include <stdlib.h>

#include "vmlinux/symbols_table.h"

enum {
	MOST_TEXT = 256 << 20, /* the largest kernels have 10 MiB */
	SHORTEST_LINE = sizeof("c1000000 T x\n") - 1,
	IN_IMAGE = 1, /* section index of all symbols that are not SHN_ABS */
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

/* text is a line without its newline. The name is not checked. */
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

/* The line at offset *at, without its newline; moves *at past it. False if there
 * is no newline. */
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

/* Rejects malformed lines instead of skipping them: the whole file is suspect. */
static bool check_line(const char *path, const struct line *line, size_t nr,
		       size_t digits, struct error *err)
{
	const char *blank = line->name ? memchr(line->name, ' ', line->length) :
					 NULL;

	if (blank && nr == 1)
		return fail(err, ERROR_FORMAT,
			    "%s: holds no symbols; it says: %.*s", path,
			    line->length < 200 ? (int)line->length : 200,
			    line->name);
	if (line->name && memchr(line->name, '\t', line->length))
		return fail(
			err, ERROR_FORMAT,
			"%s: line %zu is a symbol of a module: a copy of /proc/kallsyms is not a System.map",
			path, nr);
	if (!line->name || blank || line->digits != digits ||
	    memchr(line->name, '\0', line->length))
		return fail(err, ERROR_FORMAT,
			    "%s: line %zu is not in the format of a System.map",
			    path, nr);
	return true;
}

/* x86-64's per-CPU symbols are offsets from 0 before 6.15, not addresses. */
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

/* Makes the table of its strings, a NUL and a copy of the file. Newlines become
 * NULs. */
static bool read_lines(struct symbols *symbols, const char *path,
		       uint16_t *machine, struct error *err)
{
	struct bytes bytes = symbols->strings;
	size_t at = 1, length, digits = 0;
	char *text = symbols->own_strings;
	uint32_t nr = 1; /* entry 0 is reserved */
	const char *start;
	struct line line;

	for (; at < bytes.size; nr++) {
		if (!next_line(bytes, &at, &start, &length))
			return fail(
				err, ERROR_FORMAT,
				"%s: the last line is incomplete: the file is cut short",
				path);
		if (!parse_line(start, length, &line))
			line.name = NULL;
		digits = digits ? digits : line.digits;
		if (!check_line(path, &line, nr, digits, err))
			return false;
		symbols->own_entries[nr] =
			entry_of(&line, (uint32_t)(line.name - text));
		text[at - 1] = '\0';
		if (!strcmp(line.name,
			    digits == 16 ? "startup_64" : "startup_32"))
			*machine = digits == 16 ? EM_X86_64 : EM_386;
	}
	symbols->nr_entries = nr;
	if (*machine == EM_NONE)
		return fail(
			err, ERROR_FORMAT,
			"%s: not a System.map of an x86 kernel: it has neither startup_32 nor startup_64",
			path);
	return true;
}

static struct symbols *copy_text(struct bytes text)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->own_strings = calloc(1, text.size + NAME_HEAD);
	symbols->own_entries =
		calloc(text.size / SHORTEST_LINE + 1, sizeof(Elf64_Sym));
	if (!symbols->own_strings || !symbols->own_entries) {
		symbols_close(symbols);
		return NULL;
	}
	memcpy(symbols->own_strings + 1, text.data, text.size);
	symbols->strings = (struct bytes){
		(const uint8_t *)symbols->own_strings,
		text.size + 1,
	};
	symbols->entries = (const uint8_t *)symbols->own_entries;
	symbols->entry_size = sizeof(Elf64_Sym);
	return symbols;
}

struct symbols *system_map_read(const struct file *file, uint16_t *machine,
				struct error *err)
{
	struct bytes text = file->bytes;
	struct symbols *symbols;

	*machine = EM_NONE;
	if (text.size > MOST_TEXT || text.size < SHORTEST_LINE) {
		fail(err, ERROR_FORMAT, "%s: not a System.map: %zu bytes",
		     file->path, text.size);
		return NULL;
	}
	symbols = copy_text(text);
	if (!symbols) {
		fail(err, ERROR_SYSTEM, "out of memory");
	} else if (read_lines(symbols, file->path, machine, err) &&
		   symbols_init_names(symbols, err)) {
		return symbols;
	}
	symbols_close(symbols);
	return NULL;
}
