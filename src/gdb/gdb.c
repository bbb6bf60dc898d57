/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packets of gdb's protocol and the answers to them, as described in appendix E of gdb's
 * manual. */
#include "gdb/gdb.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/page.h"
#include "base/printable.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "debuginfo/vmlinux.h"
#include "gdb/packet.h"
#include "gdb/target.h"
#include "gdb/threads.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "output/output.h"
#include "output/say.h"
#include "output/writer.h"
#include "query/translate.h"
#include "sandbox/memory.h"

/* A session with gdb, and the functions that answer gdb's packets. */

/* A text that gdb reads in several parts. */
struct document {
	char *text; /* owned; NULL: the text was not made yet */
	size_t size, room;
	bool lacks_memory; /* memory was exhausted, so the text is incomplete */
};

struct server {
	struct session *session;
	struct kernel *kernel;
	struct packet_line line;
	struct packet packet;
	struct thread_list threads;
	bool has_threads;
	/* number of threads listed so far, in answers to qfThreadInfo and qsThreadInfo */
	size_t listed;
	uint32_t chosen; /* id of the thread whose registers gdb will read; 0: the first thread */
	struct document thread_names;
	uint64_t asked; /* time of the last check for input, in milliseconds */
	bool over; /* gdb has ended the session */
	char answer[PACKET_SIZE + 1];
};

/* --- arguments --- */

/* Reads a hexadecimal number of at most 16 digits, and moves *at to the end of the digits. Returns
 * false if there is no such number. */
static bool server_take_number(const char **at, uint64_t *value)
{
	int nr = 0;

	*value = 0;
	for (int digit; (digit = hex_value(**at)) >= 0; ++*at, nr++)
		*value = *value << 4 | (uint64_t)digit;
	return nr > 0 && nr <= 16;
}

static bool take_char(const char **at, char wanted)
{
	if (**at != wanted)
		return false;
	++*at;
	return true;
}

/* Reads "FIRST,SECOND", two hexadecimal numbers. Returns false if at has another form. */
static bool server_take_pair(const char *at, uint64_t *first, uint64_t *second)
{
	return server_take_number(&at, first) && take_char(&at, ',') &&
	       server_take_number(&at, second) && !*at;
}

/* --- answers --- */

/* Sends the answer to a packet. */
static void server_answer(struct server *server, const char *text)
{
	packet_send(&server->line, text, strlen(text));
}

/* Sends an error message, which gdb shows to the user. */
static void server_refuse(struct server *server, const char *why)
{
	char text[600] = "E.";

	text_append(text, sizeof(text), "%s", why);
	packet_send(&server->line, text, printable_clean(text, strlen(text)));
}

/* Sends an error without a message. For packets after which gdb would not show a message, or would
 * take it for the content of memory. */
static void server_fail(struct server *server)
{
	server_answer(server, "E01");
}

/* Sends a part of the text. at: "OFFSET,LENGTH" in hexadecimal digits. */
static void server_answer_part(struct server *server, const char *text, size_t size, const char *at)
{
	uint64_t offset, length;

	if (!server_take_pair(at, &offset, &length) || offset > size) {
		server_answer(server, "E00");
		return;
	}
	length = smaller_of(length, PACKET_SIZE - 1);
	if (length > size - offset)
		length = size - offset;
	server->answer[0] = offset + length == size ? 'l' : 'm';
	memcpy(server->answer + 1, text + offset, length);
	packet_send(&server->line, server->answer, 1 + length);
}

/* --- threads --- */

/* server_threads() returns the list of threads, which the first call makes. server_thread() returns
 * the chosen thread, which is the first thread of the list unless gdb chose another. If the list
 * cannot be made, these functions send an error and return NULL. */
static const struct thread_list *server_threads(struct server *server)
{
	struct error err;

	if (!server->has_threads)
		server->has_threads = threads_find(server->kernel, &server->threads, &err);
	if (server->has_threads)
		return &server->threads;
	server_refuse(server, err.message);
	return NULL;
}

static const struct thread *server_thread(struct server *server)
{
	const struct thread_list *list = server_threads(server);
	const struct thread *thread;

	if (!list)
		return NULL;
	thread = thread_of_id(list, server->chosen);
	return thread ? thread : &list->thread[0];
}

/* Packets about threads and their registers. */

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

