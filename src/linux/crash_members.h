/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Members of the kernel's structs that the files in linux/vma, query and check read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_CRASH(X) \
	X(CACHE_CONSTRUCTOR, "kmem_cache", "ctor", .older = { { "kmem_cache_s", "ctor" } }) /* 2.6.11 */ \
	X(MM_NOTIFIERS, "mm_struct", "notifier_subscriptions") \
	X(MM_NOTIFIERS_OLD, "mm_struct", "mmu_notifier_mm") \
	X(DENTRY_INODE, "dentry", "d_inode") \
	X(DENTRY_SB, "dentry", "d_sb") \
	X(DENTRY_SEQUENCE, "dentry", "d_seq.seqcount.sequence", .older = { { "dentry", "d_seq.sequence" } }) /* before 5.10 */ \
	X(DENTRY_OPS_REAL, "dentry_operations", "d_real", .older = { { "dentry_operations", "d_select_inode" } }) /* 4.2 to 4.7 */ \
	X(DENTRY_FLAGS, "dentry", "d_flags") \
	X(DENTRY_NAME_HASH, "dentry", "d_name.hash") \
	X(DENTRY_OWN_NAME, "dentry", "d_iname", .older = { { "dentry", "d_shortname" } }) /* d_shortname since 6.13 */ \
	X(MM_EXE_FILE, "mm_struct", "exe_file") \
	X(VFSMOUNT_SB, "vfsmount", "mnt_sb") \
	X(FILE_MODE, "file", "f_mode") \
	X(INODE_DEVICE, "inode", "i_rdev") \
	X(INODE_OPERATIONS, "inode", "i_fop") \
	X(DENTRY_ALIAS, "dentry", "d_u.d_alias") \
	X(DENTRY_ALIAS_OLD, "dentry", "d_alias") \
	X(SPACE_HOST, "address_space", "host") \
	X(INODE_DATA, "inode", "i_data") \
	X(INODE_MAPPING, "inode", "i_mapping") \
	X(INODE_NUMBER, "inode", "i_ino") \
	X(INODE_SB, "inode", "i_sb") \
	X(INODE_DENTRY, "inode", "i_dentry") \
	X(SB_TYPE, "super_block", "s_type") \
	X(SB_ID, "super_block", "s_id") \
	X(SB_LIST, "super_block", "s_list") \
	X(SB_FROZEN, "super_block", "s_writers.frozen") \
	X(FILESYSTEM_NAME, "file_system_type", "name") \
	X(ANON_VMA_ROOT, "anon_vma", "rb_root") \
	X(AVC_VMA, "anon_vma_chain", "vma") \
	X(AVC_RB, "anon_vma_chain", "rb") \
	X(CMA_BASE, "cma", "base_pfn") \
	X(CMA_COUNT, "cma", "count") \
	X(CMA_RANGES, "cma", "ranges") \
	X(CMA_RANGE_BASE, "cma_memrange", "base_pfn") \
	X(CMA_RANGE_COUNT, "cma_memrange", "count")
// clang-format on

MEMBER_IDS(CRASH);
