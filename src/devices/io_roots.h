/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The tables of IOMMUs that the kernel's types do not lead to: given by the user (-o vtd_root=,
 * amd_device_table=), found by symbols (io_chain.h), or found in memory.
 *
 * There, frames of the form of such a table (io_root.h) are a proof only together: each function
 * that the kernel has in an IOMMU group has an entry in exactly one of them, and no other
 * function has any. Otherwise there is no answer. */
#pragma once

#include "devices/io_root.h"
#include "devices/pci.h"

/* Has the kernel IOMMUs, of types that are not known? */
bool io_roots_needed(struct kernel *kernel);

/* The table for the function, borrowed until facts are forgotten, and its source (static):
 * "option -o", ... If the user named none and the kernel's list of IOMMUs leads to none, all
 * memory is searched on first use. NULL with err: there is none, or it cannot be known. */
const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
				  const char **source, struct error *err);

/* Adds to the list, which is empty, the tables that symbols alone lead to (io_chain.c): from the
 * kernel's list of IOMMUs through any pointers in its structs, without types. As the kernel's
 * own structs lead there, they prove more than the form alone. False with err: there are none,
 * or two for the same device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
