/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual machine of QEMU: where its memory is in the QEMU process, and the notes that QEMU writes
 * into dumps of the machine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "qmp/qmp.h"

struct vm_range {
	uint64_t paddr, size;
	uint64_t address; /* of the first byte, in the memory of the QEMU process */
};

struct vm {
	struct qmp qmp;
	int memory; /* owned; /proc/PID/mem of the QEMU process */
	struct vm_range *range; /* owned; ascending and disjoint */
	size_t nr;
	uint8_t *notes; /* owned; the start of an ELF core, with its headers and notes */
	size_t notes_size;
	int keeper; /* owned; the pipe to the keeper (keeper.h), or -1: the guest is never stopped */
	bool stopped; /* vm_stop() has stopped the guest */
};

/* Connects to the socket at path (borrowed), and opens the memory of the process that listens
 * there. Must be called outside of the sandbox. Receives nothing. */
bool vm_connect(struct vm *vm, const char *path, struct error *err);
void vm_close(struct vm *vm); /* *vm may be zeroed */

/* Starts the keeper, without which the guest cannot be stopped. Must be called outside of the
 * sandbox. */
bool vm_may_stop(struct vm *vm, struct error *err);

/* Finds the ranges of memory. Fails if the memory of the process is not the memory of the guest, or
 * if the guest is being migrated to this QEMU. */
bool vm_find(struct vm *vm, struct error *err);

/* Reads the notes again. QEMU stops a guest that runs while it writes the notes, which takes
 * milliseconds. */
bool vm_read_notes(struct vm *vm, struct error *err);

/* Stops the guest, if it runs. */
bool vm_stop(struct vm *vm, struct error *err);
/* Continues the guest, if vm_stop() has stopped it. Fails if the guest did not stand still since
 * vm_stop(), because another program has continued it. */
bool vm_continue(struct vm *vm, struct error *err);
