/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of all processes. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/crew.h"
#include "check/check_user.h"
#include "dump/dump.h"
#include "check/check_pass.h"
#include "kernel/kernel.h"
#include "kernel/entry.h"
#include "linux/task/mm.h"

/* --- threads --- */

/* Checks the page tables of processes with several threads. Reads the page tables of processes
 * with several threads, if they must be decompressed. A thread scans the tables of one process
 * without looking at other processes, and collects tables, windows and other entries. The caller's
 * thread examines them, in the order of the processes. If a table is used twice, the caller's
 * thread scans the process again. So the report does not depend on the threads. */

struct process_piece;

/* A process whose tables are checked. */
struct check_job {
	const struct task *task; /* borrowed from the kernel */
	bool known; /* the following members are known */
	uint64_t root; /* physical address of the top-level table */
	struct space user; /* see struct process */
	uint64_t user_last;
};

struct check_jobs {
	struct pass *pass;
	struct user_pass *user;
	struct half_pass *half;
	struct scan *scan;
	struct check_job *job; /* owned by the caller */
	size_t nr, room;
	/* Checks a process. piece: the data that a thread collected, or NULL. */
	void (*check)(const struct check_jobs *jobs, const struct check_job *job,
		      struct process_piece *piece);
};

enum {
	FEW_PROCESSES = 2, /* for fewer processes, starting threads takes too long */
	/* The caller's thread examines the results of all threads, so more threads would wait. */
	MOST_THREADS = 8,
	PIECES_PER_THREAD = 2,
	/* Larger processes are incomplete. So the pieces have a limited size. */
	MOST_WINDOWS = 1 << 10,
	MOST_FOUND = 1 << 15,
	/* When threads have scanned this many tables without use, the caller's thread scans the
	 * remaining processes, because many processes of a damaged dump may share their tables. */
	MOST_WASTED_TABLES = 1 << 14,
};

/* Something that a thread found in the tables of a process. */
struct found {
	enum { FOUND_TABLE, FOUND_WINDOW, FOUND_ENTRY } kind;
	union {
		struct {
			uint64_t paddr;
			unsigned int level, may;
		} table;
		struct scan_window window; /* `entries` is not set */
		struct scanned entry;
	};
};

struct process_piece {
	const struct check_job *job;
	bool complete; /* the thread found everything, and no table twice */
	bool added; /* the caller's thread used the results */
	struct found *found; /* owned */
	uint8_t *windows; /* owned; the entries of the windows, SCAN_WINDOW bytes for each */
	size_t nr_found, nr_windows, nr_tables, room_found, room_windows;
};

struct process_worker {
	struct dump *dump; /* a separate reader, owned */
	struct process_piece *piece; /* the piece that is being made */
	struct address_set seen; /* the tables of the piece */
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
	worker->dump = dump_pass_reader_create(pass->kernel->dump);
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
	piece->complete = piece->job->known && crew->nr_wasted <= MOST_WASTED_TABLES;
	piece->added = false;
	piece->nr_found = piece->nr_windows = piece->nr_tables = 0;
	return true;
}

static bool add_found(struct process_piece *piece, const struct found *found)
{
	piece->complete = piece->complete && piece->nr_found < MOST_FOUND &&
			  array_add(&piece->found, &piece->nr_found, &piece->room_found, found,
				    sizeof(*found));
	return piece->complete;
}

/* Adds a table to the piece. If the table was seen before, the piece stays incomplete. */
static bool process_add_table(struct process_worker *worker, uint64_t paddr, unsigned int level,
			      unsigned int may)
{
	struct process_piece *piece = worker->piece;
	const struct found found = { .kind = FOUND_TABLE, .table = { paddr, level, may } };

	/* Tables are aligned to at least 32 bytes, so bit 0 is free. */
	piece->complete =
		piece->complete && address_set_add(&worker->seen, paddr | 1) == ADDRESS_NEW;
	piece->nr_tables++;
	return add_found(piece, &found);
}

static bool skip_if_incomplete(void *arg, uint64_t paddr, unsigned int level, unsigned int may)
{
	return !process_add_table(arg, paddr, level, may);
}

