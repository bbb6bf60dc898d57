/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Serves a dump to gdb as a remote target: "target remote | kwalk --gdb VMLINUX DUMP". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct session;

/* Reserves standard input and output for the protocol. From then on, other code that reads standard
 * input gets nothing, and other code that writes to standard output writes to standard error. Sets
 * *in and *out to descriptors for the protocol. */
bool gdb_take_streams(int *in, int *out, struct error *err);

/* Call this often before the session starts. gdb waits two seconds for an answer (set
 * remotetimeout), and longer while bytes arrive. */
void gdb_keep_waiting(int out);

/* Answers gdb until gdb exits, kills or detaches, or until "monitor quit" or Ctrl-C. The session's
 * output must have been created without a descriptor (output_sink()). Closes in and out. */
void gdb_serve(struct session *session, int in, int out);
