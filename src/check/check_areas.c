/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks lists of virtual memory: the mappings of each process, and the areas of vmalloc. */
#include <inttypes.h>
#include <stdio.h>

#include "check/check_pass.h"
#include "base/text.h"
#include "kernel/arch.h"
#include "linux/vma/vma.h"
#include "query/entry_witness.h"
#include "linux/page/page_reader.h"
#include "linux/page/page_use.h"
#include "linux/region.h"
#include "linux/task_members.h"
#include "linux/vmalloc.h"
#include "linux/page/page.h"

/* At most this many mappings are read, for all processes together. */
enum { MOST_VMAS_READ = 1 << 24 };
/* At most this many pages of areas are compared with their vm_structs. */
enum { MOST_FRAMES = 1 << 26 };

struct vmas_pass {
	struct kernel *kernel;
	/* damaged: damages of mappings. changing: damages in processes whose mappings were being
	 * changed. missing: parts of trees or lists that are not in the dump. */
	struct tally damaged, changing, missing;
	uint64_t nr_processes, nr_mappings;
	/* Number of processes with an mm that is not an mm_struct. The check user-tables reports
	 * these processes. */
	uint64_t nr_unknown;
	bool too_many;
	struct error why_not; /* the reason if no mappings can be read, or code 0 */
};

/* Reads the number of mappings that the mm_struct counts. Returns false if it is unknown. */
static bool vma_count(struct kernel *kernel, uint64_t mm, uint64_t *count)
{
	return kernel_read_member(kernel, mm, MM_MAP_COUNT, count, NULL);
}

/* Compares the number of mappings with the number that the mm_struct counts. */
static void check_map_count(struct vmas_pass *pass, const struct task *task,
			    const struct vma_list *list, struct tally *tally)
{
	uint64_t counted, nr = list->nr - list->has_gate;

	if (vma_count(pass->kernel, task->mm, &counted) && counted != nr)
		check_count(tally, 0,
			    "the mm_struct of pid %d (%s) counts %" PRIu64 " mappings, but %" PRIu64
			    " were found",
			    (int)task->tgid, task->comm, counted, nr);
}

static void check_areas_of_process(struct vmas_pass *pass, const struct task *task)
{
	struct tally *damaged =
		vma_is_changing(pass->kernel, task->mm) ? &pass->changing : &pass->damaged;
	struct vma_list list;
	struct error err = { .code = ERROR_NONE };
	uint64_t root;

	if (!task_root(pass->kernel, task, &root, NULL)) {
		pass->nr_unknown++;
		return;
	}
	pass->nr_processes++;
	if (!vma_each(pass->kernel, task->mm, &list, &err)) {
		if (err.code == ERROR_FORMAT || err.code == ERROR_UNREADABLE)
			damages_add(&list.damages, &err);
		else
			pass->why_not = err;
	}
	for (size_t i = 0; i < list.damages.nr && i < MAX_DAMAGES; i++)
		check_count(list.damages.error[i].code == ERROR_FORMAT ? damaged : &pass->missing,
			    0, "the mappings of pid %d (%s): %.300s", (int)task->tgid, task->comm,
			    list.damages.error[i].message);
	if (!list.damages.nr && !err.code)
		check_map_count(pass, task, &list, damaged);
	pass->nr_mappings += list.nr;
	pass->too_many = pass->nr_mappings >= MOST_VMAS_READ;
	vma_list_release(&list);
}

static void check_vmas_tell(const struct vmas_pass *pass, const struct checker *checker)
{
	enum check check = CHECK_OF_VMAS;
	const struct task_list *tasks = task_all(pass->kernel, NULL);

	check_tell_tally(&pass->damaged, CHECK_ERROR, "place of the mappings is damaged",
			 "places of the mappings are damaged");
	check_tell_tally(&pass->changing, CHECK_NOT_CHECKED,
			 "place seems damaged, but the mappings were being changed",
			 "places seem damaged, but the mappings were being changed");
	check_tell_tally(&pass->missing, CHECK_NOT_CHECKED, "part of the mappings is missing",
			 "parts of the mappings are missing");
	if (check_tell_unfinished(checker, check, &pass->why_not))
		return;
	if (pass->too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %" PRIu64 " mappings were checked", pass->nr_mappings);
	else if (pass->nr_unknown)
		check_tell(checker, check, CHECK_NOT_CHECKED, "%" PRIu64 " process%s no mm_struct",
			   pass->nr_unknown, pass->nr_unknown == 1 ? " has" : "es have");
	else if (tasks && tasks->damages.nr)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "processes are missing, because lists of tasks are damaged");
	else if (!pass->damaged.nr && !pass->changing.nr && !pass->missing.nr)
		check_tell(checker, check, CHECK_OK,
			   "%" PRIu64 " mappings of %" PRIu64
			   " processes, in trees or lists that are complete",
			   pass->nr_mappings, pass->nr_processes);
}

