/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_use.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

enum { USE_SIZE = 512 }; /* of the text */

struct shown_use {
	const struct page_use *use;
	const struct page_file *file; /* NULL: none, or unknown */
	const struct page_owner *owner;
	size_t nr_owners; /* in owner */
	size_t all_owners; /* found */
};

static void json_owners(struct output *output, const struct shown_use *shown)
{
	if (!shown->nr_owners)
		return;
	output_list_begin(output, "owners");
	for (size_t i = 0; i < shown->nr_owners; i++) {
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

static void json_file(struct output *output, const struct page_file *file)
{
	output_count(output, "inode", file->number);
	if (*file->filesystem)
		output_string(output, "filesystem", file->filesystem);
	if (*file->device)
		output_string(output, "device", file->device);
	if (*file->path)
		output_string(output, "file", file->path);
}

static void json_use(struct output *output, const struct shown_use *shown)
{
	const struct page_use *use = shown->use;

	if (use->kind != PAGE_USE_UNKNOWN)
		output_string(output, "use", page_use_names[use->kind]);
	if (use->has_index)
		output_count(output, "index", use->index);
	if (use->kind == PAGE_USE_ANON && use->object)
		output_hex(output, "anon_vma", use->object);
	if (use->kind == PAGE_USE_FILE)
		output_hex(output, "address_space", use->object);
	if (shown->file)
		json_file(output, shown->file);
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
	json_owners(output, shown);
}

static void text_file(char text[USE_SIZE], const struct page_file *file)
{
	if (*file->filesystem)
		text_append(text, USE_SIZE, " %s", file->filesystem);
	if (*file->device && strcmp(file->device, file->filesystem))
		text_append(text, USE_SIZE, " on %s", file->device);
	text_append(text, USE_SIZE, " inode %" PRIu64, file->number);
	if (*file->path)
		text_append(text, USE_SIZE, " %s", file->path);
}

static void text_use(struct output *output, const struct shown_use *shown)
{
	const struct page_use *use = shown->use;
	char text[USE_SIZE] = "";

	text_append(text, sizeof(text), "%s",
		    use->kind == PAGE_USE_UNKNOWN ? "-" :
						    page_use_names[use->kind]);
	if (shown->file)
		text_file(text, shown->file);
	if (use->has_index)
		text_append(text, sizeof(text), " page %" PRIx64, use->index);
	if (shown->nr_owners && shown->owner[0].has_pid)
		text_append(text, sizeof(text), " of pid %d",
			    (int)shown->owner[0].pid);
	if (shown->nr_owners)
		text_append(text, sizeof(text), " at %" PRIx64,
			    shown->owner[0].vaddr);
	if (shown->all_owners > 1)
		text_append(text, sizeof(text), " and %zu more",
			    shown->all_owners - 1);
	if (use->has_swap)
		text_append(text, sizeof(text), ", swap %" PRIu64 ":%" PRIu64,
			    use->swap_type, use->swap_offset);
	if (use->compound)
		text_append(text, sizeof(text), ", part of %" PRIx64,
			    use->head_pfn);
	if (use->has_order)
		text_append(text, sizeof(text), ", order %u", use->order);
	if (use->hugetlb && use->kind != PAGE_USE_HUGETLB)
		text_append(text, sizeof(text), ", hugetlb");
	output_string(output, "use", text);
}

static const struct page_file *file_of(struct page_use_view *view,
				       const struct page_use *use)
{
	if (use->kind != PAGE_USE_FILE)
		return NULL;
	if (use->object != view->mapping) {
		view->mapping = use->object;
		view->has_file = kernel_page_file(view->session->kernel,
						  use->object, &view->file);
	}
	return view->has_file ? &view->file : NULL;
}

void show_use(struct page_use_view *view, uint64_t pfn, bool owners)
{
	struct session *session = view->session;
	struct page_owner owner[MOST_OWNERS];
	struct page_use use;
	struct shown_use shown = { .use = &use, .owner = owner };

	if (!kernel_page_use(session->kernel, pfn, &use, NULL) ||
	    (use.kind == PAGE_USE_UNKNOWN && !use.compound)) {
		if (!output_json(session->output))
			output_string(session->output, "use", "-");
		return;
	}
	shown.file = file_of(view, &use);
	if (owners) {
		shown.all_owners =
			kernel_page_owners(session->kernel, pfn, &use, owner);
		shown.nr_owners = shown.all_owners < MOST_OWNERS ?
					  shown.all_owners :
					  MOST_OWNERS;
	}
	if (output_json(session->output))
		json_use(session->output, &shown);
	else
		text_use(session->output, &shown);
}
