/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of another program, which keeps kwalk -j running: {"id":ID,"command":TEXT}. */
#pragma once

#include <stdbool.h>

struct session;

/* Is the line of a script a request? It is in JSON mode, if it begins with '{'. */
bool request_is(const struct session *session, const char *line);

/* The commands of a request, decoded in the line; NULL: not a request. */
char *request_command(char *line);

/* Runs the commands of a request. Each answer has the id, and so has the object after the last
 * answer: {"id":ID,"command":"end","status":"ok","answers":COUNT}. */
void request_run(struct session *session, char *line);
