/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory of a virtual machine as a dump. Its bytes are borrowed from the host's dump. A
 * guest-physical page is a page of the guest's process. A page that the host's dump lacks has the
 * same state as in the host's dump. A page that is swapped out, or is in a file and not in the page
 * table of the process, is PAGE_FILTERED. A page that was never touched is PAGE_ZERO, as the guest
 * would read zeros. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct dump;
struct guest;
struct kernel;

/* guest must be in the host's list. The host is borrowed, or taken over if close_host is given. On
 * failure the host stays with the caller. */
struct dump *guest_dump_create(struct kernel *host, const struct guest *guest,
			       void (*close_host)(struct kernel *host), struct error *err);

/* --- for guest_dump.c: guest_cpus.c --- */

/* Sets the dump's CPUs, in the order of their numbers, if all necessary registers are known. The
 * CPUs borrow from *notes, which the caller frees. If registers are unknown, the kernel is found in
 * memory. False: out of memory. */
bool guest_cpus_take(struct kernel *host, const struct guest *guest, struct dump *dump,
		     uint8_t **notes);
