/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/guests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/module/modules.h"
#include "symbols/symbol_lookup.h"
#include "base/array.h"
#include "kvm/members.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/module_types.h"
#include "types/types.h"

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
