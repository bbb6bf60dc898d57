/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait_queue.h"

#include "kernel/kernel.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind_code.h"
#include "linux/wait_members.h"

/* An entry contains the address of the function that wakes the task. The head of a queue contains
 * its spinlock there, which is no address of code. Both are found from their list_head at `links`. */
static bool is_entry(struct kernel *kernel, uint64_t links)
{
	const struct member *list = kernel_member_as(kernel, WAIT_ENTRY_LIST, MEMBER_LINKS, NULL);
	uint64_t function;

	return list &&
	       kernel_read_member(kernel, links - list->offset, WAIT_ENTRY_FUNCTION, &function,
				  NULL) &&
	       unwind_is_code(kernel, function);
}

/* Finds the list_head in the head of the queue: the only element of the list that is not an entry.
 * If there are two, one is a damaged entry, or a mark on the stack of a task that wakes the queue
 * (WQ_FLAG_BOOKMARK, 4.14 to 6.6), and it is not known which one is the head. */
static bool find_queue_head(const struct wait_search *search, uint64_t links, uint64_t *head)
{
	struct links ring = wait_links(search, links);
	uint64_t at;

	*head = 0;
	while (links_next(&ring, &at)) {
		if (is_entry(search->kernel, at))
			continue;
		if (*head)
			return false;
		*head = at;
	}
	return *head && ring.end == LINKS_WHOLE;
}

bool wait_queue_find(const struct wait_search *search, uint64_t start, uint64_t end,
		     struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct task *task = search->task;
	enum { FLAGS = 0xff };
	const struct member *named =
		kernel_member_as(kernel, WAIT_ENTRY_TASK, MEMBER_POINTER, NULL);
	const struct member *list = kernel_member_as(kernel, WAIT_ENTRY_LIST, MEMBER_LINKS, NULL);
	const struct member *in_head =
		kernel_member_as(kernel, WAIT_QUEUE_HEAD, MEMBER_LINKS, NULL);
	uint64_t word, entry, flags, head;
	struct stack stack;

	for (; named && list && in_head && start < end && !kernel_stopped(kernel);
	     start += kernel_pointer_size(kernel)) {
		entry = start - named->offset;
		if (!kernel_read_pointer(kernel, start, &word, NULL) || word != task->address ||
		    !kernel_read_member(kernel, entry, WAIT_ENTRY_FLAGS, &flags, NULL) ||
		    flags > FLAGS || !is_entry(kernel, entry + list->offset) ||
		    !find_queue_head(search, entry + list->offset, &head))
			continue;
		*wait = (struct wait){
			.kind = "wait-queue",
			.object = head - in_head->offset,
			.frame = wait->frame,
		};
		if (task_stack_at(kernel, head, &stack) && stack.task &&
		    stack.task->address != task->address)
			wait->owner = stack.task;
		wait->is_on_stack = wait->owner;
		return true;
	}
	return false;
}
