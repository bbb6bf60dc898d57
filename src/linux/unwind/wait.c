/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait.h"

#include <string.h>

#include "base/text.h"
#include "kernel/kernel.h"
#include "linux/wait_members.h"
#include "linux/unwind/wait_bit.h"
#include "linux/unwind/wait_queue.h"
#include "linux/unwind/wait_work.h"
#include "symbols/symbol_lookup.h"

enum { MOST_STACK = 1 << 16 /* bytes of a stack that are searched for the address of a lock */ };

/* How a kind of lock is recognised. A task that waits for a lock has a struct on its stack. The
 * struct is in the frame of a function whose name starts with `function`. The struct contains a
 * pointer to the task, and a list_head that is in a list of the lock. */
static const struct wait_kind {
	const char *name, *function;
	/* Members of the struct on the stack: the list_head and the pointer to the task. */
	unsigned int list, task;
	/* Members of the lock: the head of the list; the pointer to the first struct, if the list
	 * has no head; the owner. NR_MEMBERS: the lock has no such member. */
	unsigned int head, first, owner;
} kinds[] = {
	{ "mutex", "__mutex_lock", MUTEX_WAITER_LIST, MUTEX_WAITER_TASK, MUTEX_WAIT_LIST,
	  MUTEX_FIRST_WAITER, MUTEX_OWNER },
	{ "rwsem", "rwsem_down_", RWSEM_WAITER_LIST, RWSEM_WAITER_TASK, RWSEM_WAIT_LIST,
	  RWSEM_FIRST_WAITER, RWSEM_OWNER },
	{ "semaphore", "__down", SEM_WAITER_LIST, SEM_WAITER_TASK, SEM_WAIT_LIST, SEM_FIRST_WAITER,
	  NR_MEMBERS },
	{ "completion", "wait_for_completion", SWAIT_LIST, SWAIT_TASK, COMPLETION_WAIT_LIST,
	  NR_MEMBERS, NR_MEMBERS },
	{ "completion", "__wait_for_common", SWAIT_LIST, SWAIT_TASK, COMPLETION_WAIT_LIST,
	  NR_MEMBERS, NR_MEMBERS },
};

/* Is `links` the address of the list_head in a struct that points to `task`? */
static bool is_waiter(struct kernel *kernel, const struct wait_kind *kind, uint64_t links,
		      uint64_t task)
{
	const struct member *list = kernel_member(kernel, kind->list, NULL);
	uint64_t named;

	return kernel_read_member(kernel, links - list->offset, kind->task, &named, NULL) &&
	       named == task;
}

static bool is_linked(struct kernel *kernel, uint64_t links)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t next, prev, back, forth;

	return kernel_read_pointer(kernel, links, &next, NULL) &&
	       kernel_read_pointer(kernel, links + word, &prev, NULL) &&
	       kernel_read_pointer(kernel, next + word, &back, NULL) &&
	       kernel_read_pointer(kernel, prev, &forth, NULL) && back == links && forth == links;
}

/* Is `links` the address of the list_head in a struct of a waiting task, on this task's stack? */
static bool is_of_waiter(struct kernel *kernel, const struct wait_kind *kind, uint64_t links)
{
	struct stack stack;

	return task_stack_at(kernel, links, &stack) && stack.task &&
	       is_waiter(kernel, kind, links, stack.task->address);
}

/* Finds the list_head in the lock, which is the head of the list. All other entries of the list are
 * in structs of waiting tasks. links: address of such an entry. */
static bool wait_find_head(const struct wait_search *search, const struct wait_kind *kind,
			   uint64_t links, uint64_t *head)
{
	struct links ring = wait_links(search, links);

	while (links_next(&ring, head))
		if (!is_of_waiter(search->kernel, kind, *head))
			return is_linked(search->kernel, *head);
	return false;
}

/* Is `wanted` in the list of waiting tasks that has no head? links: an entry of the list. Few words
 * of a stack lead to a waiter, so that the list, which may be long, is followed for few of them. */
static bool is_in_ring(const struct wait_search *search, const struct wait_kind *kind,
		       uint64_t links, uint64_t wanted)
{
	struct links ring = wait_links(search, links);
	uint64_t at = links;

	if (wanted != links && !is_of_waiter(search->kernel, kind, wanted))
		return false;
	while (at != wanted)
		if (!links_next(&ring, &at) || !is_of_waiter(search->kernel, kind, at))
			return false;
	return true;
}

/* Finds a lock whose list has no head: the address of the lock is a word on the stack of the task,
 * and the lock points to a struct in the list. [from, end): the part of the stack. */
