/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
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
	/* since 6.8; private memory of this slot is not in the process */
	SLOT_GUEST_MEMFD = 1 << 2,
};

/* A memory slot: a range of guest-physical addresses that is memory of the process that runs the
 * machine. */
struct guest_slot {
	uint64_t first; /* guest-physical address */
	uint64_t pages, size; /* numbers of pages of the host, and of bytes */
	uint64_t user; /* virtual address of the first page in the process */
	uint32_t flags;
	int16_t id;
	unsigned int space; /* the address space of the slot; 1: system management mode */
};

struct guest {
	uint64_t address; /* address of the struct kvm */
	uint64_t mm; /* address of the mm_struct of the process; 0: it was already released */
	int32_t pid; /* pid of the process that created the machine; 0: unknown */
	bool has_task; /* false: the process has ended */
	struct task task; /* a task that uses this mm_struct; valid if has_task */
	struct guest_slot *slot; /* owned; sorted by space, then by address */
	size_t nr_slots, slot_room;
	struct error slot_trouble; /* why slots are missing; code 0: all slots are known */
	uint64_t *cpu; /* owned; addresses of the structs kvm_vcpu */
	size_t nr_cpus, cpu_room;
	struct error cpu_trouble; /* why vCPUs are missing; code 0: all vCPUs are known */
};

struct guest_list {
	struct guest *guest; /* owned; in the order of the kernel's list */
	size_t nr, room;
	struct error damage; /* why machines may be missing; code 0: no machine is missing */
};

/* Returns the list of machines. The first call reads the list. The kernel owns the list, which is
 * valid until the kernel's facts are forgotten. If the module kvm is not loaded, the list is empty.
 * Returns NULL and sets err if the address or the layout of the kernel's list is not known. */
const struct guest_list *guest_machines(struct kernel *kernel, struct error *err);

/* Finds the machine that the user gave. word: the pid or name of its process, or the address of its
 * struct kvm. Returns NULL and sets err if no machine matches, or if several machines match. */
const struct guest *guest_find(const struct guest_list *list, const char *word, struct error *err);

/* Returns the slot in address space 0 that contains the guest-physical address paddr, or NULL if no
 * slot contains it. */
const struct guest_slot *guest_slot_at(const struct guest *guest, uint64_t paddr);

/* --- for files that read the list --- */

/* Finds the address of a symbol. The symbol is in the module, or in the kernel image if the module
 * is built in. If the symbol does not exist, returns false and sets *address to 0. */
bool guest_symbol(struct kernel *kernel, const char *name, const char *module, uint64_t *address);

/* Finds the value of an enumerator in the types of the kernel or of the module kvm. `type`: for
 * example "enum kvm_reg". Returns false if neither has the enumerator. */
bool guest_enumerator(struct kernel *kernel, const char *type, const char *name, int64_t *value);

/* Adds the slots of a guest. seen: addresses of the KVM address spaces of the guests read so far.
 * Adds the guest's address spaces to `seen`. An address space that is already in `seen` is damage,
 * because each address space belongs to only one guest. Returns false and sets err if not all slots
 * could be read; if slots overlap, the guest has none. */
bool guest_read_slots(struct kernel *kernel, struct guest *guest, struct address_set *seen,
		      struct error *err);