static void document_release(struct document *document)
{
	free(document->text);
	*document = (struct document){ 0 };
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

/* --- packets about threads --- */

/* Answers the packet H. The letter 'g' chooses the thread whose registers will be read, and 'c' the
 * threads that will run. The number 0 means any thread, and -1 all threads. */
static void server_choose_thread(struct server *server, const char *at)
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

static void server_ask_thread(struct server *server, const char *at)
{
	const struct thread_list *list;
	uint64_t id;

	if (!server_take_number(&at, &id) || *at)
		server_fail(server);
	else if ((list = server_threads(server)))
		server_answer(server, thread_of_id(list, id) ? "OK" : "E01");
}

static void server_answer_extra(struct server *server, const char *at)
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
static void server_list_threads(struct server *server, bool first)
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

/* Answers the packet ?, and all packets that ask the dump to run. */
static void server_answer_stop(struct server *server)
{
	const struct thread_list *list = server_threads(server);

	if (!list)
		return;
	snprintf(server->answer, PACKET_SIZE, "T00thread:%" PRIx32 ";", list->thread[0].id);
	server_answer(server, server->answer);
}

static void server_answer_current(struct server *server)
{
	const struct thread *thread = server_thread(server);

	if (!thread)
		return;
	snprintf(server->answer, PACKET_SIZE, "QC%" PRIx32, thread->id);
	server_answer(server, server->answer);
}

static void server_answer_names(struct server *server, const char *at)
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

/* Answers the packets g and p. */
static void server_answer_registers(struct server *server)
{
	struct registers registers;

	if (!find_registers(server, &registers))
		return;
	packet_send(&server->line, server->answer,
		    target_registers(server->kernel->arch->machine, &registers, server->answer));
}

static void server_answer_register(struct server *server, const char *at)
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

/* --- monitor commands --- */

/* The gdb command "monitor COMMAND", which runs commands of kwalk. */

/* Sends text to gdb's console, as packets that consist of the letter O and hexadecimal digits. */
static void gdb_monitor_print(void *arg, const char *data, size_t size)
{
	enum { PIECE = 2048 };
	struct packet_line *line = arg;
	char text[1 + 2 * PIECE];

	while (size) {
		size_t piece = size < PIECE ? size : PIECE;

		text[0] = 'O';
		packet_send(line, text, 1 + hex_put(text + 1, data, piece));
		data += piece;
		size -= piece;
	}
}

/* Sends a line that gdb prints. */
static void monitor_print(struct packet_line *line, const char *text)
{
	char clean[5120];
	size_t size = strnlen(text, sizeof(clean) - 1);

	memcpy(clean, text, size);
	size = printable_clean(clean, size);
	clean[size++] = '\n';
	gdb_monitor_print(line, clean, size);
}

/* Sets *offset to the actual address minus the linked address of vmlinux' symbols, modulo the size
 * of an address. Sets *segment to the linked address of the first segment. Returns false if the
 * offset is unknown, or if vmlinux belongs to another kernel. */
static bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;

	if (!vmlinux || kernel->identity->match == VMLINUX_DIFFERS ||
	    !vmlinux_first_segment(vmlinux_of_symbols(vmlinux), segment) ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, offset))
		return false;
	*offset &= kernel->arch->address_mask;
	return true;
}

/* Prints the command symbol-file with the offset, for users whose gdb has not asked for the
 * offset. */
static void print_symbol_file(struct kernel *kernel, struct packet_line *line)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	uint64_t offset, segment;
	char text[4608];

	if (!monitor_offset(kernel, &offset, &segment)) {
		monitor_print(line,
			      !vmlinux ?
				      "kwalk: symbol-file: there is no vmlinux" :
			      kernel->identity->match == VMLINUX_DIFFERS ?
				      "kwalk: symbol-file: vmlinux is of another kernel" :
				      "kwalk: symbol-file: the address of the kernel is unknown");
		return;
	}
	snprintf(text, sizeof(text), "symbol-file -o 0x%" PRIx64 " %s", offset,
		 vmlinux_of_symbols(vmlinux)->file.path);
	monitor_print(line, text);
}

/* Runs the commands in a line. The answers are sent as packets whose content gdb prints. */
static void monitor_run(struct session *session, struct packet_line *line, const char *text)
{
	if (!strcmp(text, "symbol-file")) {
		print_symbol_file(session->kernel, line);
		return;
	}
	output_sink(session->output, gdb_monitor_print, line);
	say_into(gdb_monitor_print, line);
	session_run_text(session, text);
	output_end_rows(session->output);
	output_flush(session->output);
	say_into(NULL, NULL);
}

/* If the text at *at begins with word, moves *at to the end of word and returns true. */
static bool take_word(const char **at, const char *word)
{
	const char *rest = after_start(*at, word);

	if (!rest)
		return false;
	*at = rest;
	return true;
}

