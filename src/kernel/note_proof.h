/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VMCOREINFO where the dump file has no such note: the kernel keeps its text in
 * a page of its own (kernel/vmcore_info.c, before 6.9 kernel/crash_core.c). */
#pragma once

#include <stdbool.h>

struct kernel;

/*
 * Takes the text out of memory, where it is proved, and sets kernel->note. With
 * symbols it is a look-up; without, the first bytes of all pages are looked at.
 * Before any fact is asked for: those that were found on the way are forgotten.
 */
bool kernel_search_note(struct kernel *kernel);
