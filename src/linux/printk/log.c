/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/printk/log.h"

#include <stdlib.h>

#include "kernel/kernel.h"
#include "linux/printk/log_reader.h"

/* Reads the log. The variables that the kernel has show the format: prb since 5.10 (896fbe20b4e2),
 * log_first_idx since 3.5 (7ff9554bb578), only log_end before. */
static bool read_log(struct log_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	uint64_t address;
	struct error why;

	if (log_symbol(kernel, "prb", &address, NULL))
		return log_read_ring(reader, address, err);
	if (log_symbol(kernel, "log_first_idx", &address, NULL))
		return log_read_records(reader, err);
	if (log_symbol(kernel, "log_end", &address, NULL))
		return log_read_text(reader, err);
	return fail(
		err, ERROR_UNKNOWN,
		"where the kernel keeps its log is not known, because no source of symbols has prb, log_first_idx or log_end; %.300s",
		kernel_symbol_advice(kernel, "prb", &why));
}

bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err)
{
	struct log_reader *reader = calloc(1, sizeof(*reader));
	bool found;

	if (!reader)
		return out_of_memory(err);
	reader->kernel = kernel;
	for (size_t i = 0; i < NR_LOG_WINDOWS; i++)
		reader->window[i].kernel = kernel;
	reader->visit = visit;
	reader->arg = arg;
	reader->damages = damages;
	found = read_log(reader, err);
	if (found)
		log_end_gap(reader);
	if (found && reader->ended && kernel_stopped(kernel))
		found = fail(err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
	free(reader);
	return found;
}
