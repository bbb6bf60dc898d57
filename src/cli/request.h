/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of another program, which keeps kwalk -j running and writes lines
 * {"id":ID,"command":TEXT}. */
#pragma once

#include <stdbool.h>

struct session;

/* Is the line of a script a request? It is a request if it begins with '{' and answers are JSON. */
bool request_is(const struct session *session, const char *line);

/* Returns the commands of a request, decoded in the line, or NULL if the line is not a request. */
char *request_command(char *line);

/* Runs the commands of a request. Each answer has the request's id, and so has the object after the
 * last answer: {"id":ID,"command":"end","status":"ok","answers":COUNT}. */
void request_run(struct session *session, char *line);
