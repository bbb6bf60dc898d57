/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diff/diff.h"
#include "cli/command.h"
#include "cli/show_diff.h"

struct diff_request {
	struct session *session;
	struct pair pair;
	bool wanted[NR_DIFF_PARTS];
	unsigned int brief; /* show only the summary */
	uint64_t nr_runs; /* largest number of runs of frames to show */
	/* process whose mappings are compared; NULL: compare mappings of the kernel */
	const char *process;
	struct diff_summary summary[NR_DIFF_PARTS];
};

/* --- rows --- */

static bool diff_goes_on(const struct diff_request *request)
{
	return !session_interrupted(request->session);
}

/* Shows a row, unless the item is the same in both dumps. A module that another boot loaded at
 * another address counts as the same. */
static bool diff_visit(const struct diff_row *row, void *arg)
{
	struct diff_request *request = arg;
	bool same = row->part != PART_FRAMES &&
		    (row->status == DIFF_SAME ||
		     (row->part == PART_MODULES && row->status == DIFF_MOVED));

	if (!request->brief && !same)
		show_diff_row(request->session->output, &request->pair, row);
	return diff_goes_on(request);
}

/* --- the mappings of a process --- */

/* Finds the process in the other dump that corresponds to `here`, a process of the open dump. */
static bool find_there(const struct diff_request *request, const struct process *here,
		       struct process *there, struct error *err)
{
	const struct pair *pair = &request->pair;
	const struct task_list *list = task_all(pair->kernel[OTHER], err);
	struct task_start start[NR_SIDES];

	if (!list)
		return false;
	if (pair->same_boot == NO)
		return fail(err, ERROR_NO_ANSWER,
			    "the other dump is of another boot, so it does not contain this process");
	start[THIS] = diff_task_start(pair->kernel[THIS], here->task.address);
	for (size_t i = 0; i < list->nr; i++) {
		const struct task *task = &list->task[i];

		start[OTHER] = diff_task_start(pair->kernel[OTHER], task->address);
		if (task->pid == here->task.pid && start[OTHER].known == start[THIS].known &&
		    !memcmp(start[OTHER].word, start[THIS].word, sizeof(start[THIS].word)))
			return task_process(pair->kernel[OTHER], task, there, err);
	}
	return fail(err, ERROR_NO_ANSWER,
		    "the other dump has no process %" PRId32 " with the same start time",
		    here->task.pid);
}

static bool compare_process(struct diff_request *request, const struct diff_visitor *visitor,
			    struct diff_summary *summary)
{
	const struct diff diff = { &request->pair, visitor, summary };
	struct error *err = &summary->why;
	struct process here, there;
	const struct process *const process[NR_SIDES] = { &here, &there };

	if (!parse_process(request->session, request->process, &here, err))
		return false;
	if (!here.has_task || !process_has_memory(&here))
		return fail(err, ERROR_NO_ANSWER, "%s is not a process with its own memory",
			    request->process);
	if (!find_there(request, &here, &there, err))
		return false;
	if (!process_has_memory(&there))
		return fail(err, ERROR_NO_ANSWER,
			    "in the other dump, the process does not have its own memory");
	return diff_process_mappings(&diff, process);
}

/* --- parts --- */

/* Reports damaged lists, because only the items before the damage were compared. */
static void complain_of_lists(struct diff_request *request, enum diff_part part)
{
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct error *damage = diff_damage(&request->pair, part, side);
		struct error err;

		if (!damage)
			continue;
		fail(&err, ERROR_FORMAT, "%s%.400s", side == OTHER ? "in the other dump, " : "",
		     damage->message);
		session_complain(request->session, diff_part_names[part], &err);
	}
}

/* --- the summary --- */

/* Reports that items are unknown in one of the dumps, because the answer is then incomplete. */
static void complain_of_unknown(struct diff_request *request, enum diff_part part)
{
	uint64_t nr = request->summary[part].nr[DIFF_UNKNOWN];
	struct error err;

	if (!nr)
		return;
	fail(&err, ERROR_UNREADABLE,
	     "%" PRIu64 " could not be compared, because one of the dumps does not show them", nr);
	session_complain(request->session, diff_part_names[part], &err);
}

/* --- the command --- */

static void compare_part(struct diff_request *request, enum diff_part part)
{
	const struct diff_visitor visitor = {
		.visit = diff_visit,
		.arg = request,
		.nr_runs = request->nr_runs,
	};
	struct diff_summary *summary = &request->summary[part];

	output_forget_heading(request->session->output);
	if (part == PART_MAPPINGS && request->process)
		summary->compared = compare_process(request, &visitor, summary);
	else
		diff_compare(part, &request->pair, &visitor, summary);
	if (!summary->compared)
		session_complain(request->session, diff_part_names[part], &summary->why);
	else if (summary->cache_unknown)
		session_say(
			request->session,
			"mappings: cache types are not compared, because one of the dumps does not show the meaning of the bits");
	if (summary->compared)
		complain_of_lists(request, part);
}

