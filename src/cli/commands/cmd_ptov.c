/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/region.h"
#include "base/text.h"
#include "kernel/entry.h"
#include "query/reach.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "cli/commands/show_reach.h"
#include "cli/commands/show_frame.h"
#include "cli/commands/show_walk.h"

#define COPIES "for the copies of a per-CPU variable, use sym NAME:CPU or sym NAME:all"

static bool answer_direct(struct session *session, const char *argument, struct error *err)
{
	struct output *output = session->output;
	uint64_t paddr, vaddr;
	bool mapped;

	if (!parse_frame(argument, &paddr, err))
		return strchr(argument, ':') ? fail(err, ERROR_USAGE, "is not a number; " COPIES) :
					       false;
	mapped = region_phys_to_virt(session->kernel, paddr, &vaddr, err);
	if (!mapped && err->code != ERROR_NO_ANSWER)
		return false;
	/* On a 32-bit machine, the user may have typed a virtual address, because it also looks
	 * like a physical address. */
	if (!mapped && kernel_pointer_size(session->kernel) == 4 && paddr <= UINT32_MAX &&
	    !query_is_user_address(session->kernel, paddr))
		text_append(err->message, sizeof(err->message),
			    "; for a virtual address, use vtop");
	output_begin_styled(output, "ptov", argument, mapped ? NULL : "no-direct-mapping",
			    mapped ? STYLE_GOOD : STYLE_CAUTION);
	output_hex(output, "physical", paddr);
	if (mapped)
		output_hex(output, "virtual", vaddr);
	else
		output_string(output, "message", err->message);
	output_end(output);
	if (argument[strlen(argument) - 1] == ':')
		session_say_unlike_crash(
			session,
			"%s is a physical address here, and not an offset in per-CPU memory; " COPIES,
			argument);
	return true;
}

/* The search of option -a. */
struct ptov_search {
	struct session *session;
	char **words; /* borrowed; the arguments that are addresses */
	uint64_t *paddrs; /* owned; the values of these arguments */
	size_t nr;
	bool processes; /* also search the user halves of all processes */
	bool devices; /* also search the page tables of IOMMUs */
	/* result of the search in IOMMUs' tables; NULL: they were not searched */
	struct reach *reach;
	struct reverse *reverse;
	struct scan *scan; /* owned */
	const struct entry_rules *rules;
	bool complete; /* all parts of the search succeeded */
};

/* A frame and its mappings. */
struct frame {
	const struct ptov_search *search;
	const char *argument;
	uint64_t paddr;
	struct reverse_frame found;
	struct frame_aliases aliases;
	struct frame_use use;
};

static void ptov_state_mapping(const struct frame *frame, const struct mapping *mapping)
{
	struct output *output = frame->search->session->output;
	uint64_t vaddr = mapping->first + (frame->paddr - mapping->paddr);
	const struct region *region = region_of(frame->search->session->kernel, vaddr, NULL);
	const struct entry_rules *rules = frame->search->rules;
	const char *cache = cache_type_names[rules->cache[mapping->cache_index]];

	output_hex(output, "virtual", vaddr);
	output_count(output, "page_size", mapping->page_size);
	if (region)
		output_string(output, "region", region_name_mapped(region));
	output_rights(output, mapping->writable, mapping->executable);
	output_boolean(output, "user", mapping->user);
	if (rules->cache_known)
		output_string_if(output, "cache", mapping->no_access ? NULL : cache);
	if (mapping->owner.has_pid)
		output_integer(output, "pid", mapping->owner.pid);
	else if (frame->search->processes)
		output_count_if(output, "pid", false, 0);
	if (frame->search->processes)
		output_string_if(output, "comm", mapping->owner.comm);
	if (mapping->no_access)
		output_boolean_styled(output, "prot_none", true, STYLE_CAUTION);
}

/* Adds facts that apply to the whole frame, and not to a mapping. */
static void state_note(const struct frame *frame)
{
	const struct frame_aliases *aliases = &frame->aliases;
	struct output *output = frame->search->session->output;
	bool complete = frame->search->complete;

	output_remark(output, "note",
		      frame->found.nr ? "" :
		      complete	      ? "not mapped" :
					"not found so far",
		      STYLE_CAUTION);
	if (aliases->cache_conflict || (aliases->cache_compared && complete))
		output_boolean_styled(output, "conflict", aliases->cache_conflict, STYLE_FAULT);
	if (aliases->writable_alias || complete)
		output_boolean_styled(output, "writable_alias", aliases->writable_alias,
				      STYLE_CAUTION);
	if (!complete)
		output_boolean(output, "complete", false);
}

