/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The regions of the kernel's addresses, which differ between releases of arm64 kernels. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* end is exclusive; the value 0 is the end of all addresses. A span is empty if start == end. */
struct arm64_span {
	uint64_t start, end;
};

struct arm64_layout {
	struct arm64_span linear, kasan, bpf_jit, modules, vmalloc, vmemmap, pci_io;
	/* The fixmap ends at FIXADDR_TOP, and its slots are numbered downwards. The span starts at
	 * the end of the region below, so the slots fill only a part of the span. */
	struct arm64_span fixmap;
	struct arm64_span image; /* in vmalloc; empty if in the linear map, or unknown */
	struct arm64_span unknown; /* layouts differ here, and the right layout is unknown */
};

/* Returns the layout of the kernel. It is computed on the first call, and the pointer is valid
 * until facts are forgotten. Returns NULL if facts are missing. */
const struct arm64_layout *arm64_layout(struct kernel *kernel, struct error *err);
