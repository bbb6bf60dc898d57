/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/page_use.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command/process.h"

/* A frame, what it is used for, and what that led to. */
struct told {
	const struct page_use *use;
	const struct page_file *file; /* NULL: none, or not known */
	const struct page_owner *owner;
	size_t nr_owners; /* kept ones */
	size_t all_owners;
};

static void json_owners(struct output *output, const struct told *told)
{
	if (!told->nr_owners)
		return;
	output_list_begin(output, "owners");
	for (size_t i = 0; i < told->nr_owners; i++) {
		const struct page_owner *owner = &told->owner[i];

		output_object_begin(output);
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

static void json_use(struct output *output, const struct told *told)
{
	const struct page_use *use = told->use;

	output_string(output, "use", page_use_names[use->kind]);
	if (use->has_index)
		output_count(output, "index", use->index);
	if (use->kind == PAGE_USE_ANON && use->object)
		output_hex(output, "anon_vma", use->object);
	if (use->kind == PAGE_USE_FILE)
		output_hex(output, "address_space", use->object);
	if (told->file)
		json_file(output, told->file);
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
	json_owners(output, told);
}

struct text {
	char *at, *end;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *fmt, ...)
{
	va_list args;
	int size;

	va_start(args, fmt);
	size = vsnprintf(text->at, (size_t)(text->end - text->at), fmt, args);
	va_end(args);
	text->at = size < text->end - text->at ? text->at + size : text->end - 1;
}

static void text_file(struct text *text, const struct page_file *file)
{
	if (*file->filesystem)
		add(text, " %s", file->filesystem);
	if (*file->device && strcmp(file->device, file->filesystem))
		add(text, " on %s", file->device);
	add(text, " inode %" PRIu64, file->number);
	if (*file->path)
		add(text, " %s", file->path);
}

static void text_use(struct output *output, const struct told *told)
{
	const struct page_use *use = told->use;
	char buffer[512];
	struct text text = { buffer, buffer + sizeof(buffer) };

	add(&text, "%s", page_use_names[use->kind]);
	if (told->file)
		text_file(&text, told->file);
	if (use->has_index)
		add(&text, " page %" PRIx64, use->index);
	for (size_t i = 0; i < told->nr_owners && i < 1; i++) {
		if (told->owner[i].has_pid)
			add(&text, " of pid %d", (int)told->owner[i].pid);
		add(&text, " at %" PRIx64, told->owner[i].vaddr);
	}
	if (told->all_owners > 1)
		add(&text, " and %zu more", told->all_owners - 1);
	if (use->has_swap)
		add(&text, ", swap %" PRIu64 ":%" PRIu64, use->swap_type,
		    use->swap_offset);
	if (use->compound)
		add(&text, ", part of %" PRIx64, use->head_pfn);
	if (use->has_order)
		add(&text, ", order %u", use->order);
	if (use->hugetlb && use->kind != PAGE_USE_HUGETLB)
		add(&text, ", hugetlb");
	output_string(output, "use", buffer);
}

static const struct page_file *file_of(struct page_use_teller *teller,
				       const struct page_use *use)
{
	if (use->kind != PAGE_USE_FILE)
		return NULL;
	if (use->object != teller->mapping) {
		teller->mapping = use->object;
		teller->has_file = kernel_page_file(teller->session->kernel,
						    use->object, &teller->file,
						    NULL);
	}
	return teller->has_file ? &teller->file : NULL;
}

void output_page_use(struct page_use_teller *teller, uint64_t pfn, bool owners)
{
	struct session *session = teller->session;
	struct page_owner owner[MOST_OWNERS];
	struct page_use use;
	struct told told = { .use = &use, .owner = owner };

	if (!kernel_page_use(session->kernel, pfn, &use, NULL))
		use.kind = PAGE_USE_UNKNOWN;
	if (use.kind == PAGE_USE_UNKNOWN) {
		if (!output_json(session->output))
			output_string(session->output, "use", "-");
		return;
	}
	told.file = file_of(teller, &use);
	if (owners) {
		struct watch watch = command_watch(session);

		kernel_page_owners(session->kernel, pfn, &use, &watch, owner,
				   &told.all_owners, NULL);
		told.nr_owners = told.all_owners < MOST_OWNERS ?
					 told.all_owners : MOST_OWNERS;
	}
	if (output_json(session->output))
		json_use(session->output, &told);
	else
		text_use(session->output, &told);
}
