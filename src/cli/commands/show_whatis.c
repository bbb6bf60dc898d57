/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_whatis.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/show_area.h"
#include "cli/commands/show_bounce.h"
#include "cli/commands/show_dma_fault.h"
#include "cli/commands/show_frame.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"

static void output_owner(struct output *output, const struct object_owner *owner)
{
	if (!owner->type)
		return;
	output_string(output, "type", owner->type);
	output_hex(output, "type_address", owner->address);
	output_string_if(output, "type_name", owner->name);
	if (owner->task) {
		output_pid(output, owner->task->pid, owner->task->comm);
		output_hex(output, "task", owner->task->address);
		output_count(output, "tasks", owner->nr_tasks);
	}
	if (owner->inode)
		output_count(output, "inode", owner->inode);
	if (*owner->filesystem)
		output_string(output, "filesystem", owner->filesystem);
	output_string(output, "freeze", owner->freeze);
	if (*owner->path)
		output_string(output, "file", owner->path);
	if (*owner->mounted)
		output_string(output, "path", owner->mounted);
}

static void output_place(struct session *session, const struct whatis *whatis)
{
	struct output *output = session->output;
	const struct place *place = &whatis->place;
	char symbol[SYMBOL_TEXT], source[CODE_PATH_MAX + 16];

	output_hex(output, "virtual", place->vaddr);
	output_string(output, "region", region_names[place->region->kind]);
	if ((place->mapped || place->linear) && whatis->kind != WHATIS_STRUCT_PAGE)
		output_hex(output, "physical", place->physical);
	if (place->has_symbol) {
		place_symbol_text(place, symbol);
		output_string(output, "symbol", symbol);
	}
	if (place->in_image)
		output_string(output, "section", image_section_names[place->image.section]);
	if (whatis->has_line) {
		snprintf(source, sizeof(source), "%s:%u", whatis->line.path, whatis->line.line);
		output_string(output, "source", source);
	}
	show_area_at(session, place);
	show_holder(output, place);
	if (place->has_slab) {
		output_string(output, "cache", place->slab.cache);
		output_count_if(output, "shared_by", place->slab.sharers > 1, place->slab.sharers);
		output_owner(output, &whatis->owner);
	} else if (!place->has_stack) {
		output_owner(output, &whatis->owner);
	}
	if (place->has_stack || place->below_stack)
		output_integer(output, "depth", (int64_t)(place->stack.last + 1 - place->vaddr));
}

static void output_device(struct output *output, const struct whatis *whatis)
{
	if (whatis->device) {
		output_string(output, "device", whatis->device->name);
		output_string_if(output, "driver", whatis->device->driver);
		output_count(output, "bar", whatis->bar->nr);
		output_hex(output, "bar_offset", whatis->bar_offset);
	}
	if (whatis->has_bounce)
		show_bounce(output, &whatis->bounce);
}

static void output_memory(struct session *session, const struct whatis *whatis)
{
	struct output *output = session->output;
	uint64_t first, last;

	output_hex(output, "pfn", whatis->pfn);
	if (!whatis->has_place || whatis->kind == WHATIS_STRUCT_PAGE)
		output_hex(output, "physical", whatis->physical);
	if (whatis->has_frame)
		output_hex(output, "page", whatis->page);
	if (whatis->has_frame || whatis->is_table) {
		show_frame_use(session, &whatis->use);
		if (whatis->kind == WHATIS_PAGE_TABLE) {
			table_entry_range(&whatis->use.table, whatis->physical, &first, &last);
			output_hex(output, "entry_start", first);
			output_hex(output, "entry_end", last);
		}
	}
	output_string(output, "zone", whatis->memory.zone);
	if (whatis->memory.zeroed)
		output_boolean(output, "struct_page_zero", true);
	output_string(output, "resource", whatis->memory.resource);
}

static void output_user(struct output *output, const struct whatis *whatis)
{
	if (!whatis->has_process)
		return;
	if (whatis->task.pid >= 0)
		output_pid(output, whatis->task.pid, whatis->task.comm);
	output_hex(output, "mm", whatis->mm);
	if (!whatis->has_vma)
		return;
	output_range(output, whatis->vma.first, whatis->vma.last);
	if (*whatis->vma_name)
		output_string(output, "mapping", whatis->vma_name);
}

static void show_whatis_output_value(struct output *output, const struct value_meaning *meaning)
{
	if (meaning->kind == VALUE_NONE)
		return;
	output_string(output, "name", meaning->name);
	if (meaning->kind == VALUE_ERROR)
		output_integer(output, "error", -meaning->error);
	else
		output_integer(output, "offset", meaning->offset);
}

static void output_root(struct output *output, const struct whatis *whatis)
{
	const struct table_owner *root = &whatis->root;

	output_string(output, "level", table_level_name(root));
	output_hex(output, "physical", whatis->physical);
	if (root->task) {
		output_pid(output, root->task->pid, root->task->comm);
		output_hex(output, "task", root->task->address);
	}
	if (root->mm)
		output_hex(output, "mm", root->mm);
	output_boolean(output, "user_half", root->user_half);
}

