/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/select.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address_set.h"
#include "base/bytes.h"
#include "base/page.h"
#include "base/text.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/member.h"
#include "kernel/view.h"
#include "linux/page/frame_runs.h"
#include "linux/page/page.h"
#include "linux/page/page_use.h"
#include "linux/task/stack.h"
#include "linux/task/table_pass.h"
#include "linux/task/task_info.h"
#include "linux/vma/vma.h"
#include "paging/scan.h"
#include "query/mapped.h"
#include "query/memory_runs.h"
#include "query/page_owner.h"
#include "query/translate.h"
#include "symbols/kallsyms.h"

void selector_lacks(struct selector *selector, const char *part, const struct error *why)
{
	if (selector->nr_lacks < MOST_LACKS) {
		struct lack *lack = &selector->lack[selector->nr_lacks];

		snprintf(lack->part, sizeof(lack->part), "%s", part);
		lack->why = *why;
	}
	selector->nr_lacks++;
}

/* --- the identity of the kernel --- */

/* Reads the data that identify the kernel of a dump, and the data of its symbols. The dump must
 * be a recorder, because the purpose is to record what is read. */

enum { BANNER_SIZE = 512, LARGEST_NOTES = 4096 };

/* Reads the mapped pages from first to last, both inclusive. */
static void select_identity_read_pages(struct kernel *kernel, uint64_t first, uint64_t last)
{
	uint8_t page[PAGE_BYTES];

	for (uint64_t at = page_first(first);
	     at >= page_first(first) && at <= last && !kernel_stopped(kernel); at += PAGE_BYTES)
		kernel_read(kernel, at, page, sizeof(page), NULL);
}

/* Reads the tables of kallsyms and the bytes between them, because a search of the kernel's image
 * needs these bytes to find the tables if no VMCOREINFO note names them. */
static void read_kallsyms(struct kernel *kernel)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	const struct kallsyms_place *place;
	uint64_t width, first, last;

	if (!kallsyms)
		return;
	place = kallsyms_place(kallsyms);
	width = place->encoding == KALLSYMS_ABSOLUTE ? kernel_pointer_size(kernel) : 4;
	first = smaller_of(place->names, place->values);
	last = larger_of(place->token_index + KALLSYMS_INDEX_SIZE,
			 place->values + place->nr * width);
	/* Reads one page more at both ends, because the number of symbols is stored before the
	 * names, and the base address after the offsets. */
	if (last > first && last - first < LARGEST_VIEW)
		select_identity_read_pages(kernel, first - PAGE_BYTES, last + PAGE_BYTES);
}

/* Reads the banner and the notes, which distinguish this build of the kernel from others. */
static void select_identity_read_build(struct kernel *kernel)
{
	char banner[BANNER_SIZE];
	uint8_t notes[LARGEST_NOTES];
	uint64_t address, stop;

	if (kernel_symbol(kernel, "linux_banner", &address, NULL))
		kernel_read_string(kernel, address, banner, sizeof(banner), NULL);
	if (kernel_symbol(kernel, "__start_notes", &address, NULL) &&
	    kernel_symbol(kernel, "__stop_notes", &stop, NULL) && stop - address <= sizeof(notes))
		kernel_read(kernel, address, notes, stop - address, NULL);
}

/* Reads the data that are needed to find the struct page of a frame: all sections, or, in a memory
 * model without sections, the data for each part of memory. */
