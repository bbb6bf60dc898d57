/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of another program that runs kwalk -j and writes lines {"id":ID,"command":TEXT} to
 * it. */
#pragma once

#include <stdbool.h>

struct session;

/* Returns true if the line is a request: answers are JSON, and the line begins with '{'. */
bool request_is(const struct session *session, const char *line);

/* Returns the commands in a request, or NULL if the line is not a valid request. The text is
 * decoded in place, in the line. */
char *request_command(char *line);

/* Runs the commands of a request. The request's id is in each answer, and in an object after the
 * last answer: {"id":ID,"command":"end","status":"ok","answers":COUNT}. */
void request_run(struct session *session, char *line);
