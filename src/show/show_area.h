/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc. */
#pragma once

#include "areas/vmalloc.h"
#include "session/command.h"
#include "show/notes.h"

struct region;

/* Fields of the open answer. */
void show_area(struct session *session, const struct vmalloc_area *area);

/* For vaddr in the region vmalloc or modules: the area or gap around it, as the
 * field "area" or, in text, a note; the name and section of a module. */
void show_area_at(struct session *session, const struct region *region,
		  uint64_t vaddr, struct notes *notes);
