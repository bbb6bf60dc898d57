/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "open/open.h"

#include "dump/dump.h"
#include "open/opened.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/vmlinux.h"

static bool open_start(struct kernel *kernel, const struct opening *opening, struct error *err)
{
	const struct dump *dump = kernel->dump;

	kernel->listener = opening->listener;
	if (dump->warning[0])
		listener_warn(kernel->listener, "%s: %s", dump->file.path, dump->warning);
	for (size_t i = 0; i < opening->nr_overrides; i++)
		if (!open_override(kernel, opening->overrides[i], err))
			return false;
	if (kernel->vmlinux)
		debug_file_search(kernel->vmlinux, opening->debug_path);
	if (!open_first_facts(kernel, err))
		return false;
	open_search_vmlinux(kernel, opening->debug_path);
	if (opening->fetch && open_lacks_symbols(kernel))
		opening->fetch(opening->arg, kernel);
	if (kernel->vmlinux)
		vmlinux_listen(kernel->vmlinux, kernel->listener);
	if (opening->strict && kernel->identity->match == VMLINUX_DIFFERS)
		return fail(err, ERROR_FORMAT, "%s: does not belong to the dump (--strict)",
			    kernel->vmlinux->file.path);
	return true;
}

struct kernel *open_kernel_dump(const struct opening *opening, struct error *err)
{
	struct dump *dump = opening->dump;
	struct vmlinux *vmlinux = opening->vmlinux;
	struct kernel *kernel;

	if (!dump && !inputs_open(opening, &dump, &vmlinux, err))
		return NULL;
	kernel = open_create(dump, vmlinux, err);
	if (kernel && open_start(kernel, opening, err))
		return kernel;
	open_close(kernel);
	return NULL;
}
