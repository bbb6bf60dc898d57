/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sources that serve several facts. */
#include "memory/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "types/types.h"
#include "debuginfo/vmlinux.h"

bool find_note_number(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_number(kernel->note, arg, value);
}

bool find_note_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_symbol(kernel->note, arg, value);
}

bool find_note_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_value(kernel->note, "SIZE", arg, value);
}

bool find_note_hex(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_hex(kernel->note, arg, value);
}

/* The pointer at the address that find gives. */
static bool find_content(struct kernel *kernel, fact_find *find, const char *arg, uint64_t *value)
{
	uint64_t address;

	return find(kernel, arg, &address) && kernel_read_pointer(kernel, address, value, NULL);
}

bool find_note_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_content(kernel, find_note_symbol, arg, value);
}

bool find_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_content(kernel, kernel_vmlinux_symbol, arg, value);
}

bool find_dump_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_content(kernel, kernel_dump_symbol, arg, value);
}

bool find_type_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel->vmlinux && types_size(kernel->vmlinux->types, arg, value);
}

bool find_dump_type_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct types *types = kernel_dump_types(kernel);

	return types && types_size(types, arg, value);
}
