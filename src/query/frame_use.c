/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/frame_use.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "symbols/symbol_lookup.h"
#include "base/text.h"
#include "linux/page/page.h"
#include "query/frame_labels.h"
#include "query/place.h"

/* --- the use --- */

static const char *device_of(struct kernel *kernel, uint64_t pfn)
{
	struct memory_place memory;

	query_memory_place(kernel, kernel_frame(kernel, pfn), &memory);
	return memory.device ? memory.resource : NULL;
}

/* Finds the symbol that shows which code can move the frame. Since 6.0 (68f2736a8583) the member
 * `mapping` of the frame's struct page points to a variable, a struct movable_operations such as
 * zsmalloc_mops. Before 6.0 `mapping` belongs to an inode of a separate file system, and has no
 * symbol. */
static void find_mover(struct kernel *kernel, struct frame_use *use)
{
	struct kernel_symbol symbol;

	if (use->use.kind == PAGE_USE_MOVABLE && use->use.object &&
	    symbol_lookup_at(kernel->symbols, use->use.object, &symbol, NULL) &&
	    symbol.address == use->use.object)
		snprintf(use->movable, sizeof(use->movable), "%s", symbol.name);
}

/* Finds the stack or the slab cache to which the frame belongs, with the help of an address that
 * maps the frame. Uses the address in vmalloc (has_area). If there is none, uses the address in the
 * direct map. */
static void find_by_address(struct kernel *kernel, uint64_t pfn, struct frame_use *use)
{
	struct slab_place slab;
	uint64_t vaddr;

	if (use->has_area)
		vaddr = use->area_vaddr;
	else if (!region_phys_to_virt(kernel, kernel_frame(kernel, pfn), &vaddr, NULL))
		return;
	if (use->use.kind == PAGE_USE_UNKNOWN && !use->has_table)
		use->has_stack = task_stack_at(kernel, vaddr, &use->stack);
	if (use->use.kind == PAGE_USE_SLAB &&
	    slab_at(kernel, vaddr, kernel_frame(kernel, pfn), &slab))
		memcpy(use->cache, slab.cache, sizeof(use->cache));
}

/* Finds the use as the command "frames" does, for a frame whose use is unknown so far. */
static void frame_use_find_label(struct kernel *kernel, uint64_t pfn, struct frame_use *use)
{
	const struct frame_labels *labels = query_frame_labels(kernel);
	struct label_cursor cursor = { 0 };
	uint64_t last = pfn;

	use->label = page_use_counted(&use->use);
	if (!labels)
		return;
	use->label = page_use_whole(frame_labels_cut(labels, &cursor, use->label, pfn, &last));
	use->has_area = frame_labels_address(labels, pfn, &use->area_vaddr);
}

static bool is_found(const struct frame_use *use)
{
	return use->use.kind != PAGE_USE_UNKNOWN || use->has_table || use->has_area ||
	       use->has_stack || use->resource;
}

/* Initializes the small members. */
static void frame_use_start(struct frame_use *use)
{
	use->use = (struct page_use){ .kind = PAGE_USE_UNKNOWN };
	use->known = use->has_file = use->has_table = use->has_area = false;
	use->has_stack = false;
	use->cache[0] = use->movable[0] = '\0';
	use->nr_owners = 0;
	use->resource = NULL;
	use->label = PAGE_USE_NONE;
}

bool query_frame_table(struct kernel *kernel, uint64_t pfn, struct frame_use *use)
{
	frame_use_start(use);
	use->has_table =
		dump_range_state(kernel->dump, kernel_frame(kernel, pfn), 1) == PAGE_PRESENT &&
		query_table_owner(kernel, kernel_frame(kernel, pfn), &use->table);
	use->known = use->has_table;
	return use->has_table;
}

void query_frame_use(struct kernel *kernel, uint64_t pfn, bool owners, struct frame_use *use)
{
	bool nothing;

	frame_use_start(use);
	use->resource = owners ? device_of(kernel, pfn) : NULL;
	if (!page_use_of(kernel, pfn, &use->use)) {
		use->use = (struct page_use){ .kind = PAGE_USE_UNKNOWN };
		use->known = use->resource;
		return;
	}
	nothing = use->use.kind == PAGE_USE_UNKNOWN;
	use->label = PAGE_USE_UNKNOWN;
	if (use->use.kind == PAGE_USE_FILE || use->use.kind == PAGE_USE_SHMEM)
		use->has_file = query_page_file(kernel, use->use.object, &use->file);
	find_mover(kernel, use);
	if (owners) {
		use->nr_owners = query_page_owners(kernel, pfn, &use->use, use->owner);
		/* Since 4.18 (1d40a5ea01d5) the struct page of a page table has a page type. In
		 * older kernels the use of such a frame is unknown, so search for a table in both
		 * cases. */
		if (nothing || use->use.kind == PAGE_USE_TABLE)
			use->has_table =
				query_table_owner(kernel, kernel_frame(kernel, pfn), &use->table);
		if (nothing && !use->has_table)
			frame_use_find_label(kernel, pfn, use);
		find_by_address(kernel, pfn, use);
	}
	if (!is_found(use) && use->label == PAGE_USE_UNKNOWN)
		frame_use_find_label(kernel, pfn, use);
	use->known = is_found(use) || use->use.compound || use->use.poisoned ||
		     (use->label != PAGE_USE_UNKNOWN && use->label != PAGE_USE_OTHER);
}

