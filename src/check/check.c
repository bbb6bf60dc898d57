/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks facts, the root of the page table, resources, tasks, open files, the log and slabs. Other checks are in
 * check_tables.c, check_io.c and other files. */
#include "check/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "check/check_pass.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"
#include "linux/printk/log.h"
#include "linux/resource.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"
#include "linux/task/task.h"
#include "linux/task/task_witness.h"
#include "linux/vma/open_file.h"
#include "paging/family.h"

/* --- tasks --- */

/* Checks the lists of tasks, and compares the words of each task with their witnesses. */

struct task_stack {
	uint64_t start;
	const struct task *task;
};

struct tasks_pass {
	struct kernel *kernel;
	struct tally contradicted, shared;
	struct task_stack *stack; /* owned */
	size_t nr_stacks;
};

static void look_at_tasks(struct tasks_pass *pass, const struct task_list *list)
{
	struct task_facts facts;

	task_facts_read(pass->kernel, list, &facts);
	pass->stack = calloc(list->nr + 1, sizeof(*pass->stack));
	for (size_t i = 0; i < list->nr && !listener_stops_at(pass->kernel->listener, i + 1); i++) {
		const struct task *task = &list->task[i];
		struct task_info info = task_info_read(pass->kernel, &facts, task);
		char doubt[TASK_DOUBT];

		if (task_doubt(pass->kernel, task, &facts, &info, TASK_WORDS_ALL | TASK_WORDS_DEAR,
			       doubt))
			check_count(&pass->contradicted, 0, "pid %" PRId32 " (%s): %s", task->pid,
				    task->comm, doubt);
		if (pass->stack && info.stack && info.state != 'Z')
			pass->stack[pass->nr_stacks++] = (struct task_stack){ info.stack, task };
	}
	task_facts_release(&facts);
}

/* Finds tasks with the same stack. */
static void compare_stacks(struct tasks_pass *pass)
{
	const struct task_stack *stack = pass->stack;

	if (!stack || !sort_items(pass->stack, pass->nr_stacks, sizeof(*stack), ranges_compare,
				  pass->kernel->listener))
		return;
	for (size_t i = 1; i < pass->nr_stacks; i++)
		if (stack[i].start == stack[i - 1].start)
			check_count(&pass->shared, 0,
				    "%" PRIx64 ", of pid %" PRId32 " (%s) and pid %" PRId32 " (%s)",
				    stack[i].start, stack[i - 1].task->pid, stack[i - 1].task->comm,
				    stack[i].task->pid, stack[i].task->comm);
}

