/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of all processes. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/crew.h"
#include "check/check_pass.h"
#include "check/check_user.h"
#include "dump/dump.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "linux/region.h"
#include "linux/task/mm.h"
#include "paging/family.h"

/* --- the half of the kernel --- */

struct half_pass {
	struct kernel *kernel;
	struct error why_not; /* the reason if the half cannot be compared, or code 0 */
	uint64_t first; /* first address of the kernel's half, without sign extension */
	uint64_t sign;
	struct tally differing, unread; /* differing entries, and tables that cannot be read */
	size_t nr; /* number of processes that were compared */
};

/* Compares the kernel's half of each process's page table with swapper_pg_dir. The kernel copies
 * this half into the table of a new process (pgd_ctor(), and for PAE pgd_prepopulate_pmd(), in
 * arch/x86/mm/pgtable.c). When the kernel changes an entry later, it changes all tables
 * (sync_global_pgds() on x86-64, __set_pmd_pte() on i386). */

/* Differences from the kernel's entry that are allowed in a process's entry. */
enum liberty {
	LIBERTY_NONE,
	/* the entry may be empty, because the kernel fills in entries only when they are needed */
	LIBERTY_MISSING,
	LIBERTY_ANY,
};

/* Returns the differences that are allowed in entries of vmalloc. Entries may be missing if
 * vmalloc_fault() fills them in: on i386 always, on x86-64 before 5.9. Since 5.9, x86-64 creates
 * all entries at the start (6eb82f994026). With PAE any difference is allowed, because before 5.3
 * (8e998fc24de4) tables kept entries that the kernel had removed. */
static enum liberty liberty_of_vmalloc(const struct kernel *kernel, const struct paging *paging)
{
	if (paging->sign_extends)
		return kernel_version(kernel) >= KERNEL_VERSION(5, 9, 0) ? LIBERTY_NONE :
									   LIBERTY_MISSING;
	return paging->nr_levels == 2 ? LIBERTY_MISSING : LIBERTY_ANY;
}

/* Returns the differences that are allowed in an entry that maps [first, last]. If this range
 * contains several regions, returns the most that any of these regions allows. */
static enum liberty liberty_of(struct kernel *kernel, const struct paging *paging, uint64_t first,
			       uint64_t last)
{
	enum liberty most = LIBERTY_NONE, liberty;
	const struct region *region;

	for (;; first = region->last + 1) {
		region = region_of(kernel, first, NULL);
		if (!region)
			return LIBERTY_ANY;
		liberty = LIBERTY_NONE;
		if (region->kind == REGION_VMALLOC)
			liberty = liberty_of_vmalloc(kernel, paging);
		else if (region->kind == REGION_LDT_REMAP || region->kind == REGION_UNKNOWN)
			liberty = LIBERTY_ANY;
		if (liberty > most)
			most = liberty;
		if (region->last >= last)
			return most;
	}
}

/* Returns true if both entries point to the same place with the same access rights. Other bits may
 * differ, because the CPU sets some bits, and because pti_clone_pgtable() made the kernel's entries
 * global when processes already existed. */
static bool alike(const struct space *space, unsigned int level, uint64_t one, uint64_t other)
{
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	enum entry_class class;

	one &= ~space->encrypt_mask;
	other &= ~space->encrypt_mask;
	class = entry_class(family, paging, level, one);
	if (class != entry_class(family, paging, level, other))
		return false;
	if (class == CLASS_ABSENT)
		return true;
	if (entry_may(family, paging, entry_rights(family, paging, level, class, one)) !=
	    entry_may(family, paging, entry_rights(family, paging, level, class, other)))
		return false;
	return class == CLASS_PAGE ?
		       entry_page(family, paging, level, one) ==
			       entry_page(family, paging, level, other) :
		       entry_table(family, paging, one) == entry_table(family, paging, other);
}

/* A table of a process, and the kernel's table for the same addresses. */
struct check_kernel_half_pair {
	const struct process *process;
	unsigned int level;
	uint64_t first; /* virtual address of entry 0, without sign extension */
	uint64_t paddr, kernels; /* physical addresses of the process's and the kernel's table */
};

static void check_kernel_half_compare(struct half_pass *half,
				      const struct check_kernel_half_pair *pair);

