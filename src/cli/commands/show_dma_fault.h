/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

struct dma_fault_view;
struct output;

/* Adds fields to a JSON answer: the device, its driver and its domain, the access, the bus address,
 * the current mapping of the bus address, and the next mappings below and above it. */
void show_dma_fault(struct output *output, const struct dma_fault_view *view);
