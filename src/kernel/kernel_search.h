/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel in a dump that says nothing of it: no VMCOREINFO, perhaps no
 * registers, perhaps not even a machine. */
#pragma once

struct kernel;

/*
 * With a CPU's registers the kernel's symbols may lead to the note. Without,
 * all memory is gone through once for linux_banner and for texts of notes; then
 * the page table that maps a banner is looked for near it. Sets kernel->table,
 * ->note and ->arch as far as something is proved. Before any fact is asked for:
 * those that were found on the way are forgotten.
 */
void kernel_search_memory(struct kernel *kernel);
