/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "open/open.h"

#include "dump/dump.h"
#include "kernel/arch.h"
#include "open/archs.h"
#include "open/opened.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "linux/module/module_lines.h"

/* Without files, nothing depends on the architecture but the width of numbers. */
static const struct arch *any_arch(void)
{
	size_t i = 0;

	while (archs[i]->pointer_size < 8)
		i++;
	return archs[i];
}

static void open_without_dump(struct kernel *kernel)
{
	if (!kernel->vmlinux) {
		open_set_arch(kernel, any_arch());
		return;
	}
	kernel_suppose_fact(kernel, FACT_ROOT, 0);
	kernel_suppose_fact(kernel, FACT_KASLR_OFFSET, 0);
	arch_find(kernel->vmlinux->machine)->suppose_facts(kernel);
}

/* Warns of files of modules that do not belong to the dump. With opening->strict, fails. */
static bool compare_modules(struct kernel *kernel, const struct opening *opening, struct error *err)
{
	struct error why;

	for (struct ko_file *file = kernel->module_files; file; file = file->next) {
		if (file->machine != kernel->arch->machine)
			return fail(err, ERROR_FORMAT,
				    "%s: is a module for another machine than %s", file->file.path,
				    kernel->arch->name);
		if (kernel->dump->format->none || module_file_belongs(kernel, file, &why))
			continue;
		if (opening->strict)
			return fail(err, why.code, "%s (--strict)", why.message);
		listener_warn(kernel->listener, "%s", why.message);
	}
	return true;
}

static bool open_start(struct kernel *kernel, const struct opening *opening, struct error *err)
{
	const struct dump *dump = kernel->dump;

	kernel->listener = opening->listener;
	if (opening->no_vmlinux)
		kernel->no_vmlinux = opening->no_vmlinux;
	if (dump->warning[0])
		listener_warn(kernel->listener, "%s: %s", dump->file.path, dump->warning);
	for (size_t i = 0; i < opening->nr_overrides; i++)
		if (!open_override(kernel, opening->overrides[i], err))
			return false;
	if (dump->format->none)
		open_without_dump(kernel);
	if (kernel_is_blank(kernel))
		return true;
	if (kernel->vmlinux)
		debug_file_search(kernel->vmlinux, opening->debug_path);
	if (!open_first_facts(kernel, opening->kernel, err))
		return false;
	open_search_vmlinux(kernel, opening->debug_path);
	if (opening->fetch && open_lacks_symbols(kernel))
		opening->fetch(opening->arg, kernel);
	if (!open_place_image(kernel, err))
		return false;
	if (kernel->vmlinux)
		vmlinux_listen(kernel->vmlinux, kernel->listener);
	if (opening->strict && kernel->identity->match == VMLINUX_DIFFERS)
		return fail(err, ERROR_FORMAT, "%s: does not belong to the dump (--strict)",
			    kernel->vmlinux->file.path);
	open_search_modules(kernel, opening->debug_path);
	return compare_modules(kernel, opening, err);
}

struct kernel *open_kernel_dump(const struct opening *opening, struct error *err)
{
	struct dump *dump = opening->dump;
	struct vmlinux *vmlinux = opening->vmlinux;
	struct ko_file *modules = opening->modules;
	struct kernel *kernel;

	if (!dump && !inputs_open(opening, &dump, &vmlinux, &modules, err))
		return NULL;
	kernel = open_create(dump, vmlinux, err);
	if (kernel)
		kernel->module_files = modules;
	else
		ko_file_close(modules);
	if (kernel && open_start(kernel, opening, err))
		return kernel;
	open_close(kernel);
	return NULL;
}
