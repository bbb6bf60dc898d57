/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_walk.h"

#include <string.h>

#include "areas/region.h"
#include "areas/resource.h"
#include "base/page.h"
#include "frames/page.h"

void walk_answer_complete(struct walk_answer *answer)
{
	struct kernel *kernel = answer->session->kernel;
	const struct translation *translation = &answer->translation;

	answer->region = kernel_region(kernel, translation->walk.vaddr, NULL);
	answer->page = 0;
	if (translation->has_physical)
		kernel_pfn_to_page(kernel, translation->physical >> PAGE_SHIFT,
				   &answer->page, NULL);
	answer->trouble.code = ERROR_NONE;
	translation_trouble(translation, answer->space, &answer->trouble);
}

static void output_rights(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	const struct walk *walk = &answer->translation.walk;

	if (walk->outcome != WALK_MAPPED)
		return;
	output_boolean(output, "writable", walk->writable);
	output_boolean(output, "executable", walk->executable);
	output_boolean(output, "user", walk->user);
	if (answer->translation.meaning.has_cache)
		output_string(output, "cache",
			      cache_type_names[answer->translation.meaning.cache]);
}

/* The level at which the walk ended, and what the entry there says. */
static void output_stop(const struct walk_answer *answer)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const struct walk *walk = &translation->walk;

	if (walk->outcome == WALK_MAPPED || walk->outcome == WALK_NON_CANONICAL)
		return;
	output_string(output, "level",
		      answer->space->paging->level[walk_last_level(walk)].name);
	if (walk->outcome == WALK_UNREADABLE)
		output_string(output, "reason", page_state_names[walk->reason]);
	if (translation->meaning.has_swap) {
		output_count(output, "swap_type", translation->meaning.swap_type);
		output_count(output, "swap_offset",
			     translation->meaning.swap_offset);
	}
	if (answer->trouble.code)
		output_string(output, "message", answer->trouble.message);
}

/* ioremap() also maps memory reserved by the firmware, whose pages dumps may have:
 * in vmalloc the resource tree decides what is RAM. */
const char *walk_answer_resource(const struct walk_answer *answer)
{
	const struct translation *translation = &answer->translation;
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree;
	const struct resource *innermost;
	bool absent = translation->page_state == PAGE_ABSENT;
	unsigned int nr;

	if (!translation->has_physical ||
	    (!absent &&
	     (!answer->region || answer->region->kind != REGION_VMALLOC)))
		return NULL;
	tree = kernel_resources(answer->session->kernel, RESOURCE_MEMORY, NULL);
	nr = tree ? resource_chain(tree, translation->physical, chain) : 0;
	if (!nr || (!absent && !strcmp(chain[0]->name, "System RAM")))
		return NULL;
	innermost = resource_innermost(chain, nr, translation->physical);
	return innermost && innermost->name[0] ? innermost->name : NULL;
}

void show_walk(const struct walk_answer *answer, const char *command)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const char *resource = walk_answer_resource(answer);

	output_begin(output, command, answer->argument,
		     translation_status_names[translation->status]);
	output_hex(output, "virtual", translation->walk.vaddr);
	if (translation->has_physical) {
		output_hex(output, "physical", translation->physical);
		output_count(output, "page_size", translation->walk.page_size);
		output_hex(output, "pfn", translation->physical >> PAGE_SHIFT);
		if (answer->page)
			output_hex(output, "page", answer->page);
	}
	if (answer->region)
		output_string(output, "region",
			      translation->has_physical ?
				      region_name_mapped(answer->region) :
				      region_names[answer->region->kind]);
	output_stop(answer);
	output_rights(answer);
	if (translation->has_physical)
		output_string(output, "page_state",
			      page_state_names[translation->page_state]);
	if (resource)
		output_string(output, "resource", resource);
}

const char *page_size_text(uint64_t page_size)
{
	switch (page_size) {
	case PAGE_BYTES:
		return "4K";
	case 1 << 21:
		return "2M";
	case 1 << 22:
		return "4M";
	default:
		return "1G";
	}
}
