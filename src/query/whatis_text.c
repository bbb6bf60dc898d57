/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Writes the meaning of a number in one line. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"
#include "debuginfo/inlines.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "linux/module/modules.h"
#include "query/area_info.h"
#include "query/device_text.h"
#include "query/hidden.h"
#include "query/missing.h"
#include "query/nowhere.h"
#include "query/whatis.h"

/* --- user addresses --- */

/* A user address: the process, the mapping, and the state of the page. */

static void put_memory(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	char nowhere[NOWHERE_TEXT];

	if (whatis->is_mapped && query_nowhere(kernel, whatis->physical, nowhere))
		text_append(text, WHATIS_TEXT, ", mapped, but %s", nowhere);
	else if (whatis->is_mapped)
		text_append(text, WHATIS_TEXT, ", in memory at %" PRIx64, whatis->physical);
	else
		text_append(text, WHATIS_TEXT, ", not in memory%s%s", whatis->absent ? ": " : "",
			    whatis->absent ? whatis->absent : "");
}

/* Appends the description to the string in the array `text`. */
static void user_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	const struct vma *vma = &whatis->vma;
	uint64_t offset;

	if (whatis->address < kernel_page_size(kernel))
		text_append(text, WHATIS_TEXT, "in the first page: an offset from a NULL pointer?");
	else if (whatis->lacks_memory)
		text_append(text, WHATIS_TEXT, "a user address, but pid %d (%s) has no user memory",
			    (int)whatis->task.pid, whatis->task.comm);
	else if (!whatis->has_process)
		text_append(text, WHATIS_TEXT, "a user address of an unknown process");
	if (!whatis->has_process)
		return;
	text_append(text, WHATIS_TEXT, "%s",
		    whatis->address < kernel_page_size(kernel) ? "; " : "a user address of ");
	if (whatis->task.pid >= 0)
		text_append(text, WHATIS_TEXT, "pid %d (%s)", (int)whatis->task.pid,
			    whatis->task.comm);
	else
		text_append(text, WHATIS_TEXT, "mm %" PRIx64, whatis->mm);
	if (!whatis->has_vma) {
		text_append(text, WHATIS_TEXT, ": not in its mappings");
		if (whatis->lacks_vmas.code)
			text_append(text, WHATIS_TEXT, " that can be read (%.400s)",
				    whatis->lacks_vmas.message);
		if (whatis->is_mapped)
			text_append(text, WHATIS_TEXT, ", but its page table maps the address");
		if (whatis->is_mapped || whatis->absent)
			put_memory(kernel, whatis, text);
		return;
	}
	text_append(text, WHATIS_TEXT, ": %" PRIx64 " to %" PRIx64 " %c%c%c%c", vma->first,
		    vma->last, vma->flags & VMA_READ ? 'r' : '-',
		    vma->flags & VMA_WRITE ? 'w' : '-', vma->flags & VMA_EXEC ? 'x' : '-',
		    vma->flags & VMA_MAYSHARE ? 's' : 'p');
	offset = whatis->address - vma->first + kernel_frame(kernel, vma->pgoff);
	text_append(text, WHATIS_TEXT, " %s", *whatis->vma_name ? whatis->vma_name : "anonymous");
	if (vma->file && offset)
		text_append(text, WHATIS_TEXT, "+0x%" PRIx64, offset);
	put_memory(kernel, whatis, text);
}

/* The line that is being written. */
struct whatis_text_line {
	struct kernel *kernel;
	char *text; /* buffer of WHATIS_TEXT bytes */
};

#define put(line, ...) text_append((line)->text, WHATIS_TEXT, __VA_ARGS__)

static void put_task(const struct whatis_text_line *line, const struct task *task)
{
	put(line, "pid %d (%s)", (int)task->pid, task->comm);
}

static void put_offset(const struct whatis_text_line *line, uint64_t offset)
{
	if (offset)
		put(line, "+0x%" PRIx64, offset);
}

/* --- owners --- */

