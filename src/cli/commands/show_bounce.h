/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "devices/bounce.h"
#include "output/writer.h"

/* Shows the slot of a pool that contains an address: the slot, whether it is in use, and the
 * address of the original data. */
static inline void show_bounce(struct output *output, const struct bounce_copy *copy)
{
	output_count(output, "slot", copy->slot.nr);
	output_boolean(output, "used", copy->slot.used);
	output_hex_if(output, "original", copy->has_original, copy->original);
}
