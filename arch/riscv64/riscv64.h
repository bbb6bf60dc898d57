/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What is known about riscv64 apart from its struct arch. */
#pragma once

#include "dump/registers.h"
#include "kernel/kernel.h"

/* The registers x1 to x31 are CPU_X0 and the following; sp, which is x2, is CPU_SP. */
#define RISCV64_RA CPU_X0 /* the return address */
#define RISCV64_S0 ((enum cpu_register)(CPU_X0 + 7)) /* the frame pointer */
#define RISCV64_S1 ((enum cpu_register)(CPU_X0 + 8))
#define RISCV64_A0 (CPU_X0 + 9)
#define RISCV64_S2 (CPU_X0 + 17)

/* KERNEL_LINK_ADDR, asm/pgtable.h. The image is at or above this address since 5.13 (2bfc6cd81bd1).
 * Before, it is in the linear map. */
#define RISCV64_LINK_ADDRESS UINT64_C(0xffffffff80000000)

/* Finds the linear map. *page_offset gets its first address, and *offset the virtual address minus
 * the physical address of its pages. Returns false if the table has none. */
bool riscv64_linear_map(const struct space *space, uint64_t *page_offset, uint64_t *offset);
