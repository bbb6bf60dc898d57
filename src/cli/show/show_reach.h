/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that can access a frame, in answers of dma -a and ptov -d. */
#pragma once

#include <stdint.h>

#include "cli/command.h"

struct reach;

/* Adds fields to the open answer: a list with this name, of mappings of the frame of paddr for
 * devices. "unknown" lists further devices that may access the frame, because their access to
 * memory is not known. If the list is empty, text shows "reach" instead. */
extern const struct field reach_fields[]; /* fields of the list */
void show_reach_list(struct session *session, const struct reach *reach, const char *name,
		     uint64_t paddr);
/* Reports the first missing part, if there is one. */
void show_reach_gap(struct session *session, const struct reach *reach);
