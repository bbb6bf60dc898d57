/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/server.h"

#include <string.h>

#include "base/printable.h"
#include "base/text.h"

/* --- answers --- */

void server_answer(struct server *server, const char *text)
{
	packet_send(&server->line, text, strlen(text));
}

void server_refuse(struct server *server, const char *why)
{
	char text[600] = "E.";

	text_append(text, sizeof(text), "%s", why);
	packet_send(&server->line, text, printable_clean(text, strlen(text)));
}

void server_fail(struct server *server)
{
	server_answer(server, "E01");
}

void server_answer_part(struct server *server, const char *text, size_t size, const char *at)
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

/* --- arguments --- */

bool server_take_number(const char **at, uint64_t *value)
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

bool server_take_pair(const char *at, uint64_t *first, uint64_t *second)
{
	return server_take_number(&at, first) && take_char(&at, ',') &&
	       server_take_number(&at, second) && !*at;
}

/* --- threads --- */

const struct thread_list *server_threads(struct server *server)
{
	struct error err;

	if (!server->has_threads)
		server->has_threads = threads_find(server->kernel, &server->threads, &err);
	if (server->has_threads)
		return &server->threads;
	server_refuse(server, err.message);
	return NULL;
}

const struct thread *server_thread(struct server *server)
{
	const struct thread_list *list = server_threads(server);
	const struct thread *thread;

	if (!list)
		return NULL;
	thread = thread_of_id(list, server->chosen);
	return thread ? thread : &list->thread[0];
}
