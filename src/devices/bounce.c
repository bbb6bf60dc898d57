/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the pools of bounce buffers. The layout of pools differs between releases. The members that
 * the kernel's structs have show which layout this kernel has. */
#include "devices/bounce.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/text.h"
#include "devices/members.h"
#include "devices/pci.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum { MOST_POOLS = 4096 };

struct bounce_reading {
	struct kernel *kernel;
	struct bounce_list *list;
	/* Addresses of the structs that were already read: struct io_tlb_mem and pools. */
	struct address_set seen;
};

/* Ids of members of a struct that describes a pool: struct io_tlb_mem or struct io_tlb_pool. */
struct bounce_layout {
	unsigned int start, end, nr_slots, slots;
};
static const struct bounce_layout in_mem = { MEM_START, MEM_END, MEM_NR_SLOTS, MEM_SLOTS };
static const struct bounce_layout in_pool = { POOL_START, POOL_END, POOL_NR_SLOTS, POOL_SLOTS };

static void bounce_damaged(struct bounce_reading *reading, uint64_t at, const char *why)
{
	if (!reading->list->nr_damages++)
		fail(&reading->list->damage, ERROR_FORMAT, "the pool at %" PRIx64 " %s", at, why);
}

/* Adds the pool. If the pool's memory is too small for its number of slots, reports damage
 * instead. */
static void bounce_add(struct bounce_reading *reading, const struct bounce_pool *pool, uint64_t at)
{
	struct bounce_list *list = reading->list;

	if (pool->last < pool->first || pool->last >> 52 ||
	    pool->nr_slots > (pool->last - pool->first + 1) >> BOUNCE_SHIFT)
		bounce_damaged(reading, at, "has more slots than memory");
	else if (list->nr >= MOST_POOLS ||
		 !array_add(&list->pool, &list->nr, &list->room, pool, sizeof(*pool)))
		bounce_damaged(reading, at, "is left out, because there are too many pools");
}

/* --- since 5.13 (2d29960af0be): struct io_tlb_mem --- */

static bool bounce_find_column(struct kernel *kernel, unsigned int id, uint64_t slots,
			       uint64_t stride, struct bounce_column *column)
{
	const struct member *member = kernel_member_as(kernel, id, MEMBER_NUMBER, NULL);

	if (!member)
		return false;
	*column = (struct bounce_column){ slots + member->offset, stride, member->size };
	return true;
}

static bool find_columns(struct kernel *kernel, uint64_t slots, struct bounce_pool *pool)
{
	uint64_t stride;

	bounce_find_column(kernel, SLOT_SIZE, slots, 0, &pool->size);
	if (!kernel_type_size(kernel, "io_tlb_slot", &stride) || !stride ||
	    !bounce_find_column(kernel, SLOT_ORIGINAL, slots, stride, &pool->original) ||
	    !bounce_find_column(kernel, SLOT_FREE, slots, stride, &pool->free))
		return false;
	pool->size.stride = stride;
	return true;
}

/* Are the slots an array at the end of the struct? This is so before 5.15 (463e862ac63e). In later
 * kernels the struct points to the array. */
static bool slots_follow(struct kernel *kernel)
{
	const struct member *slots = kernel_member(kernel, MEM_SLOTS, NULL);

	return slots && slots->size != kernel_pointer_size(kernel);
}

static bool find_slots(struct kernel *kernel, const struct bounce_layout *layout, uint64_t at,
		       uint64_t *slots)
{
	if (layout->slots != MEM_SLOTS || !slots_follow(kernel))
		return kernel_read_member(kernel, at, layout->slots, slots, NULL);
	*slots = at + kernel_member(kernel, MEM_SLOTS, NULL)->offset;
	return true;
}

/* Reads the pool at address `at`. Skips a pool without slots, because the kernel never initialised
 * it. owner: address of the struct io_tlb_mem. function: the only user of the pool, or NULL. */
