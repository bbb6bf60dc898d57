/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mkdump makes a dump from a text description. Declares the content of a description, and the
 * containers (file formats) of dumps. */
#ifndef MKDUMP_H
#define MKDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The value of a field that is not set. It is not all ones, because a test may write all ones to a
 * header. */
#define NOT_SET UINT64_C(0x7fedcba987654321)

/* A line of a description, for error messages. */
struct where {
	const char *file;
	int line;
};

struct buf {
	uint8_t *data;
	size_t size, room;
};

/* Bytes, and where they start: a physical address in memory, or for a poke an offset in the
 * file. */
struct chunk {
	uint64_t start;
	struct buf bytes;
	struct where where;
};

struct note {
	char name[32];
	uint64_t type;
	uint64_t namesz, descsz; /* NOT_SET: the true sizes */
	struct buf desc;
};

/* A program header. If it is a PT_NOTE header, it contains nr_notes notes, from first_note on. */
struct segment {
	bool is_notes;
	size_t first_note, nr_notes;
	uint64_t paddr, vaddr, filesz, memsz, flags, align;
	uint64_t offset; /* NOT_SET: after the data before it */
	/* Values that the header has instead of the true values. NOT_SET: the true value. */
	uint64_t p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz;
	struct where where;
};

struct elf_header {
	uint64_t class, endian, machine, type, version, pnxnum;
	uint64_t phoff; /* NOT_SET: directly after the ELF header */
	/* Values that the header has instead of the true values. NOT_SET: the true value. */
	uint64_t e_phoff, e_phnum, e_phentsize, e_ehsize, e_shoff, e_shnum;
};

struct list {
	void *items;
	size_t nr, room;
};

/* The fields of the header of a kdump-compressed file. */
struct kdump_fields {
	uint64_t diskdump, version, compression, level, qemu, time;
	uint64_t page_size;
	uint64_t word; /* word size of the program that writes the file, in bits: 32 or 64 */
	uint64_t split, start_pfn, end_pfn, phys_base, erased_size;
	/* Values that replace the true values. NOT_SET: the true value. */
	uint64_t status, block_size, sub_blocks, bitmap_blocks, max_mapnr;
	uint64_t vmcoreinfo_offset, vmcoreinfo_size, notes_offset, notes_size;
};

/* Values of one page that replace the true values. NOT_SET: the true value. */
struct kdump_page {
	uint64_t paddr;
	uint64_t offset, size, flags; /* in the descriptor */
	uint64_t memory, dumped; /* in the bitmaps */
	uint64_t wrong; /* a byte to write to the middle of the data */
};

/* How the finished file is flattened. */
struct flat_fields {
	bool on;
	uint64_t record; /* bytes in each record */
	uint64_t order; /* order of records: 0 ascending, 1 descending, 2 mixed */
	uint64_t overlap; /* 1: each record overwrites a record with wrong bytes */
	uint64_t holes; /* 1: no records for zeros */
	uint64_t end; /* 0: no record that marks the end */
	uint64_t type, version;
};

struct dump {
	const char *container;
	struct elf_header elf;
	struct kdump_fields kdump;
	struct list kdump_pages; /* struct kdump_page */
	struct flat_fields flat;
	struct list chunks; /* struct chunk: memory; later chunks overwrite earlier chunks */
	struct list pokes; /* struct chunk: bytes to change in the finished file */
	struct list segments; /* struct segment */
	struct list notes; /* struct note */
	uint64_t truncate; /* bytes to keep of the finished file; NOT_SET: all */
};

struct container {
	const char *name;
	bool (*write)(const struct dump *d, FILE *out);
};

extern const struct container elf_container;
extern const struct container kdump_container;
extern const struct container lime_container;
extern const struct container raw_container;

/* A description file that is being read. */
struct source {
	FILE *in;
	struct where where;
	char *line;
	size_t room;
};

struct key {
	const char *name;
	size_t offset; /* of a uint64_t */
};

#define KEY(type, member)                                                                          \
	{                                                                                          \
#member, offsetof(struct type, member)                                             \
	}

/* mkdump_util.c */
_Noreturn void die(struct where w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void *list_add(struct list *l, size_t item_size);
void buf_add(struct buf *b, const void *data, size_t size);
void buf_add_int(struct buf *b, uint64_t value, int size, bool big);
void buf_pad(struct buf *b, size_t multiple);
void buf_free(struct buf *b);
bool put_at(FILE *out, uint64_t offset, const void *data, size_t size);
/* Writes the bytes in b at the offset, and frees b. */
bool write_buf(FILE *out, uint64_t offset, struct buf *b);
/* Writes the memory of a segment. If the segment does not fit into the file, extends the file. */
bool write_memory(const struct dump *d, const struct segment *s, FILE *out, uint64_t offset);

/* mkdump_expr.c: the names that `default` and `let` define, and C-like expressions of these
 * names. */
bool name_is_set(const char *name);
void name_set(const char *name, uint64_t value);
void entry_size_set(uint64_t size);
uint64_t expr(struct where w, const char *text);

/* mkdump_words.c: functions that take words from a text. *rest: the text after the words that were
 * taken. */
char *next_word(char **rest);
char *need_word(char **rest, struct where w, const char *what);
void need_end(char *rest, struct where w);
void set_keys(void *base, const struct key *keys, size_t nr_keys, struct where w, char *rest);
void add_items(struct dump *d, struct buf *b, char *rest, struct where w);

/* mkdump_elf.c: appends the bytes of a note to b. */
void encode_note(const struct note *n, bool big, struct buf *b);

/* mkdump_kdump.c, mkdump_flat.c */
void run_kdump(struct dump *d, struct source *s, char *rest);
void run_page(struct dump *d, struct source *s, char *rest);
void run_flatten(struct dump *d, struct source *s, char *rest);
bool flatten_file(const struct flat_fields *flat, FILE *from, FILE *out);

/* mkdump.c: returns the next line, without blanks at its start and end. Returns NULL at the end of
 * the file. */
char *read_line(struct source *s);

/* mkdump_parts.c: functions that run a statement of the description. */
void run_elf(struct dump *d, struct source *s, char *rest);
void run_segment(struct dump *d, struct source *s, char *rest);
void run_segments(struct dump *d, struct source *s, char *rest);
void run_notes(struct dump *d, struct source *s, char *rest);
void run_note(struct dump *d, struct source *s, char *rest);

#endif
