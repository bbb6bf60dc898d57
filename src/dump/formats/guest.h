/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The memory of a virtual machine that QEMU runs. The program finds the memory and the notes, using
 * QEMU's monitor (qmp/vm.h). */
#pragma once

#include "dump/formats/formats.h"

/* A range of guest memory: the bytes at the physical address paddr are at this offset of the file
 * that contains the memory. */
struct guest_range {
	uint64_t paddr, size, offset;
};

struct running_memory {
	const char *path; /* borrowed; the name of the dump in messages */
	/* A descriptor of the file that contains the memory; /proc/PID/mem of QEMU. Borrowed. */
	int memory;
	struct bytes notes; /* borrowed; the start of an ELF core, with its headers and notes */
	const struct guest_range *range; /* borrowed; an array of nr elements */
	size_t nr;
	/* The guest stands still while its memory is read. If false, memory changes while it is
	 * read, and the registers of the CPUs are used only until the kernel is found. */
	bool paused;
};

/* Opens the memory as a dump. All members are borrowed only until the function returns. The
 * registers in the notes help to find the kernel. */
struct dump *dump_open_guest(const struct running_memory *guest, struct listener *listener,
			     struct error *err);

/* Replaces the registers in the dump by the registers in these notes, which are borrowed only until
 * the function returns. VMCOREINFO stays. All states of the kernel must be forgotten afterwards. */
bool dump_guest_renew(struct dump *dump, struct bytes notes, struct error *err);

/* Forgets the registers of a running guest when the kernel has been found. Later the registers would
 * be older than the memory. */
void dump_guest_drop_registers(struct dump *dump);
