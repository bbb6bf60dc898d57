/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "query/balance.h"
#include "report/users/amounts.h"
#include "report/users/process_map.h"
#include "cli/show_kernel.h"
#include "cli/show_backtrace.h"
#include "cli/show_panic.h"
#include "cli/show_wait.h"
#include "linux/crash/blocked.h"

/* A zone with more pages than this is not plausible. The limit ensures that sums of bytes fit into
 * 64 bits. */
#define MOST_PAGES (UINT64_C(1) << 44)

enum { MOST_USERS = 10 /* largest number of users shown, for each kind of user */ };

struct triage {
	struct session *session;
	struct panic panic;
	struct signature signature;
	bool has_panic, has_signature;
	struct error why_panic;
	struct blocked blocked;
	struct process_map processes;
	struct amounts slabs;
	uint64_t managed, free; /* in bytes, for all zones together */
	bool has_zones;
	uint64_t bad_zones; /* number of zones with more than MOST_PAGES pages */
	struct error why_zones;
	struct balance balance;
	bool has_balance;
	struct error why_balance;
	char checked[2048]; /* the latest finding of the command check */
};

/* --- finding out --- */

static void triage_find_end(struct triage *triage)
{
	struct kernel *kernel = triage->session->kernel;

	triage->has_panic = panic_read(kernel, &triage->panic, &triage->why_panic);
	triage->has_signature =
		triage->has_panic && signature_of(kernel, &triage->panic, &triage->signature);
}

static bool triage_add_zone(const struct zone *zone, void *arg)
{
	struct triage *triage = arg;
	uint64_t pages = zone->has_managed ? zone->managed : zone->present;

	if (pages > MOST_PAGES || zone->free > MOST_PAGES) {
		triage->bad_zones++;
		return !session_interrupted(triage->session);
	}
	triage->managed += kernel_frame(triage->session->kernel, pages);
	triage->free += kernel_frame(triage->session->kernel, zone->free);
	triage->has_zones = triage->has_zones || zone->has_free;
	return !session_interrupted(triage->session);
}

static void triage_find_memory(struct triage *triage)
{
	struct kernel *kernel = triage->session->kernel;

	process_map_make(&triage->processes, kernel, false);
	page_each_zone(kernel, triage_add_zone, triage, &triage->why_zones);
	amounts_of_slabs(&triage->slabs, kernel);
	triage->has_balance = query_balance(kernel, &triage->balance, &triage->why_balance);
}

/* --- the answer --- */

static void state_finding(void *arg, enum check check, enum check_status status,
			  const char *message)
{
	struct triage *triage = arg;
	struct output *output = triage->session->output;

	if (check == CHECK_OF_ALL)
		snprintf(triage->checked, sizeof(triage->checked), "%s", message);
	if (status <= CHECK_INAPPLICABLE || check == CHECK_OF_ALL)
		return;
	output_object_begin(output, NULL);
	show_finding(output, check, status, message);
	output_object_end(output);
}

static void state_findings(struct triage *triage)
{
	struct output *output = triage->session->output;
	struct checker checker = {
		.kernel = triage->session->kernel,
		.tell = state_finding,
		.arg = triage,
	};

	output_list_begin(output, "findings");
	check_kernel(&checker);
	output_list_end(output);
	output_string(output, "checked", triage->checked);
}

static void state_tasks(struct output *output, const struct process_map *map)
{
	output_list_begin(output, "tasks");
	for (size_t i = 0; i < map->nr && i < MOST_USERS; i++) {
		const struct process_use *use = &map->process[i];

		if (!use->has_rss || !use->rss)
			break;
		output_object_begin(output, NULL);
		output_pid(output, use->pid, use->comm);
		output_count(output, "rss", use->rss);
		output_object_end(output);
	}
	output_list_end(output);
}

