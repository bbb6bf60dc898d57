/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dump as gdb's remote target: "target remote | kwalk --gdb VMLINUX DUMP". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct session;

/* Takes standard input and output for the protocol: other readers get nothing, and other writers
 * write to standard error. Returns descriptors for in and out, or fails. */
bool gdb_take_streams(int *in, int *out, struct error *err);

/* To be called often while there is no session yet: gdb waits two seconds for an answer
 * (set remotetimeout), and on as long as something comes. */
void gdb_keep_waiting(int out);

/* Answers gdb until it leaves, kills or detaches, "monitor quit" or Ctrl-C. The session's output
 * must have no descriptor (output_sink()). Closes in and out. */
void gdb_serve(struct session *session, int in, int out);
