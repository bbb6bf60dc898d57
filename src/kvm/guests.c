/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/guests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/module/modules.h"
#include "symbols/symbol_lookup.h"
#include "base/address_set.h"
#include "base/array.h"
#include "kvm/members.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/module_types.h"
#include "types/types.h"

enum {
	MOST_GUESTS = 1 << 16,
	MOST_CPUS = 1 << 16, /* limit for one machine; KVM_MAX_VCPUS is at most 4096 */
	WORD = 8, /* size of a pointer in bytes */
	XA_SLOTS = 64, /* XA_CHUNK_SIZE in include/linux/xarray.h */
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

static bool guests_add_cpu(struct guest *guest, uint64_t cpu)
{
	if (guest->nr_cpus == MOST_CPUS)
		return fail(&guest->cpu_trouble, ERROR_FORMAT,
			    "the machine has more vCPUs than KVM allows");
	return array_add(&guest->cpu, &guest->nr_cpus, &guest->cpu_room, &cpu, sizeof(cpu)) ||
	       out_of_memory(&guest->cpu_trouble);
}

/* Entries of the xarray that were not visited yet. */
struct nodes {
	uint64_t *entry; /* owned */
	size_t nr, room;
};

static bool add_slots(struct kernel *kernel, struct guest *guest, struct nodes *nodes,
		      uint64_t node)
{
	const struct member *slots = kernel_member(kernel, XA_NODE_SLOTS, &guest->cpu_trouble);
	uint8_t entry[XA_SLOTS * WORD];

	if (!slots)
		return false;
	if (slots->size != sizeof(entry))
		return fail(&guest->cpu_trouble, ERROR_FORMAT,
			    "struct xa_node does not have %d slots", XA_SLOTS);
	if (!kernel_read(kernel, node + slots->offset, entry, sizeof(entry), &guest->cpu_trouble))
		return false;
	for (unsigned int i = XA_SLOTS; i-- > 0;) {
		uint64_t value = load_le64(entry + i * WORD);

		if (value &&
		    !array_add(&nodes->entry, &nodes->nr, &nodes->room, &value, sizeof(value)))
			return out_of_memory(&guest->cpu_trouble);
	}
	return true;
}

/* Reads an xarray (include/linux/xarray.h). An entry with bits 1:0 = 2 is a pointer to a node, or a
 * special entry if it is at most 4096. An entry with bit 0 set is a number. All other entries are
 * pointers to a struct kvm_vcpu. */
static void read_xarray(struct kernel *kernel, struct guest *guest, uint64_t head)
{
	enum { LAST_MARK = 4096 };
	struct nodes nodes = { 0 };
	struct address_set seen = { 0 };
	bool sound = !head || array_add(&nodes.entry, &nodes.nr, &nodes.room, &head, sizeof(head));

	while (sound && nodes.nr && !kernel_stopped(kernel)) {
		uint64_t entry = nodes.entry[--nodes.nr];

		if (address_set_add(&seen, entry) != ADDRESS_NEW)
			sound = fail(&guest->cpu_trouble, ERROR_FORMAT,
				     "the array of the machine's vCPUs contains %" PRIx64 " twice",
				     entry);
		else if ((entry & 3) == 2 && entry > LAST_MARK)
			sound = add_slots(kernel, guest, &nodes, entry - 2);
		else if (!(entry & 3))
			sound = guests_add_cpu(guest, entry);
	}
	address_set_release(&seen);
	free(nodes.entry);
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
		    !guests_add_cpu(guest, address))
			return;
}

static void guests_read_cpus(struct kernel *kernel, struct guest *guest)
{
	uint64_t head;

	if (!kernel_member_as(kernel, KVM_VCPU_HEAD, MEMBER_POINTER, NULL))
		guests_read_array(kernel, guest);
	else if (kernel_read_member(kernel, guest->address, KVM_VCPU_HEAD, &head,
				    &guest->cpu_trouble))
		read_xarray(kernel, guest, head);
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
