/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* If the command line has swiotlb=force, writes to the disks and does not return. If not, does
 * nothing. */
void bounce_on(const char *const *disks, unsigned int nr);
