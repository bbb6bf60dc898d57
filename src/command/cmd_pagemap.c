/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include "command/answer.h"
#include "command/process.h"
#include "kernel/vma.h"

/* Neighbouring pages that differ in nothing but where they are: a row of text. */
struct run {
	uint64_t first, last; /* virtual */
	struct translation translation; /* of first */
	const char *kind;
	uint64_t pages;
	bool open;
};

struct total {
	uint64_t bytes, entries;
};

struct map {
	struct session *session;
	const struct space *space;
	const struct vma_list *vmas; /* NULL: of a kernel range, or not known */
	bool gaps_of_vmas; /* list only those gaps that lie within a mapping */
	struct run run;
	struct total total[NR_TRANSLATION_STATUSES];
	struct error trouble; /* the first range that could not be walked */
	uint64_t nr_troubles;
};

/* What a page is besides mapped; NULL where there is nothing to say. */
static const char *kind_of(const struct map *map,
			   const struct translation *translation)
{
	uint64_t vaddr = translation->walk.vaddr;
	const struct vma *vma;

	if (!translation->has_physical)
		return NULL;
	if (kernel_is_zero_page(map->session->kernel, translation->physical))
		return "zero-page";
	vma = map->vmas ? vma_list_at(map->vmas, vaddr) : NULL;
	if (!vma || vaddr < vma->start)
		return NULL;
	if (vma->flags & VMA_HUGETLB)
		return "hugetlb";
	return translation->walk.page_size > 0x1000 ? "thp" : NULL;
}

static void text_place(struct output *output, const struct translation *translation)
{
	if (translation->has_physical) {
		output_hex(output, "physical", translation->physical);
		output_string(output, "size",
			      answer_size_text(translation->walk.page_size));
	} else {
		output_no_hex(output, "physical");
		output_string(output, "size", "");
	}
}

static void text_rights(struct output *output, const struct translation *translation)
{
	const struct walk *walk = &translation->walk;
	char rights[] = "r--k";

	if (walk->outcome != WALK_MAPPED) {
		output_string(output, "rights", "");
		output_string(output, "cache", "");
		return;
	}
	if (walk->writable)
		rights[1] = 'w';
	if (walk->executable)
		rights[2] = 'x';
	if (walk->user)
		rights[3] = 'u';
	output_string(output, "rights", rights);
	output_string(output, "cache",
		      translation->meaning.has_cache ?
			      cache_type_names[translation->meaning.cache] : "");
}

static void text_state(struct output *output, const struct run *run)
{
	const struct translation *translation = &run->translation;
	char swap[64];

	output_string(output, "state",
		      translation->has_physical ?
			      page_state_names[translation->page_state] : "");
	if (translation->meaning.has_swap) {
		snprintf(swap, sizeof(swap), "type %llu, offset %llu",
			 (unsigned long long)translation->meaning.swap_type,
			 (unsigned long long)translation->meaning.swap_offset);
		output_string(output, "kind", swap);
	} else {
		output_string(output, "kind", run->kind ? run->kind : "");
	}
}

static void print_run(struct map *map)
{
	struct output *output = map->session->output;
	struct run *run = &map->run;

	if (!run->open)
		return;
	run->open = false;
	output_begin(output, "pagemap", NULL, "ok");
	output_hex(output, "start", run->first);
	output_hex(output, "end", run->last);
	text_place(output, &run->translation);
	if (run->pages)
		output_count(output, "pages", run->pages);
	else
		output_no_count(output, "pages");
	output_string(output, "answer",
		      translation_status_names[run->translation.status]);
	text_rights(output, &run->translation);
	text_state(output, run);
	output_end(output);
}

/* Does the page go on where the run ends, in every respect? */
static bool continues(const struct run *run, const struct translation *next,
		      const char *kind)
{
	const struct translation *first = &run->translation;
	uint64_t distance = next->walk.vaddr - run->first;

	if (!run->open || next->walk.vaddr != run->last + 1 ||
	    next->status != first->status || kind != run->kind ||
	    next->has_physical != first->has_physical ||
	    next->meaning.has_swap != first->meaning.has_swap)
		return false;
	if (next->meaning.has_swap &&
	    (next->meaning.swap_type != first->meaning.swap_type ||
	     next->meaning.swap_offset !=
		     first->meaning.swap_offset + distance / 0x1000))
		return false;
	if (!next->has_physical)
		return true;
	return next->physical == first->physical + distance &&
	       next->page_state == first->page_state &&
	       next->walk.page_size == first->walk.page_size &&
	       next->walk.writable == first->walk.writable &&
	       next->walk.executable == first->walk.executable &&
	       next->walk.user == first->walk.user &&
	       next->meaning.has_cache == first->meaning.has_cache &&
	       next->meaning.cache == first->meaning.cache;
}

