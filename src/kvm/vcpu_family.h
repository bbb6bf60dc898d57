/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What vcpu.c needs from each architecture. */
#pragma once

#include "kvm/vcpu.h"

struct vcpu_family {
	/* Reads the registers and finds the tables that translate guest-physical addresses. The
	 * members `address`, `id`, `cpu` and `in_guest` of *cpu are already set. */
	void (*read)(struct kernel *kernel, struct guest_cpu *cpu);
	/* Implements guest_cpu_space(). *space is empty except for the dump. */
	bool (*find_space)(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
			   struct space *space, struct error *err);
};

extern const struct vcpu_family vcpu_x86, vcpu_arm;
