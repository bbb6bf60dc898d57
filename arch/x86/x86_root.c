/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the top-level page table of the kernel. swapper_pg_dir is part of the image, so it maps
 * itself. A table that does not map itself may be damaged or incomplete. It is accepted, but gets a
 * doubt that describes the wrong entry. */
#include <inttypes.h>
#include <stdio.h>

#include "arch/x86/x86.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "kernel/table_search.h"

/* Can the entry be an entry of a top-level table? */
static bool is_plausible(const struct space *space, uint64_t entry)
{
	const struct paging *paging = space->paging;
	const struct paging_level *top = &paging->level[0];
	bool page = entry_is_page(paging->family, paging, 0, entry);
	uint64_t frame = entry & paging->frame_mask & ~space->encrypt_mask;

	return (entry & ENTRY_PRESENT) && !(entry & (page ? top->reserved_large : top->reserved)) &&
	       (page || top->no_rights || (entry & ENTRY_RW)) && frame &&
	       x86_is_memory(space, frame);
}

/* Does the page contain entries of a top-level table? This is so if more entries are plausible than
 * not, because some may be damaged. If the page is not in the dump, the function returns true. */
static bool may_be_table(const struct space *space)
{
	const struct paging *paging = space->paging;
	unsigned int right = 0, wrong = 0;
	uint64_t entry;

	for (unsigned int i = 0; i < paging_entries(paging, 0); i++) {
		if (dump_load(space->dump, space->root + i * paging->entry_size, paging->entry_size,
			      &entry) != PAGE_PRESENT)
			return true;
		if (entry)
			*(is_plausible(space, entry) ? &right : &wrong) += 1;
	}
	return right > wrong;
}

/* Finds the first mapped page of the lower half of the address space, which processes use. Returns
 * false if no page there is mapped. *has_tables gets true if there are tables below the top level,
 * although no page was found. */
static bool lowest_page(const struct space *space, struct walk *page, bool *has_tables)
{
	enum { MOST_STEPS = 100000 }; /* limits the work on a hostile table */
	const struct paging *paging = space->paging;
	/* With 32-bit addresses, processes have at least the lowest 1G: CONFIG_VMSPLIT_1G. */
	uint64_t last = (UINT64_C(1) << (paging->sign_extends ? paging->address_bits - 1 : 30)) - 1;
	int steps = 0;

	*page = walk_page_table(space, 0);
	*has_tables = page->nr_steps > 1;
	while (page->outcome != WALK_MAPPED) {
		if (++steps == MOST_STEPS || !walk_on(space, page, last))
			return false;
		*has_tables |= page->nr_steps > 1;
	}
	return true;
}

/* The owner of the table that the first CPU uses, if this table is not swapper_pg_dir. */
enum owner { OWNER_UNKNOWN, OWNER_BOOT, OWNER_PROCESS };

/* Finds the owner. A table that maps memory 1:1 belongs to the firmware or to a kernel that is
 * booting. */
static enum owner x86_root_owner_of(const struct space *cpu)
{
	struct walk lowest;
	bool has_tables;

	if (!lowest_page(cpu, &lowest, &has_tables))
		return has_tables ? OWNER_PROCESS : OWNER_UNKNOWN;
	return lowest.vaddr == lowest.paddr ? OWNER_BOOT : OWNER_PROCESS;
}

/* Does the CPU use a boot-time table of the kernel? Such a table is in the image and maps itself,
 * as does swapper_pg_dir, whose virtual address is vaddr and whose physical address is swapper. If
 * nothing is mapped 1:1, the table may be early_top_pgt, which maps memory 1:1 only for a short
 * time. */
static bool is_boot_table(const struct space *cpu, uint64_t vaddr, uint64_t swapper)
{
	bool narrow = !cpu->paging->sign_extends;
	uint64_t place = vaddr + (cpu->root - swapper);

	if (cpu->root == swapper || !space_maps(cpu, place, cpu->root) ||
	    (!narrow && (place < START_KERNEL_MAP || place - START_KERNEL_MAP >= LARGEST_IMAGE)))
		return false;
	return x86_root_owner_of(cpu) == OWNER_BOOT ||
	       (!narrow && x86_root_owner_of(cpu) == OWNER_UNKNOWN);
}

enum { REASON = 300 };

/* Writes to `text` why the walk does not map swapper_pg_dir to space->root. The text includes the
 * last entry of the walk. */
static void x86_root_explain(const struct space *space, const struct walk *walk, bool is_table,
			     char text[REASON])
{
	const struct walk_step *last;
	char where[96];

	snprintf(text, REASON,
		 "swapper_pg_dir (%" PRIx64 ", physical %" PRIx64 ") %s: ", walk->vaddr,
		 space->root,
		 is_table ? "does not map itself" : "is not used as the kernel's page table");
	if (!walk->nr_steps) {
		text_append(text, REASON,
			    walk->outcome == WALK_UNREADABLE ?
				    "the table is not in the dump (%s)" :
				    "its virtual address is not valid in this paging mode",
			    page_state_names[walk->reason]);
		return;
	}
	last = &walk->step[walk->nr_steps - 1];
	snprintf(where, sizeof(where), "its %s entry at %" PRIx64 " is %" PRIx64,
		 space->paging->level[walk->nr_steps - 1].name, last->entry_paddr, last->entry);
	if (walk->outcome == WALK_MAPPED)
		text_append(text, REASON, "%s, which maps %" PRIx64, where, walk->paddr);
	else if (walk->outcome == WALK_UNREADABLE)
		text_append(text, REASON,
			    "%s, but the table at that address is not in the dump (%s)", where,
			    page_state_names[walk->reason]);
	else
		text_append(text, REASON, "%s%s", where,
			    walk->outcome == WALK_CORRUPT ? ", which has reserved bits set" : "");
}

