/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/links.h"

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

struct links links_from(struct kernel *kernel, uint64_t head, uint64_t offset,
			struct address_set *seen, size_t most)
{
	return (struct links){
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

/* Reads the member next or prev of a list_head, or the only link of an entry in a chain. */
static bool read_link(struct links *links, bool prev, uint64_t *to)
{
	unsigned int word = kernel_pointer_size(links->kernel);

	return kernel_read_pointer(links->kernel, links->at + links->link + prev * word, to,
				   &links->why);
}

static enum links_end links_check(struct links *links, uint64_t address)
{
	bool points_back = !links->seen && !links->is_chain;

	if (points_back && !read_link(links, !links->backward, &links->back))
		return LINKS_MISSING;
	if (points_back && links->back != links->before)
		return LINKS_BAD;
	if (!links->at || !address || (links->seen ? links->seen->nr : links->nr) >= links->most ||
	    (links->budget && !*links->budget))
		return LINKS_LIMIT;
	links->nr++;
	if (links->budget)
		--*links->budget;
	if (links->seen && address_set_add(links->seen, links->at) != ADDRESS_NEW)
		return LINKS_AGAIN;
	return LINKS_RUNNING;
}

bool links_next(struct links *links, uint64_t *address)
{
	struct kernel *kernel = links->kernel;
	uint64_t next;

	if (links->end != LINKS_RUNNING)
		return false;
	links->before = links->at;
	if (!read_link(links, links->backward, &next)) {
		links->end = LINKS_MISSING;
		return false;
	}
	*address = (next - links->offset) & kernel->arch->address_mask;
	if (next == (links->is_chain ? 0 : links->head) ||
	    (links->met && address_set_has(links->met, *address))) {
		links->end = LINKS_WHOLE;
	} else if (kernel_stopped(kernel)) {
		links->end = LINKS_STOPPED;
	} else {
		links->at = next;
		links->end = links_check(links, *address);
	}
	return links->end == LINKS_RUNNING;
}

bool links_lead_nowhere(const struct links *links)
{
	return links->end == LINKS_MISSING && kernel_is_unmapped(links->kernel, links->at);
}

bool links_locked(struct kernel *kernel, uint64_t lock)
{
	uint64_t value;

	if (!kernel_read_number(kernel, lock, 4, &value, NULL) || !value)
		return false;
	/* Before 4.2 (62c7a1e9ae54) a free lock has two equal tickets of 8 or 16 bits. */
	return kernel_version(kernel) >= KERNEL_VERSION(4, 2, 0) ||
	       (value >> 16 != (value & 0xffff) && (value >> 8 & 0xff) != (value & 0xff));
}
