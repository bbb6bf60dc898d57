/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/vmlinux.h"

#include <gelf.h>
#include <stdlib.h>

bool vmlinux_probe(const struct file *file)
{
	struct bytes b = file->bytes;
	uint16_t type;

	if (b.size < sizeof(Elf32_Ehdr) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_DATA] != ELFDATA2LSB)
		return false;
	type = load_le16(b.data + 16);
	return type == ET_EXEC || type == ET_DYN;
}

static bool open_elf(struct vmlinux *vmlinux, struct error *err)
{
	GElf_Ehdr header;
	struct error ignored;

	elf_version(EV_CURRENT);
	vmlinux->elf = elf_begin(vmlinux->file.fd, ELF_C_READ_MMAP, NULL);
	if (!vmlinux->elf || !gelf_getehdr(vmlinux->elf, &header))
		return fail(err, ERROR_FORMAT, "%s: %s", vmlinux->file.path,
			    elf_errmsg(-1));
	vmlinux->machine = header.e_machine;
	if (header.e_machine != EM_386 && header.e_machine != EM_X86_64)
		return fail(err, ERROR_FORMAT,
			    "%s: is an executable for another machine (e_machine %u), not for x86",
			    vmlinux->file.path, header.e_machine);
	vmlinux->symbols = symbols_open(vmlinux->elf, &ignored);
	vmlinux->types = types_open(vmlinux->elf, vmlinux->file.path);
	if (!vmlinux->types)
		return fail(err, ERROR_SYSTEM, "out of memory");
	return true;
}

struct vmlinux *vmlinux_open(struct file *file, struct error *err)
{
	struct vmlinux *vmlinux = calloc(1, sizeof(*vmlinux));

	if (!vmlinux) {
		file_close(file);
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	vmlinux->file = *file;
	*file = (struct file){ .fd = -1 };
	if (open_elf(vmlinux, err))
		return vmlinux;
	vmlinux_close(vmlinux);
	return NULL;
}

void vmlinux_close(struct vmlinux *vmlinux)
{
	if (!vmlinux)
		return;
	types_close(vmlinux->types);
	symbols_close(vmlinux->symbols);
	elf_end(vmlinux->elf);
	file_close(&vmlinux->file);
	free(vmlinux);
}

/* The allocated section that covers a link-time address. */
static Elf_Scn *section_at(const struct vmlinux *vmlinux, uint64_t address,
			   GElf_Shdr *header)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(vmlinux->elf, scn)))
		if (gelf_getshdr(scn, header) && (header->sh_flags & SHF_ALLOC) &&
		    address >= header->sh_addr &&
		    address - header->sh_addr < header->sh_size)
			return scn;
	return NULL;
}

const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address,
			       size_t size)
{
	struct bytes b = vmlinux->file.bytes;
	GElf_Shdr header;
	uint64_t at;

	if (!section_at(vmlinux, address, &header) ||
	    header.sh_type == SHT_NOBITS ||
	    !range_within(address - header.sh_addr, size, header.sh_size))
		return NULL;
	at = header.sh_offset + (address - header.sh_addr);
	if (header.sh_offset > b.size || !range_within(at, size, b.size))
		return NULL;
	return b.data + at;
}

bool build_id_in(struct bytes notes, struct bytes *build_id)
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

bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id)
{
	struct bytes b = vmlinux->file.bytes;
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	while ((scn = elf_nextscn(vmlinux->elf, scn))) {
		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_NOTE ||
		    !range_within(header.sh_offset, header.sh_size, b.size))
			continue;
		if (build_id_in((struct bytes){ b.data + header.sh_offset,
						header.sh_size }, build_id))
			return true;
	}
	return false;
}

const char *vmlinux_banner(const struct vmlinux *vmlinux)
{
	enum { LONGEST = 512 };
	static const char start[] = "Linux version ";
	struct symbol symbol;
	const uint8_t *text;
	size_t size;

	if (!vmlinux->symbols ||
	    !symbols_find(vmlinux->symbols, "linux_banner", &symbol))
		return NULL;
	size = symbol.size && symbol.size < LONGEST ? symbol.size : LONGEST;
	text = vmlinux_content(vmlinux, symbol.address, size);
	if (!text || size < sizeof(start) || !memchr(text, '\0', size) ||
	    memcmp(text, start, sizeof(start) - 1))
		return NULL;
	return (const char *)text;
}

const char *vmlinux_section_at(const struct vmlinux *vmlinux, uint64_t address)
{
	GElf_Shdr header;
	size_t names;

	if (!section_at(vmlinux, address, &header) ||
	    elf_getshdrstrndx(vmlinux->elf, &names))
		return NULL;
	return elf_strptr(vmlinux->elf, names, header.sh_name);
}

bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset)
{
	GElf_Phdr header;
	size_t nr;

	if (elf_getphdrnum(vmlinux->elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (!gelf_getphdr(vmlinux->elf, (int)i, &header))
			return false;
		if (header.p_type == PT_LOAD && header.p_filesz) {
			*offset = header.p_vaddr - header.p_paddr;
			return true;
		}
	}
	return false;
}
