/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Separate debug files. objcopy or eu-strip moves symbols and types of a kernel to such a file,
 * which kwalk finds by .gnu_debuglink or by the build-id. dwz moves parts that several files have
 * in common to a supplementary file, which kwalk finds by .gnu_debugaltlink. */
#pragma once

#include "debuginfo/vmlinux.h"

/* The search path that is used if the environment variable KWALK_DEBUG_PATH is not set. */
#define USUAL_DEBUG_PATH "/usr/lib/debug"

/* Searches for a debug file if vmlinux lacks symbols or types, and attaches it to vmlinux. The
 * search includes the folder of vmlinux and the folders of path, which are separated by ':'. If
 * `path` is NULL, it is USUAL_DEBUG_PATH. If path is "", nothing is searched. A debug file must
 * have the build-id of vmlinux. If there are no build-ids, it must have the checksum in
 * .gnu_debuglink. */
void debug_file_search(struct vmlinux *vmlinux, const char *path);

/* Joins a kernel and its debug file, which may be given in any order. Takes ownership of both, even
 * if it fails. Returns the kernel, or NULL if the files do not belong together. */
struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two, struct error *err);
