/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/monitor.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool monitor_open(struct monitor *monitor, struct qmp *qmp, struct error *err)
{
	json_t *result, *fd, *set;

	*monitor = (struct monitor){
		.fd = memfd_create("memory", MFD_CLOEXEC),
		.remote = -1,
		.set = -1,
	};
	if (monitor->fd < 0)
		return system_error(err, "memfd_create()");
	pthread_mutex_init(&monitor->lock, NULL);
	monitor->qmp = qmp;
	result = qmp_call(qmp, "add-fd", NULL, monitor->fd, QMP_SECONDS, err);
	if (!result)
		return false;
	fd = json_object_get(result, "fd");
	set = json_object_get(result, "fdset-id");
	monitor->remote = json_is_integer(fd) ? (int)json_integer_value(fd) : -1;
	monitor->set = json_is_integer(set) ? json_integer_value(set) : -1;
	json_decref(result);
	return (monitor->remote >= 0 && monitor->set >= 0) ||
	       fail(err, ERROR_FORMAT, "%s: the reply to \"add-fd\" is not a descriptor",
		    qmp->name);
}

void monitor_close(struct monitor *monitor)
{
	if (!monitor->qmp)
		return;
	if (monitor->remote >= 0 && monitor->set >= 0 && !monitor->qmp->ended)
		json_decref(qmp_call(monitor->qmp, "remove-fd",
				     json_pack("{s:I}", "fdset-id", (json_int_t)monitor->set), -1,
				     QMP_SILENT_SECONDS, NULL));
	close(monitor->fd);
	for (size_t i = 0; i < MONITOR_BLOCKS; i++)
		free(monitor->block[i].bytes);
	pthread_mutex_destroy(&monitor->lock);
	monitor->qmp = NULL;
}

/* Lets QEMU write the block into the file. QEMU opens its descriptor by a path, because this
 * command has no other form: qmp_pmemsave() of softmmu/cpus.c. No name of a file is created. */
static bool fill_block(struct monitor *monitor, struct monitor_block *block, struct error *err)
{
	struct qmp *qmp = monitor->qmp;
	size_t size = (size_t)(block->last - block->first) + 1;
	char path[40];
	json_t *result;

	if (!block->bytes)
		block->bytes = malloc(MONITOR_BLOCK);
	if (!block->bytes)
		return out_of_memory(err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", monitor->remote);
	result = qmp_call(qmp, "pmemsave",
			  json_pack("{s:I, s:I, s:s}", "val", (json_int_t)block->first, "size",
				    (json_int_t)size, "filename", path),
			  -1, QMP_SECONDS, err);
	json_decref(result);
	if (!result)
		return false;
	block->full = pread(monitor->fd, block->bytes, size, 0) == (ssize_t)size;
	return block->full ||
	       fail(err, ERROR_SYSTEM, "%s: the memory that QEMU wrote cannot be read", qmp->name);
}

/* Returns the block that contains paddr, or NULL on failure. */
static struct monitor_block *monitor_find_block(struct monitor *monitor, uint64_t first,
						uint64_t last, uint64_t paddr, struct error *err)
{
	struct monitor_block *block = &monitor->block[paddr / MONITOR_BLOCK % MONITOR_BLOCKS];
	uint64_t start = paddr / MONITOR_BLOCK * MONITOR_BLOCK, end = start + MONITOR_BLOCK - 1;

	if (block->full && paddr >= block->first && paddr <= block->last)
		return block;
	block->full = false;
	block->first = start > first ? start : first;
	block->last = end < last ? end : last;
	return fill_block(monitor, block, err) ? block : NULL;
}

bool monitor_read(struct monitor *monitor, uint64_t first, uint64_t last, uint64_t paddr, void *to,
		  size_t size, struct error *err)
{
	const struct monitor_block *block;
	uint8_t *at = to;
	bool ok = true;

	pthread_mutex_lock(&monitor->lock);
	while (ok && size) {
		size_t part;

		block = monitor_find_block(monitor, first, last, paddr, err);
		ok = block;
		if (!ok)
			break;
		part = (size_t)(block->last - paddr) + 1;
		part = part < size ? part : size;
		memcpy(at, block->bytes + (paddr - block->first), part);
		at += part;
		paddr += part;
		size -= part;
	}
	pthread_mutex_unlock(&monitor->lock);
	return ok;
}

void monitor_forget(struct monitor *monitor)
{
	for (size_t i = 0; i < MONITOR_BLOCKS; i++)
		monitor->block[i].full = false;
}
