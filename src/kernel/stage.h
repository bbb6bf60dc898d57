/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The pagings of this kernel's tables for Arm IOMMUs and virtual machines. */
#pragma once

#include "base/error.h"
#include "paging/arm_stage.h"

struct kernel;

/* Returns the paging for tables of this form, borrowed until facts are forgotten. Returns NULL and
 * sets err if there are no such tables. */
const struct paging *kernel_stage(struct kernel *kernel, const struct arm_stage *stage,
				  struct error *err);
