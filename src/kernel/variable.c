/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/variable.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "debuginfo/vmlinux.h"

bool kernel_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct ctype *type)
{
	struct types *types = kernel->vmlinux ? kernel->vmlinux->types : NULL;

	if (symbol->module)
		return false;
	/* The types of another kernel's vmlinux are used only for a symbol of this vmlinux. */
	if (types && (symbol->origin == SYMBOL_OF_VMLINUX || kernel_types(kernel) == types) &&
	    ctype_of_variable(types, symbol->name, kernel_linked_address(kernel, symbol),
			      symbol->size, type)) {
		if (kernel->identity->match == VMLINUX_DIFFERS)
			kernel_note_foreign(kernel, RESTS_ON_TYPES);
		return true;
	}
	types = kernel_dump_types(kernel);
	return types && ctype_of_variable(types, symbol->name, 0, symbol->size, type);
}
