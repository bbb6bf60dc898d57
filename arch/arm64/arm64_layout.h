/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The layout of the kernel's address space, which differs between releases of arm64 kernels. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* A range of addresses. `end` is exclusive; an end of 0 means the end of all addresses. A span is
 * empty if start is equal to end. */
struct arm64_span {
	uint64_t start, end;
};

struct arm64_layout {
	struct arm64_span linear, kasan, bpf_jit, modules, vmalloc, vmemmap, pci_io;
	/* This span is larger than the fixmap. It ends at FIXADDR_TOP, from which slots are
	 * numbered downwards, and starts at the end of the region below. */
	struct arm64_span fixmap;
	/* Part of vmalloc; empty if the image is in the linear map, or is unknown. */
	struct arm64_span image;
	/* Layouts differ in this range, and it is unknown which layout is right. */
	struct arm64_span unknown;
};

/* Returns the layout of the kernel, or NULL if facts are missing. The first call computes the
 * layout. The pointer is valid until facts are forgotten. */
const struct arm64_layout *arm64_layout(struct kernel *kernel, struct error *err);
