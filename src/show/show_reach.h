/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices that reach a frame, in answers of dma -a and ptov -d. */
#pragma once

#include <stdint.h>

#include "session/command.h"

struct reach;

/* The ways to the frame of paddr: rows of the running command; records instead: a list of
 * this name in the open answer, and, below "unknown", the devices that may reach it, too,
 * as nobody knows how they reach memory. */
void show_reach_rows(struct session *session, const struct reach *reach,
		     const char *argument, uint64_t paddr);
void show_reach_list(struct session *session, const struct reach *reach,
		     const char *name, uint64_t paddr);
/* Complains of the first of what is missing, if anything is. */
void show_reach_gap(struct session *session, const struct reach *reach);