static void put_owner(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct object_owner *owner = &whatis->owner;
	char path[PATH_TEXT];

	if (!owner->type)
		return;
	put(line, "; %s", owner->type);
	if (*owner->name)
		put(line, " %s", owner->name);
	if (owner->inode)
		put(line, " %" PRIu64, owner->inode);
	if (whatis->place.vaddr >= owner->address)
		put_offset(line, whatis->place.vaddr - owner->address);
	else
		put(line, " at %" PRIx64, owner->address);
	if (owner->task) {
		put(line, " of ");
		put_task(line, owner->task);
		if (owner->nr_tasks > 1)
			put(line, " and %zu more", owner->nr_tasks - 1);
	}
	query_path_text(owner->path, owner->mounted, owner->filesystem, path);
	if (*path)
		put(line, " of %s", path);
	else if (!owner->task && *owner->filesystem)
		put(line, " of %s", owner->filesystem);
	if (owner->freeze)
		put(line, ", %s", owner->freeze);
}

static void put_slab(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct slab_place *slab = &whatis->place.slab;
	const struct slab_object *object = &whatis->place.object;
	static const char *const states[] = {
		[SLAB_STATE_UNKNOWN] = "not known whether allocated or free",
		[SLAB_STATE_ALLOCATED] = "allocated",
		[SLAB_STATE_FREE] = "free",
	};
	char shared[64] = "";

	if (slab->sharers > 1)
		snprintf(shared, sizeof(shared), " (shared by %u caches: listing slabnames)",
			 slab->sharers);
	if (!slab->has_object) {
		put(line, "in a slab of cache %s%s, but not in an object", slab->cache, shared);
		return;
	}
	if (whatis->place.vaddr < slab->object)
		put(line, "%" PRIu64 " byte%s before object %" PRIx64,
		    slab->object - whatis->place.vaddr,
		    plural_s(slab->object - whatis->place.vaddr), slab->object);
	else
		put(line, "object %" PRIx64, slab->object);
	if (whatis->place.vaddr > slab->object)
		put_offset(line, whatis->place.vaddr - slab->object);
	if (slab->bytes && whatis->place.vaddr >= slab->object + slab->bytes)
		put(line, ", after its %" PRIu64 " bytes,", slab->bytes);
	put(line, " of cache %s%s, %s", slab->cache, shared, states[object->state]);
	if (object->state == SLAB_STATE_UNKNOWN)
		put(line, ": %s", object->why.message);
	if (object->has_cpu)
		put(line, ", kept for CPU %u", object->cpu);
	put_owner(line, whatis);
}

/* Returns the word before "stack". For an address below a stack, returns the name of the kind.
 * There is no blank between this name and "stack", because earlier versions of kwalk also joined
 * these words. */
static const char *stack_word(const struct place *place)
{
	const struct stack *stack = &place->stack;

	if (stack->kind == STACK_TASK || (stack->kind == STACK_EXCEPTION && !stack->exception))
		return "";
	return place->below_stack ? stack_kinds[stack->kind].name : stack_kinds[stack->kind].before;
}

static void put_stack(const struct whatis_text_line *line, const struct place *place)
{
	const struct stack *stack = &place->stack;
	uint64_t below = stack->first - place->vaddr;

	if (place->below_stack)
		put(line, "%" PRIu64 " byte%s below the ", below, plural_s(below));
	else if (stack->guard)
		put(line, "guard page of the ");
	if (stack->exception)
		put(line, "%s ", stack->exception);
	put(line, "%sstack of ", stack_word(place));
	if (stack->task)
		put_task(line, stack->task);
	else
		put(line, "CPU %u", stack->cpu);
	if (place->below_stack)
		put(line, ", in the unmapped page that guards it");
	else if (!stack->guard)
		put(line, ", %" PRIu64 " of %" PRIu64 " bytes deep", stack->last + 1 - place->vaddr,
		    stack->last - stack->first + 1);
}

/* --- names and areas --- */

static void put_percpu(const struct whatis_text_line *line, const struct percpu_place *place)
{
	if (place->symbol) {
		put(line, "per-CPU variable %s", place->symbol);
		put_offset(line, place->symbol_offset);
	} else {
		put(line, "%s per-CPU memory, pointer %" PRIx64, place->kind, place->pointer);
	}
	put(line, " of CPU %u", place->cpu);
}

