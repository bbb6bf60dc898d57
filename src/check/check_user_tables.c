/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The tables of processes: each is checked once, even if several processes share it, and no table
 * may be used at two levels. The mappings of processes, to which entries belong. */
#include <inttypes.h>

#include "check/check_user.h"
#include "linux/page/page_reader.h"
#include "query/entry_witness.h"

enum { MOST_AREAS_READ = 1 << 22 };

const struct vma *check_user_find_area(struct user_pass *user, uint64_t vaddr, bool *known)
{
	const struct vma *vma;

	if (!user->tried_areas && user->nr_areas_read < MOST_AREAS_READ) {
		user->has_areas = vma_each(user->kernel, user->process.mm, &user->areas, NULL);
		user->nr_areas_read += 1 + user->areas.nr;
	}
	user->tried_areas = true;
	*known = user->has_areas && !user->areas.damages.nr;
	vma = user->has_areas ? vma_list_at(&user->areas, vaddr) : NULL;
	return vma && vma->first <= vaddr ? vma : NULL;
}

/* Returns the first virtual address that is mapped by the entry that points to the current
 * table. */
static uint64_t entry_address(const struct user_pass *user)
{
	const struct scan *scan = user->scan;

	return scan ? scan_position(scan) -
			       (UINT64_C(1) << scan->space->paging->level[scan->level].shift) :
		      0;
}

/* Returns the key of a table and of the access rights of the entries that point to it. If entries
 * with different rights point to the same table, the table is checked once for each set of
 * rights. */
static uint64_t table_key_with(uint64_t paddr, unsigned int level, unsigned int may)
{
	return check_table_key(paddr, level) | (level ? 0x100 | may << 4 : 0);
}

/* Returns true if processes may share the table. For mappings of hugetlb, they may share the tables
 * of the next to last level. */
static bool may_share(struct user_pass *user, unsigned int level)
{
	const struct vma *vma;
	bool known = true;

	if (level + 2 != user->process.space.paging->nr_levels)
		return false;
	vma = check_user_find_area(user, entry_address(user), &known);
	return !known || (vma && vma->flags & VMA_HUGETLB);
}

static void count_table(struct user_pass *user, struct tally *tally, uint64_t paddr,
			unsigned int level, unsigned int also)
{
	const struct paging_level *levels = user->process.space.paging->level;
	const struct task *task = &user->process.task;

	check_count(tally, 0,
		    "the %s table at %" PRIx64 " is also used as a %s table, for %" PRIx64
		    " of pid %d (%s)",
		    levels[level].name, paddr, levels[also].name, entry_address(user),
		    (int)task->tgid, task->comm);
}

/* Compares a table with the struct page of its frame. */
static void look_at_frame(struct user_pass *user, uint64_t paddr, unsigned int level)
{
	const struct paging *paging = user->process.space.paging;
	const struct task *task = &user->process.task;
	struct page_use use;

	if (!user->reader ||
	    !page_reader_use(user->reader, kernel_pfn(user->kernel, paddr), &use, NULL) ||
	    query_may_be_table(user->kernel, &use, level + 1 == paging->nr_levels))
		return;
	check_count(&user->not_tables, 0,
		    "the %s entry for %" PRIx64 " of pid %d (%s) points to %" PRIx64
		    ", but the use of this frame is %s",
		    paging->level[level - 1].name, entry_address(user), (int)task->tgid, task->comm,
		    paddr, page_use_names[use.kind]);
}

static bool add_user_table(struct user_pass *user, uint64_t paddr, unsigned int level,
			   unsigned int may)
{
	unsigned int nr_levels = user->process.space.paging->nr_levels;
	enum address_added added;

	for (unsigned int other = 0; other < nr_levels; other++) {
		if (other == level ||
		    !address_set_has(&user->tables, check_table_key(paddr, other)))
			continue;
		count_table(user, &user->two_levels, paddr, other, level);
		return false;
	}
	added = address_set_add(&user->tables, check_table_key(paddr, level));
	user->pass->processes_complete &= added != ADDRESS_NO_MEMORY;
	if (added == ADDRESS_NEW) {
		user->nr_tables++;
		if (!level)
			return true;
		look_at_frame(user, paddr, level);
	} else if (added == ADDRESS_SEEN && user->reader && !may_share(user, level)) {
		count_table(user, &user->shared, paddr, level, level);
	}
	return address_set_add(&user->tables, table_key_with(paddr, level, may)) != ADDRESS_SEEN;
}

bool check_user_add_table(struct user_pass *user, uint64_t paddr, unsigned int level,
			  unsigned int may)
{
	bool added = add_user_table(user, paddr, level, may);

	if (level)
		check_user_counts_table(user, level, !added);
	return added;
}

bool check_user_is_table(const struct user_pass *user, uint64_t paddr)
{
	const struct paging *paging = user->process.space.paging;

	for (unsigned int level = 0; level < paging->nr_levels; level++)
		if (address_set_has(&user->tables, check_table_key(paddr, level)))
			return true;
	return false;
}