enum page_use_kind frame_use_kind(const struct frame_use *use)
{
	if (use->use.kind != PAGE_USE_UNKNOWN)
		return use->use.kind;
	if (use->has_table)
		return PAGE_USE_TABLE;
	if (use->has_stack)
		return PAGE_USE_STACK;
	if (use->label != PAGE_USE_NONE && use->label != PAGE_USE_UNKNOWN)
		return use->label;
	if (use->has_area)
		return PAGE_USE_VMALLOC;
	if (use->resource)
		return PAGE_USE_DEVICE;
	if (use->use.poisoned)
		return PAGE_USE_HWPOISON;
	return use->label == PAGE_USE_NONE ? PAGE_USE_UNKNOWN : use->label;
}

/* --- text --- */

static void text_file(char text[USE_TEXT], const struct page_file *file)
{
	char path[PATH_TEXT];

	if (*file->filesystem)
		text_append(text, USE_TEXT, " %s", file->filesystem);
	if (*file->device && strcmp(file->device, file->filesystem))
		text_append(text, USE_TEXT, " on %s", file->device);
	text_append(text, USE_TEXT, " inode %" PRIu64, file->number);
	query_path_text(file->path, file->mounted, file->filesystem, path);
	if (*path)
		text_append(text, USE_TEXT, " %s", path);
}

static void text_owners(char text[USE_TEXT], const struct frame_use *use)
{
	const struct page_owner *first = &use->owner[0];

	if (!use->nr_owners)
		return;
	if (first->has_pid)
		text_append(text, USE_TEXT, " of pid %d", (int)first->pid);
	text_append(text, USE_TEXT, " at %" PRIx64, first->vaddr);
	if (use->nr_owners > 1)
		text_append(text, USE_TEXT, " and %zu more", use->nr_owners - 1);
}

static void text_table(char text[USE_TEXT], const struct table_owner *table)
{
	text_append(text, USE_TEXT, " %s", table_level_name(table));
	table_owner_text(table, text, USE_TEXT);
	if (table->level)
		text_append(text, USE_TEXT, ", %" PRIx64 " to %" PRIx64, table->first, table->last);
}

static void text_stack(char text[USE_TEXT], const struct stack *stack)
{
	if (stack->task)
		text_append(text, USE_TEXT, " of pid %d (%s)", (int)stack->task->pid,
			    stack->task->comm);
	else
		text_append(text, USE_TEXT, " of CPU %u (%s)", stack->cpu,
			    stack_kinds[stack->kind].name);
}

void frame_use_text(const struct frame_use *shown, char text[USE_TEXT])
{
	const struct page_use *use = &shown->use;
	enum page_use_kind kind = shown->known ? frame_use_kind(shown) : PAGE_USE_UNKNOWN;

	snprintf(text, USE_TEXT, "%s", kind == PAGE_USE_UNKNOWN ? "-" : page_use_names[kind]);
	if (!shown->known)
		return;
	if (shown->resource)
		text_append(text, USE_TEXT, ", %s", shown->resource);
	if (shown->has_file)
		text_file(text, &shown->file);
	if (use->has_index)
		text_append(text, USE_TEXT, " page %" PRIx64, use->index);
	text_owners(text, shown);
	if (shown->has_table)
		text_table(text, &shown->table);
	if (shown->has_stack)
		text_stack(text, &shown->stack);
	if (*shown->movable)
		text_append(text, USE_TEXT, " by %s", shown->movable);
	if (*shown->cache)
		text_append(text, USE_TEXT, " of cache %s", shown->cache);
	if (shown->has_area)
		text_append(text, USE_TEXT, " at %" PRIx64, shown->area_vaddr);
	if (use->has_swap)
		text_append(text, USE_TEXT, ", swap %" PRIu64 ":%" PRIu64, use->swap_type,
			    use->swap_offset);
	if (use->compound)
		text_append(text, USE_TEXT, ", part of the compound page at frame %" PRIx64,
			    use->head_pfn);
	if (use->has_order)
		text_append(text, USE_TEXT, ", order %u", use->order);
	if (use->hugetlb && use->kind != PAGE_USE_HUGETLB)
		text_append(text, USE_TEXT, ", hugetlb");
	if (use->poisoned && kind != PAGE_USE_HWPOISON)
		text_append(text, USE_TEXT, ", %s", page_use_names[PAGE_USE_HWPOISON]);
}
