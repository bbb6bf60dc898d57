/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/vmlinux.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/machine.h"
#include "symbols/elf_file.h"

static bool vmlinux_elf_probe(const struct file *file)
{
	struct bytes b = file->bytes;
	uint16_t type;

	if (b.size < sizeof(Elf32_Ehdr) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_DATA] != ELFDATA2LSB)
		return false;
	type = load_le16(b.data + 16);
	return type == ET_EXEC || type == ET_DYN;
}

bool vmlinux_probe(const struct file *file)
{
	return vmlinux_elf_probe(file) || vmlinuz_probe(file) || system_map_probe(file);
}

/* Is the file a program of user space? It is such a program if it names a program loader. A 64-bit
 * file is also such a program if all its segments are in the user half. For a 32-bit file, the
 * segments prove nothing, because a 32-bit kernel may be at any address. */
static bool is_of_user_space(Elf *elf)
{
	bool loads = false, task_kernel_half = false;
	GElf_Phdr header;
	size_t nr;

	if (elf_getphdrnum(elf, &nr) < 0)
		return false;
	for (size_t i = 0; i < nr && i < UINT16_MAX; i++) {
		if (!gelf_getphdr(elf, (int)i, &header))
			continue;
		if (header.p_type == PT_INTERP)
			return true;
		loads |= header.p_type == PT_LOAD;
		task_kernel_half |= header.p_type == PT_LOAD && header.p_vaddr >> 63;
	}
	return gelf_getclass(elf) == ELFCLASS64 && loads && !task_kernel_half;
}

static bool open_elf(struct vmlinux *vmlinux, struct error *err)
{
	struct error trouble = { 0 };
	GElf_Ehdr header;

	vmlinux->elf = elf_open(&vmlinux->file, err);
	if (!vmlinux->elf)
		return false;
	if (!gelf_getehdr(vmlinux->elf, &header))
		return fail(err, ERROR_FORMAT, "%s: %s", vmlinux->file.path, elf_errmsg(-1));
	vmlinux->machine = header.e_machine;
	if (!machine_find(header.e_machine))
		return fail(
			err, ERROR_FORMAT,
			"%s: is an executable for another machine (e_machine %u) than " MACHINES_READ,
			vmlinux->file.path, header.e_machine);
	if (is_of_user_space(vmlinux->elf))
		return fail(err, ERROR_FORMAT,
			    "%s: is a program or library of user space, not a kernel (vmlinux)",
			    vmlinux->file.path);
	vmlinux->symbols = symbols_open(vmlinux->elf, &vmlinux->file, &trouble);
	/* Without symbols a vmlinux has other uses. */
	if (trouble.code == ERROR_SYSTEM)
		return out_of_memory(err);
	vmlinux->types = types_open(vmlinux->elf);
	return vmlinux->types || out_of_memory(err);
}

static bool open_kind(struct vmlinux *vmlinux, struct error *err)
{
	struct file *file = &vmlinux->file;

	if (!file_whole(file, err))
		return false;
	if (!vmlinux_elf_probe(file) && !vmlinuz_probe(file)) {
		vmlinux->types = types_open(NULL);
		if (!vmlinux->types)
			return out_of_memory(err);
		vmlinux->symbols = system_map_read(file, &vmlinux->machine, err);
		return vmlinux->symbols;
	}
	return (vmlinux_elf_probe(file) || vmlinuz_unpack(file, &vmlinux->packed, err)) &&
	       open_elf(vmlinux, err);
}

struct vmlinux *vmlinux_open(struct file *file, struct error *err)
{
	struct vmlinux *vmlinux = calloc(1, sizeof(*vmlinux));

	if (!vmlinux) {
		file_close(file);
		out_of_memory(err);
		return NULL;
	}
	vmlinux->file = *file;
	*file = (struct file){ .fd = -1 };
	if (open_kind(vmlinux, err))
		return vmlinux;
	vmlinux_close(vmlinux);
	return NULL;
}

