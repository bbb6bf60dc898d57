/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "command/process.h"
#include "kernel/translate.h"

/* A page of one of the processes. */
struct place {
	uint64_t first, last; /* physical, inclusive */
	uint64_t vaddr;       /* of first */
	size_t process;       /* index of the argument */
};

struct search {
	struct session *session;
	const struct process *process; /* by argument */
	size_t nr_processes;
	size_t current; /* the one whose pages are being collected */
	struct place *place; /* owned */
	size_t nr, room;
	bool no_memory, too_many;
};

/* Tables that name each other map more than there is. */
enum { MOST_PLACES = 1 << 25 };

static bool collect(const struct translation *translation, uint64_t last, void *arg)
{
	struct search *search = arg;
	size_t room = search->room ? 2 * search->room : 1024;
	struct place *more;

	if (!translation->has_physical)
		return !command_interrupted(search->session);
	search->too_many = search->nr == MOST_PLACES;
	if (search->too_many)
		return false;
	if (search->nr == search->room) {
		more = reallocarray(search->place, room, sizeof(*more));
		if (!more) {
			search->no_memory = true;
			return false;
		}
		search->place = more;
		search->room = room;
	}
	search->place[search->nr++] = (struct place){
		.first = translation->physical,
		.last = translation->physical + (last - translation->walk.vaddr),
		.vaddr = translation->walk.vaddr,
		.process = search->current,
	};
	return !command_interrupted(search->session);
}

/* By frame; larger pages first; then by process and address. */
static int compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	return a->vaddr < b->vaddr ? -1 : a->vaddr > b->vaddr;
}

/* The places that hold what is at hand, in order of argument and address. */
struct active {
	struct place *place; /* owned; room for all of them */
	size_t nr;
	size_t *by_process;  /* owned: how many are of each argument */
	size_t nr_missing;   /* processes without one */
};

static void leave_before(struct active *active, uint64_t paddr)
{
	size_t kept = 0;

	for (size_t i = 0; i < active->nr; i++) {
		const struct place *place = &active->place[i];

		if (place->last >= paddr)
			active->place[kept++] = *place;
		else if (!--active->by_process[place->process])
			active->nr_missing++;
	}
	active->nr = kept;
}

static void enter(struct active *active, const struct place *place)
{
	size_t at = active->nr++;

	for (; at && active->place[at - 1].process > place->process; at--)
		active->place[at] = active->place[at - 1];
	active->place[at] = *place;
	if (!active->by_process[place->process]++)
		active->nr_missing--;
}

static void print_text(const struct search *search, const struct active *active,
		       uint64_t first, uint64_t last)
{
	struct output *output = search->session->output;

	for (size_t i = 0; i < active->nr; i++) {
		const struct place *place = &active->place[i];

		output_begin(output, "shared", NULL, "ok");
		output_hex(output, "physical", first);
		output_count(output, "size", last - first + 1);
		output_integer(output, "pid",
			       search->process[place->process].task.pid);
		output_hex(output, "virtual", place->vaddr + (first - place->first));
		output_end(output);
	}
}

static void print_json(const struct search *search, const struct active *active,
		       uint64_t first, uint64_t last)
{
	struct kernel *kernel = search->session->kernel;
	struct output *output = search->session->output;

	output_begin(output, "shared", NULL, "ok");
	output_hex(output, "physical", first);
	output_count(output, "size", last - first + 1);
	output_hex(output, "pfn", first >> 12);
	if (kernel_is_zero_page(kernel, first))
		output_string(output, "kind", "zero-page");
	output_list_begin(output, "mappings");
	for (size_t i = 0; i < active->nr; i++) {
		const struct place *place = &active->place[i];

		output_object_begin(output);
		output_integer(output, "pid",
			       search->process[place->process].task.pid);
		output_hex(output, "virtual", place->vaddr + (first - place->first));
		output_object_end(output);
	}
	output_list_end(output);
	output_end(output);
}

static uint64_t first_end(const struct active *active, uint64_t last)
{
	for (size_t i = 0; i < active->nr; i++)
		if (active->place[i].last < last)
			last = active->place[i].last;
	return last;
}

