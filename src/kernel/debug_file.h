/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that symbols and types were split off into: by objcopy or eu-strip
 * (.gnu_debuglink, or the same build-id), and once more by dwz
 * (.gnu_debugaltlink).
 */
#pragma once

#include "kernel/vmlinux.h"

/* Where debug files are, below each folder of a path as KWALK_DEBUG_PATH. */
#define USUAL_DEBUG_PATH "/usr/lib/debug"

/*
 * Looks for what vmlinux lacks in the folders of path, separated by ':' (NULL:
 * the usual ones), and beside the file itself. Only a debug file with the same
 * build-id, or where there is none with the checksum that the link names, is
 * taken. An empty path looks nowhere. Does nothing where nothing is missing.
 */
void debug_file_search(struct vmlinux *vmlinux, const char *path);

/* Puts two files that were given, in whatever order, together; takes over both
 * and returns the one that is the kernel, or NULL where they do not belong
 * together. */
struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two,
				struct error *err);
