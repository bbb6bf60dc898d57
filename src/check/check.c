/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks facts, the root of the page table, and resources. Other checks are in
 * check_tables.c, check_io.c and other files. */
#include "check/check.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "check/check_pass.h"
#include "kernel/kernel.h"
#include "linux/printk/log.h"
#include "linux/resource.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_count.h"
#include "linux/task/task_witness.h"
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
