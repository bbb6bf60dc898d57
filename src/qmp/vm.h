/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual machine of QEMU: where its memory is in the QEMU process, and the notes that QEMU writes
 * into dumps of the machine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "qmp/monitor.h"
#include "qmp/emulator.h"
#include "qmp/qmp.h"

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
