/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/kernel_lines.h"

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "debuginfo/inlines.h"
#include "debuginfo/lines.h"
#include "debuginfo/vmlinux.h"

/* In both arrays, element 0 is for vmlinux, and element 1 for its debug file. */
struct kernel_lines {
	struct lines *of[2]; /* owned; NULL: not opened yet */
	struct inlines *inlines[2]; /* owned; NULL: not opened yet */
};

static void kernel_lines_release(void *state)
{
	struct kernel_lines *lines = state;

	for (int i = 0; i < 2; i++) {
		lines_close(lines->of[i]);
		inlines_close(lines->inlines[i]);
	}
}

static const struct state_type state_lines = {
	.size = sizeof(struct kernel_lines),
	.release = kernel_lines_release,
};

static bool kernel_lines_find_in(struct kernel *kernel, const struct vmlinux *vmlinux,
				 struct lines **lines, uint64_t address, struct code_line *line)
{
	if (!vmlinux || !vmlinux->elf)
		return false;
	if (!*lines)
		*lines = lines_open(vmlinux->elf, vmlinux->file.fd);
	if (!*lines)
		return false;
	if (lines_find(*lines, address, kernel->listener, line))
		return true;
	if (lines_given_up(*lines))
		fail(kernel->excess, ERROR_FORMAT,
		     "%s: the debug information is damaged, so the search for a source line was given up",
		     vmlinux->file.path);
	return false;
}

/* Changes *vaddr from a run-time address to a link-time address. Returns false if there is no
 * vmlinux that belongs to this kernel. */
static bool kernel_lines_address(struct kernel *kernel, uint64_t *vaddr)
{
	uint64_t offset;

	if (!kernel->vmlinux || kernel->identity->match == VMLINUX_DIFFERS ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	*vaddr = (*vaddr - offset) & kernel->arch->address_mask;
	return true;
}

bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *vmlinux = kernel->vmlinux;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return false;
	return kernel_lines_find_in(kernel, vmlinux, &lines->of[0], vaddr, line) ||
	       kernel_lines_find_in(kernel, vmlinux->debug, &lines->of[1], vaddr, line);
}

size_t kernel_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *files[2];
	size_t nr = 0;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return 0;
	files[0] = kernel->vmlinux;
	files[1] = kernel->vmlinux->debug;
	for (int i = 0; i < 2 && !nr; i++) {
		if (!files[i] || !files[i]->elf || !vmlinux_has_dwarf(files[i]))
			continue;
		if (!lines->inlines[i])
			lines->inlines[i] = inlines_open(files[i]->elf);
		if (lines->inlines[i])
			nr = inlines_find(lines->inlines[i], vaddr, kernel->listener, functions);
	}
	return nr;
}
