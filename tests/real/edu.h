/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

/* Has QEMU's device for teaching read, and then write, memory at a bus address that nobody
 * mapped. Nothing where the guest has none. */
void edu_access(uint64_t bus);
