/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Separate debug files: files with symbols and types that objcopy or eu-strip has split off (found
 * by .gnu_debuglink or build-id), and supplements made by dwz (.gnu_debugaltlink). */
#pragma once

#include "debuginfo/vmlinux.h"

/* Default of the environment variable KWALK_DEBUG_PATH. */
#define USUAL_DEBUG_PATH "/usr/lib/debug"

/* Attaches debug files to vmlinux if it lacks symbols or types. Searches the folders of path,
 * separated by ':' (NULL: USUAL_DEBUG_PATH, "": no search), and the folder of vmlinux. Accepts only
 * a file with the same build-id or, without build-ids, with the checksum in .gnu_debuglink. */
void debug_file_search(struct vmlinux *vmlinux, const char *path);

/* Joins a kernel and its debug file, given in any order. Takes over both, also on failure. Returns
 * the kernel; NULL: they do not belong together. */
struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two, struct error *err);
