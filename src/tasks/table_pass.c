/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "tasks/table_pass.h"

#include "base/page.h"
#include "paging/family.h"
#include "paging/scan.h"

static uint64_t sign_extend(const struct paging *paging, uint64_t vaddr)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends && (vaddr & half) ? vaddr | -half : vaddr;
}

/* The open table of a level. */
struct open_table {
	uint64_t paddr, base; /* base: first address that it maps */
	unsigned int next; /* entry */
};

/* Takes the next entry of the open table. True if it leads to a table; *base: the first
 * address of that, not sign-extended. */
static bool next_table(const struct space *space, unsigned int level,
		       struct open_table *table, uint64_t *child,
		       uint64_t *base)
{
	const struct paging *paging = space->paging;
	const struct entry_code *code = paging->family->code;
	uint64_t index = table->next++, entry;

	*base = table->base | index << paging->level[level].shift;
	if (dump_load(space->dump, table->paddr + index * paging->entry_size,
		      paging->entry_size, &entry) != PAGE_PRESENT)
		return false;
	entry &= ~space->encrypt_mask;
	if (code->class(paging, level, entry) != CLASS_TABLE)
		return false;
	*child = page_first(code->table(paging, entry));
	return true;
}

static bool visit(struct table_pass *pass, uint64_t paddr, uint64_t base,
		  unsigned int level)
{
	struct passed_table *table = &pass->table;
	const struct paging *paging = table->space->paging;
	uint64_t span = UINT64_C(1) << paging->level[level - 1].shift;

	table->paddr = paddr;
	table->level = level;
	table->first = sign_extend(paging, base);
	table->last = table->first + (span - 1);
	return pass->visit(pass->arg, table);
}

/* The tables below the top level. */
static bool visit_below(struct table_pass *pass, const struct space *space)
{
	const struct paging *paging = space->paging;
	struct open_table open[MAX_LEVELS] = { { .paddr = space->root } };
	unsigned int level = 0;

	for (;;) {
		struct open_table *table = &open[level];
		uint64_t child, base;

		if (table->next >> paging->level[level].bits) {
			if (!level--)
				return true;
			continue;
		}
		if (!next_table(space, level, table, &child, &base))
			continue;
		/* Tables are aligned to at least 32 bytes. */
		if (address_set_add(&pass->seen, child | 8 | level) !=
		    ADDRESS_NEW)
			continue;
		if (!visit(pass, child, base, level + 1))
			return false;
		if (level + 2u >= paging->nr_levels)
			continue;
		if (kernel_stopped(pass->kernel))
			return true;
		open[++level] = (struct open_table){ child, base, 0 };
	}
}

bool table_pass_space(struct table_pass *pass, const struct space *space)
{
	struct passed_table *table = &pass->table;

	table->space = space;
	table->paddr = space->root;
	table->level = 0;
	table->first = 0;
	table->last = paging_last_address(space->paging);
	return pass->visit(pass->arg, table) &&
	       (pass->roots_only || visit_below(pass, space));
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
		if (!kernel_process(pass->kernel, pass->table.task, &process,
				    NULL))
			continue;
		pass->table.process = &process;
		going = table_pass_space(pass, &process.space) &&
			(!process.isolated ||
			 table_pass_space(pass, &process.user));
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
