/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/guests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/module_types.h"
#include "kernel/rbtree.h"
#include "kvm/members.h"
#include "linux/module/modules.h"
#include "symbols/symbol_lookup.h"
#include "types/types.h"

/* Reads memory slots. Since 5.17 (a54d806688fe) the slots are in a tree sorted by address. Before
 * 5.17 they are in an array. */

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

enum {
	MOST_GUESTS = 1 << 16,
	MOST_CPUS = 1 << 16, /* limit for one machine; KVM_MAX_VCPUS is at most 4096 */
	WORD = 8, /* size of a pointer in bytes */
};

static void guests_release(void *state)
{
	struct guest_list *list = state;

	for (size_t i = 0; i < list->nr; i++) {
		free(list->guest[i].slot);
		free(list->guest[i].cpu);
	}
	free(list->guest);
}

/* --- CPUs --- */

static bool guests_add_cpu(struct guest *guest, uint64_t cpu, struct error *err)
{
	if (guest->nr_cpus == MOST_CPUS)
		return fail(err, ERROR_FORMAT, "the machine has more vCPUs than KVM allows");
	return array_add(&guest->cpu, &guest->nr_cpus, &guest->cpu_room, &cpu, sizeof(cpu)) ||
	       out_of_memory(err);
}

/* The entries of the xarray that are no numbers are pointers to a struct kvm_vcpu. */
static bool guests_visit_cpu(void *arg, const struct indexed *indexed, struct error *err)
{
	struct guest *guest = arg;

	if (indexed->entry & 1)
		return true;
	if (indexed->entry & 2)
		return fail(err, ERROR_FORMAT,
			    "the array of the machine's vCPUs contains %" PRIx64
			    ", which is not a pointer",
			    indexed->entry);
	return guests_add_cpu(guest, indexed->entry, err);
}

/* Reads the array struct kvm_vcpu *vcpus[], which older kernels have instead of an xarray. */
static void guests_read_array(struct kernel *kernel, struct guest *guest)
{
	const struct member *vcpus = kernel_member(kernel, KVM_VCPUS, &guest->cpu_trouble);
	uint64_t nr, address;

	if (!vcpus ||
	    !kernel_read_member(kernel, guest->address, KVM_ONLINE, &nr, &guest->cpu_trouble))
		return;
	if (nr > vcpus->size / WORD) {
		fail(&guest->cpu_trouble, ERROR_FORMAT,
		     "the machine has %" PRIu64 " vCPUs, too many for its array", nr);
		return;
	}
	for (uint64_t i = 0; i < nr && !kernel_stopped(kernel); i++)
		if (!kernel_read_pointer(kernel, guest->address + vcpus->offset + WORD * i,
					 &address, &guest->cpu_trouble) ||
		    !guests_add_cpu(guest, address, &guest->cpu_trouble))
			return;
}

static void guests_read_cpus(struct kernel *kernel, struct guest *guest)
{
	const struct index_visitor visitor = { .visit = guests_visit_cpu, .arg = guest };
	uint64_t head;

	if (!kernel_member_as(kernel, KVM_VCPU_HEAD, MEMBER_POINTER, NULL))
		guests_read_array(kernel, guest);
	else if (kernel_read_member(kernel, guest->address, KVM_VCPU_HEAD, &head,
				    &guest->cpu_trouble))
		xarray_visit(kernel, head, false, &visitor, &guest->cpu_trouble);
}

/* --- process --- */

static void find_process(struct kernel *kernel, struct guest *guest)
{
	const struct task_list *tasks = task_all(kernel, NULL);
	uint64_t pid;

	if (kernel_read_member(kernel, guest->address, KVM_PID, &pid, NULL))
		guest->pid = (int32_t)pid;
	if (!kernel_read_member(kernel, guest->address, KVM_MM, &guest->mm, NULL))
		guest->mm = 0;
	for (size_t i = 0; tasks && guest->mm && i < tasks->nr; i++)
		if (tasks->task[i].mm == guest->mm && tasks->task[i].pid == tasks->task[i].tgid) {
			guest->task = tasks->task[i];
			guest->has_task = true;
			guest->pid = guest->task.pid;
			return;
		}
}

/* --- the list --- */

static bool take_symbol(const struct kernel_symbol *symbol, void *arg)
{
	*(uint64_t *)arg = symbol->address;
	return false;
}

