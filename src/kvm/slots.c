/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads memory slots. Since 5.17 (a54d806688fe) the slots are in a tree sorted by address. Before
 * 5.17 they are in an array. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/ranges.h"
#include "kvm/guests.h"
#include "kvm/members.h"
#include "kernel/kernel.h"
#include "kernel/module_types.h"
#include "kernel/rbtree.h"
#include "types/types.h"

enum {
	MOST_SLOTS = 1 << 17, /* limit for one machine; KVM_MEM_SLOTS_NUM is 32767 */
	NODE_WORDS = 3, /* struct rb_node consists of words of the size of a pointer */
};

struct slots_reading {
	struct kernel *kernel;
	struct guest *guest;
	unsigned int space;
	struct address_set *seen; /* addresses of the KVM address spaces read so far */
};

/* Fills *slot. Returns false and sets err if a member is not known or cannot be read, or if the
 * slot is damaged. */
static bool read_slot(const struct slots_reading *reading, uint64_t address,
		      struct guest_slot *slot, struct error *err)
{
	struct kernel *kernel = reading->kernel;
	const uint64_t last_frame = kernel_pfn(kernel, UINT64_MAX);
	uint64_t frame, flags, id;

	if (!kernel_read_member(kernel, address, MEMSLOT_GFN, &frame, err) ||
	    !kernel_read_member(kernel, address, MEMSLOT_PAGES, &slot->pages, err) ||
	    !kernel_read_member(kernel, address, MEMSLOT_USER, &slot->user, err) ||
	    !kernel_read_member(kernel, address, MEMSLOT_FLAGS, &flags, err) ||
	    !kernel_read_member(kernel, address, MEMSLOT_ID, &id, err))
		return false;
	if (frame > last_frame || slot->pages > last_frame - frame ||
	    slot->pages > kernel_pfn(kernel, UINT64_MAX - slot->user))
		return fail(err, ERROR_FORMAT,
			    "the memory slot at %" PRIx64 " is damaged: it would have %" PRIu64
			    " pages from guest frame %" PRIx64 " on",
			    address, slot->pages, frame);
	slot->first = kernel_frame(kernel, frame);
	slot->size = kernel_frame(kernel, slot->pages);
	slot->flags = (uint32_t)flags;
	slot->id = (int16_t)id;
	slot->space = reading->space;
	return true;
}

static bool add_slot(const struct slots_reading *reading, uint64_t address, struct error *err)
{
	struct guest *guest = reading->guest;
	struct guest_slot slot;

	if (!read_slot(reading, address, &slot, err))
		return false;
	if (!slot.pages)
		return true;
	if (guest->nr_slots == MOST_SLOTS)
		return fail(err, ERROR_FORMAT, "the machine has more memory slots than KVM allows");
	return array_add(&guest->slot, &guest->nr_slots, &guest->slot_room, &slot, sizeof(slot)) ||
	       out_of_memory(err);
}

static bool slots_visit_slot(void *arg, uint64_t address, struct error *err)
{
	return add_slot(arg, address, err);
}

/* Reads the slots of a tree. A slot has two tree nodes, because KVM has two trees: the tree in use,
 * and a copy that KVM is changing. The number node_idx shows which nodes this tree uses. */
static bool slots_read_tree(struct slots_reading *reading, uint64_t slots, struct error *err)
{
	const struct member *nodes = kernel_member(reading->kernel, MEMSLOT_NODE, err);
	struct rbtree tree = { .visit = slots_visit_slot, .arg = reading };
	uint64_t root, index;

	if (!nodes || !kernel_read_member(reading->kernel, slots, SLOTS_TREE, &root, err) ||
	    !kernel_read_member(reading->kernel, slots, SLOTS_NODE, &index, err))
		return false;
	if (index > 1)
		return fail(err, ERROR_FORMAT,
			    "the memory slots at %" PRIx64 " are damaged: node_idx is %" PRIu64
			    ", but can only be 0 or 1",
			    slots, index);
	tree.node = nodes->offset + index * NODE_WORDS * kernel_pointer_size(reading->kernel);
	return rbtree_visit(reading->kernel, &tree, root, err);
}

