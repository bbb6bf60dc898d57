/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares facts of a kernel with those in the rows of a test. */
#pragma once

#include "kernel/kernel.h"

#include "unit.h"

#define UNKNOWN UINT64_C(0x7777)

static inline uint64_t fact_of(struct kernel *kernel, enum fact_id id)
{
	uint64_t value;

	return kernel_fact(kernel, id, &value) ? value : UNKNOWN;
}

static inline void expect(const char *what, size_t row, uint64_t value, uint64_t wanted)
{
	if (value != wanted)
		fail_msg("%s, row %zu: %llx", what, row, (unsigned long long)value);
}
