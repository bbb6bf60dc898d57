/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The types of vmlinux, or of the BTF in the kernel's memory. This BTF is between __start_BTF and
 * __stop_BTF (include/asm-generic/vmlinux.lds.h, 5.2). */
#include <stdio.h>

#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "types/types.h"
#include "debuginfo/vmlinux.h"

struct dump_types {
	struct types *types; /* owned; NULL until found */
	struct view btf; /* the memory from which `types` are read */
};

static void kernel_types_release(void *state)
{
	struct dump_types *own = state;

	types_close(own->types);
	view_close(&own->btf);
}

static bool kernel_types_open_btf(struct kernel *kernel, struct view *btf)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t start, stop;

	return space && kernel_dump_symbol(kernel, "__start_BTF", &start) &&
	       kernel_dump_symbol(kernel, "__stop_BTF", &stop) &&
	       view_open(btf, space, start, stop - start, NULL);
}

static bool kernel_types_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct dump_types *own = state;

	(void)err;
	if (kernel_types_open_btf(kernel, &own->btf))
		own->types = types_open_btf(own->btf.bytes);
	if (own->types)
		types_listen(own->types, kernel->listener);
	return own->types && types_source(own->types);
}

static const struct state_type state_btf = {
	.size = sizeof(struct dump_types),
	.learn = kernel_types_learn,
	.release = kernel_types_release,
};

struct types *kernel_dump_types(struct kernel *kernel)
{
	const struct dump_types *own;

	if (kernel_kallsyms_busy(kernel) || kernel_fact_busy(kernel, FACT_ROOT))
		return NULL;
	own = kernel_learnt(kernel, &state_btf, NULL);
	return own ? own->types : NULL;
}

struct types *kernel_types(struct kernel *kernel)
{
	struct types *own = kernel->vmlinux ? kernel->vmlinux->types : NULL;
	bool foreign = kernel->identity->match == VMLINUX_DIFFERS;
	struct types *types;

	if (own && !foreign && types_source(own))
		return own;
	types = kernel_dump_types(kernel);
	if (types || !own)
		return types;
	if (foreign && types_source(own))
		kernel_note_foreign(kernel, RESTS_ON_TYPES);
	return own;
}

/* Reads the note first, because opening the debug information may take long. */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size)
{
	struct types *types;
	char name[128];

	snprintf(name, sizeof(name), "struct %s", type);
	if (vmcoreinfo_value(kernel->note, "SIZE", type, size))
		return true;
	types = kernel_types(kernel);
	return types && types_size(types, name, size);
}

bool kernel_member_place(struct kernel *kernel, const char *type, const char *member, uint64_t size,
			 uint64_t *offset)
{
	struct type_member found;
	struct types *types;
	char name[128];

	snprintf(name, sizeof(name), "%s.%s", type, member);
	if (vmcoreinfo_value(kernel->note, "OFFSET", name, offset))
		return true;
	snprintf(name, sizeof(name), "struct %s", type);
	types = kernel_types(kernel);
	if (!types || !types_member(types, name, member, &found) || (size && found.size != size))
		return false;
	*offset = found.offset;
	return true;
}

bool kernel_member_offset(struct kernel *kernel, const char *type, const char *member,
			  uint64_t *offset)
{
	return kernel_member_place(kernel, type, member, 0, offset);
}
