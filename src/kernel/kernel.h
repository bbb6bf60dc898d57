/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dumped kernel: the files it is read from and what is known of it. open.h
 * creates it, with all that its pointers lead to. What other files remember of it
 * is in their states: see state.h.
 */
#pragma once

#include "base/listener.h"
#include "kernel/facts.h"
#include "kernel/kernel_symbols.h"
#include "kernel/kernel_types.h"
#include "kernel/space.h"
#include "kernel/state.h"

struct arch;
struct dump;
struct found_table;
struct identity;
struct vmcoreinfo;
struct vmlinux;

struct kernel {
	struct dump *dump;
	struct vmlinux *vmlinux; /* NULL where none was given or found */
	const struct arch *arch; /* NULL until it is known */
	struct vmcoreinfo *note;
	struct identity *identity; /* never NULL */
	struct found_table *table; /* the page table that a search of memory found */
	struct facts *facts;
	/* Tables of sources of facts, by trust, the last is NULL. */
	const struct fact_source *const *sources;
	void **states; /* by enum state_id */
	struct listener *listener; /* borrowed; NULL: nobody listens */
	/* Set where a list had more than its bound: the answer has what was found
	 * so far. The caller clears it before; code 0: no list had. */
	struct error *excess;
};

/* Is the work to end? What was found until then is not to be kept as the whole. */
static inline bool kernel_stopped(const struct kernel *kernel)
{
	return listener_stops(kernel->listener);
}

/* The release's numbers as 0x060c00 for 6.12.0; 0 if unknown. The third is
 * the kernel's own only in 2.6.x: later distributions number it themselves,
 * and carry fixes of later releases. */
unsigned int kernel_version(const struct kernel *kernel);
