/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/whatis.h"

#include <stddef.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "linux/page/page.h"
#include "linux/resource.h"
#include "paging/scan.h"
#include "query/io_access.h"
#include "query/translate.h"

const char *const whatis_kind_names[NR_WHATIS_KINDS] = {
	[WHATIS_UNKNOWN] = "unknown",
	[WHATIS_SYMBOL] = "symbol",
	[WHATIS_PER_CPU] = "per-cpu",
	[WHATIS_SLAB_OBJECT] = "slab-object",
	[WHATIS_STACK] = "stack",
	[WHATIS_PAGE_TABLE] = "page-table",
	[WHATIS_STRUCT_PAGE] = "struct-page",
	[WHATIS_MODULE] = "module",
	[WHATIS_VMALLOC] = "vmalloc",
	[WHATIS_USER] = "user",
	[WHATIS_RESOURCE] = "resource",
	[WHATIS_FRAME] = "frame",
	[WHATIS_POISON] = "poison",
	[WHATIS_ERROR_POINTER] = "error-pointer",
	[WHATIS_NON_CANONICAL] = "non-canonical",
	[WHATIS_SLOT] = "slot",
	[WHATIS_CPU_ENTRY] = "cpu-entry-area",
	[WHATIS_REGION] = "region",
	[WHATIS_DMA_FAULT] = "dma-fault",
	[WHATIS_IO_MAPPING] = "io-mapping",
	[WHATIS_SPELLED] = "text",
};

const char *const whatis_as_names[NR_AS] = {
	[AS_VIRTUAL] = "virtual", [AS_PHYSICAL] = "physical", [AS_PFN] = "pfn",
	[AS_ROOT] = "root",	  [AS_VALUE] = "value",	      [AS_BUS] = "bus",
};

/* Initializes the small members. The large members are set only when they become valid. */
static void whatis_start(struct whatis *whatis, enum whatis_as as, uint64_t value)
{
	whatis->kind = WHATIS_UNKNOWN;
	whatis->as = as;
	whatis->value = value;
	whatis->has_meant = whatis->is_signed = whatis->has_place = whatis->is_alias = false;
	whatis->has_line = whatis->has_physical = whatis->has_frame = whatis->is_table = false;
	whatis->has_process = whatis->has_vma = whatis->is_mapped = false;
	whatis->has_shadowed = whatis->has_bounce = whatis->is_freed = false;
	whatis->tag.has_tag = false;
	whatis->device = NULL;
	whatis->page_offset = 0;
	whatis->owner.type = NULL;
}

/* --- physical memory --- */

static void find_device(struct kernel *kernel, struct whatis *whatis, uint64_t paddr)
{
	const struct pci_list *list;

	if (!HAVE_DEVICES)
		return;
	list = pci_functions(kernel, NULL);
	whatis->device = list ? pci_at(list, paddr, &whatis->bar) : NULL;
	if (whatis->device)
		whatis->bar_offset = paddr - whatis->bar->start;
}

/* Sets all members about physical memory except whatis->use. */
static void whatis_find_memory(struct kernel *kernel, struct whatis *whatis, uint64_t paddr)
{
	whatis->has_physical = true;
	whatis->physical = paddr;
	whatis->pfn = kernel_pfn(kernel, paddr);
	whatis->has_frame = page_of_pfn(kernel, whatis->pfn, &whatis->page, NULL);
	query_memory_place(kernel, paddr, &whatis->memory);
	find_device(kernel, whatis, paddr);
	whatis->has_bounce = HAVE_DEVICES &&
			     bounce_find(kernel, paddr, NULL, &whatis->bounce, NULL) &&
			     whatis->bounce.pool;
}

static void whatis_find_frame(struct kernel *kernel, struct whatis *whatis, uint64_t paddr)
{
	whatis_find_memory(kernel, whatis, paddr);
	if (whatis->has_frame)
		query_frame_use(kernel, whatis->pfn, true, &whatis->use);
}

/* Finds the place of paddr in the kernel's image. Returns false if no symbol is there. */
static bool find_in_image(struct kernel *kernel, uint64_t paddr, struct place *place)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t text, vaddr;
	struct walk walk;

	if (!space || !kernel_symbol(kernel, "_text", &text, NULL))
		return false;
	walk = walk_page_table(space, text);
	vaddr = text + (paddr - walk.paddr);
	return walk.outcome == WALK_MAPPED && vaddr >= text &&
	       query_place(kernel, vaddr, place, NULL) && place->in_image && place->linear &&
	       place->physical == paddr && place->has_symbol;
}

