/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The memory of a virtual machine as a dump. Its bytes are borrowed from the host's dump. Each
 * guest-physical page is a page of a process on the host. The state of a guest-physical page is the
 * state of this page in the host's dump, with two exceptions. The state is PAGE_FILTERED if the
 * page is swapped out, or is in a file but not in the page table of the process. The state is
 * PAGE_ZERO if the page was never accessed, because the guest would read zeros. */
#pragma once

#include "base/error.h"

struct dump;
struct guest;
struct kernel;

/* Makes a dump of a virtual machine. guest: an item of the host's list. close_host: NULL if the
 * host is borrowed. If not NULL, the dump owns the host and closes it with this function. If making
 * the dump fails, the host belongs to the caller. */
struct dump *guest_dump_create(struct kernel *host, const struct guest *guest,
			       void (*close_host)(struct kernel *host), struct error *err);
