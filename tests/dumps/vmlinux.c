/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * A vmlinux without a kernel: the types and variables that a translator of
 * addresses asks of debug information, where vmlinux.lds puts them. Linux
 * 6.1; -m64, or -m32 with or without -DPAE; -DOLD is before L1TF, -DTAILS (3.x) has
 * tails of compound pages by a flag, -DMACROS (before 2.6.22) has flags that types do not
 * tell, -DNODES is 6.12, -DINFO (7.1) has compound_info.
 */
typedef unsigned long pteval_t;

typedef struct {
	int counter;
} atomic_t;

#ifdef PAE
typedef struct {
	unsigned long long pgd;
} pgd_t;
#else
typedef struct {
	unsigned long pgd;
} pgd_t;
#endif

struct address_space;

struct page {
	unsigned long flags;
	union {
		struct {
			union {
				struct list_head lru;
				struct list_head buddy_list;
			};
			struct address_space *mapping;
			unsigned long index;
			union {
				unsigned long private;
#ifdef TAILS
				struct page *first_page;
#endif
			};
		};
#if DESCRIPTORS == 3006
		struct {
			void *unused[2];
			struct kmem_cache *slab_cache;
			struct slab *slab_page;
		};
#elif defined(DESCRIPTORS)
		struct kmem_cache *slab; /* SLUB's, whatever the allocator: 2.6.22 to 3.5 */
#elif defined(OLD)
		struct {
			struct list_head slab_list;
			struct kmem_cache *slab_cache;
			void *freelist, *s_mem;
		};
#endif
#if !defined(TAILS) && !defined(MACROS)
		struct {
#ifdef INFO
			unsigned long compound_info;
#else
			unsigned long compound_head;
#endif
#ifndef NODES
			unsigned char compound_dtor;
			unsigned char compound_order;
			atomic_t compound_mapcount;
#endif
		};
#endif
	};
	union {
		atomic_t _mapcount;
		unsigned int page_type;
#ifdef OLD
		unsigned int active;
#endif
	};
	atomic_t _refcount;
#ifdef __x86_64__
	unsigned long memcg_data;
#endif
};

#ifndef MACROS
enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_workingset,
	PG_waiters,
	PG_error,
#ifdef NODES
	PG_owner_2,
#else
	PG_slab,
#endif
	PG_owner_priv_1,
	PG_arch_1,
	PG_reserved,
	PG_private,
	PG_private_2,
	PG_writeback,
#if defined(TAILS) && !defined(__x86_64__) /* no CONFIG_PAGEFLAGS_EXTENDED */
	PG_compound,
#else
	PG_head,
#endif
#if defined(TAILS) && defined(__x86_64__)
	PG_tail,
#endif
	PG_mappedtodisk,
	PG_reclaim,
	PG_swapbacked,
	PG_unevictable,
	PG_mlocked,
	PG_uncached,
	PG_hwpoison,
	__NR_PAGEFLAGS,
	PG_swapcache = PG_owner_priv_1,
	PG_checked = PG_owner_priv_1,
#ifdef EXCLUSIVE
	PG_anon_exclusive = PG_mappedtodisk,
#endif
#ifdef NODES
	PG_has_hwpoisoned = PG_active,
	PG_large_rmappable = PG_workingset,
	PG_partially_mapped = PG_reclaim,
#endif
};
#endif

#ifdef NODES
struct folio {
	struct page page;
	unsigned long _flags_1;
};

enum pagetype {
	PGTY_buddy = 0xf0,
	PGTY_slab = 0xf5,
};
#endif

enum zone_type {
	ZONE_DMA,
#ifdef __x86_64__
	ZONE_DMA32,
	ZONE_NORMAL,
	ZONE_MOVABLE,
	ZONE_DEVICE,
#else
	ZONE_NORMAL,
	ZONE_HIGHMEM,
	ZONE_MOVABLE,
#endif
	__MAX_NR_ZONES
};

