/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process gives up for good, so that a defect that a hostile file makes use of
 * has little to gain. Each part holds or does not by itself: a kernel or a container may
 * not offer all. To be entered with one thread; those started later are inside too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum sandbox_wish { SANDBOX_YES, SANDBOX_NO, SANDBOX_REQUIRE };

enum sandbox_part {
	SANDBOX_FILES, /* Landlock */
	SANDBOX_CALLS, /* seccomp */
	SANDBOX_PRIVILEGES, /* no_new_privs */
	SANDBOX_CAPABILITIES, /* none */
	SANDBOX_CORE, /* no core dump, no debugger */
	NR_SANDBOX_PARTS
};

/* To be called before the first byte of a file is read. From then on nothing can be
 * opened for writing, sent, started or traced, but any file can be read. Capabilities
 * are kept that open files; those that open the memory of the running machine only if live. */
void sandbox_enter(bool live);

struct sandbox_paths {
	const char *const *paths; /* those that are NULL or not there are skipped */
	size_t nr;
};

/* To be called when all is open, and after sandbox_enter(): only the files and folders
 * given, the folders in a list separated by ':', and libraries can be opened for
 * reading; all capabilities are gone. paths ends with an entry of NULL. lists: the names
 * in all folders can be read, as completion does. */
void sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists);

/* The version of Landlock here, 0: none; and by a number from 0 on, what it does not forbid as
 * it is too old, NULL: no more. SANDBOX_CALLS forbids the same. */
int sandbox_landlock_version(void);
const char *sandbox_landlock_lacks(size_t i);

/* NULL: the part holds; else why it does not. */
const char *sandbox_lacks(enum sandbox_part part);
const char *sandbox_part_name(enum sandbox_part part);

/* For sandbox.c, once the process has no_new_privs: refuses all calls but the ones in calls.c from
 * now on, in this thread and those that it starts. Returns 0 or an errno. */
int calls_restrict(void);
