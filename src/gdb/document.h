/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text that gdb reads piece by piece: the list of threads in XML. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "gdb/threads.h"

struct document {
	char *text; /* owned; NULL: not made yet */
	size_t size, room;
	bool lacks_memory; /* the text is not whole */
};

/* "Thread List Format" in gdb's manual. False: out of memory. */
bool document_of_threads(struct document *document, const struct thread_list *list);
void document_release(struct document *document);

/* "CPU 0, R": where a thread ran, and its state, as far as they are known. */
enum { THREAD_TEXT = 32 };
void thread_describe(const struct thread *thread, char text[THREAD_TEXT]);