void vmlinux_close(struct vmlinux *vmlinux)
{
	if (!vmlinux)
		return;
	if (!vmlinux->debug || vmlinux->types != vmlinux->debug->types)
		types_close(vmlinux->types);
	if (!vmlinux->debug || vmlinux->symbols != vmlinux->debug->symbols)
		symbols_close(vmlinux->symbols);
	vmlinux_close(vmlinux->debug);
	elf_end(vmlinux->supplement);
	file_close(&vmlinux->supplement_file);
	elf_end(vmlinux->elf);
	file_close(&vmlinux->file);
	free(vmlinux);
}

void vmlinux_attach(struct vmlinux *vmlinux, struct vmlinux *debug, const char *source)
{
	vmlinux->debug = debug;
	vmlinux->debug_source = source;
	if (!vmlinux->symbols)
		vmlinux->symbols = debug->symbols;
	if (!vmlinux_has_dwarf(vmlinux) && vmlinux_has_dwarf(debug)) {
		types_close(vmlinux->types);
		vmlinux->types = debug->types;
	}
}

bool vmlinux_has_types(const struct vmlinux *vmlinux)
{
	return vmlinux_has_dwarf(vmlinux) || (vmlinux->elf && elf_section(vmlinux->elf, ".BTF")) ||
	       (vmlinux->debug && vmlinux_has_dwarf(vmlinux->debug));
}

const char *vmlinux_why_no_types(const struct vmlinux *vmlinux, char text[WHY_NO_TYPES])
{
	const struct vmlinux *file = vmlinux;
	char name[TYPES_SPLIT_NAME];
	enum dwarf_lack lack;

	if (vmlinux->debug && vmlinux->types == vmlinux->debug->types)
		file = vmlinux->debug;
	if (!file->elf)
		return "is a System.map, which has no types";
	if (elf_section(file->elf, ".gnu_debugaltlink") && !file->supplement)
		return "has its types in a supplementary file (made by dwz), which was not found";
	if (!elf_may_be_unpacked(file->elf))
		return "has damaged debug information: its unpacked size is impossible for a kernel";
	lack = vmlinux_has_dwarf(file) ? types_dwarf_lack(file->elf, name) : DWARF_UNREADABLE;
	if (lack == DWARF_SPLIT) {
		snprintf(text, WHY_NO_TYPES,
			 "has its types in files of split DWARF, such as %s, which kwalk does not read",
			 name);
		return text;
	}
	if (lack == DWARF_WITHOUT_TYPES)
		return "has debug information without types, such as line numbers only (-g1)";
	if (vmlinux_has_dwarf(file))
		return "has debug information that libdw cannot read: it is damaged, or its compression is not supported by this libdw";
	return "has no debug information (neither DWARF nor BTF)";
}

bool vmlinux_symbol(const struct vmlinux *vmlinux, const char *name, uint64_t *address)
{
	struct kernel_symbol symbol;

	if (!vmlinux->symbols || !symbols_find(vmlinux->symbols, name, &symbol))
		return false;
	*address = symbol.address;
	return true;
}

const struct vmlinux *vmlinux_of_symbols(const struct vmlinux *vmlinux)
{
	return vmlinux->debug && vmlinux->symbols == vmlinux->debug->symbols ? vmlinux->debug :
									       vmlinux;
}

bool vmlinux_has_dwarf(const struct vmlinux *vmlinux)
{
	return vmlinux->elf && (elf_section(vmlinux->elf, ".debug_info") ||
				elf_section(vmlinux->elf, ".zdebug_info"));
}

/* Finds the allocated section that contains a link-time address. Returns NULL if there is no such
 * section. */
static Elf_Scn *section_at(const struct vmlinux *vmlinux, uint64_t address, GElf_Shdr *header)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_next_section(vmlinux->elf, scn, header)))
		if ((header->sh_flags & SHF_ALLOC) && address >= header->sh_addr &&
		    address - header->sh_addr < header->sh_size)
			return scn;
	return NULL;
}

const uint8_t *vmlinux_content(const struct vmlinux *vmlinux, uint64_t address, size_t size)
{
	struct bytes b = vmlinux->file.bytes;
	GElf_Shdr header;
	uint64_t at;

	if (!section_at(vmlinux, address, &header) || header.sh_type == SHT_NOBITS)
		return NULL;
	at = address - header.sh_addr;
	if (!range_within(at, size, header.sh_size) || header.sh_offset > b.size ||
	    !range_within(at, size, b.size - header.sh_offset))
		return NULL;
	return b.data + header.sh_offset + at;
}

