/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about the kernel, for several commands. These functions add fields to the open answer. */
#pragma once

#include "check/check.h"
#include "cli/command.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/page/zone.h"
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

/* --- the machine --- */

struct panic;

enum { HOST_NAME = 65 }; /* __NEW_UTS_LEN + 1 */

/* Reads a name that uname shows: "nodename", "release", "version" or "machine". Returns false if it is not known. */
bool show_host_name(const struct session *session, const char *member, char text[HOST_NAME]);
/* Adds the field "load". Returns false, and adds nothing, if the load is not known. */
bool show_host_load(struct session *session);

/* Adds the fields "nodename", "load", "command_line", "taint_words" and "modules" to the open answer, as far as
 * they are known. */
void show_host(struct session *session, const struct panic *panic);