enum fixed_addresses {
#ifdef __x86_64__
#ifdef HOSTILE
	FIX_KMAP_BEGIN = -0x7fffffffffffffff - 1,
	FIX_KMAP_END = 0x7fffffffffffffff,
#endif
#ifndef NOVSYSCALL
	VSYSCALL_PAGE = 511,
#endif
	FIX_DBGP_BASE,
	FIX_EARLYCON_MEM_BASE,
	FIX_APIC_BASE,
	__end_of_permanent_fixed_addresses,
#ifdef OLD
	VVAR_PAGE = 600,
	VSYSCALL_HPET,
	FIX_OF_USERS_END,
#endif
	FIX_BTMAP_END = 1024,
	FIX_BTMAP_BEGIN = FIX_BTMAP_END + 511,
#else
	FIX_HOLE,
	FIX_DBGP_BASE,
	FIX_EARLYCON_MEM_BASE,
	FIX_APIC_BASE,
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + 8 * 16 - 1,
	__end_of_permanent_fixed_addresses,
	FIX_BTMAP_END = 256,
	FIX_BTMAP_BEGIN = FIX_BTMAP_END + 511,
#endif
	__end_of_fixed_addresses
};

struct mem_section_usage {
	unsigned long subsection_map[1];
	unsigned long pageblock_flags[];
};

struct mem_section {
	unsigned long section_mem_map;
	struct mem_section_usage *usage;
};

#if !defined(__x86_64__) && !defined(OLD) /* 4.15 */
/* Per CPU: GDT, entry stack, TSS; the sizes are what matters. */
struct cpu_entry_area {
	char gdt[4096];
	char entry_stack_page[4096];
	char tss[3 * 4096];
};
#endif

enum zone_stat_item { NR_FREE_PAGES, NR_VM_ZONE_STAT_ITEMS };

struct free_area {
	unsigned long nr_free;
#ifdef FREE_LISTS
	struct list_head free_list[2];
#endif
};

enum migratetype { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_PCPTYPES };

struct per_cpu_pages {
	int count, high, batch;
#ifdef MACROS
	struct list_head list;
#elif defined(OLD)
	struct list_head lists[MIGRATE_PCPTYPES];
#else
	struct list_head lists[MIGRATE_PCPTYPES * 4 + 2];
#endif
};

struct per_cpu_pageset {
#ifdef MACROS
	struct per_cpu_pages pcp[2];
#else
	struct per_cpu_pages pcp;
	signed char vm_stat_diff[NR_VM_ZONE_STAT_ITEMS];
#endif
};

struct zone {
	unsigned long zone_start_pfn, spanned_pages;
	const char *name;
	unsigned long present_pages, managed_pages;
	unsigned long _watermark[3];
	long vm_stat[NR_VM_ZONE_STAT_ITEMS];
	struct free_area free_area[2];
#if DESCRIPTORS == 2618
	struct per_cpu_pageset *pageset[2];
#elif defined(OLD)
	struct per_cpu_pageset *pageset;
#else
	struct per_cpu_pages *per_cpu_pageset;
#endif
#if FREE_LISTS == 2 /* PREEMPT_RT */
	unsigned long lock[4];
#elif defined(FREE_LISTS)
	int lock;
#endif
};

struct pglist_data {
	struct zone node_zones[__MAX_NR_ZONES];
	int nr_zones;
	int node_id;
	struct page *node_mem_map;
	unsigned long node_start_pfn;
	unsigned long node_spanned_pages;
};

struct swap_info_struct {
	unsigned long flags;
	short prio;
	signed char type;
	unsigned int max;
	struct file *swap_file;
	unsigned int pages, inuse_pages;
};

#if defined(__x86_64__) || defined(PAE)
typedef unsigned long long resource_size_t;
#else
typedef unsigned int resource_size_t;
#endif

/* desc came with 4.6. */
struct resource {
	resource_size_t start, end;
	const char *name;
	unsigned long flags;
#ifndef OLD
	unsigned long desc;
#endif
	struct resource *parent, *sibling, *child;
};

struct new_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

