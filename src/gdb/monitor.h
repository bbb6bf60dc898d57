/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "monitor COMMAND": runs kwalk's commands for gdb. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gdb/packet.h"

struct kernel;
struct session;

/* Runs the commands of a line, and sends the answers as packets that gdb prints. */
void monitor_run(struct session *session, struct packet_line *line, const char *text);

/* Sends a line, which gdb prints. */
void monitor_print(struct packet_line *line, const char *text);

/* Sets *offset to the distance from the linked to the actual addresses of vmlinux' symbols, in the
 * bits of an address, and *segment to the linked address of the first segment. Returns false if the
 * offset is unknown, or if vmlinux belongs to another kernel. */
bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment);
