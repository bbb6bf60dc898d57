/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with gdb, and functions for its answers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb/packet.h"
#include "gdb/threads.h"

struct kernel;
struct session;

/* A text that gdb reads piece by piece. */
struct document {
	char *text; /* owned; NULL: not composed yet */
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
	size_t listed; /* number of threads listed so far by qfThreadInfo and qsThreadInfo */
	uint32_t chosen; /* id of the thread whose registers gdb reads; 0: the first thread */
	struct document thread_names;
	uint64_t asked; /* time of the last look at the line, in milliseconds */
	bool over; /* gdb ends the session */
	char answer[PACKET_SIZE + 1];
};

/* Sends the answer to a packet. */
void server_answer(struct server *server, const char *text);
/* Sends an error in a form that gdb shows. */
void server_refuse(struct server *server, const char *why);
/* Sends an error whose text gdb shows. Of other errors gdb shows no text, or takes the text for
 * memory. */
void server_fail(struct server *server);
/* Answers with a part of the text. at: "OFFSET,LENGTH". */
void server_answer_part(struct server *server, const char *text, size_t size, const char *at);

/* Reads a hexadecimal number of at most 16 digits at *at, and moves *at after it. */
bool server_take_number(const char **at, uint64_t *value);
/* Reads "FIRST,SECOND"; nothing may follow. */
bool server_take_pair(const char *at, uint64_t *first, uint64_t *second);

/* The threads, and the chosen thread, by default the first one. Both are found on first use. NULL:
 * not found, and an error was sent. */
const struct thread_list *server_threads(struct server *server);
const struct thread *server_thread(struct server *server);

/* --- packets about threads; at: text after the packet's name --- */

/* H, T */
void server_choose_thread(struct server *server, const char *at);
void server_ask_thread(struct server *server, const char *at);
/* qfThreadInfo, qsThreadInfo, qThreadExtraInfo, qC, qXfer:threads:read */
void server_list_threads(struct server *server, bool first);
void server_answer_extra(struct server *server, const char *at);
void server_answer_current(struct server *server);
void server_answer_names(struct server *server, const char *at);
/* ?, and all requests to run */
void server_answer_stop(struct server *server);
/* g, p */
void server_answer_registers(struct server *server);
void server_answer_register(struct server *server, const char *at);
