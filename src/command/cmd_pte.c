/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "command/command.h"
#include "kernel/arch.h"

static bool find_level(const struct paging *paging, const char *name,
		       unsigned int *level, struct error *err)
{
	for (*level = 0; *level < paging->nr_levels; ++*level)
		if (!strcmp(paging->level[*level].name, name))
			return true;
	return fail(err, ERROR_USAGE, "%s: no such level in %s", name,
		    paging->name);
}

static void output_flags(struct session *session, const struct paging *paging,
			 unsigned int level, uint64_t entry)
{
	struct kernel *kernel = session->kernel;
	struct entry_flags flags = kernel->arch->entry_flags(
		kernel_entry_rules(kernel), paging, level, entry);

	output_list_begin(session->output, "flags");
	for (unsigned int i = 0; i < flags.nr; i++)
		output_string(session->output, NULL, flags.name[i]);
	output_list_end(session->output);
}

static bool answer(struct session *session, const struct paging *paging,
		   unsigned int level, const char *argument, struct error *err)
{
	struct output *output = session->output;
	struct entry_meaning meaning;
	uint64_t entry;

	if (!command_parse_hex(argument, &entry, err))
		return false;
	if (paging->entry_size == 4 && entry > UINT32_MAX)
		return fail(err, ERROR_USAGE, "entries of %s have 32 bits",
			    paging->name);
	meaning = kernel_describe_entry(session->kernel, paging, level, entry);
	output_begin(output, "pte", argument, "ok");
	output_hex(output, "entry", entry);
	output_string(output, "kind", entry_kind_names[meaning.kind]);
	if (meaning.has_physical)
		output_hex(output, "physical", meaning.physical);
	if (meaning.has_swap) {
		output_count(output, "swap_type", meaning.swap_type);
		output_count(output, "swap_offset", meaning.swap_offset);
	}
	if (meaning.has_cache)
		output_string(output, "cache", cache_type_names[meaning.cache]);
	output_flags(session, paging, level, entry);
	output_end(output);
	return true;
}

/* The kernel's own paging; its root need not be known for this. */
static const struct paging *find_paging(struct kernel *kernel,
					struct error *err)
{
	uint64_t mode, levels;

	if (!kernel_require(kernel, FACT_MODE, &mode, err) ||
	    !kernel_require(kernel, FACT_LEVELS, &levels, err))
		return NULL;
	return kernel->arch->paging(mode, levels);
}

static bool parse_options(const struct paging *paging, int argc, char **argv,
			  unsigned int *level, struct error *err)
{
	int option;

	*level = paging->nr_levels - 1u;
	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+l:")) != -1) {
		if (option != 'l')
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
		if (!find_level(paging, optarg, level, err))
			return false;
	}
	if (optind == argc)
		return fail(err, ERROR_USAGE, "no entry was given");
	return true;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const struct paging *paging = find_paging(session->kernel, err);
	struct error complaint;
	unsigned int level;

	if (!paging || !parse_options(paging, argc, argv, &level, err))
		return false;
	for (int i = optind; i < argc && !command_interrupted(session); i++)
		if (!answer(session, paging, level, argv[i], &complaint))
			command_complain(session, argv[i], &complaint);
	return true;
}

const struct command command_pte = {
	.name = "pte",
	.usage = "[-l LEVEL] ENTRY...",
	.summary = "what the value of a page-table entry says",
	.details = "Frame, flags and cache type, or what an entry that is not present stands\n"
		   "for: a page without access (prot-none), a swap slot, a migration, a\n"
		   "poisoned page, a marker. ENTRY is taken as one of the last level, unless\n"
		   "-l names another (pgd, p4d, pud, pmd): bit 7 is PAT in one and the size\n"
		   "of the page in the other.",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
