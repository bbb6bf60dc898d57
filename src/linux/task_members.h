/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in linux/task, linux/vma, linux/unwind,
 * linux/crash and in the rooms above them read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_TASK(X) \
	X(TASK_TASKS, "task_struct", "tasks") \
	X(TASK_PID, "task_struct", "pid") \
	X(TASK_TGID, "task_struct", "tgid") \
	X(TASK_COMM, "task_struct", "comm") \
	X(TASK_MM, "task_struct", "mm") \
	X(TASK_ACTIVE_MM, "task_struct", "active_mm") \
	X(TASK_SIGNAL, "task_struct", "signal") \
	X(TASK_THREAD_NODE, "task_struct", "thread_node") \
	X(TASK_THREAD_GROUP, "task_struct", "thread_group") \
	X(TASK_PIDS, "task_struct", "pids") \
	X(TASK_THREAD_PID, "task_struct", "thread_pid") /* since 4.19 */ \
	X(TASK_LEADER, "task_struct", "group_leader") \
	X(TASK_FLAGS, "task_struct", "flags") \
	X(TASK_CHILDREN, "task_struct", "children") \
	X(TASK_SIBLING, "task_struct", "sibling") \
	X(TASK_STACK_AREA, "task_struct", "stack_vm_area") /* since 4.9, with VMAP_STACK */ \
	X(PID_NUMBERS, "pid", "numbers") /* since 2.6.24 */ \
	X(PID_LINK_PID, "pid_link", "pid") /* before 4.19 */ \
	X(PID_LIST, "pid", "pid_list") \
	X(SIGNAL_THREAD_HEAD, "signal_struct", "thread_head") \
	X(SIGNAL_OOM_SCORE_ADJ, "signal_struct", "oom_score_adj") /* since 2.6.36 */ \
	X(TASK_STACK, "task_struct", "stack") \
	X(TASK_REAL_CRED, "task_struct", "real_cred") /* since 2.6.29 */ \
	X(CRED_UID, "cred", "uid") \
	X(TASK_NSPROXY, "task_struct", "nsproxy") \
	X(NSPROXY_MOUNTS, "nsproxy", "mnt_ns") \
	X(NAMESPACE_ROOT, "mnt_namespace", "root") \
	X(TASK_FILES, "task_struct", "files") \
	X(FILES_TABLE, "files_struct", "fdt") /* since 2.6.14 */ \
	X(TABLE_MOST, "fdtable", "max_fds") \
	X(TABLE_FILES, "fdtable", "fd") \
	X(TABLE_OPEN, "fdtable", "open_fds") \
	X(TABLE_FULL, "fdtable", "full_fds_bits") /* since 4.4 */ \
	X(FILES_OWN_TABLE, "files_struct", "fdtab") \
	X(FILES_ARRAY, "files_struct", "fd_array") \
	X(TASK_STATE, "task_struct", "__state") \
	X(TASK_OLD_STATE, "task_struct", "state") \
	X(TASK_EXIT_STATE, "task_struct", "exit_state") \
	X(TASK_ON_CPU, "task_struct", "on_cpu") \
	X(TASK_LAST_ARRIVAL, "task_struct", "sched_info.last_arrival") /* if SCHED_INFO */ \
	X(TASK_POLICY, "task_struct", "policy") \
	X(TASK_UTIME, "task_struct", "utime") \
	X(TASK_STIME, "task_struct", "stime") \
	X(TASK_PARENT, "task_struct", "real_parent") \
	X(TASK_START_TIME, "task_struct", "start_time") \
	X(TASK_INFO, "task_struct", "thread_info") \
	X(TASK_INFO_CPU, "task_struct", "thread_info.cpu") \
	X(TASK_CPU, "task_struct", "cpu") \
	X(INFO_CPU, "thread_info", "cpu") \
	X(TASK_RSS_COUNT, "task_struct", "rss_stat.count") \
	X(RQ_IDLE, "rq", "idle", .older = { { "runqueue", "idle" } }) /* before 2.6.18 */ \
	X(RQ_CURR, "rq", "curr", .older = { { "runqueue", "curr" } }) /* before 2.6.18 */ \
	X(RQ_CLOCK, "rq", "clock") /* since 2.6.23 */ \
	X(MM_PGD, "mm_struct", "pgd") \
	X(MM_LOCK, "mm_struct", "mmap_lock", .older = { { "mm_struct", "mmap_sem" } }) /* before 5.8 (da1c55f1b272) */ \
	X(MM_MAP_COUNT, "mm_struct", "map_count") \
	X(MM_PGTABLES_BYTES, "mm_struct", "pgtables_bytes") \
	X(MM_TOTAL_VM, "mm_struct", "total_vm") \
	X(MM_RSS, "mm_struct", "rss_stat") \
	X(MM_RSS_COUNT, "mm_struct", "rss_stat.count") \
	X(MM_MT, "mm_struct", "mm_mt") \
	X(MM_MMAP, "mm_struct", "mmap") \
	X(MM_RB_ROOT, "mm_struct", "mm_rb.rb_node") \
	X(MM_START_BRK, "mm_struct", "start_brk") \
	X(MM_BRK, "mm_struct", "brk") \
	X(MM_START_STACK, "mm_struct", "start_stack") \
	X(MM_ARG_START, "mm_struct", "arg_start") \
	X(MM_ARG_END, "mm_struct", "arg_end") \
	X(MM_ENV_START, "mm_struct", "env_start") \
	X(MM_ENV_END, "mm_struct", "env_end") \
	X(MM_VDSO, "mm_struct", "context.vdso") \
	X(MM_CONTEXT_FLAGS, "mm_struct", "context.flags") \
	X(MM_IA32_COMPAT, "mm_struct", "context.ia32_compat") \
	X(VMA_START, "vm_area_struct", "vm_start") \
	X(VMA_END, "vm_area_struct", "vm_end") \
	X(VMA_NEXT, "vm_area_struct", "vm_next") \
	X(VMA_RB, "vm_area_struct", "vm_rb") \
	X(VMA_MM, "vm_area_struct", "vm_mm") \
	X(VMA_FLAGS, "vm_area_struct", "vm_flags") \
	X(VMA_PGOFF, "vm_area_struct", "vm_pgoff") \
	X(VMA_FILE, "vm_area_struct", "vm_file") \
	X(VMA_OPS, "vm_area_struct", "vm_ops") \
	X(VMA_PROT, "vm_area_struct", "vm_page_prot") \
	X(VMA_PRIVATE_DATA, "vm_area_struct", "vm_private_data") \
	X(VMA_ANON_NAME, "vm_area_struct", "anon_name") \
	X(ANON_NAME_NAME, "anon_vma_name", "name") \
	X(SPECIAL_MAPPING_NAME, "vm_special_mapping", "name") \
	X(FILE_MNT, "file", "f_path.mnt", .older = { { "file", "f_vfsmnt" } }) /* before 2.6.20 (0f7fc9e4d039) */ \
	X(FILE_DENTRY, "file", "f_path.dentry", .older = { { "file", "f_dentry" } }) /* before 2.6.20 (0f7fc9e4d039) */ \
	X(DENTRY_PARENT, "dentry", "d_parent") \
	X(DENTRY_NAME, "dentry", "d_name.name") \
	X(DENTRY_LENGTH, "dentry", "d_name.len") \
	X(DENTRY_HASH, "dentry", "d_hash") \
	X(DENTRY_OPS, "dentry", "d_op") \
	X(DENTRY_OPS_DNAME, "dentry_operations", "d_dname") \
	X(FILE_POSITION, "file", "f_pos") \
	X(FILE_INODE, "file", "f_inode") /* since 3.9 */ \
	X(FILE_COUNT, "file", "f_count") /* until 6.12 */ \
	X(FILE_REF, "file", "f_ref") /* since 6.13 (90ee6ed776c0) */ \
	X(INODE_MODE, "inode", "i_mode") \
	X(INODE_SIZE, "inode", "i_size") \
	X(SWAP_FILE, "swap_info_struct", "swap_file") \
	X(SWAP_STATE, "swap_info_struct", "flags") \
	X(SWAP_PRIORITY, "swap_info_struct", "prio") \
	X(SWAP_PAGES, "swap_info_struct", "pages") \
	X(SWAP_USED, "swap_info_struct", "inuse_pages") \
	X(ZSWAP_SLOT, "zswap_entry", "swpentry.val", .older = { { "zswap_entry", "offset" } }) /* before 6.5 */ \
	X(ZSWAP_NODE, "zswap_entry", "rbnode") /* until 6.8 */ \
	X(ZSWAP_ROOT, "zswap_tree", "rbroot.rb_node") \
	X(VFSMOUNT_ROOT, "vfsmount", "mnt_root") \
	X(VFSMOUNT_PARENT, "vfsmount", "mnt_parent") \
	X(VFSMOUNT_MOUNTPOINT, "vfsmount", "mnt_mountpoint") \
	X(MOUNT_MNT, "mount", "mnt") \
	X(MOUNT_PARENT, "mount", "mnt_parent") \
	X(MOUNT_MOUNTPOINT, "mount", "mnt_mountpoint") \
	X(MOUNT_MOUNTS, "mount", "mnt_mounts", .older = { { "vfsmount", "mnt_mounts" } }) /* before 3.3 (7d6fec45a5131) */ \
	X(MOUNT_CHILD, "mount", "mnt_child", .older = { { "vfsmount", "mnt_child" } }) /* before 3.3 (7d6fec45a5131) */ \
	X(HWERR_COUNT, "hwerr_info", "count") /* since 6.18 */ \
	X(HWERR_TIME, "hwerr_info", "timestamp")
// clang-format on

MEMBER_IDS(TASK);
