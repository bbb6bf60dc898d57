/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running guest of the command line, whose name is qmp:SOCKET. There is at most one. */
#pragma once

#include <stdbool.h>

#include "cli/command.h"
#include "dump/formats/guest.h"
#include "program/options.h"

/* Is the path the name of a running guest, and not of a file? */
bool running_guest_is_named(const char *path);

/* Connects to the socket, if the options name a running guest. Must be called outside of the
 * sandbox; reads nothing. Sets err and returns false if that fails. */
bool running_guest_connect(const struct options *options, struct error *err);
/* Finds the memory of the guest. Returns true if there is no guest. */
bool running_guest_find(struct error *err);
/* Returns the memory that running_guest_find() will find, or NULL if there is no guest. */
const struct running_memory *running_guest_memory(void);
/* Makes the session check before and after each command that the guest is still the same, and with
 * --pause stop and continue it. Must be called once the kernel is found, before the first
 * command. */
void running_guest_prepare(struct session *session);
void running_guest_close(void);
