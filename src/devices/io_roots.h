/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The tables of IOMMUs of which the kernel's types do not tell where they are: named by hand (-o
 * vtd_root=, amd_device_table=), found by symbols (io_chain.h), or found in memory.
 *
 * There, frames of the form of such a table (io_root.h) are a proof only together: each function
 * that the kernel has in an IOMMU group has an entry in exactly one of them, and no other
 * function has any. Otherwise there is no answer. */
#pragma once

#include "devices/io_root.h"
#include "devices/pci.h"

/* Has the kernel IOMMUs, of types that are not known? */
bool io_roots_needed(struct kernel *kernel);

/* The table for the function, borrowed until facts are forgotten, and where it is from (static):
 * "option -o", ... Where none was named and the kernel's list of IOMMUs does not lead there, all
 * of memory is searched on first use. NULL with err: there is none, or it cannot be known. */
const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
				  const char **source, struct error *err);

/* Adds to the list, which is empty, those that symbols alone lead to (io_chain.c): from the
 * kernel's list of IOMMUs over whatever pointers their structs hold, of which no type is known.
 * That the kernel's own structs lead there proves what the form alone would not. False with
 * err: there are none, or two for the same device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
