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
