/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types: vmlinux's, or those of the BTF that the kernel keeps between
 * __start_BTF and __stop_BTF (include/asm-generic/vmlinux.lds.h, 5.2). */
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/view.h"

static bool open_btf(struct kernel *kernel, struct view *btf)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t start, stop;

	return space && kernel_dump_symbol(kernel, "__start_BTF", &start) &&
	       kernel_dump_symbol(kernel, "__stop_BTF", &stop) &&
	       view_open(btf, space, start, stop - start, NULL);
}

struct types *kernel_dump_types(struct kernel *kernel)
{
	struct dump_types *own = &kernel->dump_types;

	if (!own->tried && !kernel->dump_symbols.busy &&
	    kernel->facts[FACT_ROOT].status != FACT_BUSY) {
		own->tried = true;
		if (open_btf(kernel, &own->btf))
			own->types = types_open_btf(own->btf.bytes);
		if (own->types && !types_source(own->types)) {
			types_close(own->types);
			own->types = NULL;
		}
	}
	return own->types;
}

struct types *kernel_types(struct kernel *kernel)
{
	struct types *own = kernel->vmlinux ? kernel->vmlinux->types : NULL;
	bool foreign = kernel->identity.match == VMLINUX_DIFFERS;
	struct types *types = NULL;

	if (own && !foreign && types_source(own))
		return own;
	types = kernel_dump_types(kernel);
	if (types || !own)
		return types;
	if (foreign && types_source(own)) {
		kernel->types_doubtful = kernel->has_doubts = true;
		kernel_doubt(kernel, doubt_foreign);
	}
	return own;
}
