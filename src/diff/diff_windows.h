/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Ranges of addresses of two dumps that correspond to each other. */
#pragma once

#include "areas/region.h"
#include "diff/pair.h"

/* An address of one dump corresponds to that of the other at the same distance from
 * first. */
struct window {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* inclusive */
	const char *region; /* static name; NULL: several */
	char module[64];    /* printable; "": none */
	const char *part;   /* of the module: static; without one of the region, or NULL */
};

struct windows {
	struct window *window; /* owned */
	size_t nr, room;
	bool all; /* one window: the kernel's half */
};

/* Of the kernels' halves. In dumps of one boot, or of what may be one, that is all of it;
 * in those of two boots, the regions whose content a boot puts at the same place of them,
 * and the parts of modules that both have. Fails where nothing corresponds. */
bool windows_find(struct windows *windows, const struct pair *pair,
		  struct error *err);
void windows_release(struct windows *windows);
