/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the vmlinux that belongs to a dump where distributions put it. */
#pragma once

#include <stdbool.h>

struct kernel;

/* None was given or found, or one without symbols that is not known to be of
 * another kernel. */
bool kernel_lacks_symbols(const struct kernel *kernel);

/*
 * After kernel_start(), for a kernel that lacks symbols: looks for one by the dump's
 * release and build-id in the folders of path, separated by ':', or, with NULL,
 * in the usual ones. Only one whose build-id or banner is the dump's is taken;
 * facts are then found anew. An empty path looks nowhere.
 */
bool kernel_search_vmlinux(struct kernel *kernel, const char *path);
