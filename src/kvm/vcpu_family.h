/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What vcpu.c needs from each architecture. */
#pragma once

#include "kvm/vcpu.h"

struct vcpu_family {
	/* The machines of hosts, EM_*. The last is EM_NONE. */
	const uint16_t *machines;
	/* The machine of every guest. EM_NONE: the registers of a vCPU show it. */
	uint16_t guest_machine;
	/* Reads the registers and finds the tables that translate guest-physical addresses. The
	 * members `address`, `id`, `cpu` and `in_guest` of *cpu are already set. */
	void (*read)(struct kernel *kernel, struct guest_cpu *cpu);
	/* Implements guest_cpu_space(). *space is empty except for the dump. */
	bool (*find_space)(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
			   struct space *space, struct error *err);
};

/* All families. To add one, add it to this list. */
// clang-format off
#define FOR_EACH_VCPU_FAMILY(X) X(x86) X(arm)
// clang-format on

#define DECLARE_FAMILY(NAME) extern const struct vcpu_family vcpu_##NAME;
FOR_EACH_VCPU_FAMILY(DECLARE_FAMILY)
#undef DECLARE_FAMILY

/* Returns the family of the host's architecture, or NULL if its vCPUs cannot be read. */
const struct vcpu_family *vcpu_family_of(const struct kernel *host);
