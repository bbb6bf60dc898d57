/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows slabs, per-CPU memory and
 * the stacks of CPUs; vmlinux.c tells of the rest. Members that nobody asks for
 * are left out. -DOLD has the SLAB allocator and the names of before 5.2;
 * -DNODES (6.12) the page type of slabs; -DINFO (7.1) sheaves. With -DDESCRIPTORS SLAB is as
 * vmlinux-descriptors.h says.
 */
struct order_objects {
	unsigned int x;
};

#ifdef DESCRIPTORS
#include "vmlinux-descriptors.h"
#elif defined(OLD)
typedef unsigned char freelist_idx_t;

struct array_cache {
	unsigned int avail, limit;
	void *entry[];
};

struct alien_cache {
	int lock;
	struct array_cache ac;
};

struct kmem_cache_node {
	struct array_cache *shared;
	struct alien_cache **alien;
	unsigned long total_slabs, free_slabs, free_objects; /* 4.10 */
};
#elif defined(INFO)
/* 7.1 */
struct slab_sheaf {
	struct list_head barn_list;
	struct kmem_cache *cache;
	unsigned int size;
	void *objects[];
};

struct node_barn {
	struct list_head sheaves_full, sheaves_empty;
};

struct slub_percpu_sheaves {
	struct slab_sheaf *main, *spare;
};

struct kmem_cache_per_node_ptrs {
	struct kmem_cache_node *node;
	struct node_barn *barn;
};
#else
struct kmem_cache_cpu {
	void *freelist;
	unsigned long tid;
	struct slab *slab, *partial;
};
#endif

#ifndef DESCRIPTORS
struct kmem_cache {
	unsigned long flags;
	unsigned int size, object_size;
#ifdef OLD
	unsigned int num;
	int obj_offset;
#else
	struct order_objects oo, min;
	unsigned int red_left_pad;
#ifdef __x86_64__
	int refcount; /* where there is room */
#endif
#endif
	const char *name;
	struct list_head list;
#ifdef OLD
	struct array_cache *cpu_cache;
	struct kmem_cache_node *node[2];
	unsigned int gfporder;
#else
	unsigned int offset;
#ifdef INFO
	struct slub_percpu_sheaves *cpu_sheaves;
#else
	struct kmem_cache_cpu *cpu_slab;
#endif
#ifdef __x86_64__
	unsigned long random;
#endif
#ifdef INFO
	struct kmem_cache_per_node_ptrs per_node[2];
#else
	struct kmem_cache_node *node[2];
#endif
#endif
	void (*ctor)(void *object);
#ifdef SYSFS
	long kobj;
#endif
};
#endif

#ifndef OLD
struct kmem_cache_node {
	unsigned long nr_partial;
	struct list_head partial;
#ifndef NO_SLUB_DEBUG
	long nr_slabs, total_objects;
#endif
};

/* The struct page of a slab, 6.1. */
struct slab {
	unsigned long __page_flags;
	union {
		struct list_head slab_list;
		struct slab *next;
	};
	struct kmem_cache *slab_cache;
	void *freelist;
	unsigned int inuse : 16, objects : 15, frozen : 1;
};
#endif

struct pcpu_chunk {
	struct list_head list;
	void *base_addr;
	int start_offset, end_offset, nr_pages;
};

#ifdef __x86_64__
enum { THREAD_SIZE = 16384 };
#else
enum { THREAD_SIZE = 8192 };
#endif

#ifdef OLD
union irq_stack_union {
	char irq_stack[THREAD_SIZE];
};
#else
struct irq_stack {
	char stack[THREAD_SIZE];
};
#endif

#if defined(__x86_64__) && defined(OLD) /* 4.15 to 4.19 */
struct cpu_entry_area {
	char gdt[4096], SYSENTER_stack_page[4096], tss[5 * 4096];
	char entry_trampoline[4096], exception_stacks[5 * 4096];
};
#elif defined(__x86_64__)
struct cea_exception_stacks {
	char DF_stack_guard[4096], DF_stack[8192];
	char NMI_stack_guard[4096], NMI_stack[8192];
	char IST_top_guard[4096];
};

struct cpu_entry_area {
	char gdt[4096], entry_stack_page[4096], tss[5 * 4096];
	struct cea_exception_stacks estacks;
};
#endif

/* Each CPU has a copy of these. */
PLACED(".percpu.100") unsigned long this_cpu_off = 1;
#ifdef OLD
PLACED(".percpu.110") void *irq_stack_ptr = (void *)1;
#else
PLACED(".percpu.110") void *hardirq_stack_ptr = (void *)1;
PLACED(".percpu.118") void *softirq_stack_ptr = (void *)1;
#endif
#if defined(__x86_64__) && defined(OLD)
PLACED(".percpu.280") struct orig_ist {
	unsigned long ist[7];
} orig_ist = { { 1 } };
#elif defined(__x86_64__)
PLACED(".percpu.120") unsigned long _cea_offset = 1;
#endif
PLACED(".percpu.200") char cpu_info[64] = { 1 };

PLACED(".data.20a00") void *pcpu_base_addr = (void *)1;
#ifdef OLD
PLACED(".data.20a08") struct list_head *pcpu_slot = (void *)1;
#else
PLACED(".data.20a08") struct list_head *pcpu_chunk_lists = (void *)1;
#endif
PLACED(".data.20a10") struct pcpu_chunk *pcpu_reserved_chunk = (void *)1;
PLACED(".data.20a18") int pcpu_nr_slots = 1;
#if defined(DESCRIPTORS) && DESCRIPTORS < 3006
PLACED(".data.20a20") struct list_head cache_chain = { (void *)1 };
#else
PLACED(".data.20a20") struct list_head slab_caches = { (void *)1 };
#endif
#if defined(OLD) && (!defined(DESCRIPTORS) || DESCRIPTORS == 3006)
PLACED(".data.20a30") int nr_node_ids = 1;
#endif

/* Debug information for the types that no variable has. */
#if DESCRIPTORS == 2611
struct kmem_cache_s unused_cache;
#else
struct kmem_cache unused_cache;
#endif
#ifdef DESCRIPTORS
struct array_cache unused_array;
union irq_stack_union unused_irq_stack;
#elif defined(OLD)
freelist_idx_t unused_index;
struct array_cache unused_array;
struct alien_cache unused_alien;
struct kmem_cache_node unused_cache_node;
union irq_stack_union unused_irq_stack;
#else
#ifdef INFO
struct slab_sheaf unused_sheaf;
struct node_barn unused_barn;
struct slub_percpu_sheaves unused_sheaves;
struct kmem_cache_per_node_ptrs unused_per_node;
#else
struct kmem_cache_cpu unused_cpu_slab;
#endif
struct slab unused_slab;
struct kmem_cache_node unused_cache_node;
struct irq_stack unused_irq_stack;
#endif
struct pcpu_chunk unused_chunk;
#ifdef __x86_64__
struct cpu_entry_area *unused_entry_area;
#endif
