/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gdb command "monitor COMMAND", which runs commands of kwalk. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gdb/packet.h"

struct kernel;
struct session;

/* Runs the commands in a line. The answers are sent as packets whose content gdb prints. */
void monitor_run(struct session *session, struct packet_line *line, const char *text);

/* Sends a line that gdb prints. */
void monitor_print(struct packet_line *line, const char *text);

/* Sets *offset to the actual address minus the linked address of vmlinux' symbols, modulo the size
 * of an address. Sets *segment to the linked address of the first segment. Returns false if the
 * offset is unknown, or if vmlinux belongs to another kernel. */
bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment);
