/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The pagings of Arm's IOMMUs and virtual machines that a kernel's tables have. */
#pragma once

#include "base/error.h"
#include "paging/arm_stage.h"

struct kernel;

/* Borrowed until facts are forgotten. NULL with err: there are no such tables. */
const struct paging *kernel_stage(struct kernel *kernel, const struct arm_stage *stage,
				  struct error *err);
