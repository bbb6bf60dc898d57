/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several answers tell of the kernel: fields of the open answer. */
#pragma once

#include "frames/zone.h"
#include "kernel/kernel.h"
#include "output/output.h"

/* Its release, and the vmlinux with how that matches; what is not known is left out. */
void show_identity(struct output *output, const struct kernel *kernel);

/* A zone's name, its physical range, end being its last byte, and the numbers of its frames. */
void show_zone(struct output *output, const struct zone *zone);
