/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches for the vmlinux of a dump in the file system. */
#pragma once

#include <stdbool.h>

struct kernel;

/* There is no vmlinux, or one without symbols that may belong to the dump. */
bool kernel_lacks_symbols(const struct kernel *kernel);

/* After kernel_start(), for a kernel that lacks symbols: adopts a vmlinux, or else a
 * System.map, found by release and build-id in the folders of path, as
 * opening->debug_path. */
bool kernel_search_vmlinux(struct kernel *kernel, const char *path);
