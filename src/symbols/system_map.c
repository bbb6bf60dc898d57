/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>

#include "base/machine.h"
#include "base/text.h"
#include "symbols/symbols_table.h"

enum {
	/* Limits the size of the file; the maps of large kernels need 10 MiB. */
	MOST_TEXT = 256 << 20,
	SHORTEST_LINE = sizeof("c1000000 T x\n") - 1,
	IN_IMAGE = 1, /* the section index of all symbols that are not absolute */
};

struct system_map_line {
	uint64_t address;
	size_t digits;
	char type;
	const char *name; /* the text up to the end of the line */
};

/* Parses a line of size bytes, without its newline. The name is not checked. Returns false if the
 * line is malformed. */
static bool parse_line(const char *text, size_t size, struct system_map_line *line)
{
	*line = (struct system_map_line){ 0 };
	while (line->digits < size && line->digits < 16) {
		int digit = hex_value(text[line->digits]);

		if (digit < 0 || isupper((unsigned char)text[line->digits]))
			break;
		line->address = line->address << 4 | (unsigned int)digit;
		line->digits++;
	}
	if ((line->digits != 8 && line->digits != 16) || size < line->digits + 4 ||
	    text[line->digits] != ' ' || text[line->digits + 2] != ' ')
		return false;
	line->type = text[line->digits + 1];
	line->name = text + line->digits + 3;
	return isalpha((unsigned char)line->type) || line->type == '?';
}

bool system_map_probe(const struct file *file)
{
	enum { LONGEST_LINE = 1024 };
	const char *text = (const char *)file->bytes.data;
	size_t size = file->bytes.size;
	const char *newline;
	struct system_map_line line;

	newline = size ? memchr(text, '\n', size < LONGEST_LINE ? size : LONGEST_LINE) : NULL;
	return newline && parse_line(text, (size_t)(newline - text), &line);
}

static bool reject_line(const char *path, const struct system_map_line *line, size_t nr,
			struct error *err)
{
	if (line->name && nr == 1 && strchr(line->name, ' '))
		return fail(err, ERROR_FORMAT, "%s: holds no symbols; its first line says: %.200s",
			    path, line->name);
	if (line->name && strchr(line->name, '\t'))
		return fail(
			err, ERROR_FORMAT,
			"%s: line %zu is a symbol of a module, so this is a copy of /proc/kallsyms, not a System.map",
			path, nr);
	return fail(err, ERROR_FORMAT, "%s: line %zu is not in the format of a System.map", path,
		    nr);
}

/* Returns the section index of a symbol. Per-CPU symbols of x86-64 before 6.15 count as absolute,
 * because their values are offsets from 0, not addresses. */
static uint16_t section_of(const struct system_map_line *line)
{
	if (toupper((unsigned char)line->type) == 'A' ||
	    (line->digits == 16 && !(line->address >> 63)))
		return SHN_ABS;
	return IN_IMAGE;
}

static Elf64_Sym entry_of(const struct system_map_line *line, size_t name)
{
	bool function = strchr("tTwW", line->type) != NULL;
	bool local = islower((unsigned char)line->type);

	return (Elf64_Sym){
		.st_name = (uint32_t)name,
		.st_other = (unsigned char)line->type, /* the type letter, for symbols_type() */
		.st_info = ELF64_ST_INFO(local ? STB_LOCAL : STB_GLOBAL,
					 function ? STT_FUNC : STT_OBJECT),
		.st_shndx = section_of(line),
		.st_value = line->address,
	};
}

/* Parses all lines. symbols->strings contains a NUL and then a copy of the file. Each newline in
 * the copy is replaced by a NUL, which ends a name. *digits gets the number of digits of an
 * address. */
static bool system_map_read_lines(struct symbols *symbols, const char *path, size_t *digits,
				  struct error *err)
{
	char *text = symbols->strings.own, *at = text + 1, *newline;
	const char *end = text + symbols->strings.size;
	uint32_t nr = 1; /* the first symbol, because entry 0 is reserved */
	struct system_map_line line;

	for (*digits = 0; at < end; at = newline + 1, nr++) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return fail(err, ERROR_FORMAT,
				    "%s: the last line is incomplete, so the file is cut short",
				    path);
		*newline = '\0';
		if (!parse_line(at, (size_t)(newline - at), &line))
			line.name = NULL;
		if (nr == 1)
			*digits = line.digits;
		if (!line.name || line.digits != *digits ||
		    line.name + strcspn(line.name, " \t") != newline)
			return reject_line(path, &line, nr, err);
		symbols->own_entries[nr] = entry_of(&line, (size_t)(line.name - text));
	}
	symbols->nr_entries = nr;
	return true;
}

static bool map_has(const void *symbols, const char *name)
{
	struct kernel_symbol symbol;

	return symbols_find((struct symbols *)symbols, name, &symbol);
}

static bool system_map_find_machine(struct symbols *symbols, const char *path, size_t digits,
				    uint16_t *machine, struct error *err)
{
	*machine = machine_of_map(digits, map_has, symbols);
	return *machine != EM_NONE ||
	       fail(err, ERROR_FORMAT, "%s: not a System.map of a kernel for " MACHINES_READ, path);
}

static bool copy_text(struct symbols *symbols, struct bytes text, struct error *err)
{
	symbols->strings.own = symbols->strings.memory = calloc(1, text.size + 2);
	symbols->own_entries = calloc(text.size / SHORTEST_LINE + 1, sizeof(Elf64_Sym));
	if (!symbols->strings.own || !symbols->own_entries)
		return out_of_memory(err);
	memcpy(symbols->strings.own + 1, text.data, text.size);
	symbols->strings.size = text.size + 1;
	symbols->origin = SYMBOL_OF_SYSTEM_MAP;
	symbols->entries = (const uint8_t *)symbols->own_entries;
	symbols->entry_size = sizeof(Elf64_Sym);
	return true;
}

struct symbols *system_map_read(const struct file *file, uint16_t *machine, struct error *err)
{
	struct bytes text = file->bytes;
	struct symbols *symbols;
	size_t digits;

	if (text.size > MOST_TEXT || text.size < SHORTEST_LINE) {
		fail(err, ERROR_FORMAT, "%s: not a System.map, which cannot have %zu bytes",
		     file->path, text.size);
		return NULL;
	}
	symbols = calloc(1, sizeof(*symbols));
	if (!symbols)
		out_of_memory(err);
	else if (copy_text(symbols, text, err) &&
		 system_map_read_lines(symbols, file->path, &digits, err) &&
		 system_map_find_machine(symbols, file->path, digits, machine, err))
		return symbols;
	symbols_close(symbols);
	return NULL;
}
