/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show/memory.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "memory/view.h"

bool show_memory_read(const struct memory *memory, uint64_t address, void *buffer, size_t size,
		      struct error *err)
{
	enum page_state state;

	if (memory->space)
		return space_read(memory->space, address, buffer, size, err);
	state = dump_read(memory->dump, address, buffer, size);
	if (state == PAGE_PRESENT)
		return true;
	return fail(err, ERROR_UNREADABLE, "physical %" PRIx64 " is not in the dump: %s", address,
		    dump_state_text(memory->dump, state));
}

size_t show_memory_load(const struct memory *memory, uint64_t address, void *buffer, size_t size,
			unsigned int width, struct error *err)
{
	size_t done = 0;

	if (show_memory_read(memory, address, buffer, size, NULL))
		return size;
	while (done < size &&
	       show_memory_read(memory, address + done, (char *)buffer + done, width, err))
		done += width;
	return done;
}
