/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What bytes that are read mean: told to who hands a dump on without its names. Where nobody
 * asks for it, this costs a comparison. */
#pragma once

#include "kernel/kernel.h"

enum noted_kind {
	NOTED_NAME, /* a name or another text, up to its end or its NUL */
	NOTED_MODULE, /* the name of a module */
	NOTED_SYMBOLS, /* the names of a module's symbols, one after the other */
	NOTED_NUMBERS, /* no text, though it may look so */
	NOTED_LOG, /* text of the log */
	NOTED_LINK, /* a pointer; only whether it is NULL counts */
};

struct noted {
	enum noted_kind kind;
	uint64_t vaddr;
	const void *text; /* the bytes there, borrowed; NULL: not read yet */
	size_t size; /* of the field or the text */
	uint64_t module; /* NOTED_MODULE, NOTED_SYMBOLS: its struct module */
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

/* Reads noted.size bytes of text at noted.vaddr, and notes them. */
bool kernel_read_noted(struct kernel *kernel, struct noted noted, char *text, struct error *err);