void whatis_put_inlined(const struct inlined_function *functions, size_t nr, char *text,
			size_t size)
{
	enum { MOST_NAMES = 6 };
	const struct inlined_function *outer;

	if (!nr)
		return;
	outer = &functions[nr - 1];
	for (size_t i = 0; i < nr && i < MOST_NAMES; i++)
		text_append(text, size, "%s%.64s", i ? ", " : " (inlined: ", functions[i].name);
	if (nr > MOST_NAMES)
		text_append(text, size, " and %zu more", nr - MOST_NAMES);
	if (*outer->path)
		text_append(text, size, "; called at %.128s:%u", outer->path, outer->line);
	text_append(text, size, ")");
}

static void put_symbol(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct place *place = &whatis->place;

	put(line, "%s", place->symbol.name);
	put_offset(line, place->vaddr - place->symbol.address);
	if (place->symbol.module)
		put(line, " [%s]", place->symbol.module);
	if (whatis->has_line) {
		struct inlined_function inlined[MOST_INLINED];

		put(line, ", %s:%u", whatis->line.path, whatis->line.line);
		whatis_put_inlined(inlined, module_inlined(line->kernel, whatis->code, inlined),
				   line->text, WHATIS_TEXT);
	}
	if (place->in_image && place->image.section)
		put(line, ", %s", image_section_names[place->image.section]);
	else if (place->module)
		put(line, ", %s", module_part_names[place->module->part]);
	put_owner(line, whatis);
}

static void put_device_text(const struct whatis_text_line *line, const struct whatis *whatis)
{
	if (HAVE_DEVICES)
		device_text(whatis, line->text, WHATIS_TEXT);
}

static void put_area(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct place *place = &whatis->place;
	const struct vmalloc_area *area = place->area;
	struct area_info info;

	query_area_info_at(line->kernel, area, place->vaddr, &info);
	if (place->in_guard)
		put(line, "guard page of ");
	put(line, "%s%s%s area %" PRIx64, info.kind, *info.module ? " " : "", info.module,
	    area->first);
	put_offset(line, place->vaddr - area->first);
	if (area->physical)
		put(line, " of %" PRIx64, area->physical);
	if (*info.resource)
		put(line, " (%s)", info.resource);
	if (*info.caller)
		put(line, ", by %s", info.caller);
	put_device_text(line, whatis);
}

static void put_slot(const struct whatis_text_line *line, const struct place *place)
{
	const struct fixmap_slot *slot = &place->fixmap;

	if (place->has_kmap) {
		put(line, "kmap slot %" PRIu64, place->kmap_index);
		if (place->has_kmap_count)
			put(line, place->kmap_count ? ", count %" PRIu64 : ", free",
			    place->kmap_count);
		return;
	}
	put(line, "fixmap slot %" PRIu64, slot->index);
	if (slot->name)
		put(line, ", %s", slot->name);
	if (slot->name && slot->offset)
		put(line, "+%" PRIu64, slot->offset);
	if (slot->is_kmap)
		put(line, ", kmap_local %u of CPU %u", slot->kmap_index, slot->cpu);
}

static void put_entry(const struct whatis_text_line *line, const struct place *place)
{
	const struct cpu_entry_place *entry = &place->entry;

	put(line, "cpu entry area, %s", entry->member);
	put_offset(line, place->vaddr - entry->first);
	if (entry->has_cpu)
		put(line, " of CPU %u", entry->cpu);
	else
		put(line, " of all CPUs");
}

/* --- memory --- */

static void put_frame(const struct whatis_text_line *line, const struct whatis *whatis)
{
	char use[USE_TEXT], why[MISSING_TEXT];

	frame_use_text(&whatis->use, use);
	put(line, "frame %" PRIx64, whatis->pfn);
	if (whatis->memory.zone)
		put(line, ", zone %s", whatis->memory.zone);
	if (whatis->memory.zeroed)
		put(line, ", its struct page is zero");
	if (!whatis->use.known && whatis->owner.type)
		put_owner(line, whatis);
	else
		put(line, ", %s", whatis->use.known ? use : "its use is not known");
	if (query_why_missing(line->kernel, whatis->physical, why))
		put(line, ", not in the dump: %s", why);
	put_device_text(line, whatis);
}

static void put_entry_of(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct table_owner *table = &whatis->use.table;
	uint64_t first, last;

	put(line, "entry %" PRIx64 " of the %s page table",
	    (whatis->physical - table->paddr) / table->paging->entry_size, table_level_name(table));
	table_entry_range(table, whatis->physical, &first, &last);
	table_owner_text(table, line->text, WHATIS_TEXT);
	put(line, ", for %" PRIx64 " to %" PRIx64, first, last);
}

