/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "whatis/table_owner.h"

#include "base/address_set.h"
#include "base/array.h"
#include "base/page.h"
#include "kernel/kernel.h"
#include "paging/family.h"

/* A table below the top level. */
struct known_table {
	uint64_t paddr, first, last;
	const char *level; /* static */
	const struct task *task; /* borrowed */
	uint64_t mm;
};

/* One question is answered by a search that ends where the table is found; with the
 * second one all tables are listed. */
struct known_tables {
	unsigned int asked;
	bool listed;
	struct known_table *table; /* owned; by address, then as found */
	size_t nr, room;
};

static void release(void *state)
{
	struct known_tables *tables = state;

	free(tables->table);
}

const struct state_type state_table_owners = {
	.size = sizeof(struct known_tables),
	.release = release,
};

/* A search of the tables of one address space after another. */
struct table_search_of {
	struct kernel *kernel;
	uint64_t wanted; /* physical: of a page, or within a root */
	struct known_tables
		*list; /* instead of wanted: gets all tables; else NULL */
	struct address_set seen; /* tables, each with its level */
	struct table_owner *owner;
	/* Whose tables are searched; NULL: the kernel's own. */
	const struct process *process;
	const struct task *task; /* borrowed from the kernel */
};

static uint64_t root_size(const struct paging *paging)
{
	return ((uint64_t)paging->entry_size) << paging->level[0].bits;
}

static uint64_t sign_extend(const struct paging *paging, uint64_t vaddr)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends && (vaddr & half) ? vaddr | -half : vaddr;
}

static void set_owner(struct table_owner *owner,
		      const struct known_table *table)
{
	*owner = (struct table_owner){
		.paddr = table->paddr,
		.level = table->level,
		.task = table->task,
		.mm = table->mm,
		.first = table->first,
		.last = table->last,
	};
}

/* The open table of a level. */
struct open_table {
	uint64_t paddr, base; /* base: first address that it maps */
	unsigned int next; /* entry */
};

/* Depth first, without the tables that were searched already. */
static bool search_below(struct table_search_of *search,
			 const struct space *space)
{
	const struct paging *paging = space->paging;
	struct open_table open[MAX_LEVELS] = { { .paddr = space->root } };
	unsigned int level = 0;

	for (;;) {
		struct open_table *table = &open[level];
		unsigned int shift = paging->level[level].shift;
		struct known_table found_table;
		uint64_t entry, child, base;

		if (table->next >> paging->level[level].bits ||
		    level + 1u >= paging->nr_levels) {
			if (!level--)
				return false;
			continue;
		}
		base = table->base | (uint64_t)table->next << shift;
		if (dump_load(space->dump,
			      table->paddr + (uint64_t)table->next++ *
						     paging->entry_size,
			      paging->entry_size, &entry) != PAGE_PRESENT)
			continue;
		entry &= ~space->encrypt_mask;
		if (paging->family->code->class(paging, level, entry) !=
		    CLASS_TABLE)
			continue;
		child = paging->family->code->table(paging, entry);
		found_table = (struct known_table){
			.paddr = page_first(child),
			.first = sign_extend(paging, base),
			.last = sign_extend(paging, base) +
				((UINT64_C(1) << shift) - 1),
			.level = paging->level[level + 1].name,
			.task = search->task,
			.mm = search->process ? search->process->mm : 0,
		};
		if (!search->list &&
		    found_table.paddr == page_first(search->wanted)) {
			set_owner(search->owner, &found_table);
			return true;
		}
		if (address_set_add(&search->seen,
				    found_table.paddr | 8 | level) !=
		    ADDRESS_NEW)
			continue;
		if (search->list)
			array_add(&search->list->table, &search->list->nr,
				  &search->list->room, &found_table,
				  sizeof(found_table));
		if (level + 2u >= paging->nr_levels)
			continue;
		if (kernel_stopped(search->kernel))
			return false;
		open[++level] = (struct open_table){ child, base, 0 };
	}
}

static bool is_root(const struct space *space, uint64_t paddr,
		    struct table_owner *owner)
{
	const struct paging *paging = space->paging;

	if (paddr < space->root || paddr - space->root >= root_size(paging))
		return false;
	owner->paddr = space->root;
	owner->level = paging->level[0].name;
	owner->first = 0;
	owner->last = UINT64_MAX >> (64 - paging->address_bits);
	if (paging->sign_extends)
		owner->last = UINT64_MAX;
	return true;
}

/* Calls visit for the kernel's own address space and that of each process, until it
 * returns true. */
static bool each_space(struct table_search_of *search,
		       bool (*visit)(struct table_search_of *search,
				     const struct space *space))
{
	const struct space *space = kernel_space(search->kernel, NULL);
	bool found = space && visit(search, space);
	struct mm_pass pass;
	struct process process;

	if (found || !mm_pass_start(&pass, search->kernel, NULL))
		return found;
	while (!found && (search->task = mm_pass_next(&pass))) {
		if (!kernel_process(search->kernel, search->task, &process,
				    NULL))
			continue;
		search->process = &process;
		found = visit(search, &process.space) ||
			(process.isolated && visit(search, &process.user));
	}
	search->process = NULL;
	mm_pass_release(&pass);
	return found;
}

static bool visit_root(struct table_search_of *search,
		       const struct space *space)
{
	const struct process *process = search->process;
	struct table_owner *owner = search->owner;

	if (!is_root(space, search->wanted, owner))
		return false;
	if (process) {
		owner->task = search->task;
		owner->mm = process->mm;
		owner->user_half =
			process->isolated && space->root == process->user.root;
	}
	return true;
}

bool kernel_root_owner(struct kernel *kernel, uint64_t paddr,
		       struct table_owner *owner)
{
	struct table_search_of search = { .kernel = kernel,
					  .wanted = paddr,
					  .owner = owner };

	*owner = (struct table_owner){ 0 };
	return each_space(&search, visit_root);
}

static int compare(const void *a, const void *b)
{
	const struct known_table *left = a, *right = b;

	return left->paddr < right->paddr ? -1 : left->paddr > right->paddr;
}

static bool find_listed(struct known_tables *tables, uint64_t paddr,
			struct table_owner *owner)
{
	const struct known_table key = { .paddr = page_first(paddr) };
	const struct known_table *found =
		tables->nr ? bsearch(&key, tables->table, tables->nr,
				     sizeof(key), compare) :
			     NULL;

	if (found)
		set_owner(owner, found);
	return found;
}

bool kernel_table_owner(struct kernel *kernel, uint64_t paddr,
			struct table_owner *owner)
{
	struct known_tables *tables = kernel_state(kernel, STATE_TABLE_OWNERS);
	struct table_search_of search = { .kernel = kernel,
					  .wanted = paddr,
					  .owner = owner };
	bool found;

	if (kernel_root_owner(kernel, paddr, owner))
		return true;
	if (tables->listed)
		return find_listed(tables, paddr, owner);
	if (tables->asked++) {
		tables->nr = 0;
		search.list = tables;
	}
	found = each_space(&search, search_below);
	address_set_release(&search.seen);
	/* An interrupted search is not kept. */
	if (!search.list || kernel_stopped(kernel))
		return found;
	if (tables->nr)
		qsort(tables->table, tables->nr, sizeof(*tables->table),
		      compare);
	tables->listed = true;
	return find_listed(tables, paddr, owner);
}
