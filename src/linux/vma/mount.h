/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The mounts of a dentry that belongs to no struct file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Finds the vfsmount through which process 1 reaches the dentry. If there are several, chooses the
 * mount that shows the most of the file system: its root is the highest ancestor of the dentry.
 * Among mounts with the same root, chooses the nearest to the root of all mounts, and then the
 * first. Mounts that are covered by a mount on their root are not considered. Fails if process 1
 * has no such mount, or if its mounts are unknown. */
bool vma_find_mount(struct kernel *kernel, uint64_t dentry, uint64_t *vfsmount, struct error *err);