static bool x86_root_is_wide(const struct kernel *kernel)
{
	return kernel_pointer_size(kernel) == 8;
}

/* Finds the virtual address of swapper_pg_dir, and computes its physical address. */
static bool find_swapper(struct kernel *kernel, uint64_t *vaddr, uint64_t *paddr)
{
	bool wide = x86_root_is_wide(kernel);
	uint64_t base;

	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, vaddr) ||
	    !kernel_fact(kernel, wide ? FACT_PHYS_BASE : FACT_PAGE_OFFSET, &base) ||
	    (!wide && *vaddr < base))
		return false;
	*paddr = wide ? (*vaddr - START_KERNEL_MAP + base) & ENTRY_FRAME : *vaddr - base;
	return true;
}

/* Is the table at space->root the kernel's table, although it does not map itself in the image? If
 * the address is from a note, plausible entries are sufficient. An address from a vmlinux of
 * another build may belong to a table of a lower level, because such tables are beside
 * swapper_pg_dir. Therefore, if the address is from a vmlinux, the table must have a direct map. */
static bool is_kernel_table(struct kernel *kernel, const struct space *space)
{
	const struct fact *swapper = &kernel->facts->fact[FACT_SWAPPER_PG_DIR];
	uint64_t base;

	if (!may_be_table(space) || swapper->doubt)
		return false;
	if (!swapper->from || swapper->from->use == SOURCE_CHEAP)
		return true;
	return x86_root_is_wide(kernel) ? x86_64_direct_map_of(space, &base) :
					  kernel_fact(kernel, FACT_PAGE_OFFSET, &base) &&
						  space_maps(space, base + 0xf0000, 0xf0000);
}

bool x86_find_root_of_swapper(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space, cpu;
	char reason[REASON];
	struct walk walk;
	uint64_t vaddr;
	bool is_table, has_cpu;

	(void)arg;
	if (!find_swapper(kernel, &vaddr, value) || !kernel_unrooted_space(kernel, &space, NULL))
		return false;
	space.root = *value;
	walk = walk_page_table(&space, vaddr);
	has_cpu = kernel_cpu_space(kernel, &cpu);
	if (walk.outcome == WALK_MAPPED && walk.paddr == *value) {
		kernel_note_proof(kernel);
		if (has_cpu && is_boot_table(&cpu, vaddr, *value))
			kernel_doubt_root(
				kernel,
				"the kernel is booting: CPU 0 still uses an early table (-o root=%" PRIx64
				"), and swapper_pg_dir may be incomplete",
				cpu.root);
		return true;
	}
	/* A table that cannot be read is accepted if its address is not doubtful, and the table of
	 * CPU 0 is unknown. */
	is_table = is_kernel_table(kernel, &space) ||
		   (walk.outcome == WALK_UNREADABLE && !has_cpu &&
		    !kernel->facts->fact[FACT_SWAPPER_PG_DIR].doubt);
	x86_root_explain(&space, &walk, is_table, reason);
	if (is_table && has_cpu && space_maps(&cpu, vaddr, *value))
		kernel_doubt_root(
			kernel,
			"%s; the table of CPU 0 maps swapper_pg_dir; to use the table of CPU 0, give -o root=%" PRIx64,
			reason, cpu.root);
	else
		kernel_doubt_root(kernel, "%s", reason);
	return is_table;
}

/* Uses the root of the table that was found in memory. The root is doubtful if the CPU still uses
 * early_top_pgt: until swapper_pg_dir has a direct map, too, early_top_pgt looks like the kernel's
 * table. */
bool x86_find_root_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space cpu;
	uint64_t vaddr;

	(void)arg;
	*value = kernel->table->root;
	if (!kernel->table->known)
		return false;
	if (kernel_cpu_space(kernel, &cpu) && cpu.root == *value &&
	    kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &vaddr) && vaddr != kernel->table->vaddr)
		kernel_doubt_root(
			kernel,
			"the kernel is booting: this is an early table, which CPU 0 still uses, and not swapper_pg_dir (%" PRIx64
			")",
			vaddr);
	return true;
}

bool x86_find_root_in_cr3(struct kernel *kernel, const char *arg, uint64_t *value)
{
	static const char *const owners[] = {
		[OWNER_UNKNOWN] =
			"the table that CPU 0 used, which is not proved to be the kernel's own",
		[OWNER_BOOT] =
			"the table that CPU 0 used, which maps memory 1:1, as tables of a booting kernel and of the firmware do",
		[OWNER_PROCESS] = "the table of the process that CPU 0 ran",
	};
	const char *refused = kernel->facts->fact[FACT_ROOT].doubt;
	struct space space;
	char reason[REASON];
	uint64_t vaddr;

	(void)arg;
	if (!kernel_cpu_space(kernel, &space))
		return false;
	*value = space.root;
	if (kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &vaddr) &&
	    space_maps(&space, vaddr, space.root)) {
		kernel_doubt_root(kernel, NULL);
		return true;
	}
	snprintf(reason, sizeof(reason), "%s", refused ? refused : "");
	kernel_doubt_root(kernel, "it is %s%s%s", owners[x86_root_owner_of(&space)],
			  *reason ? "; " : "", reason);
	return true;
}