static bool is_explained(const struct place *place)
{
	return place->has_slab || place->has_stack || place->has_percpu || place->has_symbol ||
	       place->has_entry;
}

static bool find_in_area(struct kernel *kernel, const struct whatis *whatis, struct place *place)
{
	uint64_t offset = whatis->physical & (kernel_page_size(kernel) - 1);

	return whatis->has_frame && whatis->use.has_area &&
	       query_place(kernel, whatis->use.area_vaddr + offset, place, NULL);
}

/* If the place is not explained yet, tries other addresses of the same memory. */
static void find_alias(struct kernel *kernel, struct whatis *whatis)
{
	struct place place;

	if (whatis->has_place && is_explained(&whatis->place))
		return;
	if ((whatis->has_frame && frame_is_reused(&whatis->use)) ||
	    !find_in_image(kernel, whatis->physical, &place))
		if (!find_in_area(kernel, whatis, &place))
			return;
	whatis->place = place;
	whatis->has_place = whatis->is_alias = true;
}

/* --- virtual addresses --- */

/* Memory of a device is a resource, even if it has reserved struct pages in a flat mem_map. */
static enum whatis_kind kind_of_memory(const struct whatis *whatis)
{
	if (whatis->is_table)
		return WHATIS_PAGE_TABLE;
	if (!whatis->has_frame)
		return whatis->memory.resource || whatis->device ? WHATIS_RESOURCE : WHATIS_UNKNOWN;
	if (whatis->memory.device && whatis->use.known && whatis->use.use.kind == PAGE_USE_RESERVED)
		return WHATIS_RESOURCE;
	return whatis->use.known && whatis->use.has_table ? WHATIS_PAGE_TABLE : WHATIS_FRAME;
}

/* Returns the most specific kind that applies. */
static enum whatis_kind kind_of_place(const struct place *place)
{
	if (place->has_stack || place->below_stack)
		return WHATIS_STACK;
	if (place->has_percpu)
		return WHATIS_PER_CPU;
	if (place->has_slab)
		return WHATIS_SLAB_OBJECT;
	if (place->has_symbol)
		return WHATIS_SYMBOL;
	if (place->has_entry)
		return WHATIS_CPU_ENTRY;
	if (place->has_fixmap || place->has_kmap)
		return WHATIS_SLOT;
	if (place->module)
		return WHATIS_MODULE;
	return place->area ? WHATIS_VMALLOC : WHATIS_REGION;
}

static void whatis_classify(struct whatis *whatis)
{
	whatis->kind = whatis->has_place ? kind_of_place(&whatis->place) : WHATIS_REGION;
	if (whatis->kind == WHATIS_REGION && whatis->has_physical)
		whatis->kind = kind_of_memory(whatis);
	else if (whatis->kind == WHATIS_REGION && !whatis->place.mapped &&
		 (whatis->place.region->kind == REGION_HOLE ||
		  whatis->place.region->kind == REGION_GUARD_HOLE))
		whatis->kind = WHATIS_UNKNOWN;
}

/* Is the address in a struct page? If so, describes the frame of this struct page. */
static bool find_struct_page(struct kernel *kernel, struct whatis *whatis)
{
	const struct place *place = &whatis->place;
	uint64_t pfn, page, model;

	if (place->region->kind != REGION_VMEMMAP &&
	    (!place->linear || is_explained(place) ||
	     !kernel_fact(kernel, FACT_MEMORY_MODEL, &model) || model == MODEL_VMEMMAP))
		return false;
	if (!page_holding(kernel, place->vaddr, &pfn, &page))
		return false;
	whatis_find_frame(kernel, whatis, kernel_frame(kernel, pfn));
	whatis->page_offset = place->vaddr - page;
	whatis->kind = WHATIS_STRUCT_PAGE;
	return whatis->has_frame;
}

static void find_line(struct kernel *kernel, struct whatis *whatis)
{
	const struct place *place = &whatis->place;

	whatis->code = place->vaddr;
	whatis->has_line = place->has_symbol && module_line(kernel, place->vaddr, &whatis->line);
}

/* Is the place in init memory that the kernel has freed? If so, the symbol of the place does not
 * describe the memory any more. Sets *use to the present use of the frame. */
static bool place_is_freed(struct kernel *kernel, const struct place *place, struct frame_use *use)
{
	if (!place->has_symbol || !place->in_image || place->image.section != IMAGE_INIT ||
	    !place->linear || !place->mapped)
		return false;
	if (place->has_slab || place->has_stack || place->has_percpu)
		return false; /* place already describes the present use */
	query_frame_use(kernel, kernel_pfn(kernel, place->physical), true, use);
	return frame_is_reused(use);
}