/* Adds the fields of a bus address. If the address is mapped to a frame, the frame is a separate
 * object. */
static void output_access(struct session *session, const struct whatis *whatis)
{
	struct output *output = session->output;

	if (!HAVE_DEVICES)
		return;
	show_dma_fault(output, &whatis->fault);
	if (whatis->kind == WHATIS_IO_MAPPING)
		output_count(output, "other_domains", whatis->nr_others);
	if (!whatis->has_frame)
		return;
	output_object_begin(output, "frame");
	output_hex(output, "pfn", whatis->pfn);
	show_frame_use(session, &whatis->use);
	output_object_end(output);
}

/* The argument of the functions that write parts only for text or only for records. */
struct show_whatis_noted {
	struct session *session;
	const struct whatis *whatis;
};

static void append_flag(const char *name, void *text)
{
	text_append(text, USE_TEXT, "%s%s", *(char *)text ? "|" : "", name);
}

/* Adds a line to text about the content of a struct page, as the command page shows it. */
static void note_page(struct session *session, uint64_t page)
{
	struct output *output = session->output;
	char flags[USE_TEXT] = "";
	struct page_info info;

	if (!page_info_read(session->kernel, page, &info, NULL))
		return;
	if (info.has_refcount)
		output_remarkf(output, "struct_page", "refcount %" PRId64, info.refcount);
	if (info.has_mapcount)
		output_remarkf(output, "struct_page", "mapcount %" PRId64, info.mapcount);
	if (info.has_mapping)
		output_remarkf(output, "struct_page", "mapping %" PRIx64, info.mapping);
	if (info.has_flags && page_flags_of(session->kernel, &info, append_flag, flags))
		output_remarkf(output, "struct_page", "flags %s", *flags ? flags : "none");
}

/* Adds lines to text: the place and its use, and the frame, its use and its struct page. */
static void note_all(const void *arg)
{
	const struct show_whatis_noted *noted = arg;
	const struct whatis *whatis = noted->whatis;
	struct output *output = noted->session->output;
	const struct place *place = &whatis->place;
	char use[USE_TEXT];

	if (whatis->has_place) {
		output_remarkf(output, "place", "%" PRIx64 ", %s, %" PRIx64 " to %" PRIx64,
			       place->vaddr, region_names[place->region->kind],
			       place->region->first, place->region->last);
		show_area_at(noted->session, place);
		show_purpose(noted->session, place);
	}
	if (whatis->has_frame) {
		frame_use_text(&whatis->use, use);
		output_remarkf(output, "frame", "%" PRIx64 ", struct page %" PRIx64 ", use %s",
			       whatis->pfn, whatis->page, use);
		note_page(noted->session, whatis->page);
	}
}

/* Adds the fields that only records contain. For a user address, these include the memory to which
 * the address is mapped. */
static void output_all(const void *arg)
{
	const struct show_whatis_noted *noted = arg;
	struct session *session = noted->session;
	const struct whatis *whatis = noted->whatis;
	struct output *output = session->output;

	if (whatis->as == AS_BUS) {
		output_access(session, whatis);
		return;
	}
	if (whatis->as == AS_VALUE)
		show_whatis_output_value(output, &whatis->meaning);
	if (whatis->as == AS_ROOT)
		output_root(output, whatis);
	if (whatis->tag.has_tag)
		output_hex(output, "tag", whatis->tag.tag);
	if (whatis->has_meant) {
		if (!whatis->is_signed)
			output_count(output, "bit", whatis->bit);
		output_hex(output, "meant", whatis->meant);
	}
	if (whatis->kind == WHATIS_USER)
		output_user(output, whatis);
	if (whatis->has_place)
		output_place(session, whatis);
	if (whatis->has_physical)
		output_memory(session, whatis);
	output_device(session->output, whatis);
}

void show_whatis_fields(struct session *session, const struct whatis *whatis, const char *text)
{
	struct output *output = session->output;

	output_string(output, "as", whatis_as_names[whatis->as]);
	output_string(output, "kind", whatis_kind_names[whatis->kind]);
	output_string(output, "text", text);
	output_in_records(output, output_all, &(struct show_whatis_noted){ session, whatis });
}

void show_whatis(struct session *session, const char *argument, const struct whatis *whatis,
		 const char *type, bool all)
{
	struct output *output = session->output;
	char text[WHATIS_TEXT];

	whatis_text(session->kernel, whatis, text);
	output_begin(output, "whatis", argument, NULL);
	output_hex(output, "value", whatis->value);
	show_whatis_fields(session, whatis, text);
	output_string_if(output, "c_type", type);
	if (all)
		output_in_text(output, note_all, &(struct show_whatis_noted){ session, whatis });
	output_end(output);
}