static void state_devices(const struct frame *frame)
{
	const struct reach *reach = frame->search->reach;
	struct session *session = frame->search->session;

	if (!HAVE_DEVICES || !reach)
		return;
	if (!reach->io.whole)
		output_boolean(session->output, "devices_complete", false);
	show_reach_list(session, reach, "devices", frame->paddr);
}

static void answer_frame(const struct frame *frame)
{
	struct session *session = frame->search->session;
	struct output *output = session->output;

	output_begin(output, "ptov", frame->argument, NULL);
	output_hex(output, "physical", frame->paddr);
	state_note(frame);
	output_list_begin(output, "mappings");
	for (size_t i = 0; i < frame->found.nr && !session_interrupted(session); i++) {
		output_object_begin(output, NULL);
		ptov_state_mapping(frame, reverse_mapping(frame->search->reverse, frame->found, i));
		output_object_end(output);
	}
	output_list_end(output);
	state_devices(frame);
	show_frame_use(session, &frame->use);
	output_end(output);
}

static void complain_of_gaps(const struct ptov_search *search)
{
	const struct reverse_gaps *gaps = reverse_gaps(search->reverse);
	struct session *session = search->session;
	struct error first;

	if (!gaps->nr)
		return;
	range_explain(kernel_space(session->kernel, NULL)->paging, &gaps->first, &first);
	session_complainf(
		session, NULL, ERROR_UNREADABLE,
		"the answer may be incomplete: %zu part%s of the page tables %s missing or corrupt, the first is %s",
		gaps->nr, plural_s(gaps->nr), plural_are(gaps->nr), first.message);
}

/* Runs a scan that was started, and adds the mappings that it finds to the result. */
static bool add_table(struct ptov_search *search, struct reverse_owner owner, struct error *err)
{
	struct kernel *kernel = search->session->kernel;
	bool done;

	search->scan->listener = kernel->listener;
	done = reverse_add(search->reverse, kernel, search->scan, owner, err) &&
	       scan_complete(search->scan, err);
	scan_release(search->scan);
	return done;
}

static bool ptov_add_kernel(struct ptov_search *search, struct error *err)
{
	struct kernel *kernel = search->session->kernel;
	const struct space *space = kernel_space(kernel, err);
	uint64_t first;

	if (!space || !task_kernel_half(kernel, &first, err))
		return false;
	scan_start(search->scan, space, first, paging_last_address(space->paging), false);
	return add_table(search, (struct reverse_owner){ 0 }, err);
}

static bool ptov_add_process(struct ptov_search *search, const struct task *task, struct error *err)
{
	const struct reverse_owner owner = {
		.has_pid = true,
		.pid = task->pid,
		.comm = task->comm,
	};
	struct process process;

	if (!task_process(search->session->kernel, task, &process, err))
		return false;
	scan_start(search->scan, &process.user, 0, process.user_last, true);
	return add_table(search, owner, err);
}

/* Searches the user half of each process. If a process cannot be searched, reports this and
 * continues. */
static bool ptov_add_processes(struct ptov_search *search, struct error *err)
{
	struct session *session = search->session;
	const struct task *task;
	struct mm_pass pass;
	struct error why;
	char pid[24];

	if (!mm_pass_start(&pass, session->kernel, err))
		return false;
	while ((task = mm_pass_next(&pass))) {
		if (ptov_add_process(search, task, &why))
			continue;
		snprintf(pid, sizeof(pid), "pid %d", (int)task->pid);
		session_complain(session, pid, &why);
	}
	mm_pass_release(&pass);
	session_complain_of_damages(session, &pass.list->damages);
	return true;
}

static void ptov_answer_frames(const struct ptov_search *search)
{
	struct session *session = search->session;
	const struct paging *paging = kernel_space(session->kernel, NULL)->paging;
	struct frame frame = { .search = search };

	for (size_t i = 0; i < search->nr && !session_interrupted(session); i++) {
		frame.argument = search->words[i];
		frame.paddr = search->paddrs[i];
		frame.found = reverse_frame(search->reverse, frame.paddr);
		frame.aliases = reverse_aliases(search->reverse, frame.found, search->rules,
						paging->no_execute_bit != 0);
		/* If no process with a mapping was found, the struct page may still show which
		 * process owns the frame. */
		query_frame_use(session->kernel, kernel_pfn(session->kernel, frame.paddr),
				search->processes && !frame.aliases.in_process, &frame.use);
		answer_frame(&frame);
	}
}

static void search_devices(struct ptov_search *search, struct reach *reach)
{
	struct session *session = search->session;
	struct error err;

	if (!HAVE_DEVICES)
		return;
	if (reach_search(reach, session->kernel, search->paddrs, search->nr, &err))
		search->reach = reach;
	else
		session_complain(session, NULL, &err);
}