static void compare_entry(struct half_pass *half, const struct check_kernel_half_pair *pair,
			  unsigned int index, uint64_t ours, uint64_t kernels)
{
	const struct space *space = &pair->process->space;
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	const struct task *task = &pair->process->task;
	uint64_t size = UINT64_C(1) << paging->level[pair->level].shift;
	uint64_t first = (pair->first + index * size) | half->sign;
	uint64_t last = first + (size - 1);
	enum liberty liberty;

	if (!((ours ^ kernels) & ~family->noted_bits) || alike(space, pair->level, ours, kernels))
		return;
	/* A top-level entry of PAE points to the kernel's second-level table or to a copy of that
	 * table, so the entries may differ. The tables to which they point are compared. */
	if (paging->nr_levels == 3 && pair->level == 0 &&
	    entry_class(family, paging, 0, ours) == CLASS_TABLE &&
	    entry_class(family, paging, 0, kernels) == CLASS_TABLE) {
		const struct check_kernel_half_pair below = {
			pair->process, 1, first, entry_table(family, paging, ours),
			entry_table(family, paging, kernels)
		};

		check_kernel_half_compare(half, &below);
		return;
	}
	liberty = liberty_of(half->kernel, paging, first, last);
	if (liberty == LIBERTY_ANY || (liberty == LIBERTY_MISSING && !ours))
		return;
	check_count(&half->differing, 0,
		    "the %s entry %" PRIx64 " at %" PRIx64 ", for %" PRIx64 " to %" PRIx64
		    " of pid %d (%s), is %" PRIx64 " in the kernel's table",
		    paging->level[pair->level].name, ours, pair->paddr + index * paging->entry_size,
		    first, last, (int)task->tgid, task->comm, kernels);
}

/* Compares two tables. For PAE, compare_entry() calls this function again to compare second-level
 * tables. */
static void check_kernel_half_compare(struct half_pass *half,
				      const struct check_kernel_half_pair *pair)
{
	const struct paging *paging = pair->process->space.paging;
	struct dump *dump = half->kernel->dump;
	unsigned int nr = paging_entries(paging, pair->level), index = 0;
	size_t size = paging->entry_size;
	uint64_t ours, kernels;

	if (pair->first < half->first)
		index = (unsigned int)((half->first - pair->first) >>
				       paging->level[pair->level].shift);
	for (; index < nr; index++) {
		if (dump_load(dump, pair->paddr + index * size, size, &ours) != PAGE_PRESENT ||
		    dump_load(dump, pair->kernels + index * size, size, &kernels) != PAGE_PRESENT) {
			check_count(&half->unread, 0,
				    "either the table at %" PRIx64
				    " of pid %d (%s), or the table at %" PRIx64 " of the kernel",
				    pair->paddr, (int)pair->process->task.tgid,
				    pair->process->task.comm, pair->kernels);
			return;
		}
		compare_entry(half, pair, index, ours, kernels);
	}
}

static void check_half_start(struct half_pass *half, struct pass *pass)
{
	const struct paging *paging = pass->space->paging;
	uint64_t first, swapper;

	*half = (struct half_pass){
		.kernel = pass->kernel,
		.differing = { .checker = pass->checker, .check = CHECK_OF_KERNEL_HALF },
		.unread = { .checker = pass->checker, .check = CHECK_OF_KERNEL_HALF },
	};
	if (pass->kernel->dump->format->running)
		fail(&half->why_not, ERROR_UNKNOWN, "the kernel is running, so its tables change");
	else if (kernel_require(pass->kernel, FACT_SWAPPER_PG_DIR, &swapper, &half->why_not) &&
		 !space_maps(pass->space, swapper, space_kernel_root(pass->space)))
		fail(&half->why_not, ERROR_UNKNOWN, "the root is not proved to be swapper_pg_dir");
	else if (!half->why_not.code)
		task_kernel_half(pass->kernel, &first, &half->why_not);
	if (half->why_not.code)
		return;
	half->first = first & (UINT64_MAX >> (64 - paging->address_bits));
	half->sign = first & ~half->first;
}

/* kernels: the address space of swapper_pg_dir. */
static void check_half_process(struct half_pass *half, const struct space *kernels,
			       const struct process *process)
{
	const struct paging *paging = kernels->paging;
	uint64_t top = UINT64_C(1) << paging->level[0].shift;
	const struct check_kernel_half_pair pair = {
		.process = process,
		.first = half->first & -(top * paging_entries(paging, 0)),
		.paddr = process->space.root,
		.kernels = kernels->root,
	};

	half->nr++;
	/* If the architecture has two root tables, all processes share one table for the kernel's
	 * half, so there is nothing to compare. */
	if (!half->why_not.code && !paging->family->two_roots)
		check_kernel_half_compare(half, &pair);
}

