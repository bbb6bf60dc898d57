/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open files of processes, and the swap areas. */
#include <stdlib.h>
#include <string.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "cli/show_task.h"
#include "cli/tables.h"
#include "linux/task/task_info.h"
#include "linux/vma/open_file.h"
#include "linux/vma/swap_area.h"

/* --- files --- */

struct files_options {
	const char *reference; /* only files that it names; NULL: all */
};

struct files_question {
	struct session *session;
	const char *argument;
	const struct task *task;
	bool has_heading;
};

/* Does the word name the file: its descriptor, the address of one of its structs, or a part of its path?
 * Each path has a slash, so that "/" is the root alone: FILENAME_COMPONENT() of crash. */
static bool is_named(const struct open_file *file, const char *word)
{
	uint64_t number;

	if (strcmp(word, "/") != 0 ? *word && strstr(file->path, word) : !strcmp(file->path, word))
		return true;
	return (parse_hex(word, &number, NULL) && number &&
		(number == file->file || number == file->dentry || number == file->inode)) ||
	       (parse_count(word, &number, NULL) && number == file->fd);
}

static bool print_file(const struct open_file *file, void *arg)
{
	struct files_question *question = arg;
	struct session *session = question->session;
	const struct files_options *given = session->given;
	struct output *output = session->output;

	if (given->reference && !is_named(file, given->reference))
		return !session_interrupted(session);
	if (!question->has_heading)
		show_task_heading(session, question->task);
	question->has_heading = true;
	output_begin(output, "files", question->argument, NULL);
	output_integer(output, "pid", question->task->pid);
	output_count(output, "fd", file->fd);
	output_hex(output, "file", file->file);
	output_hex_if(output, "dentry", file->dentry, file->dentry);
	output_hex_if(output, "inode", file->inode, file->inode);
	output_string_if(output, "kind", file->kind);
	output_count_if(output, "size", file->has_size, file->size);
	output_count_if(output, "offset", file->has_offset, file->offset);
	if (file->freed)
		output_boolean(output, "freed", true);
	if (*file->path)
		output_string(output, "path", file->path);
	session_end_answer(session, question->argument, &file->why);
	return !session_interrupted(session);
}

/* Lists the files of question->task. exit_files() clears task_struct.files of a thread that ends, so
 * a living thread of its process shows the files. */
static bool list_files(struct files_question *question, struct error *err)
{
	struct kernel *kernel = question->session->kernel;
	const struct task *thread = task_living_thread(kernel, question->task);

	return vma_open_files(kernel, thread ? thread->address : question->task->address,
			      print_file, question, err);
}

static void print_files_of(struct session *session, const struct task_list *list,
			   const char *argument)
{
	struct task_word word = parse_task_word(session->kernel, argument);
	const struct files_options *given = session->given;
	struct files_question question = { session, argument, NULL, false };
	const struct task *thread;
	uint64_t written;
	struct error err;

	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		if (parse_task_match(&list->task[i], &word) <= 0)
			continue;
		question.task = &list->task[i];
		question.has_heading = !given->reference;
		if (question.has_heading)
			show_task_heading(session, question.task);
		thread = task_living_thread(session->kernel, question.task);
		if (thread)
			show_task_through(session, question.task, thread, false);
		written = output_written(session->output);
		if (list_files(&question, &err)) {
			if (!given->reference)
				output_none(session->output, NULL, written);
		} else {
			session_complain(session, argument, &err);
		}
	}
	if (!question.task && !session_interrupted(session))
		session_complain_of_task(session, argument);
}

static bool files_run(struct session *session, char **words, struct error *err)
{
	const struct task_list *list = task_all(session->kernel, err);
	struct files_question question = { session, NULL, NULL, false };
	struct process process;

	if (!list)
		return false;
	if (!*words) {
		question.task = &process.task;
		if (!usual_process(session, NULL, &process, err))
			return false;
		return list_files(&question, err);
	}
	for (; *words && !session_interrupted(session); words++)
		print_files_of(session, list, *words);
	return true;
}

static const struct record files_record = {
	.fields = FIELDS(COLUMN("pid", .rank = KEPT), COLUMN("fd", .width = 4, .rank = KEPT),
			 COLUMN("file", .rank = 3), COLUMN("dentry", .rank = 1),
			 COLUMN("inode", .rank = 2), COLUMN("kind", .width = 9, .rank = KEPT),
			 COLUMN("size", .width = 9, .rank = 4), COLUMN("offset", .width = 9),
			 COLUMN("freed", .heading = "path", .rank = KEPT,
				TEXT(.yes = "(freed: without references)")),
			 COLUMN("path", .heading = "path", .rank = KEPT, TEXT(.join = " ")),
			 COLUMN("message", .heading = "path", TEXT(.before = "? ", .join = " "))),
};

