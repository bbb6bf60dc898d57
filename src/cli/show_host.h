/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine on which the kernel ran. */
#pragma once

#include "cli/command.h"

struct panic;

enum { HOST_NAME = 65 }; /* __NEW_UTS_LEN + 1 */

/* Reads a name that uname shows: "nodename", "release", "version" or "machine". Returns false if it is not known. */
bool show_host_name(const struct session *session, const char *member, char text[HOST_NAME]);
/* Adds the field "load". Returns false, and adds nothing, if the load is not known. */
bool show_host_load(struct session *session);

/* Adds the fields "nodename", "load", "command_line", "taint_words" and "modules" to the open answer, as far as
 * they are known. */
void show_host(struct session *session, const struct panic *panic);
