/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in linux/page, linux/slab and check read. Some of
 * the older names are from SLAB: kmem_cache_s before 2.6.18, members of kmem_cache that were
 * renamed in 3.6 (3b0efdfa1e71), kmem_list3 before 3.11 (ce8eb6c424c7), and members of the struct
 * slab that was removed in 3.13 (8456a648cf44). per_cpu_pages.list was used before 2.6.32
 * (5f8dcc21211a). */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_PAGE(X) \
	X(SLAB_CACHE, "slab", "slab_cache") \
	X(SLAB_OBJECTS, "slab", "objects") \
	X(SLAB_S_MEM, "slab", "s_mem") \
	X(SLAB_COLOUR, "slab", "colouroff") \
	X(SLAB_FREE, "slab", "free") \
	X(PAGE_SLAB_CACHE, "page", "slab_cache") \
	X(PAGE_SLAB, "page", "slab") \
	X(PAGE_SLAB_PAGE, "page", "slab_page") \
	X(PAGE_OBJECTS, "page", "objects") \
	X(PAGE_S_MEM, "page", "s_mem") \
	X(CACHE_NAME, "kmem_cache", "name", .older = { { "kmem_cache_s", "name" } }) \
	X(CACHE_OBJECT_NAME, "kmem_cache", "kobj.name") \
	X(CACHE_REFCOUNT, "kmem_cache", "refcount") /* SLUB since 2.6.22, SLAB since 3.6 */ \
	X(CACHE_LIST, "kmem_cache", "list", .older = { { "kmem_cache", "next" }, { "kmem_cache_s", "next" } }) \
	X(CACHE_SIZE, "kmem_cache", "size", .older = { { "kmem_cache", "buffer_size" }, { "kmem_cache_s", "objsize" } }) \
	X(CACHE_OBJECT_BYTES, "kmem_cache", "object_size", .older = { { "kmem_cache", "objsize" } }) \
	X(CACHE_ORDER, "kmem_cache", "oo.x") \
	X(CACHE_MIN_ORDER, "kmem_cache", "min.x") \
	X(CACHE_LEFT_PAD, "kmem_cache", "red_left_pad") \
	X(CACHE_NUM, "kmem_cache", "num", .older = { { "kmem_cache_s", "num" } }) \
	X(CACHE_OBJ_OFFSET, "kmem_cache", "obj_offset", .older = { { "kmem_cache_s", "dbghead" } }) \
	X(CACHE_OFFSET, "kmem_cache", "offset") \
	X(CACHE_RANDOM, "kmem_cache", "random") \
	X(CACHE_CPU_SLAB, "kmem_cache", "cpu_slab") \
	X(CACHE_CPU_SHEAVES, "kmem_cache", "cpu_sheaves") \
	X(CACHE_CPU_CACHE, "kmem_cache", "cpu_cache") \
	X(CACHE_ARRAY, "kmem_cache", "array", .older = { { "kmem_cache_s", "array" } }) \
	X(CACHE_NODE, "kmem_cache", "node", .older = { { "kmem_cache", "nodelists" }, { "kmem_cache_s", "nodelists" } }) \
	X(CACHE_PER_NODE, "kmem_cache", "per_node") \
	X(CACHE_LISTS, "kmem_cache_s", "lists") \
	X(CACHE_NODE_SHARED, "kmem_cache_node", "shared", .older = { { "kmem_list3", "shared" } }) \
	X(CACHE_NODE_ALIEN, "kmem_cache_node", "alien", .older = { { "kmem_list3", "alien" } }) \
	X(CACHE_NODE_BARN, "kmem_cache_node", "barn") \
	X(PER_NODE_NODE, "kmem_cache_per_node_ptrs", "node") \
	X(PER_NODE_BARN, "kmem_cache_per_node_ptrs", "barn") \
	X(CPU_SLAB_FREELIST, "kmem_cache_cpu", "freelist") \
	X(CPU_SLAB_SLAB, "kmem_cache_cpu", "slab") \
	X(CPU_SLAB_PAGE, "kmem_cache_cpu", "page") \
	X(CPU_SLAB_PARTIAL, "kmem_cache_cpu", "partial") \
	X(SLAB_NEXT, "slab", "next") \
	X(PAGE_NEXT, "page", "next") \
	X(ARRAY_CACHE_NR, "array_cache", "avail") \
	X(ARRAY_CACHE_ENTRY, "array_cache", "entry") \
	X(ALIEN_CACHE_AC, "alien_cache", "ac") \
	X(SHEAVES_MAIN, "slub_percpu_sheaves", "main") \
	X(SHEAVES_SPARE, "slub_percpu_sheaves", "spare") \
	X(BARN_FULL, "node_barn", "sheaves_full") \
	X(SHEAF_LIST, "slab_sheaf", "barn_list") \
	X(SHEAF_SIZE, "slab_sheaf", "size") \
	X(SHEAF_OBJECTS, "slab_sheaf", "objects") \
	X(SLAB_FREELIST, "slab", "freelist") \
	X(SLAB_ACTIVE, "slab", "active") \
	X(PAGE_FREELIST, "page", "freelist") \
	X(PAGE_ACTIVE, "page", "active") \
	X(CACHE_GFPORDER, "kmem_cache", "gfporder", .older = { { "kmem_cache_s", "gfporder" } }) \
	X(NODE_NR_SLABS, "kmem_cache_node", "nr_slabs") \
	X(NODE_OBJECTS, "kmem_cache_node", "total_objects") \
	X(NODE_PARTIAL, "kmem_cache_node", "partial") \
	X(NODE_TOTAL_SLABS, "kmem_cache_node", "total_slabs") \
	X(NODE_FREE_OBJECTS, "kmem_cache_node", "free_objects", .older = { { "kmem_list3", "free_objects" } }) \
	X(NODE_SLABS_PARTIAL, "kmem_cache_node", "slabs_partial", .older = { { "kmem_list3", "slabs_partial" } }) \
	X(NODE_SLABS_FULL, "kmem_cache_node", "slabs_full", .older = { { "kmem_list3", "slabs_full" } }) \
	X(NODE_SLABS_FREE, "kmem_cache_node", "slabs_free", .older = { { "kmem_list3", "slabs_free" } }) \
	X(SLAB_INUSE, "slab", "inuse") \
	X(SLAB_LIST, "slab", "slab_list", .older = { { "slab", "list" } }) \
	X(PAGE_INUSE, "page", "inuse") \
	X(PAGE_SLAB_LIST, "page", "slab_list") \
	X(PAGE_LRU, "page", "lru") \
	X(PGDAT_ZONES, "pglist_data", "node_zones") \
	X(PGDAT_ID, "pglist_data", "node_id") \
	X(ZONE_NAME, "zone", "name") \
	X(ZONE_START, "zone", "zone_start_pfn") \
	X(ZONE_SPANNED, "zone", "spanned_pages") \
	X(ZONE_PRESENT, "zone", "present_pages") \
	X(ZONE_MANAGED, "zone", "managed_pages") \
	X(ZONE_STAT, "zone", "vm_stat") \
	X(ZONE_FREE_AREA, "zone", "free_area") \
	X(ZONE_WATERMARK, "zone", "_watermark") \
	X(ZONE_WATERMARK_OLD, "zone", "watermark") \
	X(ZONE_BOOST, "zone", "watermark_boost") \
	X(ZONE_CPU_PAGES, "zone", "per_cpu_pageset") \
	X(ZONE_CPU_PAGESET, "zone", "pageset") \
	X(ZONE_CPU_STATS, "zone", "per_cpu_zonestats") \
	X(CPU_STATS_DIFF, "per_cpu_zonestat", "vm_stat_diff") \
	X(PAGESET_DIFF, "per_cpu_pageset", "vm_stat_diff") \
	X(PAGESET_PAGES, "per_cpu_pageset", "pcp") \
	X(CPU_PAGES_LISTS, "per_cpu_pages", "lists", .older = { { "per_cpu_pages", "list" } }) \
	X(CPU_PAGES_COUNT, "per_cpu_pages", "count") \
	X(CPU_PAGES_LOCK, "per_cpu_pages", "lock") \
	X(ZONE_LOCK, "zone", "lock") \
	X(FREE_AREA_LISTS, "free_area", "free_list") \
	X(FREE_AREA_NR, "free_area", "nr_free")
// clang-format on

MEMBER_IDS(PAGE);
