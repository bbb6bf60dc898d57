/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/kdump_notes.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "formats/elf_notes.h"

static bool is_i386(const char *name)
{
	return name[0] == 'i' && name[1] >= '3' && name[1] <= '6' &&
	       !strcmp(name + 2, "86");
}

/* By utsname. QEMU writes "x86_64", how it was built, for all guests. */
static uint16_t machine_of_name(const struct kdump_header *header)
{
	if (is_i386(header->machine))
		return EM_386;
	if (!strcmp(header->machine, "x86_64") && !kdump_header_by_qemu(header))
		return EM_X86_64;
	return EM_NONE;
}

static bool find_machine(struct dump *dump, const struct kdump_part *part,
			 const struct elf_notes *notes, struct error *err)
{
	const struct kdump_header *header = &part->header;

	dump->machine = notes->machine;
	if (dump->machine == EM_NONE)
		dump->machine = vmcoreinfo_machine(dump->vmcoreinfo);
	if (dump->machine != EM_NONE)
		return true;
	dump->machine = machine_of_name(header);
	if (dump->machine == EM_NONE && header->machine[0] &&
	    strcmp(header->machine, "x86_64"))
		return fail(err, ERROR_FORMAT,
			    "%s: is a dump of a %s machine, not of x86",
			    part->path, header->machine);
	return true;
}

static void tell_note(const struct dump *dump, const struct kdump_part *part,
		      const char *what, uint64_t offset, uint64_t size)
{
	listener_trouble(dump->listener, part->path,
			 "the header says that %s at offset %#" PRIx64
			 " has %#" PRIx64 " bytes; the file ends at %#" PRIx64,
			 what, offset, size, part->source->size);
}

bool kdump_notes_read(struct dump *dump, const struct kdump_part *part,
		      struct error *err)
{
	const struct kdump_header *header = &part->header;
	struct elf_notes notes = { 0 };
	struct bytes bytes;
	bool ok = true;

	if (header->notes_size &&
	    source_small(part->source, header->notes_offset, header->notes_size,
			 &bytes))
		ok = elf_notes_read(&notes, bytes);
	else if (header->notes_size)
		notes.cut = true;
	dump->cpus = notes.cpus;
	dump->nr_cpus = notes.nr_cpus;
	dump->vmcoreinfo = notes.vmcoreinfo;
	if (header->vmcoreinfo_size &&
	    !source_small(part->source, header->vmcoreinfo_offset,
			  header->vmcoreinfo_size, &dump->vmcoreinfo))
		notes.cut = true;
	if (notes.cut) {
		dump_warn(dump, "a note reaches past its end or that of the file");
		tell_note(dump, part, "notes", header->notes_offset,
			  header->notes_size);
		tell_note(dump, part, "VMCOREINFO", header->vmcoreinfo_offset,
			  header->vmcoreinfo_size);
	}
	dump->phys_base = header->phys_base;
	dump->has_phys_base = !header->diskdump && !kdump_header_by_qemu(header);
	if (!ok)
		return fail(err, ERROR_SYSTEM, "out of memory");
	return find_machine(dump, part, &notes, err);
}
