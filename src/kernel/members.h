/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of the kernel's structs, each looked up in vmlinux's types when it is
 * first asked for and remembered. Kernels differ: a member that is missing
 * tells which of two layouts this kernel has.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

// clang-format off
#define FOR_EACH_MEMBER(X) \
	X(TASK_TASKS, "task_struct", "tasks") \
	X(TASK_PID, "task_struct", "pid") \
	X(TASK_TGID, "task_struct", "tgid") \
	X(TASK_COMM, "task_struct", "comm") \
	X(TASK_MM, "task_struct", "mm") \
	X(TASK_ACTIVE_MM, "task_struct", "active_mm") \
	X(TASK_SIGNAL, "task_struct", "signal") \
	X(TASK_THREAD_NODE, "task_struct", "thread_node") \
	X(TASK_THREAD_GROUP, "task_struct", "thread_group") \
	X(SIGNAL_THREAD_HEAD, "signal_struct", "thread_head") \
	X(RQ_IDLE, "rq", "idle") \
	X(MM_PGD, "mm_struct", "pgd") \
	X(MM_MT, "mm_struct", "mm_mt") \
	X(MM_MMAP, "mm_struct", "mmap") \
	X(MM_RB_ROOT, "mm_struct", "mm_rb.rb_node") \
	X(MM_START_BRK, "mm_struct", "start_brk") \
	X(MM_BRK, "mm_struct", "brk") \
	X(MM_START_STACK, "mm_struct", "start_stack") \
	X(MM_VDSO, "mm_struct", "context.vdso") \
	X(MM_CONTEXT_FLAGS, "mm_struct", "context.flags") \
	X(MM_IA32_COMPAT, "mm_struct", "context.ia32_compat") \
	X(MAPLE_ROOT, "maple_tree", "ma_root") \
	X(VMA_START, "vm_area_struct", "vm_start") \
	X(VMA_END, "vm_area_struct", "vm_end") \
	X(VMA_NEXT, "vm_area_struct", "vm_next") \
	X(VMA_RB, "vm_area_struct", "vm_rb") \
	X(VMA_RB_LEFT, "vm_area_struct", "vm_rb.rb_left") \
	X(VMA_RB_RIGHT, "vm_area_struct", "vm_rb.rb_right") \
	X(VMA_MM, "vm_area_struct", "vm_mm") \
	X(VMA_FLAGS, "vm_area_struct", "vm_flags") \
	X(VMA_PGOFF, "vm_area_struct", "vm_pgoff") \
	X(VMA_FILE, "vm_area_struct", "vm_file") \
	X(VMA_OPS, "vm_area_struct", "vm_ops") \
	X(VMA_PRIVATE_DATA, "vm_area_struct", "vm_private_data") \
	X(VMA_ANON_NAME, "vm_area_struct", "anon_name") \
	X(ANON_NAME_NAME, "anon_vma_name", "name") \
	X(SPECIAL_MAPPING_NAME, "vm_special_mapping", "name") \
	X(FILE_MNT, "file", "f_path.mnt") \
	X(FILE_DENTRY, "file", "f_path.dentry") \
	X(DENTRY_PARENT, "dentry", "d_parent") \
	X(DENTRY_INODE, "dentry", "d_inode") \
	X(DENTRY_ALIAS, "dentry", "d_u.d_alias") \
	X(DENTRY_ALIAS_OLD, "dentry", "d_alias") \
	X(DENTRY_NAME, "dentry", "d_name.name") \
	X(DENTRY_LENGTH, "dentry", "d_name.len") \
	X(DENTRY_HASH, "dentry", "d_hash") \
	X(DENTRY_OPS, "dentry", "d_op") \
	X(DENTRY_OPS_DNAME, "dentry_operations", "d_dname") \
	X(SPACE_HOST, "address_space", "host") \
	X(INODE_DATA, "inode", "i_data") \
	X(INODE_MAPPING, "inode", "i_mapping") \
	X(INODE_NUMBER, "inode", "i_ino") \
	X(INODE_SB, "inode", "i_sb") \
	X(INODE_DENTRY, "inode", "i_dentry") \
	X(SB_TYPE, "super_block", "s_type") \
	X(SB_ID, "super_block", "s_id") \
	X(FILESYSTEM_NAME, "file_system_type", "name") \
	X(ANON_VMA_ROOT, "anon_vma", "rb_root") \
	X(AVC_VMA, "anon_vma_chain", "vma") \
	X(AVC_RB, "anon_vma_chain", "rb") \
	X(AVC_RB_LEFT, "anon_vma_chain", "rb.rb_left") \
	X(AVC_RB_RIGHT, "anon_vma_chain", "rb.rb_right") \
	X(VFSMOUNT_ROOT, "vfsmount", "mnt_root") \
	X(VFSMOUNT_PARENT, "vfsmount", "mnt_parent") \
	X(VFSMOUNT_MOUNTPOINT, "vfsmount", "mnt_mountpoint") \
	X(MOUNT_MNT, "mount", "mnt") \
	X(MOUNT_PARENT, "mount", "mnt_parent") \
	X(MOUNT_MOUNTPOINT, "mount", "mnt_mountpoint")
// clang-format on

enum member_id {
#define MEMBER_ID(ID, TYPE, NAME) ID,
	FOR_EACH_MEMBER(MEMBER_ID)
#undef MEMBER_ID
	NR_MEMBERS
};

/* Zeroed: not looked for yet. */
struct member {
	bool tried, known;
	uint32_t offset; /* bytes */
	uint32_t size;
};

/* Valid as long as the kernel. NULL: there is no such member, or nothing tells
 * it; err says which type is missing. */
const struct member *kernel_member(struct kernel *kernel, enum member_id id,
				   struct error *err);

/* The number or pointer (1, 2, 4 or 8 bytes) that is a member of the struct at
 * that virtual address. */
bool kernel_read_member(struct kernel *kernel, uint64_t address,
			enum member_id id, uint64_t *value, struct error *err);
