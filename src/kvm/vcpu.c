/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <elf.h>

#include "kvm/members.h"
#include "kvm/vcpu_family.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

const char *const nested_kind_names[NR_NESTED_KINDS] = {
	[NESTED_UNKNOWN] = "unknown", [NESTED_SHADOW] = "shadow", [NESTED_NPT] = "npt",
	[NESTED_EPT] = "ept",	      [NESTED_STAGE2] = "stage2",
};

static const struct vcpu_family *family_of(const struct kernel *kernel)
{
	return kernel->arch->machine == EM_AARCH64 ? &vcpu_arm : &vcpu_x86;
}

bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err)
{
	enum { IN_GUEST_MODE = 1 }; /* include/linux/kvm_host.h */
	uint64_t id, host, mode;

	*cpu = (struct guest_cpu){ .address = address, .cpu = -1 };
	if (!kernel_read_member(kernel, address, VCPU_ID, &id, err))
		return false;
	cpu->id = (int32_t)id;
	if (kernel_read_member(kernel, address, VCPU_CPU, &host, NULL))
		cpu->cpu = (int32_t)host;
	cpu->in_guest = kernel_read_member(kernel, address, VCPU_MODE, &mode, NULL) &&
			mode == IN_GUEST_MODE;
	family_of(kernel)->read(kernel, cpu);
	return true;
}

bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
		     struct space *space, struct error *err)
{
	*space = (struct space){ .dump = space->dump };
	return family_of(kernel)->find_space(kernel, cpu, root, space, err);
}
