/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The types of well-known variables. BTF has the types of per-CPU variables only, unless the kernel was
 * built with pahole 1.28 or later and an option. The types of these variables have been the same since
 * 2.6, or there is a row for each type. */
#pragma once

/* The first type of a name that exists in the dump's kernel, and is not larger than the variable, is
 * its type. */
#define FOR_EACH_KNOWN_VARIABLE(X)                                                                 \
	X("init_task", "struct task_struct")                                                       \
	X("init_mm", "struct mm_struct")                                                           \
	X("init_cred", "struct cred")                                                              \
	X("init_fs", "struct fs_struct")                                                           \
	X("init_files", "struct files_struct")                                                     \
	X("init_signals", "struct signal_struct")                                                  \
	X("init_sighand", "struct sighand_struct")                                                 \
	X("init_nsproxy", "struct nsproxy")                                                        \
	X("init_net", "struct net")                                                                \
	X("init_pid_ns", "struct pid_namespace")                                                   \
	X("init_user_ns", "struct user_namespace")                                                 \
	X("init_uts_ns", "struct uts_namespace")                                                   \
	X("init_ipc_ns", "struct ipc_namespace")                                                   \
	X("init_cgroup_ns", "struct cgroup_namespace")                                             \
	X("init_css_set", "struct css_set")                                                        \
	X("init_struct_pid", "struct pid")                                                         \
	X("root_task_group", "struct task_group")                                                  \
	X("root_mem_cgroup", "struct mem_cgroup *")                                                \
	X("cgrp_dfl_root", "struct cgroup_root")                                                   \
	X("cgroup_roots", "struct list_head")                                                      \
	X("jiffies", "unsigned long")                                                              \
	X("jiffies_64", "u64")                                                                     \
	X("max_pfn", "unsigned long")                                                              \
	X("max_low_pfn", "unsigned long")                                                          \
	X("min_low_pfn", "unsigned long")                                                          \
	X("high_memory", "void *")                                                                 \
	X("mem_map", "struct page *")                                                              \
	X("totalreserve_pages", "unsigned long")                                                   \
	X("_totalram_pages", "atomic_long_t")                                                      \
	X("tainted_mask", "unsigned long")                                                         \
	X("panic_cpu", "atomic_t")                                                                 \
	X("panic_timeout", "int")                                                                  \
	X("panic_on_oops", "int")                                                                  \
	X("oops_in_progress", "int")                                                               \
	X("nr_cpu_ids", "unsigned int")                                                            \
	X("nr_threads", "int")                                                                     \
	X("total_forks", "unsigned long")                                                          \
	X("system_state", "enum system_states")                                                    \
	X("saved_command_line", "char *")                                                          \
	X("boot_cpu_data", "struct cpuinfo_x86")                                                   \
	X("__cpu_possible_mask", "struct cpumask")                                                 \
	X("__cpu_online_mask", "struct cpumask")                                                   \
	X("__cpu_present_mask", "struct cpumask")                                                  \
	X("__cpu_active_mask", "struct cpumask")                                                   \
	X("modules", "struct list_head")                                                           \
	X("super_blocks", "struct list_head")                                                      \
	X("file_systems", "struct file_system_type *")                                             \
	X("inode_hashtable", "struct hlist_head *")                                                \
	X("dentry_hashtable", "struct hlist_bl_head *")                                            \
	X("mount_hashtable", "struct hlist_head *")                                                \
	X("slab_caches", "struct list_head")                                                       \
	X("vmap_area_list", "struct list_head")                                                    \
	X("vmap_area_root", "struct rb_root")                                                      \
	X("iomem_resource", "struct resource")                                                     \
	X("ioport_resource", "struct resource")                                                    \
	X("workqueues", "struct list_head")                                                        \
	X("bdi_list", "struct list_head")                                                          \
	X("devices_kset", "struct kset *")                                                         \
	X("bus_kset", "struct kset *")                                                             \
	X("class_kset", "struct kset *")                                                           \
	X("pci_root_buses", "struct list_head")                                                    \
	X("net_namespace_list", "struct list_head")                                                \
	X("tcp_hashinfo", "struct inet_hashinfo")                                                  \
	X("proto_list", "struct list_head")                                                        \
	X("tty_drivers", "struct list_head")                                                       \
	X("console_list", "struct hlist_head")                                                     \
	X("console_drivers", "struct console *")                                                   \
	X("prb", "struct printk_ringbuffer *")                                                     \
	X("log_buf", "char *")                                                                     \
	X("log_buf_len", "u32")                                                                    \
	X("clocksource_list", "struct list_head")                                                  \
	X("curr_clocksource", "struct clocksource *")                                              \
	X("crypto_alg_list", "struct list_head")                                                   \
	X("runqueues", "struct rq")                                                                \
	X("hrtimer_bases", "struct hrtimer_cpu_base")                                              \
	X("worker_pool_idr", "struct idr")                                                         \
	X("sparse_irqs", "struct maple_tree")                                                      \
	X("irq_desc_tree", "struct radix_tree_root")                                               \
	X("irq_desc_tree", "struct xarray") /* since 4.20 (f8d5d0cc145c) */
