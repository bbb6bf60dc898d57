/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory of a virtual machine as a dump. Its bytes are borrowed from the host's dump. Each
 * guest-physical page is a page of the virtual machine's process on the host. If that page is not
 * in the host's dump, it has the same state as there. If it is swapped out, or in a file but not in
 * the page table of the process, its state is PAGE_FILTERED. If it was never touched, its state is
 * PAGE_ZERO, because the guest would read zeros. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct dump;
struct guest;
struct kernel;

/* guest must be in the host's list. The host is borrowed. If close_host is not NULL, the dump takes
 * over the host instead, and closes it by close_host; but on failure the host still belongs to the
 * caller. */
struct dump *guest_dump_create(struct kernel *host, const struct guest *guest,
			       void (*close_host)(struct kernel *host), struct error *err);

/* --- for guest_dump.c: guest_cpus.c --- */

/* Sets the dump's CPUs, in the order of their numbers. If the necessary registers of a CPU are not
 * known, sets no CPUs; then the kernel is searched in memory. The CPUs borrow from *notes, which
 * the caller frees. Returns false if memory is exhausted. */
bool guest_cpus_take(struct kernel *host, const struct guest *guest, struct dump *dump,
		     uint8_t **notes);
