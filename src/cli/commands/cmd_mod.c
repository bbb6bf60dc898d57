/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "linux/area_members.h"
#include "linux/module/module_lines.h"
#include "linux/module/modules.h"
#include "oops/facts.h"

struct mod_options {
	unsigned int tainting;
};

struct mod_listing {
	struct session *session;
	bool tainting; /* only modules that taint the kernel */
	const struct module_range *range; /* the parts of all modules; NULL: none */
	size_t nr_ranges;
};

/* The file of a module that is open. It is found by the module's name. */
struct mod_file {
	const char *module, *path;
};

static void find_file(void *arg, const struct module_file *file)
{
	struct mod_file *wanted = arg;

	if (!file->refused && !strcmp(file->module, wanted->module))
		wanted->path = file->path;
}

/* The size is the sum of the parts that are not freed after the start, as lsmod shows it. */
static void put_memory(const struct mod_listing *listing, uint64_t module)
{
	struct output *output = listing->session->output;
	uint64_t base = 0, size = 0;

	for (size_t i = 0; i < listing->nr_ranges; i++) {
		const struct module_range *range = &listing->range[i];

		if (range->module != module || module_part_is_init(range->part))
			continue;
		size += range->last - range->first + 1;
		if (range->part == PART_TEXT)
			base = range->first;
	}
	output_hex_if(output, "base", base, base);
	output_count_if(output, "size", size, size);
}

static bool print_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	const struct mod_listing *listing = arg;
	struct output *output = listing->session->output;
	struct mod_file file = { module->name, NULL };
	char letters[FACT_TAINTS] = "";
	struct error doubt = { .code = ERROR_NONE };
	uint64_t taints;

	if (kernel_read_member(kernel, module->address, MODULE_TAINTS, &taints, NULL))
		fact_taint_letters(taints, letters);
	if (listing->tainting && !*letters)
		return !session_interrupted(listing->session);
	module_files_each(kernel, find_file, &file);
	output_begin(output, "mod", NULL, NULL);
	output_hex(output, "address", module->address);
	output_string(output, "module", module->name);
	put_memory(listing, module->address);
	output_string_if(output, "taints", letters);
	output_string_if(output, "file", file.path);
	module_agrees(kernel, module, &doubt);
	session_end_answer(listing->session, NULL, &doubt);
	return !session_interrupted(listing->session);
}

static bool run_mod(struct session *session, char **words, struct error *err)
{
	const struct mod_options *given = session->given;
	struct mod_listing listing = { .session = session, .tainting = given->tainting };

	(void)words;
	listing.range = module_all_ranges(session->kernel, 0, UINT64_MAX, &listing.nr_ranges);
	return module_each(session->kernel, print_module, &listing, err);
}

static const struct command_option options[] = {
	{ "t", AT(mod_options, tainting), .help = "only modules that taint the kernel" }, { 0 }
};

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("address", .rank = KEPT),
					  COLUMN("module", .heading = "name", .width = 21,
						 .rank = KEPT),
					  COLUMN("base", .rank = KEPT),
					  COLUMN("size", .width = 8, .rank = KEPT),
					  COLUMN("taints"),
					  COLUMN("file", .heading = "object file", .rank = 3),
					  { 0 } },
};

const struct command command_mod = {
	.name = "mod",
	.also = "lsmod",
	.counts_none = true,
	.group = GROUP_KERNEL,
	.options = options,
	.given_size = GIVEN(mod_options),
	.record = &record,
	.summary = "loaded modules",
	.details =
		"For each module, in the order of the kernel's list: its struct module, name, the\n"
		"start of its code, its bytes in memory without parts that are freed after the\n"
		"start, the letters of the taint flags that it sets, and the file with its\n"
		"debugging data, if one is open. areas -m shows the parts of modules.",
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.run = run_mod,
};
