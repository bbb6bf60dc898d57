/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc, and what else an address is used for. */
#pragma once

#include "areas/vmalloc.h"
#include "session/command.h"

struct region;

/* "symbol+0xoffset" of vaddr; false if unknown. */
enum { SYMBOL_TEXT = 512 };
bool symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT]);

/* Fields of the open answer. */
void show_area(struct session *session, const struct vmalloc_area *area);

/* For vaddr in the region vmalloc or modules: the area or gap around it, as the
 * field "area" or, in text, a note; the name and section of a module. */
void show_area_at(struct session *session, const struct region *region,
		  uint64_t vaddr);

/* What vaddr is used for: fields of the open answer in JSON, notes in text. paddr is
 * where the direct map or image has it, or NULL. */
void show_purpose(struct session *session, const struct region *region,
		  uint64_t vaddr, const uint64_t *paddr);
