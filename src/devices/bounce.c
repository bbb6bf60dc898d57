/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the pools of bounce buffers. The layout of pools differs between releases. The members that
 * the kernel's structs have show which layout this kernel has. */
#include "devices/bounce.h"

#include <inttypes.h>

#include "devices/members.h"
#include "devices/pci.h"
#include "kernel/kernel.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/text.h"
#include "kernel/arch.h"
#include "kernel/links.h"

/* --- slots --- */

/* Reads slots of bounce buffers, and finds the originals of their bytes: the memory to or from
 * which the kernel copies the data (swiotlb_bounce()). */

/* --- one slot --- */

static bool read_column(struct kernel *kernel, const struct bounce_column *column, uint64_t nr,
			uint64_t *value, struct error *err)
{
	return kernel_read_number(kernel, column->address + nr * column->stride, column->width,
				  value, err);
}

/* Is the number an address? Returns false for INVALID_PHYS_ADDR, which is a phys_addr_t with all
 * bits set. */
static bool bounce_slot_is_address(const struct bounce_column *column, uint64_t original)
{
	return original != UINT64_MAX >> (64 - 8 * column->width);
}

/* The member "list" is the number of consecutive free slots from this slot on, so 0 means that the
 * slot is used. The other members of a free slot are old, so they are not read. */
static bool bounce_slot_read(struct kernel *kernel, const struct bounce_pool *pool, uint64_t nr,
			     struct bounce_slot *slot, struct error *err)
{
	uint64_t nr_free;

	*slot = (struct bounce_slot){ .nr = nr };
	if (!read_column(kernel, &pool->free, nr, &nr_free, err))
		return false;
	slot->used = !nr_free;
	if (!slot->used)
		return true;
	if (!read_column(kernel, &pool->original, nr, &slot->original, err))
		return false;
	slot->has_original = bounce_slot_is_address(&pool->original, slot->original);
	slot->has_size =
		pool->size.address && read_column(kernel, &pool->size, nr, &slot->size, NULL);
	return true;
}

bool bounce_count(struct kernel *kernel, const struct bounce_pool *pool, uint64_t *used,
		  struct error *err)
{
	uint64_t nr_free;

