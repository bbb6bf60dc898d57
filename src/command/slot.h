/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses that are slots of something: fixmap, kmap, espfix. */
#pragma once

#include "command/command.h"
#include "command/notes.h"

/* Fields of region for an address in there, in text a note; none where nothing
 * is known. */
void output_slot(struct session *session, const struct region *region,
		 uint64_t vaddr, struct notes *notes);
