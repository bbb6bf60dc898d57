/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump without names and texts. Names that answers show are replaced by pseudonyms where they
 * stand; of what answers rest on nothing that looks like text stays; and of the kernel's other
 * memory only what cannot be text: its own constants, pointers, and small numbers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/page.h"

struct kept;
struct kernel;
struct machine_known;
struct memory_out;
struct note_taker;
struct scrub; /* opaque */

/* Reads what is known of the kernel. kept, which is borrowed, must not have anything yet: the
 * kernel's own frames are judged (kept.h). False: names cannot be found, as vmlinux is of another
 * kernel; out of memory, or stopped. */
bool scrub_create(struct scrub **scrub, struct kernel *kernel, struct kept *kept,
		  struct error *err);
void scrub_destroy(struct scrub *scrub); /* NULL is fine */

/* To be told which bytes are names, while answers are recorded (kernel/noted.h). */
struct note_taker *scrub_taker(struct scrub *scrub);
/* What is recorded here is of the build and no secret: its symbols and types. */
struct kept *scrub_own(struct scrub *scrub);

/* Once all that is kept is known, before its note is made: adds the names of the machine, and
 * drops bytes that turn out to be text. False: out of memory. */
bool scrub_settle(struct scrub *scrub, const struct memory_out *memory);

/* Leaves of a frame what is handed on. Any thread may, once it is settled. */
void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES]);

/* The same of headers and notes. False: out of memory. */
bool scrub_machine(struct scrub *scrub, struct machine_known *known);

/* How many names were replaced, each in all its places. */
uint64_t scrub_nr_names(const struct scrub *scrub);