static bool keep_window(void *arg, const struct scan_window *window)
{
	struct process_piece *piece = ((struct process_worker *)arg)->piece;
	const struct found found = { .kind = FOUND_WINDOW, .window = *window };
	uint8_t *copy = NULL;

	if (piece->nr_windows < MOST_WINDOWS)
		copy = array_grow(&piece->windows, &piece->nr_windows, &piece->room_windows, 1,
				  SCAN_WINDOW);
	if (copy)
		memcpy(copy, window->entries, SCAN_WINDOW);
	piece->complete = copy && add_found(piece, &found);
	return true;
}

static void make_process(void *arg, void *made)
{
	struct process_worker *worker = arg;
	struct process_piece *piece = made;
	const struct check_job *job = piece->job;
	struct space space = job->user;
	struct found found = { .kind = FOUND_ENTRY };

	worker->piece = piece;
	space.dump = worker->dump;
	if (!piece->complete || !process_add_table(worker, job->root, 0, 0) ||
	    (job->user.root != job->root && !process_add_table(worker, job->user.root, 0, 0))) {
		address_set_release(&worker->seen);
		return;
	}
	scan_start(&worker->scan, &space, 0, job->user_last, false);
	worker->scan.skip_table = skip_if_incomplete;
	worker->scan.take_window = keep_window;
	worker->scan.arg = worker;
	while (piece->complete && scan_next(&worker->scan, &found.entry))
		add_found(piece, &found);
	piece->complete = piece->complete && worker->scan.end == SCAN_COMPLETE;
	scan_release(&worker->scan);
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

/* Returns true if the thread collected all data of the process, and no other process uses one of the
 * process's tables. piece may be NULL. */
static bool check_crew_is_complete(const struct user_pass *user, const struct process_piece *piece)
{
	if (!piece || !piece->complete)
		return false;
	for (size_t i = 0; i < piece->nr_found; i++)
		if (piece->found[i].kind == FOUND_TABLE &&
		    check_user_is_table(user, piece->found[i].table.paddr))
			return false;
	return true;
}

/* Checks a process for which check_crew_is_complete() returned true. */
static void check_crew_add(struct user_pass *user, struct process_piece *piece)
{
	size_t window = 0;

	piece->added = true;
	for (struct found *found = piece->found; found < piece->found + piece->nr_found; found++) {
		switch (found->kind) {
		case FOUND_TABLE:
			check_user_add_table(user, found->table.paddr, found->table.level,
					     found->table.may);
			break;
		case FOUND_WINDOW:
			found->window.entries = piece->windows + SCAN_WINDOW * window++;
			check_window(user, &found->window);
			break;
		case FOUND_ENTRY: check_entry(user, &found->entry); break;
		}
	}
}

/* Calls jobs->check in the caller's thread, for the first jobs in their order. Returns the number of
 * these jobs. It is smaller than jobs->nr if the user stops the work, or if threads do not help. */
static size_t check_crew_run(const struct check_jobs *jobs)
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
	    dump_extents_last(jobs->pass->kernel->dump) ||
	    !dump_can_be_remembered(jobs->pass->kernel->dump))
		return 0;
	pieces = calloc(crew.nr_pieces, sizeof(*pieces));
	crew.pieces = pieces;
	if (pieces)
		crew_run(&crew);
	for (size_t i = 0; pieces && i < crew.nr_pieces; i++) {
		free(pieces[i].found);
		free(pieces[i].windows);
	}
	free(pieces);
	return arg.given;
}

/* Scans the tables of a process, and examines each entry. Returns false if the scan ended early. */
static bool check_processes_scan_process(const struct check_jobs *jobs,
					 const struct process *process)
{
	struct pass *pass = jobs->pass;
	struct scan *scan = jobs->scan;
	struct scanned scanned;

	scan_start(scan, &process->user, 0, process->user_last, false);
	scan->listener = pass->kernel->listener;
	check_user_scan(jobs->user, scan);
	while (scan_next(scan, &scanned))
		check_entry(jobs->user, &scanned);
	pass->processes_complete &= scan->end == SCAN_COMPLETE;
	return scan->end == SCAN_COMPLETE;
}

