/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks that each open file has at least as many references as descriptors. If it has fewer, one
 * close too many is enough to free it while it is in use. Each slot of a table of descriptors owns
 * a reference: fs/file.c takes the reference before it stores the pointer, and removes the pointer
 * before it drops the reference, so that this is true at each moment. Other users may own more. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "check/check_pass.h"
#include "linux/task/task.h"
#include "linux/vma/open_file.h"

/* For all processes together, at most this many slots of tables are read, which are often empty,
 * and at most this many descriptors. */
enum { MOST_SLOTS_READ = 1 << 28, MOST_DESCRIPTORS_READ = 1 << 24 };

struct open_descriptor {
	uint64_t file; /* address of the struct file */
	uint32_t fd;
	uint32_t task; /* index of the first task with the table */
};

struct files_pass {
	struct kernel *kernel;
	const struct task_list *tasks;
	size_t task; /* index of the task whose table is being read */
	struct open_descriptor *descriptor; /* owned */
	size_t nr, room, nr_files;
	uint64_t slots; /* number of slots that may still be read */
	struct tally lacking, unread; /* struct files, and tables or counts that cannot be read */
	bool too_many;
	struct error why_not; /* the reason if no descriptors can be read or stored, or code 0 */
};

static int compare_descriptors(const void *one, const void *two)
{
	const struct open_descriptor *a = one, *b = two;

	return COMPARE(a->file, b->file) ?: COMPARE(a->task, b->task) ?: COMPARE(a->fd, b->fd);
}

static bool add_open_file(uint64_t fd, uint64_t file, void *arg)
{
	struct files_pass *pass = arg;

	if (!file)
		return true;
	pass->too_many = pass->nr == MOST_DESCRIPTORS_READ;
	if (pass->too_many)
		return false;
	return array_add(&pass->descriptor, &pass->nr, &pass->room,
			 &(struct open_descriptor){ file, (uint32_t)fd, (uint32_t)pass->task },
			 sizeof(*pass->descriptor)) ||
	       out_of_memory(&pass->why_not);
}

static void not_read(struct files_pass *pass, const char *what, uint64_t which,
		     const struct error *err)
{
	if (err->code == ERROR_FORMAT || err->code == ERROR_UNREADABLE)
		check_count(&pass->unread, 0, "%s %" PRIx64 ": %.300s", what, which, err->message);
	else if (err->code != ERROR_NO_ANSWER)
		pass->why_not = *err;
}

static void read_table(struct files_pass *pass, uint64_t task, struct address_set *seen)
{
	struct error err;
	uint64_t files;

	if (!vma_files_struct(pass->kernel, task, &files, &err)) {
		not_read(pass, "task", task, &err);
		return;
	}
	if (!files)
		return;
	switch (address_set_add(seen, files)) {
	case ADDRESS_SEEN: return;
	case ADDRESS_NO_MEMORY: out_of_memory(&pass->why_not); return;
	default: break;
	}
	if (!vma_each_descriptor(pass->kernel, files, &pass->slots, add_open_file, pass, &err))
		not_read(pass, "files_struct", files, &err);
	pass->too_many |= !pass->slots;
}

/* Threads share a files_struct, so its descriptors are counted once. */
static void read_tables(struct files_pass *pass)
{
	struct address_set seen = { 0 };

	for (; pass->task < pass->tasks->nr; pass->task++) {
		if (pass->too_many || pass->why_not.code || kernel_stopped(pass->kernel))
			break;
		read_table(pass, pass->tasks->task[pass->task].address, &seen);
	}
	address_set_release(&seen);
}

/* Compares the references of a file with its descriptors from `first` to `last`, inclusive. */
static void compare_file(struct files_pass *pass, const struct open_descriptor *first,
			 const struct open_descriptor *last)
{
	uint64_t references, nr = (uint64_t)(last - first) + 1;
	const struct task *one = &pass->tasks->task[first->task];
	const struct task *two = &pass->tasks->task[last->task];
	char path[VMA_NAME_MAX];
	struct error err;

	pass->nr_files++;
	if (!vma_file_references(pass->kernel, first->file, &references, &err)) {
		not_read(pass, "struct file", first->file, &err);
		return;
	}
	if (references >= nr)
		return;
	if (!vma_file_path(pass->kernel, first->file, path, NULL))
		snprintf(path, sizeof(path), "path unknown");
	if (nr == 1)
		check_count(&pass->lacking, 0,
			    "%" PRIx64 " (%.200s) counts no reference, but is descriptor %" PRIu32
			    " of pid %d (%s)",
			    first->file, path, first->fd, (int)one->pid, one->comm);
	else
		check_count(&pass->lacking, 0,
			    "%" PRIx64 " (%.200s) counts %" PRIu64 " reference%s, but has %" PRIu64
			    " descriptors: first %" PRIu32 " of pid %d (%s), last %" PRIu32
			    " of pid %d (%s)",
			    first->file, path, references, plural_s(references), nr, first->fd,
			    (int)one->pid, one->comm, last->fd, (int)two->pid, two->comm);
}

static void compare_open_files(struct files_pass *pass)
{
	const struct open_descriptor *first = pass->descriptor;

	if (!pass->nr)
		return;
	if (!sort_items(pass->descriptor, pass->nr, sizeof(*first), compare_descriptors,
			pass->kernel->listener)) {
		out_of_memory(&pass->why_not); /* or the user stopped the work */
		return;
	}
	for (const struct open_descriptor *at = first, *end = first + pass->nr; at < end; at++) {
		if (pass->why_not.code || kernel_stopped(pass->kernel))
			return;
		if (at + 1 < end && at[1].file == at->file)
			continue;
		compare_file(pass, first, at);
		first = at + 1;
	}
}

static void tell_files(const struct files_pass *pass, const struct checker *checker)
{
	enum check check = CHECK_OF_FILES;

	check_tell_tally(&pass->lacking, CHECK_ERROR,
			 "open file has fewer references than descriptors",
			 "open files have fewer references than descriptors");
	check_tell_tally(&pass->unread, CHECK_NOT_CHECKED,
			 "table or count of references cannot be read",
			 "tables or counts of references cannot be read");
	if (check_tell_unfinished(checker, check, &pass->why_not))
		return;
	if (pass->too_many)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "only the first %zu descriptors were checked", pass->nr);
	else if (pass->tasks->damages.nr)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "processes are missing, because lists of tasks are damaged");
	else if (!pass->lacking.nr && !pass->unread.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu descriptors of %zu open file%s, which have a reference for each",
			   pass->nr, pass->nr_files, plural_s(pass->nr_files));
}

void check_files(const struct checker *checker)
{
	struct error err;
	struct files_pass pass = {
		.kernel = checker->kernel,
		.slots = MOST_SLOTS_READ,
		.lacking = { .checker = checker, .check = CHECK_OF_FILES },
		.unread = { .checker = checker, .check = CHECK_OF_FILES },
	};

	if (check_tell_running(checker, CHECK_OF_FILES))
		return;
	pass.tasks = task_all(checker->kernel, &err);
	if (!pass.tasks) {
		check_tell(checker, CHECK_OF_FILES, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	read_tables(&pass);
	compare_open_files(&pass);
	tell_files(&pass, checker);
	check_looked(checker, "%zu descriptors", pass.nr);
	free(pass.descriptor);
}
