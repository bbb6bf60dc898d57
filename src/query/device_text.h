/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How devices use memory, as text. It is appended to the content of text. */
#pragma once

#include <stddef.h>

struct whatis;

/* ", BAR 0 of 0000:00:02.0 (nvme) +0x10"; ", bounce buffer slot 7 of 1c00200"; or nothing. */
void device_text(const struct whatis *whatis, char *text, size_t size);

/* For WHATIS_DMA_FAULT and WHATIS_IO_MAPPING: the text of dma_fault_text(), and the owner of the
 * memory there. */
void access_text(const struct whatis *whatis, char *text, size_t size);