static void check_processes_of(const struct check_jobs *jobs, const struct check_job *job,
			       struct process_piece *piece)
{
	struct pass *pass = jobs->pass;
	struct process process;
	struct error err;
	uint64_t root;

	pass->nr_processes++;
	if (!task_root(pass->kernel, job->task, &root, &err) ||
	    !task_process(pass->kernel, job->task, &process, &err)) {
		pass->processes_complete = false;
		pass->nr_unknown++;
		check_count(&jobs->user->no_table, 0, "%.250s", err.message);
		return;
	}
	check_half_process(jobs->half, pass->space, &process);
	check_user_process(jobs->user, &process);
	if (check_crew_is_complete(jobs->user, piece))
		check_crew_add(jobs->user, piece);
	else if (!check_processes_scan_process(jobs, &process))
		return;
	check_user_counts_end(jobs->user);
}

/* Adds a job for each process. Returns false if memory runs out. */
static bool check_processes_find(struct check_jobs *jobs, struct mm_pass *mms)
{
	const struct task *task;

	while ((task = mm_pass_next(mms))) {
		struct check_job job = { .task = task };
		struct process process;

		job.known = task_mm_root(jobs->pass->kernel, task->mm, &job.root, NULL) &&
			    !(job.root & 31) &&
			    task_process(jobs->pass->kernel, task, &process, NULL);
		if (job.known) {
			job.root = process.space.root;
			job.user = process.user;
			job.user_last = process.user_last;
		}
		if (!array_add(&jobs->job, &jobs->nr, &jobs->room, &job, sizeof(job)))
			return false;
	}
	return !mms->missed;
}

static void check_processes_all(struct check_jobs *jobs, struct mm_pass *mms)
{
	struct pass *pass = jobs->pass;

	pass->processes_complete &= check_processes_find(jobs, mms);
	for (size_t i = check_crew_run(jobs); i < jobs->nr && !kernel_stopped(pass->kernel); i++)
		check_processes_of(jobs, &jobs->job[i], NULL);
	pass->processes_complete &= !kernel_stopped(pass->kernel);
	free(jobs->job);
}

static void check_processes_tell_rights(const struct pass *pass)
{
	enum check check = CHECK_OF_USER_RIGHTS;

	if (!pass->space->paging->no_execute_bit)
		check_tell(pass->checker, check, CHECK_INAPPLICABLE,
			   "this paging mode cannot forbid execution");
	else if (pass->no_processes.code)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED, "%s",
			   pass->no_processes.message);
	else if (pass->process_write_execute.nr)
		check_tell(pass->checker, check, CHECK_WARNING,
			   "%" PRIu64
			   " bytes of processes are writable and executable, the first are %s",
			   pass->process_write_execute.bytes, pass->process_write_execute.first);
	else
		check_tell_none(pass, check, pass->processes_complete,
				"no page of %zu process%s is both writable and executable",
				pass->nr_processes, pass->nr_processes == 1 ? "" : "es");
}

void check_processes(struct pass *pass, struct scan *scan)
{
	struct user_pass *user = check_user_start(pass);
	const struct task_list *tasks = task_all(pass->kernel, NULL);
	struct half_pass half;
	struct mm_pass mms;
	struct check_jobs jobs = {
		.pass = pass,
		.user = user,
		.half = &half,
		.scan = scan,
		.check = check_processes_of,
	};

	check_half_start(&half, pass);
	pass->tasks_damaged = tasks && tasks->damages.nr;
	if (!user)
		out_of_memory(&pass->no_processes);
	else if (mm_pass_start(&mms, pass->kernel, &pass->no_processes)) {
		pass->no_processes.code = ERROR_NONE;
		pass->processes_complete = !pass->tasks_damaged;
		check_processes_all(&jobs, &mms);
		mm_pass_release(&mms);
		check_looked(pass->checker, "tables of %zu of %s%zu processes",
			     pass->nr_processes - pass->nr_unknown,
			     pass->tasks_damaged ? "at least " : "", pass->nr_processes);
	}
	if (user)
		check_user_end(user);
	check_half_tell(&half, pass);
	check_processes_tell_rights(pass);
}
