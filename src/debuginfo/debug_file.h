/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Separate debug files. objcopy or eu-strip moves symbols and types to such a file, which is found
 * by .gnu_debuglink or build-id. The program dwz moves shared parts to a supplementary file, which
 * is found by .gnu_debugaltlink. */
#pragma once

#include "debuginfo/vmlinux.h"

/* The search path if the environment variable KWALK_DEBUG_PATH is not set. */
#define USUAL_DEBUG_PATH "/usr/lib/debug"

/* Attaches a debug file to vmlinux if vmlinux lacks symbols or types. Searches the folder of
 * vmlinux and the folders of path, which are separated by ':'. If path is NULL, USUAL_DEBUG_PATH is
 * searched; if path is "", nothing is searched. Accepts a file with the same build-id or, without
 * build-ids, with the checksum in .gnu_debuglink. */
void debug_file_search(struct vmlinux *vmlinux, const char *path);

/* Joins a kernel and its debug file, given in any order. Takes over both, also on failure. Returns
 * the kernel, or NULL if the files do not belong together. */
struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two, struct error *err);
