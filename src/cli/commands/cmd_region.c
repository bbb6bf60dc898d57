/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "query/translate.h"
#include "linux/region.h"
#include "base/text.h"
#include "linux/page/page.h"
#include "cli/tables.h"
#include "cli/show_area.h"
#include "linux/vma/vma.h"

/* Shows the symbol, the section, and the part of the kernel's image. On i386, the image is not a
 * region, but a part of the direct map. */
static void output_names(struct output *output, const struct place *place)
{
	char text[SYMBOL_TEXT];

	if (place->has_symbol) {
		place_symbol_text(place, text);
		output_string(output, "symbol", text);
	}
	if (place->in_image) {
		output_string(output, "section", image_section_names[place->image.section]);
		output_string(output, "part", place->image.part);
	}
}

/* Shows the VMA of the process that contains the address. */
static void output_mapping(struct session *session, const struct process *process, uint64_t vaddr)
{
	struct output *output = session->output;
	struct vma_list list = { 0 };
	char name[VMA_NAME_MAX] = "";
	const struct vma *vma = NULL;
	char rights[5];

	if (process_has_memory(process) && vma_each(session->kernel, process->mm, &list, NULL))
		vma = vma_list_at(&list, vaddr);
	if (vma && vaddr >= vma->first) {
		vma_rights(vma, rights);
		vma_name_of(session->kernel, process->mm, vma, name, NULL);
		output_object_begin(output, "mapping");
		output_range(output, vma->first, vma->last);
		output_string(output, "flags", rights);
		output_string_if(output, "file", name);
		output_object_end(output);
	}
	vma_list_release(&list);
}

static void output_process(struct session *session, uint64_t vaddr)
{
	const struct process *process = session_process_at(session, vaddr);
	struct output *output = session->output;
	struct translation translation;
	struct error why;

	if (!process || vaddr > process->user_last)
		return;
	session_add_pid(session, vaddr);
	if (process->has_task) {
		output_string(output, "comm", process->task.comm);
		output_remarkf(output, "process", "pid %d (%s)", (int)process->task.pid,
			       process->task.comm);
	}
	if (!process_require_memory(process, vaddr, &why)) {
		output_remark(output, "page", why.message, STYLE_PLAIN);
		return;
	}
	output_mapping(session, process, vaddr);
	translation = query_translate(session->kernel, process_space(process, vaddr), vaddr);
	if (translation.has_physical)
		output_hex(output, "physical", translation.physical);
	output_remark(output, "page", translation_status_names[translation.status], STYLE_PLAIN);
	if (translation.has_physical)
		output_remarkf(output, "page", "%" PRIx64, translation.physical);
}

/* If the address is in the memory map, shows which frame is described by the struct page at the
 * address. */
static void output_struct_page(struct session *session, uint64_t vaddr)
{
	struct output *output = session->output;
	uint64_t pfn, start;

	if (!page_holding(session->kernel, vaddr, &pfn, &start))
		return;
	output_hex(output, "struct_page", start);
	output_hex(output, "struct_page_pfn", pfn);
	if (vaddr > start)
		output_remarkf(output, "into_page",
			       "the address is %" PRIu64 " byte%s after its start", vaddr - start,
			       plural_s(vaddr - start));
}

static bool answer_region(struct session *session, const char *argument, struct error *err)
{
	struct output *output = session->output;
	struct place place;
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err) ||
	    !query_place(session->kernel, vaddr, &place, err))
		return false;
	output_begin(output, "region", argument, NULL);
	output_hex(output, "virtual", vaddr);
	output_string(output, "region", region_names[place.region->kind]);
	output_range(output, place.region->first, place.region->last);
	output_boolean(output, "linear", place.linear);
	if (place.linear)
		output_hex(output, "physical", place.physical);
	output_names(output, &place);
	output_process(session, vaddr);
	output_struct_page(session, vaddr);
	show_area_at(session, &place);
	show_purpose(session, &place);
	output_end(output);
	return true;
}

