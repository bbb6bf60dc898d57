/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory as a command reads it: virtual or physical. */
#pragma once

#include <stddef.h>

#include "cli/command.h"

struct memory {
	struct dump *dump; /* borrowed */
	const struct space *space; /* NULL: physical */
};

/* All of [address, address + size). */
bool show_memory_read(const struct memory *memory, uint64_t address, void *buffer, size_t size,
		      struct error *err);
/* As many values of width bytes as can be read, at most size bytes. Returns the number of
 * bytes; err says why the next value cannot be read. */
size_t show_memory_load(const struct memory *memory, uint64_t address, void *buffer, size_t size,
			unsigned int width, struct error *err);
