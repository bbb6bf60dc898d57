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

/* Sends a line that gdb prints. */
void monitor_print(struct packet_line *line, const char *text);

/* The distance from the linked to the actual addresses of vmlinux' symbols, in the bits of an
 * address, and the linked address of its first segment. False: unknown, or vmlinux belongs to
 * another kernel. */
bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment);
