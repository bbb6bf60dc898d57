/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux-common.h"

/*
 * The part of the vmlinux without a kernel that knows areas of vmalloc, modules
 * and slots; vmlinux.c tells of the rest. Members that nobody asks for are left
 * out. As Linux 6.1 has them; -DNODES as 6.9 and later, -DCHAIN 5.4 to 5.10,
 * -DFLAGS before 5.4, with -DCHAIN from 4.7 on, -DVMLIST before 2.6.28.
 */
struct llist_node {
	struct llist_node *next;
};

#if defined(__x86_64__) || defined(PAE)
typedef unsigned long long phys_addr_t;
#else
typedef unsigned long phys_addr_t;
#endif

struct vm_struct {
	struct vm_struct *next;
	void *addr;
	unsigned long size, flags;
	struct page **pages;
	unsigned int nr_pages;
	phys_addr_t phys_addr;
	const void *caller;
};

#ifndef VMLIST
struct vmap_area {
	unsigned long va_start, va_end;
#ifdef FLAGS
	unsigned long flags;
#endif
	struct rb_node rb_node;
	struct list_head list;
#ifdef FLAGS
	struct llist_node purge_list;
	struct vm_struct *vm;
#else
	union {
		unsigned long subtree_max_size;
		struct vm_struct *vm;
#ifdef CHAIN
		struct llist_node purge_list;
#endif
	};
#endif
#ifdef NODES
	unsigned long flags;
#endif
};
#endif

struct rb_list {
	struct rb_root root;
	struct list_head head;
	int lock;
};

struct vmap_node {
	unsigned long nr_purged;
	struct rb_list busy, lazy;
};

#ifdef NODES
enum mod_mem_type {
	MOD_TEXT,
	MOD_DATA,
	MOD_RODATA,
	MOD_RO_AFTER_INIT,
	MOD_INIT_TEXT,
	MOD_INIT_DATA,
	MOD_INIT_RODATA,
	MOD_MEM_NUM_TYPES,
};

struct module_memory {
#ifndef HOSTILE
	void *base;
	unsigned int size;
#endif
};
#else
struct module_layout {
	void *base;
	unsigned int size, text_size, ro_size;
};
#endif

#ifndef OLD
struct mod_kallsyms {
	void *symtab;
	unsigned int num_symtab;
	char *strtab, *typetab;
};
#endif

struct module {
	int state;
	struct list_head list;
	char name[64 - sizeof(long)];
#ifdef NODES
	struct module_memory mem[MOD_MEM_NUM_TYPES];
#elif defined(OLD)
	void *module_init, *module_core;
	unsigned int init_size, core_size, init_text_size, core_text_size;
#else
	struct module_layout core_layout, init_layout;
#endif
#ifndef OLD
	struct mod_kallsyms *kallsyms;
#endif
};

PLACED(".data.2f00") struct list_head modules = { (void *)1, 0 };
#ifdef NODES
PLACED(".data.2f20") struct vmap_node *vmap_nodes = (void *)1;
PLACED(".data.2f28") unsigned int nr_vmap_nodes = 1;
struct vmap_node unused_node;
#elif defined(CHAIN)
PLACED(".data.2f20") struct llist_node vmap_purge_list = { (void *)1 };
#elif defined(VMLIST)
PLACED(".data.2f20") struct vm_struct *vmlist = (void *)1;
#elif !defined(OLD)
PLACED(".data.2f20") struct list_head purge_vmap_area_list = { (void *)1, 0 };
#endif
#ifdef __x86_64__
PLACED(".data.2f40") unsigned long espfix_stack = 1;
#endif

/* Debug information for the types that no variable has. */
#ifndef VMLIST
struct vmap_area unused_area;
#endif
struct vm_struct unused_vm;
struct module unused_module;
#ifndef OLD
struct mod_kallsyms unused_mod_kallsyms;
#endif
#ifdef NODES
enum mod_mem_type unused_mod_mem_type;
#endif