static void state_slabs(struct output *output, const struct amounts *slabs)
{
	output_list_begin(output, "slabs");
	for (size_t i = 0; i < slabs->nr && i < MOST_USERS; i++) {
		if (!slabs->item[i].size)
			break;
		output_object_begin(output, NULL);
		output_string(output, "slab_cache", slabs->item[i].name);
		output_count(output, "size", slabs->item[i].size);
		output_object_end(output);
	}
	output_list_end(output);
}

static void state_balance_line(const struct balance_line *line, void *arg)
{
	struct triage *triage = arg;
	struct output *output = triage->session->output;

	output_object_begin(output, NULL);
	output_string(output, "what", line->what);
	output_count(output, "pages", line->pages);
	output_count(output, "bytes", kernel_frame(triage->session->kernel, line->pages));
	output_string_if(output, "part", line->part);
	output_object_end(output);
}

static void state_balance(struct triage *triage)
{
	output_list_begin(triage->session->output, "balance");
	query_balance_lines(&triage->balance, state_balance_line, triage);
	output_list_end(triage->session->output);
}

static void state_memory(struct triage *triage)
{
	struct output *output = triage->session->output;

	output_object_begin(output, "memory");
	if (triage->has_zones) {
		output_count(output, "managed", triage->managed);
		output_count(output, "free", triage->free);
	}
	if (triage->has_balance)
		state_balance(triage);
	state_tasks(output, &triage->processes);
	state_slabs(output, &triage->slabs);
	output_object_end(output);
}

static void state_unknown(struct triage *triage)
{
	const struct panic *panic = &triage->panic;
	struct error slabs = { 0 }, zones = { 0 };
	const struct {
		const char *part;
		const struct error *why;
	} parts[] = {
		{ "panic", &triage->why_panic },
		{ "log", &panic->log_trouble },
		{ "cpus", &panic->cpus_trouble },
		{ "tasks", &triage->processes.why },
		{ "zones", &triage->why_zones },
		{ "slabs", &triage->slabs.why },
		{ "balance", &triage->why_balance },
		{ "slabs", &slabs },
		{ "zones", &zones },
	};
	struct output *output = triage->session->output;

	if (triage->slabs.nr_damaged)
		fail(&slabs, ERROR_UNREADABLE, "the lists of %" PRIu64 " cache%s are damaged",
		     triage->slabs.nr_damaged, plural_s(triage->slabs.nr_damaged));
	if (triage->bad_zones)
		fail(&zones, ERROR_UNREADABLE,
		     "%" PRIu64 " zones have more pages than physical memory can have",
		     triage->bad_zones);
	output_list_begin(output, "unknown");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].why->code)
			show_unknown(output, parts[i].part, parts[i].why);
	output_list_end(output);
}

static void triage_answer(struct triage *triage)
{
	struct session *session = triage->session;
	struct output *output = session->output;
	struct dump_survey survey;

	dump_survey(session->kernel->dump, &survey);
	output_begin(output, "triage", NULL, NULL);
	show_dump(output, session->kernel, &survey);
	show_identity(output, session->kernel);
	show_facts(output, session->kernel, false);
	if (triage->has_panic)
		show_end(session, &triage->panic, triage->has_signature ? &triage->signature : NULL,
			 TRACE_TOP);
	show_blocked(session, &triage->blocked);
	state_findings(triage);
	state_memory(triage);
	state_unknown(triage);
	output_boolean(output, "whole", !session_interrupted(session));
	output_end(output);
}

static bool triage_run(struct session *session, char **words, struct error *err)
{
	struct triage *triage = calloc(1, sizeof(*triage));

	(void)words;
	if (!triage)
		return out_of_memory(err);
	triage->session = session;
	triage_find_end(triage);
	/* If the list of tasks is unknown, the map of processes contains the reason, too. */
	blocked_find(session->kernel, &triage->blocked);
	triage_find_memory(triage);
	triage_answer(triage);
	panic_release(&triage->panic);
	blocked_release(&triage->blocked);
	process_map_release(&triage->processes);
	query_balance_release(&triage->balance);
	free(triage);
	return true;
}

