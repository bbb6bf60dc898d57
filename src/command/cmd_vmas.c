/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "command/process.h"
#include "kernel/vma.h"

static void print(struct session *session, uint64_t mm, const struct vma *vma)
{
	struct output *output = session->output;
	char rights[] = "---p", name[VMA_NAME_MAX];
	struct error err;
	bool named;

	if (vma->flags & VMA_READ)
		rights[0] = 'r';
	if (vma->flags & VMA_WRITE)
		rights[1] = 'w';
	if (vma->flags & VMA_EXEC)
		rights[2] = 'x';
	if (vma->flags & VMA_MAYSHARE)
		rights[3] = 's';
	named = kernel_vma_name(session->kernel, mm, vma, name, &err);
	output_begin(output, "vmas", NULL, "ok");
	output_hex(output, "start", vma->start);
	output_hex(output, "end", vma->last);
	output_string(output, output_json(output) ? "flags" : "rights", rights);
	output_hex(output, "offset", vma->file ? vma->pgoff << 12 : 0);
	output_hex(output, "vma", vma->address);
	if (named && *name)
		output_string(output, "file", name);
	else if (!output_json(output))
		output_string(output, "file", named ? "" : "?");
	if (!named && output_json(output))
		output_string(output, "message", err.message);
	output_end(output);
	if (!named)
		command_complain_of_answer(session, NULL, &err);
}

static bool answer(struct session *session, const struct process *process,
		   struct error *err)
{
	struct watch watch = command_watch(session);
	struct vma_list list;

	if (!process->mm || process->borrowed)
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no mappings: it is a kernel thread, or has ended",
			    process->task.comm);
	if (!kernel_vmas(session->kernel, process->mm, &watch, &list, err)) {
		vma_list_release(&list);
		return false;
	}
	for (size_t i = 0; i < list.nr && !command_interrupted(session); i++)
		print(session, process->mm, &list.vma[i]);
	command_complain_of_damages(session, NULL, &list.damages);
	vma_list_release(&list);
	return true;
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const char *named = NULL;
	struct process process;
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+:p:")) != -1) {
		if (option == 'p')
			named = optarg;
		else if (option != ':')
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    optopt);
	}
	if (optind < argc)
		return fail(err, ERROR_USAGE, "%s: give -p before it",
			    argv[optind]);
	return command_process(session, named, &process, err) &&
	       answer(session, &process, err);
}

const struct command command_vmas = {
	.name = "vmas",
	.usage = "[-p PID|NAME|TASK|MM]",
	.summary = "mappings of a process, as /proc/PID/maps shows them",
	.details = "For each: first and last address, rights (p private, s shared), offset in\n"
		   "the file, its vm_area_struct and its name: a path from the root of the\n"
		   "outermost mount, or what the kernel calls it. Without -p: those of the\n"
		   "process that set chose.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
		    RESTS_ON_SYMBOLS,
	.min_args = 0,
	.max_args = -1,
	.run = run,
};
