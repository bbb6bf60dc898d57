/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "linux/module/modules.h"
#include "cli/show_area.h"

static void areas_print(struct session *session, const char *argument,
			const struct vmalloc_area *area)
{
	output_begin(session->output, "areas", argument, NULL);
	show_area(session, area);
	output_end(session->output);
}

static bool areas_answer(struct session *session, const struct vmalloc_list *list,
			 const char *argument, struct error *err)
{
	const struct vmalloc_area *area;
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err))
		return false;
	area = vmalloc_area_at(list, vaddr);
	if (!area && list->damages.nr)
		return fail(
			err, ERROR_NO_ANSWER,
			"is in none of the areas that were found, but some areas could not be read: %.300s",
			list->damages.error[0].message);
	if (!area)
		return fail(err, ERROR_NO_ANSWER, "is in no area");
	areas_print(session, argument, area);
	return true;
}

static bool is_of_module(struct session *session, const struct vmalloc_area *area)
{
	struct area_info known;

	query_area_info(session->kernel, area, &known);
	return *known.module || known.nr_shared;
}

/* --- callers --- */

static const struct record callers_record = {
	.fields = FIELDS(COLUMN("caller", .width = 32, .rank = KEPT),
			 COLUMN("caller_address", .heading = "caller"), COLUMN("areas"),
			 COLUMN("size", .kind = KIND_KIB, .width = 12)),
};

static int compare_sizes(const void *one, const void *two)
{
	const struct caller_sum *a = one, *b = two;

	return COMPARE(b->size, a->size) ?: COMPARE(a->caller, b->caller);
}

static bool areas_print_callers(struct session *session, const struct vmalloc_list *list,
				struct error *err)
{
	struct kernel *kernel = session->kernel;
	size_t nr;
	struct caller_sum *sum = query_callers(kernel, list, &nr, err);
	bool sorted = sum && (sort_items(sum, nr, sizeof(*sum), compare_sizes, kernel->listener) ||
			      fail(err, ERROR_INTERRUPTED, "interrupted"));

	output_declare(session->output, &callers_record);
	for (size_t i = 0; sorted && i < nr && !session_interrupted(session); i++) {
		output_begin(session->output, "areas", NULL, NULL);
		show_caller(session, &sum[i]);
		output_end(session->output);
	}
	free(sum);
	return sorted;
}

/* --- areas --- */

struct areas_options {
	unsigned int modules;
	unsigned int callers; /* show sums for each caller, not the areas */
};

static bool areas_print_all(struct session *session, const struct vmalloc_list *list,
			    struct error *err)
{
	const struct areas_options *given = session->given;

	if (given->callers && !areas_print_callers(session, list, err))
		return false;
	for (size_t i = 0; !given->callers && i < list->nr && !session_interrupted(session); i++)
		if (!given->modules || is_of_module(session, &list->area[i]))
			areas_print(session, NULL, &list->area[i]);
	if (!session_interrupted(session))
		session_complain_of_damages(session, &list->damages);
	return true;
}

static bool areas_run(struct session *session, char **words, struct error *err)
{
	const struct vmalloc_list *list = vmalloc_areas(session->kernel, err);

	if (!list || !*words)
		return list && areas_print_all(session, list, err);
	for (; *words && !session_interrupted(session); words++)
		if (!areas_answer(session, list, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct command_option options[] = {
	{ "m", AT(areas_options, modules), .group = 'm', .help = "only areas of modules" },
	{ "c", AT(areas_options, callers), .group = 'm', .alone = true,
	  .help = "one line per caller, with the sum of its areas, the largest\nfirst" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("start", .rank = KEPT), COLUMN("end", .rank = KEPT),
			 COLUMN("size", .kind = KIND_KIB, .width = 12, .rank = 3),
			 COLUMN("kind", .width = 9, .rank = KEPT),
			 COLUMN("physical", .kind = KIND_PHYSICAL, .rank = 5),
			 COLUMN("pages", .rank = 3), COLUMN("caller", .width = 32, .rank = 6),
			 COLUMN("caller_address", .heading = "caller", .width = 32),
			 COLUMN("module", .heading = "name", .width = 16),
			 COLUMN("modules", .heading = "name", .width = 16),
			 COLUMN("resource", .heading = "name", .width = 16),
			 COLUMN("flags", .width = 28, .rank = 3), HIDDEN("physical_end")),
};

const struct command command_areas = {
	.name = "areas",
	.counts_none = true,
	.group = GROUP_KERNEL,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, .most = MANY }),
	.given_size = GIVEN(areas_options),
	.record = &record,
	.summary = "areas of vmalloc, ioremap, vmap and modules, with their callers",
	.details =
		"All areas in address order, as in /proc/vmallocinfo, or the areas that contain\n"
		"the addresses. For each area: range (with the guard page), kind, the physical\n"
		"address and resource mapped by ioremap, pages, caller, module, flags. Freed\n"
		"areas that still wait for a TLB flush are \"unpurged\". Needs type information:\n"
		"of a vmlinux, or in the dump.",
	.rests_on = RESTS_ON_WALKS,
	.addresses = MANY_ADDRESSES,
	.run = areas_run,
};