struct uts_namespace {
	struct new_utsname name;
};

/* Each variable has a section to itself, which the linker script places. */
PLACED(".rodata.linux_banner")
const char linux_banner[] = "Linux version " RELEASE " "
			    "(builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, "
			    "GNU ld (GNU Binutils for Debian) 2.40) "
			    "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n";

#ifdef ARM64
PLACED(".data.vars.00") unsigned long long kimage_voffset = 1;
PLACED(".data.vars.08") long long memstart_addr = 1;
PLACED(".data.vars.10") unsigned long long kimage_vaddr = 1;
PLACED(".data.vars.18") unsigned long long vabits_actual = 48;
PLACED(".data.vars.20") struct mem_section **mem_section = (void *)1;
PLACED(".data.vars.28") unsigned long max_pfn = 1;
PLACED(".data.vars.30") void *high_memory = (void *)1;
PLACED(".data.tables") pgd_t swapper_pg_dir[512] = { { 1 } };
PLACED(".data.tables1") pgd_t reserved_pg_dir[512] = { { 1 } };
/* Marks of the assembler, in the function and after it; one has the prefix of a part of the kernel, and one is riscv64's. */
__asm__(".pushsection .text.schedule\n$x:\n__kvm_nvhe_$x:\n$xrv64i2p1_m2p0:\n.popsection\n.pushsection .data.80\n$d:\n.popsection");
PLACED(".text.zz") void vmemmap_populate(void);
void vmemmap_populate(void)
{
}
PLACED(".data.500") struct pglist_data *node_data[1024] = { (void *)1 };
#elif defined(RISCV64)
PLACED(".data.vars.00") struct mem_section **mem_section = (void *)1;
PLACED(".data.vars.08") unsigned long max_pfn = 1;
PLACED(".data.vars.10") void *high_memory = (void *)1;
PLACED(".data.vars.18") unsigned long __cpuid_to_hartid_map[5] = { 1 };
PLACED(".data.tables") pgd_t swapper_pg_dir[512] = { { 1 } };
PLACED(".text.zz") void vmemmap_populate(void);
void vmemmap_populate(void)
{
}
PLACED(".data.500") struct pglist_data *node_data[1024] = { (void *)1 };
#elif defined(__x86_64__)
PLACED(".data.vars.00") unsigned long page_offset_base = 0xffff888000000000;
PLACED(".data.vars.08") unsigned long vmalloc_base = 0xffffc90000000000;
PLACED(".data.vars.10") unsigned long vmemmap_base = 0xffffea0000000000;
PLACED(".data.vars.18") unsigned long phys_base = 1;
PLACED(".data.vars.20") struct mem_section **mem_section = (void *)1;
PLACED(".data.vars.28") unsigned long max_pfn = 1;
PLACED(".data.vars.30") void *high_memory = (void *)1;
PLACED(".data.vars.38") unsigned long sme_me_mask = 1;
PLACED(".data.vars.40") unsigned int __pgtable_l5_enabled = 1;
PLACED(".data.tables") pgd_t init_top_pgt[512] = { { 1 } };
PLACED(".data.tables1") pgd_t level3_kernel_pgt[512] = { { 1 } };
PLACED(".data.tables2") pgd_t level2_kernel_pgt[512] = { { 1 } };
PLACED(".data.tables3") pgd_t level2_fixmap_pgt[512] = { { 1 } };
PLACED(".data.tables4") pgd_t level1_fixmap_pgt[512 * 2] = { { 1 } };
PLACED(".data.500") struct pglist_data *node_data[1024] = { (void *)1 };
#else
#ifdef PAE
PLACED(".data.vars.00") unsigned long unused_mem_map = 1;
PLACED(".data.mem_section") struct mem_section mem_section[128][1] = { { { 1, 0 } } };
PLACED(".data.500") int pkmap_count[512] = { 1 };
PLACED(".data.tables") pgd_t swapper_pg_dir[4] = { { 1 } };
#else
PLACED(".data.vars.00") struct page *mem_map = (void *)1;
PLACED(".data.500") int pkmap_count[1024] = { 1 };
PLACED(".data.tables") pgd_t swapper_pg_dir[1024] = { { 1 } };
#endif
PLACED(".data.vars.04") unsigned long max_pfn = 1;
PLACED(".data.vars.08") unsigned long max_low_pfn = 1;
PLACED(".data.vars.0c") void *high_memory = (void *)1;
PLACED(".data.vars.10") unsigned int __VMALLOC_RESERVE = 128 << 20;
PLACED(".data.vars.14") unsigned long __FIXADDR_TOP = 1;
PLACED(".data.vars.18") void *pkmap_page_table = (void *)1;
PLACED(".data.4000") unsigned long __per_cpu_offset[8] = { 1 };
#ifndef OLD
struct cpu_entry_area *unused_cpu_entry_area;
#endif
#endif
#ifdef __x86_64__
#ifdef EXCLUSIVE /* RHEL 9: swap-in errors, too */
enum { MAX_SWAPFILES = 32 - 4 - 3 - 1 - 2 };
#else
enum { MAX_SWAPFILES = 32 - 4 - 3 - 1 - 1 }; /* device, migration, hwpoison, marker */
#endif
#else
enum { MAX_SWAPFILES = 32 - 3 - 1 - 1 };
#endif
PLACED(".data.2c00") struct swap_info_struct *swap_info[MAX_SWAPFILES] = { (void *)1 };
PLACED(".data.2cf0") unsigned int nr_swapfiles = 1;
PLACED(".data.2d00") struct resource iomem_resource = { .name = "PCI mem" };
PLACED(".data.2d40") struct resource ioport_resource = { .name = "PCI IO" };
PLACED(".data.2e00") unsigned char __pte2cachemode_tbl[8] = { 1 };
#ifndef OLD
PLACED(".data.2e08") int l1tf_mitigation = 1;
#endif
#if defined(__x86_64__) && !defined(OLD)
PLACED(".data.2e10") unsigned long long physical_mask = 1;
#endif
PLACED(".data.80") struct uts_namespace init_uts_ns = { { "Linux" } };
#ifndef VMLIST
PLACED(".data.248") struct list_head vmap_area_list = { 0, 0 };
#endif
#ifdef FREE_LISTS
PLACED(".data.3800") struct pglist_data contig_page_data = { .nr_zones = 1 };
#elif DESCRIPTORS != 2618 /* it has node_data */
PLACED(".data.300") struct pglist_data contig_page_data = { .nr_zones = 1 };
#endif
PLACED(".bss.jiffies") unsigned long jiffies;