static void check_half_tell(const struct half_pass *half, const struct pass *pass)
{
	bool complete = half->nr == pass->nr_processes && !pass->tasks_damaged &&
			!kernel_stopped(half->kernel);

	check_tell_tally(&half->differing, CHECK_ERROR, "entry differs from the kernel's table",
			 "entries differ from the kernel's table");
	check_tell_tally(&half->unread, CHECK_NOT_CHECKED, "table is not in the dump",
			 "tables are not in the dump");
	if (pass->no_processes.code || half->why_not.code)
		check_tell(pass->checker, CHECK_OF_KERNEL_HALF, CHECK_NOT_CHECKED, "%s",
			   pass->no_processes.code ? pass->no_processes.message :
						     half->why_not.message);
	else if (half->differing.nr || half->unread.nr)
		return;
	else if (pass->space->paging->family->two_roots)
		check_tell_none(pass, CHECK_OF_KERNEL_HALF, complete,
				half->nr == 1 ?
					"%zu process shares the kernel's table of the upper half" :
					"%zu processes share the kernel's table of the upper half",
				half->nr);
	else
		check_tell_none(pass, CHECK_OF_KERNEL_HALF, complete,
				half->nr == 1 ?
					"%zu process has the same entries as the kernel's table" :
					"%zu processes have the same entries as the kernel's table",
				half->nr);
}

/* --- windows --- */

/* Examines the entries of tables of the last level, which are nearly all entries of a process. Most
 * of them are plain: they map a page for user mode, with usual rights and cache type, whose frame
 * was examined before. Only the mappings of such a frame are counted. check_entry() examines all
 * other entries. */

static void check_look_at_page(struct pass *pass, const struct scanned *scanned,
			       const struct task *task)
{
	if (pass->rules->cache_known && !scanned->repeated)
		check_cache_of(pass, scanned, task->tgid);
	if (scanned->writable && scanned->executable && pass->space->paging->no_execute_bit)
		check_count(&pass->process_write_execute, scanned->last - scanned->first + 1,
			    "%" PRIx64 " to %" PRIx64 " of pid %d (%s)", scanned->first,
			    scanned->last, (int)task->tgid, task->comm);
}

/* Examines an entry of the process: its rights, cache type and frame. */
static void check_entry(struct user_pass *user, const struct scanned *scanned)
{
	if (scanned->outcome == WALK_MAPPED) {
		check_user_counts_page(user, scanned);
		check_look_at_page(user->pass, scanned, &user->process.task);
	} else {
		user->pass->processes_complete = false;
	}
	check_user_entry(user, scanned);
}

static struct bits_kind decode_kind(const struct user_pass *user, const struct scan_window *window,
				    unsigned int at, uint64_t bits)
{
	const struct space *space = &user->process.user;
	const struct pass *pass = user->pass;
	struct bits_kind kind = { .bits = bits, .kind = KIND_ODD };
	uint64_t mask = scan_address_bits(space, window->level);
	struct scanned scanned;
	unsigned int cache;

	scan_window_entry(space, window, at, &scanned);
	if (scanned.outcome == WALK_NOT_PRESENT)
		kind.kind = KIND_ABSENT;
	if (scanned.outcome != WALK_MAPPED || !scanned.user ||
	    scanned.page_size != kernel_page_size(user->kernel) ||
	    (scanned.writable && scanned.executable && space->paging->no_execute_bit))
		return kind;
	cache = entry_cache_index(space->paging, window->level, scanned.entry);
	if (pass->rules->cache_known && pass->rules->cache[cache] != CACHE_WB)
		return kind;
	kind.kind = KIND_PLAIN;
	kind.high = scanned.paddr ^ (scanned.entry & mask);
	kind.writable = scanned.writable;
	return kind;
}

static const struct bits_kind *bits_kind_of(struct user_pass *user,
					    const struct scan_window *window, unsigned int at,
					    uint64_t bits)
{
	struct bits_kinds *kinds = &user->kinds;
	struct bits_kind *kind;

	for (unsigned int i = 0; i < kinds->nr; i++)
		if (kinds->kind[i].bits == bits)
			return &kinds->kind[i];
	kind = &kinds->kind[kinds->next];
	kinds->next = (kinds->next + 1) % NR_BITS_KINDS;
	kinds->nr += kinds->nr < NR_BITS_KINDS;
	*kind = decode_kind(user, window, at, bits);
	return kind;
}

