/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/area.h"
#include "command/process.h"

static void print(struct session *session, const char *argument,
		  const struct vmalloc_area *area)
{
	output_begin(session->output, "areas", argument, "ok");
	output_area(session, area);
	output_end(session->output);
}

static bool answer(struct session *session, const struct vmalloc_list *list,
		   const char *argument, struct error *err)
{
	const struct vmalloc_area *area;
	uint64_t vaddr;

	if (!command_parse_address(session, argument, &vaddr, err))
		return false;
	area = vmalloc_area_at(list, vaddr);
	if (area)
		print(session, argument, area);
	else if (list->damages.nr)
		return fail(err, ERROR_NO_ANSWER,
			    "is in no area that was found; not all were: %.300s",
			    list->damages.error[0].message);
	else
		return fail(err, ERROR_NO_ANSWER, "is in no area");
	return true;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct watch watch = command_watch(session);
	const struct vmalloc_list *list =
		kernel_vmalloc(session->kernel, &watch, err);
	struct error complaint;

	if (!list)
		return false;
	for (size_t i = 0; argc == 1 && i < list->nr; i++) {
		if (command_interrupted(session))
			return true;
		print(session, NULL, &list->area[i]);
	}
	for (int i = 1; i < argc && !command_interrupted(session); i++)
		if (!answer(session, list, argv[i], &complaint))
			command_complain(session, argv[i], &complaint);
	if (argc == 1)
		command_complain_of_damages(session, NULL, &list->damages);
	return true;
}

const struct command command_areas = {
	.name = "areas",
	.usage = "[ADDR...]",
	.summary = "areas of vmalloc, ioremap, vmap and modules, and who asked for them",
	.details = "All areas in address order, as /proc/vmallocinfo shows them, or those that\n"
		   "hold the addresses: range (with the guard page), kind, the physical address\n"
		   "and resource that ioremap maps there, pages, caller, module, flags. Areas\n"
		   "that were freed and wait for TLBs to forget them are \"unpurged\". Needs\n"
		   "types: vmlinux's, or those in the dump.",
	.min_args = 0,
	.max_args = -1,
	.run = run,
};