static bool is_gap(const struct translation *translation)
{
	return translation->status == TRANSLATION_NOT_MAPPED ||
	       translation->status == TRANSLATION_NON_CANONICAL;
}

/* How many pages a piece of a range is; 0 where it is not made of pages. */
static uint64_t nr_pages(const struct translation *translation, uint64_t last)
{
	uint64_t vaddr = translation->walk.vaddr;
	uint64_t size = translation->walk.page_size;

	if (is_gap(translation) || !size)
		return 0;
	return last / size - vaddr / size + 1;
}

static void add_to_run(struct map *map, const struct translation *translation,
		       uint64_t last)
{
	const char *kind = kind_of(map, translation);
	struct run *run = &map->run;

	if (!continues(run, translation, kind)) {
		print_run(map);
		*run = (struct run){
			.first = translation->walk.vaddr,
			.translation = *translation,
			.kind = kind,
			.open = true,
		};
	}
	run->last = last;
	run->pages += nr_pages(translation, last);
}

/* Gaps say how long they are: an empty entry of an upper level is one gap, not
 * as many pages. */
static void print_json(struct map *map, const struct translation *translation,
		       uint64_t last)
{
	struct output *output = map->session->output;
	const char *kind = kind_of(map, translation);
	struct answer answer = {
		.session = map->session,
		.space = map->space,
		.translation = *translation,
	};

	answer_complete(&answer);
	answer_begin(&answer, "pagemap");
	if (is_gap(translation))
		output_count(output, "size", last - translation->walk.vaddr + 1);
	if (kind)
		output_string(output, "kind", kind);
	output_end(output);
}

static void note_trouble(struct map *map, const struct translation *translation)
{
	if (translation->status != TRANSLATION_CORRUPT &&
	    translation->status != TRANSLATION_UNREADABLE &&
	    translation->status != TRANSLATION_SPECIAL)
		return;
	if (!map->nr_troubles++)
		translation_explain(translation, map->space, &map->trouble);
}

static void take(struct map *map, const struct translation *translation,
		 uint64_t last)
{
	struct total *total = &map->total[translation->status];

	total->bytes += last - translation->walk.vaddr + 1;
	total->entries++;
	note_trouble(map, translation);
	if (output_json(map->session->output))
		print_json(map, translation, last);
	else
		add_to_run(map, translation, last);
}

/* The parts of a gap that lie within mappings. */
static void take_gap(struct map *map, const struct translation *translation,
		     uint64_t last)
{
	struct translation part = *translation;
	const struct vma *vma = vma_list_at(map->vmas, part.walk.vaddr);
	const struct vma *end = map->vmas->vma + map->vmas->nr;

	for (; vma && vma < end && vma->start <= last; vma++) {
		if (vma->start > part.walk.vaddr)
			part.walk.vaddr = vma->start;
		take(map, &part, vma->last < last ? vma->last : last);
	}
}

static bool visit(const struct translation *translation, uint64_t last, void *arg)
{
	struct map *map = arg;

	if (map->gaps_of_vmas && is_gap(translation)) {
		if (map->vmas)
			take_gap(map, translation, last);
	} else {
		take(map, translation, last);
	}
	return !command_interrupted(map->session);
}

static void print_totals(const struct map *map)
{
	struct output *output = map->session->output;
	const char *before = "total:";

	for (size_t i = 0; i < NR_TRANSLATION_STATUSES; i++) {
		if (!map->total[i].entries)
			continue;
		output_textf(output, "%s %s %lluK", before,
			     translation_status_names[i],
			     (unsigned long long)(map->total[i].bytes >> 10));
		before = ",";
	}
	output_text(output, before[0] == ',' ? "\n" : "total: nothing is mapped\n");
}

static void complain_of_troubles(const struct map *map)
{
	struct error err;

	if (!map->nr_troubles)
		return;
	if (map->nr_troubles == 1)
		err = map->trouble;
	else
		fail(&err, map->trouble.code, "%llu places, the first: %.400s",
		     (unsigned long long)map->nr_troubles, map->trouble.message);
	command_complain_of_answer(map->session, NULL, &err);
}

static bool is_user(const struct process *process, uint64_t vaddr)
{
	return vaddr <= process->user_last;
}

