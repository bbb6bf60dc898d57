/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with gdb, and the functions that answer its packets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb/packet.h"
#include "gdb/threads.h"

struct kernel;
struct session;

/* A text that gdb reads in parts. */
struct document {
	char *text; /* owned; NULL: not written yet */
	size_t size, room;
	bool lacks_memory; /* out of memory: the text is incomplete */
};
void document_release(struct document *document);

struct server {
	struct session *session;
	struct kernel *kernel;
	struct packet_line line;
	struct packet packet;
	struct thread_list threads;
	bool has_threads;
	size_t listed; /* number of threads that qfThreadInfo and qsThreadInfo have listed so far */
	uint32_t chosen; /* id of the thread whose registers gdb reads; 0: the first thread */
	struct document thread_names;
	uint64_t asked; /* time of the last check for input from gdb, in milliseconds */
	bool over; /* gdb has ended the session */
	char answer[PACKET_SIZE + 1];
};

/* Sends the answer to a packet. */
void server_answer(struct server *server, const char *text);
/* Sends an error message in the form that gdb shows to the user. */
void server_refuse(struct server *server, const char *why);
/* Sends an error without a message, for packets after which gdb shows no message, or would take the
 * message for memory. */
void server_fail(struct server *server);
/* Answers with a part of the text. at is "OFFSET,LENGTH". */
void server_answer_part(struct server *server, const char *text, size_t size, const char *at);

/* Reads a hexadecimal number of at most 16 digits at *at, and moves *at after the digits. */
bool server_take_number(const char **at, uint64_t *value);
/* Reads "FIRST,SECOND", after which the text must end. */
bool server_take_pair(const char *at, uint64_t *first, uint64_t *second);

/* Return the threads, and the chosen thread, which by default is the first one. Both are searched
 * for at the first call. If they cannot be found, these functions send an error and return NULL. */
const struct thread_list *server_threads(struct server *server);
const struct thread *server_thread(struct server *server);

/* --- packets about threads; at is the text after the packet's name --- */

/* the packets H and T */
void server_choose_thread(struct server *server, const char *at);
void server_ask_thread(struct server *server, const char *at);
/* the packets qfThreadInfo, qsThreadInfo, qThreadExtraInfo, qC and qXfer:threads:read */
void server_list_threads(struct server *server, bool first);
void server_answer_extra(struct server *server, const char *at);
void server_answer_current(struct server *server);
void server_answer_names(struct server *server, const char *at);
/* the packet ?, and all packets that ask the dump to run */
void server_answer_stop(struct server *server);
/* the packets g and p */
void server_answer_registers(struct server *server);
void server_answer_register(struct server *server, const char *at);
