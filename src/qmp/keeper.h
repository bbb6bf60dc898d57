/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that continues a guest that kwalk has stopped, if kwalk ends without doing so, even if
 * kwalk is killed, and if kwalk is stopped itself. It has only the socket of QEMU, the state of
 * kwalk in /proc, and a pipe, whose other end is closed when kwalk ends. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

#define KEEPER_ID "kwalk-keeper" /* the id of the command that the process sends */

/* Starts the process. Must be called outside of the sandbox, while the process has one thread.
 * Returns a descriptor of the pipe, which the caller owns, or -1 on failure. */
int keeper_start(int socket, struct error *err);

/* Reports that the guest will be stopped, or that it was continued. Returns false if the process
 * does not exist any more: then the guest must not be stopped. */
bool keeper_tell(int pipe, bool stopped);

/* For a process that was forked: makes it independent of the signals and descriptors of kwalk. Moves
 * the nr descriptors to the numbers from 3 on, and closes all others. */
void keeper_detach(int *fds, int nr);
