/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out whether virt_to_phys() and virt_to_page() are valid for an address. virt_to_phys() is
 * arithmetic, and is valid only for the direct map and the kernel's image. virt_to_page() returns
 * the struct page of the resulting frame. The kernel checks addresses with __virt_addr_valid() in
 * arch/x86/mm/physaddr.c on x86, and with virt_addr_valid() in asm/memory.h on arm64. */
#include "query/validity.h"

#include <inttypes.h>

#include "linux/region.h"
#include "linux/page/page.h"
#include "kernel/arch.h"
#include "query/hidden.h"

/* Why virt_to_phys() is not valid in a region. */
static const char *const reasons[NR_REGION_KINDS] = {
	[REGION_USER] = "a user address: only the page table of the process gives the frame",
	[REGION_NON_CANONICAL] = "no page table can map this address",
	[REGION_GUARD_HOLE] = "nothing is mapped here: kept free for hypervisors",
	[REGION_HOLE] = "nothing is mapped here: a hole between regions",
	[REGION_UNKNOWN] =
		"the use of this address is not known: only the page table gives the frame",
	/* is_vmalloc_addr() in include/linux/mm.h */
	[REGION_VMALLOC] =
		"vmalloc space: its pages can have any frame, which only the page table gives (vmalloc_to_page())",
	/* is_vmalloc_or_module_addr() in mm/vmalloc.c */
	[REGION_MODULES] =
		"pages of modules can have any frame, which only the page table gives (vmalloc_to_page())",
	/* mm/sparse-vmemmap.c */
	[REGION_VMEMMAP] =
		"the memory map is mapped separately: only the page table gives the frame",
	/* kmap_to_page() in mm/highmem.c */
	[REGION_KMAP] =
		"a kmap slot: it maps the frame of another page, often in high memory (kmap_to_page())",
	/* include/asm-generic/fixmap.h; on i386 __virt_addr_valid() compares with FIXADDR_START */
	[REGION_FIXMAP] = "a fixed slot: it maps a chosen frame, often of a device",
	[REGION_CPU_ENTRY_AREA] =
		"an alias: per-CPU memory is mapped here a second time (cea_set_pte())",
	[REGION_LDT_REMAP] =
		"an alias of the LDT of a process: only the page table gives the frame",
	[REGION_ESPFIX] = "an alias of small stacks: each page is mapped many times",
	[REGION_EFI_RUNTIME] = "the firmware's mappings: only efi_mm's page table gives the frame",
	[REGION_KASAN_SHADOW] =
		"KASAN's shadow is mapped separately: only the page table gives the frame",
	[REGION_VSYSCALL] = "the vsyscall page is an alias of a page of the image",
	[REGION_PCI_IO] = "ports of the PCI bus: registers of devices (pci_remap_iospace())",
	[REGION_BPF_JIT] =
		"pages of BPF programs can have any frame, which only the page table gives (vmalloc_to_page())",
};

/* Explains why virt_to_phys() is not valid for an address of the direct map or of the image: the
 * page table does not map the address, or maps it to another physical address. */
static void explain_linear(struct kernel *kernel, const struct region *region, uint64_t vaddr,
			   struct validity *validity)
{
	const struct space *space = kernel_space(kernel, &validity->why_not);
	struct walk walk;
	enum hidden why;
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
	why = walk.outcome == WALK_MAPPED ? NOT_HIDDEN : query_address_hidden(kernel, vaddr);
	if (why)
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "the kernel hides this memory from the direct map: %s", hidden_names[why]);
	else if (walk.outcome != WALK_MAPPED)
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "the page table maps nothing here, although this address is in the %s",
		     region_names[region->kind]);
	else if (kernel->arch->virt_to_phys(kernel, vaddr, &paddr))
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "the kernel's arithmetic gives %" PRIx64
		     ", but the page table maps the address to %" PRIx64,
		     paddr, walk.paddr);
	else
		fail(&validity->why_not, ERROR_NO_ANSWER,
		     "outside the range of the kernel's arithmetic");
}

struct validity query_validity(struct kernel *kernel, const struct region *region, uint64_t vaddr)
{
	struct validity validity = { .virt_to_phys = YES, .virt_to_page = YES };
	uint64_t paddr, page;
	bool linear = region_linear(kernel, vaddr, &paddr);

	if (linear && region->kind == REGION_KERNEL_IMAGE && kernel->arch->image_is_apart) {
		validity.virt_to_page = NO;
		fail(&validity.why_not, ERROR_NO_ANSWER,
		     "the image is not in the direct map, but virt_to_page() is valid only there: lm_alias() gives the address in the direct map");
	} else if (linear) {
		if (!page_of_pfn(kernel, kernel_pfn(kernel, paddr), &page, &validity.why_not))
			validity.virt_to_page =
				validity.why_not.code == ERROR_NO_ANSWER ? NO : UNSURE;
	} else if (region->kind == REGION_DIRECT_MAP || region->kind == REGION_KERNEL_IMAGE) {
		explain_linear(kernel, region, vaddr, &validity);
	} else {
		validity.virt_to_phys = validity.virt_to_page = NO;
		fail(&validity.why_not, ERROR_NO_ANSWER, "%s", reasons[region->kind]);
	}
	return validity;
}
