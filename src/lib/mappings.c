/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reverse mappings. One pass over all page tables finds the mappings of all frames that a call
 * requests. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel/entry.h"
#include "lib/handle.h"
#include "query/reverse.h"

/* Runs a scan that was started, and adds the mappings that it finds. */
static bool mappings_add_table(struct call *call, struct reverse *reverse, struct scan *scan,
			       struct reverse_owner owner)
{
	bool done;

	scan->listener = call->kernel->listener;
	done = reverse_add(reverse, call->kernel, scan, owner, &call->err);
	if (done && scan->end == SCAN_ENDLESS)
		fail(call->kernel->excess, ERROR_FORMAT,
		     "stopped at %" PRIx64
		     ", because tables point to each other; the answer may be incomplete",
		     scan_position(scan));
	scan_release(scan);
	return done;
}

static bool mappings_add_kernel(struct call *call, struct reverse *reverse, struct scan *scan)
{
	const struct space *space = kernel_space(call->kernel, &call->err);
	uint64_t first;

	if (!space || !task_kernel_half(call->kernel, &first, &call->err))
		return false;
	scan_start(scan, space, first, paging_last_address(space->paging), false);
	return mappings_add_table(call, reverse, scan, (struct reverse_owner){ 0 });
}

/* Adds the mappings of a process. If the page table of the process is unknown, the call's answer is
 * marked as incomplete. */
static bool mappings_add_process(struct call *call, struct reverse *reverse, struct scan *scan,
				 const struct task *task)
{
	struct process process;
	struct error err;

	if (!task_process(call->kernel, task, &process, &err)) {
		*call->kernel->excess = err;
		return true;
	}
	scan_start(scan, &process.user, 0, process.user_last, true);
	return mappings_add_table(call, reverse, scan,
				  (struct reverse_owner){ .has_pid = true, .pid = task->pid });
}

static bool mappings_add_processes(struct call *call, struct reverse *reverse, struct scan *scan)
{
	struct mm_pass pass;
	const struct task *task;
	bool done = true;

	if (!mm_pass_start(&pass, call->kernel, &call->err))
		return false;
	while (done && (task = mm_pass_next(&pass)))
		done = mappings_add_process(call, reverse, scan, task);
	mm_pass_release(&pass);
	return done;
}

static void note_gaps(struct call *call, const struct reverse *reverse)
{
	const struct reverse_gaps *gaps = reverse_gaps(reverse);

	if (gaps->nr && !call->kernel->excess->code)
		fail(call->kernel->excess, ERROR_UNREADABLE,
		     "the answer may be incomplete: %zu part%s of the page tables %s missing or corrupt, the first from %" PRIx64
		     " to %" PRIx64,
		     gaps->nr, plural_s(gaps->nr), plural_are(gaps->nr), gaps->first.first,
		     gaps->first.last);
}

/* Finds the mappings of all addresses. Returns NULL if the search failed. */
static struct reverse *mappings_search(struct call *call, const uint64_t *paddrs, size_t nr,
				       uint32_t flags)
{
	struct reverse *reverse = reverse_create(paddrs, nr, &call->err);
	struct scan *scan = malloc(sizeof(*scan));
	bool done =
		reverse && (scan || out_of_memory(&call->err)) &&
		mappings_add_kernel(call, reverse, scan) &&
		(!(flags & KWALK_OF_PROCESSES) || mappings_add_processes(call, reverse, scan)) &&
		reverse_finish(reverse, call->kernel->listener);

	free(scan);
	if (done) {
		note_gaps(call, reverse);
		return reverse;
	}
	reverse_destroy(reverse);
	return NULL;
}

/* The meanings of cache bits. Visits need them, but a visit may close the kernel, so they are
 * copied from the kernel. */
struct caches {
	bool known;
	enum cache_type type[8];
};

struct mappings_visits {
	const uint64_t *paddrs;
	size_t nr;
	struct caches caches;
	bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping);
	void *arg;
};