/* --- memory --- */

/* Returns the page table for an address. For a user address, a process is needed, which the user
 * chooses with "monitor set". */
static const struct space *space_at(struct server *server, uint64_t vaddr)
{
	const struct session *session = server->session;

	if (vaddr > server->kernel->arch->address_mask)
		return NULL;
	if (session->chosen.has_process && vaddr <= session->chosen.process.user_last &&
	    process_require_memory(&session->chosen.process, vaddr, NULL))
		return process_space(&session->chosen.process, vaddr);
	if (query_is_user_address(server->kernel, vaddr))
		return NULL;
	return kernel_space(server->kernel, NULL);
}

/* Answers with the content of memory. If a page cannot be read, the answer ends before this
 * page. */
static void answer_memory(struct server *server, const char *at)
{
	uint8_t bytes[LEAST_PAGE];
	uint64_t vaddr, size;
	size_t used = 0;

	if (!server_take_pair(at, &vaddr, &size)) {
		server_fail(server);
		return;
	}
	size = smaller_of(size, PACKET_SIZE / 2);
	while (size) {
		const struct space *space = space_at(server, vaddr);
		size_t part = LEAST_PAGE - (vaddr & (LEAST_PAGE - 1));

		if (part > size)
			part = (size_t)size;
		if (!space || !space_read(space, vaddr, bytes, part, NULL))
			break;
		used += hex_put(server->answer + used, bytes, part);
		vaddr += part;
		size -= part;
	}
	if (used || !size)
		packet_send(&server->line, server->answer, used);
	else
		server_fail(server);
}

/* --- texts --- */

/* Answers with the actual address of the first segment of vmlinux (TextSeg=). From this address,
 * gdb computes an offset, and relocates all segments by it. The answers Text= and Data= are not
 * used, because the kernel has more segments than they can name. */
static void answer_offsets(struct server *server)
{
	uint64_t offset, segment;

	server->answer[0] = '\0';
	if (monitor_offset(server->kernel, &offset, &segment))
		snprintf(server->answer, PACKET_SIZE, "TextSeg=%" PRIx64,
			 (segment + offset) & server->kernel->arch->address_mask);
	server_answer(server, server->answer);
}

/* Answers qRcmd, whose argument is a command line in hexadecimal digits. */
static void run_monitor(struct server *server, const char *at)
{
	struct session *session = server->session;
	enum { A_SECOND = 1000 };
	char *text = server->answer;
	uint64_t started;
	size_t size = 0;

	for (int high, low;
	     (high = hex_value(at[0])) >= 0 && (low = hex_value(at[1])) >= 0 && (high || low);
	     at += 2)
		text[size++] = (char)(high << 4 | low);
	text[size] = '\0';
	if (*at) {
		server_refuse(server, "the argument of qRcmd is not text in hexadecimal digits");
		return;
	}
	started = clock_coarse();
	monitor_run(session, &server->line, text);
	/* If the command took long, gdb may have given up this request, and sent another packet,
	 * which packet_interrupted() notices. */
	if (clock_coarse() - started > A_SECOND)
		packet_interrupted(&server->line);
	server->over = session->quit;
	server_answer(server, "OK");
}

/* Answers packets that ask the dump to run. It cannot run, so the answer is that it has stopped
 * again, at the same place. */
static void refuse_to_run(struct server *server)
{
	monitor_print(&server->line,
		      "kwalk: a dump does not run, so it can neither continue nor step");
	server_answer_stop(server);
}

static void answer_query(struct server *server, const char *at)
{
	char text[TARGET_TEXT];

	if (take_word(&at, "qSupported")) {
		snprintf(server->answer, PACKET_SIZE,
			 "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;"
			 "qXfer:threads:read+",
			 PACKET_SIZE);
		server_answer(server, server->answer);
	} else if (!strcmp(at, "QStartNoAckMode")) {
		server_answer(server, "OK");
		server->line.unacknowledged = true;
	} else if (take_word(&at, "qXfer:features:read:target.xml:")) {
		server_answer_part(server, text,
				   target_description(server->kernel->arch->machine, text), at);
	} else if (take_word(&at, "qXfer:threads:read::")) {
		server_answer_names(server, at);
	} else if (take_word(&at, "qXfer:features:read:") ||
		   take_word(&at, "qXfer:threads:read:")) {
		server_answer(server, "E00");
	} else if (!strcmp(at, "qC")) {
		server_answer_current(server);
	} else if (!strcmp(at, "qfThreadInfo") || !strcmp(at, "qsThreadInfo")) {
		server_list_threads(server, at[1] == 'f');
	} else if (take_word(&at, "qThreadExtraInfo,")) {
		server_answer_extra(server, at);
	} else if (!strcmp(at, "qOffsets")) {
		answer_offsets(server);
	} else if (take_word(&at, "qRcmd,")) {
		run_monitor(server, at);
	} else if (take_word(&at, "qAttached")) {
		server_answer(server, "1");
	} else if (!strcmp(at, "qSymbol::")) {
		server_answer(server, "OK");
	} else {
		server_answer(server, "");
	}
}

