/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The tables of IOMMUs that the kernel's types do not lead to: named by the user (-o vtd_root=,
 * amd_device_table=), found by symbols (io_chain.h), or found by a search of memory.
 *
 * In memory, frames in the form of such tables (io_root.h) are accepted only together: each
 * function that the kernel has in an IOMMU group must have an entry in exactly one of the frames,
 * and no other function may have an entry. Otherwise there is no answer. */
#pragma once

#include "devices/io_root.h"
#include "devices/pci.h"

/* Has the kernel IOMMUs whose types are not known? */
bool io_roots_needed(struct kernel *kernel);

/* The table for the function, borrowed until facts are forgotten, and its static source: "option
 * -o", ... If the user named no table and the kernel's list of IOMMUs leads to none, all memory is
 * searched on first use. NULL with err: there is no table, or it cannot be determined. */
const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
				  const char **source, struct error *err);

/* Adds the tables found by symbols alone (io_chain.c) to the list, which is empty before: follows
 * all pointers from the kernel's list of IOMMUs, without types. Tables that the kernel's own
 * structs point to are better evidence than their form alone. False with err: no table was found,
 * or two for the same device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