static const struct command_option files_options[] = {
	{ "R", WORD_TEXT, AT(files_options, reference), .value = "REFERENCE",
	  .help = "only files with this part of the path, descriptor, or\n"
		  "address of the file, dentry or inode" },
	{ 0 }
};

const struct command command_files = {
	.name = "files",
	.meant_by = "lsof fuser",
	.group = GROUP_PROCESSES,
	.options = files_options,
	.given_size = GIVEN(files_options),
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = MANY }),
	.record = &files_record,
	.summary = "open files of a process",
	.listed_as = "open files of a process, or its mappings, as /proc shows them",
	.details =
		"For each descriptor: the struct file, its dentry and inode, its kind (file,\n"
		"directory, pipe, socket, character-device, block-device, or anonymous: epoll,\n"
		"eventfd and others), the size of a file, directory or symbolic link in bytes,\n"
		"the offset, in decimal, and the path from the root of the outermost mount, or\n"
		"the name that the kernel gives the file. Default: the process chosen by set, or\n"
		"else the one that caused the panic.",
	.rests_on = RESTS_ON_WALKS,
	.run = files_run,
};

/* --- swap --- */

static bool print_area(const struct swap_area *area, void *arg)
{
	struct session *session = arg;
	struct output *output = session->output;

	output_begin(output, "swap", NULL, NULL);
	output_count(output, "type", area->type);
	output_count_if(output, "pages", area->has_pages, area->pages);
	output_count_if(output, "used", area->has_pages, area->used);
	output_integer(output, "priority", area->priority);
	if (!area->active)
		output_boolean(output, "active", false);
	if (*area->path)
		output_string(output, "device", area->path);
	session_end_answer(session, NULL, &area->why);
	return !session_interrupted(session);
}

struct swap_user {
	uint64_t swap; /* in bytes */
	const struct task *task;
};

static int compare_users(const void *left, const void *right)
{
	const struct swap_user *a = left, *b = right;

	return COMPARE(b->swap, a->swap) ?: COMPARE(a->task->pid, b->task->pid);
}

static const struct record users_record = {
	.fields = FIELDS(COLUMN("used", .width = 9)),
};

/* Lists the processes that have memory in swap. Each process is listed once, and not for each
 * thread. */
static bool print_swap_users(struct session *session, const struct task_list *list,
			     struct error *err)
{
	struct swap_user *user = calloc(list->nr + 1, sizeof(*user));
	struct task_facts facts;
	size_t nr = 0;

	if (!user)
		return out_of_memory(err);
	task_facts_read(session->kernel, list, &facts);
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		const struct task *task = &list->task[i];

		if (!task->mm || task->pid != task->tgid)
			continue;
		user[nr].task = task;
		user[nr].swap = task_info_read(session->kernel, &facts, task).swap;
		nr += user[nr].swap > 0;
	}
	task_facts_release(&facts);
	if (!sort_items(user, nr, sizeof(*user), compare_users, session->kernel->listener))
		nr = 0;
	output_declare(session->output, &users_record);
	for (size_t i = 0; i < nr && !session_interrupted(session); i++) {
		output_begin(session->output, "swap", NULL, NULL);
		output_pid(session->output, user[i].task->pid, user[i].task->comm);
		output_count(session->output, "used", kernel_pfn(session->kernel, user[i].swap));
		output_end(session->output);
	}
	free(user);
	return true;
}

struct swap_options {
	unsigned int users;
};

static bool swap_run(struct session *session, char **words, struct error *err)
{
	const struct swap_options *given = session->given;
	const struct task_list *list;

	(void)words;
	if (!swap_area_each(session->kernel, print_area, session, err))
		return false;
	if (!given->users)
		return true;
	list = task_all(session->kernel, err);
	return list && print_swap_users(session, list, err);
}

static const struct command_option swap_options[] = {
	{ "v", AT(swap_options, users),
	  .help = "also list the processes that have memory in swap, the\nlargest amount first" },
	{ 0 }
};

static const struct record swap_record = {
	.fields = FIELDS(COLUMN("type", .rank = 4), COLUMN("pages", .width = 9, .rank = KEPT),
			 COLUMN("used", .width = 9, .rank = KEPT), COLUMN("priority", .width = 8),
			 COLUMN("active", .heading = "priority",
				TEXT(.no = "being switched on or off")),
			 COLUMN("device", .rank = KEPT),
			 COLUMN("message", .heading = "device", TEXT(.before = "? "))),
};

const struct command command_swap = {
	.name = "swap",
	.group = GROUP_MEMORY,
	.options = swap_options,
	.given_size = GIVEN(swap_options),
	.record = &swap_record,
	.counts_none = true,
	.summary = "areas of swap, as /proc/swaps shows them",
	.details = "For each area in use: its number in swap entries, its pages and how many of\n"
		   "them are used, its priority, and its device or file. The answer is\n"
		   "\"none\" if the kernel has no swap area.",
	.rests_on = RESTS_ON_WALKS,
	.run = swap_run,
};
