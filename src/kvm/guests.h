/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The virtual machines of a KVM host, by the kernel's structures: virt/kvm/kvm_main.c,
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
	SLOT_GUEST_MEMFD = 1 << 2, /* 6.8: private memory is no process' */
};

/* Guest-physical memory that is memory of the process. */
struct guest_slot {
	uint64_t first; /* guest-physical address */
	uint64_t pages, size; /* of the host; and their bytes */
	uint64_t user; /* address of the first page in the process */
	uint32_t flags;
	int16_t id;
	unsigned int space; /* address space: 1 belongs to system management mode */
};

struct guest {
	uint64_t address; /* of the struct kvm */
	uint64_t mm; /* 0: none any more */
	int32_t pid; /* that made the machine; 0: not known */
	bool has_task; /* else the process is gone */
	struct task task; /* of mm */
	struct guest_slot *slot; /* owned; by space, then address */
	size_t nr_slots, slot_room;
	struct error slot_trouble; /* why slots are missing; code 0: none is missing */
	uint64_t *cpu; /* owned: address of each struct kvm_vcpu */
	size_t nr_cpus, cpu_room;
	struct error cpu_trouble; /* likewise */
};

struct guest_list {
	struct guest *guest; /* owned; in the kernel's order */
	size_t nr, room;
	struct error damage; /* why there may be more; code 0: there are no more */
};

/* Read on first use; borrowed from the kernel until its facts are forgotten. NULL with err:
 * where they are, or their layout, is not known. Without the module kvm the list is empty. */
const struct guest_list *guest_machines(struct kernel *kernel, struct error *err);

/* The machine that word names: the pid or name of its process, or the address of its struct
 * kvm. NULL with err: none, or several. */
const struct guest *guest_find(const struct guest_list *list, const char *word, struct error *err);

/* The slot of address space 0 that holds a guest-physical address; NULL: none does. */
const struct guest_slot *guest_slot_at(const struct guest *guest, uint64_t paddr);

/* --- for those who read the list --- */

/* A symbol of a module, or of the kernel if the module is built in. False, with 0: there is
 * none. */
bool guest_symbol(struct kernel *kernel, const char *name, const char *module, uint64_t *address);

/* Adds slots, and sets slot_trouble. seen: the address spaces of other guests; the address
 * spaces of this guest are added, as none belongs to two guests. */
void guest_read_slots(struct kernel *kernel, struct guest *guest, struct address_set *seen);
