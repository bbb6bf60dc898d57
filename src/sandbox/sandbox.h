/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandbox: the process gives up rights permanently, so that a hostile file that exploits a
 * defect of kwalk gains little. The parts of the sandbox are independent of each other, because a
 * kernel or a container may not support all of them. These functions must be called while the
 * process has only one thread. Threads that are started later are inside the sandbox, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum sandbox_wish { SANDBOX_YES, SANDBOX_NO, SANDBOX_REQUIRE };

enum sandbox_part {
	SANDBOX_FILES, /* Landlock */
	SANDBOX_CALLS, /* seccomp */
	SANDBOX_PRIVILEGES, /* no_new_privs */
	SANDBOX_CAPABILITIES, /* the process has no capabilities */
	SANDBOX_CORE, /* no core dump of the process, and no debugger */
	NR_SANDBOX_PARTS
};

/* Enters the sandbox. Must be called before the first byte of a file is read. Afterwards the
 * process can open any file for reading, but it can open nothing for writing, send nothing, and
 * start or trace no process. Capabilities that are needed to open files are kept. Capabilities that
 * are needed to open the memory of the running machine are kept only if `live` is true. */
void sandbox_enter(bool live);

struct sandbox_paths {
	/* The function ignores paths that are NULL or that do not exist. */
	const char *const *paths;
	size_t nr;
};

/* Narrows the sandbox. Must be called after sandbox_enter(), when all files are open. Afterwards
 * the process has no capabilities, and can open only these for reading: the given paths, libraries,
 * and the folders in `folders`, which are separated by ':'. `paths` is an array that ends with an
 * entry whose member paths is NULL. If `lists` is true, the names in all folders can be read, which
 * completion needs. */
void sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);

/* sandbox_landlock_version() returns the version of Landlock that is in force, or 0.
 * sandbox_landlock_lacks() returns the actions that this version is too old to forbid, one for each
 * i from 0 on, and then NULL. SANDBOX_CALLS forbids these actions. */
int sandbox_landlock_version(void);
const char *sandbox_landlock_lacks(size_t i);

/* Returns the reason why a part of the sandbox is not in force, or NULL if it is in force. */
const char *sandbox_lacks(enum sandbox_part part);
const char *sandbox_part_name(enum sandbox_part part);
