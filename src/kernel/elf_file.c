/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/elf_file.h"

#include <gelf.h>
#include <string.h>

Elf_Scn *elf_section(Elf *elf, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *found;

		if (!gelf_getshdr(section, &header) ||
		    header.sh_type == SHT_NOBITS)
			continue;
		found = elf_strptr(elf, names, header.sh_name);
		if (found && !strcmp(found, name))
			return section;
	}
	return NULL;
}

Elf_Data *elf_section_data(Elf *elf, const char *name)
{
	Elf_Scn *section = elf_section(elf, name);
	GElf_Shdr header;
	Elf_Data *data;

	if (!section || !gelf_getshdr(section, &header) ||
	    header.sh_flags & SHF_COMPRESSED)
		return NULL;
	data = elf_rawdata(section, NULL);
	return data && data->d_buf ? data : NULL;
}

bool elf_build_id_in(struct bytes notes, struct bytes *build_id)
{
	size_t at = 0;

	while (range_within(at, sizeof(GElf_Nhdr), notes.size)) {
		uint64_t name = load_le32(notes.data + at);
		uint64_t desc = load_le32(notes.data + at + 4);
		uint32_t type = load_le32(notes.data + at + 8);
		uint64_t name_at = at + sizeof(GElf_Nhdr);
		uint64_t desc_at = name_at + ((name + 3) & ~UINT64_C(3));

		if (!range_within(desc_at, desc, notes.size))
			return false;
		if (type == NT_GNU_BUILD_ID && name == 4 &&
		    !memcmp(notes.data + name_at, "GNU", 4)) {
			*build_id = (struct bytes){ notes.data + desc_at, desc };
			return true;
		}
		at = desc_at + ((desc + 3) & ~UINT64_C(3));
	}
	return false;
}

bool elf_build_id(Elf *elf, struct bytes file, struct bytes *build_id)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	while (elf && (scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_NOTE ||
		    !range_within(header.sh_offset, header.sh_size, file.size))
			continue;
		if (elf_build_id_in((struct bytes){ file.data + header.sh_offset,
						    header.sh_size }, build_id))
			return true;
	}
	return false;
}
