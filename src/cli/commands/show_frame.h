/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the use of a page frame, for several commands. */
#pragma once

#include "query/frame_use.h"
#include "cli/command.h"

/* Adds to the open answer the use of a page frame, for which text has one column. Adds nothing for
 * a frame without a struct page. */
void show_frame_use(struct session *session, const struct frame_use *shown);
