/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/page.h"
#include "session/choose_process.h"
#include "session/options.h"
#include "tasks/vma.h"

static void print(struct session *session, uint64_t mm,
		  const struct vma_list *list, const struct vma *vma)
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
	output_hex(output, "start",
		   vma_shown_start(session->kernel, list, vma));
	output_hex(output, "end", vma->last);
	output_string(output, output_json(output) ? "flags" : "rights", rights);
	output_hex(output, "offset", vma->file ? vma->pgoff << PAGE_SHIFT : 0);
	output_hex(output, "vma", vma->address);
	if (named && *name)
		output_string(output, "file", name);
	else if (!output_json(output))
		output_string(output, "file", named ? "" : "?");
	if (!named && output_json(output))
		output_string(output, "message", err.message);
	output_end(output);
	if (!named)
		session_complain_of_answer(session, NULL, &err);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const char *word = NULL;
	const struct command_option options[] = {
		{ "p", .value = &word, .value_optional = true },
		{ 0 },
	};
	struct process process;
	struct vma_list list;

	if (!command_options(&argc, &argv, options, err))
		return false;
	if (argc)
		return fail(err, ERROR_USAGE, "%s: give -p before it", argv[0]);
	if (!session_process(session, word, &process, err))
		return false;
	if (!process_has_memory(&process))
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no mappings: it is a kernel thread, or has ended",
			    process.task.comm);
	if (!kernel_vmas(session->kernel, process.mm, &list, err)) {
		vma_list_release(&list);
		return false;
	}
	for (size_t i = 0; i < list.nr && !session_interrupted(session); i++)
		print(session, process.mm, &list, &list.vma[i]);
	session_complain_of_damages(session, NULL, &list.damages);
	vma_list_release(&list);
	return true;
}

const struct command command_vmas = {
	.name = "vmas",
	.usage = "[-p PID|NAME|TASK|MM]",
	.summary = "mappings of a process, as /proc/PID/maps shows them",
	.details = "For each mapping: its first and last address, rights (p: private, s: shared),\n"
		   "offset in the file, vm_area_struct and name: a path from the root of the\n"
		   "outermost mount, or the kernel's name for it, such as [heap]. Without -p:\n"
		   "the mappings of the process chosen by set.",
	.rests_on = RESTS_ON_WALKS,
	.max_args = -1,
	.run = run,
};
