/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

struct dma_fault_view;
struct output;

/* Adds fields to a JSON answer: the device, its driver and domain, the access, the bus address and
 * its current mapping, and the mappings below and above that address. */
void show_dma_fault(struct output *output, const struct dma_fault_view *view);