static bool slot_size(struct kernel *kernel, uint64_t *size)
{
	static const char name[] = "struct kvm_memory_slot";
	struct types *types = kernel_types(kernel);

	if (types && types_size(types, name, size) && *size)
		return true;
	types = kernel_module_types(kernel, "kvm", NULL);
	return types && types_size(types, name, size) && *size;
}

/* Reads the slots of an array. Some older kernels have no used_slots. In these kernels the whole
 * array is read, and an unused slot has 0 pages. */
static bool slots_read_array(struct slots_reading *reading, uint64_t slots, struct error *err)
{
	struct kernel *kernel = reading->kernel;
	const struct member *array = kernel_member(kernel, SLOTS_ARRAY, err);
	uint64_t size, nr;

	if (!array)
		return false;
	if (!slot_size(kernel, &size))
		return fail(err, ERROR_UNKNOWN, "the size of struct kvm_memory_slot is not known");
	if (!kernel_read_member(kernel, slots, SLOTS_USED, &nr, NULL))
		nr = array->size / size;
	if (nr > MOST_SLOTS)
		return fail(err, ERROR_FORMAT,
			    "the memory slots at %" PRIx64
			    " are damaged: their number would be %" PRIu64,
			    slots, nr);
	for (uint64_t i = 0; i < nr; i++)
		if (kernel_stopped(kernel) ||
		    !add_slot(reading, slots + array->offset + i * size, err))
			return false;
	return true;
}

static bool read_space(struct slots_reading *reading, uint64_t slots, struct error *err)
{
	if (!slots)
		return true;
	if (address_set_add(reading->seen, slots) == ADDRESS_SEEN)
		return fail(err, ERROR_FORMAT,
			    "the memory slots at %" PRIx64 " also belong to another machine",
			    slots);
	if (kernel_member(reading->kernel, SLOTS_TREE, NULL))
		return slots_read_tree(reading, slots, err);
	return slots_read_array(reading, slots, err);
}

static int by_address(const void *a, const void *b)
{
	const struct guest_slot *one = a, *other = b;

	return COMPARE(one->space, other->space) ?: COMPARE(one->first, other->first);
}

/* Do slots overlap? If so, sets err, because answers would depend on the order of the slots. */
static bool overlap(const struct guest *guest, struct error *err)
{
	for (size_t i = 1; i < guest->nr_slots; i++) {
		const struct guest_slot *before = &guest->slot[i - 1];
		const struct guest_slot *slot = &guest->slot[i];

		if (slot->space == before->space && slot->first - before->first < before->size) {
			fail(err, ERROR_FORMAT,
			     "the memory slots that begin at guest-physical %" PRIx64
			     " and %" PRIx64 " overlap",
			     before->first, slot->first);
			return true;
		}
	}
	return false;
}

/* Reads the slots of each address space, to which the struct kvm has an array of pointers. */
static bool read_spaces(struct slots_reading *reading, struct error *err)
{
	struct kernel *kernel = reading->kernel;
	const struct member *slots = kernel_member(kernel, KVM_MEMSLOTS, err);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t address;

	if (!slots)
		return false;
	for (; reading->space < slots->size / word; reading->space++)
		if (!kernel_read_pointer(kernel,
					 reading->guest->address + slots->offset +
						 word * reading->space,
					 &address, err) ||
		    !read_space(reading, address, err))
			return false;
	return true;
}

bool guest_read_slots(struct kernel *kernel, struct guest *guest, struct address_set *seen,
		      struct error *err)
{
	struct slots_reading reading = { .kernel = kernel, .guest = guest, .seen = seen };
	bool whole = read_spaces(&reading, err);

	if (guest->nr_slots)
		qsort(guest->slot, guest->nr_slots, sizeof(*guest->slot), by_address);
	if (!overlap(guest, err))
		return whole;
	guest->nr_slots = 0;
	return false;
}

const struct guest_slot *guest_slot_at(const struct guest *guest, uint64_t paddr)
{
	for (size_t i = 0; i < guest->nr_slots; i++) {
		const struct guest_slot *slot = &guest->slot[i];

		if (!slot->space && paddr >= slot->first && paddr - slot->first < slot->size)
			return slot;
	}
	return NULL;
}
