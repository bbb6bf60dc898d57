/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets about threads and their registers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/printable.h"
#include "base/text.h"
#include "gdb/server.h"
#include "gdb/target.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

/* --- the list of threads in XML --- */

enum { THREAD_TEXT = 32 };

static void document_put(struct document *document, const char *text)
{
	if (!array_add_bytes(&document->text, &document->size, &document->room, text, strlen(text)))
		document->lacks_memory = true;
}

/* Adds text of the dump, escaped for use as the value of an attribute. */
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

/* Writes the CPU and the state of a thread, as far as they are known, for example "CPU 0, R". */
static void server_describe(const struct thread *thread, char text[THREAD_TEXT])
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
	server_describe(thread, text);
	document_put(document, text);
	document_put(document, "</thread>\n");
}

/* Makes the document that gdb's manual describes in "Thread List Format". Returns false if memory
 * is exhausted. */
static bool document_make(struct document *document, const struct thread_list *list)
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

/* --- packets about threads --- */

/* Answers the packet H. The letter 'g' chooses the thread whose registers will be read, and 'c' the
 * threads that will run. The number 0 means any thread, and -1 all threads. */
void server_choose_thread(struct server *server, const char *at)
{
	bool for_registers = *at == 'g';
	const struct thread_list *list;
	uint64_t id;

	if (!for_registers && *at != 'c') {
		server_fail(server);
		return;
	}
	at++;
	if (!strcmp(at, "-1") || !strcmp(at, "0")) {
		server->chosen = for_registers ? 0 : server->chosen;
		server_answer(server, "OK");
	} else if (!server_take_number(&at, &id) || *at) {
		server_fail(server);
	} else if ((list = server_threads(server))) {
		if (!thread_of_id(list, id)) {
			server_refuse(server, "there is no such thread");
			return;
		}
		if (for_registers)
			server->chosen = (uint32_t)id;
		server_answer(server, "OK");
	}
}

void server_ask_thread(struct server *server, const char *at)
{
	const struct thread_list *list;
	uint64_t id;

	if (!server_take_number(&at, &id) || *at)
		server_fail(server);
	else if ((list = server_threads(server)))
		server_answer(server, thread_of_id(list, id) ? "OK" : "E01");
}

void server_answer_extra(struct server *server, const char *at)
{
	const struct thread_list *list = server_threads(server);
	const struct thread *thread;
	char text[THREAD_TEXT];
	uint64_t id;

	if (!list)
		return;
	thread = server_take_number(&at, &id) && !*at ? thread_of_id(list, id) : NULL;
	if (!thread) {
		server_fail(server);
		return;
	}
	server_describe(thread, text);
	packet_send(&server->line, server->answer, hex_put(server->answer, text, strlen(text)));
}

/* Lists as many threads as fit into one packet. */
void server_list_threads(struct server *server, bool first)
{
	const struct thread_list *list = server_threads(server);
	size_t size = 0;

	if (!list)
		return;
	if (first)
		server->listed = 0;
	for (; server->listed < list->nr && size < PACKET_SIZE - 16; server->listed++)
		size += (size_t)snprintf(server->answer + size, 16, "%c%" PRIx32, size ? ',' : 'm',
					 list->thread[server->listed].id);
	server_answer(server, size ? server->answer : "l");
}

void server_answer_stop(struct server *server)
{
	const struct thread_list *list = server_threads(server);

	if (!list)
		return;
	snprintf(server->answer, PACKET_SIZE, "T00thread:%" PRIx32 ";", list->thread[0].id);
	server_answer(server, server->answer);
}

void server_answer_current(struct server *server)
{
	const struct thread *thread = server_thread(server);

	if (!thread)
		return;
	snprintf(server->answer, PACKET_SIZE, "QC%" PRIx32, thread->id);
	server_answer(server, server->answer);
}

void server_answer_names(struct server *server, const char *at)
{
	const struct thread_list *list = server_threads(server);
	struct document *document = &server->thread_names;

	if (!list)
		return;
	if (!document->text && !document_make(document, list)) {
		document_release(document);
		server_refuse(server, "out of memory");
		return;
	}
	server_answer_part(server, document->text, document->size, at);
}

/* --- registers --- */

static bool find_registers(struct server *server, struct registers *registers)
{
	const struct thread *thread = server_thread(server);
	uint64_t mask;

	if (!thread)
		return false;
	/* An error is ignored, because unknown registers are sent as unknown. */
	thread_registers(server->kernel, &server->threads, thread, registers);
	/* gdb reads this mask like a register, and uses it to remove signatures from return
	 * addresses. */
	if (kernel_fact(server->kernel, FACT_PAC_MASK, &mask))
		registers_set(registers, CPU_PAC_MASK, mask);
	return true;
}

void server_answer_registers(struct server *server)
{
	struct registers registers;

	if (!find_registers(server, &registers))
		return;
	packet_send(&server->line, server->answer,
		    target_registers(server->kernel->arch->machine, &registers, server->answer));
}

void server_answer_register(struct server *server, const char *at)
{
	struct registers registers;
	uint64_t number;
	size_t size = 0;

	if (!find_registers(server, &registers))
		return;
	if (server_take_number(&at, &number) && !*at && number < TARGET_TEXT)
		size = target_register(server->kernel->arch->machine, &registers,
				       (unsigned int)number, server->answer);
	if (size)
		packet_send(&server->line, server->answer, size);
	else
		server_fail(server);
}
