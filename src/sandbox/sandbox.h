/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process gives up rights permanently, so that a hostile file that exploits a defect gains
 * little. The parts are independent, because a kernel or a container may not support all of them.
 * These functions must be called while the process has one thread. Threads that are started later
 * are inside the sandbox, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum sandbox_wish { SANDBOX_YES, SANDBOX_NO, SANDBOX_REQUIRE };

enum sandbox_part {
	SANDBOX_FILES, /* Landlock */
	SANDBOX_CALLS, /* seccomp */
	SANDBOX_PRIVILEGES, /* no_new_privs */
	SANDBOX_CAPABILITIES, /* no capabilities */
	SANDBOX_CORE, /* no core dump, no debugger */
	NR_SANDBOX_PARTS
};

/* Enters the sandbox. Must be called before the first byte of a file is read. Afterwards nothing
 * can be opened for writing, sent, started or traced, but any file can be read. Capabilities to
 * open files are kept. Capabilities to open the memory of the running machine are kept only if
 * live. */
void sandbox_enter(bool live);

struct sandbox_paths {
	const char *const *paths; /* entries that are NULL or do not exist are ignored */
	size_t nr;
};

/* Narrows the sandbox. Must be called after sandbox_enter(), when all files are open. Afterwards,
 * only these can be opened for reading: the given paths, the folders in a list separated by ':',
 * and libraries. All capabilities are dropped. The array ends with an entry whose member paths is
 * NULL. If lists is true, the names in all folders can be read, for completion. */
void sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);

/* The first function returns the version of Landlock in force, or 0. The second function returns,
 * by index from 0 on, the actions that this version is too old to forbid, and NULL after the last.
 * SANDBOX_CALLS forbids these actions. */
int sandbox_landlock_version(void);
const char *sandbox_landlock_lacks(size_t i);

/* Returns the reason why the part is not in force, or NULL if it is in force. */
const char *sandbox_lacks(enum sandbox_part part);
const char *sandbox_part_name(enum sandbox_part part);

/* Only for sandbox.c, after the process has got no_new_privs. From now on, this thread and the
 * threads that it starts can make only the calls in calls.c. Returns 0 or an errno. */
int calls_restrict(void);