	*used = 0;
	for (uint64_t nr = 0; nr < pool->nr_slots; nr++) {
		if (kernel_stopped(kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!read_column(kernel, &pool->free, nr, &nr_free, err))
			return false;
		*used += !nr_free;
	}
	return true;
}

/* --- an allocation: a sequence of slots --- */

struct allocation {
	struct bounce_slot first;
	uint64_t nr_slots;
	/* True if the size of the allocation is known, and if `first` is certainly its first
	 * slot. */
	bool is_whole;
};

/* Is `next` the next slot of the same allocation as `slot`? Two allocations can be adjacent in the
 * pool, with originals that are adjacent in memory. Only the sizes show that they are different
 * allocations. */
static bool bounce_slot_continues(const struct bounce_slot *slot, const struct bounce_slot *next)
{
	return next->used && next->has_original &&
	       next->original == slot->original + BOUNCE_BYTES && next->has_size &&
	       next->size + BOUNCE_BYTES == slot->size;
}

static struct allocation find_allocation(struct kernel *kernel, const struct bounce_pool *pool,
					 const struct bounce_slot *slot)
{
	struct allocation found = { .first = *slot, .nr_slots = 1 };
	struct bounce_slot next, last = *slot;

	if (!slot->has_size)
		return found;
	found.is_whole = true;
	while (found.nr_slots < MOST_BOUNCE_SLOTS && found.first.nr) {
		if (!bounce_slot_read(kernel, pool, found.first.nr - 1, &next, NULL)) {
			found.is_whole = false;
			break;
		}
		if (!next.used || !next.has_original || !bounce_slot_continues(&next, &found.first))
			break;
		found.first = next;
		found.nr_slots++;
	}
	while (found.nr_slots < MOST_BOUNCE_SLOTS && last.nr + 1 < pool->nr_slots &&
	       bounce_slot_read(kernel, pool, last.nr + 1, &next, NULL) &&
	       bounce_slot_continues(&last, &next)) {
		last = next;
		found.nr_slots++;
	}
	return found;
}

/* --- offset of the data in the first slot --- */

/* Finds the low address bits that the device requires to be equal in copy and original. Since 5.12
 * (1f221a0d0dbf) a device can have such a requirement, so the data may begin at an offset in the
 * first slot. Sets *mask to these bits. Returns false if the bits are not known. */
static bool bounce_slot_kept_bits(struct kernel *kernel, const struct pci_function *function,
				  uint64_t *mask)
{
	uint64_t parameters;

	*mask = 0;
	if (!kernel_member(kernel, PARAMETERS_MASK, NULL))
		return true;
	if (!kernel_read_member(kernel, function->address, PCI_DEV_PARAMETERS, &parameters, NULL))
		return false;
	if (parameters && !kernel_read_member(kernel, parameters, PARAMETERS_MASK, mask, NULL))
		return false;
	*mask &= BOUNCE_BYTES - 1;
	return true;
}

/* Does the allocation have as many slots as it needs if its data begin at this offset in the first
 * slot? */
static bool bounce_slot_fits(const struct allocation *allocation, uint64_t offset)
{
	uint64_t bytes = allocation->first.size;

	return !allocation->is_whole ||
	       (bytes <= MOST_BOUNCE_SLOTS << BOUNCE_SHIFT &&
		(bytes + offset + BOUNCE_BYTES - 1) >> BOUNCE_SHIFT == allocation->nr_slots);
}

/* Computes the physical address of the original of a byte in the slot. at: offset of the byte in
 * the slot. offset: offset of the data in the first slot of the allocation. Returns false if the
 * byte is outside of the data, or if the allocation cannot have this offset. */
static bool original_at(const struct allocation *allocation, const struct bounce_slot *slot,
			uint64_t at, uint64_t offset, uint64_t *original)
{
	*original = slot->original + at - offset;
	return bounce_slot_fits(allocation, offset) &&
	       (slot->nr != allocation->first.nr || at >= offset || !allocation->is_whole) &&
	       (!slot->has_size || (int64_t)(at - offset) < (int64_t)slot->size);
}

/* The possible originals of a byte in a slot. They depend on the low address bits that the device
 * requires to be kept (its mask). If the device is not known, the masks of all devices are
 * tried. */
struct bounce_slot_choice {
	struct kernel *kernel;
	const struct allocation *allocation;
	const struct bounce_copy *copy;
	unsigned int nr; /* number of different originals found; 2 means two or more */
	uint64_t original[2];
};

static void take_mask(struct bounce_slot_choice *choice, uint64_t mask)
{
	const struct bounce_copy *copy = choice->copy;
	uint64_t original;

	if (choice->nr < 2 &&
	    original_at(choice->allocation, &copy->slot, copy->paddr & (BOUNCE_BYTES - 1),
			copy->slot.original & mask, &original) &&
	    (!choice->nr || choice->original[0] != original))
		choice->original[choice->nr++] = original;
}

/* Tries the masks of all PCI functions that may use the pool. Also tries the mask 0, because the
 * device may not be a PCI function. If a mask is not known, tries the largest mask. */
static void take_all_masks(struct bounce_slot_choice *choice)
{
	struct kernel *kernel = choice->kernel;
	const struct pci_list *list = pci_functions(kernel, NULL);
	uint64_t mask;

	take_mask(choice, 0);
	if (!list && kernel_member(kernel, PARAMETERS_MASK, NULL))
		take_mask(choice, BOUNCE_BYTES - 1);
	for (size_t i = 0; list && i < list->nr; i++)
		if (bounce_pool_serves(kernel, choice->copy->pool, &list->function[i]))
			take_mask(choice, bounce_slot_kept_bits(kernel, &list->function[i], &mask) ?
						  mask :
						  BOUNCE_BYTES - 1);
}

static bool find_original(struct kernel *kernel, const struct pci_function *function,
			  struct bounce_copy *copy)
{
	struct allocation allocation = find_allocation(kernel, copy->pool, &copy->slot);
	struct bounce_slot_choice choice = { kernel, &allocation, copy, 0, { 0 } };
	uint64_t mask;