bool vmlinux_build_id(const struct vmlinux *vmlinux, struct bytes *build_id)
{
	return elf_build_id(vmlinux->elf, vmlinux->file.bytes, build_id);
}

static const char banner_start[] = "Linux version ";

/* Returns text if it is a banner that ends with a NUL within size bytes, or NULL if it is not. */
static const char *vmlinux_banner_at(const uint8_t *text, size_t size)
{
	if (!text || size < sizeof(banner_start) || !memchr(text, '\0', size) ||
	    memcmp(text, banner_start, sizeof(banner_start) - 1))
		return NULL;
	return (const char *)text;
}

static const char *search_banner(const struct vmlinux *vmlinux, uint64_t *address)
{
	struct bytes b = vmlinux->file.bytes;
	const uint8_t *at, *start, *end;
	Elf_Scn *scn = NULL;
	GElf_Shdr header;
	uint64_t flags;

	while ((scn = elf_next_section(vmlinux->elf, scn, &header))) {
		/* The only section of an Image (image.h) contains code and data. */
		flags = header.sh_flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR);
		if (header.sh_type != SHT_PROGBITS || !(flags & SHF_ALLOC) ||
		    flags == (SHF_ALLOC | SHF_EXECINSTR) ||
		    !range_within(header.sh_offset, header.sh_size, b.size))
			continue;
		start = b.data + header.sh_offset;
		end = start + header.sh_size;
		at = memmem(start, header.sh_size, banner_start, sizeof(banner_start) - 1);
		if (at && vmlinux_banner_at(at, (size_t)(end - at))) {
			*address = header.sh_addr + (uint64_t)(at - start);
			return (const char *)at;
		}
	}
	return NULL;
}

const char *vmlinux_banner(const struct vmlinux *vmlinux, uint64_t *address)
{
	enum { LONGEST = 512 };
	struct kernel_symbol symbol;
	size_t size;

	if (!vmlinux->symbols)
		return search_banner(vmlinux, address);
	if (!symbols_find(vmlinux->symbols, "linux_banner", &symbol))
		return NULL;
	*address = symbol.address;
	size = symbol.size && symbol.size < LONGEST ? symbol.size : LONGEST;
	return vmlinux_banner_at(vmlinux_content(vmlinux, symbol.address, size), size);
}

bool vmlinux_covers(const struct vmlinux *vmlinux, uint64_t address)
{
	struct kernel_symbol end;
	GElf_Shdr header;

	if (vmlinux->elf)
		return section_at(vmlinux, address, &header);
	return symbols_find(vmlinux->symbols, "_end", &end) && address < end.address;
}

bool vmlinux_same_section(const struct vmlinux *vmlinux, uint64_t one, uint64_t other)
{
	GElf_Shdr header;

	return vmlinux->elf && section_at(vmlinux, one, &header) && other >= header.sh_addr &&
	       other - header.sh_addr < header.sh_size;
}

/* Finds the first PT_LOAD segment that has at least size bytes in memory. Returns false if there is
 * no such segment. */
static bool first_segment(const struct vmlinux *vmlinux, uint64_t size, GElf_Phdr *header)
{
	size_t nr;

	if (!vmlinux->elf || elf_getphdrnum(vmlinux->elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (!gelf_getphdr(vmlinux->elf, (int)i, header))
			return false;
		/* p_filesz is not tested, because it may be 0 in a debug file */
		if (header->p_type == PT_LOAD && header->p_memsz >= size)
			return true;
	}
	return false;
}

bool vmlinux_first_segment(const struct vmlinux *vmlinux, uint64_t *address)
{
	GElf_Phdr header;

	if (!first_segment(vmlinux, 0, &header))
		return false;
	*address = header.p_vaddr;
	return true;
}

bool vmlinux_load_offset(const struct vmlinux *vmlinux, uint64_t *offset)
{
	GElf_Phdr header;

	if (!first_segment(vmlinux, 1, &header))
		return false;
	*offset = header.p_vaddr - header.p_paddr;
	return true;
}
