/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The CPUs of a virtual machine, as a dump has those of a machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dump;
struct guest;
struct kernel;

/* Sets the dump's CPUs, if all registers that matter are known, in the order of their
 * numbers; *notes, which they borrow from, is the caller's to free. Where they are not, the
 * kernel is found in memory. False: out of memory. */
bool guest_cpus_take(struct kernel *host, const struct guest *guest,
		     struct dump *dump, uint8_t **notes);