static void read_pool(struct bounce_reading *reading, const struct bounce_layout *layout,
		      uint64_t at, uint64_t owner, const struct pci_function *function)
{
	struct kernel *kernel = reading->kernel;
	struct bounce_pool pool = { .owner = owner, .function = function };
	uint64_t end, slots;

	if (!kernel_read_member(kernel, at, layout->start, &pool.first, NULL) ||
	    !kernel_read_member(kernel, at, layout->end, &end, NULL) ||
	    !kernel_read_member(kernel, at, layout->nr_slots, &pool.nr_slots, NULL)) {
		bounce_damaged(reading, at, "cannot be read");
		return;
	}
	if (!pool.nr_slots || !end)
		return;
	pool.last = end - 1;
	if (!find_slots(kernel, layout, at, &slots) || !find_columns(kernel, slots, &pool))
		bounce_damaged(reading, at, "has slots that cannot be found");
	else
		bounce_add(reading, &pool, at);
}

/* Reads the list of pools whose head is at address `head`. The pools are linked by the member
 * POOL_NODE. */
static void read_pools(struct bounce_reading *reading, uint64_t head, uint64_t owner,
		       const struct pci_function *function)
{
	struct kernel *kernel = reading->kernel;
	const struct member *node = kernel_member_as(kernel, POOL_NODE, MEMBER_LINKS, NULL);
	struct links links;
	uint64_t pool;

	if (!node || !kernel_read_pointer(kernel, head, &pool, NULL)) {
		bounce_damaged(reading, owner, "has a list of pools that cannot be read");
		return;
	}
	links = links_from(kernel, head, node->offset, &reading->seen, MOST_POOLS);
	while (links_next(&links, &pool))
		read_pool(reading, &in_pool, pool, owner, function);
	if (links_damaged(&links))
		bounce_damaged(reading, links.at, "is in a damaged list");
}

/* Reads the pools of the struct io_tlb_mem at address `mem`. Since 6.6 (158dbe9c9a3d) this struct
 * contains its first pool. If the kernel can add pools, the struct also contains a list of all its
 * pools. */
static void read_mem(struct bounce_reading *reading, uint64_t mem,
		     const struct pci_function *function)
{
	struct kernel *kernel = reading->kernel;
	const struct member *first = kernel_member(kernel, MEM_FIRST_POOL, NULL);
	const struct member *pools = kernel_member_as(kernel, MEM_POOLS, MEMBER_LINKS, NULL);

	if (!mem || address_set_add(&reading->seen, mem) != ADDRESS_NEW)
		return;
	if (pools)
		read_pools(reading, mem + pools->offset, mem, function);
	else if (first)
		read_pool(reading, &in_pool, mem + first->offset, mem, function);
	else
		read_pool(reading, &in_mem, mem, mem, function);
}

/* Reads the pools that only this device uses: a "restricted-dma-pool" from the device tree, and
 * pools that the kernel made for a single mapping. */
static void read_own(struct bounce_reading *reading, const struct pci_function *function)
{
	struct kernel *kernel = reading->kernel;
	const struct member *transient =
		kernel_member_as(kernel, PCI_DEV_POOLS, MEMBER_LINKS, NULL);
	uint64_t mem = 0;

	if (kernel_read_member(kernel, function->address, PCI_DEV_POOL, &mem, NULL))
		read_mem(reading, mem, function);
	if (transient)
		read_pools(reading, function->address + transient->offset, mem, function);
}

static bool bounce_read_all(struct bounce_reading *reading, struct error *err)
{
	struct kernel *kernel = reading->kernel;
	const struct pci_list *list;
	uint64_t mem;

	if (!kernel_symbol(kernel, "io_tlb_default_mem", &mem, err) ||
	    (slots_follow(kernel) && !kernel_read_pointer(kernel, mem, &mem, err)))
		return false;
	read_mem(reading, mem, NULL);
	list = pci_functions(kernel, NULL);
	for (size_t i = 0; list && i < list->nr && !kernel_stopped(kernel); i++)
		read_own(reading, &list->function[i]);
	return true;
}

/* --- before 5.13: variables, and one array for each member of slots --- */

