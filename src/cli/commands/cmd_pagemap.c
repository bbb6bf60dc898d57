/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "base/text.h"
#include "cli/commands/show_walk.h"
#include "cli/tables.h"
#include "cli/words.h"
#include "linux/task/mm.h"
#include "linux/vma/vma.h"
#include "output/writer.h"
#include "query/translate.h"

/* --- a list of pages --- */

/* Lists the pages of a process or of the kernel, and the gaps between them, in the order of
 * addresses. */

struct vma_list;

struct page_list {
	struct kernel *kernel;
	const struct process *process; /* NULL: the kernel's own page table */
	const struct vma_list *vmas; /* mappings of the process; NULL: unknown */
	uint64_t first, last; /* both inclusive */
	bool gaps_of_vmas; /* visit only the parts of gaps that are in mappings */
};

/* A page, a sequence of equal pages at consecutive addresses, or a gap. Borrowed during the
 * visit. */
struct listed_page {
	const struct space *space; /* the address space that contains the page */
	struct translation translation; /* translation of the first address */
	uint64_t last; /* last address of the page or gap, inclusive */
	bool gap; /* nothing is mapped, and the entry does not show why */
	const char *kind; /* a static text: "zero-page", "hugetlb" or "thp"; NULL: none of these */
};

struct visitor {
	const struct page_list *list;
	struct listed_page page;
	bool (*visit)(void *arg, const struct listed_page *page);
	void *arg;
};

static const char *page_list_kind_of(const struct page_list *list,
				     const struct translation *translation)
{
	uint64_t vaddr = translation->walk.vaddr;
	const struct vma *vma;

	if (!translation->has_physical)
		return NULL;
	if (query_is_zero_page(list->kernel, translation->physical))
		return "zero-page";
	vma = list->vmas ? vma_list_at(list->vmas, vaddr) : NULL;
	if (!vma || vaddr < vma->first)
		return NULL;
	if (vma->flags & VMA_HUGETLB)
		return "hugetlb";
	return translation->walk.page_size > kernel_page_size(list->kernel) ? "thp" : NULL;
}

/* Visits the parts of a gap that are in mappings of the process. */
static bool visit_gap(struct visitor *visitor)
{
	const struct vma_list *vmas = visitor->list->vmas;
	struct listed_page part = visitor->page;
	const struct vma *vma = vmas ? vma_list_at(vmas, part.translation.walk.vaddr) : NULL;

	for (; vma && vma < vmas->vma + vmas->nr && vma->first <= visitor->page.last; vma++) {
		if (vma->first > part.translation.walk.vaddr)
			part.translation.walk.vaddr = vma->first;
		part.last = vma->last < visitor->page.last ? vma->last : visitor->page.last;
		if (!visitor->visit(visitor->arg, &part))
			return false;
	}
	return true;
}

static bool visit_page(const struct translation *translation, uint64_t last, void *arg)
{
	struct visitor *visitor = arg;
	struct listed_page *page = &visitor->page;

	page->translation = *translation;
	page->last = last;
	page->gap = translation->status == TRANSLATION_NOT_MAPPED ||
		    translation->status == TRANSLATION_NON_CANONICAL;
	page->kind = page_list_kind_of(visitor->list, translation);
	return page->gap && visitor->list->gaps_of_vmas ? visit_gap(visitor) :
							  visitor->visit(visitor->arg, page);
}

/* Visits all pages and gaps of the list, until visit returns false. Returns false and sets err if
 * query_each_page() fails. */
static bool query_pages_visit(const struct page_list *list,
			      bool (*visit)(void *arg, const struct listed_page *page), void *arg,
			      struct error *err)
{
	const struct process *process = list->process;
	struct visitor visitor = { .list = list, .visit = visit, .arg = arg };
	struct page_range range = { .first = list->first, .last = list->last };

	if (process && range.first <= process->user_last && range.last > process->user_last) {
		range.last = process->user_last;
		visitor.page.space = range.space = &process->user;
		if (!query_each_page(list->kernel, &range, visit_page, &visitor, err))
			return false;
		range.first = process->user_last + 1;
		range.last = list->last;
	}
	range.space =
		process ? process_space(process, range.first) : kernel_space(list->kernel, err);
	visitor.page.space = range.space;
	return range.space && query_each_page(list->kernel, &range, visit_page, &visitor, err);
}

/* Do the pages of `next` continue the pages of `first`? They do if they have the same properties,
 * and if their frames or swap slots are consecutive. */
static bool listed_page_continues(const struct listed_page *first, const struct listed_page *next)
{
	const struct translation *a = &first->translation, *b = &next->translation;
	uint64_t distance = b->walk.vaddr - a->walk.vaddr;

	if (b->status != a->status || next->kind != first->kind || next->space != first->space ||
	    b->has_physical != a->has_physical || b->meaning.has_swap != a->meaning.has_swap)
		return false;
	if (b->meaning.has_swap &&
	    (b->meaning.swap_type != a->meaning.swap_type ||
	     b->meaning.swap_offset !=
		     a->meaning.swap_offset + distance / paging_page_size(first->space->paging)))
		return false;
	if (!b->has_physical)
		return true;
	return b->physical == a->physical + distance && b->page_state == a->page_state &&
	       b->walk.page_size == a->walk.page_size && b->walk.writable == a->walk.writable &&
	       b->walk.executable == a->walk.executable && b->walk.user == a->walk.user &&
	       b->meaning.has_cache == a->meaning.has_cache && b->meaning.cache == a->meaning.cache;
}

