/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page frame by all its names, as several commands answer it. */
#pragma once

#include "command/command.h"

/* Fields pfn, page, physical and virtual of the open answer, as far as they
 * exist. page 0: there is none. */
void output_frame(struct session *session, uint64_t pfn, uint64_t page);

/* Frame that a virtual address is mapped to. */
bool frame_of_address(struct session *session, const char *argument,
		      uint64_t *pfn, struct error *err);
