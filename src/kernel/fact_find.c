/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Sources that several facts have in common. */
#include <inttypes.h>
#include <string.h>

#include "kernel/vmcoreinfo.h"
#include "kernel/view.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/table_search.h"
#include "paging/family.h"
#include "debuginfo/vmlinux.h"

bool find_note_number(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_number(kernel->note, arg, value);
}

bool find_note_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_symbol(kernel->note, arg, value);
}

bool find_note_hex(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_hex(kernel->note, arg, value);
}

/* Finds an address using `find`, and reads the pointer that is stored there. */
static bool find_content(struct kernel *kernel, fact_find *find, const char *arg, uint64_t *value)
{
	uint64_t address;

	return find(kernel, arg, &address) && kernel_read_pointer(kernel, address, value, NULL);
}

bool find_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_content(kernel, kernel_vmlinux_symbol, arg, value);
}

bool find_dump_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_content(kernel, kernel_dump_symbol, arg, value);
}

/* --- the image --- */

bool kernel_link_address(const struct kernel *kernel, const char *name, uint64_t *address)
{
	return kernel->vmlinux && vmlinux_symbol(kernel->vmlinux, name, address);
}

bool kernel_banner_stands_at(struct kernel *kernel, const struct space *space, uint64_t offset)
{
	static const char start[] = "Linux version ";
	uint64_t address;
	const char *banner = vmlinux_banner(kernel->vmlinux, &address);
	char text[512];
	size_t size;

	/* A System.map or a debug file contains the address of the banner, but not its text. In
	 * this case only the start of the text is compared. */
	if (!banner && kernel_link_address(kernel, "linux_banner", &address))
		banner = start;
	size = banner ? strnlen(banner, sizeof(text)) : 0;
	return size &&
	       space_read(space, (address + offset) & kernel->arch->address_mask, text, size,
			  NULL) &&
	       !memcmp(text, banner, size);
}

bool find_kaslr_from_stext(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t linked, running;

	if (!vmcoreinfo_symbol(kernel->note, arg, &running) ||
	    !kernel_link_address(kernel, arg, &linked))
		return false;
	*value = running - linked;
	return true;
}

bool find_kaslr_from_banner(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;
	uint64_t linked;

	if (!kernel_table_space(kernel, &space) || !kernel_link_address(kernel, arg, &linked))
		return false;
	for (unsigned int i = 0; i < kernel->table->nr_banners; i++) {
		*value = kernel->table->banner_vaddr[i] - linked;
		if (kernel_banner_stands_at(kernel, &space, *value))
			return true;
	}
	return false;
}

bool find_mode_of_arch(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = (uint64_t)__builtin_ctz(kernel->arch->modes);
	return true;
}

bool find_mode_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.mode;
	return kernel->table->known;
}

bool find_swapper_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->vaddr;
	return kernel->table->known;
}

bool find_levels_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.levels;
	return kernel->table->known;
}

bool find_kimage_voffset_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->vaddr - kernel->table->root;
	return kernel->table->known;
}

bool find_root_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->root;
	return kernel->table->known;
}

bool find_root_by_voffset(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t vaddr, offset;
	struct space space;
	struct walk walk;

	(void)arg;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &vaddr) ||
	    !kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !kernel_unrooted_space(kernel, &space, NULL))
		return false;
	*value = vaddr - offset;
	space_set_kernel_root(&space, *value);
	walk = walk_page_table(&space, vaddr);
	if (walk.outcome == WALK_MAPPED && walk.paddr == *value) {
		kernel_note_proof(kernel);
		return true;
	}
	kernel_doubt_root(kernel,
			  "swapper_pg_dir (%" PRIx64 ", physical %" PRIx64
			  ") does not map itself%s",
			  vaddr, *value,
			  walk.outcome == WALK_UNREADABLE ? ", because a table is not in the dump" :
							    "");
	return walk.outcome != WALK_NON_CANONICAL && walk.nr_steps > 1;
}
