/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A kernel that a search of memory found, for the command kernels. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/facts.h"

enum found_kind {
	FOUND_KERNEL, /* its page table maps the table itself and its banner */
	FOUND_LOADED, /* an image in the memory that crashkernel= reserves, which has not run */
	FOUND_TEXT, /* a banner without a page table: a copy of a file or log, or remains */
};

/* What was verified, a set of bits. PROVED_TABLE: all kernels of kind FOUND_KERNEL have it. */
enum {
	PROVED_TABLE = 1 << 0, /* the table maps itself, linux_banner and the direct map */
	PROVED_NOTE = 1 << 1, /* VMCOREINFO names this table, and the release of init_uts_ns */
	PROVED_TASK = 1 << 2, /* the symbol init_task is a task whose comm is swapper */
	PROVED_CPU = 1 << 3, /* a CPU uses page tables of this kernel */
	PROVED_IMAGE =
		1 << 4, /* a boot image that could be unpacked, or an Image with its header */
};

/* The facts of a found kernel, in the order in which kernels shows them. */
// clang-format off
enum { NR_FOUND_FACTS = 7 };
#define FOUND_FACTS                                                                                \
	{ FACT_MODE, FACT_LEVELS, FACT_ROOT, FACT_SWAPPER_PG_DIR, FACT_PHYS_BASE,                  \
	  FACT_KASLR_OFFSET, FACT_KIMAGE_VOFFSET }
// clang-format on

struct found_kernel {
	enum found_kind kind;
	/* The number for option --kernel. 0: the option cannot open it. */
	unsigned int number;
	bool opened; /* it is the kernel about which all commands answer */
	char release[128]; /* "" if unknown */
	char banner[256]; /* one line, cut off if it is longer; "" if unknown */
	bool has_physical;
	uint64_t physical; /* of the banner, or, if the image is packed, of the payload */
	unsigned int proved;
	bool doubtful; /* several tables of this image could be the kernel's own */

	/* FOUND_KERNEL: */
	bool has_fact[NR_FOUND_FACTS];
	uint64_t fact[NR_FOUND_FACTS];
	uint64_t note; /* physical address of its VMCOREINFO; 0: none was found */
	bool has_cpus; /* the dump has registers of CPUs */
	unsigned int nr_cpus; /* CPUs of the dump that use its page tables */
	bool knows_captures; /* its elfcorehdr_addr could be read */
	bool captures; /* it is a capture kernel, because it knows an elfcorehdr */
	bool has_reserved;
	uint64_t reserved_first, reserved_last; /* what it reserved for a capture kernel */
	/* The virtual machine to whose memory all addresses belong; 0: none. */
	uint64_t guest;
	int32_t guest_pid;

	/* FOUND_LOADED: */
	const char *packed; /* a static text: how the image is compressed; NULL: it is not */

	/* FOUND_TEXT: */
	uint64_t copies; /* texts that have the same banner and use */
	char use[512]; /* the use of the page frame; "-": unknown */
};

/* Receives a kernel, which is borrowed during the call. Returns false to end the list. */
typedef bool found_kernel_visit(void *arg, const struct found_kernel *found);