static bool bounce_read_array(struct kernel *kernel, const char *name, size_t width,
			      struct bounce_column *column)
{
	column->stride = column->width = width;
	return kernel_read_variable(kernel, name, &column->address) && column->address;
}

/* Reads the physical address of the pool, which is a phys_addr_t. It has as many bytes as a page
 * table entry. Before 3.8 (ff7204a74985) the variable contains a virtual address. */
static bool bounce_read_start(struct kernel *kernel, size_t width, uint64_t *first)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t address;

	if (!kernel_symbol(kernel, "io_tlb_start", &address, NULL) ||
	    !kernel_read_number(kernel, address, width, first, NULL))
		return false;
	if (kernel->arch->address_mask >> 32 && *first >> 52) {
		struct walk walk = walk_page_table(space, *first);

		*first = walk.paddr;
		return walk.outcome == WALK_MAPPED;
	}
	return true;
}

static bool read_variables(struct bounce_reading *reading, struct error *err)
{
	struct kernel *kernel = reading->kernel;
	const struct space *space = kernel_space(kernel, err);
	struct bounce_pool pool = { 0 };
	size_t width = space ? space->paging->entry_size : 0;

	if (!space)
		return false;
	if (!kernel_read_variable(kernel, "io_tlb_nslabs", &pool.nr_slots))
		return fail(err, ERROR_UNKNOWN,
			    "the number of slots of the bounce buffers is not known");
	if (!pool.nr_slots || !bounce_read_array(kernel, "io_tlb_orig_addr", width, &pool.original))
		return true;
	if (!bounce_read_start(kernel, width, &pool.first) ||
	    !bounce_read_array(kernel, "io_tlb_list", sizeof(uint32_t), &pool.free))
		return fail(err, ERROR_UNKNOWN, "the slots of bounce buffers cannot be found");
	/* This array exists since 5.12 (daf9514fd5eb), and in older kernels to which it was
	 * backported. In all other kernels the sizes are unknown. */
	if (!bounce_read_array(kernel, "io_tlb_orig_size", kernel_pointer_size(kernel), &pool.size))
		pool.size = (struct bounce_column){ 0 };
	pool.last = pool.first + (pool.nr_slots << BOUNCE_SHIFT) - 1;
	bounce_add(reading, &pool, pool.first);
	return true;
}

/* --- all kernels --- */

static bool bounce_read_list(struct kernel *kernel, void *list, struct error *err)
{
	struct bounce_reading reading = { .kernel = kernel, .list = list };
	bool known = kernel_has_symbol(kernel, "io_tlb_start") == YES ?
			     read_variables(&reading, err) :
			     bounce_read_all(&reading, err);

	address_set_release(&reading.seen);
	return known;
}

static const struct state_type state_bounce = {
	.size = sizeof(struct bounce_list),
	.learn = bounce_read_list,
	.release = state_free_list,
};

const struct bounce_list *bounce_pools(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_bounce, err);
}

const struct bounce_pool *bounce_pool_at(const struct bounce_list *list, uint64_t paddr)
{
	for (size_t i = 0; i < list->nr; i++)
		if (paddr >= list->pool[i].first && paddr <= list->pool[i].last)
			return &list->pool[i];
	return NULL;
}

bool bounce_pool_serves(struct kernel *kernel, const struct bounce_pool *pool,
			const struct pci_function *function)
{
	uint64_t mem;

	if (!*function->driver)
		return false;
	if (pool->function)
		return pool->function == function;
	return !pool->owner || !kernel_member(kernel, PCI_DEV_POOL, NULL) ||
	       (kernel_read_member(kernel, function->address, PCI_DEV_POOL, &mem, NULL) &&
		mem == pool->owner);
}

void bounce_text(const struct bounce_copy *copy, char *text, size_t size)
{
	text_append(text, size, ", bounce buffer slot %" PRIu64, copy->slot.nr);
	if (!copy->slot.used)
		text_append(text, size, ", free");
	else if (copy->has_original)
		text_append(text, size, " of %" PRIx64, copy->original);
	else
		text_append(text, size, ": %s", copy->trouble.message);
}
