/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running guest of the command line, whose name is qmp:SOCKET. There is at most one. */
#pragma once

#include <stdbool.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/command.h"
#include "dump/formats/guest.h"
#include "program/options.h"
#include "qmp/qmp.h"

/* Is the path the name of a running guest, and not of a file? */
static inline bool running_guest_is_named(const char *path)
{
	return starts_with(path, QMP_START) && access(path, F_OK) < 0;
}

/* Connects to the socket, if the options name a running guest. Must be called outside of the
 * sandbox; reads nothing. Sets err and returns false if that fails. */
bool running_guest_connect(const struct options *options, struct error *err);

/* The functions below are called only if the options name a running guest. */

/* Finds the memory of the guest. */
bool running_guest_find(struct error *err);
/* Returns the memory that running_guest_find() will find. */
const struct running_memory *running_guest_memory(void);
/* Makes the session check before and after each command that the guest is still the same, and with
 * --pause stop and continue it. Must be called once the kernel is found, before the first
 * command. */
void running_guest_prepare(struct session *session);
void running_guest_close(void);
