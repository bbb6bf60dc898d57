/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "linux/region.h"
#include "kernel/arch.h"
#include "cli/tables.h"
#include "cli/commands/show_walk.h"

struct pt_request {
	struct session *session;
	const struct space *space;
	unsigned int writable, executable, both; /* show only ranges with these access rights */
	uint64_t first, last; /* both inclusive */
	const struct process *process; /* borrowed; NULL: list the kernel's table */
};

static void output_region(struct session *session, const struct scanned *range)
{
	const struct region *region = region_of(session->kernel, range->first, NULL);

	if (region && range->last <= region->last)
		output_string(session->output, "region", region_name_mapped(region));
}

static void answer_mapped(const struct pt_request *request, const struct scanned *range)
{
	struct output *output = request->session->output;

	if (((request->writable || request->both) && !range->writable) ||
	    ((request->executable || request->both) && !range->executable))
		return;
	output_begin(output, "pt", NULL, NULL);
	output_range(output, range->first, range->last);
	output_count(output, "page_size", range->page_size);
	output_rights(output, range->writable, range->executable);
	output_boolean(output, "user", range->user);
	output_boolean(output, "global", range->global);
	if (kernel_entry_rules(request->session->kernel)->cache_known)
		output_string(output, "cache", cache_type_names[range->cache]);
	output_region(request->session, range);
	session_add_pid(request->session, range->first);
	output_end(output);
}

/* Answers for a range with a corrupt entry or a missing table. Such a range has no known
 * mapping. */
static void answer_unknown(const struct pt_request *request, const struct scanned *range)
{
	struct output *output = request->session->output;
	const struct paging *paging = request->space->paging;
	bool unreadable = range->outcome == WALK_UNREADABLE;
	struct error err;

	range_explain(paging, range, &err);
	output_begin_styled(output, "pt", NULL, unreadable ? "unreadable" : "corrupt", STYLE_FAULT);
	output_range(output, range->first, range->last);
	output_string(output, "level", paging->level[range->level].name);
	if (unreadable)
		output_string(output, "reason", page_state_names[range->reason]);
	session_end_answer(request->session, NULL, &err);
}

static bool pt_is_complete(const struct range_scan *ranges, struct error *err)
{
	const struct scan *scan = &ranges->scan;

	if (scan->end != SCAN_ENDLESS || ranges->nr <= ranges->max_ranges)
		return scan_complete(scan, err);
	return fail(err, ERROR_FORMAT,
		    "stopped at %" PRIx64 ", after %" PRIu64 " ranges and %" PRIu64
		    " tables, because tables point to each other; the results so far are shown",
		    scan_position(scan), ranges->nr, scan->nr_tables - scan->nr_repeats);
}

static bool list_ranges(const struct pt_request *request, struct error *err)
{
	struct range_scan *ranges = malloc(sizeof(*ranges));
	struct scanned range;
	bool complete;

	if (!ranges)
		return out_of_memory(err);
	kernel_range_start(request->session->kernel, ranges, request->space, request->first,
			   request->last);
	while (!session_interrupted(request->session) && range_next(ranges, &range)) {
		if (range.outcome == WALK_MAPPED)
			answer_mapped(request, &range);
		else
			answer_unknown(request, &range);
	}
	complete = pt_is_complete(ranges, err);
	scan_release(&ranges->scan);
	free(ranges);
	return complete;
}

/* Reads START and END. Without both, the range is the kernel's half, or the user half for a
 * process. Without END, the range ends at the end of the half that contains START. */
static bool pt_parse_bounds(struct pt_request *request, char **words, struct error *err)
{
	struct session *session = request->session;
	const struct paging *paging = request->space->paging;
	uint64_t last = paging_last_address(paging);

	request->last = last;
	/* The kernel's table, given with -r, has no user half in families with two roots. */
	if (!*words && request->process && request->process->space.root != NO_TABLE) {
		request->last = request->process->user_last;
		return true;
	}
	if (!*words)
		return task_kernel_half(session->kernel, &request->first, err);
	if (!parse_range(session, words, &request->first, &request->last, err))
		return false;
	if (!request->process)
		request->process = session_process_at(session, request->first);
	if (!paging_canonical(paging, request->first))
		return fail(err, ERROR_USAGE, "%s: is not a valid address for %s", *words,
			    paging->name);
	if (request->last > last)
		request->last = last;
	/* If END is not canonical, the range ends at the end of the lower half. */
	if (!paging_canonical(paging, request->last))
		request->last = ~paging_upper_half(paging);
	return true;
}

/* Lists the ranges of a process. With page-table isolation, user mode has a separate table, which
 * is listed for the user half, because it determines the access rights of user mode. */
static bool list_process(struct pt_request *request, struct error *err)
{
	const struct process *process = request->process;
	uint64_t last = request->last;

	if (!process_require_memory(process, request->first, err))
		return false;
	if (request->first <= process->user_last) {
		request->space = &process->user;
		if (last > process->user_last)
			request->last = process->user_last;
		if (!list_ranges(request, err))
			return false;
		if (last <= process->user_last ||
		    !task_kernel_half(request->session->kernel, &request->first, err))
			return last <= process->user_last;
	}
	request->space = &process->space;
	request->last = last;
	return list_ranges(request, err);
}

static bool pt_run(struct session *session, char **words, struct error *err)
{
	struct pt_request *request = session->given;

	request->session = session;
	request->space = kernel_space(session->kernel, err);
	if (session->chosen.table.given)
		request->process = &session->chosen.table.process;
	return request->space && pt_parse_bounds(request, words, err) &&
	       (request->process ? list_process(request, err) : list_ranges(request, err));
}

static const struct command_option options[] = {
	TABLE_OPTIONS("p", "the page table of this process (default: its user half)", "r",
		      "the page table at ROOT, a physical address or a value of CR3\n"
		      "or TTBR"),
	{ "w", AT(pt_request, writable), .group = 'w', .help = "only writable ranges" },
	{ "x", AT(pt_request, executable), .group = 'w', .help = "only executable ranges" },
	{ "W", AT(pt_request, both), .group = 'w',
	  .help = "only ranges that are both writable and executable" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(HIDDEN("level"), HIDDEN("message"), HIDDEN("reason"),
			 COLUMN("status", .width = 10, .rank = KEPT, .quiet = true),
			 COLUMN("start", .kind = KIND_ADDRESS, .rank = KEPT),
			 COLUMN("end", .kind = KIND_ADDRESS, .rank = KEPT)),
};

const struct command command_pt = {
	.name = "pt",
	.group = GROUP_TRANSLATE,
	.options = options,
	.arguments =
		ARGUMENTS({ "START", WORD_ADDRESS, .most = 1 }, { "END", WORD_END, .most = 1 }),
	.given_size = GIVEN(pt_request),
	.record = &record,
	.summary = "the ranges that the page table maps, with their rights",
	.details = "Neighbouring pages of the same size, rights, global flag and cache type are\n"
		   "one range. END is the last byte of a range; the argument END may be +SIZE.\n"
		   "Default: the kernel's half. START alone means everything from START on.\n"
		   "Tables that are not in the dump are reported as errors.",
	.rests_on = RESTS_ON_ADDRESSES,
	.run = pt_run,
};
