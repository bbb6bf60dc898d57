/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in linux and in linux/module read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_LINUX(X) \
	X(COUNTER_COUNT, "percpu_counter", "count") \
	X(COUNTER_COUNTERS, "percpu_counter", "counters") \
	X(CHUNK_LIST, "pcpu_chunk", "list") \
	X(CHUNK_BASE, "pcpu_chunk", "base_addr") \
	X(CHUNK_PAGES, "pcpu_chunk", "nr_pages") \
	X(CHUNK_START_OFFSET, "pcpu_chunk", "start_offset") \
	X(CHUNK_END_OFFSET, "pcpu_chunk", "end_offset") \
	X(VMAP_START, "vmap_area", "va_start") \
	X(VMAP_END, "vmap_area", "va_end") \
	X(VMAP_FLAGS, "vmap_area", "flags") \
	X(VMAP_LIST, "vmap_area", "list") \
	X(VMAP_VM, "vmap_area", "vm") \
	X(VMAP_PRIVATE, "vmap_area", "private") \
	X(VMAP_SUBTREE_MAX_SIZE, "vmap_area", "subtree_max_size") \
	X(VMAP_PURGE_LIST, "vmap_area", "purge_list") \
	X(VMAP_NODE_BUSY, "vmap_node", "busy.head") \
	X(VMAP_NODE_BUSY_LOCK, "vmap_node", "busy.lock") \
	X(VMAP_NODE_LAZY, "vmap_node", "lazy.head") \
	X(VMAP_NODE_LAZY_LOCK, "vmap_node", "lazy.lock") \
	X(VM_NEXT, "vm_struct", "next") \
	X(VM_ADDR, "vm_struct", "addr") \
	X(VM_SIZE, "vm_struct", "size") \
	X(VM_FLAGS, "vm_struct", "flags") \
	X(VM_PAGES, "vm_struct", "pages") \
	X(VM_NR_PAGES, "vm_struct", "nr_pages") \
	X(VM_PHYS_ADDR, "vm_struct", "phys_addr") \
	X(VM_CALLER, "vm_struct", "caller") \
	X(MODULE_LIST, "module", "list") \
	X(MODULE_NAME, "module", "name") \
	X(MODULE_OBJECT_NAME, "module", "mkobj.kobj.name") \
	X(MODULE_TAINTS, "module", "taints") \
	X(MODULE_KALLSYMS, "module", "kallsyms") \
	X(MODULE_SYMBOLS, "mod_kallsyms", "symtab") \
	X(MODULE_NR_SYMBOLS, "mod_kallsyms", "num_symtab") \
	X(MODULE_STRINGS, "mod_kallsyms", "strtab") \
	X(MODULE_SYMBOL_TYPES, "mod_kallsyms", "typetab") \
	X(MODULE_MEM, "module", "mem") \
	X(MODULE_MEMORY_BASE, "module_memory", "base") \
	X(MODULE_MEMORY_SIZE, "module_memory", "size") \
	X(MODULE_CORE_BASE, "module", "core_layout.base") \
	X(MODULE_CORE_SIZE, "module", "core_layout.size") \
	X(MODULE_CORE_TEXT_SIZE, "module", "core_layout.text_size") \
	X(MODULE_CORE_RO_SIZE, "module", "core_layout.ro_size") \
	X(MODULE_INIT_BASE, "module", "init_layout.base") \
	X(MODULE_INIT_SIZE, "module", "init_layout.size") \
	X(MODULE_INIT_TEXT_SIZE, "module", "init_layout.text_size") \
	X(MODULE_INIT_RO_SIZE, "module", "init_layout.ro_size") \
	X(MODULE_OLD_CORE, "module", "module_core") \
	X(MODULE_OLD_CORE_SIZE, "module", "core_size") \
	X(MODULE_OLD_CORE_TEXT_SIZE, "module", "core_text_size") \
	X(MODULE_OLD_CORE_RO_SIZE, "module", "core_ro_size") \
	X(MODULE_OLD_INIT, "module", "module_init") \
	X(MODULE_OLD_INIT_SIZE, "module", "init_size") \
	X(MODULE_OLD_INIT_TEXT_SIZE, "module", "init_text_size") \
	X(MODULE_OLD_INIT_RO_SIZE, "module", "init_ro_size") \
	X(KSYM_START, "bpf_ksym", "start") \
	X(KSYM_END, "bpf_ksym", "end") \
	X(KSYM_NAME, "bpf_ksym", "name") \
	X(KSYM_LINK, "bpf_ksym", "lnode") \
	X(FTRACE_LINK, "ftrace_ops", "list") \
	X(FTRACE_TRAMPOLINE, "ftrace_ops", "trampoline") \
	X(FTRACE_TRAMPOLINE_SIZE, "ftrace_ops", "trampoline_size") \
	X(KPROBE_PAGES, "kprobe_insn_cache", "pages") \
	X(KPROBE_PAGE_LINK, "kprobe_insn_page", "list") \
	X(KPROBE_PAGE_CODE, "kprobe_insn_page", "insns")
// clang-format on

MEMBER_IDS(LINUX);
