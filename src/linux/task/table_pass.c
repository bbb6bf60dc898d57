/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/table_pass.h"

#include "paging/family.h"
#include "paging/scan.h"

/* The position in a table whose entries are being read. One struct open_table is used for each
 * level. */
struct open_table {
	uint64_t paddr, base; /* physical address of the table; first address that it maps */
	unsigned int next; /* index of the next entry */
};

/* Reads the next entry of a table. Returns true if the entry points to a table of the next level.
 * Then sets *child to the physical address of this table, and *base to the first address that this
 * table maps (not sign-extended). */
static bool next_table(const struct space *space, unsigned int level, struct open_table *table,
		       uint64_t *child, uint64_t *base)
{
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	uint64_t index = table->next++, entry;

	*base = table->base | index << paging->level[level].shift;
	if (dump_load(space->dump, table->paddr + index * paging->entry_size, paging->entry_size,
		      &entry) != PAGE_PRESENT)
		return false;
	entry &= ~space->encrypt_mask;
	if (entry_class(family, paging, level, entry) != CLASS_TABLE)
		return false;
	*child = entry_table(family, paging, entry);
	return true;
}

static bool table_pass_visit(struct table_pass *pass, uint64_t paddr, uint64_t base,
			     unsigned int level)
{
	struct passed_table *table = &pass->table;
	const struct paging *paging = table->space->paging;
	uint64_t span = UINT64_C(1) << paging->level[level - 1].shift;

	table->paddr = paddr;
	table->level = level;
	table->first = paging_sign_extend(paging, base);
	table->last = table->first + (span - 1);
	return pass->visit(pass->arg, table);
}

/* Visits all tables below the top-level table at `root`. base: first address that the top-level
 * table maps. */
static bool visit_below(struct table_pass *pass, const struct space *space, uint64_t root,
			uint64_t base)
{
	const struct paging *paging = space->paging;
	struct open_table open[MAX_LEVELS] = { { root, base, 0 } };
	unsigned int level = 0;

	for (;;) {
		struct open_table *table = &open[level];
		uint64_t child;

		if (table->next >= paging_entries(paging, level)) {
			if (!level--)
				return true;
			continue;
		}
		if (!next_table(space, level, table, &child, &base))
			continue;
		/* tables are aligned to at least 32 bytes, so the low bits can store the level */
		if (address_set_add(&pass->seen, child | 8 | level) != ADDRESS_NEW)
			continue;
		if (!table_pass_visit(pass, child, base, level + 1))
			return false;
		if (level + 2u >= paging->nr_levels)
			continue;
		if (kernel_stopped(pass->kernel))
			return true;
		open[++level] = (struct open_table){ child, base, 0 };
	}
}

static bool pass_top(struct table_pass *pass, const struct space *space, uint64_t root,
		     uint64_t first, uint64_t last)
{
	struct passed_table *table = &pass->table;

	if (space->paging->family->two_roots && root == NO_TABLE)
		return true;
	table->space = space;
	table->paddr = root;
	table->level = 0;
	table->first = first;
	table->last = last;
	return pass->visit(pass->arg, table) &&
	       (pass->roots_only || visit_below(pass, space, root, first));
}

bool table_pass_space(struct table_pass *pass, const struct space *space)
{
	uint64_t last = paging_last_address(space->paging);
	uint64_t upper = paging_upper_half(space->paging);

	if (!space->paging->family->two_roots)
		return pass_top(pass, space, space->root, 0, last);
	/* all address spaces share the table of the upper half; visit it only for the kernel */
	return pass_top(pass, space, space->root, 0, ~upper) &&
	       (pass->table.process || pass_top(pass, space, space->upper_root, upper, last));
}

bool table_pass_all(struct table_pass *pass)
{
	const struct space *space = kernel_space(pass->kernel, NULL);
	bool going = !space || table_pass_space(pass, space);
	struct process process;
	struct mm_pass mms;

	if (!going || !mm_pass_start(&mms, pass->kernel, NULL))
		return going;
	while (going && (pass->table.task = mm_pass_next(&mms))) {
		if (!task_process(pass->kernel, pass->table.task, &process, NULL))
			continue;
		pass->table.process = &process;
		going = table_pass_space(pass, &process.space) &&
			(!process.isolated || table_pass_space(pass, &process.user));
	}
	pass->table.process = NULL;
	pass->table.task = NULL;
	mm_pass_release(&mms);
	return going;
}

void table_pass_release(struct table_pass *pass)
{
	address_set_release(&pass->seen);
}