/* process NULL: the kernel's table. */
static bool list_range(struct map *map, const struct process *process,
		       uint64_t first, uint64_t last, struct error *err)
{
	struct kernel *kernel = map->session->kernel;
	bool done;

	if (process && is_user(process, first) && !is_user(process, last)) {
		if (!list_range(map, process, first, process->user_last, err))
			return false;
		first = process->user_last + 1;
	}
	map->space = process ? process_space(process, first) :
			       kernel_space(kernel, err);
	if (!map->space)
		return false;
	done = kernel_each_page(kernel, map->space, first, last, visit, map);
	print_run(map);
	return done || fail(err, ERROR_INTERRUPTED,
			    "interrupted: there may be more");
}

struct request {
	const char *named;   /* of -p */
	const char *range[2]; /* START, END: NULL where left out */
	struct process process;
	bool has_process;
	uint64_t first, last;
};

static bool parse_options(int argc, char **argv, struct request *request,
			  struct error *err)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+:p:")) != -1) {
		if (option == 'p')
			request->named = optarg;
		else if (option != ':')
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
	}
	for (int i = 0; i < 2 && optind < argc; i++)
		request->range[i] = argv[optind++];
	if (optind < argc)
		return fail(err, ERROR_USAGE, "more than START and END were given");
	return true;
}

/* Without -p a range is of the process that set chose where it starts in the
 * user's part, else of the kernel. */
static bool choose_process(struct session *session, struct request *request,
			   struct error *err)
{
	request->has_process = request->named || !request->range[0] ||
			       (session->has_process &&
				is_user(&session->process, request->first));
	if (!request->has_process)
		return request->range[1] ||
		       fail(err, ERROR_USAGE, "END is missing");
	if (!command_process(session, request->named, &request->process, err))
		return false;
	if (!request->range[0] &&
	    (!request->process.mm || request->process.borrowed))
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no pages of its own: it is a kernel thread, or has ended",
			    request->process.task.comm);
	if (!request->range[1])
		request->last = request->process.user_last;
	return true;
}

static bool find_range(struct session *session, struct request *request,
		       struct error *err)
{
	uint64_t end;

	request->first = 0;
	if (request->range[0] &&
	    !command_parse_address(session, request->range[0], &request->first,
				   err))
		return false;
	if (request->range[1]) {
		if (!command_parse_address(session, request->range[1], &end, err))
			return false;
		if (end <= request->first)
			return fail(err, ERROR_USAGE, "END is not above START");
		request->last = end - 1;
	}
	if (!choose_process(session, request, err))
		return false;
	request->first &= ~UINT64_C(0xfff);
	request->last |= 0xfff;
	return request->first <= request->last ||
	       fail(err, ERROR_USAGE, "START is beyond the process' part");
}

/* Mappings tell what is missing in a process, and hugetlb from THP. */
static void find_vmas(struct session *session, const struct request *request,
		      struct vma_list *list, struct map *map)
{
	struct watch watch = command_watch(session);
	struct error err, said;

	if (!request->has_process || !request->process.mm ||
	    request->process.borrowed)
		return;
	if (kernel_vmas(session->kernel, request->process.mm, &watch, list,
			&err)) {
		map->vmas = list;
		command_complain_of_damages(session, NULL, &list->damages);
		return;
	}
	fail(&said, err.code,
	     "pages that were never touched cannot be told: %.400s", err.message);
	command_complain(session, NULL, &said);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct request request = { .named = NULL };
	struct vma_list vmas = { 0 };
	struct map map = { .session = session };
	bool done;

	if (!parse_options(argc, argv, &request, err) ||
	    !find_range(session, &request, err))
		return false;
	find_vmas(session, &request, &vmas, &map);
	map.gaps_of_vmas = !request.range[0];
	done = list_range(&map, request.has_process ? &request.process : NULL,
			  request.first, request.last, err);
	if (!output_json(session->output))
		print_totals(&map);
	complain_of_troubles(&map);
	vma_list_release(&vmas);
	return done;
}

const struct command command_pagemap = {
	.name = "pagemap",
	.usage = "[-p PID|NAME|TASK|MM] [START [END]]",
	.summary = "every page of a process or range, and where it is",
	.details = "With -p, or without a range: of that process, or the one that set chose.\n"
		   "START END alone: of the kernel. END itself is not in the range. In text\n"
		   "neighbouring pages that are alike are one row, with totals at the end; in\n"
		   "JSON each page is an object. What is not mapped is listed in a range that\n"
		   "is given, and within mappings of a process; \"size\" says how many bytes of\n"
		   "it there are. Rights: r, w, x, and u (user) or k (kernel only). kind:\n"
		   "zero-page, thp, hugetlb.",
	.min_args = 0,
	.max_args = -1,
	.run = run,
};
