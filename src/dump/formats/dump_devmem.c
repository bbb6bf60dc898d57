/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* /dev/mem: the memory of the running machine, by physical address (drivers/char/mem.c). Only the
 * ranges of System RAM in /proc/iomem are read, because reading the addresses of a device may
 * disturb it. */
#include "dump/dump.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "base/machine.h"
#include "dump/formats/live.h"

/* Adds the ranges of System RAM in /proc/iomem, at all levels of its tree, including "System RAM
 * (kmem)". Without CAP_SYS_ADMIN, the kernel shows all addresses as 0 (kernel/resource.c,
 * r_show()). */
static void read_iomem(struct pieces *pieces)
{
	FILE *file = fopen("/proc/iomem", "re");
	char *line = NULL;
	size_t size = 0;

	while (!pieces->failed && file && getline(&line, &size, file) > 0) {
		uint64_t first, last;
		char name[16];

		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %10c", &first, &last, name) == 3 &&
		    !memcmp(name, "System RAM", 10) && last > first)
			pieces_add(pieces, first, last - first + 1, PAGE_PRESENT, 0);
	}
	free(line);
	if (file)
		fclose(file);
}

static bool devmem_find_memory(struct dump *dump, struct error *err)
{
	struct pieces pieces = { 0 };

	read_iomem(&pieces);
	if (pieces.nr || pieces.failed)
		return extents_take(dump, &pieces, err);
	return fail(
		err, ERROR_SYSTEM,
		"%s: /proc/iomem does not show where memory is, and a read could disturb devices; try again with CAP_SYS_ADMIN",
		dump->file.path);
}

/* Tests whether the kernel refuses to read memory. With CONFIG_STRICT_DEVMEM, it refuses from 1 MiB
 * on, and returns zeros below 1 MiB (arch/x86/mm/init.c, devmem_is_allowed()). */
static void find_refusal(struct dump *dump)
{
	const uint64_t shown_as_zero = 1 << 20;
	struct live *live = dump->private;
	bool refused = false;

	for (size_t i = 0; i < live->memory.nr && !refused; i++) {
		const struct extent *extent = &live->memory.extents[i];
		uint64_t at = extent->first > shown_as_zero ? extent->first : shown_as_zero;

		if (at >= extent->last)
			continue;
		if (file_read(&dump->file, at, live->page, 1))
			return;
		refused = errno == EPERM;
	}
	if (!refused)
		return;
	for (size_t i = 0; i < live->memory.nr; i++)
		live->memory.extents[i].state = PAGE_FILTERED;
	dump_warn(
		dump,
		"the kernel does not show memory in this file (CONFIG_STRICT_DEVMEM), so all memory counts as filtered; try /proc/kcore");
	dump_trouble(dump, "physical %" PRIx64 " and above: %s", shown_as_zero, strerror(EPERM));
}

/* Reads VMCOREINFO. The kernel reports its address: kernel/ksysfs.c, vmcoreinfo_show(). */
static bool devmem_read_note(struct dump *dump, struct error *err)
{
	enum { MOST = 1 << 16 };
	FILE *file = fopen("/sys/kernel/vmcoreinfo", "re");
	uint64_t paddr, size;
	bool told = file && fscanf(file, "%" SCNx64 " %" SCNx64, &paddr, &size) == 2;

	if (file)
		fclose(file);
	if (!told || !size || size > MOST || dump_range_state(dump, paddr, size) != PAGE_PRESENT)
		return true;
	return live_read_notes(dump, paddr, size, err);
}

/* Finds the machine in the note, or else using uname(). The note is preferred, because for a 32-bit
 * program uname() may hide that the kernel is a 64-bit kernel. */
static uint16_t devmem_find_machine(const struct dump *dump)
{
	uint16_t machine = machine_of_note(dump->vmcoreinfo);
	struct utsname names;

	if (machine != EM_NONE || uname(&names))
		return machine;
	machine = machine_of_uname(names.machine);
	return machine == EM_386 ? EM_NONE : machine;
}

static bool devmem_open(struct dump *dump, struct error *err)
{
	if (!devmem_find_memory(dump, err))
		return false;
	find_refusal(dump);
	if (!devmem_read_note(dump, err))
		return false;
	dump->machine = devmem_find_machine(dump);
	return true;
}

const struct dump_format dump_format_devmem = {
	.name = "running machine",
	.private_size = sizeof(struct live),
	.running = true,
	.copies = true,
	.open = devmem_open,
	.close = live_close,
	.peek = extents_find,
	.find = live_find,
	.survey = extents_survey,
};
