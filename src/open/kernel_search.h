/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the kernel in a dump without VMCOREINFO, and perhaps without registers or
 * machine. */
#pragma once

struct kernel;

/*
 * With the registers of a CPU the kernel's symbols may lead to the note. Otherwise
 * scans all memory once for linux_banner and texts of notes, then searches near each
 * banner for a page table that maps it. Sets kernel->table, ->note and ->arch if they
 * are proved. Forgets all facts.
 */
void kernel_search_memory(struct kernel *kernel);
