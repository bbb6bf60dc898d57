/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/monitor.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool monitor_open(struct monitor *monitor, struct qmp *qmp, struct error *err)
{
	json_t *result;

	*monitor = (struct monitor){ .qmp = qmp };
	pthread_mutex_init(&monitor->lock, NULL);
	result = qmp_call(qmp, QMP_TAKE_MEMORY, 0, 0, QMP_SECONDS, err);
	monitor->has_file = json_is_integer(json_object_get(result, "fd")) &&
			    json_is_integer(json_object_get(result, "fdset-id"));
	if (result && !monitor->has_file)
		fail(err, ERROR_FORMAT, "%s: the reply to \"add-fd\" is not a descriptor",
		     qmp->name);
	json_decref(result);
	return monitor->has_file;
}

void monitor_close(struct monitor *monitor)
{
	if (!monitor->qmp)
		return;
	if (monitor->has_file && !monitor->qmp->ended)
		qmp_do(monitor->qmp, QMP_DROP_MEMORY, 0, 0, QMP_SILENT_SECONDS, NULL);
	for (size_t i = 0; i < MONITOR_BLOCKS; i++)
		free(monitor->block[i].bytes);
	pthread_mutex_destroy(&monitor->lock);
	monitor->qmp = NULL;
}

/* Lets QEMU write the block into the file. */
static bool fill_block(struct monitor *monitor, struct monitor_block *block, struct error *err)
{
	struct qmp *qmp = monitor->qmp;
	size_t size = (size_t)(block->last - block->first) + 1;

	if (!block->bytes)
		block->bytes = malloc(MONITOR_BLOCK);
	if (!block->bytes)
		return out_of_memory(err);
	if (!qmp_do(qmp, QMP_COPY_MEMORY, block->first, size, QMP_SECONDS, err))
		return false;
	block->full = pread(qmp->memory, block->bytes, size, 0) == (ssize_t)size;
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
