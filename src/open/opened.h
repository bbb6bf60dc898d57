/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of kernel_open(), in their order. */
#pragma once

#include "kernel/kernel.h"

/* Takes over both, also on failure. vmlinux may be NULL. */
struct kernel *kernel_create(struct dump *dump, struct vmlinux *vmlinux,
			     struct error *err);

/* "NAME=VALUE", as option -o. */
bool kernel_override(struct kernel *kernel, const char *text,
		     struct error *err);

/* Finds out the architecture, searching memory if need be, and compares vmlinux
 * with the dump. Fails for an unsupported or unknown machine. */
bool kernel_start(struct kernel *kernel, struct error *err);

/* For these steps. */

void kernel_set_arch(struct kernel *kernel, const struct arch *arch);
/* The note's text is that of the file at path. */
bool kernel_set_note_file(struct kernel *kernel, const char *path,
			  struct error *err);
/* The note was found in memory at paddr. Takes over text, to which kernel->note
 * points already. */
void kernel_set_found_note(struct kernel *kernel, char *text, uint64_t paddr);
/* Forgets all facts but those that -o set, and every state that rests on facts. */
void kernel_forget(struct kernel *kernel);
