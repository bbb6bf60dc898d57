/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headers of an ELF core of either class, checked: of an x86 machine, and
 * all program headers in the file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"

struct elf_segment {
	uint32_t type;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

/* The ELF header's say about the program headers. */
struct elf_headers {
	bool is64;
	uint64_t phoff;
	uint64_t phnum;
	uint64_t phentsize;
	struct bytes bytes; /* the program headers themselves */
};

/* Of dump->source; sets dump->machine. */
bool elf_headers_read(struct elf_headers *headers, struct dump *dump,
		      struct error *err);

/* The program header of that index, below headers->phnum. */
struct elf_segment elf_segment_read(const struct elf_headers *headers,
				    size_t index);
