/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "kernel/kernel_lines.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "vmlinux/elf_file.h"
#include "lines/lines.h"
#include "vmlinux/vmlinux.h"

bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	uint64_t offset;

	if (!vmlinux || kernel->identity->match == VMLINUX_DIFFERS ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	vaddr = (vaddr - offset) & kernel->arch->address_mask;
	return lines_find(vmlinux->elf, vaddr, line) ||
	       (vmlinux->debug && lines_find(vmlinux->debug->elf, vaddr, line));
}
