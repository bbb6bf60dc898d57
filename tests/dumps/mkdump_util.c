// SPDX-License-Identifier: GPL-3.0-or-later
/* mkdump: buffers, lists and the one way to complain. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mkdump.h"

void die(struct where w, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", w.file, w.line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void *grow(void *old, size_t size)
{
	void *new = realloc(old, size);

	if (!new) {
		fputs("mkdump: out of memory\n", stderr);
		exit(1);
	}
	return new;
}

/* A zeroed new item at the list's end; older items may move. */
void *list_add(struct list *l, size_t item_size)
{
	char *item;

	if (l->nr == l->room) {
		l->room = l->room ? 2 * l->room : 16;
		l->items = grow(l->items, l->room * item_size);
	}
	item = (char *)l->items + l->nr++ * item_size;
	return memset(item, 0, item_size);
}

void buf_add(struct buf *b, const void *data, size_t size)
{
	if (!size)
		return;
	if (b->room - b->size < size) {
		b->room = 2 * (b->size + size);
		b->data = grow(b->data, b->room);
	}
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

void buf_add_int(struct buf *b, uint64_t value, int size, bool big)
{
	uint8_t byte;

	for (int i = 0; i < size; i++) {
		byte = (uint8_t)(value >> 8 * (big ? size - 1 - i : i));
		buf_add(b, &byte, 1);
	}
}

void buf_pad(struct buf *b, size_t multiple)
{
	while (b->size % multiple)
		buf_add(b, "", 1);
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

bool put_at(FILE *out, uint64_t offset, const void *data, size_t size)
{
	if (!size)
		return true;
	return !fseeko(out, (off_t)offset, SEEK_SET) && fwrite(data, 1, size, out) == size;
}

bool write_buf(FILE *out, uint64_t offset, struct buf *b)
{
	bool ok = put_at(out, offset, b->data, b->size);

	buf_free(b);
	return ok;
}

/* The bytes of one chunk that lie in one segment. */
static bool write_overlap(const struct segment *s, FILE *out, uint64_t offset,
			  const struct chunk *m)
{
	uint64_t first = m->start > s->paddr ? m->start : s->paddr;
	uint64_t end = m->start + m->bytes.size;

	if (end > s->paddr + s->filesz)
		end = s->paddr + s->filesz;
	if (first >= end)
		return true;
	return put_at(out, offset + (first - s->paddr), m->bytes.data + (first - m->start),
		      end - first);
}

bool write_memory(const struct dump *d, const struct segment *s, FILE *out, uint64_t offset)
{
	const struct chunk *m = d->chunks.items;

	/* A byte at the end makes the file as long as its headers say. */
	if (s->filesz && !put_at(out, offset + s->filesz - 1, "", 1))
		return false;
	for (size_t i = 0; i < d->chunks.nr; i++)
		if (!write_overlap(s, out, offset, &m[i]))
			return false;
	return true;
}
