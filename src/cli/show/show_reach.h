/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that reach a frame, in answers of dma -a and ptov -d. */
#pragma once

#include <stdint.h>

#include "cli/command.h"

struct reach;

/* Fields of the open answer: a list of this name has the ways to the frame of paddr. "unknown"
 * lists devices that may reach it, too: how they reach memory is not known. If the list is
 * empty, text has "reach" instead. */
extern const struct field reach_fields[]; /* of the list */
void show_reach_list(struct session *session, const struct reach *reach, const char *name,
		     uint64_t paddr);
/* Complains of the first missing part, if any. */
void show_reach_gap(struct session *session, const struct reach *reach);
