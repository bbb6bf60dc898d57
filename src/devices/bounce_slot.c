/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads slots of bounce buffers, and finds the originals of their bytes: the memory to or from
 * which the kernel copies the data (swiotlb_bounce()). */
#include <inttypes.h>

#include "devices/bounce.h"
#include "devices/members.h"
#include "devices/pci.h"
#include "kernel/kernel.h"

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
bool bounce_slot_read(struct kernel *kernel, const struct bounce_pool *pool, uint64_t nr,
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
