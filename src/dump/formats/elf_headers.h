/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The headers of an ELF core, of the class ELFCLASS32 or ELFCLASS64. */
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

/* Reads the ELF header of dump->source, and sets dump->machine. Fails if kwalk does not read this
 * machine, or if the file is shorter than its program headers. */
bool elf_headers_read(struct elf_headers *headers, struct dump *dump, struct error *err);

/* Reads a program header. `index` must be less than headers->phnum. Returns false if the file ends
 * within the header. */
bool elf_segment_read(const struct elf_headers *headers, size_t index, struct elf_segment *segment);
/* Fails, with a message that the program headers are missing. */
bool elf_headers_fail(const struct elf_headers *headers, const struct dump *dump,
		      struct error *err);
