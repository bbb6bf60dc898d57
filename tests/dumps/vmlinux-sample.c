/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * What sample.txt needs of a vmlinux, and no kernel: the names, places and
 * sizes of some symbols of Debian's 6.1.0-56-cloud-amd64, and the types that
 * tell what a struct page says and where the fixmap starts
 * (include/linux/mm_types.h, mmzone.h and page-flags.h,
 * arch/x86/include/asm/fixmap.h). mksample builds it.
 */
#define SECTION(name, flags, size)                                                                 \
	__asm__(".section .k" #name ", \"" flags "\", @nobits\n" #name ": .skip " #size "\n.text")
#define SYMBOL(name, kind, section, offset, size)                                                  \
	__asm__(".globl " #name "\n.type " #name ", @" #kind "\n.size " #name ", " #size           \
		"\n.set " #name ", " #section " + " #offset)
#define FUNCTION(name, section, offset, size) SYMBOL(name, function, section, offset, size)
#define OBJECT(name, section, offset, size) SYMBOL(name, object, section, offset, size)
#define LABEL(name, section, offset) SYMBOL(name, notype, section, offset, 0)

SECTION(text, "ax", 0xe01ef2);
SECTION(rodata, "a", 0x827000);
SECTION(data, "aw", 0x245e00);
SECTION(init, "ax", 0x28d000);
SECTION(bss, "aw", 0x57f000);

LABEL(_text, text, 0x0);
LABEL(_stext, text, 0x0);
FUNCTION(startup_64, text, 0x0, 0x68);
FUNCTION(sched_clock, text, 0x3b5e0, 0x5);
FUNCTION(do_exit, text, 0x9a720, 0xb10);
FUNCTION(kmem_cache_alloc, text, 0x318510, 0x2f5);
FUNCTION(migrate_pages, text, 0x31e890, 0xbf2);
FUNCTION(vfs_read, text, 0x34cc50, 0x30c);
FUNCTION(__x64_sys_read, text, 0x34d8b0, 0x15);
FUNCTION(kaslr_get_random_long, text, 0x9c5b40, 0x1ba);
FUNCTION(_printk, text, 0x9d2c99, 0x83);
FUNCTION(vmemmap_populate, text, 0xa0d3c7, 0x32d);
FUNCTION(schedule, text, 0xa114f0, 0xc7);
FUNCTION(yield, text, 0xa115c0, 0x20);
FUNCTION(asm_exc_divide_error, text, 0xc00990, 0x1b);
LABEL(_etext, text, 0xe01ef2);

LABEL(__start_rodata, rodata, 0x0);
OBJECT(linux_banner, rodata, 0x11ffe0, 0xcc);
OBJECT(vmemmap_base, rodata, 0x398470, 0x8);
OBJECT(vmalloc_base, rodata, 0x398478, 0x8);
OBJECT(page_offset_base, rodata, 0x398480, 0x8);
OBJECT(l1tf_mitigation, rodata, 0x39ea0c, 0x4);
OBJECT(physmem_end, rodata, 0x3affc0, 0x8);
LABEL(__end_rodata, rodata, 0x827000);

LABEL(_sdata, data, 0x0);
OBJECT(init_top_pgt, data, 0x10000, 0x2000);
OBJECT(phys_base, data, 0x1a010, 0x8);
OBJECT(init_task, data, 0x1aa40, 0x2600);
OBJECT(__pte2cachemode_tbl, data, 0x3a3b8, 0x8);
OBJECT(sme_me_mask, data, 0x4a858, 0x8);
OBJECT(init_mm, data, 0x15a740, 0x848);
OBJECT(init_uts_ns, data, 0x1f9b60, 0x1b0);
LABEL(_edata, data, 0x245e00);

LABEL(__init_begin, init, 0x0);
LABEL(_sinittext, init, 0x34000);
FUNCTION(start_kernel, init, 0x34e41, 0x6fc);
FUNCTION(setup_cpu_entry_areas, init, 0x560e6, 0x27e);
FUNCTION(efi_map_region, init, 0x59cd1, 0xb9);
LABEL(_einittext, init, 0x97850);
LABEL(__init_end, init, 0x28d000);

LABEL(__bss_start, bss, 0x0);
OBJECT(high_memory, bss, 0x9b098, 0x8);
OBJECT(max_pfn, bss, 0x9d5b8, 0x8);
OBJECT(swap_info, bss, 0x9d620, 0xd8);
OBJECT(mem_section, bss, 0xf9798, 0x8);
LABEL(__bss_stop, bss, 0x54f000);
LABEL(_end, bss, 0x57f000);

struct page {
	unsigned long flags;
	union {
		struct {
			struct list_head lru;
			struct address_space *mapping;
			unsigned long index;
			unsigned long private;
		};
		unsigned long compound_head;
	};
	int _mapcount;
	int _refcount;
	unsigned long memcg_data;
} page;

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
	PG_slab,
	PG_owner_priv_1,
	PG_arch_1,
	PG_reserved,
	PG_private,
	PG_private_2,
	PG_writeback,
	PG_head,
	PG_mappedtodisk,
	PG_reclaim,
	PG_swapbacked,
	PG_unevictable,
	PG_mlocked,
	PG_uncached,
	PG_arch_2,
	__NR_PAGEFLAGS
} pageflags;

enum zone_type {
	ZONE_DMA,
	ZONE_DMA32,
	ZONE_NORMAL,
	ZONE_MOVABLE,
	ZONE_DEVICE,
	__MAX_NR_ZONES
} zone_type;

enum fixed_addresses {
	VSYSCALL_PAGE = 511,
	__end_of_permanent_fixed_addresses = 646,
	__end_of_fixed_addresses = 1537
} fixed_addresses;

struct mem_section {
	unsigned long section_mem_map;
	struct mem_section_usage *usage;
} section;
