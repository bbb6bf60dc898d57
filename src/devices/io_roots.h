/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds tables of IOMMUs if the kernel's types are not known. Such a table is given by the user (-o
 * vtd_root=, -o amd_device_table=), or found by symbols (io_chain.c), or found by a search of
 * memory.
 * The search examines page frames that have the format of such tables (io_root.h). They are
 * accepted only if two conditions hold: each function in an IOMMU group has an entry in exactly one
 * of the frames, and no other function has an entry. If not, no frame is accepted. */
#pragma once

#include "devices/io_root.h"
#include "devices/pci.h"

/* Does the machine have IOMMUs, although the types of their structs are not known? */
bool io_roots_needed(struct kernel *kernel);

/* Returns the table that has an entry for the function. The table is borrowed until the kernel's
 * facts are forgotten. Sets *source to a static text that describes how the table was found, for
 * example "option -o". The first call searches all memory if the user gave no table, and if none is
 * found from the kernel's list of IOMMUs. Returns NULL and sets err if there is no table, or if it
 * is not certain which table is used. */
const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
				  const char **source, struct error *err);

/* Finds tables without types (io_chain.c). The kernel's list of IOMMUs is found by its symbol, and
 * all pointers from the list are tried. Such a table is more certain than a frame that only has the
 * format of a table, because structs of the kernel point to it. Adds the tables to the list, which
 * must be empty. Returns false and sets err if no table is found, or if two tables have an entry
 * for the same device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
