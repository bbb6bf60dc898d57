/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * virt_to_phys() is __phys_addr(), arithmetic: on x86-64 the direct map less its
 * base, and from __START_KERNEL_map on the image plus phys_base; on i386 the
 * address less PAGE_OFFSET, whatever it is. virt_to_page() is that frame's
 * struct page, and __virt_addr_valid() refuses what the arithmetic is not meant
 * for, or has no struct page (pfn_valid()): arch/x86/mm/physaddr.c.
 */
#include "kernel/validity.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/arch.h"

/* What lies beside the direct map and the image: the frame is another one than
 * the arithmetic says. */
static const struct {
	const char *region, *why;
} reasons[] = {
	{ "user", "a user address: only the process' page table tells the frame" },
	{ "non-canonical", "no page table can map this address" },
	{ "guard-hole", "nothing is mapped here: kept free for hypervisors" },
	{ "hole", "nothing is mapped here: a hole between regions" },
	/* is_vmalloc_addr(); include/linux/mm.h */
	{ "vmalloc", "vmalloc space: its pages lie anywhere, only the page table tells the frame (vmalloc_to_page())" },
	/* is_vmalloc_or_module_addr(); mm/vmalloc.c */
	{ "modules", "modules lie in pages from anywhere, only the page table tells the frame (vmalloc_to_page())" },
	/* mm/sparse-vmemmap.c */
	{ "vmemmap", "the memory map has mappings of its own: only the page table tells the frame" },
	/* kmap_to_page(); mm/highmem.c */
	{ "kmap", "a kmap slot: the page it holds has another frame, often in high memory (kmap_to_page())" },
	/* include/asm-generic/fixmap.h; FIXADDR_START ends __virt_addr_valid() on i386 */
	{ "fixmap", "a fixed slot: it maps a chosen frame, often of a device" },
	{ "cpu-entry-area", "an alias: per-CPU memory is mapped here a second time (cea_set_pte())" },
	{ "ldt-remap", "an alias of a process' LDT: only its page table tells the frame" },
	{ "espfix", "an alias of small stacks, each page many times over" },
	{ "efi-runtime", "the firmware's mappings: only efi_mm's page table tells the frame" },
	{ "kasan-shadow", "KASAN's shadow has mappings of its own: only the page table tells the frame" },
	{ "vsyscall", "the vsyscall page is an alias of a page of the image" },
};

static const char *reason_of(const struct region *region)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(reasons[i].region, region->name))
			return reasons[i].why;
	return "only the page table tells the frame";
}

/* Within the direct map or the image, but not where the arithmetic says. */
static void explain_linear(struct kernel *kernel, const struct region *region,
			   uint64_t vaddr, struct validity *validity)
{
	const struct space *space = kernel_space(kernel, &validity->why_not);
	struct walk walk;
	uint64_t paddr;

	validity->virt_to_phys = validity->virt_to_page = UNSURE;
	if (!space)
		return;
	walk = walk_page_table(space, vaddr);
	if (walk.outcome == WALK_UNREADABLE) {
		fail(&validity->why_not, ERROR_UNREADABLE,
		     "not known: a page table is not in the dump");
		return;
	}
	validity->virt_to_phys = validity->virt_to_page = NO;
	if (walk.outcome != WALK_MAPPED)
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "the page table maps nothing here, though it is within the %s",
		     region->name);
	else if (kernel->arch->virt_to_phys(kernel, vaddr, &paddr))
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "the arithmetic gives %" PRIx64
		     ", but the page table maps %" PRIx64,
		     paddr, walk.paddr);
	else
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "beyond what the arithmetic is for");
}

struct validity kernel_validity(struct kernel *kernel,
				const struct region *region, uint64_t vaddr)
{
	struct validity validity = { .virt_to_phys = YES, .virt_to_page = YES };
	uint64_t paddr, page;

	if (kernel_linear(kernel, vaddr, &paddr)) {
		if (!kernel_pfn_to_page(kernel, paddr >> 12, &page,
					&validity.why_not))
			validity.virt_to_page =
				validity.why_not.code == ERROR_NO_ANSWER ? NO :
									   UNSURE;
	} else if (!strcmp(region->name, "direct-map") ||
		   !strcmp(region->name, "kernel-image")) {
		explain_linear(kernel, region, vaddr, &validity);
	} else {
		validity.virt_to_phys = validity.virt_to_page = NO;
		fail(&validity.why_not, ERROR_NO_ANSWER, "%s",
		     reason_of(region));
	}
	return validity;
}