static void mappings_describe(const struct mappings_visits *visits, uint64_t paddr,
			      const struct mapping *mapping, struct kwalk_mapping *found)
{
	*found = KWALK_INIT(struct kwalk_mapping);
	found->writable = mapping->writable;
	found->executable = mapping->executable;
	found->user = mapping->user;
	found->no_access = mapping->no_access;
	found->has_pid = mapping->owner.has_pid;
	found->pid = mapping->owner.has_pid ? (int32_t)mapping->owner.pid : 0;
	found->vaddr = mapping->first + (paddr - mapping->paddr);
	found->page_size = mapping->page_size;
	if (visits->caches.known && !mapping->no_access)
		found->cache = cache_type_names[visits->caches.type[mapping->cache_index]];
}

static void mappings_visit_all(const struct mappings_visits *visits, const struct reverse *reverse)
{
	struct kwalk_mapping found;

	for (size_t at = 0; at < visits->nr; at++) {
		uint64_t paddr = visits->paddrs[at];
		struct reverse_frame frame = reverse_frame(reverse, paddr);

		for (size_t i = 0; i < frame.nr; i++) {
			mappings_describe(visits, paddr, reverse_mapping(reverse, frame, i),
					  &found);
			if (!visits->visit(visits->arg, at, &found))
				return;
		}
	}
}

/* Returns false if an address has more than 52 bits, because 52 is the largest MAXPHYADDR (Intel
 * SDM vol. 3A, 4.1.4). */
static bool are_physical(struct call *call, const uint64_t *paddrs, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (paddrs[i] >> 52)
			return fail(&call->err, ERROR_USAGE,
				    "%" PRIx64
				    " is not a physical address, which has at most 52 bits",
				    paddrs[i]);
	return true;
}

static bool copy_addresses(struct call *call, const uint64_t *paddrs, size_t nr, uint64_t **copy)
{
	*copy = calloc(nr + !nr, sizeof(**copy));
	if (!*copy)
		return out_of_memory(&call->err);
	if (nr)
		memcpy(*copy, paddrs, nr * sizeof(**copy));
	return true;
}

static struct caches mappings_find_caches(struct kernel *kernel)
{
	const struct entry_rules *rules = kernel_entry_rules(kernel);
	struct caches caches = { .known = rules->cache_known };

	for (unsigned int i = 0; i < 8; i++)
		caches.type[i] = rules->cache[i];
	return caches;
}

int kwalk_mappings_many(kwalk_kernel *kernel, const uint64_t *paddrs, size_t nr, uint32_t flags,
			bool (*visit)(void *arg, size_t index, const struct kwalk_mapping *mapping),
			void *arg, struct kwalk_error *error)
{
	struct mappings_visits visits = {
		.nr = nr,
		.visit = visit,
		.arg = arg,
	};
	struct reverse *reverse = NULL;
	uint64_t *copy = NULL; /* the caller may change its array during the call */
	struct call call;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	if (call_wants(&call, (void *)visit, "visit") &&
	    (!nr || call_wants(&call, paddrs, "paddrs")) &&
	    copy_addresses(&call, paddrs, nr, &copy) && are_physical(&call, copy, nr))
		reverse = mappings_search(&call, copy, nr, flags);
	visits.paddrs = copy;
	if (reverse)
		visits.caches = mappings_find_caches(call.kernel);
	code = call_end(&call, reverse);
	if (reverse && status_shows(code))
		mappings_visit_all(&visits, reverse);
	reverse_destroy(reverse);
	free(copy);
	return code;
}

/* For kwalk_mappings(), whose visit() gets no index. */
struct single {
	bool (*visit)(void *arg, const struct kwalk_mapping *mapping);
	void *arg;
};

static bool visit_single(void *arg, size_t index, const struct kwalk_mapping *mapping)
{
	const struct single *single = arg;

	(void)index;
	return single->visit(single->arg, mapping);
}

int kwalk_mappings(kwalk_kernel *kernel, uint64_t paddr, uint32_t flags,
		   bool (*visit)(void *arg, const struct kwalk_mapping *mapping), void *arg,
		   struct kwalk_error *error)
{
	struct single single = { visit, arg };

	return kwalk_mappings_many(kernel, &paddr, 1, flags, visit ? visit_single : NULL, &single,
				   error);
}
