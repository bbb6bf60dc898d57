/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that can access a frame, for the answers of dma -a and ptov -d. */
#pragma once

#include <stdint.h>

#include "cli/command.h"

struct device_dma;
struct reach;

/* Adds two lists to the open answer. The first list, whose name is given, contains the mappings
 * through which devices can access the frame. The list "unknown" contains devices whose accessible
 * memory is unknown, so they may access the frame, too. If the first list is empty, text shows the
 * field "reach" in its place. */
extern const struct field reach_fields[]; /* how text shows the first list */
void show_reach_list(struct session *session, const struct reach *reach, const char *name,
		     uint64_t paddr);
/* If the device accesses memory directly, adds the reason to the open answer. Text shows the reason
 * only if it does not apply to all devices. */
void show_why_direct(struct session *session, const struct device_dma *dma);
/* If parts of the answer are missing, reports the first of them. */
void show_reach_gap(struct session *session, const struct reach *reach);
