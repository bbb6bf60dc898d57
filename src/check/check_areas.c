/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks lists of virtual memory: the mappings of each process, and the areas of vmalloc. */
#include <inttypes.h>

#include "check/check_pass.h"
#include "base/text.h"
#include "linux/vma/vma.h"
#include "linux/vmalloc/vmalloc.h"

/* At most this many mappings are read, for all processes together. */
enum { MOST_VMAS_READ = 1 << 24 };

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

static void check_areas_tell(const struct checker *checker, const struct vmalloc_list *list)
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
	if (!list->damages.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu area%s of vmalloc, in complete lists, without overlaps", list->nr,
			   plural_s(list->nr));
}

void check_areas(const struct checker *checker)
{
	const struct vmalloc_list *list = NULL;
	struct error err;

	if (check_tell_running(checker, CHECK_OF_AREAS))
		return;
	list = vmalloc_areas(checker->kernel, &err);
	if (!list) {
		check_tell(checker, CHECK_OF_AREAS, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	check_looked(checker, "%zu areas", list->nr);
	check_areas_tell(checker, list);
}
