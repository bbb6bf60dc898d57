/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The members that files of this folder read. */
#pragma once

#include "kernel/member.h"

// clang-format off
#define MEMBERS_OF_KERNEL(X) \
	X(PDA_OFFSET, "x8664_pda", "data_offset") \
	X(PDA_CPU, "x8664_pda", "cpunumber") \
	X(RB_LEFT, "rb_node", "rb_left") \
	X(RB_RIGHT, "rb_node", "rb_right") \
	X(RB_ROOT, "rb_root", "rb_node") \
	X(MAPLE_ROOT, "maple_tree", "ma_root") \
	X(XARRAY_HEAD, "xarray", "xa_head") \
	X(XARRAY_SHIFT, "xa_node", "shift") \
	X(XARRAY_PARENT, "xa_node", "parent") \
	X(XARRAY_SLOTS, "xa_node", "slots") \
	X(XARRAY_MARKS, "xa_node", "marks") \
	X(RADIX_ROOT, "radix_tree_root", "rnode") \
	X(RADIX_HEIGHT, "radix_tree_root", "height") /* until 4.6 */ \
	X(RADIX_SHIFT, "radix_tree_node", "shift") /* since 4.7 (c12e51b07b3a) */ \
	X(RADIX_PARENT, "radix_tree_node", "parent") /* since 3.5 (e2bdb933ab8b) */ \
	X(RADIX_SLOTS, "radix_tree_node", "slots")
// clang-format on
MEMBER_IDS(KERNEL);
