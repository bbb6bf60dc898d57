/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address_set.h"
#include "command/page_use.h"
#include "command/process.h"
#include "command/scanning.h"
#include "kernel/reverse.h"

enum { FRAME_SHIFT = 12 };

static void answer_none(struct output *output, const char *argument,
			uint64_t paddr, const char *message)
{
	output_begin(output, "ptov", argument, "no-direct-mapping");
	output_hex(output, "physical", paddr);
	output_string(output, "message", message);
	output_end(output);
}

static bool answer_direct(struct session *session, const char *argument,
			  struct error *err)
{
	uint64_t paddr, vaddr;

	if (!command_parse_physical(argument, &paddr, err))
		return false;
	if (!kernel_phys_to_virt(session->kernel, paddr, &vaddr, err)) {
		if (err->code != ERROR_NO_ANSWER)
			return false;
		answer_none(session->output, argument, paddr, err->message);
		return true;
	}
	output_begin(session->output, "ptov", argument, "ok");
	output_hex(session->output, "physical", paddr);
	output_hex(session->output, "virtual", vaddr);
	output_end(session->output);
	return true;
}

/* One frame and all that maps it. */
struct frame {
	struct session *session;
	const struct reverse *reverse;
	const struct entry_rules *rules;
	const char *argument;
	uint64_t paddr;
	bool with_pids; /* processes were searched too */
	bool complete;  /* all tables were gone through */
	bool lost;      /* see is_lost() */
	struct reverse_frame found;
	bool conflict, conflict_known;
	bool writable_alias;
	struct page_use_teller *teller;
};

static const struct mapping *mapping_of(const struct frame *frame, size_t index)
{
	return reverse_mapping(frame->reverse, frame->found, index);
}

/* Cache types that differ; without the kernel's PAT table only the same bits are
 * sure to mean the same type. */
static void find_conflict(struct frame *frame)
{
	const struct entry_rules *rules = frame->rules;
	const struct mapping *first = NULL;

	frame->conflict_known = true;
	for (size_t i = 0; i < frame->found.nr; i++) {
		const struct mapping *mapping = mapping_of(frame, i);
		unsigned int a, b = mapping->cache_index;

		if (mapping->no_access)
			continue;
		if (!first)
			first = mapping;
		a = first->cache_index;
		if (a != b && !rules->cache_known)
			frame->conflict_known = false;
		else if (rules->cache[a] != rules->cache[b])
			frame->conflict = true;
	}
}

/*
 * A way around a protection: the kernel can write through one address to what
 * is read-only, or runs, at another. Only its own mappings count: it can write
 * to every process's memory anyway. Without NX everything runs, and says nothing.
 */
static void find_writable_alias(struct frame *frame, const struct paging *paging)
{
	size_t nr_kernel = 0, nr_writable = 0, nr_runnable = 0;

	for (size_t i = 0; i < frame->found.nr; i++) {
		const struct mapping *mapping = mapping_of(frame, i);

		if (mapping->owner.has_pid)
			continue;
		nr_kernel++;
		nr_writable += mapping->writable;
		nr_runnable += mapping->executable && paging->no_execute_bit;
	}
	frame->writable_alias = nr_writable && nr_kernel > 1 &&
				(nr_writable < nr_kernel || nr_runnable);
}

static void output_mapping(const struct frame *frame,
			   const struct mapping *mapping)
{
	struct output *output = frame->session->output;
	uint64_t vaddr = mapping->first + (frame->paddr - mapping->paddr);
	const struct region *region =
		kernel_region(frame->session->kernel, vaddr, NULL);

	output_hex(output, "virtual", vaddr);
	output_count(output, "page_size", mapping->page_size);
	if (region)
		output_string(output, "region", region->name);
	output_boolean(output, "writable", mapping->writable);
	output_boolean(output, "executable", mapping->executable);
	output_boolean(output, "user", mapping->user);
	if (frame->rules->cache_known && !mapping->no_access)
		output_string(output, "cache",
			      cache_type_names[frame->rules->cache[mapping->cache_index]]);
	else if (frame->rules->cache_known && !output_json(output))
		output_string(output, "cache", "-");
	if (mapping->owner.has_pid)
		output_integer(output, "pid", mapping->owner.pid);
	else if (frame->with_pids)
		output_no_count(output, "pid");
	if (mapping->no_access && output_json(output))
		output_boolean(output, "prot_none", true);
}

/* Processes were searched, but none maps it: its struct page may know more. */
static bool is_lost(const struct frame *frame)
{
	for (size_t i = 0; i < frame->found.nr; i++)
		if (mapping_of(frame, i)->owner.has_pid)
			return false;
	return frame->with_pids;
}

