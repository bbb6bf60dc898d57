/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of processes with several threads. A thread scans the tables of one process
 * without looking at other processes, and collects the tables and pages. If all of them are plain,
 * the caller's thread only adds them, in the order of the processes. It scans the tables of all
 * other processes again, and examines each entry. So the report does not depend on the threads. */
#include "check/check_crew.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/crew.h"
#include "check/check_user.h"
#include "dump/dump.h"

enum {
	FEW_PROCESSES = 2, /* for fewer processes, starting threads takes too long */
	/* The caller's thread adds the results of all threads, so more threads would wait. */
	MOST_THREADS = 8,
	PIECES_PER_THREAD = 2,
	/* Larger processes are not plain. So the pieces have a limited size. */
	MOST_PAGES = 1 << 17,
	MOST_TABLES = 1 << 14,
	/* When threads have scanned this many tables without use, the caller's thread scans the
	 * remaining processes, because many processes of a damaged dump may share their tables. */
	MOST_WASTED_TABLES = 1 << 18,
};

/* A page of normal size. */
struct plain_page {
	/* The address, which is a multiple of the page size. Bits 0 to 2 are the access rights, and
	 * bits 4 to 6 the level of the entry. */
	uint64_t vaddr;
	uint64_t paddr, entry, entry_paddr;
};

enum { PLAIN_READABLE = 1, PLAIN_WRITABLE = 2, PLAIN_EXECUTABLE = 4, PLAIN_LEVEL_SHIFT = 4 };

struct plain_table {
	uint64_t paddr;
	size_t nr_before; /* number of pages that the scan found before the table */
	uint8_t level, may;
};

struct process_piece {
	const struct check_job *job;
	/* The results. They are complete only if the process is plain. */
	bool plain;
	bool added; /* the caller's thread used the results */
	bool given_up; /* too many tables were scanned without use */
	struct plain_page *pages; /* owned */
	struct plain_table *tables; /* owned */
	size_t nr_pages, nr_tables, room_pages, room_tables;
};

struct process_worker {
	const struct pass *pass;
	uint64_t page_size;
	struct dump *dump; /* a separate reader, owned */
	struct process_piece *piece; /* the piece that is being made */
	struct address_set seen; /* the tables of the piece */
	size_t last_run; /* see check_cache_is_plain() */
	struct scan scan;
};

struct process_crew {
	const struct check_jobs *jobs;
	size_t taken, given;
	size_t nr_wasted; /* number of tables that threads scanned without use */
};

static void process_worker_destroy(void *arg)
{
	struct process_worker *worker = arg;

	dump_reader_destroy(worker->dump);
	free(worker);
}

static void *process_worker_create(void *arg)
{
	const struct pass *pass = ((struct process_crew *)arg)->jobs->pass;
	struct process_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->pass = pass;
	worker->page_size = kernel_page_size(pass->kernel);
	worker->dump = dump_reader_create(pass->kernel->dump);
	if (worker->dump)
		return worker;
	free(worker);
	return NULL;
}

static bool all_processes_taken(void *arg)
{
	const struct process_crew *crew = arg;

	return crew->taken == crew->jobs->nr;
}

static bool take_process(void *arg, void *taken)
{
	struct process_crew *crew = arg;
	struct process_piece *piece = taken;

	piece->job = &crew->jobs->job[crew->taken++];
	piece->given_up = crew->nr_wasted > MOST_WASTED_TABLES;
	return true;
}

/* Adds a table to the piece. If the table was seen before, the process is not plain. */
static bool process_add_table(struct process_worker *worker, uint64_t paddr, unsigned int level,
			      unsigned int may)
{
	struct process_piece *piece = worker->piece;
	const struct plain_table table = {
		.paddr = paddr,
		.nr_before = piece->nr_pages,
		.level = (uint8_t)level,
		.may = (uint8_t)may,
	};

	/* Tables are aligned to at least 32 bytes, so bit 0 is free. */
	piece->plain = piece->plain && piece->nr_tables < MOST_TABLES &&
		       address_set_add(&worker->seen, paddr | 1) == ADDRESS_NEW &&
		       array_add(&piece->tables, &piece->nr_tables, &piece->room_tables, &table,
				 sizeof(table));
	return piece->plain;
}

static bool skip_if_not_plain(void *arg, uint64_t paddr, unsigned int level, unsigned int may)
{
	return !process_add_table(arg, paddr, level, may);
}

/* Returns true if a page has nothing to report, apart from the use of its frame. */
static bool has_nothing_to_report(struct process_worker *worker, const struct scanned *scanned)
{
	const struct pass *pass = worker->pass;

	return scanned->outcome == WALK_MAPPED && scanned->user && !scanned->repeated &&
	       scanned->page_size == worker->page_size &&
	       !(scanned->writable && scanned->executable && pass->space->paging->no_execute_bit) &&
	       check_cache_is_plain(pass, scanned, &worker->last_run);
}

