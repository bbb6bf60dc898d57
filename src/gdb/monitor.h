/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "monitor COMMAND": kwalk's own commands, run for gdb. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gdb/packet.h"

struct kernel;
struct session;

/* Runs the commands of a line, and sends their answers as packets that gdb prints. */
void monitor_run(struct session *session, struct packet_line *line, const char *text);

/* A line that gdb prints. */
void monitor_print(struct packet_line *line, const char *text);

/* How far symbols of vmlinux have moved, in the bits of an address, and where its first
 * segment begins as linked. False: it is unknown, or vmlinux is of another kernel. */
bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment);
