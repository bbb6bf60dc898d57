/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/table_owner.h"

#include "base/ranges.h"
#include "base/array.h"
#include "base/sort.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "linux/task/table_pass.h"

/* A page table below the top level. */
struct known_table {
	uint64_t paddr, first, last;
	const struct paging *paging; /* static */
	unsigned int level;
	const struct task *task; /* borrowed */
	uint64_t mm;
};

/* The list of all tables except top-level tables. The first look-up does not make the list, but
 * searches the page tables until it finds the table. The second look-up makes the list. */
struct known_tables {
	/* Owned; sorted by address; tables with the same address are in the order in which they
	 * were found. */
	struct known_table *table;
	size_t nr, room;
	unsigned int asked;
	bool listed;
};

static const struct state_type state_table_owners = {
	.size = sizeof(struct known_tables),
	.release = state_free_list,
};

/* The state of a search in all page tables. */
struct table_search_of {
	/* The physical address of the wanted table. For top-level tables: any address in the
	 * table. */
	uint64_t wanted;
	/* A list to which all tables are added. In this case wanted is not used. NULL: no list is
	 * made. */
	struct known_tables *list;
	struct table_owner *owner;
	bool found;
};

static void table_owner_set_owner(struct table_owner *owner, const struct known_table *table)
{
	*owner = (struct table_owner){
		.paddr = table->paddr,
		.paging = table->paging,
		.level = table->level,
		.task = table->task,
		.mm = table->mm,
		.first = table->first,
		.last = table->last,
	};
}

static struct known_table known_table(const struct passed_table *table)
{
	return (struct known_table){
		.paddr = table->paddr,
		.first = table->first,
		.last = table->last,
		.paging = table->space->paging,
		.level = table->level,
		.task = table->task,
		.mm = table->process ? table->process->mm : 0,
	};
}

/* Adds a table to the list, or checks whether it is the wanted table. Ignores top-level tables. */
static bool table_owner_visit_table(void *arg, const struct passed_table *passed)
{
	struct table_search_of *search = arg;
	struct known_table table = known_table(passed);

	if (!passed->level)
		return true;
	if (search->list) {
		array_add(&search->list->table, &search->list->nr, &search->list->room, &table,
			  sizeof(table));
	} else if (table.paddr == search->wanted) {
		table_owner_set_owner(search->owner, &table);
		search->found = true;
	}
	return !search->found;
}

static bool visit_root(void *arg, const struct passed_table *passed)
{
	struct table_search_of *search = arg;
	struct known_table table = known_table(passed);

	if (passed->level || search->wanted < passed->paddr ||
	    search->wanted - passed->paddr >= paging_table_size(passed->space->paging, 0))
		return true;
	table_owner_set_owner(search->owner, &table);
	search->owner->user_half = passed->process && passed->process->isolated &&
				   passed->paddr == passed->process->user.root;
	search->found = true;
	return false;
}

/* Searches all tables. roots_only: search only top-level tables. */
static void table_owner_run_search(struct kernel *kernel, struct table_search_of *search,
				   bool roots_only)
{
	struct table_pass pass = {
		.kernel = kernel,
		.roots_only = roots_only,
		.visit = roots_only ? visit_root : table_owner_visit_table,
		.arg = search,
	};

	table_pass_all(&pass);
	table_pass_release(&pass);
}

void table_entry_range(const struct table_owner *owner, uint64_t paddr, uint64_t *first,
		       uint64_t *last)
{
	const struct paging *paging = owner->paging;
	unsigned int shift = paging->level[owner->level].shift;

	*first = paging_sign_extend(paging,
				    owner->first +
					    ((paddr - owner->paddr) / paging->entry_size << shift));
	*last = *first + (UINT64_C(1) << shift) - 1;
}

void table_owner_text(const struct table_owner *owner, char *text, size_t size)
{
	if (owner->task)
		text_append(text, size, " of pid %d (%s)", (int)owner->task->pid,
			    owner->task->comm);
	else
		text_append(text, size, owner->mm ? " of efi_mm" : " of the kernel");
	if (owner->user_half)
		text_append(text, size, " for user mode");
}

/* The passes over tables visit only the kernel's table and tables of tasks. */
static bool is_in_root_of_efi(struct kernel *kernel, uint64_t paddr, struct table_owner *owner)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t mm, root;

	if (!space)
		return false;
	root = paddr & -(uint64_t)paging_table_size(space->paging, 0);
	if (!task_root_is_of_efi(kernel, root, &mm))
		return false;
	*owner = (struct table_owner){
		.paddr = root,
		.paging = space->paging,
		.mm = mm,
		.last = paging_last_address(space->paging),
	};
	return true;
}

bool query_root_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner)
{
	struct table_search_of search = { .wanted = paddr, .owner = owner };

	*owner = (struct table_owner){ 0 };
	table_owner_run_search(kernel, &search, true);
	return search.found || is_in_root_of_efi(kernel, paddr, owner);
}

static bool find_listed(struct known_tables *tables, uint64_t table, struct table_owner *owner)
{
	const struct known_table key = { .paddr = table };
	const struct known_table *found =
		tables->nr ? bsearch(&key, tables->table, tables->nr, sizeof(key), ranges_compare) :
			     NULL;

	if (found)
		table_owner_set_owner(owner, found);
	return found;
}

bool query_table_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner)
{
	struct known_tables *tables = kernel_state(kernel, &state_table_owners);
	struct table_search_of search = {
		.wanted = kernel_page_first(kernel, paddr),
		.owner = owner,
	};

	if (query_root_owner(kernel, paddr, owner))
		return true;
	if (!tables)
		return false;
	if (tables->listed)
		return find_listed(tables, search.wanted, owner);
	if (tables->asked++) {
		tables->nr = 0;
		search.list = tables;
	}
	table_owner_run_search(kernel, &search, false);
	/* If the user stopped the search, the list is incomplete, so do not use it. */
	if (!search.list || kernel_stopped(kernel) ||
	    !sort_items(tables->table, tables->nr, sizeof(*tables->table), ranges_compare,
			kernel->listener))
		return search.found;
	tables->listed = true;
	return find_listed(tables, search.wanted, owner);
}