static bool process_add_page(struct process_piece *piece, const struct scanned *scanned)
{
	const struct plain_page page = {
		.vaddr = scanned->first | (scanned->readable ? PLAIN_READABLE : 0) |
			 (scanned->writable ? PLAIN_WRITABLE : 0) |
			 (scanned->executable ? PLAIN_EXECUTABLE : 0) |
			 (uint64_t)scanned->level << PLAIN_LEVEL_SHIFT,
		.paddr = scanned->paddr,
		.entry = scanned->entry,
		.entry_paddr = scanned->entry_paddr,
	};

	return piece->nr_pages < MOST_PAGES &&
	       array_add(&piece->pages, &piece->nr_pages, &piece->room_pages, &page, sizeof(page));
}

static void make_process(void *arg, void *made)
{
	struct process_worker *worker = arg;
	struct process_piece *piece = made;
	const struct check_job *job = piece->job;
	struct space space = job->user;
	struct scanned scanned;

	piece->plain = job->known && !piece->given_up;
	piece->added = false;
	piece->nr_pages = piece->nr_tables = 0;
	worker->piece = piece;
	space.dump = worker->dump;
	if (piece->plain && process_add_table(worker, job->root, 0, 0) &&
	    (job->user.root == job->root || process_add_table(worker, job->user.root, 0, 0))) {
		scan_start(&worker->scan, &space, 0, job->user_last, false);
		worker->scan.skip_table = skip_if_not_plain;
		worker->scan.arg = worker;
		while (piece->plain && scan_next(&worker->scan, &scanned))
			piece->plain = piece->plain && has_nothing_to_report(worker, &scanned) &&
				       process_add_page(piece, &scanned);
		piece->plain = piece->plain && worker->scan.end == SCAN_COMPLETE;
		scan_release(&worker->scan);
	}
	address_set_release(&worker->seen);
}

static bool give_process(void *arg, void *given)
{
	struct process_crew *crew = arg;
	const struct check_jobs *jobs = crew->jobs;
	struct process_piece *piece = given;

	if (kernel_stopped(jobs->pass->kernel))
		return false;
	crew->given++;
	jobs->check(jobs, piece->job, piece);
	return true;
}

static void process_given(void *arg, void *given)
{
	struct process_crew *crew = arg;
	const struct process_piece *piece = given;

	if (!piece->added)
		crew->nr_wasted += piece->nr_tables;
}

bool check_crew_is_plain(const struct user_pass *user, const struct process_piece *piece)
{
	if (!piece || !piece->plain)
		return false;
	for (size_t i = 0; i < piece->nr_tables; i++)
		if (check_user_is_table(user, piece->tables[i].paddr))
			return false;
	return true;
}

static void check_crew_add_page(struct user_pass *user, const struct plain_page *page,
				uint64_t page_size)
{
	uint64_t vaddr = page->vaddr & -page_size;
	const struct scanned scanned = {
		.outcome = WALK_MAPPED,
		.page_size = page_size,
		.first = vaddr,
		.last = vaddr + (page_size - 1),
		.paddr = page->paddr,
		.entry = page->entry,
		.entry_paddr = page->entry_paddr,
		.level = page->vaddr >> PLAIN_LEVEL_SHIFT & 7,
		.user = true,
		.readable = page->vaddr & PLAIN_READABLE,
		.writable = page->vaddr & PLAIN_WRITABLE,
		.executable = page->vaddr & PLAIN_EXECUTABLE,
	};

	check_user_entry(user, &scanned);
}

void check_crew_add(struct user_pass *user, struct process_piece *piece)
{
	uint64_t page_size = kernel_page_size(user->kernel);
	const struct plain_table *table = piece->tables, *last = table + piece->nr_tables;

	piece->added = true;
	for (size_t i = 0; i <= piece->nr_pages; i++) {
		const struct plain_page *page = &piece->pages[i];

		for (; table < last && table->nr_before == i; table++)
			check_user_add_table(user, table->paddr, table->level, table->may);
		if (i == piece->nr_pages)
			return;
		if (check_user_knows(user, page->vaddr & -page_size, page->paddr, 1))
			user->nr_pages++;
		else
			check_crew_add_page(user, page, page_size);
	}
}

size_t check_crew_run(const struct check_jobs *jobs)
{
	struct process_crew arg = { .jobs = jobs };
	unsigned int nr_threads = crew_cpus() < MOST_THREADS ? crew_cpus() : MOST_THREADS;
	struct crew crew = {
		.nr_threads = nr_threads,
		.nr_pieces = PIECES_PER_THREAD * (nr_threads + 1),
		.piece_size = sizeof(struct process_piece),
		.worker_create = process_worker_create,
		.worker_destroy = process_worker_destroy,
		.take = take_process,
		.all_taken = all_processes_taken,
		.make = make_process,
		.give = give_process,
		.given = process_given,
		.arg = &arg,
	};
	struct process_piece *pieces;

	if (nr_threads < 2 || jobs->nr < FEW_PROCESSES ||
	    !dump_can_be_remembered(jobs->pass->kernel->dump))
		return 0;
	pieces = calloc(crew.nr_pieces, sizeof(*pieces));
	crew.pieces = pieces;
	if (pieces) {
		check_cache_prepare(jobs->pass);
		crew_run(&crew);
	}
	for (size_t i = 0; pieces && i < crew.nr_pieces; i++) {
		free(pieces[i].pages);
		free(pieces[i].tables);
	}
	free(pieces);
	return arg.given;
}
