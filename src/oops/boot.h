/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What a line shows about the kernel that printed it: its release, build, machine and paging, or that it is another
 * system. A line that contradicts the lines before it is of another boot. */
#pragma once

#include "oops/report.h"

/* A machine that a text can show, also one whose kernels kwalk does not read. */
enum { OOPS_MARKS = 5 };
struct oops_machine {
	uint16_t number; /* EM_* of elf.h */
	uint8_t word; /* the size of a word in bytes */
	const char *name; /* with an article */
	const char *marks[OOPS_MARKS]; /* texts that only this machine prints */
};

/* Reads the release and the build from a banner ("Linux version ...", linux_banner in init/version.c), or from a
 * line with the letters of the taint, as dump_stack_print_info() in lib/dump_stack.c prints it: "Comm: init
 * Tainted: G        W   6.1.0-18-amd64 #1  Debian 6.1.76-1". Debian adds the version of the package. */
void oops_build_read(const char *line, char release[OOPS_RELEASE], struct oops_build *build);
/* Do both show the same property, and is it different? */
bool oops_build_differs(const struct oops_build *one, const struct oops_build *other);

/* Reads what the line shows. A line with the time of Linux is of Linux. */
void oops_boot_read(const struct oops_line *line, struct oops_boot *shown);
/* Does what a line shows contradict the boot? */
bool oops_boot_differs(const struct oops_boot *boot, const struct oops_boot *shown);
/* Adds what a line shows to the boot. */
void oops_boot_add(struct oops_boot *boot, const struct oops_boot *shown);
