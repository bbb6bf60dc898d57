/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of the process that emulates a guest: /proc/PID/mem, and the files whose mappings the
 * process shares with other processes. QEMU keeps the memory of a guest in such a file with
 * memory-backend-file,share=on and memory-backend-memfd,share=on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

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

/* Opens the files for reading. It opens none of them if this process has no right to, or if `user`
 * is not the user of the process. Must be called outside of the sandbox, because the sandbox
 * forbids to look into other processes. Fails only if memory runs out. */
bool emulator_open(struct emulator *emulator, pid_t pid, uid_t user, struct error *err);
void emulator_close(struct emulator *emulator);

/* Finds the open file that contains the bytes at this address of the process, and their offset.
 * Prefers mapped files. Returns the number of the file, or -1 if no file contains all bytes. */
int emulator_find(const struct emulator *emulator, uint64_t address, uint64_t size,
		  uint64_t *offset);