/* Cuts memory where a page of any process starts or ends, and answers the
 * pieces that all of them have. */
static void sweep(const struct search *search, struct active *active)
{
	size_t next = 0;
	uint64_t at = 0;

	while ((next < search->nr || active->nr) &&
	       !command_interrupted(search->session)) {
		uint64_t last = UINT64_MAX;

		if (!active->nr)
			at = search->place[next].first;
		for (; next < search->nr && search->place[next].first == at; next++)
			enter(active, &search->place[next]);
		if (next < search->nr)
			last = search->place[next].first - 1;
		last = first_end(active, last);
		if (!active->nr_missing) {
			if (output_json(search->session->output))
				print_json(search, active, at, last);
			else
				print_text(search, active, at, last);
		}
		at = last + 1;
		leave_before(active, at);
	}
}

static bool collect_all(struct search *search, struct error *err)
{
	struct kernel *kernel = search->session->kernel;

	for (size_t i = 0; i < search->nr_processes; i++) {
		const struct process *process = &search->process[i];

		search->current = i;
		if (kernel_each_page(kernel, &process->user, 0,
				     process->user_last, collect, search))
			continue;
		if (search->too_many)
			return fail(err, ERROR_FORMAT,
				    "more than %d pages: the tables are damaged, or the answer is no use",
				    MOST_PLACES);
		return search->no_memory ?
			       fail(err, ERROR_SYSTEM, "out of memory") :
			       fail(err, ERROR_INTERRUPTED, "interrupted");
	}
	return true;
}

static bool answer(struct search *search, struct error *err)
{
	struct active active = { .nr_missing = search->nr_processes };
	bool complete = collect_all(search, err), interrupted = false, done;

	if (!complete && err->code != ERROR_INTERRUPTED)
		return false;
	if (!complete)
		interrupted = command_put_off_interrupt(search->session);
	if (search->nr)
		qsort(search->place, search->nr, sizeof(*search->place), compare);
	active.place = calloc(search->nr + 1, sizeof(*active.place));
	active.by_process = calloc(search->nr_processes,
				   sizeof(*active.by_process));
	done = active.place && active.by_process;
	if (done)
		sweep(search, &active);
	free(active.place);
	free(active.by_process);
	command_resume_interrupt(search->session, interrupted);
	if (done && !complete)
		return fail(err, ERROR_INTERRUPTED,
			    "interrupted: there may be more");
	return done || fail(err, ERROR_SYSTEM, "out of memory");
}

static bool choose(struct session *session, char **argv, size_t nr,
		   struct process *process)
{
	bool all = true;
	struct error err;

	for (size_t i = 0; i < nr; i++) {
		bool found = command_parse_process(session, argv[i], &process[i],
						   &err);

		if (found && (!process[i].mm || process[i].borrowed))
			found = fail(&err, ERROR_NO_ANSWER,
				     "has no pages of its own: a kernel thread, or it has ended");
		for (size_t j = 0; found && j < i; j++)
			if (process[j].mm == process[i].mm)
				found = fail(&err, ERROR_USAGE,
					     "shares all it has with %s: they have one mm",
					     argv[j]);
		if (!found)
			command_complain(session, argv[i], &err);
		all &= found;
	}
	return all;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct search search = {
		.session = session, .nr_processes = (size_t)argc - 1,
	};
	struct process *process = calloc(search.nr_processes, sizeof(*process));
	bool done = true;

	if (!process)
		return fail(err, ERROR_SYSTEM, "out of memory");
	search.process = process;
	if (choose(session, argv + 1, search.nr_processes, process))
		done = answer(&search, err);
	free(search.place);
	free(process);
	return done;
}

const struct command command_shared = {
	.name = "shared",
	.usage = "PID|NAME|TASK|MM...",
	.summary = "memory that several processes have in common",
	.details = "Each piece of physical memory that all of them map (or keep without\n"
		   "access), with every virtual address of it. A piece is a page, or the part\n"
		   "of a large one that the others have too; size is in bytes.",
	.min_args = 2,
	.max_args = -1,
	.run = run,
};
