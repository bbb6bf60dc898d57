/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/printable.h"
#include "base/text.h"

static void document_put(struct document *document, const char *text)
{
	if (!array_add_bytes(&document->text, &document->size, &document->room, text, strlen(text)))
		document->lacks_memory = true;
}

/* Text of the dump, as the value of an attribute. */
static void document_put_value(struct document *document, const char *text)
{
	char clean[TASK_COMM_MAX], one[] = " ";
	size_t size = strnlen(text, sizeof(clean) - 1);

	memcpy(clean, text, size);
	clean[printable_clean(clean, size)] = '\0';
	for (const char *at = clean; *at; at++) {
		one[0] = *at;
		document_put(document, *at == '&' ? "&amp;" :
				       *at == '<' ? "&lt;" :
				       *at == '"' ? "&quot;" :
						    one);
	}
}

void thread_describe(const struct thread *thread, char text[THREAD_TEXT])
{
	text[0] = '\0';
	if (thread->has_cpu)
		text_append(text, THREAD_TEXT, "CPU %" PRIu32, thread->cpu);
	if (thread->state)
		text_append(text, THREAD_TEXT, "%s%c", *text ? ", " : "", thread->state);
}

static void put_thread(struct document *document, const struct thread *thread)
{
	char text[THREAD_TEXT];

	snprintf(text, sizeof(text), "<thread id=\"%" PRIx32 "\"", thread->id);
	document_put(document, text);
	if (thread->comm[0]) {
		document_put(document, " name=\"");
		document_put_value(document, thread->comm);
		document_put(document, "\"");
	}
	document_put(document, ">");
	thread_describe(thread, text);
	document_put(document, text);
	document_put(document, "</thread>\n");
}

bool document_of_threads(struct document *document, const struct thread_list *list)
{
	document_release(document);
	document_put(document, "<?xml version=\"1.0\"?>\n<threads>\n");
	for (size_t i = 0; i < list->nr && !document->lacks_memory; i++)
		put_thread(document, &list->thread[i]);
	document_put(document, "</threads>\n");
	return !document->lacks_memory;
}

void document_release(struct document *document)
{
	free(document->text);
	*document = (struct document){ 0 };
}
