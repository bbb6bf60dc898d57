/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc, and other uses of a virtual address. */
#pragma once

#include "query/area_info.h"
#include "query/place.h"
#include "cli/command.h"

/* How text shows the fields of show_area_at() and show_purpose(), as columns and lines. */
// clang-format off
#define PURPOSE_LINES \
	LINE("area"), \
	LINE("area_resource", .heading = "area", TEXT(.join = " ", .before = "(", .after = ")")), \
	LINE("area_caller", .heading = "area", TEXT(.before = "by ")), \
	LINE("fixmap"), LINE("slot", .heading = "fixmap"), \
	LINE("kmap_local", .heading = "fixmap", TEXT(.before = "kmap_local ")), LINE("kmap"), \
	LINE("entry_area_of", .heading = "cpu_entry_area"), \
	LINE("member", .heading = "cpu_entry_area"), \
	LINE("slab_cache", .heading = "slab", TEXT(.before = "cache ")), \
	LINE("slab", TEXT(.before = "slab ")), \
	LINE("object", .heading = "slab", TEXT(.before = "object ")), \
	LINE("object_index", .heading = "slab", TEXT(.before = "number ")), \
	LINE("object_size", .heading = "slab", TEXT(.after = " bytes")), \
	LINE("allocated", .heading = "slab", TEXT(.yes = "allocated", .no = "free")), \
	LINE("object_state", .heading = "slab"), LINE("stack_of", .heading = "stack"), \
	LINE("stack_start", .heading = "stack"), \
	LINE("stack_end", .heading = "stack", TEXT(.join = " to ")), \
	LINE("percpu_of", .heading = "per_cpu"), LINE("percpu", .heading = "per_cpu"), \
	LINE("percpu_pointer", .heading = "per_cpu", TEXT(.before = "pointer ")), \
	LINE("percpu_symbol", .heading = "per_cpu"), LINE("below_a_stack"), LINE("memory"), \
	LINE("zone", .heading = "memory", TEXT(.before = "zone ")), \
	LINE("resource", .heading = "memory"), \
	LINE("isa_hole", .heading = "memory", TEXT(.yes = "in the ISA hole")), LINE("not_valid"), \
	LINE("why_not", .heading = "not_valid", TEXT(.join = ": "))
// clang-format on

/* Adds the fields of an area to the open answer. */
void show_area(struct session *session, const struct vmalloc_area *area);
void show_caller(struct session *session, const struct caller_sum *sum);

/* For a place in the region vmalloc or modules: adds the field "area", which describes the area or
 * gap that contains the place. Also adds the name and section of a module. */
void show_area_at(struct session *session, const struct place *place);

/* Adds to the open answer the use of a place. */
void show_purpose(struct session *session, const struct place *place);
/* Like show_purpose(), but only if the place is in a slot, a stack, per-CPU memory or a slab. */
void show_holder(struct output *output, const struct place *place);
