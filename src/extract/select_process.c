/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Keeps the memory of a process, and reads its structs. */
#include <inttypes.h>
#include <stdlib.h>

#include <stdio.h>

#include "query/mapped.h"
#include "linux/task/stack.h"
#include "base/text.h"
#include "extract/select.h"
#include "kernel/member.h"
#include "paging/scan.h"
#include "linux/task/task_info.h"
#include "linux/vma/vma.h"

/* --- its memory --- */

static void select_ranges(struct selector *selector, const struct mapped *mapped)
{
	for (size_t i = 0; i < mapped->nr_ranges; i++) {
		const struct search_range *range = &mapped->ranges[i];

		selection_add_range(selector->selection, range->paddr,
				    range->paddr + (range->last - range->address), SELECTED_PROCESS,
				    selector->kernel->listener);
	}
}

static void name_part(const struct process *process, const char *what, char part[64])
{
	snprintf(part, 64, "%s of process %d", what, (int)process->task.tgid);
}

void select_process_memory(struct selector *selector, const struct process *process)
{
	const struct mapped_request request = {
		.kernel = selector->kernel,
		.space = &process->user,
		.last = process->user_last,
		.processes = true,
		.aliases = true,
	};
	struct error err = { .code = ERROR_NONE };
	struct mapped mapped = { 0 };
	char part[64];

	name_part(process, "memory", part);
	if (!process_has_memory(process))
		return;
	if (!mapped_open(&mapped, &request)) {
		out_of_memory(&err);
		selector_lacks(selector, part, &err);
		return;
	}
	while (mapped_next(&mapped, &err))
		select_ranges(selector, &mapped);
	if (err.code == ERROR_NONE && mapped.scan->end == SCAN_ENDLESS)
		fail(&err, ERROR_FORMAT, "its page tables point to each other");
	if (err.code == ERROR_NONE && mapped.nr_gaps)
		fail(&err, ERROR_UNREADABLE,
		     "%zu part%s of its page tables %s missing or damaged, the first at %" PRIx64,
		     mapped.nr_gaps, plural_s(mapped.nr_gaps), plural_are(mapped.nr_gaps),
		     mapped.first_gap.first);
	if (err.code != ERROR_NONE)
		selector_lacks(selector, part, &err);
	mapped_close(&mapped);
}

/* --- its structs --- */

/* Structs to which a task_struct points: the member of task_struct, and the type of the struct. */
static const struct {
	const char *member, *type;
} of_task[] = {
	{ "mm", "mm_struct" },	     { "signal", "signal_struct" }, { "sighand", "sighand_struct" },
	{ "files", "files_struct" }, { "fs", "fs_struct" },	    { "cred", "cred" },
	{ "real_cred", "cred" },     { "nsproxy", "nsproxy" },
};

enum { LARGEST_STRUCT = 1 << 16 };

/* Reads a struct, so that the recorder records its bytes. */
static bool read_struct(struct kernel *kernel, const char *type, uint64_t address,
			struct error *err)
{
	uint64_t size;
	uint8_t *buffer;
	bool ok;

	if (!address)
		return true;
	if (!kernel_type_size(kernel, type, &size) || !size || size > LARGEST_STRUCT)
		return fail(err, ERROR_UNKNOWN, "struct %s is not known", type);
	buffer = malloc(size);
	ok = buffer ? kernel_read(kernel, address, buffer, size, err) : out_of_memory(err);
	free(buffer);
	return ok;
}

static bool read_stack(struct kernel *kernel, const struct task_facts *facts,
		       const struct task *task, struct error *err)
{
	struct task_info info = task_info_read(kernel, facts, task);
	uint8_t page[PAGE_BYTES];
	struct stack stack;

	if (!info.stack || !task_stack_at(kernel, info.stack, &stack))
		return true;
	for (uint64_t at = stack.first; at < stack.last && !kernel_stopped(kernel);
	     at += PAGE_BYTES)
		if (!kernel_read(kernel, at, page, sizeof(page), err))
			return false;
	return true;
}

/* Reads a task and the structs that it points to. */
static bool read_task(struct kernel *kernel, const struct task_facts *facts,
		      const struct task *task, struct error *err)
{
	if (!read_struct(kernel, "task_struct", task->address, err) ||
	    !read_stack(kernel, facts, task, err))
		return false;
	for (size_t i = 0; i < sizeof(of_task) / sizeof(*of_task); i++) {
		uint64_t offset, address;

		if (!kernel_member_offset(kernel, "task_struct", of_task[i].member, &offset))
			continue;
		if (!kernel_read_pointer(kernel, task->address + offset, &address, err) ||
		    !read_struct(kernel, of_task[i].type, address, err))
			return false;
	}
	return true;
}

static bool read_vmas(struct kernel *kernel, const struct process *process, struct error *err)
{
	struct vma_list list;
	bool ok;

	if (!process_has_memory(process))
		return true;
	ok = vma_each(kernel, process->mm, &list, err);
	for (size_t i = 0; i < list.nr && ok && !kernel_stopped(kernel); i++)
		ok = read_struct(kernel, "vm_area_struct", list.vma[i].address, err) &&
		     read_struct(kernel, "file", list.vma[i].file, err);
	vma_list_release(&list);
	return ok;
}

void select_process_structs(struct selector *selector, const struct process *process)
{
	struct kernel *kernel = selector->kernel;
	const struct task_list *list;
	struct task_facts facts;
	struct error err;
	char part[64];
	bool ok;

	name_part(process, "structs", part);
	list = task_all(kernel, &err);
	ok = list;
	if (list) {
		task_facts_read(kernel, list, &facts);
		for (size_t i = 0; i < list->nr && ok && !kernel_stopped(kernel); i++)
			if (list->task[i].tgid == process->task.tgid)
				ok = read_task(kernel, &facts, &list->task[i], &err);
		task_facts_release(&facts);
	}
	if (!ok || !read_vmas(kernel, process, &err))
		selector_lacks(selector, part, &err);
}
