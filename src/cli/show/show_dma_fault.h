/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

struct dma_fault_view;
struct output;

/* Adds fields to a JSON answer: device, driver, domain, access, the bus address and its current
 * mapping, and the neighbouring mappings. */
void show_dma_fault(struct output *output, const struct dma_fault_view *view);