static bool answer_all(struct ptov_search *search, struct error *err)
{
	struct reach reach;
	struct kernel *kernel = search->session->kernel;
	enum stop_reason interrupted;
	bool complete;
	struct error why;

	if (!kernel_space(kernel, err))
		return false;
	search->rules = kernel_entry_rules(kernel);
	search->reverse = reverse_create(search->paddrs, search->nr, err);
	if (!search->reverse)
		return false;
	search->scan = malloc(sizeof(*search->scan));
	complete = (search->scan || out_of_memory(&why)) && ptov_add_kernel(search, &why) &&
		   (!search->processes || ptov_add_processes(search, &why));
	if (search->devices)
		search_devices(search, &reach);
	interrupted = interrupt_put_off();
	search->complete = complete && !interrupted;
	if (reverse_finish(search->reverse, kernel->listener))
		ptov_answer_frames(search);
	interrupt_resume(interrupted);
	complain_of_gaps(search);
	if (HAVE_DEVICES && search->reach) {
		show_reach_gap(search->session, &reach);
		reach_release(&reach);
	}
	reverse_destroy(search->reverse);
	free(search->scan);
	if (!complete)
		*err = why;
	return complete;
}

struct ptov_options {
	unsigned int all, processes, devices;
};

/* Answers for all arguments that are addresses. Reports the other arguments, and removes them. */
static bool run_all(struct session *session, char **words, const struct ptov_options *given,
		    struct error *err)
{
	struct ptov_search search = {
		.session = session,
		.words = words,
		.paddrs = calloc(count_words(words), sizeof(*search.paddrs)),
		.processes = given->processes,
		.devices = given->devices,
	};
	bool done;

	if (!search.paddrs)
		return out_of_memory(err);
	for (; *words; words++) {
		if (parse_frame(*words, &search.paddrs[search.nr], err))
			search.words[search.nr++] = *words;
		else
			session_complain(session, *words, err);
	}
	done = !search.nr || answer_all(&search, err);
	free(search.paddrs);
	return done;
}

static bool ptov_run(struct session *session, char **words, struct error *err)
{
	const struct ptov_options *given = session->given;

	if (given->all || given->processes || given->devices)
		return run_all(session, words, given, err);
	for (; *words && !session_interrupted(session); words++)
		if (!answer_direct(session, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct command_option options[] = {
	{ "a", AT(ptov_options, all),
	  .help = "show every address in the kernel's half that maps PHYS, with\n"
		  "page size, region, rights and cache type. NOTE shows if two\n"
		  "mappings have different cache types, or if one mapping is\n"
		  "writable and another is read-only or executable. USE shows\n"
		  "the use of the frame, from its struct page. The table is\n"
		  "searched once for all arguments" },
	{ "u", AT(ptov_options, processes),
	  .help = "like -a, and also search the tables of all processes" },
	{ "d", AT(ptov_options, devices), .feature = FEATURE_DEVICES,
	  .help = "like -a, and also list the devices that reach the frame, as\n"
		  "dma -a does" },
	{ 0 }
};

/* The columns of a mapping. On a narrow terminal, the access rights are left out before the owner,
 * because for a corrupt page the owner is more important. */
static const struct field mapping[] = { COLUMN("region", .width = 16, .rank = 3),
					COLUMN("writable", .rank = 4),
					COLUMN("executable", .rank = 4),
					COLUMN("comm", .width = 15, .rank = KEPT),
					COLUMN("prot_none", .heading = "note",
					       TEXT(.yes = "prot-none")),
					{ 0 } };

static const struct record record = {
	.fields = FIELDS(HIDDEN("complete"), HIDDEN("devices_complete"), HIDDEN("unknown"),
			 COLUMN("mappings", .fields = mapping),
			 COLUMN("note", .heading = "note", .width = 14, .rank = KEPT),
			 COLUMN("conflict", .heading = "note", TEXT(.yes = "cache conflict")),
			 COLUMN("writable_alias", .heading = "note", TEXT(.yes = "writable alias")),
			 COLUMN("use", .rank = KEPT),
			 LINE("devices", .fields = HAVE_DEVICES ? reach_fields : NULL),
			 LINE("reach", .heading = "devices")),
};

const struct command command_ptov = {
	.name = "ptov",
	.also = "phys_to_virt __va p2v",
	.meant_by = "phys2virt ptovirt",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "PHYS", WORD_PHYSICAL, 1, .most = MANY }),
	.given_size = GIVEN(ptov_options),
	.record = &record,
	.summary = "virtual addresses of a physical address",
	.details = "Also named phys_to_virt, __va and p2v.\n"
		   "Shows the address in the direct map, if the kernel's page table maps PHYS\n"
		   "there. High memory, device memory and addresses beyond the end of memory\n"
		   "have no direct mapping: the answer is then \"no-direct-mapping\".",
	.rests_on = RESTS_ON_WALKS,
	.run = ptov_run,
};
