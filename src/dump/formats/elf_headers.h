/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The headers of an ELF core of either class. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"

struct elf_segment {
	uint32_t type;
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

struct elf_headers {
	bool is64;
	uint64_t phoff;
	uint64_t phnum;
	uint64_t phentsize;
	const struct source *source; /* borrowed */
};

/* Reads the ELF header of dump->source and sets dump->machine. Fails if the machine is
 * not x86, or the file is too short for the program headers. */
bool elf_headers_read(struct elf_headers *headers, struct dump *dump, struct error *err);

/* Reads the program header with this index, which is below headers->phnum. False: the file is cut
 * short before the header's end. */
bool elf_segment_read(const struct elf_headers *headers, size_t index, struct elf_segment *segment);
/* Fails: program headers are missing. */
bool elf_headers_fail(const struct elf_headers *headers, const struct dump *dump,
		      struct error *err);