/* --- pagemap --- */

/* Pages at consecutive addresses with equal properties. Text shows them as one line. */
struct pagemap_run {
	struct listed_page page; /* the first page; page.last is the last address of the run */
	uint64_t nr_pages; /* number of pages; 0: the run is a gap */
	bool open;
};

struct map {
	struct session *session;
	bool joined; /* pages are joined into runs, and not shown separately */
	struct pagemap_run run;
	uint64_t total[NR_TRANSLATION_STATUSES]; /* number of bytes with each status */
	struct error trouble; /* the error for the first range that cannot be read */
	uint64_t nr_troubles;
};

/* Prints a run. For a gap, also prints its size, because one empty entry of an upper level can be a
 * large gap. */
static void print_run(struct map *map)
{
	struct output *output = map->session->output;
	const struct pagemap_run *run = &map->run;
	uint64_t vaddr = run->page.translation.walk.vaddr;
	struct walk_answer answer = {
		.session = map->session,
		.space = run->page.space,
		.translation = run->page.translation,
	};
	char text[DECIMAL_DIGITS_MAX + 1] = "";

	if (!run->open)
		return;
	map->run.open = false;
	walk_answer_complete(&answer);
	show_walk(&answer, "pagemap");
	if (run->page.gap)
		output_count(output, "size", run->page.last - vaddr + 1);
	if (run->nr_pages)
		text[format_count(text, run->nr_pages)] = '\0';
	output_string(output, "kind", run->page.kind);
	session_add_pid(map->session, vaddr);
	output_remark(output, "pages", text, STYLE_PLAIN);
	text[format_hex(text, run->page.last)] = '\0';
	output_remark(output, "end", text, STYLE_PLAIN);
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
	struct pagemap_run *run = &map->run;

	if (!map->joined || !run->open || page->translation.walk.vaddr != run->page.last + 1 ||
	    !listed_page_continues(&run->page, page)) {
		print_run(map);
		*run = (struct pagemap_run){ .page = *page, .open = true };
	}
	run->page.last = page->last;
	run->nr_pages += nr_pages(page);
}

static bool print_page(void *arg, const struct listed_page *page)
{
	struct map *map = arg;
	const struct translation *translation = &page->translation;
	struct error err;

	map->total[translation->status] += page->last - translation->walk.vaddr + 1;
	if (translation_trouble(translation, page->space, &err) && !map->nr_troubles++)
		map->trouble = err;
	add_to_run(map, page);
	return !session_interrupted(map->session);
}

static void print_totals(const struct map *map)
{
	struct output *output = map->session->output;
	const char *before = "total:";
	char bytes[TEXT_BYTES_MAX];

	for (size_t i = 0; i < NR_TRANSLATION_STATUSES; i++) {
		if (!map->total[i])
			continue;
		text_bytes(bytes, map->total[i]);
		output_textf(output, "%s %s %s", before, translation_status_names[i], bytes);
		before = ",";
	}
	if (before[0] == ',')
		output_text(output, "\n");
	else
		output_text(output, "total: nothing is mapped\n");
}

static void complain_of_troubles(const struct map *map)
{
	struct error err = map->trouble;

	if (map->nr_troubles > 1)
		fail(&err, map->trouble.code,
		     "%" PRIu64 " pages or gaps cannot be translated, the first: %.400s",
		     map->nr_troubles, map->trouble.message);
	if (map->nr_troubles)
		session_complain_of_answer(map->session, NULL, &err);
}

struct pagemap_request {
	bool has_range;
	uint64_t first, last; /* both inclusive */
	const struct process *process; /* borrowed; NULL: list the pages in the kernel's table */
};

/* Chooses the page table. With -p or -r, or without START, it is the table of the chosen process.
 * If only a range is given, it is the table of the process that the command set chose if START is a
 * user address of that process, or else the kernel's table. If END is missing, the range ends at
 * the last user address. */
static bool choose_process(struct session *session, struct pagemap_request *request,
			   size_t nr_words, struct error *err)
{
	if (session->chosen.table.given || !nr_words) {
		if (!session_need_process(session, err))
			return false;
		request->process = &session->chosen.table.process;
	} else {
		request->process = session_process_at(session, request->first);
	}
	if (!request->process)
		return nr_words == 2 ||
		       fail(err, ERROR_USAGE,
			    "END is missing: without a process, both START and END are needed");
	if (!nr_words && !session->chosen.table.root_word && !process_has_memory(request->process))
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no pages of its own: it is a kernel thread, or has ended",
			    request->process->task.comm);
	if (nr_words < 2)
		request->last = request->process->user_last;
	return process_require_memory(request->process, request->first, err);
}

