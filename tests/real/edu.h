/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

/* Has QEMU's device for teaching read memory at one bus address, and then write what it read at
 * another; says of which device that was. Nothing where the guest has none. */
void edu_copy(uint64_t from, uint64_t to);
