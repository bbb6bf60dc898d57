/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/module_list.h"

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/members.h"

static bool read_name(struct kernel *kernel, struct listed_module *module)
{
	const struct member *name =
		kernel_member_as(kernel, MODULE_NAME, MEMBER_TEXT, NULL);
	size_t size = sizeof(module->name) - 1;

	if (!name)
		return false;
	if (size > name->size)
		size = name->size;
	module->name[size] = '\0';
	return kernel_read(kernel, module->address + name->offset, module->name,
			   size, NULL);
}

void kernel_each_module(struct kernel *kernel,
			bool (*visit)(struct kernel *kernel,
				      const struct listed_module *module,
				      void *arg),
			void *arg)
{
	const struct member *list =
		kernel_member_as(kernel, MODULE_LIST, MEMBER_LINKS, NULL);
	struct address_set seen = { 0 };
	uint64_t head, at;

	if (!list || !kernel_symbol(kernel, "modules", &head, NULL) ||
	    !kernel_read_pointer(kernel, head, &at, NULL))
		return;
	while (at && at != head && seen.nr < MOST_MODULES &&
	       !kernel_stopped(kernel) &&
	       address_set_add(&seen, at) == ADDRESS_NEW) {
		struct listed_module module = {
			.address = (at - list->offset) &
				   kernel->arch->address_mask,
		};

		if ((read_name(kernel, &module) &&
		     !visit(kernel, &module, arg)) ||
		    !kernel_read_pointer(kernel, at, &at, NULL))
			break;
	}
	address_set_release(&seen);
}
