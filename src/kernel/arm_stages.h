/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The paging modes of the page tables of Arm IOMMUs and virtual machines. */
#pragma once

#include "base/error.h"
#include "paging/arm_stage.h"

struct kernel;

/* Returns the paging mode for tables of this stage, which is borrowed until facts are forgotten. If
 * such tables cannot exist, returns NULL and sets *err. */
const struct paging *kernel_arm_stage(struct kernel *kernel, const struct arm_stage *stage,
				      struct error *err);