	copy->has_size = allocation.is_whole;
	copy->size = allocation.first.size;
	if (!function || !bounce_slot_kept_bits(kernel, function, &mask))
		take_all_masks(&choice);
	else
		take_mask(&choice, mask);
	if (!choice.nr)
		return fail(&copy->trouble, ERROR_NO_ANSWER,
			    "the allocation does not use this part of the slot");
	copy->is_unsure = choice.nr > 1;
	copy->either[0] = choice.original[0];
	copy->either[1] = choice.original[1];
	if (copy->is_unsure)
		return fail(&copy->trouble, ERROR_NO_ANSWER,
			    "%" PRIx64 " or %" PRIx64
			    ", depending on the device, which is not known",
			    choice.original[0], choice.original[1]);
	copy->original = choice.original[0];
	copy->has_original = true;
	return true;
}

/* Fills *copy, except its members pool and paddr, which the caller has set. */
static bool find_copy(struct kernel *kernel, const struct pci_function *function,
		      struct bounce_copy *copy, struct error *err)
{
	const struct bounce_pool *pool = copy->pool;
	uint64_t nr = (copy->paddr - pool->first) >> BOUNCE_SHIFT;

	if (nr >= pool->nr_slots) {
		copy->slot.nr = nr;
		return true;
	}
	if (!bounce_slot_read(kernel, pool, nr, &copy->slot, err))
		return false;
	if (copy->slot.has_original)
		find_original(kernel, function ? function : pool->function, copy);
	else if (copy->slot.used)
		fail(&copy->trouble, ERROR_NO_ANSWER,
		     "the slot is padding of an allocation, or has no original buffer");
	return true;
}

/* Returns the pool that contains the physical address, or NULL if no pool does. */
static const struct bounce_pool *bounce_pool_at(const struct bounce_list *list, uint64_t paddr)
{
	for (size_t i = 0; i < list->nr; i++)
		if (paddr >= list->pool[i].first && paddr <= list->pool[i].last)
			return &list->pool[i];
	return NULL;
}

bool bounce_find(struct kernel *kernel, uint64_t paddr, const struct pci_function *function,
		 struct bounce_copy *copy, struct error *err)
{
	const struct bounce_list *list = bounce_pools(kernel, err);

	if (!list)
		return false;
	*copy = (struct bounce_copy){ .pool = bounce_pool_at(list, paddr), .paddr = paddr };
	return !copy->pool || find_copy(kernel, function, copy, err);
}

/* --- from an original to its copies --- */

/* May the slot contain a copy of the byte at `original`? The data may begin at an offset in the
 * slot, so this byte may be almost a whole slot before or after the slot's original. */
static bool is_near(const struct bounce_slot *slot, uint64_t original)
{
	return slot->has_original && original + BOUNCE_BYTES > slot->original &&
	       original < slot->original + BOUNCE_BYTES;
}

/* Finds the copies of search->original in the slot, and visits them. There may be a copy for each
 * of the two possible offsets of the data. */
static void try_slot(const struct bounce_search *search, const struct bounce_pool *pool,
		     const struct bounce_slot *slot)
{
	const uint64_t offset[] = { 0, slot->original & (BOUNCE_BYTES - 1) };
	uint64_t original = search->original, start = pool->first + (slot->nr << BOUNCE_SHIFT);

	for (unsigned int i = 0; i < (offset[1] ? 2 : 1); i++) {
		uint64_t at = original - slot->original + offset[i];
		struct bounce_copy copy = { .pool = pool, .paddr = start + at };

		if (at < BOUNCE_BYTES && find_copy(search->kernel, search->function, &copy, NULL) &&
		    (copy.is_unsure ? copy.either[0] == original || copy.either[1] == original :
				      copy.has_original && copy.original == original))
			search->visit(search->arg, &copy);
	}
}

bool bounce_each_of(const struct bounce_search *search, struct error *err)
{
	const struct bounce_list *list = bounce_pools(search->kernel, err);
	struct bounce_slot slot;

	for (size_t i = 0; list && i < list->nr; i++)
		for (uint64_t nr = 0; nr < list->pool[i].nr_slots; nr++) {
			if (kernel_stopped(search->kernel))
				return fail(err, ERROR_INTERRUPTED, "interrupted");
			if (!bounce_slot_read(search->kernel, &list->pool[i], nr, &slot, err))
				return false;
			if (is_near(&slot, search->original))
				try_slot(search, &list->pool[i], &slot);
		}
	return list;
}

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