/* Is the frame stored? Then frames->next becomes its index. */
static inline bool is_stored(struct mapped_frames *frames, uint64_t pfn)
{
	const struct mapped_frame *frame;

	if (frames->next < frames->nr && frames->frame[frames->next].pfn == pfn)
		return true;
	frame = check_find_frame(frames, pfn);
	if (frame)
		frames->next = (size_t)(frame - frames->frame);
	return frame;
}

/* How the entries of a window are read. */
struct window_reader {
	const struct scan_window *window;
	size_t size; /* the size of an entry in bytes */
	uint64_t address, others; /* the masks of an entry's address, and of all other bits */
	unsigned int shift;
};

static inline uint64_t window_entry(const struct window_reader *reader, unsigned int at)
{
	return load_le(reader->window->entries + at * reader->size, reader->size);
}

static inline uint64_t entry_pfn(const struct window_reader *reader, const struct bits_kind *kind,
				 uint64_t entry)
{
	return ((entry & reader->address) ^ kind->high) >> reader->shift;
}

/* Counts the mappings by entries from `at` on, as long as these are plain entries of this kind and
 * their frames were stored one after the other. Returns the index of the first other entry. */
static inline unsigned int count_plain_run(struct user_pass *user,
					   const struct window_reader *reader,
					   const struct bits_kind *kind, unsigned int at)
{
	struct mapped_frames *frames = &user->mapped;
	struct mapped_frame *frame = frames->frame + frames->next;
	const struct mapped_frame *end = frames->frame + frames->nr;
	const unsigned int first = at, nr = reader->window->nr;
	unsigned int not_compared = 0;

	for (; at < nr && frame < end; at++, frame++) {
		uint64_t entry = window_entry(reader, at);

		if ((entry & reader->others) != kind->bits ||
		    frame->pfn != entry_pfn(reader, kind, entry))
			break;
		if (frame->kind == MAPPED_COUNTED && frame->left)
			frame->left--;
		else if (frame->kind == MAPPED_NOT_COUNTED ||
			 (frame->kind == MAPPED_READ_ONLY && !kind->writable))
			not_compared++;
		else
			break;
	}
	frames->next = (size_t)(frame - frames->frame);
	frames->nr_added += at - first - not_compared;
	user->nr_not_compared += not_compared;
	user->nr_pages += at - first;
	return at;
}

static inline void look_at_window(struct user_pass *user, const struct scan_window *window,
				  size_t size)
{
	const struct space *space = &user->process.user;
	const uint64_t address = scan_address_bits(space, window->level);
	const struct window_reader reader = {
		.window = window,
		.size = size,
		.address = address,
		.others = ~(address | space->encrypt_mask),
		.shift = kernel_page_shift(user->kernel),
	};
	const struct bits_kind *kind = NULL;
	struct scanned scanned;

	for (unsigned int i = 0; i < window->nr; i++) {
		uint64_t entry = window_entry(&reader, i);

		if (!entry)
			continue;
		if (!kind || kind->bits != (entry & reader.others))
			kind = bits_kind_of(user, window, i, entry & reader.others);
		if (kind->kind == KIND_PLAIN &&
		    is_stored(&user->mapped, entry_pfn(&reader, kind, entry))) {
			unsigned int next = count_plain_run(user, &reader, kind, i);

			if (next > i) {
				i = next - 1;
				continue;
			}
		}
		if (kind->kind != KIND_ABSENT) {
			scan_window_entry(space, window, i, &scanned);
			check_entry(user, &scanned);
		}
	}
}

/* Examines all entries of a window. */
static void check_window(struct user_pass *user, const struct scan_window *window)
{
	if (!user->kinds.nr || user->kinds.rights != window->rights)
		user->kinds = (struct bits_kinds){ .rights = window->rights };
	if (user->process.user.paging->entry_size == 8)
		look_at_window(user, window, 8);
	else
		look_at_window(user, window, 4);
}

static bool skip_table(void *arg, uint64_t paddr, unsigned int level, unsigned int may)
{
	return !check_user_add_table(arg, paddr, level, may);
}

static bool take_window(void *arg, const struct scan_window *window)
{
	check_window(arg, window);
	return true;
}

/* Adds the tables of the process that the scan finds. */
static void check_user_scan(struct user_pass *user, struct scan *scan)
{
	const struct process *process = &user->process;

	check_user_add_table(user, process->space.root, 0, 0);
	if (process->user.root != process->space.root)
		check_user_add_table(user, process->user.root, 0, 0);
	user->scan = scan;
	scan->skip_table = skip_table;
	/* check_cache_of() takes a process with pid 0 for the kernel */
	scan->take_window = process->task.tgid ? take_window : NULL;
	scan->arg = user;
}

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
