/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/kernel_lines.h"

#include <stdlib.h>

#include "base/scatter.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "debuginfo/inlines.h"
#include "debuginfo/lines.h"
#include "debuginfo/variables.h"
#include "debuginfo/vmlinux.h"

/* What was found for an address. Stacks of many tasks contain the same addresses. */
struct known_code {
	uint64_t address; /* link-time address */
	bool has_line, has_inlined; /* the members below are valid */
	bool found; /* line is valid */
	struct code_line line;
	struct inlined_function *inlined; /* owned; NULL if nr is 0 */
	size_t nr;
};

enum { NR_KNOWN = 256 };

struct kernel_lines {
	/* In both arrays, element 0 is for vmlinux, and element 1 for its debug file. */
	struct lines *of[2]; /* owned; NULL: not opened yet */
	struct inlines *inlines[2]; /* owned; NULL: not opened yet */
	struct known_code known[NR_KNOWN]; /* a hash of the address is the index */
};

static void kernel_lines_release(void *state)
{
	struct kernel_lines *lines = state;

	for (int i = 0; i < 2; i++) {
		lines_close(lines->of[i]);
		inlines_close(lines->inlines[i]);
	}
	for (int i = 0; i < NR_KNOWN; i++)
		free(lines->known[i].inlined);
}

static const struct state_type state_lines = {
	.size = sizeof(struct kernel_lines),
	.release = kernel_lines_release,
};

static bool kernel_lines_open(const struct vmlinux *vmlinux, struct lines **lines)
{
	if (!*lines && vmlinux && vmlinux->elf)
		*lines = lines_open(vmlinux->elf, vmlinux->file.fd);
	return *lines;
}

static bool kernel_lines_find_in(struct kernel *kernel, const struct vmlinux *vmlinux,
				 struct lines **lines, uint64_t address, struct code_line *line)
{
	if (!kernel_lines_open(vmlinux, lines))
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

/* Returns the element for this address, which replaces another address. */
static struct known_code *known_code(struct kernel_lines *lines, uint64_t address)
{
	struct known_code *known = &lines->known[scatter(address, 1) % NR_KNOWN];

	if (known->address != address) {
		free(known->inlined);
		known->address = address;
		known->has_line = known->has_inlined = known->found = false;
		known->inlined = NULL;
		known->nr = 0;
	}
	return known;
}

bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *vmlinux = kernel->vmlinux;
	struct known_code *known;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return false;
	known = known_code(lines, vaddr);
	if (!known->has_line) {
		known->found =
			kernel_lines_find_in(kernel, vmlinux, &lines->of[0], vaddr, &known->line) ||
			kernel_lines_find_in(kernel, vmlinux->debug, &lines->of[1], vaddr,
					     &known->line);
		known->has_line = !kernel_stopped(kernel);
	}
	if (known->found)
		*line = known->line;
	return known->found;
}

/* Returns file number i and its inlined functions, or NULL if it has no DWARF. */
static struct inlines *inlines_of(struct kernel *kernel, struct kernel_lines *lines, int i,
				  const struct vmlinux **file)
{
	*file = i ? kernel->vmlinux->debug : kernel->vmlinux;
	if (!*file || !(*file)->elf || !vmlinux_has_dwarf(*file))
		return NULL;
	if (!lines->inlines[i])
		lines->inlines[i] = inlines_open((*file)->elf);
	return lines->inlines[i];
}

static size_t find_inlined(struct kernel *kernel, struct kernel_lines *lines, uint64_t address,
			   struct inlined_function *functions)
{
	const struct vmlinux *file;
	size_t nr = 0;

	for (int i = 0; i < 2 && !nr; i++) {
		struct inlines *inlines = inlines_of(kernel, lines, i, &file);

		if (inlines)
			nr = inlines_find(inlines, address, kernel->listener, functions);
	}
	return nr;
}

size_t kernel_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	struct known_code *known;
	size_t nr;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return 0;
	known = known_code(lines, vaddr);
	if (known->has_inlined) {
		for (nr = 0; nr < known->nr; nr++)
			functions[nr] = known->inlined[nr];
		return nr;
	}
	nr = find_inlined(kernel, lines, vaddr, functions);
	if (kernel_stopped(kernel))
		return nr;
	known->inlined = nr ? malloc(nr * sizeof(*functions)) : NULL;
	if (nr && !known->inlined)
		return nr;
	for (; known->nr < nr; known->nr++)
		known->inlined[known->nr] = functions[known->nr];
	known->has_inlined = true;
	return nr;
}

size_t kernel_variables(struct kernel *kernel, uint64_t vaddr, unsigned int reg,
			struct register_variable *found, struct types **types)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *file;
	size_t nr = 0;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return 0;
	for (int i = 0; i < 2 && !nr; i++) {
		struct inlines *inlines = inlines_of(kernel, lines, i, &file);

		if (!inlines)
			continue;
		nr = variables_find(inlines, vaddr, reg, kernel->listener, found);
		*types = file->types;
	}
	return nr;
}
