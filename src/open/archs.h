/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The list of architectures. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernel/arch.h"
#include "kernel/facts.h"

// clang-format off
#define FOR_EACH_ARCH(X) X(i386) X(x86_64) X(arm64) X(riscv64)
// clang-format on

#define DECLARE_ARCH(NAME) extern const struct arch arch_##NAME;
FOR_EACH_ARCH(DECLARE_ARCH)
#undef DECLARE_ARCH

/* All architectures, NULL-terminated. */
extern const struct arch *const archs[];

/* Returns the architecture with this e_machine of ELF, or NULL if it is not supported. */
static inline const struct arch *arch_find(uint16_t machine)
{
	for (size_t i = 0; archs[i]; i++)
		if (archs[i]->machine == machine)
			return archs[i];
	return NULL;
}

/* Returns the architecture to which the paging mode belongs. */
const struct arch *arch_of_mode(enum kernel_mode mode);
