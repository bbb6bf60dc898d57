/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/vcpu.h"

#include <elf.h>

#include "kvm/members.h"
#include "kvm/vcpu_family.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

const char *const nested_kind_names[NR_NESTED_KINDS] = {
	[NESTED_UNKNOWN] = "unknown", [NESTED_SHADOW] = "shadow", [NESTED_NPT] = "npt",
	[NESTED_EPT] = "ept",	      [NESTED_STAGE2] = "stage2",
};

const struct vcpu_family *vcpu_family_of(const struct kernel *host)
{
#define POINTER(NAME) &vcpu_##NAME,
	static const struct vcpu_family *const families[] = { FOR_EACH_VCPU_FAMILY(POINTER) };
#undef POINTER

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		for (const uint16_t *machine = families[i]->machines; *machine != EM_NONE;
		     machine++)
			if (*machine == host->arch->machine)
				return families[i];
	return NULL;
}

static const struct vcpu_family *require_family(const struct kernel *kernel, struct error *err)
{
	const struct vcpu_family *family = vcpu_family_of(kernel);

	if (!family)
		fail(err, ERROR_UNKNOWN, "vCPUs of %s cannot be read", kernel->arch->name);
	return family;
}

bool guest_cpu_read(struct kernel *kernel, uint64_t address, struct guest_cpu *cpu,
		    struct error *err)
{
	enum { IN_GUEST_MODE = 1 }; /* include/linux/kvm_host.h */
	const struct vcpu_family *family = require_family(kernel, err);
	uint64_t id, host, mode;

	*cpu = (struct guest_cpu){ .address = address, .cpu = -1 };
	if (!family || !kernel_read_member(kernel, address, VCPU_ID, &id, err))
		return false;
	cpu->id = (int32_t)id;
	if (kernel_read_member(kernel, address, VCPU_CPU, &host, NULL))
		cpu->cpu = (int32_t)host;
	cpu->in_guest = kernel_read_member(kernel, address, VCPU_MODE, &mode, NULL) &&
			mode == IN_GUEST_MODE;
	family->read(kernel, cpu);
	return true;
}

bool guest_cpu_space(struct kernel *kernel, const struct guest_cpu *cpu, const uint64_t *root,
		     struct space *space, struct error *err)
{
	const struct vcpu_family *family = require_family(kernel, err);

	*space = (struct space){ .dump = space->dump };
	return family && family->find_space(kernel, cpu, root, space, err);
}