/* Finds the owner of the slab object or of the variable at this place. */
static void find_place_owner(struct kernel *kernel, const struct place *place,
			     struct object_owner *owner)
{
	*owner = (struct object_owner){ 0 };
	if (place->has_slab && place->slab.has_object)
		query_object_owner(kernel, place->slab.object, place->slab.size - place->slab.pad,
				   place->slab.cache, owner);
	else if (place->has_symbol)
		query_object_owner(kernel, place->symbol.address, place->symbol.size, "", owner);
}

/* Sets the kind and all members that describe a kernel address, but not `as` and `value`. For an
 * address in a struct page, sets only the place and the frame of the struct page. */
static void whatis_find_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis)
{
	whatis->has_place = query_place(kernel, vaddr, &whatis->place, NULL);
	if (!whatis->has_place)
		return;
	if (find_struct_page(kernel, whatis))
		return;
	whatis->is_freed = place_is_freed(kernel, &whatis->place, &whatis->use);
	if (whatis->is_freed) {
		whatis_find_memory(kernel, whatis, whatis->place.physical);
	} else if (whatis->place.linear && !is_explained(&whatis->place)) {
		whatis_find_frame(kernel, whatis, whatis->place.physical);
		find_alias(kernel, whatis);
	} else if (whatis->place.mapped && whatis->place.area) {
		find_device(kernel, whatis, whatis->place.physical);
	}
	whatis->has_shadowed =
		query_shadowed(kernel, whatis->place.region, vaddr, &whatis->shadowed);
	find_place_owner(kernel, &whatis->place, &whatis->owner);
	if (whatis->has_frame && !whatis->use.known && !is_explained(&whatis->place))
		query_task_object(kernel, vaddr, &whatis->owner);
	find_line(kernel, whatis);
	whatis_classify(whatis);
}

void query_whatis_at(struct kernel *kernel, uint64_t vaddr, struct whatis *whatis)
{
	whatis_start(whatis, AS_VIRTUAL, vaddr);
	whatis_find_at(kernel, vaddr, whatis);
}

static bool is_canonical(const struct space *space, uint64_t vaddr)
{
	return !space || paging_canonical(space->paging, vaddr);
}

/* Finds the only bit that, if flipped, makes the address canonical. Fails if there are several. */
static bool find_flipped(const struct space *space, struct whatis *whatis)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < 64; i++)
		if (paging_canonical(space->paging, whatis->value ^ UINT64_C(1) << i)) {
			whatis->bit = i;
			whatis->meant = whatis->value ^ UINT64_C(1) << i;
			nr++;
		}
	return nr == 1;
}

static void whatis_find_mapping(struct kernel *kernel, const struct process *process,
				struct whatis *whatis)
{
	const struct vma *vma;
	struct vma_list list;

	whatis->lacks_vmas.code = ERROR_NONE;
	if (vma_each(kernel, process->mm, &list, &whatis->lacks_vmas)) {
		vma = vma_list_at(&list, whatis->address);
		whatis->has_vma = vma && vma->first <= whatis->address;
		if (whatis->has_vma)
			whatis->vma = *vma;
		if (list.damages.nr)
			whatis->lacks_vmas = list.damages.error[0];
	}
	if (whatis->has_vma &&
	    !vma_name_of(kernel, process->mm, &whatis->vma, whatis->vma_name, NULL))
		*whatis->vma_name = '\0';
	vma_list_release(&list);
}

static void find_user(struct kernel *kernel, const struct process *process, uint64_t vaddr,
		      struct whatis *whatis)
{
	struct translation found;

	whatis->kind = WHATIS_USER;
	whatis->address = vaddr;
	whatis->lacks_memory = process && process->has_task && !process_has_memory(process);
	if (process)
		whatis->task = process->task;
	if (!process || !process_has_memory(process))
		return;
	whatis->has_process = true;
	whatis->mm = process->mm;
	if (!process->has_task)
		whatis->task.pid = -1;
	whatis_find_mapping(kernel, process, whatis);
	found = query_translate(kernel, process_space(process, vaddr), vaddr);
	whatis->is_mapped = found.has_physical;
	whatis->absent = found.status == TRANSLATION_NOT_MAPPED ?
				 NULL :
				 translation_status_names[found.status];
	if (found.has_physical)
		whatis_find_frame(kernel, whatis, found.physical);
}

/* Finds the present use of the memory to which a refused access was directed. */
static void find_access(struct kernel *kernel, const struct dma_fault *fault, struct whatis *whatis)
{
	const struct dma_translation *translation = &whatis->fault.translation;

	if (!HAVE_DEVICES)
		return;
	dma_fault_look(kernel, fault, &whatis->fault);
	if (whatis->fault.has_translation && translation->status == DMA_STATUS_MAPPED &&
	    !whatis->fault.is_bounced)
		whatis_find_frame(kernel, whatis, translation->physical);
}