static void read_sections(struct kernel *kernel)
{
	/* In bytes. Each part of memory with a separate array of struct pages has at least this
	 * size. */
	enum { SMALLEST_PART = 1 << 22 };
	struct section_cursor cursor = { 0 };
	struct section section;
	uint64_t max_pfn, page, steps = 0;

	while (!kernel_stopped(kernel) && page_next_section(kernel, &cursor, &section))
		;
	if (page_section_layout(kernel) || !kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		return;
	for (uint64_t pfn = 0; pfn < max_pfn; pfn += kernel_pfn(kernel, SMALLEST_PART)) {
		page_of_pfn(kernel, pfn, &page, NULL);
		if (listener_stops_at(kernel->listener, ++steps))
			return;
	}
}

void select_build(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;

	read_kallsyms(kernel);
	select_identity_read_build(kernel);
	kernel_dump_types(kernel);
}

void select_identity(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;

	select_build(selector);
	query_is_zero_page(kernel, 0);
	read_sections(kernel);
}

/* --- page tables --- */

struct table_selector {
	struct selector *selector;
	struct dump *dump;
	uint64_t nr_missing, first_missing; /* first_missing: physical address */
};

/* Keeps a table. A page table is a page, but the top-level table of PAE has only 32 bytes. */
static bool select_table(void *arg, const struct passed_table *table)
{
	struct table_selector *place = arg;
	const struct paging *paging = table->space->paging;
	uint64_t size = paging_table_size(paging, table->level);

	if (dump_range_state(place->dump, table->paddr, size) > PAGE_ZERO) {
		if (!place->nr_missing++)
			place->first_missing = table->paddr;
	} else if (size < PAGE_BYTES) {
		selection_add_bytes(place->selector->selection, table->paddr, size);
	} else {
		selection_add_range(place->selector->selection, table->paddr,
				    table->paddr + (size - 1), SELECTED_TABLE, NULL);
	}
	return true;
}

/* Visits tables that belong to no process: the kernel's second table, which page-table isolation
 * creates, and the current tables of the CPUs. For example, a CPU may use the table for EFI
 * calls. */
static void pass_further_roots(struct table_pass *pass)
{
	struct kernel *kernel = pass->kernel;
	const struct dump *dump = kernel->dump;
	const struct space *own = kernel_space(kernel, NULL);
	struct space space;

	if (!own)
		return;
	space = *own;
	if (kernel->arch->user_table && kernel->arch->user_table(&space, &space.root))
		table_pass_space(pass, &space);
	for (size_t i = 0; i < dump->nr_cpus && !kernel_stopped(kernel); i++) {
		space = *own;
		if (arch_cpu_root(kernel->arch, &space, &dump->cpus[i], &space.root))
			table_pass_space(pass, &space);
	}
}

void select_tables(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;
	struct table_selector place = { selector, kernel->dump, 0, 0 };
	struct table_pass pass = {
		.kernel = kernel,
		.visit = select_table,
		.arg = &place,
	};
	struct error err;

	if (!kernel_space(kernel, &err))
		selector_lacks(selector, "the kernel's page table", &err);
	if (!task_all(kernel, &err))
		selector_lacks(selector, "page tables of processes", &err);
	table_pass_all(&pass);
	pass_further_roots(&pass);
	table_pass_release(&pass);
	if (!place.nr_missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " are not in the dump, the first is at %" PRIx64,
	     place.nr_missing, place.first_missing);
	selector_lacks(selector, "page tables", &err);
}

/* --- struct pages --- */

/* Keeps the frames that are mapped at virtual addresses from first to last, both inclusive. Returns
 * the number of bytes that are not mapped. */
static uint64_t select_mapped(struct selector *selector, const struct space *space, uint64_t first,
			      uint64_t last, enum selection_kind kind)
{
	uint64_t missing = 0;

	for (uint64_t at = page_first(first); at <= last; at += PAGE_BYTES) {
		struct walk walk = walk_page_table(space, at);

		if (walk.outcome == WALK_MAPPED)
			selection_add(selector->selection, walk.paddr >> PAGE_SHIFT, kind);
		else
			missing += PAGE_BYTES;
		if (at > UINT64_MAX - PAGE_BYTES)
			break;
	}
	return missing;
}

void select_memory_map(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;
	const struct space *space;
	uint64_t max_pfn, size, at_once, missing = 0;
	struct error err;

	space = kernel_space(kernel, &err);
	if (!space || !kernel_require(kernel, FACT_MAX_PFN, &max_pfn, &err) ||
	    !kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &size, &err)) {
		selector_lacks(selector, "struct pages", &err);
		return;
	}
	/* 32 struct pages are kept at once if they fit in a page. They are contiguous, because each
	 * section and node begins at a multiple of 32 frames. */
	at_once = size <= LEAST_PAGE / 32 ? 32 : 1;
	for (uint64_t pfn = 0, page; pfn < max_pfn;) {
		if (kernel_stopped(kernel))
			return;
		if (!page_of_pfn(kernel, pfn, &page, NULL)) {
			pfn = page_behind_hole(kernel, pfn);
			continue;
		}
		missing += select_mapped(selector, space, page, page + (at_once * size - 1),
					 SELECTED_MEMORY_MAP);
		pfn += at_once;
	}
	if (!missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " bytes of them are not mapped", missing);
	selector_lacks(selector, "struct pages", &err);
}

