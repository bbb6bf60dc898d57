/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The headers of an ELF core, of the class ELFCLASS32 or ELFCLASS64, and its notes: VMCOREINFO,
 * registers, and notes that only the cores of user processes contain. */
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

struct elf_notes {
	uint16_t machine; /* EM_*; EM_NONE if the machine is unknown */
	bool user_process; /* the file is the core of a user process */
	bool xen; /* frames of a Xen host: see elf_notes_fail() */
	bool cut; /* at least one note extends beyond the end of its segment */
	uint64_t cut_at; /* the offset in the segment of the first such note */
	/* The allocated numbers of elements of dump->cpus and dump->stopped. */
	size_t room_cpus, room_stopped;
};

/* Reads the notes of a PT_NOTE segment. CPUs, registers, the first VMCOREINFO, and the note of
 * dump/parts.h are added to the dump, which borrows their bytes from `segment`. *notes gets all
 * other results. It must be zeroed before the first segment. Returns false if memory runs out. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump);

/* Fails if the notes show that numbers of frames have several meanings in this dump. */
bool elf_notes_fail(const struct elf_notes *notes, const struct dump *dump, struct error *err);
