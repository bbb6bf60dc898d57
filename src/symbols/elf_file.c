/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/elf_file.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Limits the work on a hostile file, because a sparse file can claim millions of sections without
 * using disk space. The search for a section by name reads all sections, and libelf takes 160 bytes
 * for each section. A kernel file has about a hundred sections, or one section for each
 * function. */
enum { MOST_SECTIONS = 1 << 17 };

/* Returns the number of sections of an ELF file. According to the gABI, if e_shnum is 0, the number
 * is in sh_size of section 0. */
static uint64_t count_sections(struct bytes file)
{
	bool wide = file.size > EI_CLASS && file.data[EI_CLASS] == ELFCLASS64;
	size_t header = wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t section = wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t at, nr;

	if (file.size < header)
		return 0;
	nr = load_le16(file.data + header - 4);
	at = wide ? load_le64(file.data + offsetof(Elf64_Ehdr, e_shoff)) :
		    load_le32(file.data + offsetof(Elf32_Ehdr, e_shoff));
	if (nr || !at || !range_within(at, section, file.size))
		return nr;
	return wide ? load_le64(file.data + at + offsetof(Elf64_Shdr, sh_size)) :
		      load_le32(file.data + at + offsetof(Elf32_Shdr, sh_size));
}

Elf *elf_open(const struct file *file, struct error *err)
{
	uint64_t nr = count_sections(file->bytes);
	Elf *elf;

	elf_version(EV_CURRENT);
	if (nr > MOST_SECTIONS) {
		fail(err, ERROR_FORMAT,
		     "%s: is damaged: its header claims %" PRIu64
		     " sections, more than any kernel has",
		     file->path, nr);
		return NULL;
	}
	elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
	if (!elf)
		fail(err, ERROR_FORMAT, "%s: %s", file->path, elf_errmsg(-1));
	return elf;
}

Elf_Scn *elf_next_section(Elf *elf, Elf_Scn *section, GElf_Shdr *header)
{
	while (elf && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header))
			return section;
	return NULL;
}

static Elf_Scn *find_section(Elf *elf, const char *name, bool with_content)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_next_section(elf, section, &header))) {
		const char *found = elf_strptr(elf, names, header.sh_name);

		if (found && !strcmp(found, name) &&
		    (!with_content || header.sh_type != SHT_NOBITS))
			return section;
	}
	return NULL;
}

Elf_Scn *elf_section(Elf *elf, const char *name)
{
	return find_section(elf, name, true);
}

bool elf_has_section(Elf *elf, const char *name)
{
	return find_section(elf, name, false);
}

Elf_Data *elf_section_data(Elf *elf, const char *name)
{
	Elf_Scn *section = elf_section(elf, name);
	GElf_Shdr header;
	Elf_Data *data;

	if (!section || !gelf_getshdr(section, &header) || header.sh_flags & SHF_COMPRESSED)
		return NULL;
	data = elf_rawdata(section, NULL);
	return data && data->d_buf ? data : NULL;
}

/* Returns the uncompressed size of a section, or 0 if the section is not compressed. An
 * SHF_COMPRESSED section has the size in its header. A .zdebug section has the size as a big-endian
 * number after the word "ZLIB". */
static uint64_t unpacked_size(Elf *elf, Elf_Scn *section, size_t names, struct bytes file)
{
	GElf_Shdr header;
	GElf_Chdr packed;
	const char *name;

	if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
		return 0;
	if (header.sh_flags & SHF_COMPRESSED)
		return gelf_getchdr(section, &packed) ? packed.ch_size : 0;
	name = elf_strptr(elf, names, header.sh_name);
	if (!name || strncmp(name, ".zdebug", 7) || header.sh_size < 12 ||
	    !range_within(header.sh_offset, 12, file.size))
		return 0;
	return load_be64(file.data + header.sh_offset + 4);
}

bool elf_may_be_unpacked(Elf *elf)
{
	Elf_Scn *section = NULL;
	uint64_t all = 0, most;
	struct bytes file;
	size_t names;

	file.data = (const uint8_t *)elf_rawfile(elf, &file.size);
	if (!file.data || elf_getshdrstrndx(elf, &names) != 0)
		return true;
	most = 16 * (uint64_t)file.size + (UINT64_C(64) << 20);
	while (all <= most && (section = elf_nextscn(elf, section))) {
		uint64_t size = unpacked_size(elf, section, names, file);

		all = size <= most ? all + size : UINT64_MAX;
	}
	return all <= most;
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

	while ((scn = elf_next_section(elf, scn, &header))) {
		if (header.sh_type == SHT_NOTE &&
		    range_within(header.sh_offset, header.sh_size, file.size) &&
		    elf_build_id_in((struct bytes){ file.data + header.sh_offset, header.sh_size },
				    build_id))
			return true;
	}
	return false;
}

bool elf_build_id_text(struct bytes build_id, char text[BUILD_ID_TEXT])
{
	text[0] = '\0';
	if (build_id.size > (BUILD_ID_TEXT - 1) / 2)
		return false;
	for (size_t i = 0; i < build_id.size; i++)
		snprintf(text + 2 * i, 3, "%02x", build_id.data[i]);
	return build_id.size;
}
