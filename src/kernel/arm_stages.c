/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/arm_stages.h"

#include "kernel/kernel.h"
#include "kernel/state.h"

/* The most paging modes that are kept. A machine needs a few: one for each kind of IOMMU, and one
 * for each size of memory of a virtual machine. */
enum { MOST_STAGES = 64 };

struct kernel_stages {
	size_t nr;
	struct arm_stage stage[MOST_STAGES];
	struct paging paging[MOST_STAGES];
};

static const struct state_type state_stages = { .size = sizeof(struct kernel_stages) };

static bool is_same(const struct arm_stage *one, const struct arm_stage *other)
{
	return one->second == other->second && one->page_shift == other->page_shift &&
	       one->bits == other->bits && one->levels == other->levels &&
	       one->long_address == other->long_address;
}

const struct paging *kernel_arm_stage(struct kernel *kernel, const struct arm_stage *stage,
				      struct error *err)
{
	struct kernel_stages *stages = kernel_state(kernel, &state_stages);

	if (!stages)
		return out_of_memory(err), NULL;
	for (size_t i = 0; i < stages->nr; i++)
		if (is_same(&stages->stage[i], stage))
			return &stages->paging[i];
	if (stages->nr == MOST_STAGES) {
		fail(err, ERROR_FORMAT, "there are more kinds of tables than machines have");
		return NULL;
	}
	if (!arm_stage_make(stage, &stages->paging[stages->nr])) {
		fail(err, ERROR_FORMAT, "there are no tables with %u address bits and %u levels",
		     stage->bits, stage->levels);
		return NULL;
	}
	stages->stage[stages->nr] = *stage;
	return &stages->paging[stages->nr++];
}
