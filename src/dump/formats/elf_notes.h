/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The notes of an ELF core: VMCOREINFO, registers, marks of a user-space process. */
#pragma once

#include <stdbool.h>

#include "dump/dump.h"

struct elf_notes {
	uint16_t machine; /* EM_386, EM_X86_64, or EM_NONE: unknown */
	bool user_process; /* it is the core of a process */
	bool cut; /* a note reaches past the end of its segment */
	uint64_t cut_at; /* offset in the segment of the first such note */
	size_t room_cpus, room_stopped; /* for the arrays of the dump */
};

/* Adds the notes of one PT_NOTE segment to *notes, zeroed before the dump's first, and to the
 * dump: CPUs, and the first VMCOREINFO, borrowed from the segment. False: out of
 * memory. */
bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump);

/* The machine of a VMCOREINFO, by the width of its addresses. EM_NONE: it has no
 * address, or is not of x86. */
uint16_t vmcoreinfo_machine(struct bytes text);

/* The machine of uname()'s name; EM_NONE: not x86. */
uint16_t utsname_machine(const char *name);
