/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdlib.h>

#include "command/process.h"
#include "command/scanning.h"
#include "kernel/arch.h"

struct request {
	struct session *session;
	const struct space *space;
	bool writable, executable; /* only what is */
	uint64_t first, last;
	const char *process_word; /* -p; NULL: the kernel's table */
	struct process process;   /* where process_word is set */
};

static void output_region(struct session *session, const struct range *range)
{
	const struct region *region =
		kernel_region(session->kernel, range->first, NULL);

	if (region && range->last <= region->last)
		output_string(session->output, "region", region->name);
}

static void answer_mapped(const struct request *request,
			  const struct range *range)
{
	struct output *output = request->session->output;

	if ((request->writable && !range->writable) ||
	    (request->executable && !range->executable))
		return;
	output_begin(output, "pt", NULL, "ok");
	output_hex(output, "start", range->first);
	output_hex(output, "end", range->last);
	output_count(output, "page_size", range->page_size);
	output_boolean(output, "writable", range->writable);
	output_boolean(output, "executable", range->executable);
	output_boolean(output, "user", range->user);
	output_boolean(output, "global", range->global);
	if (kernel_entry_rules(request->session->kernel)->cache_known)
		output_string(output, "cache", cache_type_names[range->cache]);
	output_region(request->session, range);
	output_end(output);
}

/* A hole in the answer: what is mapped there, if anything, is not known. */
static void answer_trouble(const struct request *request,
			   const struct range *range)
{
	struct session *session = request->session;
	struct output *output = session->output;
	const char *level = request->space->paging->level[range->level].name;
	struct error err;

	scanning_explain(request->space->paging, range, &err);
	if (output_json(output)) {
		output_begin(output, "pt", NULL,
			     range->outcome == WALK_CORRUPT ? "corrupt" :
							      "unreadable");
		output_hex(output, "start", range->first);
		output_hex(output, "end", range->last);
		output_string(output, "level", level);
		if (range->outcome == WALK_UNREADABLE)
			output_string(output, "reason",
				      page_state_names[range->reason]);
		output_string(output, "message", err.message);
		output_end(output);
	}
	command_complain_of_answer(session, NULL, &err);
}

static bool list_ranges(const struct request *request, struct error *err)
{
	const struct entry_rules *rules =
		kernel_entry_rules(request->session->kernel);
	struct range_scan *ranges = malloc(sizeof(*ranges));
	struct range range;
	bool complete;

	if (!ranges)
		return fail(err, ERROR_SYSTEM, "out of memory");
	range_start(ranges, request->space, request->first, request->last);
	scanning_watch(&ranges->scan, request->session);
	for (unsigned int i = 0; i < 8 && rules->cache_known; i++)
		ranges->cache_class[i] = (uint8_t)rules->cache[i];
	while (range_next(ranges, &range)) {
		if (command_interrupted(request->session))
			break;
		if (range.outcome == WALK_MAPPED)
			answer_mapped(request, &range);
		else
			answer_trouble(request, &range);
	}
	complete = scanning_complete(&ranges->scan, request->session, err);
	scan_release(&ranges->scan);
	free(ranges);
	return complete;
}

static bool parse_options(struct request *request, int argc, char **argv,
			  struct error *err)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+:wxWp:")) != -1) {
		if (option == ':')
			return fail(err, ERROR_USAGE, "-p wants a process");
		if (option == '?')
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
		if (option == 'p') {
			request->process_word = optarg;
			continue;
		}
		request->writable |= option != 'x';
		request->executable |= option != 'w';
	}
	if (argc - optind > 2)
		return fail(err, ERROR_USAGE, "too many arguments");
	return true;
}

static bool parse_bounds(struct request *request, int argc, char **argv,
			 struct error *err)
{
	struct session *session = request->session;
	const struct paging *paging = request->space->paging;
	uint64_t end;

	request->last = paging_last_address(paging);
	if (optind == argc && request->process_word) {
		request->last = request->process.user_last;
		return true;
	}
	if (optind == argc)
		return kernel_half(session->kernel, &request->first, err);
	if (!command_parse_address(session, argv[optind], &request->first, err))
		return false;
	if (!paging_canonical(paging, request->first))
		return fail(err, ERROR_USAGE, "%s: is no address of %s",
			    argv[optind], paging->name);
	if (optind + 1 == argc)
		return true;
	if (!command_parse_address(session, argv[optind + 1], &end, err))
		return false;
	if (end <= request->first)
		return fail(err, ERROR_USAGE, "%s: the end is not above the start",
			    argv[optind + 1]);
	/* An end in the hole between the halves is as good as its border. */
	if (end - 1 < request->last)
		request->last = end - 1;
	if (!paging_canonical(paging, request->last))
		request->last = UINT64_MAX >> (65 - paging->address_bits);
	return true;
}

static bool find_space(struct request *request, struct error *err)
{
	struct session *session = request->session;

	if (request->process_word) {
		request->space = &request->process.space;
		return command_process(session, request->process_word,
				       &request->process, err);
	}
	request->space = kernel_space(session->kernel, err);
	return request->space;
}

/* With isolated tables user mode has one of its own: what a process may do with
 * its half is what that says. */
static bool list_process(struct request *request, struct error *err)
{
	const struct process *process = &request->process;
	uint64_t last = request->last;

	if (request->first <= process->user_last) {
		request->space = &process->user;
		if (last > process->user_last)
			request->last = process->user_last;
		if (!list_ranges(request, err))
			return false;
		if (last <= process->user_last ||
		    !kernel_half(request->session->kernel, &request->first, err))
			return last <= process->user_last;
	}
	request->space = &process->space;
	request->last = last;
	return list_ranges(request, err);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct request request = { .session = session };

	return parse_options(&request, argc, argv, err) &&
	       find_space(&request, err) &&
	       parse_bounds(&request, argc, argv, err) &&
	       (request.process_word ? list_process(&request, err) :
				       list_ranges(&request, err));
}

const struct command command_pt = {
	.name = "pt",
	.usage = "[-p PID] [-w|-x|-W] [START [END]]",
	.summary = "the ranges that the page table maps, with their rights",
	.details = "Neighbouring pages are one range while size, rights, the global flag and\n"
		   "cache type agree; END is a range's last byte. Without START the kernel's\n"
		   "half; from START on, or up to before END. Tables that are not in the dump\n"
		   "are complained of.\n"
		   "  -p  the process PID's table (or by name, task or mm): its own half\n"
		   "  -w  only what is writable       -x  only what is executable\n"
		   "  -W  only what is both",
	.min_args = 0,
	.max_args = -1,
	.run = run,
};
