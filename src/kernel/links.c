/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "kernel/links.h"

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

void links_start(struct links *links, struct kernel *kernel, uint64_t head,
		 uint64_t offset, struct address_set *seen, size_t most)
{
	*links = (struct links){
		.kernel = kernel,
		.seen = seen,
		.head = head,
		.offset = offset,
		.most = most,
		.at = head,
	};
}

bool links_none(struct kernel *kernel, uint64_t head)
{
	uint64_t next;

	return kernel_read_pointer(kernel, head, &next, NULL) && next == head;
}

static bool is_new(struct address_set *seen, size_t most, uint64_t at)
{
	return at && seen->nr < most &&
	       address_set_add(seen, at) == ADDRESS_NEW;
}

bool links_next(struct links *links, uint64_t *address)
{
	struct kernel *kernel = links->kernel;
	uint64_t at;

	if (links->end != LINKS_RUNNING)
		return false;
	if (!kernel_read_pointer(kernel, links->at, &at, NULL)) {
		links->end = LINKS_DAMAGED;
	} else if (at == links->head) {
		links->end = LINKS_WHOLE;
	} else if (kernel_stopped(kernel)) {
		links->end = LINKS_STOPPED;
	} else {
		links->at = at;
		*address = (at - links->offset) & kernel->arch->address_mask;
		if (is_new(links->seen, links->most, at))
			return true;
		links->end = LINKS_DAMAGED;
	}
	return false;
}
