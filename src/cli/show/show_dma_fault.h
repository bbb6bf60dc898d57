/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

struct dma_fault_view;
struct output;

/* Fields of JSON: device, driver, domain, access, the bus address and what it is mapped to
 * now, the neighbouring mappings. */
void show_dma_fault(struct output *output, const struct dma_fault_view *view);
