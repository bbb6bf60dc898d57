/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system calls that are left to the program, as a filter of seccomp. */
#pragma once

/* Refuses all others from now on, in this thread and those that it starts. Returns 0 or
 * an errno. The process must have no_new_privs. */
int calls_restrict(void);
