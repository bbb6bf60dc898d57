/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /dev/mem: the running machine's memory by its physical addresses
 * (drivers/char/mem.c). It has no size, and what is no memory in it are devices,
 * which reading may upset: only what /proc/iomem calls System RAM is read.
 */
#include "dump/dump.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "dump/elf_notes.h"
#include "dump/live.h"

struct devmem {
	struct live live;
	struct place place; /* an address is its own offset */
	uint8_t *note;      /* owned; NULL: none was found */
};

/* Ranges of the top level and below; "System RAM (kmem)" is memory too. Without
 * CAP_SYS_ADMIN all addresses are 0 (kernel/resource.c, r_show()). */
static bool read_iomem(struct pieces *pieces, struct devmem *devmem)
{
	FILE *file = fopen("/proc/iomem", "re");
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	while (ok && file && getline(&line, &size, file) > 0) {
		uint64_t first, last;
		char name[16];

		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %10c", &first,
			   &last, name) == 3 &&
		    !memcmp(name, "System RAM", 10) && last > first)
			ok = pieces_add(pieces, first, last - first + 1,
					PAGE_PRESENT,
					(const uint8_t *)&devmem->place);
	}
	free(line);
	if (file)
		fclose(file);
	return ok;
}

static bool find_memory(struct dump *dump, struct error *err)
{
	struct devmem *devmem = dump->private;
	struct pieces pieces = { .limit = 1 << 20 };
	bool ok = read_iomem(&pieces, devmem) &&
		  extent_list_build(&devmem->live.memory, pieces.at, pieces.nr,
				    true);

	free(pieces.at);
	if (!ok)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (devmem->live.memory.nr)
		return true;
	return fail(err, ERROR_SYSTEM,
		    "%s: /proc/iomem does not tell where memory is, and devices are not to be read; it tells with CAP_SYS_ADMIN",
		    dump->file.path);
}

/*
 * With CONFIG_STRICT_DEVMEM no memory is shown from 1 MiB on, and zeros in its
 * place below (arch/x86/mm/init.c, devmem_is_allowed()): what one page says
 * holds for all.
 */
static void find_refusal(struct dump *dump)
{
	const uint64_t shown_as_zero = 1 << 20;
	struct devmem *devmem = dump->private;
	struct live *live = &devmem->live;

	for (size_t i = 0; i < live->memory.nr && !live->refused; i++) {
		const struct extent *extent = &live->memory.extents[i];
		uint64_t at = extent->first > shown_as_zero ? extent->first :
							      shown_as_zero;

		if (at >= extent->last)
			continue;
		if (file_read(&dump->file, at, live->page, 1))
			return;
		live->refused = errno == EPERM;
	}
	if (!live->refused)
		return;
	dump_warn(dump,
		  "the kernel does not show its memory here (CONFIG_STRICT_DEVMEM): all of it counts as filtered; /proc/kcore may show it");
	dump_trouble(dump, "physical %llx and on: %s",
		     (unsigned long long)shown_as_zero, strerror(EPERM));
}

/* Where the note is the kernel tells: kernel/ksysfs.c, vmcoreinfo_show(). */
static bool read_note(struct dump *dump, struct error *err)
{
	enum { MOST = 1 << 16 };
	struct devmem *devmem = dump->private;
	FILE *file = fopen("/sys/kernel/vmcoreinfo", "re");
	struct elf_notes notes = { 0 };
	uint64_t paddr, size;
	bool told = file && fscanf(file, "%" SCNx64 " %" SCNx64, &paddr,
				   &size) == 2;

	if (file)
		fclose(file);
	if (!told || !size || size > MOST)
		return true;
	devmem->note = malloc(size);
	if (!devmem->note)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (dump_read(dump, paddr, devmem->note, size) != PAGE_PRESENT)
		return true;
	if (!elf_notes_read(&notes, (struct bytes){ devmem->note, size }))
		return fail(err, ERROR_SYSTEM, "out of memory");
	dump->vmcoreinfo = notes.vmcoreinfo;
	free(notes.cpus);
	return true;
}

/* A 64-bit kernel may tell a program otherwise: its note is asked first. */
static uint16_t find_machine(const struct dump *dump)
{
	uint16_t machine = vmcoreinfo_machine(dump->vmcoreinfo);
	struct utsname names;

	if (machine != EM_NONE || uname(&names))
		return machine;
	if (!strcmp(names.machine, "x86_64"))
		return EM_X86_64;
	return EM_NONE;
}

static bool devmem_open(struct dump *dump, struct error *err)
{
	struct devmem *devmem = calloc(1, sizeof(*devmem));

	dump->private = devmem;
	dump->pages = page_cache_create(); /* none is put there: see live.h */
	if (!devmem || !dump->pages)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!find_memory(dump, err))
		return false;
	find_refusal(dump);
	if (!read_note(dump, err))
		return false;
	dump->machine = find_machine(dump);
	return true;
}

static void devmem_close(struct dump *dump)
{
	struct devmem *devmem = dump->private;

	page_cache_destroy(dump->pages);
	if (!devmem)
		return;
	extent_list_release(&devmem->live.memory);
	free(devmem->note);
	free(devmem);
}

static void devmem_find(struct dump *dump, uint64_t paddr,
			struct extent *extent)
{
	struct devmem *devmem = dump->private;

	live_find(dump, &devmem->live, paddr, extent);
}

static void devmem_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct devmem *devmem = dump->private;

	live_survey(&devmem->live, survey);
}

const struct dump_format dump_format_devmem = {
	.name = "running machine",
	.only_memory = true,
	.open = devmem_open,
	.close = devmem_close,
	.find = devmem_find,
	.survey = devmem_survey,
};
