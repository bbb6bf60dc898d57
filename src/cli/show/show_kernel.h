/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts of the kernel that several answers show: fields of the open answer. */
#pragma once

#include "check/check.h"
#include "dump/dump.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "output/output.h"

/* The dump and its format; with a survey also what is wrong with the file, and the pages of each
 * state. */
void show_dump(struct output *output, const struct kernel *kernel,
	       const struct dump_survey *survey);

/* The release, and the vmlinux with how it matches; unknown fields are left out. */
void show_identity(struct output *output, const struct kernel *kernel);

/* A zone's name, its physical range, end being its last byte, and the numbers of its frames. */
void show_zone(struct output *output, const struct zone *zone);

/* The list "facts": what is known, with all sources, or only the source that contradicts it. */
void show_facts(struct output *output, struct kernel *kernel, bool sources);

/* The style for a status of check. */
enum style style_of_check(enum check_status status);
/* A line of check. */
void show_finding(struct output *output, enum check check, enum check_status status,
		  const char *message);

/* An object of a list: a part of the answer, and why it is not known. */
void show_unknown(struct output *output, const char *part, const struct error *why);
