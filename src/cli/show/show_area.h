/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc, and what else an address is used for. */
#pragma once

#include "query/area_info.h"
#include "query/place.h"
#include "cli/command.h"

/* Fields of the open answer. */
void show_area(struct session *session, const struct vmalloc_area *area);
void show_caller(struct session *session, const struct caller_sum *sum);

/* For a place in the region vmalloc or modules: the area or gap around it, as the
 * field "area" or, in text, a note; the name and section of a module. */
void show_area_at(struct session *session, const struct place *place);

/* What a place is used for: fields of the open answer in JSON, notes in text. */
void show_purpose(struct session *session, const struct place *place);
/* The same of slots, stacks, per-CPU memory and slabs alone. */
void show_holder(struct output *output, const struct place *place);