static const struct field crash[] = {
	LINE("title", .heading = "signature", TEXT(.join = " ")),
	LINE("function", .heading = "", TEXT(.before = "in ")),
	LINE("frames", .heading = "", TEXT(.before = "by ")),
	LINE("guessed", .heading = "",
	     TEXT(.yes = "some of these functions may be left from earlier calls")),
	{ 0 }
};

static const struct field end[] = {
	LINE("message", .heading = "end"),
	LINE("cause"),
	LINE("time"),
	LINE("tainted"),
	LINE("taints", .heading = "tainted", TEXT(.join = " ")),
	LINE("trace", .heading = "", .fields = show_trace_fields),
	LINE("reports", .heading = "", .fields = show_panic_reports),
	LINE("more_reports", .heading = "", TEXT(.after = " more reports")),
	LINE("hardware_errors", .heading = "", .fields = show_hardware_errors),
	LINE("cpus", .heading = "", .fields = show_panic_cpus),
	{ 0 }
};

static const struct field findings[] = {
	COLUMN("check"), COLUMN("status"), COLUMN("message"), { 0 }
};

static const struct field tasks[] = {
	COLUMN("pid"), COLUMN("comm"), COLUMN("rss", .kind = KIND_KIB), { 0 }
};

static const struct field slabs[] = { COLUMN("slab_cache"),
				      COLUMN("size", .kind = KIND_KIB),
				      { 0 } };

static const struct field balance[] = { COLUMN("what"),
					COLUMN("pages"),
					COLUMN("bytes", .heading = "size", .kind = KIND_KIB),
					COLUMN("part", .heading = "part of"),
					{ 0 } };

static const struct field memory[] = { LINE("managed", .heading = "memory", .kind = KIND_BYTES),
				       LINE("free", .heading = "memory", .kind = KIND_BYTES,
					    TEXT(.before = "free ")),
				       LINE("balance", .heading = "", .fields = balance),
				       LINE("tasks", .heading = "", .fields = tasks),
				       LINE("slabs", .heading = "", .fields = slabs),
				       { 0 } };

static const struct field unknown[] = { COLUMN("part", .heading = "unknown"),
					COLUMN("message", .heading = "why"),
					{ 0 } };

static const struct record record = {
	.labelled = true,
	.fields = FIELDS(LINE("dump"), LINE("format", .heading = "dump"), LINE("trouble"),
			 LINE("pages", .pairs = 16), LINE("release", .heading = "kernel"),
			 LINE("vmlinux"), LINE("vmlinux_match", .heading = "vmlinux"),
			 LINE("signature"), COLUMN("crash", .fields = crash),
			 LINE("uptime", TEXT(.after = " s")), COLUMN("panic", .fields = end),
			 COLUMN("blocked", .fields = show_blocked_fields),
			 LINE("findings", .heading = "", .fields = findings), LINE("checked"),
			 COLUMN("memory", .fields = memory),
			 LINE("unknown", .heading = "", .fields = unknown)),
};

const struct command command_triage = {
	.name = "triage",
	.group = GROUP_FIRST,
	.common = true,
	.record = &record,
	.summary = "what ended the kernel; blocked tasks, and who holds their locks",
	.details =
		"The first command to type. Shows, most often without vmlinux:\n"
		"- the dump, whether it is complete, and its kernel\n"
		"- what ended the kernel, and what each CPU ran\n"
		"- the blocked tasks (state D): for how long, for which lock, and who holds it\n"
		"- the damage that check finds\n"
		"- the largest users of memory\n"
		"For each part that is not known, shows the reason. Crashes of the same kind have\n"
		"the same signature, on all machines. With --json the record is one object, even\n"
		"for a dump that cannot be opened.",
	.rests_on = RESTS_ON_MEMORY,
	.answers_unopened = true,
	.run = triage_run,
};
