/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that can access a frame, for answers of dma -a and ptov -d. */
#pragma once

#include <stdint.h>

#include "cli/command.h"

struct reach;

/* Adds two lists to the open answer. The list with the given name contains the mappings through
 * which devices can access the frame of paddr. The list "unknown" contains the devices that may be
 * able to access the frame, because it is not known which memory they can access. If the first list
 * is empty, text shows "reach" instead. */
extern const struct field reach_fields[]; /* fields of the list */
void show_reach_list(struct session *session, const struct reach *reach, const char *name,
		     uint64_t paddr);
/* Reports the first missing part, if there is one. */
void show_reach_gap(struct session *session, const struct reach *reach);