void query_whatis_fault(struct kernel *kernel, const struct dma_fault *fault, struct whatis *whatis)
{
	whatis_start(whatis, AS_BUS, fault->address);
	whatis->kind = WHATIS_DMA_FAULT;
	find_access(kernel, fault, whatis);
}

/* --- the meanings of a number --- */

static struct whatis *next(struct whatis_list *list, enum whatis_as as, uint64_t value)
{
	struct whatis *whatis = &list->item[list->nr];

	whatis_start(whatis, as, value);
	return whatis;
}

static void whatis_add_value(struct kernel *kernel, uint64_t value, struct whatis_list *list)
{
	struct whatis *whatis = next(list, AS_VALUE, value);

	whatis->meaning = special_value(value, kernel_pointer_size(kernel));
	if (whatis->meaning.kind == VALUE_NONE)
		return;
	whatis->kind = whatis->meaning.kind == VALUE_POISON ? WHATIS_POISON : WHATIS_ERROR_POINTER;
	list->nr++;
}

/* Replaces the authentication code of a signed pointer (arm64) by copies of bit 55. */
static bool find_unsigned(struct kernel *kernel, const struct space *space, struct whatis *whatis)
{
	uint64_t mask, value = whatis->value;

	if (!kernel_fact(kernel, FACT_PAC_MASK, &mask) || !mask)
		return false;
	whatis->meant = value >> 55 & 1 ? value | mask : value & ~mask;
	return is_canonical(space, whatis->meant);
}

static void find_meant(struct kernel *kernel, const struct space *space, struct whatis *whatis)
{
	whatis->is_signed = find_unsigned(kernel, space, whatis);
	whatis->has_meant = whatis->is_signed || find_flipped(space, whatis);
}

/* Adds the text that the bytes spell, unless the number is the address of something. */
static void add_spelled(struct kernel *kernel, uint64_t value, struct whatis_list *list)
{
	char spelled[VALUE_SPELLED];
	struct whatis *whatis;

	for (size_t i = 0; i < list->nr; i++)
		if (list->item[i].as == AS_VALUE || list->item[i].is_mapped ||
		    list->item[i].has_vma || list->item[i].has_frame ||
		    (list->item[i].has_place && list->item[i].place.mapped))
			return;
	if (list->nr == MOST_MEANINGS ||
	    !special_spells(value, kernel_pointer_size(kernel), spelled))
		return;
	whatis = next(list, AS_VALUE, value);
	memcpy(whatis->spelled, spelled, sizeof(spelled));
	whatis->kind = WHATIS_SPELLED;
	list->nr++;
}

/* The number differs from a canonical address in more than its tag. */
static void find_non_canonical(struct kernel *kernel, const struct space *space,
			       struct whatis *whatis)
{
	whatis->has_shadowed = query_shadowed_user(kernel, whatis->value, &whatis->shadowed);
	if (!whatis->has_shadowed)
		find_meant(kernel, space, whatis);
	if (whatis->has_meant && !query_is_user_address(kernel, whatis->meant))
		whatis_find_at(kernel, whatis->meant, whatis);
	whatis->meant_kind = whatis->kind;
	whatis->kind = WHATIS_NON_CANONICAL;
	/* Nearly every number is one bit away from some address. That the kernel's table maps this
	 * address is the second witness. */
	if (!whatis->is_signed && !(whatis->has_place && whatis->place.mapped))
		whatis->has_meant = whatis->has_place = false;
}

/* Is the upper byte of the number a tag? If it is unknown whether the kernel uses tags, the number is
 * a tagged pointer only if the address is mapped, and if the upper byte cannot be a part of an
 * authentication code. */
static bool believe_tag(struct kernel *kernel, const struct space *space, uint64_t address,
			enum certainty ignored)
{
	uint64_t mask;

	if (ignored != UNSURE)
		return ignored == YES;
	return !(kernel_fact(kernel, FACT_PAC_MASK, &mask) && mask) &&
	       walk_page_table(space, address).outcome == WALK_MAPPED;
}

/* Returns the number without its tag. */
static uint64_t find_tag(struct kernel *kernel, const struct space *space, struct whatis *whatis)
{
	struct pointer_tag *tag = &whatis->tag;
	uint64_t address = query_untag(kernel, whatis->value, tag);

	tag->has_tag = tag->has_tag && believe_tag(kernel, space, address, tag->ignored);
	return tag->has_tag ? address : whatis->value;
}

