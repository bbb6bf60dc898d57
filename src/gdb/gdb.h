/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dump as gdb's remote target: "target remote | kwalk --gdb VMLINUX DUMP". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct session;

/* Reserves standard input and output for the protocol: other readers get nothing, and other writers
 * write to standard error. Returns descriptors for input and output, or fails. */
bool gdb_take_streams(int *in, int *out, struct error *err);

/* Call this often before the session starts: gdb waits two seconds for an answer (set
 * remotetimeout), and longer as long as bytes arrive. */
void gdb_keep_waiting(int out);

/* Answers gdb until it exits, kills or detaches, or until "monitor quit" or Ctrl-C. The session's
 * output must have no descriptor (output_sink()). Closes in and out. */
void gdb_serve(struct session *session, int in, int out);
