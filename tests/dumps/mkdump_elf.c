// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mkdump: the ELF core. Written field by field, as <elf.h> holds no structure
 * for the other byte order.
 */
#include <string.h>

#include "mkdump.h"

enum { PT_LOAD = 1, PT_NOTE = 4, PN_XNUM = 0xffff, NOTE_ALIGN = 4 };

/* The file while its headers are being laid out. */
struct core {
	const struct dump *dump;
	FILE *out;
	bool big;
	int word; /* bytes in an address */
	size_t nr_segments;
	uint64_t phoff, shoff;
	uint64_t offset[1 << 17]; /* of each segment's content */
};

static uint64_t said(uint64_t said_value, uint64_t truth)
{
	return said_value != NOT_SET ? said_value : truth;
}

static uint64_t ehdr_size(const struct core *c)
{
	return c->word == 8 ? 64 : 52;
}

static uint64_t phdr_size(const struct core *c)
{
	return c->word == 8 ? 56 : 32;
}

static uint64_t shdr_size(const struct core *c)
{
	return c->word == 8 ? 64 : 40;
}

static const struct segment *segments(const struct dump *d)
{
	return d->segments.items;
}

void encode_note(const struct note *n, bool big, struct buf *b)
{
	size_t namesz = strlen(n->name) + 1;

	buf_add_int(b, said(n->namesz, namesz), 4, big);
	buf_add_int(b, said(n->descsz, n->desc.size), 4, big);
	buf_add_int(b, n->type, 4, big);
	buf_add(b, n->name, namesz);
	buf_pad(b, NOTE_ALIGN);
	buf_add(b, n->desc.data, n->desc.size);
	buf_pad(b, NOTE_ALIGN);
}

static void encode_notes(const struct core *c, const struct segment *s, struct buf *b)
{
	const struct note *n = c->dump->notes.items;

	for (size_t i = 0; i < s->nr_notes; i++)
		encode_note(&n[s->first_note + i], c->big, b);
}

static uint64_t content_size(const struct core *c, const struct segment *s)
{
	struct buf b = { 0 };
	uint64_t size;

	if (!s->is_notes)
		return s->filesz;
	encode_notes(c, s, &b);
	size = b.size;
	buf_free(&b);
	return size;
}

static void place(struct core *c)
{
	const struct segment *s = segments(c->dump);
	uint64_t end;

	c->phoff = said(c->dump->elf.phoff, ehdr_size(c));
	c->shoff = c->phoff + c->nr_segments * phdr_size(c);
	end = c->shoff;
	if (c->dump->elf.pnxnum)
		end += shdr_size(c);
	for (size_t i = 0; i < c->nr_segments; i++) {
		uint64_t align = s[i].is_notes ? NOTE_ALIGN : s[i].align;

		end = (end + align - 1) / align * align;
		c->offset[i] = said(s[i].offset, end);
		end = c->offset[i] + content_size(c, &s[i]);
	}
}

static bool write_ehdr(const struct core *c)
{
	const struct elf_header *e = &c->dump->elf;
	uint64_t phnum = e->pnxnum ? PN_XNUM : c->nr_segments;
	struct buf b = { 0 };

	buf_add(&b, "\177ELF", 4);
	buf_add_int(&b, e->class == 32 ? 1 : e->class == 64 ? 2 : e->class, 1, false);
	buf_add_int(&b, e->endian, 1, false);
	buf_add_int(&b, 1, 1, false);
	buf_pad(&b, 16);
	buf_add_int(&b, e->type, 2, c->big);
	buf_add_int(&b, e->machine, 2, c->big);
	buf_add_int(&b, e->version, 4, c->big);
	buf_add_int(&b, 0, c->word, c->big); /* e_entry */
	buf_add_int(&b, said(e->e_phoff, c->phoff), c->word, c->big);
	buf_add_int(&b, said(e->e_shoff, e->pnxnum ? c->shoff : 0), c->word, c->big);
	buf_add_int(&b, 0, 4, c->big); /* e_flags */
	buf_add_int(&b, said(e->e_ehsize, ehdr_size(c)), 2, c->big);
	buf_add_int(&b, said(e->e_phentsize, phdr_size(c)), 2, c->big);
	buf_add_int(&b, said(e->e_phnum, phnum), 2, c->big);
	buf_add_int(&b, e->pnxnum ? shdr_size(c) : 0, 2, c->big);
	buf_add_int(&b, said(e->e_shnum, e->pnxnum ? 1 : 0), 2, c->big);
	buf_add_int(&b, 0, 2, c->big); /* e_shstrndx */
	return write_buf(c->out, 0, &b);
}

static void encode_phdr(const struct core *c, size_t i, struct buf *b)
{
	const struct segment *s = &segments(c->dump)[i];
	uint64_t filesz = content_size(c, s);
	uint64_t memsz = s->is_notes ? 0 : s->memsz;
	uint64_t type = said(s->p_type, s->is_notes ? PT_NOTE : PT_LOAD);

	buf_add_int(b, type, 4, c->big);
	if (c->word == 8)
		buf_add_int(b, s->flags, 4, c->big);
	buf_add_int(b, said(s->p_offset, c->offset[i]), c->word, c->big);
	buf_add_int(b, said(s->p_vaddr, s->vaddr), c->word, c->big);
	buf_add_int(b, said(s->p_paddr, s->paddr), c->word, c->big);
	buf_add_int(b, said(s->p_filesz, filesz), c->word, c->big);
	buf_add_int(b, said(s->p_memsz, memsz), c->word, c->big);
	if (c->word == 4)
		buf_add_int(b, s->flags, 4, c->big);
	buf_add_int(b, 0, c->word, c->big); /* p_align */
}

static bool write_phdrs(const struct core *c)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < c->nr_segments; i++)
		encode_phdr(c, i, &b);
	return write_buf(c->out, c->phoff, &b);
}

/* With PN_XNUM the number of program headers is section 0's sh_info. */
static bool write_shdr(const struct core *c)
{
	struct buf b = { 0 };
	int before_info = c->word == 8 ? 44 : 28;

	if (!c->dump->elf.pnxnum)
		return true;
	buf_add_int(&b, 0, 1, false);
	buf_pad(&b, (size_t)before_info);
	buf_add_int(&b, c->nr_segments, 4, c->big);
	buf_pad(&b, shdr_size(c));
	return write_buf(c->out, c->shoff, &b);
}

static bool write_segment(const struct core *c, size_t i)
{
	return write_memory(c->dump, &segments(c->dump)[i], c->out, c->offset[i]);
}

static bool write_notes(const struct core *c, size_t i)
{
	struct buf b = { 0 };

	encode_notes(c, &segments(c->dump)[i], &b);
	return write_buf(c->out, c->offset[i], &b);
}

static bool write_segments(const struct core *c)
{
	for (size_t i = 0; i < c->nr_segments; i++) {
		bool is_notes = segments(c->dump)[i].is_notes;

		if (!(is_notes ? write_notes : write_segment)(c, i))
			return false;
	}
	return true;
}

static bool elf_write(const struct dump *d, FILE *out)
{
	static struct core c; /* too large for a stack */

	c.dump = d;
	c.out = out;
	c.big = d->elf.endian == 2;
	c.word = d->elf.class == 32 ? 4 : 8;
	c.nr_segments = d->segments.nr;
	if (c.nr_segments > ARRAY_SIZE(c.offset))
		return false;
	place(&c);
	return write_segments(&c) && write_ehdr(&c) && write_phdrs(&c) && write_shdr(&c);
}

const struct container elf_container = { .name = "elf", .write = elf_write };