static void put_root(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct table_owner *root = &whatis->root;
	const char *name;
	unsigned int tag = line->kernel->arch->root_tag(whatis->value, whatis->physical, &name);

	put(line, "root of the page table");
	table_owner_text(root, line->text, WHATIS_TEXT);
	if (root->mm)
		put(line, ", mm %" PRIx64, root->mm);
	if (tag)
		put(line, ", %s %x", name, tag);
}

static void whatis_text_put_table(const struct whatis_text_line *line, const struct whatis *whatis)
{
	if (whatis->as == AS_ROOT)
		put_root(line, whatis);
	else
		put_entry_of(line, whatis);
}

static void put_resource(const struct whatis_text_line *line, const struct whatis *whatis)
{
	put(line, "no memory: %s", whatis->memory.resource ? whatis->memory.resource : "a device");
	put_device_text(line, whatis);
	if (whatis->memory.isa_hole)
		put(line, ", in the ISA hole");
}

static void put_shadowed(const struct whatis_text_line *line, const struct shadowed *shadowed)
{
	put(line, "; KASAN's shadow of %" PRIx64 " to %" PRIx64, shadowed->first,
	    shadowed->first + shadowed->nr - 1);
}

/* Like kasan_non_canonical_hook() in mm/kasan/report.c. */
static void put_shadowed_user(const struct whatis_text_line *line, const struct shadowed *shadowed)
{
	put_shadowed(line, shadowed);
	put(line, "%s",
	    shadowed->first < kernel_page_size(line->kernel) ? ", near NULL" : ", a user address");
}

static void put_region(const struct whatis_text_line *line, const struct whatis *whatis)
{
	const struct place *place = &whatis->place;

	put(line, "%s",
	    place->mapped ? region_name_mapped(place->region) : region_names[place->region->kind]);
	put(line, ", %" PRIx64 " to %" PRIx64, place->region->first, place->region->last);
	if (whatis->has_shadowed)
		put_shadowed(line, &whatis->shadowed);
	if (!place->mapped && !line->kernel->dump->format->none) {
		enum hidden why = query_address_hidden(line->kernel, place->vaddr);

		put(line, ", not mapped%s%s", why ? ": " : "", why ? hidden_names[why] : "");
	}
}

/* --- values --- */

static void put_poison(const struct whatis_text_line *line, const struct value_meaning *meaning,
		       const char *name, int64_t offset)
{
	put(line, "%s", name);
	if (offset < 0)
		put(line, "-0x%" PRIx64, -(uint64_t)offset);
	else
		put_offset(line, (uint64_t)offset);
	if (name != meaning->name || !meaning->other)
		put(line, ", %s", meaning->what);
}

static void whatis_text_put_value(const struct whatis_text_line *line,
				  const struct value_meaning *meaning)
{
	if (meaning->kind == VALUE_NONE) {
		put(line, "unknown to this kernel");
		return;
	}
	if (meaning->kind == VALUE_POISON) {
		put_poison(line, meaning, meaning->name, meaning->offset);
		if (meaning->other) {
			put(line, ", or %s", meaning->other);
			put(line, "%s0x%" PRIx64, meaning->other_offset < 0 ? "-" : "+",
			    meaning->other_offset < 0 ? -(uint64_t)meaning->other_offset :
							(uint64_t)meaning->other_offset);
		}
		return;
	}
	if (meaning->is_int)
		put(line, "as an int -%d", meaning->error);
	else
		put(line, "ERR_PTR(%s%s)", "-", meaning->name ? meaning->name : "");
	if (meaning->is_int)
		put(line, ", -%s", meaning->name);
	else if (!meaning->name)
		put(line, ", no known error");
	if (!meaning->is_int)
		put(line, ", -%d", meaning->error);
}

/* --- all --- */

static void put_kind(const struct whatis_text_line *line, const struct whatis *whatis,
		     enum whatis_kind kind);

/* Writes the address of the place, if the place is another address of the memory to which the
 * number refers. */
static void put_alias(const struct whatis_text_line *line, const struct whatis *whatis)
{
	if (whatis->has_place && whatis->is_alias)
		put(line, "at %" PRIx64 ", ", whatis->place.vaddr);
}

