/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with gdb, and the functions that answer gdb's packets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb/packet.h"
#include "gdb/threads.h"

struct kernel;
struct session;

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

/* Sends the answer to a packet. */
void server_answer(struct server *server, const char *text);
/* Sends an error message, which gdb shows to the user. */
void server_refuse(struct server *server, const char *why);
/* Sends an error without a message. For packets after which gdb would not show a message, or would
 * take it for the content of memory. */
void server_fail(struct server *server);
/* Sends a part of the text. at: "OFFSET,LENGTH" in hexadecimal digits. */
void server_answer_part(struct server *server, const char *text, size_t size, const char *at);

/* Reads a hexadecimal number of at most 16 digits, and moves *at to the end of the digits. Returns
 * false if there is no such number. */
bool server_take_number(const char **at, uint64_t *value);
/* Reads "FIRST,SECOND", two hexadecimal numbers. Returns false if at has another form. */
bool server_take_pair(const char *at, uint64_t *first, uint64_t *second);

/* server_threads() returns the list of threads, which the first call makes. server_thread() returns
 * the chosen thread, which is the first thread of the list unless gdb chose another. If the list
 * cannot be made, these functions send an error and return NULL. */
const struct thread_list *server_threads(struct server *server);
const struct thread *server_thread(struct server *server);

/* --- packets about threads; at is the text after the packet's name --- */
