/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots of fixmap, kmap and espfix. */
#pragma once

#include "session/command.h"
#include "show/notes.h"

struct region;

/* The slot at vaddr, if known: fields of the open answer in JSON, a note in text. */
void show_slot(struct session *session, const struct region *region,
	       uint64_t vaddr, struct notes *notes);
