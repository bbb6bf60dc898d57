/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guest memory that QEMU copies to kwalk on request, a block at a time. This needs no right but the
 * socket. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmp/qmp.h"

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

/* Gives QEMU the file that it will write to. */
bool monitor_open(struct monitor *monitor, struct qmp *qmp, struct error *err);
void monitor_close(struct monitor *monitor); /* *monitor may be zeroed */

/* Reads size bytes at paddr. [first, last] is the range of memory that contains all of them: QEMU
 * is never asked for other addresses, because these may be registers of devices. */
bool monitor_read(struct monitor *monitor, uint64_t first, uint64_t last, uint64_t paddr, void *to,
		  size_t size, struct error *err);

/* Forgets the blocks that were read. */
void monitor_forget(struct monitor *monitor);
