/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "answers/page_owner.h"
#include "base/text.h"
#include "show/show_walk.h"

enum { USE_SIZE = 512 }; /* of the text */

struct shown_use {
	struct page_use use;
	bool has_file;
	struct page_file file; /* valid if has_file */
	size_t nr_owners; /* found; the first MOST_OWNERS are in owner */
	struct page_owner owner[MOST_OWNERS];
};

static void json_owners(struct output *output, const struct shown_use *shown)
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

static void json_use(struct output *output, const struct shown_use *shown)
{
	const struct page_use *use = &shown->use;

	if (use->kind != PAGE_USE_UNKNOWN)
		output_string(output, "use", page_use_names[use->kind]);
	if (use->has_index)
		output_count(output, "index", use->index);
	if (use->kind == PAGE_USE_ANON && use->object)
		output_hex(output, "anon_vma", use->object);
	if (use->kind == PAGE_USE_FILE)
		output_hex(output, "address_space", use->object);
	if (shown->has_file) {
		output_count(output, "inode", shown->file.number);
		output_string_if(output, "filesystem", shown->file.filesystem);
		output_string_if(output, "device", shown->file.device);
		output_string_if(output, "file", shown->file.path);
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

static void text_owners(char text[USE_SIZE], const struct shown_use *shown)
{
	const struct page_owner *first = &shown->owner[0];

	if (!shown->nr_owners)
		return;
	if (first->has_pid)
		text_append(text, USE_SIZE, " of pid %d", (int)first->pid);
	text_append(text, USE_SIZE, " at %" PRIx64, first->vaddr);
	if (shown->nr_owners > 1)
		text_append(text, USE_SIZE, " and %zu more",
			    shown->nr_owners - 1);
}

static void text_use(struct output *output, const struct shown_use *shown)
{
	const struct page_use *use = &shown->use;
	char text[USE_SIZE] = "";

	text_append(text, USE_SIZE, "%s",
		    use->kind == PAGE_USE_UNKNOWN ? "-" :
						    page_use_names[use->kind]);
	if (shown->has_file)
		text_file(text, &shown->file);
	if (use->has_index)
		text_append(text, USE_SIZE, " page %" PRIx64, use->index);
	text_owners(text, shown);
	if (use->has_swap)
		text_append(text, USE_SIZE, ", swap %" PRIu64 ":%" PRIu64,
			    use->swap_type, use->swap_offset);
	if (use->compound)
		text_append(text, USE_SIZE, ", part of %" PRIx64,
			    use->head_pfn);
	if (use->has_order)
		text_append(text, USE_SIZE, ", order %u", use->order);
	if (use->hugetlb && use->kind != PAGE_USE_HUGETLB)
		text_append(text, USE_SIZE, ", hugetlb");
	output_string(output, "use", text);
}

void show_use(struct session *session, uint64_t pfn, bool owners)
{
	struct kernel *kernel = session->kernel;
	struct shown_use shown = { .has_file = false };
	struct page_use *use = &shown.use;

	if (!kernel_page_use(kernel, pfn, use, NULL) ||
	    (use->kind == PAGE_USE_UNKNOWN && !use->compound)) {
		output_string_if(session->output, "use", "");
		return;
	}
	shown.has_file =
		use->kind == PAGE_USE_FILE &&
		kernel_page_file(kernel, use->object, &shown.file, NULL);
	if (owners)
		kernel_page_owners(kernel, pfn, use, shown.owner,
				   &shown.nr_owners, NULL);
	if (output_json(session->output))
		json_use(session->output, &shown);
	else
		text_use(session->output, &shown);
}
