// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mkdump DESCRIPTION OUTPUT: build a dump from its description in text.
 * README.md describes the language. Nothing here knows how kwalk computes.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mkdump.h"

enum { MAX_INCLUDES = 8 };

struct statement {
	const char *name;
	void (*run)(struct dump *d, struct source *s, char *rest);
};

static int nr_open;
static struct list file_names; /* chunks name theirs until the end */

static void read_file(struct dump *d, const char *path, struct where from);

static const struct container *const containers[] = {
	&elf_container,
	&kdump_container,
	&lime_container,
	&raw_container,
};

char *read_line(struct source *s)
{
	ssize_t length = getline(&s->line, &s->room, s->in);

	if (length < 0)
		return NULL;
	s->where.line++;
	while (length && isspace((unsigned char)s->line[length - 1]))
		s->line[--length] = '\0';
	return s->line + strspn(s->line, " \t");
}

/* ADDRESS: ITEMS */
static void add_chunk(struct dump *d, struct list *l, struct where w, char *rest)
{
	struct chunk *c = list_add(l, sizeof(*c));
	char *colon = strchr(rest, ':');

	if (!colon)
		die(w, "expected ADDRESS: ITEMS");
	*colon = '\0';
	c->where = w;
	c->start = expr(w, need_word(&rest, w, "an address"));
	need_end(rest, w);
	add_items(d, &c->bytes, colon + 1, w);
}

static void run_at(struct dump *d, struct source *s, char *rest)
{
	add_chunk(d, &d->chunks, s->where, rest);
}

/* COUNT STEP ADDRESS: ITEMS */
static void run_repeat(struct dump *d, struct source *s, char *rest)
{
	uint64_t nr = expr(s->where, need_word(&rest, s->where, "a count"));
	uint64_t step = expr(s->where, need_word(&rest, s->where, "a step"));
	struct chunk *c;
	char *copy;

	for (uint64_t i = 0; i < nr; i++) {
		copy = strdup(rest);
		if (!copy)
			die(s->where, "out of memory");
		add_chunk(d, &d->chunks, s->where, copy);
		c = &((struct chunk *)d->chunks.items)[d->chunks.nr - 1];
		c->start += i * step;
		free(copy);
	}
}

static void run_poke(struct dump *d, struct source *s, char *rest)
{
	add_chunk(d, &d->pokes, s->where, rest);
}

static void run_let(struct dump *d, struct source *s, char *rest)
{
	char *name = need_word(&rest, s->where, "a name");

	(void)d;
	if (name_is_set(name))
		die(s->where, "'%s' is set already", name);
	name_set(name, expr(s->where, need_word(&rest, s->where, "a value")));
	need_end(rest, s->where);
}

static void run_default(struct dump *d, struct source *s, char *rest)
{
	char *name = need_word(&rest, s->where, "a name");
	uint64_t value;

	(void)d;
	value = expr(s->where, need_word(&rest, s->where, "a value"));
	need_end(rest, s->where);
	if (!name_is_set(name))
		name_set(name, value);
}

static void run_entry(struct dump *d, struct source *s, char *rest)
{
	uint64_t size = expr(s->where, need_word(&rest, s->where, "a size"));

	(void)d;
	need_end(rest, s->where);
	entry_size_set(size);
}

static void run_truncate(struct dump *d, struct source *s, char *rest)
{
	d->truncate = expr(s->where, need_word(&rest, s->where, "a size"));
	need_end(rest, s->where);
}

static void run_container(struct dump *d, struct source *s, char *rest)
{
	char *name = need_word(&rest, s->where, "a container's name");

	need_end(rest, s->where);
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++) {
		if (!strcmp(containers[i]->name, name)) {
			d->container = containers[i]->name;
			return;
		}
	}
	die(s->where, "unknown container '%s'", name);
}

/* include FILE, relative to the including one. */
static void run_include(struct dump *d, struct source *s, char *rest)
{
	char *name = need_word(&rest, s->where, "a file");
	const char *slash = strrchr(s->where.file, '/');
	int folder = slash ? (int)(slash - s->where.file) + 1 : 0;
	char path[4096];

	need_end(rest, s->where);
	snprintf(path, sizeof(path), "%.*s%s", folder, s->where.file, name);
	read_file(d, path, s->where);
}

static const struct statement statements[] = {
	{ "at", run_at },
	{ "container", run_container },
	{ "default", run_default },
	{ "elf", run_elf },
	{ "entry", run_entry },
	{ "flatten", run_flatten },
	{ "include", run_include },
	{ "kdump", run_kdump },
	{ "let", run_let },
	{ "note", run_note },
	{ "notes", run_notes },
	{ "page", run_page },
	{ "poke", run_poke },
	{ "repeat", run_repeat },
	{ "segment", run_segment },
	{ "segments", run_segments },
	{ "truncate", run_truncate },
};

/* A '#' inside a string is no comment. */
static void cut_comment(char *line)
{
	bool quoted = false;

	for (; *line; line++) {
		if (quoted && *line == '\\' && line[1])
			line++;
		else if (*line == '"')
			quoted = !quoted;
		else if (*line == '#' && !quoted)
			*line = '\0';
		if (!*line)
			return;
	}
}

static void run_line(struct dump *d, struct source *s, char *line)
{
	char *name;

	cut_comment(line);
	name = next_word(&line);
	if (!name)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!strcmp(statements[i].name, name)) {
			statements[i].run(d, s, line);
			return;
		}
	}
	die(s->where, "unknown statement '%s'", name);
}

