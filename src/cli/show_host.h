/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine on which the kernel ran. */
#pragma once

#include "cli/command.h"

struct panic;

/* Adds the fields "nodename", "load", "command_line", "taint_words" and "modules" to the open answer, as far as
 * they are known. */
void show_host(struct session *session, const struct panic *panic);