/* Reports a doubtful fact of the other dump. Doubts about the open dump are reported by each
 * command, so they are not repeated. */
static void tell_doubt(void *arg, const char *fact, const char *why)
{
	char line[512];

	snprintf(line, sizeof(line), "doubtful in the other dump: %s (%s)", fact, why);
	session_say(arg, line);
}

static void diff_compare_all(struct diff_request *request)
{
	struct output *output = request->session->output;

	output_declare(output, &show_pair_record);
	show_pair(output, &request->pair);
	output_declare(output, NULL);
	for (enum diff_part part = 0; part < NR_DIFF_PARTS && diff_goes_on(request); part++)
		if (request->wanted[part])
			compare_part(request, part);
	if (!diff_goes_on(request))
		return;
	output_forget_heading(output);
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		if (request->summary[part].compared)
			show_diff_summary(output, part, &request->summary[part]);
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		complain_of_unknown(request, part);
	kernel_doubts(request->pair.kernel[OTHER], RESTS_ON_FRAMES, tell_doubt, request->session);
	if (kernel_rests_on_foreign(request->pair.kernel[OTHER], RESTS_ON_FRAMES))
		request->session->failed = true;
}

static const struct choices parts = { diff_part_names, NR_DIFF_PARTS };

/* Reads the names of parts, which precede the files. If there are none, all parts are compared, or,
 * with -p, only mappings. Returns the words after the names. */
static char **take_parts(struct diff_request *request, char **words)
{
	unsigned int choice;
	bool any = false;

	for (; *words && (choice = choices_find(&parts, *words)); words++)
		request->wanted[choice - 1] = any = true;
	for (enum diff_part part = 0; part < NR_DIFF_PARTS && !any; part++)
		request->wanted[part] = !request->process || part == PART_MAPPINGS;
	return words;
}

struct diff_options {
	struct number_given nr_runs;
	const char *process;
	unsigned int brief;
};

static bool diff_run(struct session *session, char **words, struct error *err)
{
	const struct diff_options *given = session->given;
	struct diff_request request = {
		.session = session,
		.nr_runs = given->nr_runs.given ? given->nr_runs.value : 10,
		.process = given->process,
		.brief = given->brief,
	};
	struct kernel *other;

	if (request.nr_runs > MOST_FRAME_RUNS)
		return fail(err, ERROR_USAGE, "-n: COUNT can be at most %d", MOST_FRAME_RUNS);
	words = take_parts(&request, words);
	if (!*words)
		return fail(
			err, ERROR_USAGE,
			"name the dump to compare with; if a file is named like a part of diff, write ./FILE");
	if (!session->front.open_other)
		return fail(err, ERROR_USAGE, "another dump cannot be opened here");
	other = session->front.open_other(session, words, err);
	if (!other)
		return false;
	pair_compare(&request.pair, session->kernel, other);
	diff_compare_all(&request);
	session->front.close_other(other);
	return true;
}

static const struct command_option options[] = {
	{ "s", AT(diff_options, brief), .help = "show only a summary" },
	{ "n", WORD_COUNT, AT(diff_options, nr_runs),
	  .help = "show at most COUNT ranges of frames (default 10)" },
	{ "p", WORD_PROCESS, AT(diff_options, process),
	  .help = "compare the mappings of this process" },
	{ 0 }
};

const struct command command_diff = {
	.name = "diff",
	.group = GROUP_DUMP,
	.options = options,
	.arguments = ARGUMENTS({ "WHAT", WORD_CHOICE, .most = MANY, .choices = &parts },
			       { "VMLINUX", WORD_DUMP, .most = 1 },
			       { "DUMP", WORD_DUMP, 1, .most = MANY }),
	.given_size = GIVEN(diff_options),
	.summary = "differences between another dump and the open dump",
	.details =
		"Compares the open dump with DUMP, for example an earlier dump of the machine or\n"
		"a dump without trouble. \"appeared\": only in the open dump; \"vanished\": only in\n"
		"DUMP; other_...: the value in DUMP. Files are recognised by content, as on the\n"
		"command line. The vmlinux of the open dump is used for both dumps if it belongs\n"
		"to both.\n"
		"WHAT is facts, regions, mappings (of the kernel, or with -p of a process; sizes\n"
		"of pages are not compared), frames (by use), tasks, vmalloc, modules; default:\n"
		"all.\n"
		"In dumps of one boot, things are matched by address, and tasks by pid and start\n"
		"time. In dumps of two boots, addresses are compared by their distance from the\n"
		"start of their region (\"moved\": KASLR), and only in regions that have the same\n"
		"layout in every boot; modules are matched by name, tasks are counted by name,\n"
		"areas by caller, and frames in total. What a dump does not show is \"unknown\".",
	.rests_on = RESTS_ON_FRAMES,
	.run = diff_run,
};
