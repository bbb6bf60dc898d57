/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The memory of a virtual machine that QEMU runs. The program finds the memory and the notes, using
 * QEMU's monitor (qmp/vm.h). */
#pragma once

#include "dump/formats/formats.h"

enum { GUEST_MOST_FILES = 64 };

/* A range of guest memory: the bytes at the physical address paddr are at this offset of a file. */
struct guest_range {
	uint64_t paddr, size;
	int file; /* its index in running_memory.file; -1: the bytes are in no file, see read() */
	uint64_t offset;
};

struct running_memory {
	const char *path; /* borrowed; the name of the dump in messages */
	/* Descriptors of the files that contain memory, for example /proc/PID/mem of QEMU.
	 * Borrowed. */
	int file[GUEST_MOST_FILES];
	size_t nr_files;
	/* Reads bytes of a range that is in no file. All of them are in one range. Sets errno on
	 * failure. May be called until the dump is closed, and in all threads. */
	bool (*read)(void *arg, uint64_t paddr, void *to, size_t size);
	void *arg;
	struct bytes notes; /* borrowed; the start of an ELF core, with its headers and notes */
	const struct guest_range *range; /* borrowed; an array of nr elements */
	size_t nr;
	/* The guest stands still while its memory is read. If false, memory changes while it is
	 * read, and the registers of the CPUs are used only until the kernel is found. */
	bool paused;
};

/* Opens the memory as a dump. All members except arg are borrowed only until the function returns.
 * The registers in the notes help to find the kernel. */
struct dump *dump_open_guest(const struct running_memory *guest, struct listener *listener,
			     struct error *err);

/* Replaces the registers in the dump by the registers in these notes, which are borrowed only until
 * the function returns. VMCOREINFO stays. All states of the kernel must be forgotten afterwards. */
bool dump_guest_renew(struct dump *dump, struct bytes notes, struct error *err);

/* Forgets the registers of a running guest when the kernel has been found. Later the registers would
 * be older than the memory. */
void dump_guest_drop_registers(struct dump *dump);