static void json_frame(const struct frame *frame)
{
	struct output *output = frame->session->output;

	output_begin(output, "ptov", frame->argument, "ok");
	output_hex(output, "physical", frame->paddr);
	if (frame->conflict || (frame->conflict_known && frame->complete))
		output_boolean(output, "conflict", frame->conflict);
	if (frame->writable_alias || frame->complete)
		output_boolean(output, "writable_alias", frame->writable_alias);
	if (!frame->complete)
		output_boolean(output, "complete", false);
	output_list_begin(output, "mappings");
	for (size_t i = 0; i < frame->found.nr; i++) {
		output_object_begin(output);
		output_mapping(frame, mapping_of(frame, i));
		output_object_end(output);
	}
	output_list_end(output);
	output_page_use(frame->teller, frame->paddr >> FRAME_SHIFT, frame->lost);
	output_end(output);
}

static const char *note_of(const struct frame *frame, size_t index)
{
	if (index < frame->found.nr && mapping_of(frame, index)->no_access)
		return "prot-none";
	if (frame->conflict)
		return frame->writable_alias ? "cache conflict, writable alias" :
					       "cache conflict";
	if (frame->writable_alias)
		return "writable alias";
	if (frame->found.nr)
		return "-";
	return frame->complete ? "not mapped" : "not found so far";
}

static void text_frame(const struct frame *frame)
{
	struct output *output = frame->session->output;
	size_t i = 0;

	do {
		output_begin(output, "ptov", frame->argument, "ok");
		output_hex(output, "physical", frame->paddr);
		if (i < frame->found.nr)
			output_mapping(frame, mapping_of(frame, i));
		output_string(output, "note", note_of(frame, i));
		output_page_use(frame->teller, frame->paddr >> FRAME_SHIFT,
				frame->lost);
		output_end(output);
	} while (++i < frame->found.nr && !command_interrupted(frame->session));
}

static void answer_frame(struct page_use_teller *teller,
			 const struct reverse *reverse, const char *argument,
			 uint64_t paddr, bool with_pids, bool complete,
			 size_t *hint)
{
	struct session *session = teller->session;
	struct frame frame = {
		.session = session,
		.teller = teller,
		.reverse = reverse,
		.rules = kernel_entry_rules(session->kernel),
		.argument = argument,
		.paddr = paddr,
		.with_pids = with_pids,
		.complete = complete,
		.found = reverse_frame(reverse, paddr, hint),
	};

	find_conflict(&frame);
	find_writable_alias(&frame, kernel_space(session->kernel, NULL)->paging);
	frame.lost = is_lost(&frame);
	if (output_json(session->output))
		json_frame(&frame);
	else
		text_frame(&frame);
}

static void complain_of_gaps(struct session *session,
			     const struct reverse *reverse)
{
	const struct reverse_gaps *gaps = reverse_gaps(reverse);
	struct range range = {
		.first = gaps->first.first, .last = gaps->first.last,
		.outcome = gaps->first.outcome, .reason = gaps->first.reason,
		.entry = gaps->first.entry,
		.entry_paddr = gaps->first.entry_paddr,
		.level = gaps->first.level,
	};
	struct error first, err;

	if (!gaps->nr)
		return;
	scanning_explain(kernel_space(session->kernel, NULL)->paging, &range,
			 &first);
	fail(&err, ERROR_UNREADABLE,
	     "there may be more: %zu parts of the tables told nothing, the first is %s",
	     gaps->nr, first.message);
	command_complain(session, NULL, &err);
}

/* Notes what one table maps. */
static bool add_space(struct session *session, struct reverse *reverse,
		      const struct space *space, uint64_t first, uint64_t last,
		      struct reverse_owner owner, struct error *err)
{
	struct scan *scan = malloc(sizeof(*scan));
	bool done;

	if (!scan)
		return fail(err, ERROR_SYSTEM, "out of memory");
	scan_start(scan, space, first, last, owner.has_pid);
	scanning_watch(scan, session);
	done = reverse_add(reverse, session->kernel, scan, owner, err) &&
	       scanning_complete(scan, session, err);
	scan_release(scan);
	free(scan);
	return done;
}

static bool add_kernel(struct session *session, struct reverse *reverse,
		       struct error *err)
{
	const struct space *space = kernel_space(session->kernel, err);
	uint64_t first;

	return space && kernel_half(session->kernel, &first, err) &&
	       add_space(session, reverse, space, first,
			 paging_last_address(space->paging),
			 (struct reverse_owner){ 0 }, err);
}

