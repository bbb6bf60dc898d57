/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/task_read.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/task_members.h"

static const struct {
	unsigned int id;
	enum member_form form;
} members[] = {
	{ TASK_TASKS, MEMBER_LINKS },	    { TASK_PID, MEMBER_INT },
	{ TASK_TGID, MEMBER_INT },	    { TASK_MM, MEMBER_POINTER },
	{ TASK_ACTIVE_MM, MEMBER_POINTER }, { TASK_SIGNAL, MEMBER_POINTER },
};

static void task_read_widen(uint64_t *first, uint64_t *end, const struct member *member)
{
	if (member->offset < *first)
		*first = member->offset;
	if (member->offset + (uint64_t)member->size > *end)
		*end = member->offset + (uint64_t)member->size;
}

/* Finds the member that links the threads of a process in kernels without thread_head. The member
 * is thread_group, which was removed in 6.7 (8e1f385104ac). Until 2.6.17 (47e65328a7b1) the member
 * is a list in the second element of pids. In later kernels the elements of pids contain no such
 * list. */
static const struct member *find_ring(struct task_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	const struct member *pids = kernel_member(kernel, TASK_PIDS, NULL);
	const struct member *list = kernel_member_as(kernel, PID_LIST, MEMBER_LINKS, NULL);
	uint64_t size;

	if (!pids || !list || !kernel_type_size(kernel, "pid", &size) || size > pids->size ||
	    !range_within(size + list->offset, list->size, pids->size))
		return kernel_member_as(kernel, TASK_THREAD_GROUP, MEMBER_LINKS, err);
	reader->in_pids = *list;
	reader->in_pids.offset += pids->offset + (uint32_t)size;
	return &reader->in_pids;
}

/* Since 3.14 (0c740d0afc3b) threads are in a list whose head is thread_head in signal_struct. */
bool task_reader_start(struct task_reader *reader, struct kernel *kernel, struct error *err)
{
	uint64_t first = UINT64_MAX, end = 0;

	reader->kernel = kernel;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member *member =
			kernel_member_as(kernel, members[i].id, members[i].form, err);

		if (!member)
			return false;
		task_read_widen(&first, &end, member);
	}
	reader->comm = kernel_member_as(kernel, TASK_COMM, MEMBER_TEXT, err);
	if (!reader->comm)
		return false;
	reader->tasks = kernel_member(kernel, TASK_TASKS, err);
	reader->thread_head = kernel_member(kernel, SIGNAL_THREAD_HEAD, NULL);
	reader->threads = reader->thread_head ?
				  kernel_member_as(kernel, TASK_THREAD_NODE, MEMBER_LINKS, err) :
				  find_ring(reader, err);
	if (!reader->threads)
		return false;
	task_read_widen(&first, &end, reader->threads);
	if (end - first > TASK_SPAN_MAX)
		return fail(err, ERROR_FORMAT,
			    "struct task_struct: implausible members, %" PRIu64 " bytes apart",
			    end - first);
	reader->bytes = (struct member_bytes){ reader->span, first, end - first };
	return true;
}

static uint64_t load_id(const struct task_reader *reader, unsigned int id)
{
	const struct member *member = kernel_member(reader->kernel, id, NULL);

	return member_load(reader->kernel, &reader->bytes, member, 0, member->size);
}

static struct task_links load_links(const struct task_reader *reader, const struct member *member)
{
	struct kernel *kernel = reader->kernel;
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t next = member_load(kernel, &reader->bytes, member, 0, word);
	uint64_t prev = member_load(kernel, &reader->bytes, member, word, word);

	return (struct task_links){ { kernel_untag(kernel, next), kernel_untag(kernel, prev) } };
}

static bool read_comm(const struct task_reader *reader, struct task *task, struct error *err)
{
	const struct member *comm = reader->comm;
	size_t size = comm->size < TASK_COMM_MAX ? comm->size : TASK_COMM_MAX;

	return kernel_read_field(reader->kernel, task->address + comm->offset, task->comm, size,
				 err) &&
	       (memchr(task->comm, '\0', size) ||
		fail(err, ERROR_FORMAT, "%" PRIx64 " is not a task: its comm has no end",
		     task->address));
}

static bool task_read_member(struct task_reader *reader, uint64_t address,
			     const struct member *member)
{
	return kernel_read(reader->kernel, address + member->offset,
			   reader->span + (member->offset - reader->bytes.start),
			   (size_t)member->size, NULL);
}

static bool read_members(struct task_reader *reader, uint64_t address)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!task_read_member(reader, address,
				      kernel_member(reader->kernel, members[i].id, NULL)))
			return false;
	return task_read_member(reader, address, reader->threads);
}

/* Reads the members from a task_struct, usually with one read of the part that contains all of
 * them. If the dump records which bytes are read, reads each member separately. A dump written by
 * the command "extract" contains only the recorded bytes, and must not contain the rest of this
 * part, such as the stack's canary. */
static bool read_span(struct task_reader *reader, uint64_t address, struct error *err)
{
	bool noted = reader->kernel->dump->format->note_read;

	return (noted && read_members(reader, address)) ||
	       kernel_read(reader->kernel, address + reader->bytes.start, reader->span,
			   reader->bytes.size, err) ||
	       read_members(reader, address);
}

bool task_read(struct task_reader *reader, uint64_t address, struct listed *node, struct error *err)
{
	struct task *task = &node->task;

	if (!read_span(reader, address, err))
		return false;
	*task = (struct task){
		.address = address,
		.mm = load_id(reader, TASK_MM),
		.active_mm = load_id(reader, TASK_ACTIVE_MM),
		.pid = (int32_t)load_id(reader, TASK_PID),
		.tgid = (int32_t)load_id(reader, TASK_TGID),
		.idle_cpu = -1,
	};
	node->tasks = load_links(reader, reader->tasks);
	node->threads = load_links(reader, reader->threads);
	node->signal = load_id(reader, TASK_SIGNAL);
	if (!read_comm(reader, task, err))
		return false;
	if (task->pid < 0 || task->pid > LAST_PID || task->tgid < 0 || task->tgid > LAST_PID)
		return fail(err, ERROR_FORMAT,
			    "%" PRIx64 " is not a task: its pid would be %" PRId32, address,
			    task->pid);
	return true;
}
