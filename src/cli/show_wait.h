/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tasks wait for, for several commands. */
#pragma once

#include "cli/command.h"
#include "linux/unwind/wait.h"

struct blocked;

/* Adds fields about the object for which a function waits. If wait->object is 0, adds only the
 * kind of the object and the number of the bit. */
void show_wait(struct session *session, const struct wait *wait);

/* Adds the object "blocked" to the open answer, if a task is blocked. */
void show_blocked(struct session *session, const struct blocked *blocked);

/* How text shows the fields of show_wait(), as a sentence on lines. */
extern const struct field show_wait_fields[];
/* How text shows the object "blocked". */
extern const struct field show_blocked_fields[];