bool guest_symbol(struct kernel *kernel, const char *name, const char *module, uint64_t *address)
{
	*address = 0;
	symbol_lookup_all(kernel->symbols, name, NULL, module, take_symbol, address);
	if (!*address)
		symbol_lookup_all(kernel->symbols, name, NULL, "vmlinux", take_symbol, address);
	return *address;
}

bool guest_enumerator(struct kernel *kernel, const char *type, const char *name, int64_t *value)
{
	struct types *types = kernel_types(kernel);

	if (types && types_enumerator(types, type, name, value))
		return true;
	types = kernel_module_types(kernel, "kvm", NULL);
	return types && types_enumerator(types, type, name, value);
}

static bool is_kvm(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	(void)kernel;
	*(bool *)arg |= !strcmp(module->name, "kvm");
	return true;
}

/* Finds the head of the list of machines. Sets *head to 0 if the module kvm is not loaded. */
static bool find_head(struct kernel *kernel, uint64_t *head, struct error *err)
{
	bool loaded = false;

	if (guest_symbol(kernel, "vm_list", "kvm", head))
		return true;
	if (!module_each(kernel, is_kvm, &loaded, err))
		return false;
	return !loaded ||
	       fail(err, ERROR_UNKNOWN,
		    "the module kvm is loaded, but its symbol vm_list is not known, because the kernel keeps only symbols of functions (no CONFIG_KALLSYMS_ALL)");
}

static bool add_guest(struct kernel *kernel, struct guest_list *list, uint64_t address,
		      struct address_set *spaces)
{
	struct guest guest = { .address = address }, *added;

	if (!array_add(&list->guest, &list->nr, &list->room, &guest, sizeof(guest)))
		return out_of_memory(&list->damage);
	added = &list->guest[list->nr - 1];
	find_process(kernel, added);
	guest_read_slots(kernel, added, spaces, &added->slot_trouble);
	guests_read_cpus(kernel, added);
	return true;
}

static bool guests_read_list(struct kernel *kernel, void *state, struct error *err)
{
	struct guest_list *list = state;
	const struct member *link;
	struct address_set seen = { 0 }, spaces = { 0 };
	uint64_t head, guest;
	struct links links;

	if (!find_head(kernel, &head, err))
		return false;
	if (!head)
		return true;
	if (kernel_pointer_size(kernel) != WORD)
		return fail(err, ERROR_UNKNOWN,
			    "virtual machines of 32-bit hosts are not supported");
	link = kernel_member_as(kernel, KVM_LIST, MEMBER_LINKS, err);
	if (!link || !kernel_read_pointer(kernel, head, &guest, err))
		return false;
	links = links_from(kernel, head, link->offset, &seen, MOST_GUESTS);
	while (links_next(&links, &guest) && add_guest(kernel, list, guest, &spaces))
		;
	if (links_damaged(&links))
		fail(&list->damage, ERROR_FORMAT,
		     "the list of virtual machines cannot be followed beyond %" PRIx64, links.at);
	address_set_release(&seen);
	address_set_release(&spaces);
	return true;
}

static const struct state_type state_guests = {
	.size = sizeof(struct guest_list),
	.learn = guests_read_list,
	.release = guests_release,
};

const struct guest_list *guest_machines(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_guests, err);
}

/* --- one machine --- */

static bool is_meant(const struct guest *guest, const char *word, uint64_t number, bool is_number)
{
	char *end;
	unsigned long long address = strtoull(word, &end, 16);

	if (guest->has_task && !strcmp(guest->task.comm, word))
		return true;
	if (is_number && guest->pid > 0 && (uint64_t)guest->pid == number)
		return true;
	return *word && !*end && address == guest->address;
}

const struct guest *guest_find(const struct guest_list *list, const char *word, struct error *err)
{
	const struct guest *found = NULL;
	char *end;
	uint64_t number = strtoull(word, &end, 10);
	bool is_number = *word && !*end;

	for (size_t i = 0; i < list->nr; i++) {
		const struct guest *guest = &list->guest[i];

		if (!is_meant(guest, word, number, is_number))
			continue;
		if (found) {
			fail(err, ERROR_USAGE,
			     "several virtual machines match %s: name one by the address of its struct kvm, for example %" PRIx64
			     " or %" PRIx64,
			     word, found->address, guest->address);
			return NULL;
		}
		found = guest;
	}
	if (!found)
		fail(err, ERROR_UNKNOWN, "there is no virtual machine %s: %s", word,
		     list->nr ? "\"guests\" lists all machines" : "the host runs none");
	return found;
}
