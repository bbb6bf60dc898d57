/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_frame.h"

#include <stdio.h>

static void state_owners(struct output *output, const struct frame_use *shown)
{
	if (!shown->nr_owners)
		return;
	output_list_begin(output, "owners");
	for (size_t i = 0; i < shown->nr_owners && i < MOST_OWNERS; i++) {
		const struct page_owner *owner = &shown->owner[i];

		output_object_begin(output, NULL);
		if (owner->has_pid)
			output_integer(output, "pid", owner->pid);
		output_hex(output, "mm", owner->mm);
		output_hex(output, "virtual", owner->vaddr);
		output_object_end(output);
	}
	output_list_end(output);
}

static void state_table(struct output *output, const struct table_owner *table)
{
	output_string(output, "level", table_level_name(table));
	if (table->task)
		output_pid(output, table->task->pid, table->task->comm);
	if (table->mm)
		output_hex(output, "mm", table->mm);
	output_boolean(output, "user_half", table->user_half);
	output_hex(output, "table_start", table->first);
	output_hex(output, "table_end", table->last);
}

static void state_stack(struct output *output, const struct stack *stack)
{
	if (stack->task)
		output_pid(output, stack->task->pid, stack->task->comm);
	else
		output_count(output, "cpu", stack->cpu);
}

struct stated_use {
	struct output *output;
	const struct frame_use *shown;
};

static void state_use(const void *arg)
{
	struct output *output = ((const struct stated_use *)arg)->output;
	const struct frame_use *shown = ((const struct stated_use *)arg)->shown;
	const struct page_use *use = &shown->use;
	enum page_use_kind kind = frame_use_kind(shown);

	if (kind != PAGE_USE_UNKNOWN)
		output_string(output, "use", page_use_names[kind]);
	output_string_if(output, "slab_cache", shown->cache);
	output_string_if(output, "movable_by", shown->movable);
	output_string_if(output, "resource", shown->resource ? shown->resource : "");
	if (shown->has_stack)
		state_stack(output, &shown->stack);
	if (use->has_index)
		output_count(output, "index", use->index);
	if (use->kind == PAGE_USE_ANON && use->object)
		output_hex(output, "anon_vma", use->object);
	if (use->kind == PAGE_USE_FILE || use->kind == PAGE_USE_SHMEM)
		output_hex(output, "address_space", use->object);
	if (shown->has_file) {
		output_count(output, "inode", shown->file.number);
		output_string_if(output, "filesystem", shown->file.filesystem);
		output_string_if(output, "device", shown->file.device);
		output_string_if(output, "file", shown->file.path);
		output_string_if(output, "path", shown->file.mounted);
	}
	if (use->has_swap) {
		output_count(output, "swap_type", use->swap_type);
		output_count(output, "swap_offset", use->swap_offset);
	}
	if (use->compound)
		output_hex(output, "head", use->head_pfn);
	if (use->has_order)
		output_count(output, "order", use->order);
	if (use->hugetlb)
		output_boolean(output, "hugetlb", true);
	if (use->poisoned)
		output_boolean(output, "hwpoison", true);
	state_owners(output, shown);
	if (shown->has_table)
		state_table(output, &shown->table);
	if (shown->has_area)
		output_hex(output, "vmalloc_address", shown->area_vaddr);
}

static void name_use(const void *arg, char *text, size_t size)
{
	char use[USE_TEXT];

	frame_use_text(arg, use);
	snprintf(text, size, "%s", use);
}

void show_frame_use(struct session *session, const struct frame_use *shown)
{
	struct output *output = session->output;

	if (!shown->known) {
		output_string_if(output, "use",
				 shown->label == PAGE_USE_NONE ? NULL :
								 page_use_names[shown->label]);
		return;
	}
	output_in_records(output, state_use, &(struct stated_use){ output, shown });
	output_summary(output, "use", name_use, shown);
}
