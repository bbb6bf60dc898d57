/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/answer.h"

#include <string.h>

#include "kernel/resource.h"

static bool needs_explaining(enum translation_status status)
{
	return status == TRANSLATION_CORRUPT || status == TRANSLATION_UNREADABLE ||
	       status == TRANSLATION_SPECIAL;
}

void answer_complete(struct answer *answer)
{
	struct kernel *kernel = answer->session->kernel;
	const struct translation *translation = &answer->translation;

	answer->region = kernel_region(kernel, translation->walk.vaddr, NULL);
	answer->page = 0;
	if (translation->has_physical)
		kernel_pfn_to_page(kernel, translation->physical >> 12,
				   &answer->page, NULL);
	answer->in_trouble = needs_explaining(translation->status);
	if (answer->in_trouble)
		translation_explain(translation, answer->space, &answer->trouble);
}

void answer_find(struct answer *answer, uint64_t vaddr)
{
	answer->translation = kernel_translate(answer->session->kernel,
					       answer->space, vaddr);
	answer_complete(answer);
}

static void output_rights(const struct answer *answer)
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

/* Where the walk stopped and what stands there instead of a page. */
static void output_stop(const struct answer *answer)
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
	if (answer->in_trouble)
		output_string(output, "message", answer->trouble.message);
}

/* ioremap() also maps what the firmware keeps in memory: of that dumps may have
 * the pages, so there the tree is asked whether it is RAM. */
const char *answer_resource(const struct answer *answer)
{
	const struct translation *translation = &answer->translation;
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree;
	const struct resource *innermost;
	bool absent = translation->page_state == PAGE_ABSENT;
	unsigned int nr;

	if (!translation->has_physical ||
	    (!absent && (!answer->region ||
			 strcmp(answer->region->name, "vmalloc"))))
		return NULL;
	tree = kernel_resources(answer->session->kernel, RESOURCE_MEMORY, NULL);
	nr = tree ? resource_chain(tree, translation->physical, chain) : 0;
	if (!nr || (!absent && !strcmp(chain[0]->name, "System RAM")))
		return NULL;
	innermost = resource_innermost(chain, nr, translation->physical);
	return innermost && innermost->name[0] ? innermost->name : NULL;
}

void answer_begin(const struct answer *answer, const char *command)
{
	struct output *output = answer->session->output;
	const struct translation *translation = &answer->translation;
	const char *resource = answer_resource(answer);

	output_begin(output, command, answer->argument,
		     translation_status_names[translation->status]);
	output_hex(output, "virtual", translation->walk.vaddr);
	if (translation->has_physical) {
		output_hex(output, "physical", translation->physical);
		output_count(output, "page_size", translation->walk.page_size);
		output_hex(output, "pfn", translation->physical >> 12);
		if (answer->page)
			output_hex(output, "page", answer->page);
	}
	if (answer->region)
		output_string(output, "region", answer->region->name);
	output_stop(answer);
	output_rights(answer);
	if (translation->has_physical)
		output_string(output, "page_state",
			      page_state_names[translation->page_state]);
	if (resource)
		output_string(output, "resource", resource);
}

const char *answer_size_text(uint64_t page_size)
{
	switch (page_size) {
	case 1 << 12:
		return "4K";
	case 1 << 21:
		return "2M";
	case 1 << 22:
		return "4M";
	default:
		return "1G";
	}
}
