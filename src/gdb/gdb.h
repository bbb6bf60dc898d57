/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a dump available to gdb as a remote target: "target remote | kwalk --gdb VMLINUX DUMP". */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct session;

/* Reserves standard input and output for the protocol. Sets *in and *out to descriptors that only
 * the protocol uses. After that, other code that reads standard input reads nothing, and other code
 * that writes to standard output writes to standard error. */
bool gdb_take_streams(int *in, int *out, struct error *err);

/* Sends gdb a byte every 500 ms, because gdb waits only two seconds for an answer (set
 * remotetimeout), but longer if bytes arrive. Must be called often before the session starts. */
void gdb_keep_waiting(int out);

/* Answers gdb's packets until gdb ends, kills or detaches, until "monitor quit", or until Ctrl-C.
 * The session's output must have been created with the descriptor -1, because output_sink() is
 * used. Closes in and out. */
void gdb_serve(struct session *session, int in, int out);