static void answer_verb(struct server *server, const char *at)
{
	if (!strcmp(at, "vCont?")) {
		server_answer(server, "vCont;c;C;s;S");
	} else if (take_word(&at, "vCont;")) {
		refuse_to_run(server);
	} else if (take_word(&at, "vKill;")) {
		server_answer(server, "OK");
		server->over = true;
	} else {
		server_answer(server, "");
	}
}

static void answer_packet(struct server *server, const char *at)
{
	switch (*at) {
	case 'q':
	case 'Q': answer_query(server, at); break;
	case 'v': answer_verb(server, at); break;
	case '?': server_answer_stop(server); break;
	case 'g': server_answer_registers(server); break;
	case 'p': server_answer_register(server, at + 1); break;
	case 'm': answer_memory(server, at + 1); break;
	case 'H': server_choose_thread(server, at + 1); break;
	case 'T': server_ask_thread(server, at + 1); break;
	case 'c':
	case 'C':
	case 's':
	case 'S': refuse_to_run(server); break;
	case 'G':
	case 'P':
	case 'M':
	case 'X': server_refuse(server, "nothing is written to a dump"); break;
	case 'Z':
	case 'z':
		server_refuse(server, "a dump does not run, so breakpoints have no effect");
		break;
	case 'D':
		server_answer(server, "OK");
		server->over = true;
		break;
	case 'k': server->over = true; break;
	default: server_answer(server, "");
	}
}

/* --- the session --- */

void gdb_keep_waiting(int out)
{
	enum { EVERY = 500 }; /* milliseconds */
	static uint64_t last;
	uint64_t time = clock_coarse();

	/* "+" has no meaning here. It only shows gdb that an answer will come. */
	if (last && time - last >= EVERY)
		writer_all(out, "+", 1);
	if (!last || time - last >= EVERY)
		last = time;
}

/* Returns true if gdb interrupted the running command. Loops of commands call this function in each
 * step, so most calls return at once. */
static bool peer_interrupts(void *arg)
{
	enum { EVERY = 20 }; /* milliseconds */
	struct server *server = arg;
	uint64_t time = clock_coarse();

	if (time - server->asked < EVERY)
		return false;
	server->asked = time;
	/* No bytes are sent while a monitor command runs: gdb waits for its end without a time
	 * limit, and in gdb, Ctrl-C ends the wait only if no bytes arrive. */
	if (!server->session->command)
		gdb_keep_waiting(server->line.out);
	return packet_interrupted(&server->line);
}

static void serve_packet(struct server *server)
{
	const struct packet *packet = &server->packet;

	if (packet->damaged)
		server_refuse(server, "the packet's checksum is wrong");
	else if (packet->too_long)
		server_refuse(server, "the packet is longer than PacketSize");
	else if (memchr(packet->data, '\0', packet->size) && *packet->data != 'X')
		server_fail(server);
	else
		answer_packet(server, packet->data);
}

bool gdb_take_streams(int *in, int *out, struct error *err)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	*in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	*out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (nothing >= 0 && *in >= 0 && *out >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
	    dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) {
		close(nothing);
		return true;
	}
	return fail(err, ERROR_SYSTEM, "cannot take standard input and output: %s",
		    strerror(errno));
}

void gdb_serve(struct session *session, int in, int out)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return;
	server->session = session;
	server->kernel = session->kernel;
	server->line.in = in;
	server->line.out = out;
	session->front.peer_interrupts = peer_interrupts;
	session->front.peer = server;
	session->front.interactive = true;
	while (!server->over && packet_receive(&server->line, &server->packet)) {
		limit_hold();
		serve_packet(server);
		limit_lift();
		/* If a search was interrupted, its results may be incomplete, so they are
		 * forgotten. */
		if ((interrupt_came || limit_ran_out()) && session->front.forget)
			session->front.forget(server->kernel);
		interrupt_came = STOP_NONE;
	}
	session->front.peer_interrupts = NULL;
	threads_release(&server->threads);
	document_release(&server->thread_names);
	close(in);
	close(out);
	free(server);
}
