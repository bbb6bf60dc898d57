/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc as areas and region answer them. */
#pragma once

#include "command/command.h"
#include "command/notes.h"
#include "kernel/vmalloc.h"

/* Fields of the open answer: range, kind, and what else is known of it. */
void output_area(struct session *session, const struct vmalloc_area *area);

/* What lies at vaddr in a region that has areas: the field "area", and of a
 * module its name and section; in text a note. Nothing where that is not known. */
void output_area_at(struct session *session, const struct region *region,
		    uint64_t vaddr, struct notes *notes);
