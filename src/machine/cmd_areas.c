/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/modules.h"
#include "show/show_area.h"

static void print(struct session *session, const char *argument,
		  const struct vmalloc_area *area)
{
	output_begin(session->output, "areas", argument, "ok");
	show_area(session, area);
	output_end(session->output);
}

static bool answer(struct session *session, const struct vmalloc_list *list,
		   const char *argument, struct error *err)
{
	const struct vmalloc_area *area;
	uint64_t vaddr;

	if (!parse_address(session, argument, &vaddr, err))
		return false;
	area = vmalloc_area_at(list, vaddr);
	if (!area && list->damages.nr)
		return fail(err, ERROR_NO_ANSWER,
			    "is in none of the areas found, but some could not be read: %.300s",
			    list->damages.error[0].message);
	if (!area)
		return fail(err, ERROR_NO_ANSWER, "is in no area");
	print(session, argument, area);
	return true;
}

static bool is_of_module(struct session *session,
			 const struct vmalloc_area *area)
{
	struct area_info known;

	kernel_area_info(session->kernel, area, &known);
	return *known.module || known.nr_shared;
}

static bool run(struct session *session, char **words, struct error *err)
{
	unsigned int modules = false;
	const struct command_option options[] = {
		{ "m", &modules, .set_to = true },
		{ 0 },
	};
	const struct vmalloc_list *list;
	struct error complaint;
	bool all;

	if (!command_options(&words, options, err))
		return false;
	list = kernel_vmalloc(session->kernel, err);
	all = !*words;
	for (size_t i = 0; list && all && i < list->nr; i++) {
		if (session_interrupted(session))
			return true;
		if (!modules || is_of_module(session, &list->area[i]))
			print(session, NULL, &list->area[i]);
	}
	if (!list)
		return false;
	for (; *words && !session_interrupted(session); words++)
		if (!answer(session, list, *words, &complaint))
			session_complain(session, *words, &complaint);
	if (all)
		session_complain_of_damages(session, &list->damages);
	return true;
}

const struct command command_areas = {
	.name = "areas",
	.usage = "[-m] [ADDR...]",
	.summary = "areas of vmalloc, ioremap, vmap and modules, with their callers",
	.details = "All areas in address order, as in /proc/vmallocinfo, or those that hold the\n"
		   "addresses: range (with the guard page), kind, the physical address and\n"
		   "resource mapped by ioremap, pages, caller, module, flags. Freed areas that\n"
		   "still wait for a TLB flush are \"unpurged\". Needs type information: of a\n"
		   "vmlinux, or in the dump.\n"
		   "  -m  only those of modules",
	.rests_on = RESTS_ON_WALKS,
	.addresses = MANY_ADDRESSES,
	.reads_options = true,
	.run = run,
};
