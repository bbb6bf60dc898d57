/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headers of an ELF core of either class, checked: of an x86 machine, and
 * as many program headers as the file can have. */
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
	const struct source *source; /* borrowed */
};

/* Of dump->source; sets dump->machine. */
bool elf_headers_read(struct elf_headers *headers, struct dump *dump,
		      struct error *err);

/* The program header of that index, below headers->phnum. False: it is not in
 * the file, which was cut short. */
bool elf_segment_read(const struct elf_headers *headers, size_t index,
		      struct elf_segment *segment);
/* That is an error: some are not in the file, and without them it has nothing. */
bool elf_headers_fail(const struct elf_headers *headers, const struct dump *dump,
		      struct error *err);