PLACED(".text.handler") void asm_exc_divide_error(void);
PLACED(".text.schedule") void schedule(void);
/* A kernel prints that schedule has 32 bytes, whatever the compiler. */
PLACED(".text.zz") __attribute__((aligned(32))) void migrate_pages(void);
PLACED(".text.zz") void memory_failure(void);
#ifdef L1TF_BACKPORT
PLACED(".text.zz") long cpu_show_l1tf(void);
#endif
PLACED(".init.text") void start_kernel(void);

/* Debug information for the types that no variable has. */
enum zone_stat_item unused_stat_item;
enum migratetype unused_migrate_type;
#ifndef MACROS
enum pageflags unused_pageflags;
#endif
#ifdef NODES
enum pagetype unused_pagetype;
struct folio unused_folio;
#endif
enum zone_type unused_zone_type;
enum fixed_addresses unused_fixed_addresses;
struct page unused_page;
struct mem_section unused_mem_section;
pteval_t unused_pteval;

void asm_exc_divide_error(void)
{
	jiffies++;
}

void schedule(void)
{
	jiffies += 2;
	jiffies *= 3;
}

void migrate_pages(void)
{
	jiffies += 3;
}

#ifdef L1TF_BACKPORT
long cpu_show_l1tf(void)
{
	return 0;
}
#endif

void memory_failure(void)
{
	jiffies += 4;
}

void start_kernel(void)
{
	schedule();
}
