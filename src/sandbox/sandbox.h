/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process gives up rights for good, so that a hostile file that exploits a defect gains little.
 * Parts are independent: a kernel or a container may not support all of them. Call these functions
 * while the process has one thread; threads started later are inside the sandbox, too. */
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

/* Call this before the first byte of a file is read. Afterwards nothing can be opened for writing,
 * sent, started or traced, but any file can be read. Capabilities to open files are kept; those to
 * open memory of the running machine only if live. */
void sandbox_enter(bool live);

struct sandbox_paths {
	const char *const *paths; /* entries that are NULL or do not exist are skipped */
	size_t nr;
};

/* Call this when all files are open, after sandbox_enter(). Only the files and folders given, the
 * folders in a list separated by ':', and libraries can be opened for reading; all capabilities are
 * dropped. paths ends with an entry of NULL. lists: names in all folders can be read, for
 * completion. */
void sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);

/* The version of Landlock here; 0: none. The second function returns the actions that this version
 * is too old to forbid, by index from 0 on; NULL: no more. SANDBOX_CALLS forbids these actions. */
int sandbox_landlock_version(void);
const char *sandbox_landlock_lacks(size_t i);

/* Returns why the part does not hold; NULL: it holds. */
const char *sandbox_lacks(enum sandbox_part part);
const char *sandbox_part_name(enum sandbox_part part);

/* For sandbox.c, once the process has no_new_privs: from now on refuses all calls except those in
 * calls.c, in this thread and in threads that it starts. Returns 0 or an errno. */
int calls_restrict(void);