static void read_file(struct dump *d, const char *path, struct where from)
{
	char *name = strdup(path), *line;
	struct source s = { .where = { .file = name } };

	if (++nr_open > MAX_INCLUDES)
		die(from, "includes too deep");
	*(char **)list_add(&file_names, sizeof(name)) = name;
	s.in = fopen(path, "r");
	if (!name || !s.in)
		die(from, "cannot open %s", path);
	while ((line = read_line(&s)))
		run_line(d, &s, line);
	fclose(s.in);
	free(s.line);
	nr_open--;
}

static void set_known_names(void)
{
	static const struct {
		const char *name;
		uint64_t value;
	} known[] = {
		/* e_ident[EI_DATA], e_type, e_machine */
		{ "little", 1 },
		{ "big", 2 },
		{ "exec", 2 },
		{ "core", 4 },
		{ "i386", 3 },
		{ "x86_64", 62 },
		{ "aarch64", 183 },
		{ "riscv", 243 },
		{ "loongarch", 258 },
		/* Compressions of kdump pages, as flags. */
		{ "plain", 0 },
		{ "zlib", 1 },
		{ "lzo", 2 },
		{ "snappy", 4 },
		{ "incomplete", 8 },
		{ "zstd", 0x20 },
		/* Bits of a page-table entry. */
		{ "P", 0x1 },
		{ "RW", 0x2 },
		{ "US", 0x4 },
		{ "PWT", 0x8 },
		{ "PCD", 0x10 },
		{ "A", 0x20 },
		{ "D", 0x40 },
		{ "PS", 0x80 },
		{ "PAT", 0x80 },
		{ "G", 0x100 },
		{ "SOFT1", 0x200 },
		{ "SOFT2", 0x400 },
		{ "SOFT3", 0x800 },
		{ "LARGE_PAT", 0x1000 },
		{ "NX", UINT64_C(1) << 63 },
		/* What the kernel gives a table, and its data. */
		{ "TABLE", 0x67 },
		{ "KTABLE", 0x63 },
		{ "DATA", UINT64_C(1) << 63 | 0x163 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		name_set(known[i].name, known[i].value);
}

static void check_chunk(const struct dump *d, const struct chunk *c)
{
	const struct segment *s = d->segments.items;
	uint64_t at = c->start, end = c->start + c->bytes.size, before;

	while (at < end) {
		before = at;
		for (size_t i = 0; i < d->segments.nr; i++)
			if (!s[i].is_notes && at >= s[i].paddr && at - s[i].paddr < s[i].filesz)
				at = s[i].paddr + s[i].filesz;
		if (at == before)
			die(c->where, "no segment holds 0x%" PRIx64, at);
	}
}

static bool write_pokes(const struct dump *d, FILE *out)
{
	const struct chunk *c = d->pokes.items;

	for (size_t i = 0; i < d->pokes.nr; i++)
		if (fseeko(out, (off_t)c[i].start, SEEK_SET) ||
		    fwrite(c[i].bytes.data, 1, c[i].bytes.size, out) != c[i].bytes.size)
			return false;
	return true;
}

static bool write_container(const struct dump *d, FILE *out)
{
	bool ok = false;

	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		if (!strcmp(containers[i]->name, d->container))
			ok = containers[i]->write(d, out);
	return ok && write_pokes(d, out) && !fflush(out);
}

/* A flattened file is made of the finished one. */
static bool write_flattened(const struct dump *d, FILE *out)
{
	FILE *inner = tmpfile();
	bool ok = inner && write_container(d, inner) && flatten_file(&d->flat, inner, out) &&
		  !fflush(out);

	if (inner)
		fclose(inner);
	return ok;
}

static bool write_dump(const struct dump *d, const char *path)
{
	FILE *out = fopen(path, "wb");
	bool ok;

	if (!out)
		return false;
	ok = (d->flat.on ? write_flattened : write_container)(d, out);
	if (ok && d->truncate != NOT_SET)
		ok = !ftruncate(fileno(out), (off_t)d->truncate);
	return !fclose(out) && ok;
}

int main(int argc, char **argv)
{
	static struct dump d = {
		.container = "elf",
		.truncate = NOT_SET,
		.elf = { .class = 64,
			 .endian = 1,
			 .machine = 62,
			 .type = 4,
			 .version = 1,
			 .phoff = NOT_SET,
			 .e_phoff = NOT_SET,
			 .e_phnum = NOT_SET,
			 .e_phentsize = NOT_SET,
			 .e_ehsize = NOT_SET,
			 .e_shoff = NOT_SET,
			 .e_shnum = NOT_SET },
		.kdump = { .version = 6,
			   .word = 64,
			   .page_size = 4096,
			   .compression = 1,
			   .status = NOT_SET,
			   .block_size = NOT_SET,
			   .sub_blocks = NOT_SET,
			   .bitmap_blocks = NOT_SET,
			   .max_mapnr = NOT_SET,
			   .vmcoreinfo_offset = NOT_SET,
			   .vmcoreinfo_size = NOT_SET,
			   .notes_offset = NOT_SET,
			   .notes_size = NOT_SET },
		.flat = { .record = 65536, .end = 1, .type = 1, .version = 1 },
	};
	const struct chunk *c;

	if (argc != 3) {
		fputs("usage: mkdump DESCRIPTION OUTPUT\n", stderr);
		return 2;
	}
	set_known_names();
	read_file(&d, argv[1], (struct where){ "mkdump", 0 });
	c = d.chunks.items;
	for (size_t i = 0; i < d.chunks.nr; i++)
		check_chunk(&d, &c[i]);
	if (!write_dump(&d, argv[2])) {
		fprintf(stderr, "mkdump: cannot write %s\n", argv[2]);
		return 1;
	}
	return 0;
}
