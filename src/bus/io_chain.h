/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The tables of IOMMUs by symbols alone: from the kernel's list of IOMMUs over whatever pointers
 * their structs hold, of which no type is known, to frames of the form of such a table. That the
 * kernel's own structs lead there proves what the form alone would not. */
#pragma once

#include "bus/io_root.h"

/* Adds them to the list, which is empty. False with err: there are none, or two for the same
 * device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list,
		   struct error *err);
