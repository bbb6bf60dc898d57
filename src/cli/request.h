/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of another program, which keeps kwalk -j running: {"id":ID,"command":TEXT}. */
#pragma once

#include <stdbool.h>

struct session;

/* Is the line of a script a request? In JSON mode, if it begins with '{'. */
bool request_is(const struct session *session, const char *line);

/* The commands of a request, within the line, which is modified; NULL: it is none. */
char *request_command(char *line);

/* Runs its commands. Each answer has the id, and so has the object that follows the last
 * one: {"id":ID,"command":"end","status":"ok","answers":COUNT}. */
void request_run(struct session *session, char *line);
