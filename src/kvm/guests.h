/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The virtual machines of a KVM host, from the kernel's structures: virt/kvm/kvm_main.c,
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
	SLOT_GUEST_MEMFD = 1 << 2, /* since 6.8: private memory belongs to no process */
};

/* A range of guest-physical memory that is memory of the process. */
struct guest_slot {
	uint64_t first; /* guest-physical address */
	uint64_t pages, size; /* pages of the host, and their bytes */
	uint64_t user; /* address in the process of the first page */
	uint32_t flags;
	int16_t id;
	unsigned int space; /* address space: 1 is for system management mode */
};

struct guest {
	uint64_t address; /* address of the struct kvm */
	uint64_t mm; /* 0: already released */
	int32_t pid; /* pid of the process that created the machine; 0: not known */
	bool has_task; /* false: the process is gone */
	struct task task; /* task of mm */
	struct guest_slot *slot; /* owned; sorted by space, then address */
	size_t nr_slots, slot_room;
	struct error slot_trouble; /* why slots are missing; code 0: none is missing */
	uint64_t *cpu; /* owned: address of each struct kvm_vcpu */
	size_t nr_cpus, cpu_room;
	struct error cpu_trouble; /* why CPUs are missing; code 0: none is missing */
};

struct guest_list {
	struct guest *guest; /* owned; in the order of the kernel's list */
	size_t nr, room;
	struct error damage; /* why machines may be missing; code 0: none is missing */
};

/* The list is read on first use, and borrowed from the kernel until its facts are forgotten. NULL
 * with err: address or layout of the list is not known. Without the module kvm the list is
 * empty. */
const struct guest_list *guest_machines(struct kernel *kernel, struct error *err);

/* Finds a machine by word: the pid or name of its process, or the address of its struct kvm. NULL
 * with err: no machine, or several. */
const struct guest *guest_find(const struct guest_list *list, const char *word, struct error *err);

/* The slot of address space 0 that holds the guest-physical address; NULL: no slot does. */
const struct guest_slot *guest_slot_at(const struct guest *guest, uint64_t paddr);

/* --- for code that reads the list --- */

/* Finds a symbol of a module, or of the kernel if the module is built in. False, with address 0:
 * there is no such symbol. */
bool guest_symbol(struct kernel *kernel, const char *name, const char *module, uint64_t *address);

/* Adds slots, and sets slot_trouble. seen: addresses of the address spaces of other guests, as no
 * address space belongs to two guests; the address spaces of this guest are added. */
void guest_read_slots(struct kernel *kernel, struct guest *guest, struct address_set *seen);
