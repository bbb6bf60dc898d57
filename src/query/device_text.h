/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Texts about devices and memory. They are appended to text. */
#pragma once

#include <stddef.h>

struct whatis;

/* Appends ", BAR 0 of 0000:00:02.0 (nvme) +0x10" or ", bounce buffer slot 7 of 1c00200", or
 * nothing. */
void device_text(const struct whatis *whatis, char *text, size_t size);

/* For WHATIS_DMA_FAULT and WHATIS_IO_MAPPING: appends the text of dma_fault_text(), and the owner
 * of the memory. */
void access_text(const struct whatis *whatis, char *text, size_t size);
