/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about the kernel, for several commands. These functions add fields to the open answer. */
#pragma once

#include "check/check.h"
#include "dump/dump.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "output/output.h"

/* The dump and its format. With a survey, also the damage of the file and the number of pages in
 * each state. */
void show_dump(struct output *output, const struct kernel *kernel,
	       const struct dump_survey *survey);

/* The release, the vmlinux, and how the vmlinux matches. Unknown fields are left out. */
void show_identity(struct output *output, const struct kernel *kernel);

/* A zone: its name, its physical range, whose end is inclusive, and its numbers of frames. */
void show_zone(struct output *output, const struct zone *zone);

/* The list "facts": the known facts. If sources is true, each fact has all its sources, otherwise
 * only the sources that contradict the fact. */
void show_facts(struct output *output, struct kernel *kernel, bool sources);

/* Returns the style of a status of check. */
enum style style_of_check(enum check_status status);
/* Shows a finding of check as a line. */
void show_finding(struct output *output, enum check check, enum check_status status,
		  const char *message);

/* Adds an object to a list: a part of the answer that is missing, and the reason. */
void show_unknown(struct output *output, const char *part, const struct error *why);
