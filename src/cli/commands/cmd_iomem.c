/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands iomem and ioports, which show two trees of the same kind. */
#include <inttypes.h>
#include <stdio.h>

#include "linux/resource.h"
#include "cli/command.h"

static void output_resource(struct output *output, const struct resource *resource)
{
	output_range(output, resource->start, resource->end);
	if (resource->name[0])
		output_string(output, "name", resource->name);
	output_count(output, "depth", resource->depth);
}

struct iomem_listed {
	const struct resource_tree *tree;
	const struct resource *resource;
};

/* Writes a line in the format of r_show() in kernel/resource.c, which writes /proc/iomem. */
static void text_line(const void *arg, char *text, size_t size)
{
	const struct iomem_listed *listed = arg;
	const struct resource *resource = listed->resource;
	int width = listed->tree->root_end < 0x10000 ? 4 : 8;

	snprintf(text, size, "%*s%0*" PRIx64 "-%0*" PRIx64 " : %s", (int)(2 * resource->depth), "",
		 width, resource->start, width, resource->end,
		 resource->name[0] ? resource->name : "?");
}

static const struct record list_record = {
	.plain = true,
	.fields = FIELDS(COLUMN("line")),
};

static void iomem_list(struct session *session, const struct resource_tree *tree)
{
	struct output *output = session->output;

	output_declare(output, &list_record);
	for (size_t i = 0; i < tree->nr && !session_interrupted(session); i++) {
		struct iomem_listed listed = { tree, &tree->resource[i] };

		output_begin(output, session->command->name, NULL, NULL);
		output_summary(output, "line", text_line, &listed);
		output_resource(output, listed.resource);
		output_end(output);
	}
	if (tree->nr_damages)
		session_complainf(
			session, NULL, ERROR_FORMAT,
			"%zu branches of the tree are damaged and were left out, the first: %s",
			tree->nr_damages, tree->damage.message);
}

static bool answer_iomem(struct session *session, const struct resource_tree *tree,
			 const char *argument, struct error *err)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	struct output *output = session->output;
	unsigned int nr;
	uint64_t paddr;

	if (!parse_physical(argument, &paddr, err))
		return false;
	nr = resource_chain(tree, paddr, chain);
	if (!nr && tree->nr_damages)
		return fail(err, tree->damage.code, "%s", tree->damage.message);
	output_begin(output, "iomem", argument, nr ? NULL : "no-resource");
	output_hex(output, "physical", paddr);
	if (nr) {
		output_resource(output, chain[nr - 1]);
		output_list_begin(output, "chain");
		for (unsigned int i = 0; i < nr; i++)
			output_string(output, NULL, chain[i]->name);
		output_list_end(output);
	}
	output_end(output);
	return true;
}

static bool run_iomem(struct session *session, char **words, struct error *err)
{
	const struct resource_tree *tree = resource_all(session->kernel, RESOURCE_MEMORY, err);

	if (tree && !*words)
		iomem_list(session, tree);
	for (; tree && *words && !session_interrupted(session); words++)
		if (!answer_iomem(session, tree, *words, err))
			session_complain(session, *words, err);
	return tree;
}

static bool run_ioports(struct session *session, char **words, struct error *err)
{
	const struct resource_tree *tree = resource_all(session->kernel, RESOURCE_PORTS, err);

	(void)words;
	if (tree)
		iomem_list(session, tree);
	return tree;
}

const struct command command_iomem = {
	.name = "iomem",
	.group = GROUP_KERNEL,
	.arguments = ARGUMENTS({ "PHYS", WORD_PHYSICAL, .most = MANY }),
	.summary = "resource tree of physical memory, as in /proc/iomem",
	.listed_as = "resource trees, as in /proc/iomem and /proc/ioports",
	.details = "The kernel's resource tree, as root sees /proc/iomem; END is the last byte.\n"
		   "With PHYS: the innermost resource that contains the address, after all\n"
		   "resources around it, outermost first. Needs vmlinux.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_iomem,
};

const struct command command_ioports = {
	.name = "ioports",
	.group = GROUP_KERNEL,
	.summary = "resource tree of I/O ports, as in /proc/ioports",
	.listed_with = "iomem",
	.details = "The kernel's resource tree, as root sees /proc/ioports. Needs vmlinux.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_ioports,
};
