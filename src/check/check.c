/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks facts, the root of the page table, and resources. Other checks are in
 * check_tables.c, check_io.c and other files. */
#include "check/check.h"

#include <inttypes.h>

#include "check/check_pass.h"
#include "linux/resource.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "paging/family.h"

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
