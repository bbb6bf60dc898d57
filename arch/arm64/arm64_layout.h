/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's half of the addresses, as each era of arm64 kernels divides it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* end is exclusive; 0: the end of all addresses. A span is empty if start == end. */
struct arm64_span {
	uint64_t start, end;
};

struct arm64_layout {
	struct arm64_span linear, kasan, bpf_jit, modules, vmalloc, vmemmap, pci_io;
	/* from the region below to FIXADDR_TOP: slots go down from there, and fill only a part */
	struct arm64_span fixmap;
	struct arm64_span image; /* in vmalloc; empty: it is in the linear map, or unknown */
	struct arm64_span unknown; /* layouts differ here, and which one applies is unknown */
};

/* Learnt on the first call, valid until facts are forgotten. NULL: facts are missing. */
const struct arm64_layout *arm64_layout(struct kernel *kernel, struct error *err);
