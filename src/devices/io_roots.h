/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds tables of IOMMUs if the kernel's types are not known. Such a table is named by the user (-o
 * vtd_root=, amd_device_table=), found by symbols (io_chain.h), or found by a search of memory.
 *
 * The search accepts the page frames that have the format of such tables (io_root.h) only if two
 * conditions hold: each function that the kernel has in an IOMMU group has an entry in exactly one
 * of the frames, and no other function has an entry. Otherwise the search has no result. */
#pragma once

#include "devices/io_root.h"
#include "devices/pci.h"

/* Returns true if the kernel has IOMMUs, and the types of their structs are not known. */
bool io_roots_needed(struct kernel *kernel);

/* Returns the table that has an entry for the function. The table is borrowed until the kernel's
 * facts are forgotten. *source is static text that names the table's source, for example "option
 * -o". The first call searches all memory if the user named no table and the kernel's list of
 * IOMMUs leads to no table. Returns NULL and sets err if there is no table or it cannot be
 * determined. */
const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
				  const char **source, struct error *err);

/* Finds tables without types (io_chain.c): follows each pointer from the kernel's list of IOMMUs,
 * which is found by its symbol. A table that the kernel's structs point to is more certain than a
 * frame that only has the format of a table. Adds the tables to the list, which must be empty.
 * Returns false and sets err if no table was found, or if two tables have an entry for the same
 * device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