/* If the only word names a process, adds to err the option that accepts it. */
static void hint_at_process(struct session *session, char **words, struct error *err)
{
	struct process process;
	struct error why;

	if (count_words(words) == 1 && !session->chosen.table.given &&
	    parse_process(session, *words, &process, &why))
		text_append(err->message, sizeof(err->message),
			    "; for all pages of the process, use -p %s", *words);
}

static bool pagemap_parse(struct session *session, char **words, struct pagemap_request *request,
			  struct error *err)
{
	if (!parse_range(session, words, &request->first, &request->last, err) ||
	    !choose_process(session, request, count_words(words), err)) {
		hint_at_process(session, words, err);
		return false;
	}
	request->has_range = *words;
	request->first = kernel_page_first(session->kernel, request->first);
	request->last = kernel_page_last(session->kernel, request->last);
	return request->first <= request->last ||
	       fail(err, ERROR_USAGE, "START is above the last user address");
}

/* Finds the VMAs of the process, which show whether large pages are hugetlb pages or THP, and
 * whether pages without entries are untouched or in a gap. */
static void pagemap_find_vmas(struct session *session, const struct pagemap_request *request,
			      struct vma_list *vmas, struct page_list *list)
{
	struct error err;

	if (!request->process || !process_has_memory(request->process))
		return;
	if (vma_each(session->kernel, request->process->mm, vmas, &err)) {
		list->vmas = vmas;
		session_complain_of_damages(session, &vmas->damages);
	} else {
		session_complainf(session, NULL, err.code,
				  "pages that were never touched are not shown: %.400s",
				  err.message);
	}
}

static bool pagemap_run(struct session *session, char **words, struct error *err)
{
	struct pagemap_request request = { 0 };
	struct vma_list vmas = { 0 };
	struct map map = {
		.session = session,
		.joined = !output_is_reserved(session->output),
	};
	struct page_list list = { .kernel = session->kernel };
	bool done;

	if (!pagemap_parse(session, words, &request, err))
		return false;
	list.process = request.process;
	list.first = request.first;
	list.last = request.last;
	list.gaps_of_vmas = !request.has_range;
	pagemap_find_vmas(session, &request, &vmas, &list);
	done = query_pages_visit(&list, print_page, &map, err);
	print_run(&map);
	output_end_rows(session->output);
	print_totals(&map);
	complain_of_troubles(&map);
	vma_list_release(&vmas);
	return done;
}

static const struct command_option options[] = {
	TABLE_OPTIONS("p", "list the pages of this process, or of a range in the process", "r",
		      "use the page table at ROOT, a physical address or a value of\n"
		      "CR3 or TTBR"),
	{ 0 }
};

static const struct record record = {
	.fixed = true,
	.fields =
		FIELDS(COLUMN("virtual", .heading = "start", .rank = KEPT),
		       COLUMN("end", .width = 16, .rank = KEPT),
		       COLUMN("physical", .kind = KIND_PHYSICAL, .rank = KEPT),
		       COLUMN("page_size", .heading = "size", .kind = KIND_PAGE_SIZE),
		       COLUMN("pages", .kind = KIND_NUMBER, .rank = 3),
		       COLUMN("status", .heading = "answer", .width = 10, .rank = KEPT),
		       COLUMN("writable", .heading = "rights", .rank = KEPT,
			      TEXT(.yes = "rw", .no = "r-")),
		       COLUMN("executable", .heading = "rights",
			      TEXT(.yes = "x", .no = "-", .join = "")),
		       COLUMN("user", .heading = "rights", TEXT(.yes = "u", .no = "k", .join = "")),
		       COLUMN("cache", .width = 5, .rank = 4),
		       COLUMN("page_state", .heading = "state", .rank = KEPT),
		       COLUMN("kind", .width = 9, .rank = KEPT),
		       COLUMN("swap_type", .heading = "kind", TEXT(.before = "type ")),
		       COLUMN("swap_offset", .heading = "kind", TEXT(.before = "offset ")),
		       HIDDEN("doubt"), HIDDEN("level"), HIDDEN("message"), HIDDEN("page"),
		       HIDDEN("page_reason"), HIDDEN("pfn"), HIDDEN("reason"), HIDDEN("region"),
		       HIDDEN("resource"), HIDDEN("size")),
};

const struct command command_pagemap = {
	.name = "pagemap",
	.group = GROUP_PROCESSES,
	.options = options,
	.arguments =
		ARGUMENTS({ "START", WORD_ADDRESS, .most = 1 }, { "END", WORD_END, .most = 1 }),
	.record = &record,
	.summary = "every page of a process or range, and its place",
	.details =
		"Lists the pages of the process of -p, or of the process chosen by set; with\n"
		"START and END alone, pages of the kernel. END is the last byte of the range,\n"
		"and may be +SIZE. In text, neighbouring pages that are alike are one row, and\n"
		"totals are at the end; in JSON, each page is an object.\n"
		"Gaps are listed if they are in the given range or in a mapping of the process;\n"
		"\"size\" is the length of a gap in bytes. Rights: r, w, x, and u (user) or k\n"
		"(kernel only). Kinds: zero-page, thp, hugetlb.",
	.rests_on = RESTS_ON_FRAMES,
	.run = pagemap_run,
};
