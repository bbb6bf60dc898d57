/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Types from the files of modules. */
#include "debuginfo/ko_file.h"
#include "kernel/kernel.h"
#include "kernel/module_types.h"
#include "kernel/variable.h"
#include "linux/module/module_lines.h"

struct types *module_file_types(struct kernel *kernel, const char *module)
{
	struct ko_file *file = module_file_of(kernel, module);

	return file ? ko_file_types(file, kernel->listener) : NULL;
}

bool module_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct variable_type *type)
{
	struct types *types;
	struct ko_file *file;

	if (!symbol->module)
		return kernel_variable_type(kernel, symbol, type);
	file = module_file_of(kernel, symbol->module);
	if (file && ko_file_variable(file, symbol->name, symbol->size, kernel->listener, type))
		return true;
	types = kernel_module_types(kernel, symbol->module, NULL);
	return types && types_variable(types, symbol->name, 0, symbol->size, type);
}