static void put_non_canonical(const struct whatis_text_line *line, const struct whatis *whatis)
{
	put(line, "not canonical");
	if (whatis->has_shadowed && !whatis->shadowed.first)
		put(line,
		    "; KASAN_SHADOW_OFFSET, to which the kernel adds an address divided by %d",
		    whatis->shadowed.nr);
	else if (whatis->has_shadowed)
		put_shadowed_user(line, &whatis->shadowed);
	if (!whatis->has_meant)
		return;
	if (whatis->is_signed)
		put(line, "; without its authentication code %" PRIx64, whatis->meant);
	else
		put(line, "; with bit %u flipped %" PRIx64, whatis->bit, whatis->meant);
	if (!whatis->has_place) {
		put(line, ", a user address");
		return;
	}
	put(line, ", ");
	put_alias(line, whatis);
	put_kind(line, whatis, whatis->meant_kind);
}

static void put_struct_page(const struct whatis_text_line *line, const struct whatis *whatis)
{
	put(line, "struct page");
	put_offset(line, whatis->page_offset);
	put(line, " of ");
	put_frame(line, whatis);
}

static void put_kind(const struct whatis_text_line *line, const struct whatis *whatis,
		     enum whatis_kind kind)
{
	const struct place *place = &whatis->place;

	switch (kind) {
	case WHATIS_SYMBOL: put_symbol(line, whatis); break;
	case WHATIS_PER_CPU: put_percpu(line, &place->percpu); break;
	case WHATIS_SLAB_OBJECT: put_slab(line, whatis); break;
	case WHATIS_STACK: put_stack(line, place); break;
	case WHATIS_PAGE_TABLE: whatis_text_put_table(line, whatis); break;
	case WHATIS_STRUCT_PAGE: put_struct_page(line, whatis); break;
	case WHATIS_MODULE:
		put(line, "module %s, %s", place->module->name,
		    module_part_names[place->module->part]);
		break;
	case WHATIS_VMALLOC: put_area(line, whatis); break;
	case WHATIS_USER: user_text(line->kernel, whatis, line->text); break;
	case WHATIS_RESOURCE: put_resource(line, whatis); break;
	case WHATIS_FRAME: put_frame(line, whatis); break;
	case WHATIS_SLOT: put_slot(line, place); break;
	case WHATIS_CPU_ENTRY: put_entry(line, place); break;
	case WHATIS_NON_CANONICAL: put_non_canonical(line, whatis); break;
	case WHATIS_UNKNOWN:
	case WHATIS_REGION:
		if (whatis->has_place)
			put_region(line, whatis);
		else
			put(line, whatis->as == AS_VALUE ? "unknown to this kernel" :
							   "its address is not known");
		break;
	case WHATIS_SPELLED: put(line, "the text \"%s\"", whatis->spelled); break;
	case WHATIS_POISON:
	case WHATIS_ERROR_POINTER: whatis_text_put_value(line, &whatis->meaning); break;
	case WHATIS_DMA_FAULT:
	case WHATIS_IO_MAPPING:
		if (HAVE_DEVICES)
			access_text(whatis, line->text, WHATIS_TEXT);
		break;
	case NR_WHATIS_KINDS: break;
	}
}

void whatis_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	const struct whatis_text_line line = { kernel, text };

	*text = '\0';
	if (whatis->tag.has_tag)
		put(&line, "tag %02x%s of %" PRIx64 ", ", whatis->tag.tag,
		    whatis->tag.ignored == UNSURE ? " (if this kernel uses tags)" : "",
		    whatis->has_place ? whatis->place.vaddr : whatis->address);
	if (whatis->kind != WHATIS_NON_CANONICAL)
		put_alias(&line, whatis);
	put_kind(&line, whatis, whatis->kind);
	if (whatis->is_freed) {
		put(&line, "; freed after boot, now ");
		put_frame(&line, whatis);
	}
}

void whatis_text_within(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT])
{
	const struct whatis_text_line line = { kernel, text };
	const struct place *place = &whatis->place;

	if (whatis->kind != WHATIS_SLAB_OBJECT || whatis->is_alias || whatis->is_freed ||
	    !place->slab.has_object || place->object.state != SLAB_STATE_ALLOCATED) {
		whatis_text(kernel, whatis, text);
		return;
	}
	*text = '\0';
	put(&line, "%s", place->slab.cache);
	put_owner(&line, whatis);
}
