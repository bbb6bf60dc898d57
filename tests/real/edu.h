/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdint.h>

/* Lets each edu device of QEMU read memory at the bus address `from`, and then write these bytes to
 * the bus address `to`. Prints the name of the device. Does nothing if the guest has no edu
 * device. */
void edu_copy(uint64_t from, uint64_t to);
