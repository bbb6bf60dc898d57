/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include "cli/show_task.h"
#include "cli/tables.h"
#include "linux/vma/vma.h"

static void vmas_print(struct session *session, uint64_t mm, const struct vma_list *list,
		       const struct vma *vma)
{
	struct output *output = session->output;
	uint64_t start = vma_shown_start(session->kernel, list, vma);
	char rights[5];
	char name[VMA_NAME_MAX] = "";
	struct error err = { .code = ERROR_NONE };
	bool named = vma_name_of(session->kernel, mm, vma, name, &err);

	vma_rights(vma, rights);
	output_begin(output, "vmas", NULL, NULL);
	output_range(output, start, vma->last);
	output_word(output, "flags", rights, style_of_rights(rights[1] == 'w', rights[2] == 'x'));
	output_hex(output, "offset", vma->file ? kernel_frame(session->kernel, vma->pgoff) : 0);
	output_hex(output, "vma", vma->address);
	output_count_if(output, "size", start <= vma->last, vma->last - start + 1);
	if (named)
		output_string_if(output, "file", name);
	/* Names such as "[heap]" and "[anon_shmem:pool]" are not paths. */
	if (named && vma->file && *name == '/')
		output_string(output, "path", name);
	session_add_pid(session, vma->first);
	session_end_answer(session, NULL, &err);
}

/* Reports damage in the list of VMAs. The message names a command that shows the pages of the
 * process in any case, from the page tables. */
static void complain_of_damaged(struct session *session, const struct process *process,
				const struct damages *damages)
{
	struct damages named = *damages;

	for (size_t i = 0; i < damages->nr && i < MAX_DAMAGES; i++) {
		const struct error *why = &damages->error[i];

		if (process->has_task)
			fail(&named.error[i], why->code,
			     "the mappings of pid %" PRId32
			     " are damaged: %.400s; pagemap shows the pages",
			     process->task.pid, why->message);
	}
	session_complain_of_damages(session, &named);
}

static bool vmas_run(struct session *session, char **words, struct error *err)
{
	struct process *process = &session->chosen.table.process;
	struct vma_list list;
	bool found;

	if (!usual_process(session, *words, process, err))
		return false;
	session->chosen.table.has_process = session->chosen.table.given =
		true; /* so records have its pid */
	if (!process_has_memory(process))
		return fail(err, ERROR_NO_ANSWER,
			    "%s has no mappings: it is a kernel thread, or has ended",
			    process->task.comm);
	if (process->has_task)
		show_task_heading(session, &process->task);
	found = vma_each(session->kernel, process->mm, &list, err);
	for (size_t i = 0; found && i < list.nr && !session_interrupted(session); i++)
		vmas_print(session, process->mm, &list, &list.vma[i]);
	if (found)
		complain_of_damaged(session, process, &list.damages);
	vma_list_release(&list);
	return found;
}

static const struct command_option options[] = {
	TABLE_OPTIONS("p", "the mappings of this process", "r",
		      "the mappings of the process whose page table is at ROOT, a\n"
		      "physical address or a value of CR3 or TTBR"),
	{ 0 }
};

static const struct record record = {
	.fields =
		FIELDS(COLUMN("start", .rank = KEPT), COLUMN("end", .rank = KEPT),
		       COLUMN("size", .kind = KIND_KIB, .width = 8, .rank = 3),
		       COLUMN("flags", .heading = "rights", .rank = KEPT), COLUMN("offset"),
		       COLUMN("vma", .rank = 1), COLUMN("file", .rank = KEPT),
		       COLUMN("message", .heading = "file", TEXT(.before = "? ")), HIDDEN("path")),
};

const struct command command_vmas = {
	.name = "vmas",
	.group = GROUP_PROCESSES,
	.options = options,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = 1 }),
	.record = &record,
	.summary = "mappings of a process, as in /proc/PID/maps",
	.listed_with = "files",
	.details = "For each mapping: its first and last address, size, rights (p: private, s:\n"
		   "shared), offset in the file, vm_area_struct and name: a path from the root of\n"
		   "the outermost mount, or the name that the kernel gives the mapping, such as\n"
		   "[heap]. Default: the process chosen by set, or else the one that caused the\n"
		   "panic.",
	.rests_on = RESTS_ON_WALKS,
	.run = vmas_run,
};
