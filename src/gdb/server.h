/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with gdb, and the functions that make answers. */
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
	char *text; /* owned; NULL: not made yet */
	size_t size, room;
	bool lacks_memory; /* the text is not whole */
};
void document_release(struct document *document);

struct server {
	struct session *session;
	struct kernel *kernel;
	struct packet_line line;
	struct packet packet;
	struct thread_list threads;
	bool has_threads;
	size_t listed; /* threads that qfThreadInfo and qsThreadInfo have listed */
	uint32_t chosen; /* id of the thread whose registers gdb asks for; 0: the first */
	struct document thread_names;
	uint64_t asked; /* when the line was last looked at, in milliseconds */
	bool over; /* gdb goes */
	char answer[PACKET_SIZE + 1];
};

/* The answer to a packet. */
void server_answer(struct server *server, const char *text);
/* An error of a kind that gdb shows. */
void server_refuse(struct server *server, const char *why);
/* Answers with an error whose text gdb shows. gdb shows no text of other errors, or takes it for
 * memory. */
void server_fail(struct server *server);
/* The part of a text that at asks for as "OFFSET,LENGTH". */
void server_answer_part(struct server *server, const char *text, size_t size, const char *at);

/* A hexadecimal number of at most 16 digits at *at, which moves to its end. */
bool server_take_number(const char **at, uint64_t *value);
/* "FIRST,SECOND" and nothing more. */
bool server_take_pair(const char *at, uint64_t *first, uint64_t *second);

/* The threads, and the thread that gdb has chosen or else the first one. Both are found on first
 * use. NULL: they cannot be found, and an error was answered. */
const struct thread_list *server_threads(struct server *server);
const struct thread *server_thread(struct server *server);

/* --- packets about threads; at: what follows the name --- */

/* H, T */
void server_choose_thread(struct server *server, const char *at);
void server_ask_thread(struct server *server, const char *at);
/* qfThreadInfo, qsThreadInfo, qThreadExtraInfo, qC, qXfer:threads:read */
void server_list_threads(struct server *server, bool first);
void server_answer_extra(struct server *server, const char *at);
void server_answer_current(struct server *server);
void server_answer_names(struct server *server, const char *at);
/* ?, and all that would have the dump run */
void server_answer_stop(struct server *server);
/* g, p */
void server_answer_registers(struct server *server);
void server_answer_register(struct server *server, const char *at);
