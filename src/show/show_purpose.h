/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The purpose of an address, for region: fields of the open answer in JSON,
 * notes in text. */
#pragma once

#include "session/command.h"
#include "show/notes.h"

struct region;

/* True if vaddr was found in an entry area, stack, ... */
bool show_cpu_entry(struct session *session, const struct region *region,
		    uint64_t vaddr, struct notes *notes);
bool show_stack(struct session *session, uint64_t vaddr, struct notes *notes);
bool show_percpu(struct session *session, uint64_t vaddr, struct notes *notes);
bool show_slab(struct session *session, uint64_t vaddr, uint64_t paddr,
	       struct notes *notes);
/* The espfix stack at vaddr, in the region "espfix". */
void show_espfix(struct session *session, uint64_t vaddr, struct notes *notes);
/* The memory mapped at vaddr: physical address, zone, resource, ISA hole. */
void show_memory(struct session *session, uint64_t vaddr, struct notes *notes);
/* Whether the kernel's virt_to_phys() and virt_to_page() are valid for vaddr. */
void show_validity(struct session *session, const struct region *region,
		   uint64_t vaddr, struct notes *notes);
