/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Notes about the meaning of bytes that are read. A program that copies a dump, but must leave out
 * the names that the dump contains, uses these notes. If no notes are taken, each note costs only
 * one comparison. */
#pragma once

#include "kernel/kernel.h"

enum noted_kind {
	NOTED_NAME, /* a name or another text, which ends at its NUL or after `size` bytes */
	NOTED_MODULE, /* the name of a module */
	NOTED_SYMBOLS, /* the names of a module's symbols, one after another */
	NOTED_NUMBERS, /* numbers, which may look like text */
	NOTED_LOG, /* a text of the log */
	NOTED_LINK, /* a pointer that the reader only compares with NULL */
};

struct noted {
	enum noted_kind kind;
	uint64_t vaddr;
	const void *text; /* the bytes, borrowed; NULL: the bytes were not read yet */
	size_t size; /* the size of the field or the text */
	uint64_t module; /* NOTED_MODULE, NOTED_SYMBOLS: the address of the struct module */
};

struct note_taker {
	void (*take)(struct note_taker *taker, const struct noted *noted);
};

static inline void kernel_note(const struct kernel *kernel, const struct noted *noted)
{
	if (kernel->notes)
		kernel->notes->take(kernel->notes, noted);
}

static inline void kernel_note_bytes(const struct kernel *kernel, enum noted_kind kind,
				     uint64_t vaddr, const void *text, size_t size)
{
	kernel_note(kernel,
		    &(struct noted){ .kind = kind, .vaddr = vaddr, .text = text, .size = size });
}

/* Reads noted.size bytes from noted.vaddr to text, and notes what they are. */
bool kernel_read_noted(struct kernel *kernel, struct noted noted, char *text, struct error *err);