/* --- the kernel's own memory --- */

/* Returns true if the kernel uses the frame for itself. Returns false for free frames, for frames
 * of files and processes, even if their content is compressed (zsmalloc), for frames that a balloon
 * took from the kernel, and for frames that a driver may move. */
static bool is_kernels(enum page_use_kind use)
{
	return use == PAGE_USE_RESERVED || use == PAGE_USE_TABLE || use == PAGE_USE_SLAB ||
	       use == PAGE_USE_KMALLOC || use == PAGE_USE_OTHER;
}

struct frame_selector {
	struct selector *selector;
	/* `unknown` is the number of frames with unknown use. `first_unknown` is the page frame
	 * number of the first of them. */
	uint64_t unknown, first_unknown;
};

static bool select_run(const struct frame_run *run, void *arg)
{
	struct frame_selector *place = arg;
	const struct kernel *kernel = place->selector->kernel;

	if (page_use_is_lost(run->use)) {
		if (!place->unknown)
			place->first_unknown = run->first;
		place->unknown += run->last - run->first + 1;
	}
	if (is_kernels(run->use))
		selection_add_range(place->selector->selection, kernel_frame(kernel, run->first),
				    kernel_frame(kernel, run->last + 1) - 1, SELECTED_KERNEL,
				    kernel->listener);
	return true;
}

void select_kernel_memory(struct selector *selector)
{
	struct frame_selector place = { .selector = selector };
	struct error err;

	if (!page_runs(selector->kernel, (struct frame_range){ .last = UINT64_MAX }, select_run,
		       &place, &err)) {
		selector_lacks(selector, "the kernel's memory", &err);
		return;
	}
	if (!place.unknown)
		return;
	fail(&err, ERROR_UNREADABLE,
	     "the use of %" PRIu64
	     " frames is not known, because their struct pages are missing or damaged; the first is %" PRIx64,
	     place.unknown, place.first_unknown);
	selector_lacks(selector, "the kernel's memory", &err);
}

/* --- files in the page cache --- */

struct file_selector {
	struct selector *selector;
	struct address_set seen; /* addresses of the struct address_spaces that were already read */
	uint64_t steps;
	bool failed; /* memory was exhausted */
};

/* Reads the file to which the frame belongs, if it was not read before. */
static bool read_file_of(struct file_selector *place, uint64_t pfn)
{
	struct kernel *kernel = place->selector->kernel;
	struct page_use use;
	struct page_file file;

	if (listener_stops_at(kernel->listener, ++place->steps))
		return false;
	if (!page_use_of(kernel, pfn, &use) ||
	    (use.kind != PAGE_USE_FILE && use.kind != PAGE_USE_SHMEM) || !use.object)
		return true;
	switch (address_set_add(&place->seen, use.object)) {
	case ADDRESS_NEW: query_page_file(kernel, use.object, &file); return true;
	case ADDRESS_SEEN: return true;
	default: place->failed = true; return false;
	}
}

static bool read_files(const struct frame_run *run, void *arg)
{
	struct file_selector *place = arg;

	if (run->use != PAGE_USE_FILE && run->use != PAGE_USE_SHMEM)
		return true;
	for (uint64_t pfn = run->first; pfn <= run->last; pfn++)
		if (!read_file_of(place, pfn))
			return false;
	return true;
}

bool select_files(struct selector *selector)
{
	struct file_selector place = { .selector = selector };
	struct memory_question question = {
		.frames = { .last = UINT64_MAX },
		.visit = read_files,
		.arg = &place,
	};

	query_memory_runs(selector->kernel, &question, NULL);
	address_set_release(&place.seen);
	return !place.failed;
}

/* --- the memory of a process --- */

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