static bool wait_find_lock(const struct wait_search *search, const struct wait_kind *kind,
			   uint64_t links, uint64_t from, uint64_t end, uint64_t *object)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member(kernel, kind->list, NULL);
	struct stack stack;
	uint64_t waiter;

	if (kind->first == NR_MEMBERS || !kernel_member(kernel, kind->first, NULL) ||
	    end - from > MOST_STACK)
		return false;
	for (; from < end && *search->steps && !kernel_stopped(kernel);
	     from += kernel_pointer_size(kernel)) {
		--*search->steps;
		/* Words next to a pointer on a stack are not part of a lock. */
		if (kernel_read_pointer(kernel, from, object, NULL) &&
		    !task_stack_at(kernel, *object, &stack) &&
		    kernel_read_member(kernel, *object, kind->first, &waiter, NULL) &&
		    is_in_ring(search, kind, links, waiter + list->offset))
			return true;
	}
	return false;
}

/* Finds the task that holds a lock. The lowest bits of the lock's member owner are flags. In an
 * rwsem, bit 0 shows that readers hold the lock. The rest of the member then names the last reader
 * that took the lock, since 4.20 (925b9cd1b89a). */
static const struct task *find_owner(struct kernel *kernel, const struct wait_kind *kind,
				     uint64_t object, bool *is_reader)
{
	enum { FLAGS = 7, READERS = 1 };
	const struct task_list *tasks = task_all(kernel, NULL);
	uint64_t owner;

	if (!tasks || kind->owner == NR_MEMBERS ||
	    !kernel_read_member(kernel, object, kind->owner, &owner, NULL))
		return NULL;
	*is_reader = kind->owner == RWSEM_OWNER && owner & READERS;
	return task_of_address(tasks, kernel_untag(kernel, owner & ~(uint64_t)FLAGS));
}

/* The part of a stack from the innermost frame to the end of the frame of a function. The frame of
 * the function begins at `first`, or later. */
struct waiting_part {
	uint64_t innermost, first, end;
};

static bool wait_find_object(const struct wait_search *search, const struct wait_kind *kind,
			     uint64_t links, const struct waiting_part *part, uint64_t *object)
{
	const struct member *head =
		kernel_member_as(search->kernel, kind->head, MEMBER_LINKS, NULL);

	if (!head)
		return wait_find_lock(search, kind, links, part->innermost, part->end, object);
	if (!wait_find_head(search, kind, links, object))
		return false;
	*object -= head->offset;
	return true;
}

static bool find_in_frame(const struct wait_search *search, const struct wait_kind *kind,
			  const struct waiting_part *part, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member_as(kernel, kind->list, MEMBER_LINKS, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t links;

	if (!list || !kernel_member(kernel, kind->task, NULL))
		return false;
	for (links = part->first; links < part->end && !kernel_stopped(kernel); links += word)
		if (is_waiter(kernel, kind, links, search->task->address) &&
		    is_linked(kernel, links) &&
		    wait_find_object(search, kind, links, part, &wait->object)) {
			wait->kind = kind->name;
			wait->owner = find_owner(kernel, kind, wait->object, &wait->is_reader);
			return true;
		}
	return false;
}

static const struct wait_kind *wait_kind_of(struct kernel *kernel, const struct stack_frame *frame)
{
	struct kernel_symbol symbol;

	if (!symbol_lookup_at(kernel->symbols, stack_frame_code(frame), &symbol, NULL))
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (starts_with(symbol.name, kinds[i].function))
			return &kinds[i];
	return NULL;
}

/* Does the function only call the scheduler? Such a function has no struct on the stack. */
static bool is_scheduling(struct kernel *kernel, const struct stack_frame *frame)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, stack_frame_code(frame), &symbol, NULL) &&
	       (strstr(symbol.name, "schedule") || starts_with(symbol.name, "bit_wait") ||
		!strcmp(symbol.name, "wait_woken") || !strcmp(symbol.name, "__switch_to"));
}

bool wait_find(const struct wait_search *search, const struct backtrace *trace, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	/* Search only small frames, because a function with such a struct has a small frame. */
	enum { MOST_BYTES = 1024, MOST_INNER = 8, MOST_SAVED = 64 };
	bool sleeps = true; /* all inner functions only call the scheduler */

	for (size_t i = 0; i + 1 < trace->nr && i < MOST_INNER && trace->frame[i + 1].sure; i++) {
		const struct wait_kind *kind = wait_kind_of(kernel, &trace->frame[i]);
		/* The task's registers were saved below the innermost frame. On arm64, the frame of
		 * a function is above or below its SP, which depends on the compiler. */
		const struct waiting_part part = { .innermost = trace->frame[0].sp - MOST_SAVED,
						   .first = trace->frame[i ? i - 1 : 0].sp,
						   .end = trace->frame[i + 1].sp };
		uint64_t start = trace->frame[i].sp;
		bool scheduling = is_scheduling(kernel, &trace->frame[i]);
		bool small = part.end > start && part.end - start <= MOST_BYTES;

		*wait = (struct wait){ .frame = i };
		if (small && kind && find_in_frame(search, kind, &part, wait)) {
			wait_work_find(search, wait);
			return true;
		}
		if (small && (wait_bit_find(search, start, part.end, wait) ||
			      (sleeps && wait_queue_find(search, start, part.end, wait)))) {
			wait->frame += scheduling;
			return true;
		}
		sleeps = sleeps && scheduling;
	}
	return false;
}
