/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Does not return where the command line has swiotlb=force. */
void bounce_on(const char *const *disks, unsigned int nr);
