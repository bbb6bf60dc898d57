/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Texts about devices and memory. Each function appends to the string in the array `text`. size:
 * size of the array in bytes. */
#pragma once

#include <stddef.h>

struct whatis;

/* Appends a text such as ", BAR 0 of 0000:00:02.0 (nvme) +0x10" or ", bounce buffer slot 7 of
 * 1c00200". Appends nothing if the memory belongs to no device. */
void device_text(const struct whatis *whatis, char *text, size_t size);

/* For WHATIS_DMA_FAULT and WHATIS_IO_MAPPING: appends the text of dma_fault_text(), and the owner
 * of the memory. */
void access_text(const struct whatis *whatis, char *text, size_t size);