static bool run_regions(struct session *session, char **words, struct error *err)
{
	const struct region_list *list = region_all(session->kernel, err);
	struct output *output = session->output;
	struct error missing;

	(void)words;
	for (size_t i = 0; list && i < list->nr; i++) {
		const struct region *region = &list->region[i];

		if (region->kind == REGION_NEEDS_TYPES) {
			region_needs_types(region, &missing);
			session_complain(session, NULL, &missing);
			continue;
		}
		output_begin(output, "regions", NULL, NULL);
		output_string(output, "region", region_names[region->kind]);
		output_range(output, region->first, region->last);
		output_count(output, "size", region->last - region->first + 1);
		output_end(output);
	}
	return list;
}

static const struct command_option region_options[] = {
	TABLE_OPTIONS("p", "look up user addresses in this process", "r",
		      "use the page table at ROOT, a physical address or a value of\n"
		      "CR3 or TTBR"),
	{ 0 }
};

static const struct field mapping[] = {
	COLUMN("start"),
	COLUMN("end", TEXT(.join = " to ")),
	COLUMN("flags", TEXT(.join = " ")),
	COLUMN("file", TEXT(.join = " ")),
	{ 0 },
};

static const struct record region_record = {
	.closed = true,
	.fields =
		FIELDS(COLUMN("virtual", .rank = KEPT), COLUMN("region", .width = 16),
		       COLUMN("start", .kind = KIND_ADDRESS, .rank = 2),
		       COLUMN("end", .kind = KIND_ADDRESS, .rank = 2), COLUMN("linear", .rank = 4),
		       COLUMN("physical", .kind = KIND_PHYSICAL, .rank = KEPT),
		       COLUMN("symbol", .width = 28, .rank = KEPT),
		       COLUMN("section", .width = 7, .rank = 4),
		       COLUMN("part", .width = 16, .rank = 3), LINE("process"),
		       LINE("mapping", .fields = mapping), LINE("page"), LINE("struct_page"),
		       LINE("struct_page_pfn", .heading = "struct_page",
			    TEXT(.join = " of frame ")),
		       LINE("into_page", .heading = "struct_page"), PURPOSE_LINES),
};

const struct command command_region = {
	.name = "region",
	.group = GROUP_TRANSLATE,
	.options = region_options,
	.record = &region_record,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = MANY }),
	.summary = "the region of the address space that contains an address",
	.listed_as = "regions of the address space: at an address, or all",
	.details = "\"linear\" shows whether virt_to_phys() is valid for the address. It is valid\n"
		   "in the direct map and the kernel image, if the page table confirms the\n"
		   "kernel's arithmetic. Inside the image the symbol, section (text, rodata,\n"
		   "data, bss, init) and part of the section are shown too. The lines below\n"
		   "show the use of the address (an area of vmalloc, a slot of fixmap or kmap,\n"
		   "the stack of a task or CPU, per-CPU memory, a slab), the zone and resource of\n"
		   "the memory, and why virt_to_phys() or virt_to_page() is not valid. A user\n"
		   "address belongs to the process chosen by -p, -r or set: its mapping and page\n"
		   "are shown.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_ADDRESSES,
	.answer = answer_region,
};

static const struct record regions_record = {
	.fields = FIELDS(COLUMN("region", .width = 16),
			 COLUMN("start", .kind = KIND_ADDRESS, .rank = KEPT),
			 COLUMN("end", .kind = KIND_ADDRESS, .rank = KEPT)),
};

const struct command command_regions = {
	.name = "regions",
	.group = GROUP_TRANSLATE,
	.record = &regions_record,
	.summary = "all regions of the address space",
	.listed_with = "region",
	.details = "One line per region, in address order and without gaps; END is the last\n"
		   "byte. Bases that KASLR moves are read from the kernel's own variables.",
	.rests_on = RESTS_ON_ADDRESSES,
	.run = run_regions,
};