static void check_tasks_tell(const struct checker *checker, const struct tasks_pass *pass,
			     const struct task_list *list)
{
	enum check check = CHECK_OF_TASKS;

	if (list->damages.nr)
		check_tell(checker, check, CHECK_ERROR,
			   "the lists of tasks are damaged in %zu place%s, the first: %s",
			   list->damages.nr, plural_s(list->damages.nr),
			   list->damages.error[0].message);
	check_tell_tally(&pass->contradicted, CHECK_ERROR,
			 "task has words that other words of the dump contradict",
			 "tasks have words that other words of the dump contradict");
	check_tell_tally(&pass->shared, CHECK_ERROR, "stack belongs to two tasks",
			 "stacks belong to two tasks");
	if (!list->damages.nr && !pass->contradicted.nr && !pass->shared.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu tasks, in lists that end where they start", list->nr);
	check_looked(checker, "%zu tasks", list->nr);
}

static void check_tasks(const struct checker *checker)
{
	struct tasks_pass pass = {
		.kernel = checker->kernel,
		.contradicted = { .checker = checker, .check = CHECK_OF_TASKS },
		.shared = { .checker = checker, .check = CHECK_OF_TASKS },
	};
	const struct task_list *list;
	struct error err;

	list = task_all(checker->kernel, &err);
	if (!list) {
		check_tell(checker, CHECK_OF_TASKS, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	if (!checker->kernel->dump->format->running)
		look_at_tasks(&pass, list);
	compare_stacks(&pass);
	check_tasks_tell(checker, &pass, list);
	free(pass.stack);
}

/* --- open files --- */

/* Checks that each open file has at least as many references as descriptors. If it has fewer, one
 * close too many is enough to free it while it is in use. Each slot of a table of descriptors owns
 * a reference: fs/file.c takes the reference before it stores the pointer, and removes the pointer
 * before it drops the reference, so that this is true at each moment. Other users may own more. */

/* For all processes together, at most this many slots of tables are read, which are often empty,
 * and at most this many descriptors. */
enum { MOST_SLOTS_READ = 1 << 28, MOST_DESCRIPTORS_READ = 1 << 24 };

struct open_descriptor {
	uint64_t file; /* address of the struct file */
	uint32_t fd;
	uint32_t task; /* index of the first task with the table */
};

struct files_pass {
	struct kernel *kernel;
	const struct task_list *tasks;
	size_t task; /* index of the task whose table is being read */
	struct open_descriptor *descriptor; /* owned */
	size_t nr, room, nr_files;
	uint64_t slots; /* number of slots that may still be read */
	struct tally lacking, unread; /* struct files, and tables or counts that cannot be read */
	bool too_many;
	struct error why_not; /* the reason if no descriptors can be read or stored, or code 0 */
};

static int compare_descriptors(const void *one, const void *two)
{
	const struct open_descriptor *a = one, *b = two;

	return COMPARE(a->file, b->file) ?: COMPARE(a->task, b->task) ?: COMPARE(a->fd, b->fd);
}

static bool add_open_file(uint64_t fd, uint64_t file, void *arg)
{
	struct files_pass *pass = arg;

	if (!file)
		return true;
	pass->too_many = pass->nr == MOST_DESCRIPTORS_READ;
	if (pass->too_many)
		return false;
	return array_add(&pass->descriptor, &pass->nr, &pass->room,
			 &(struct open_descriptor){ file, (uint32_t)fd, (uint32_t)pass->task },
			 sizeof(*pass->descriptor)) ||
	       out_of_memory(&pass->why_not);
}

static void not_read(struct files_pass *pass, const char *what, uint64_t which,
		     const struct error *err)
{
	if (err->code == ERROR_FORMAT || err->code == ERROR_UNREADABLE)
		check_count(&pass->unread, 0, "%s %" PRIx64 ": %.300s", what, which, err->message);
	else if (err->code != ERROR_NO_ANSWER)
		pass->why_not = *err;
}

static void read_table(struct files_pass *pass, uint64_t task, struct address_set *seen)
{
	struct error err;
	uint64_t files;

	if (!vma_files_struct(pass->kernel, task, &files, &err)) {
		not_read(pass, "task", task, &err);
		return;
	}
	if (!files)
		return;
	switch (address_set_add(seen, files)) {
	case ADDRESS_SEEN: return;
	case ADDRESS_NO_MEMORY: out_of_memory(&pass->why_not); return;
	default: break;
	}
	if (!vma_each_descriptor(pass->kernel, files, &pass->slots, add_open_file, pass, &err))
		not_read(pass, "files_struct", files, &err);
	pass->too_many |= !pass->slots;
}

/* Threads share a files_struct, so its descriptors are counted once. */
static void read_tables(struct files_pass *pass)
{
	struct address_set seen = { 0 };

	for (; pass->task < pass->tasks->nr; pass->task++) {
		if (pass->too_many || pass->why_not.code || kernel_stopped(pass->kernel))
			break;
		read_table(pass, pass->tasks->task[pass->task].address, &seen);
	}
	address_set_release(&seen);
}

/* Compares the references of a file with its descriptors from `first` to `last`, inclusive. */
static void compare_file(struct files_pass *pass, const struct open_descriptor *first,
			 const struct open_descriptor *last)
{
	uint64_t references, nr = (uint64_t)(last - first) + 1;
	const struct task *one = &pass->tasks->task[first->task];
	const struct task *two = &pass->tasks->task[last->task];
	char path[VMA_NAME_MAX];
	struct error err;

	pass->nr_files++;
	if (!vma_file_references(pass->kernel, first->file, &references, &err)) {
		not_read(pass, "struct file", first->file, &err);
		return;
	}
	if (references >= nr)
		return;
	if (!vma_file_path(pass->kernel, first->file, path, NULL))
		snprintf(path, sizeof(path), "path unknown");
	if (nr == 1)
		check_count(&pass->lacking, 0,
			    "%" PRIx64 " (%.200s) counts no reference, but is descriptor %" PRIu32
			    " of pid %d (%s)",
			    first->file, path, first->fd, (int)one->pid, one->comm);
	else
		check_count(&pass->lacking, 0,
			    "%" PRIx64 " (%.200s) counts %" PRIu64 " reference%s, but has %" PRIu64
			    " descriptors: first %" PRIu32 " of pid %d (%s), last %" PRIu32
			    " of pid %d (%s)",
			    first->file, path, references, plural_s(references), nr, first->fd,
			    (int)one->pid, one->comm, last->fd, (int)two->pid, two->comm);
}

static void compare_open_files(struct files_pass *pass)
{
	const struct open_descriptor *first = pass->descriptor;

	if (!pass->nr)
		return;
	if (!sort_items(pass->descriptor, pass->nr, sizeof(*first), compare_descriptors,
			pass->kernel->listener)) {
		out_of_memory(&pass->why_not); /* or the user stopped the work */
		return;
	}
	for (const struct open_descriptor *at = first, *end = first + pass->nr; at < end; at++) {
		if (pass->why_not.code || kernel_stopped(pass->kernel))
			return;
		if (at + 1 < end && at[1].file == at->file)
			continue;
		compare_file(pass, first, at);
		first = at + 1;
	}
}

static void tell_files(const struct files_pass *pass, const struct checker *checker)
{
	enum check check = CHECK_OF_FILES;

	check_tell_tally(&pass->lacking, CHECK_ERROR,
			 "open file has fewer references than descriptors",
			 "open files have fewer references than descriptors");
	check_tell_tally(&pass->unread, CHECK_NOT_CHECKED,
			 "table or count of references cannot be read",
			 "tables or counts of references cannot be read");
	if (check_tell_unfinished(checker, check, &pass->why_not))
		return;
	if (pass->too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %zu descriptors were checked", pass->nr);
	else if (pass->tasks->damages.nr)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "processes are missing, because lists of tasks are damaged");
	else if (!pass->lacking.nr && !pass->unread.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu descriptors of %zu open file%s, which have a reference for each",
			   pass->nr, pass->nr_files, plural_s(pass->nr_files));
}

static void check_files(const struct checker *checker)
{
	struct error err;
	struct files_pass pass = {
		.kernel = checker->kernel,
		.slots = MOST_SLOTS_READ,
		.lacking = { .checker = checker, .check = CHECK_OF_FILES },
		.unread = { .checker = checker, .check = CHECK_OF_FILES },
	};

	if (check_tell_running(checker, CHECK_OF_FILES))
		return;
	pass.tasks = task_all(checker->kernel, &err);
	if (!pass.tasks) {
		check_tell(checker, CHECK_OF_FILES, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	read_tables(&pass);
	compare_open_files(&pass);
	tell_files(&pass, checker);
	check_looked(checker, "%zu descriptors", pass.nr);
	free(pass.descriptor);
}

/* --- the log --- */

/* Checks the records of the kernel's log. */

struct log_pass {
	uint64_t nr; /* number of records */
	uint64_t nr_left_out; /* numbers of records between them that no record has */
	uint64_t seq; /* number of the last record; valid if nr is not 0 */
};

static bool check_record(void *arg, const struct log_record *record)
{
	struct log_pass *pass = arg;

	if (record->has_seq && pass->nr && record->seq > pass->seq + 1)
		pass->nr_left_out += record->seq - pass->seq - 1;
	pass->seq = record->seq;
	pass->nr++;
	return true;
}

/* The reader counts records that are missing, and words that contradict each other. Numbers without
 * a record are no damage: a record may have been started, or its text may have found no room. */
static void check_log_tell(const struct checker *checker, const struct log_pass *pass,
			   const struct damages *damages)
{
	bool left_out = damages->nr && damages->error[0].code == ERROR_UNREADABLE;

	check_looked(checker, "%" PRIu64 " records of the log", pass->nr);
	if (damages->nr)
		check_tell(checker, CHECK_OF_LOG, left_out ? CHECK_NOT_CHECKED : CHECK_ERROR,
			   "the log is %s in %zu place%s, the first: %s",
			   left_out ? "missing or damaged" : "damaged", damages->nr,
			   plural_s(damages->nr), damages->error[0].message);
	else if (pass->nr_left_out)
		check_tell(checker, CHECK_OF_LOG, CHECK_OK,
			   "%" PRIu64 " record%s; %" PRIu64 " more have no text", pass->nr,
			   plural_s(pass->nr), pass->nr_left_out);
	else
		check_tell(checker, CHECK_OF_LOG, CHECK_OK, "%" PRIu64 " record%s, none missing",
			   pass->nr, plural_s(pass->nr));
}

/* Returns false if extract left the log out of the dump, or may leave it out of the dump that it is
 * writing. */
static bool has_log(const struct dump *dump)
{
	return !dump_records_reads(dump) &&
	       (!dump_is_reduced(dump) || dump->extract == EXTRACT_KERNEL);
}

static void check_log(const struct checker *checker)
{
	struct log_pass pass = { 0 };
	struct damages damages = { 0 };
	struct error err = { .code = ERROR_NONE };

	if (check_tell_running(checker, CHECK_OF_LOG))
		return;
	if (!has_log(checker->kernel->dump)) {
		check_tell(checker, CHECK_OF_LOG, CHECK_NOT_CHECKED,
			   "this extract does not contain the log");
		return;
	}
	log_each(checker->kernel, check_record, &pass, &damages, &err);
	if (!check_tell_unfinished(checker, CHECK_OF_LOG, &err))
		check_log_tell(checker, &pass, &damages);
}

/* --- slabs --- */

/* Checks slab caches: the lists of their slabs, and the lists of free objects in these slabs. */

struct check_slabs_slab_work {
	struct slab_pass pass;
	struct tally damaged; /* counts damaged caches */
	uint64_t nr;
};

static bool check_slabs_look_at(uint64_t cache, void *arg)
{
	struct check_slabs_slab_work *work = arg;
	struct error damage;
	struct slab_count count = slab_count_of(&work->pass, cache, &damage);

	work->nr++;
	if (damage.code == ERROR_FORMAT)
		check_count(&work->damaged, 0, "%s (%" PRIx64 "): %.180s",
			    *count.name ? count.name : "a cache without a name", cache,
			    damage.message);
	else if (damage.code)
		work->pass.nr_unread++;
	return !kernel_stopped(work->pass.kernel);
}

static void check_slabs_tell(const struct checker *checker,
			     const struct check_slabs_slab_work *work)
{
	const struct slab_pass *pass = &work->pass;
	enum check check = CHECK_OF_SLABS;

	if (work->damaged.nr)
		check_tell(checker, check, CHECK_ERROR,
			   work->damaged.nr == 1 ?
				   "the lists of %" PRIu64 " cache are damaged: %s" :
				   "the lists of %" PRIu64 " caches are damaged, the first: %s",
			   work->damaged.nr, work->damaged.first);
	if (kernel_stopped(pass->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "interrupted after %" PRIu64 " caches", work->nr);
	else if (!pass->follow)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "this extract does not contain the lists of free objects");
	else if (pass->nr_unread)
		check_tell(
			checker, check, CHECK_NOT_CHECKED,
			"%" PRIu64 " of %" PRIu64
			" lists of free objects cannot be followed, because they are %snot in the dump, or because the lists have too many objects in all",
			pass->nr_unread, pass->nr_unread + pass->nr_lists,
			work->damaged.nr ? "damaged or " : "");
	else if (!work->damaged.nr)
		check_tell(checker, check, CHECK_OK,
			   "%" PRIu64 " caches, with %" PRIu64
			   " lists of free objects, all of them complete",
			   work->nr, pass->nr_lists);
}

static void check_slabs(const struct checker *checker)
{
	struct kernel *kernel = checker->kernel;
	struct check_slabs_slab_work work = {
		.pass = { .kernel = kernel, .follow = slab_has_free_objects(kernel) },
		.damaged = { .checker = checker, .check = CHECK_OF_SLABS },
	};
	struct error err = { .code = ERROR_NONE };

	if (check_tell_running(checker, CHECK_OF_SLABS))
		return;
	if (!slab_each_cache(kernel, check_slabs_look_at, &work, &err) && err.code == ERROR_FORMAT)
		check_tell(checker, CHECK_OF_SLABS, CHECK_ERROR, "%s", err.message);
	else if (err.code)
		check_tell(checker, CHECK_OF_SLABS, CHECK_NOT_CHECKED, "%s", err.message);
	if (work.nr)
		check_looked(checker, "%" PRIu64 " slab caches", work.nr);
	if (work.nr || !err.code)
		check_slabs_tell(checker, &work);
	slab_pass_release(&work.pass);
}

/* --- the check --- */

/* A search for sources that contradict a fact. */
struct contradiction {
	const struct checker *checker;
	enum fact_id id;
	uint64_t value;
	size_t nr;
};

static void compare_voice(void *arg, const struct fact_voice *voice)
{
	struct contradiction *found = arg;
	const struct fact *fact = &found->checker->kernel->facts->fact[found->id];
	enum check_status severity = CHECK_ERROR;
	char ours[64], theirs[64];

	/* if memory runs out, a source may give a wrong value */
	if (voice->verdict != VERDICT_DIFFERS || kernel_stopped(found->checker->kernel))
		return;
	/* With -o root, the user may have chosen the page table of a process, which differs from
	 * the kernel's page table. So the difference is only a warning. */
	if (fact->given && found->id == FACT_ROOT)
		severity = CHECK_WARNING;
	found->nr++;
	fact_value_text(found->id, found->value, ours, sizeof(ours));
	fact_value_text(found->id, voice->value, theirs, sizeof(theirs));
	check_tell(found->checker, CHECK_OF_FACTS, severity, "%s: %s says %s, but %s says %s",
		   fact_name(found->id), fact->source, ours, voice->source, theirs);
}

static void check_facts(const struct checker *checker)
{
	struct kernel *kernel = checker->kernel;
	size_t nr = 0, nr_contradictions = 0;
	struct error disorder;
	const char *doubt;

	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		struct contradiction found = { .checker = checker, .id = id };
		const struct fact *fact = &kernel->facts->fact[id];

		if (!kernel_fact(kernel, id, &found.value))
			continue;
		nr++;
		kernel_fact_voices(kernel, id, false, compare_voice, &found);
		nr_contradictions += found.nr;
		if (fact->doubt)
			check_tell(checker, CHECK_OF_FACTS, CHECK_WARNING,
				   "%s is doubtful: %s (%s)", fact_name(id), fact->doubt,
				   fact->source);
	}
	if ((doubt = kernel_types_misfit(kernel)))
		check_tell(checker, CHECK_OF_FACTS, CHECK_WARNING, "types: %s", doubt);
	if ((doubt = kernel_symbols_doubt(kernel))) {
		check_tell(checker, CHECK_OF_FACTS, CHECK_ERROR,
			   "kallsyms is damaged, so symbols may be missing: %s", doubt);
		nr_contradictions++;
	}
	if (!kernel_names_ordered(kernel, &disorder)) {
		check_tell(checker, CHECK_OF_FACTS, CHECK_ERROR,
			   "kallsyms is damaged, so symbols may be missing: %s", disorder.message);
		nr_contradictions++;
	}
	check_looked(checker, "%zu facts", nr);
	if (!nr_contradictions)
		check_tell(checker, CHECK_OF_FACTS, CHECK_OK,
			   "%zu facts are known, and no source contradicts another", nr);
}

/* Checks that the page table maps vaddr to the physical address of the page table itself. */
static void check_address(const struct checker *checker, enum check check,
			  const struct space *space, const char *what, uint64_t vaddr)
{
	uint64_t paddr = space_kernel_root(space);
	struct walk walk = walk_page_table(space, vaddr);

	if (walk.outcome == WALK_MAPPED && walk.paddr == paddr)
		check_tell(checker, check, CHECK_OK,
			   "%s (%" PRIx64 ") is at %" PRIx64 ", as the page table says", what,
			   vaddr, paddr);
	else if (walk.outcome == WALK_MAPPED)
		check_tell(checker, check, CHECK_ERROR,
			   "%s (%" PRIx64 ") should be at %" PRIx64
			   ", but the page table says %" PRIx64,
			   what, vaddr, paddr, walk.paddr);
	else if (walk.outcome == WALK_UNREADABLE)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "the %s table that maps %s (%" PRIx64 ") is not in the dump: %s",
			   space->paging->level[walk.nr_steps].name, what, vaddr,
			   page_state_names[walk.reason]);
	else
		check_tell(checker, check, CHECK_ERROR,
			   "%s (%" PRIx64 ") should be at %" PRIx64
			   ", but the page table does not map it",
			   what, vaddr, paddr);
}

static void check_root(const struct checker *checker, const struct space *space)
{
	struct kernel *kernel = checker->kernel;
	uint64_t swapper, direct;

	if (kernel->facts->fact[FACT_ROOT].given)
		check_tell(checker, CHECK_OF_ROOT, CHECK_NOT_CHECKED, "the root was set with -o");
	else if (kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper))
		check_address(checker, CHECK_OF_ROOT, space, "swapper_pg_dir", swapper);
	else
		check_tell(checker, CHECK_OF_ROOT, CHECK_NOT_CHECKED,
			   "the address of swapper_pg_dir is unknown");
	if (kernel_direct_base(kernel, &direct, NULL))
		check_address(checker, CHECK_OF_PAGE_OFFSET, space,
			      "the page table in the direct map",
			      direct + space_kernel_root(space));
	else
		check_tell(checker, CHECK_OF_PAGE_OFFSET, CHECK_NOT_CHECKED,
			   "the start of the direct map is unknown");
}

static void check_tree(const struct checker *checker, enum resource_kind kind, enum check check)
{
	const struct resource_tree *tree;
	struct error err;

	tree = resource_all(checker->kernel, kind, &err);
	if (!tree)
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", err.message);
	else if (tree->nr_damages)
		check_tell(checker, check, CHECK_ERROR, "%zu branch%s of the tree %s damaged: %s",
			   tree->nr_damages, tree->nr_damages == 1 ? "" : "es",
			   plural_are(tree->nr_damages), tree->damage.message);
	else
		check_tell(checker, check, CHECK_OK, "%zu resources, in correct order", tree->nr);
	if (tree)
		check_looked(checker, "%zu resources of %s", tree->nr, check_rows[check].name);
}

/* Reports that the checks from first to last, inclusive, were not done. */
static void check_tell_not_done(const struct checker *checker, enum check first, enum check last,
				const char *why)
{
	for (enum check check = first; check <= last; check++)
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", why);
}

static void run_checks(const struct checker *checker)
{
	const struct space *space;
	struct error err;

	check_facts(checker);
	space = kernel_space(checker->kernel, &err);
	if (space) {
		check_root(checker, space);
		check_tables(checker);
	} else {
		check_tell(checker, CHECK_OF_ROOT,
			   kernel_not_booted(checker->kernel) ? CHECK_NOT_CHECKED : CHECK_ERROR,
			   "%s", err.message);
		check_tell_not_done(
			checker, CHECK_OF_PAGE_OFFSET, CHECK_OF_CACHE,
			"the kernel's page table is unknown, so that no table can be checked: see root");
	}
	check_tree(checker, RESOURCE_MEMORY, CHECK_OF_IOMEM);
	check_tree(checker, RESOURCE_PORTS, CHECK_OF_IOPORTS);
	check_tasks(checker);
	check_vmas(checker);
	check_files(checker);
	check_areas(checker);
	check_slabs(checker);
	check_free_lists(checker);
	check_log(checker);
	if (HAVE_DEVICES)
		check_io(checker);
	check_sum_up(checker);
}

void check_kernel(const struct checker *checker)
{
	struct check_summary summary = { .last_missed = CHECK_OF_ALL };
	struct checker summing = *checker;

	summing.summary = &summary;
	run_checks(&summing);
}

/* --- frames that a filtered dump lacks --- */

/* The bits of the level are in makedumpfile.h: DL_EXCLUDE_ZERO 1, DL_EXCLUDE_CACHE 2,
 * DL_EXCLUDE_CACHE_PRI 4, DL_EXCLUDE_USER_DATA 8, DL_EXCLUDE_FREE 16. */
const struct need_row need_rows[NR_NEEDS] = {
	[NEED_KERNEL] = { "kernel", 31, "tasks, bt, log, slabs, check and most other commands" },
	[NEED_CACHE] = { "page-cache", 25, "content of files and shared memory: rd -u, search -P" },
	[NEED_USER] = { "user", 23, "memory of processes and of hugetlb: rd -u, search -P" },
	[NEED_FREE] = { "free", 15, "what freed memory held: rd, search -p" },
	[NEED_UNKNOWN] = { "unknown", 31, "the use of these frames: page, frames, ptov -a" },
};

struct need_pass {
	struct kernel *kernel;
	struct need_count *count;
};

/* Returns NR_NEEDS for frames whose content no question needs, or that makedumpfile treats in ways
 * that depend on its version: balloons, corrupted frames. */
static enum need need_of(enum page_use_kind use)
{
	switch (use) {
	case PAGE_USE_FILE:
	case PAGE_USE_SHMEM: return NEED_CACHE;
	case PAGE_USE_ANON:
	case PAGE_USE_KSM:
	case PAGE_USE_HUGETLB: return NEED_USER;
	case PAGE_USE_FREE: return NEED_FREE;
	case PAGE_USE_RESERVED:
	case PAGE_USE_TABLE:
	case PAGE_USE_SLAB:
	case PAGE_USE_KMALLOC:
	case PAGE_USE_OTHER: return NEED_KERNEL;
	case PAGE_USE_UNREADABLE: return NEED_UNKNOWN;
	default: return NR_NEEDS;
	}
}

static bool count_run(const struct frame_run *run, void *arg)
{
	struct need_pass *pass = arg;
	struct kernel *kernel = pass->kernel;
	enum need need = need_of(run->use);
	struct need_count *count = &pass->count[need];
	struct extent extent;
	uint64_t last, frames;

	if (need == NR_NEEDS)
		return true;
	for (uint64_t pfn = run->first; pfn <= run->last; pfn += frames) {
		if (kernel_stopped(kernel))
			return false;
		dump_peek(kernel->dump, kernel_frame(kernel, pfn), &extent);
		last = kernel_pfn(kernel, extent.last);
		frames = (last < run->last ? last : run->last) - pfn + 1;
		if (last < pfn) /* the extent ends within the frame */
			frames = 1;
		if (extent.state == PAGE_ABSENT)
			continue;
		count->frames += frames;
		if (extent.state == PAGE_PRESENT || extent.state == PAGE_ZERO)
			continue;
		if (!count->missing)
			count->first_missing = pfn;
		count->missing += frames;
	}
	return true;
}

bool check_count_needs(struct kernel *kernel, struct need_count count[NR_NEEDS], struct error *err)
{
	struct need_pass pass = { kernel, count };

	memset(count, 0, NR_NEEDS * sizeof(*count));
	if (!page_runs(kernel, (struct frame_range){ .last = UINT64_MAX }, count_run, &pass, err))
		return false;
	/* Counts of a part of the frames would show that the dump lacks nothing. */
	return !kernel_stopped(kernel) || fail(err, ERROR_INTERRUPTED, "interrupted");
}
