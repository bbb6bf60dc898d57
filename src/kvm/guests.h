/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The virtual machines of a KVM host, from the kernel's structs: virt/kvm/kvm_main.c,
 * include/linux/kvm_host.h, arch/x86/include/asm/kvm_host.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address_set.h"
#include "kernel/state.h"
#include "linux/task/task.h"

struct kernel;

/* Flags of a slot: include/uapi/linux/kvm.h. */
enum {
	SLOT_LOGS_DIRTY = 1 << 0,
	SLOT_READ_ONLY = 1 << 1,
	SLOT_GUEST_MEMFD = 1 << 2, /* since 6.8; its private memory is not memory of the process */
};

/* A memory slot: a range of guest-physical memory that is memory of the virtual machine's
 * process. */
struct guest_slot {
	uint64_t first; /* guest-physical address */
	uint64_t pages, size; /* number of the host's pages, and of bytes */
	uint64_t user; /* virtual address of the first page in the process */
	uint32_t flags;
	int16_t id;
	unsigned int space; /* number of the address space; 1: system management mode */
};

struct guest {
	uint64_t address; /* address of the struct kvm */
	uint64_t mm; /* address of the mm_struct of its process; 0: already released */
	int32_t pid; /* pid of the process that created the machine; 0: unknown */
	bool has_task; /* false: the process has ended */
	struct task task; /* a task with this mm; valid if has_task */
	struct guest_slot *slot; /* owned; sorted by space, then by address */
	size_t nr_slots, slot_room;
	struct error slot_trouble; /* why slots are missing; code 0: all slots are known */
	uint64_t *cpu; /* owned: address of each struct kvm_vcpu */
	size_t nr_cpus, cpu_room;
	struct error cpu_trouble; /* why CPUs are missing; code 0: all CPUs are known */
};

struct guest_list {
	struct guest *guest; /* owned; in the order of the kernel's list */
	size_t nr, room;
	struct error damage; /* why machines may be missing; code 0: the list is complete */
};

/* Returns the list of machines. The list is read at the first call. The kernel owns it, and it is
 * valid until the kernel's facts are forgotten. Without the module kvm the list is empty. Returns
 * NULL and sets err if the address or the layout of the kernel's list is not known. */
const struct guest_list *guest_machines(struct kernel *kernel, struct error *err);

/* Finds a machine. word: the pid or name of its process, or the address of its struct kvm. Returns
 * NULL and sets err if no machine or several machines match. */
const struct guest *guest_find(const struct guest_list *list, const char *word, struct error *err);

/* Returns the slot of address space 0 that contains the guest-physical address, or NULL if no slot
 * does. */
const struct guest_slot *guest_slot_at(const struct guest *guest, uint64_t paddr);

/* --- for code that reads the list --- */

/* Finds a symbol of a module, or of the kernel if the module is built in. If there is no such
 * symbol, returns false and sets *address to 0. */
bool guest_symbol(struct kernel *kernel, const char *name, const char *module, uint64_t *address);

/* Adds the guest's slots, and sets slot_trouble. seen: addresses of the KVM address spaces of other
 * guests, to which the guest's address spaces are added. An address space belongs to only one
 * guest. */
void guest_read_slots(struct kernel *kernel, struct guest *guest, struct address_set *seen);
