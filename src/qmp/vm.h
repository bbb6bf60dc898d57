/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual machine of QEMU: where its memory is in the QEMU process, and the notes that QEMU writes
 * into dumps of the machine. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/error.h"
#include "qmp/qmp.h"

struct emulator_file {
	int fd; /* owned; -1: it could not be opened */
	dev_t device;
	ino_t inode;
	uint64_t size;
};

enum { EMULATOR_MEMORY, EMULATOR_MOST_FILES = 64 };

/* A part of the address space that is a shared mapping of a file. `end` is not included. */
struct emulator_mapping {
	uint64_t start, end, offset;
	dev_t device;
	ino_t inode;
};

struct emulator {
	pid_t pid;
	uid_t user; /* of the process */
	/* File EMULATOR_MEMORY is /proc/PID/mem, whose offsets are addresses. The other files are
	 * mapped by the process. */
	struct emulator_file file[EMULATOR_MOST_FILES];
	size_t nr_files;
	struct emulator_mapping *mapping; /* owned; ascending */
	size_t nr_mappings;
};

enum { MONITOR_BLOCK = QMP_LARGEST_COPY, MONITOR_BLOCKS = 256 };

struct monitor_block {
	uint8_t *bytes; /* owned; MONITOR_BLOCK bytes, or NULL */
	uint64_t first, last; /* the physical addresses that are in it */
	bool full;
};

struct monitor {
	struct qmp *qmp; /* borrowed; NULL until monitor_open() */
	bool has_file; /* QEMU has the file that it writes to */
	pthread_mutex_t lock; /* threads that search the memory read at the same time */
	struct monitor_block block[MONITOR_BLOCKS];
};

struct vm_range {
	uint64_t paddr, size;
	/* The number of the file of `process` that contains the range, and the offset of its first
	 * byte. -1: QEMU copies the bytes, for vm_read(). */
	int file;
	uint64_t offset;
	uint64_t address; /* of the first byte, in the memory of QEMU; valid if it is in a file */
};

struct vm {
	struct qmp qmp;
	struct emulator emulator; /* its files are those that contain ranges */
	struct monitor monitor;
	struct vm_range *range; /* owned; ascending and disjoint */
	size_t nr;
	uint8_t *notes; /* owned; the start of an ELF core, with its headers and notes */
	size_t notes_size;
	bool stopped; /* vm_stop() has stopped the guest */
	char places[160]; /* a text for users: where the memory is */
};

/* Connects to the guest (QMP_START), and opens the memory of its process, if it may
 * be read. `name` is borrowed. If may_stop is false, the guest cannot be stopped. Must be called
 * outside of the sandbox. Receives nothing of the guest. */
bool vm_connect(struct vm *vm, const char *name, bool may_stop, struct error *err);
void vm_close(struct vm *vm); /* *vm may be zeroed */

/* Finds the ranges of memory, and reads the notes. Each range is in the first of these places that
 * can be read: in a file that QEMU shares, in the memory of QEMU, or in the copies that QEMU makes.
 * Closes all files that contain no range. Fails if the guest is being migrated to this QEMU. */
bool vm_open(struct vm *vm, struct error *err);

/* Reads bytes of a range that is in no file. All bytes must be in one range. This function may be
 * called in all threads. */
bool vm_read(struct vm *vm, uint64_t paddr, void *to, size_t size);

/* Fails if QEMU has ended, if the guest was reset, or if its ranges of memory have changed. Forgets
 * what vm_read() has read. */
bool vm_check(struct vm *vm, struct error *err);

/* Reads the notes again. QEMU stops a guest that runs while it writes the notes, which takes
 * milliseconds. */
bool vm_read_notes(struct vm *vm, struct error *err);

/* Stops the guest, if it runs. */
bool vm_stop(struct vm *vm, struct error *err);
/* Continues the guest, if vm_stop() has stopped it. Fails if the guest did not stand still since
 * vm_stop(), because another program has continued it. */
bool vm_continue(struct vm *vm, struct error *err);
