/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Declarations that the files of riscv64 share: entries, sources of facts, the address space. */
#pragma once

#include "dump/registers.h"
#include "kernel/arch.h"
#include "paging/family.h"

/* A mask of the bits from FIRST to LAST, inclusive. */
#define BITS(FIRST, LAST) ((UINT64_C(2) << (LAST)) - (UINT64_C(1) << (FIRST)))

/* The bits of an entry: The RISC-V Instruction Set Manual, volume II, "Sv39". */
enum {
	RISCV64_VALID = 1 << 0,
	RISCV64_READ = 1 << 1,
	RISCV64_WRITE = 1 << 2,
	RISCV64_EXECUTE = 1 << 3,
	RISCV64_LEAF = RISCV64_READ | RISCV64_WRITE | RISCV64_EXECUTE,
	RISCV64_USER = 1 << 4,
	RISCV64_GLOBAL = 1 << 5,
	RISCV64_ACCESSED = 1 << 6,
	RISCV64_DIRTY = 1 << 7,
	RISCV64_NAPOT_SIZE = 0xf << 10,
	RISCV64_NAPOT_64K = 8 << 10,
	RISCV64_PBMT_SHIFT = 61,
};
#define RISCV64_PBMT BITS(61, 62)
#define RISCV64_NAPOT BITS(63, 63)

/* The registers x1 to x31 are CPU_X0 and the following; sp, which is x2, is CPU_SP. */
#define RISCV64_RA CPU_X0 /* the return address */
#define RISCV64_S0 ((enum cpu_register)(CPU_X0 + 7)) /* the frame pointer */
#define RISCV64_S1 ((enum cpu_register)(CPU_X0 + 8))
#define RISCV64_A0 (CPU_X0 + 9)
#define RISCV64_S2 (CPU_X0 + 17)

/* KERNEL_LINK_ADDR, asm/pgtable.h. The image is at or above this address since 5.13 (2bfc6cd81bd1).
 * Before, it is in the linear map. */
#define RISCV64_LINK_ADDRESS UINT64_C(0xffffffff80000000)
/* The start of the linear map until 5.16; all these kernels have Sv39. */
#define RISCV64_OLD_PAGE_OFFSET UINT64_C(0xffffffe000000000)

/* --- functions that struct arch points to --- */

const struct paging *riscv64_paging(const struct paging_choice *choice);
bool riscv64_root_of_register(const struct space *space, uint64_t value, uint64_t *root);
unsigned int riscv64_root_tag(uint64_t value, uint64_t root, const char **name);
bool riscv64_kernel_table(const struct space *space, uint64_t *root);
void riscv64_entry_rules(struct kernel *kernel, struct entry_rules *rules);
struct entry_meaning riscv64_describe_entry(const struct entry_rules *rules,
					    const struct paging *paging, unsigned int level,
					    uint64_t entry);
struct entry_flags riscv64_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				       unsigned int level, uint64_t entry);
void riscv64_try_table(struct table_search *search, uint64_t paddr);
bool riscv64_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
			 uint64_t *last);
bool riscv64_known_function(struct kernel *kernel, const struct space *space, const char *names[2],
			    uint64_t *address);
bool riscv64_regions(struct kernel *kernel, bool exact, struct region_list *list,
		     struct error *err);
bool riscv64_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
bool riscv64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

extern const struct fact_source riscv64_sources[];

/* Returns the number of levels of the mode in a value of satp, or 0 if it has no such mode. */
unsigned int riscv64_satp_levels(uint64_t satp);
/* Finds the linear map. *page_offset gets its first address, and *offset the virtual address minus
 * the physical address of its pages. Returns false if the table has none. */
bool riscv64_linear_map(const struct space *space, uint64_t *page_offset, uint64_t *offset);