static bool add_process(struct session *session, struct reverse *reverse,
			const struct task *task, struct error *err)
{
	struct watch watch = command_watch(session);
	struct process process;

	return kernel_process(session->kernel, task, &watch, &process, err) &&
	       add_space(session, reverse, &process.user, 0, process.user_last,
			 (struct reverse_owner){ true, task->pid }, err);
}

/* The user's half of every process, each mm once. One that cannot be searched
 * does not stop the others. */
static bool add_processes(struct session *session, struct reverse *reverse,
			  struct error *err)
{
	const struct task_list *list = session_tasks(session, err);
	struct address_set seen = { 0 };
	char pid[24];

	for (size_t i = 0; list && i < list->nr; i++) {
		const struct task *task = &list->task[i];
		struct error why;

		if (command_interrupted(session))
			break;
		if (!task->mm ||
		    address_set_add(&seen, task->mm) != ADDRESS_NEW ||
		    add_process(session, reverse, task, &why))
			continue;
		snprintf(pid, sizeof(pid), "pid %d", (int)task->pid);
		command_complain(session, pid, &why);
	}
	address_set_release(&seen);
	if (list)
		command_complain_of_damages(session, NULL, &list->damages);
	return list;
}

/* argv's words that are addresses; those that are none are complained of. */
struct request {
	char **words;
	uint64_t *paddrs;
	size_t nr;
	bool processes; /* search them too */
};

static void parse_frames(struct session *session, char **argv,
			 struct request *request)
{
	struct error err;

	for (; *argv; argv++) {
		if (command_parse_physical(*argv, &request->paddrs[request->nr],
					   &err))
			request->words[request->nr++] = *argv;
		else
			command_complain(session, *argv, &err);
	}
}

static bool answer_all(struct session *session, const struct request *request,
		       struct error *err)
{
	struct page_use_teller teller = { .session = session };
	struct reverse *reverse;
	struct error why;
	bool complete, interrupted;
	size_t hint = 0;

	if (!kernel_space(session->kernel, err))
		return false;
	reverse = reverse_create(request->paddrs, request->nr, err);
	if (!reverse)
		return false;
	complete = add_kernel(session, reverse, &why) &&
		   (!request->processes ||
		    add_processes(session, reverse, &why));
	if (!reverse_finish(reverse, err)) {
		reverse_destroy(reverse);
		return false;
	}
	interrupted = command_put_off_interrupt(session);
	for (size_t i = 0; i < request->nr && !command_interrupted(session); i++)
		answer_frame(&teller, reverse, request->words[i],
			     request->paddrs[i], request->processes,
			     complete && !interrupted, &hint);
	command_resume_interrupt(session, interrupted);
	complain_of_gaps(session, reverse);
	reverse_destroy(reverse);
	if (!complete)
		*err = why;
	return complete;
}

static bool run_all(struct session *session, int argc, char **argv,
		    bool processes, struct error *err)
{
	struct request request = {
		.words = calloc((size_t)argc, sizeof(*request.words)),
		.paddrs = calloc((size_t)argc, sizeof(*request.paddrs)),
		.processes = processes,
	};
	bool done = true;

	if (!request.words || !request.paddrs) {
		done = fail(err, ERROR_SYSTEM, "out of memory");
	} else {
		parse_frames(session, argv, &request);
		if (request.nr)
			done = answer_all(session, &request, err);
	}
	free(request.words);
	free(request.paddrs);
	return done;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct error complaint;
	bool all = false, processes = false;
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+au")) != -1) {
		if (option == '?')
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
		all |= option == 'a';
		processes |= option == 'u';
	}
	if (processes && !all)
		return fail(err, ERROR_USAGE, "-u goes with -a");
	if (optind == argc)
		return fail(err, ERROR_USAGE, "no address was given");
	if (all)
		return run_all(session, argc - optind, argv + optind, processes,
			       err);
	for (int i = optind; i < argc && !command_interrupted(session); i++)
		if (!answer_direct(session, argv[i], &complaint))
			command_complain(session, argv[i], &complaint);
	return true;
}

const struct command command_ptov = {
	.name = "ptov",
	.usage = "[-a [-u]] PHYS...",
	.summary = "virtual addresses of a physical address",
	.details = "Answers only where the kernel's page table really maps PHYS in the direct\n"
		   "map. High memory, device memory and addresses beyond the end of memory\n"
		   "have no direct mapping: the answer is then \"no-direct-mapping\".\n"
		   "  -a  every address in the kernel's half that maps PHYS, with page size,\n"
		   "      region, rights and cache type. NOTE says where two of them have\n"
		   "      different cache types, and where one is writable and another is\n"
		   "      read-only or executable. The table is gone through once, for all.\n"
		   "      USE is what the frame's struct page says of it, mapped or not.\n"
		   "  -u  with -a: in all processes, too",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