static void add_virtual(struct kernel *kernel, uint64_t value, const struct process *process,
			struct whatis_list *list)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct whatis *whatis = next(list, AS_VIRTUAL, value);
	uint64_t vaddr = find_tag(kernel, space, whatis);

	if (vaddr & ~kernel->arch->address_mask)
		return;
	if (!is_canonical(space, vaddr))
		find_non_canonical(kernel, space, whatis);
	else if (query_is_user_address(kernel, vaddr))
		find_user(kernel, process, vaddr, whatis);
	else
		whatis_find_at(kernel, vaddr, whatis);
	list->nr++;
}

/* Adds paddr, if the kernel's data show memory or a device there. If not, returns false. */
static bool add_physical(struct kernel *kernel, enum whatis_as as, uint64_t value, uint64_t paddr,
			 struct whatis_list *list)
{
	struct whatis *whatis = next(list, as, value);
	uint64_t vaddr;

	whatis_find_frame(kernel, whatis, paddr);
	whatis->is_table = as == AS_PHYSICAL && !whatis->has_frame &&
			   query_frame_table(kernel, whatis->pfn, &whatis->use);
	if (!whatis->has_frame && !whatis->is_table &&
	    (as == AS_PFN || (!whatis->memory.resource && !whatis->device)))
		return false;
	if (whatis->has_frame && region_phys_to_virt(kernel, paddr, &vaddr, NULL))
		whatis->has_place = query_place(kernel, vaddr, &whatis->place, NULL);
	if (whatis->has_place && whatis->place.in_image && frame_is_reused(&whatis->use))
		whatis->place.has_symbol = false;
	find_alias(kernel, whatis);
	if (whatis->has_place)
		find_place_owner(kernel, &whatis->place, &whatis->owner);
	if (whatis->has_place && whatis->is_alias)
		find_line(kernel, whatis);
	whatis_classify(whatis);
	list->nr++;
	return true;
}

/* Adds the top-level table to which the register points whose value is `value`. */
static void add_root(struct kernel *kernel, uint64_t value, struct whatis_list *list)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct whatis *whatis = next(list, AS_ROOT, value);
	uint64_t paddr;

	if (!space || !kernel->arch->root_of_register(space, value, &paddr) ||
	    !query_root_owner(kernel, paddr, &whatis->root) || whatis->root.paddr != paddr)
		return;
	whatis->kind = WHATIS_PAGE_TABLE;
	whatis->physical = paddr;
	list->nr++;
}

static void whatis_add_bus(struct kernel *kernel, uint64_t value, struct whatis_list *list)
{
	struct whatis *whatis = next(list, AS_BUS, value);
	struct dma_fault access;

	if (!HAVE_DEVICES || !io_access_find(kernel, value, &access, &whatis->nr_others))
		return;
	whatis->kind = WHATIS_IO_MAPPING;
	find_access(kernel, &access, whatis);
	list->nr++;
}

static bool is_error_pointer(const struct kernel *kernel, const struct whatis_list *list)
{
	return list->nr && list->item[0].kind == WHATIS_ERROR_POINTER &&
	       (kernel_pointer_size(kernel) == 4 || !list->item[0].meaning.is_int);
}

void query_whatis(struct kernel *kernel, uint64_t value, unsigned int as,
		  const struct process *process, struct whatis_list *list)
{
	list->nr = 0;
	if (as & 1 << AS_VALUE)
		whatis_add_value(kernel, value, list);
	/* An error pointer points to no memory, so it has no other meaning. */
	if (is_error_pointer(kernel, list))
		return;
	if (as & 1 << AS_VIRTUAL && (!list->nr || is_canonical(kernel_space(kernel, NULL), value)))
		add_virtual(kernel, value, process, list);
	/* a physical address has at most 52 bits: Intel SDM Vol. 3A, 4.1.4 */
	if (as & 1 << AS_PHYSICAL && value >> 52 == 0)
		add_physical(kernel, AS_PHYSICAL, value, value, list);
	if (as & 1 << AS_PFN && value >> (52 - kernel_page_shift(kernel)) == 0)
		add_physical(kernel, AS_PFN, value, kernel_frame(kernel, value), list);
	if (as & 1 << AS_ROOT)
		add_root(kernel, value, list);
	if (as & 1 << AS_BUS)
		whatis_add_bus(kernel, value, list);
	if (as & 1 << AS_VALUE)
		add_spelled(kernel, value, list);
	if (!list->nr) {
		next(list, AS_VALUE, value)->meaning.kind = VALUE_NONE;
		list->nr = 1;
	}
}
