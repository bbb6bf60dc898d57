/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What region says of an address beyond its region: fields of the open answer
 * in JSON, lines under the row in text. */
#pragma once

#include "command/command.h"
#include "command/notes.h"

/* Each adds what it knows of vaddr; true where the address was its. */
bool purpose_cpu_entry(struct session *session, const struct region *region,
		       uint64_t vaddr, struct notes *notes);
bool purpose_stack(struct session *session, uint64_t vaddr, struct notes *notes);
bool purpose_percpu(struct session *session, uint64_t vaddr,
		    struct notes *notes);
bool purpose_slab(struct session *session, uint64_t vaddr, uint64_t paddr,
		  struct notes *notes);
/* The memory that the page table maps there: zone, resource, ISA hole. */
void purpose_memory(struct session *session, uint64_t vaddr, struct notes *notes);
void purpose_validity(struct session *session, const struct region *region,
		      uint64_t vaddr, struct notes *notes);
