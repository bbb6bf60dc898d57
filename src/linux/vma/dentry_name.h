/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The name of a dentry, and the words of the dentry that it must agree with. */
#pragma once

#include "kernel/kernel.h"

enum { DENTRY_NAME_ROOM = 256 + 8 }; /* NAME_MAX + 1 bytes, and room for a word; the rest is 0 */

/* Reads the name of a dentry. Fails if it cannot be read, or if another word contradicts it. */
bool dentry_name_read(struct kernel *kernel, uint64_t dentry, char name[DENTRY_NAME_ROOM],
		      size_t *length, struct error *err);

/* Finds process 1: it is the first in the list of processes, which need not be read. */
bool vma_first_process(struct kernel *kernel, uint64_t *task, struct error *err);
