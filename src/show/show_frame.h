/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page frame: its number, struct page and addresses. */
#pragma once

#include "session/command.h"

/* Fields pfn, page (unless 0), physical and, if the direct map has it, virtual. */
void show_frame(struct session *session, uint64_t pfn, uint64_t page);

/* The frame that the virtual address argument is mapped to. */
bool frame_of_address(struct session *session, const char *argument,
		      uint64_t *pfn, struct error *err);
