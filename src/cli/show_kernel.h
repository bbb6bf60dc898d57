/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about the kernel, for several commands. These functions add fields to the open answer. */
#pragma once

#include "check/check.h"
#include "dump/dump.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "output/output.h"

/* Adds the dump and its format. If survey is not NULL, also adds the damage of the file, and the
 * number of pages in each state. */
void show_dump(struct output *output, const struct kernel *kernel,
	       const struct dump_survey *survey);

/* Adds the release, the vmlinux, and how the vmlinux matches the dump. Leaves out unknown
 * fields. */
void show_identity(struct output *output, const struct kernel *kernel);

/* Adds a zone: its name, its range of physical addresses (end inclusive), and its numbers of
 * frames. */
void show_zone(struct output *output, const struct zone *zone);

/* Adds the list "facts", which contains all known facts. If sources is true, each fact contains all
 * its sources. If sources is false, each fact contains only the sources that contradict it. */
void show_facts(struct output *output, struct kernel *kernel, bool sources);

/* Returns the style for a status of the command check. */
enum style style_of_check(enum check_status status);
/* Shows a finding of the command check as a line. */
void show_finding(struct output *output, enum check check, enum check_status status,
		  const char *message);

/* Adds an object to the open list, for a part of the answer that is missing. why: the reason. */
void show_unknown(struct output *output, const char *part, const struct error *why);
