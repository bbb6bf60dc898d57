/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "answers/page_list.h"
#include "base/page.h"
#include "session/choose_process.h"
#include "session/options.h"
#include "show/show_walk.h"
#include "tasks/vma.h"

/* Pages alike at consecutive addresses: a row of text. */
struct run {
	struct listed_page page; /* last is that of the whole run */
	uint64_t nr_pages;       /* 0 in a gap */
	bool open;
};

struct total {
	uint64_t bytes, entries;
};

struct map {
	struct session *session;
	struct run run;
	struct total total[NR_TRANSLATION_STATUSES];
	struct error trouble; /* of the first range that could not be walked */
	uint64_t nr_troubles;
};

static void text_place(struct output *output, const struct translation *translation)
{
	if (translation->has_physical) {
		output_hex(output, "physical", translation->physical);
		output_string(output, "size",
			      page_size_text(translation->walk.page_size));
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

static void text_state(struct output *output, const struct listed_page *page)
{
	const struct translation *translation = &page->translation;
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
		output_string(output, "kind", page->kind ? page->kind : "");
	}
}

static void print_run(struct map *map)
{
	struct output *output = map->session->output;
	struct run *run = &map->run;
	const struct translation *translation = &run->page.translation;

	if (!run->open)
		return;
	run->open = false;
	output_begin(output, "pagemap", NULL, "ok");
	output_hex(output, "start", translation->walk.vaddr);
	output_hex(output, "end", run->page.last);
	text_place(output, translation);
	if (run->nr_pages)
		output_count(output, "pages", run->nr_pages);
	else
		output_no_count(output, "pages");
	output_string(output, "answer",
		      translation_status_names[translation->status]);
	text_rights(output, translation);
	text_state(output, &run->page);
	output_end(output);
}

static uint64_t nr_pages(const struct listed_page *page)
{
	uint64_t size = page->translation.walk.page_size;

	if (page->gap || !size)
		return 0;
	return page->last / size - page->translation.walk.vaddr / size + 1;
}

static void add_to_run(struct map *map, const struct listed_page *page)
{
	struct run *run = &map->run;

	if (!run->open || page->translation.walk.vaddr != run->page.last + 1 ||
	    !listed_page_continues(&run->page, page)) {
		print_run(map);
		*run = (struct run){ .page = *page, .open = true };
	}
	run->page.last = page->last;
	run->nr_pages += nr_pages(page);
}

/* A gap says how long it is: the empty entry of an upper level is one gap. */
static void print_json(struct map *map, const struct listed_page *page)
{
	struct output *output = map->session->output;
	struct walk_answer answer = {
		.session = map->session,
		.space = page->space,
		.translation = page->translation,
	};

	walk_answer_complete(&answer);
	show_walk(&answer, "pagemap");
	if (page->gap)
		output_count(output, "size",
			     page->last - page->translation.walk.vaddr + 1);
	if (page->kind)
		output_string(output, "kind", page->kind);
	output_end(output);
}

static bool print_page(void *arg, const struct listed_page *page)
{
	struct map *map = arg;
	struct total *total = &map->total[page->translation.status];

	total->bytes += page->last - page->translation.walk.vaddr + 1;
	total->entries++;
	if (translation_trouble(&page->translation, page->space,
				map->nr_troubles ? NULL : &map->trouble))
		map->nr_troubles++;
	if (output_json(map->session->output))
		print_json(map, page);
	else
		add_to_run(map, page);
	return !session_interrupted(map->session);
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
	if (before[0] == ',')
		output_text(output, "\n");
	else
		output_text(output, "total: nothing is mapped\n");
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
	session_complain_of_answer(map->session, NULL, &err);
}

struct request {
	const char *word; /* of -p; NULL without it */
	bool has_range;
	uint64_t first, last;   /* inclusive */
	bool has_process;       /* else the kernel's table is listed */
	struct process process; /* valid where has_process */
};

/* Without -p a range belongs to the process chosen by set where it starts in the
 * user's half, and to the kernel where it does not. */
static bool choose_process(struct session *session, struct request *request,
			   int argc, struct error *err)
{
	request->has_process = request->word || !argc ||
			       (session->has_process &&
				request->first <= session->process.user_last);
	if (!request->has_process)
		return argc == 2 || fail(err, ERROR_USAGE, "END is missing");
	if (!session_process(session, request->word, &request->process, err))
		return false;
	if (!argc && !process_has_memory(&request->process))
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no pages of its own: it is a kernel thread, or has ended",
			    request->process.task.comm);
	if (argc < 2)
		request->last = request->process.user_last;
	return true;
}

static bool parse(struct session *session, int argc, char **argv,
		  struct request *request, struct error *err)
{
	const struct command_option options[] = {
		{ "p", .value = &request->word, .value_optional = true },
		{ 0 },
	};

	if (!command_options(&argc, &argv, options, err) ||
	    !parse_range(session, argc, argv, &request->first, &request->last,
			 err) ||
	    !choose_process(session, request, argc, err))
		return false;
	request->has_range = argc;
	request->first = page_first(request->first);
	request->last = page_last(request->last);
	return request->first <= request->last ||
	       fail(err, ERROR_USAGE, "START is beyond the user's half");
}

/* The mappings distinguish hugetlb pages from THP, and untouched pages from gaps. */
static void find_vmas(struct session *session, const struct request *request,
		      struct vma_list *vmas, struct page_list *list)
{
	struct error err, complaint;

	if (!request->has_process || !process_has_memory(&request->process))
		return;
	if (kernel_vmas(session->kernel, request->process.mm, vmas, &err)) {
		list->vmas = vmas;
		session_complain_of_damages(session, NULL, &vmas->damages);
		return;
	}
	fail(&complaint, err.code,
	     "pages that were never touched are not shown: %.400s", err.message);
	session_complain(session, NULL, &complaint);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct request request = { 0 };
	struct vma_list vmas = { 0 };
	struct map map = { .session = session };
	struct page_list list = { .kernel = session->kernel };
	bool done;

	if (!parse(session, argc, argv, &request, err))
		return false;
	list.process = request.has_process ? &request.process : NULL;
	list.first = request.first;
	list.last = request.last;
	list.gaps_of_vmas = !request.has_range;
	find_vmas(session, &request, &vmas, &list);
	done = page_list_visit(&list, print_page, &map, err);
	print_run(&map);
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
	.details = "Lists the process of -p, or the one chosen by set; with START END alone, the\n"
		   "kernel. The range ends before END. In text, neighbouring pages that are\n"
		   "alike are one row, with totals at the end; in JSON, each page is an object.\n"
		   "Gaps are listed within a given range, and within the mappings of a process;\n"
		   "\"size\" is their length in bytes. Rights: r, w, x, and u (user) or k (kernel\n"
		   "only). Kinds: zero-page, thp, hugetlb.",
	.rests_on = RESTS_ON_FRAMES,
	.max_args = -1,
	.run = run,
};