void check_vmas(const struct checker *checker)
{
	enum check check = CHECK_OF_VMAS;
	struct vmas_pass pass = {
		.kernel = checker->kernel,
		.damaged = { .checker = checker, .check = check },
		.changing = { .checker = checker, .check = check },
		.missing = { .checker = checker, .check = check },
	};
	struct mm_pass mms;
	const struct task *task;
	struct error err;

	if (check_tell_running(checker, check))
		return;
	if (!mm_pass_start(&mms, checker->kernel, &err)) {
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	while (!pass.too_many && !pass.why_not.code && (task = mm_pass_next(&mms)))
		check_areas_of_process(&pass, task);
	mm_pass_release(&mms);
	check_looked(checker, "%" PRIu64 " mappings", pass.nr_mappings);
	check_vmas_tell(&pass, checker);
}

/* --- areas of vmalloc --- */

/* Compares the page table with the frames that the vm_structs of the areas have. */
struct frames_pass {
	struct kernel *kernel;
	const struct space *space;
	struct page_reader *reader; /* NULL: struct pages are not known */
	struct tally misplaced;
	struct tally freed; /* frames of areas whose struct page shows free memory */
	struct tally outside; /* areas where the layout has no areas */
	uint64_t nr; /* number of pages and unmapped ranges that were compared */
	bool too_many, stopped;
};

static void look_for_free(struct frames_pass *pass, uint64_t vaddr, uint64_t paddr)
{
	struct page_use use;

	if (pass->reader &&
	    page_reader_use(pass->reader, kernel_pfn(pass->kernel, paddr), &use, NULL) &&
	    (use.kind == PAGE_USE_FREE || use.kind == PAGE_USE_FREE_PERCPU))
		check_count(&pass->freed, kernel_page_size(pass->kernel),
			    "%" PRIx64 ", mapped at %" PRIx64, paddr, vaddr);
}

/* must: the page is a page of vmalloc, so it must be mapped. Returns the last address of the page or
 * unmapped range that contains vaddr. */
static uint64_t compare_frame(struct frames_pass *pass, uint64_t vaddr, uint64_t paddr, bool must)
{
	struct walk walk = walk_page_table(pass->space, vaddr);
	uint64_t first, last;

	pass->nr++;
	if (walk.outcome == WALK_MAPPED && walk.paddr != paddr)
		check_count(&pass->misplaced, kernel_page_size(pass->kernel),
			    "%" PRIx64 " is mapped to %" PRIx64 ", not %" PRIx64, vaddr, walk.paddr,
			    paddr);
	else if (walk.outcome == WALK_NOT_PRESENT && must)
		check_count(&pass->misplaced, kernel_page_size(pass->kernel),
			    "%" PRIx64 " is not mapped, but should be mapped to %" PRIx64, vaddr,
			    paddr);
	else if (walk.outcome == WALK_MAPPED && must)
		look_for_free(pass, vaddr, paddr);
	walk_range(pass->space, &walk, &first, &last);
	return last;
}

/* Compares an area with the layout of the address space. Some areas are in the kernel's image (arm64)
 * or in KASAN's shadow, but none are in these regions. */
static void compare_area_region(struct frames_pass *pass, const struct vmalloc_area *area)
{
	const struct region *region = region_of(pass->kernel, area->first, NULL);
	uint64_t start;

	if (pass->kernel->arch->areas_are_in_vmalloc &&
	    kernel_fact(pass->kernel, FACT_VMALLOC_START, &start) && area->first < start)
		check_count(&pass->outside, area->last - area->first + 1,
			    "the area at %" PRIx64 " is below vmalloc_start, %" PRIx64, area->first,
			    start);
	else if (region && (region->kind == REGION_HOLE || region->kind == REGION_GUARD_HOLE ||
			    region->kind == REGION_DIRECT_MAP ||
			    region->kind == REGION_NON_CANONICAL || region->kind == REGION_USER))
		check_count(&pass->outside, area->last - area->first + 1,
			    "the area at %" PRIx64 " is in the region %s", area->first,
			    region_names[region->kind]);
}

enum { KNOWS_UNINITIALIZED = KERNEL_VERSION(3, 10, 0) /* f5252e009d5b */ };

/* Finds the physical address of page number `index` of an area, as the area's vm_struct shows it.
 * *must: the page must be mapped. Returns false if the vm_struct does not show the address. While
 * vmalloc() maps an area, the area has the flag VM_UNINITIALIZED. Drivers change the entries of
 * areas of vmap(), which have no pages. */
static bool find_frame_of_area(struct kernel *kernel, const struct vmalloc_area *area,
			       uint64_t index, uint64_t *paddr, bool *must)
{
	uint64_t page, pfn;

	*must = area->pages && kernel_version(kernel) >= KNOWS_UNINITIALIZED;
	*paddr = area->physical + kernel_frame(kernel, index);
	if (area->state != VMALLOC_OWNED || area->flags & VMALLOC_UNINITIALIZED)
		return false;
	if (area->flags & VMALLOC_IOREMAP && area->physical)
		return true;
	if (!area->pages || index >= area->nr_pages ||
	    !kernel_read_pointer(kernel, area->pages + index * kernel->arch->pointer_size, &page,
				 NULL) ||
	    !page_pfn(kernel, page, &pfn, NULL))
		return false;
	*paddr = kernel_frame(kernel, pfn);
	return true;
}

/* Compares the pages of an area. What ioremap() mapped is contiguous, so each entry is compared
 * once. */
static void compare_frames_of(struct frames_pass *pass, const struct vmalloc_area *area)
{
	bool contiguous = area->flags & VMALLOC_IOREMAP && area->physical, must;
	uint64_t vaddr = area->first, last, paddr;

	while (find_frame_of_area(pass->kernel, area, kernel_pfn(pass->kernel, vaddr - area->first),
				  &paddr, &must)) {
		pass->too_many = pass->nr == MOST_FRAMES;
		pass->stopped = listener_stops_at(pass->kernel->listener, pass->nr);
		if (pass->too_many || pass->stopped)
			break;
		last = compare_frame(pass, vaddr, paddr, must);
		if (!contiguous)
			last = kernel_page_last(pass->kernel, vaddr);
		if (last >= area->last)
			break;
		vaddr = last + 1;
	}
}

static void compare_frames(struct frames_pass *pass, const struct vmalloc_list *list)
{
	for (size_t i = 0; i < list->nr && !pass->too_many && !pass->stopped; i++) {
		compare_area_region(pass, &list->area[i]);
		compare_frames_of(pass, &list->area[i]);
	}
}

static void check_areas_tell(const struct checker *checker, const struct vmalloc_list *list,
			     const struct frames_pass *frames)
{
	enum check check = CHECK_OF_AREAS;
	struct tally damaged = { .checker = checker, .check = check }, missing = damaged;
	size_t more = list->damages.nr > MAX_DAMAGES ? list->damages.nr - MAX_DAMAGES : 0;

	for (size_t i = 0; i < list->damages.nr && i < MAX_DAMAGES; i++)
		check_count(list->damages.error[i].code == ERROR_FORMAT ? &damaged : &missing, 0,
			    "%s", list->damages.error[i].message);
	if (damaged.nr)
		damaged.nr += more;
	else if (missing.nr)
		missing.nr += more;
	if (list->locked)
		check_tell_tally(&damaged, CHECK_NOT_CHECKED,
				 "place of the lists seems damaged, but a list was locked",
				 "places of the lists seem damaged, but a list was locked");
	else
		check_tell_tally(&damaged, CHECK_ERROR, "place of the lists is damaged",
				 "places of the lists are damaged");
	check_tell_tally(&missing, CHECK_NOT_CHECKED, "part of the lists is not in the dump",
			 "parts of the lists are not in the dump");
	check_tell_tally(&frames->misplaced, CHECK_ERROR,
			 "page is not mapped as the vm_struct of its area shows",
			 "pages are not mapped as the vm_structs of their areas show");
	check_tell_tally(&frames->freed, CHECK_ERROR,
			 "frame of an area is free, as its struct page shows",
			 "frames of areas are free, as their struct pages show");
	check_tell_tally(&frames->outside, CHECK_ERROR,
			 "area is in a region that has no areas, so it or a fact is damaged",
			 "areas are in regions that have no areas, so they or a fact are damaged");
	if (frames->too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "the areas have more than %d pages, so not all were compared",
			   MOST_FRAMES);
	else if (frames->stopped)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "interrupted: not all pages of areas were compared");
	else if (!list->damages.nr && !frames->misplaced.nr && !frames->freed.nr &&
		 !frames->outside.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu area%s of vmalloc, in complete lists, without overlaps", list->nr,
			   plural_s(list->nr));
}

void check_areas(const struct checker *checker)
{
	const struct vmalloc_list *list;
	struct frames_pass frames = {
		.kernel = checker->kernel,
		.misplaced = { .checker = checker, .check = CHECK_OF_AREAS },
		.freed = { .checker = checker, .check = CHECK_OF_AREAS },
		.outside = { .checker = checker, .check = CHECK_OF_AREAS },
	};
	struct error err;

	if (check_tell_running(checker, CHECK_OF_AREAS))
		return;
	list = vmalloc_areas(checker->kernel, &err);
	if (!list) {
		check_tell(checker, CHECK_OF_AREAS, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	check_looked(checker, "%zu areas", list->nr);
	frames.reader = page_reader_of(checker->kernel);
	frames.space = kernel_space(checker->kernel, NULL);
	if (frames.space)
		compare_frames(&frames, list);
	check_areas_tell(checker, list, &frames);
}
