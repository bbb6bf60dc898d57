/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iomem and ioports: trees of the same kind. */
#include "areas/resource.h"
#include "output/row.h"
#include "session/command.h"

static void output_resource(struct output *output,
			    const struct resource *resource)
{
	output_hex(output, "start", resource->start);
	output_hex(output, "end", resource->end);
	if (resource->name[0])
		output_string(output, "name", resource->name);
	output_count(output, "depth", resource->depth);
}

/* The format of r_show() in kernel/resource.c. */
static void text_line(struct output *output, const struct resource_tree *tree,
		      const struct resource *resource)
{
	unsigned int width = tree->root_end < 0x10000 ? 4 : 8;
	struct row row = { .used = 0 };

	row_pad(&row, 2 * resource->depth);
	row_hex(&row, resource->start, width);
	row_text(&row, "-");
	row_hex(&row, resource->end, width);
	row_text(&row, " : ");
	row_text(&row, resource->name[0] ? resource->name : "?");
	row_end(&row, output);
}

static void list(struct session *session, const struct resource_tree *tree)
{
	struct output *output = session->output;
	struct error err;

	for (size_t i = 0; i < tree->nr; i++) {
		if (!output_json(output)) {
			text_line(output, tree, &tree->resource[i]);
			continue;
		}
		output_begin(output, session->command->name, NULL, "ok");
		output_resource(output, &tree->resource[i]);
		output_end(output);
	}
	if (!tree->nr_damages)
		return;
	fail(&err, ERROR_FORMAT, "%zu damaged branches of the tree were left out, the first: %s",
	     tree->nr_damages, tree->damage.message);
	session_complain(session, NULL, &err);
}

static bool answer(struct session *session, const struct resource_tree *tree,
		   const char *argument, struct error *err)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	struct output *output = session->output;
	unsigned int nr;
	uint64_t paddr;

	if (!parse_physical(argument, &paddr, err))
		return false;
	nr = resource_chain(tree, paddr, chain);
	if (!nr && tree->nr_damages) {
		*err = tree->damage;
		return false;
	}
	output_begin(output, "iomem", argument, nr ? "ok" : "no-resource");
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

static bool run_iomem(struct session *session, int argc, char **argv,
		      struct error *err)
{
	const struct resource_tree *tree =
		kernel_resources(session->kernel, RESOURCE_MEMORY, err);
	struct error complaint;

	if (tree && argc == 1)
		list(session, tree);
	for (int i = 1; tree && i < argc && !session_interrupted(session); i++)
		if (!answer(session, tree, argv[i], &complaint))
			session_complain(session, argv[i], &complaint);
	return tree;
}

static bool run_ioports(struct session *session, int argc, char **argv,
			struct error *err)
{
	const struct resource_tree *tree =
		kernel_resources(session->kernel, RESOURCE_PORTS, err);

	(void)argc, (void)argv;
	if (tree)
		list(session, tree);
	return tree;
}

const struct command command_iomem = {
	.name = "iomem",
	.usage = "[PHYS...]",
	.summary = "resources of the physical address space",
	.details = "The kernel's resource tree, as in root's /proc/iomem; END is the last byte.\n"
		   "With PHYS: the innermost resource that holds the address, and the chain of\n"
		   "resources down to it, outermost first. Needs vmlinux.",
	.rests_on = RESTS_ON_WALKS,
	.max_args = -1,
	.run = run_iomem,
};

const struct command command_ioports = {
	.name = "ioports",
	.usage = "",
	.summary = "resources of the I/O ports",
	.details = "The kernel's resource tree, as in root's /proc/ioports. Needs vmlinux.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_ioports,
};
