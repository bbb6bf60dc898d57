/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory of a virtual machine as a dump of its own: a dump over the host's, whose bytes are
 * used in place. A guest-physical page is a page of the guest's process: a page that the host's
 * dump has not is in the state that it has there; one that is swapped out, or of a file and not
 * in the process' table, is PAGE_FILTERED; one that was never touched is PAGE_ZERO, as the guest
 * would read it. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct dump;
struct guest;
struct kernel;

/* guest is in the list of the host. The host is borrowed, or taken over if close_host is given.
 * On failure the host stays with the caller. */
struct dump *guest_dump_create(struct kernel *host, const struct guest *guest,
			       void (*close_host)(struct kernel *host), struct error *err);

/* --- for that (guest_cpus.c) --- */

/* Sets the dump's CPUs, in the order of their numbers, if all registers that matter are known.
 * The CPUs borrow from *notes, which the caller frees. If registers are unknown, the kernel is
 * found in memory. False: out of memory. */
bool guest_cpus_take(struct kernel *host, const struct guest *guest, struct dump *dump,
		     uint8_t **notes);
