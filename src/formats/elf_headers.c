/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/elf_headers.h"

#include <elf.h>

static const char *machine_name(uint16_t machine)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
		{ EM_AARCH64, "aarch64" }, { EM_ARM, "arm" },
		{ EM_PPC64, "ppc64" },	   { EM_PPC, "ppc" },
		{ EM_S390, "s390" },	   { EM_RISCV, "riscv" },
		{ EM_IA_64, "ia64" },	   { EM_MIPS, "mips" },
		{ EM_LOONGARCH, "loongarch" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

static bool check_ident(struct dump *dump, const uint8_t *ident,
			struct error *err)
{
	const char *path = dump->file.path;

	if (!ident)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its ELF header", path);
	if (ident[EI_DATA] != ELFDATA2LSB)
		return fail(err, ERROR_FORMAT,
			    "%s: is a big-endian core, not of an x86 machine",
			    path);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return fail(err, ERROR_FORMAT, "%s: has ELF class %u, not 1 or 2",
			    path, ident[EI_CLASS]);
	dump->machine = load_le16(ident + 18);
	if (dump->machine != EM_386 && dump->machine != EM_X86_64)
		return fail(err, ERROR_FORMAT,
			    "%s: is a core of %s (e_machine %u), not of x86",
			    path, machine_name(dump->machine), dump->machine);
	return true;
}

/* PN_XNUM: the number is sh_info of section header 0. */
static bool extended_phnum(struct dump *dump, const uint8_t *ehdr,
			   struct elf_headers *headers, struct error *err)
{
	uint64_t shoff = headers->is64 ? load_le64(ehdr + 40) :
					 load_le32(ehdr + 32);
	size_t size = headers->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint8_t scratch[sizeof(Elf64_Shdr)];
	const uint8_t *shdr = source_view(&dump->source, shoff, size, scratch);

	if (shoff == 0 || !shdr)
		return fail(err, ERROR_FORMAT,
			    "%s: the section header that holds the number of program headers (PN_XNUM) is not in the file",
			    dump->file.path);
	headers->phnum = load_le32(shdr + (headers->is64 ? 44 : 28));
	return true;
}

bool elf_headers_read(struct elf_headers *headers, struct dump *dump,
		      struct error *err)
{
	uint8_t scratch[sizeof(Elf64_Ehdr)];
	const char *path = dump->file.path;
	const uint8_t *at =
		source_view(&dump->source, 0, sizeof(Elf32_Ehdr), scratch);

	if (!check_ident(dump, at, err))
		return false;
	headers->is64 = at[EI_CLASS] == ELFCLASS64;
	if (headers->is64)
		at = source_view(&dump->source, 0, sizeof(scratch), scratch);
	if (!at)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its ELF header", path);
	headers->phoff = headers->is64 ? load_le64(at + 32) : load_le32(at + 28);
	headers->phentsize = load_le16(at + (headers->is64 ? 54 : 42));
	headers->phnum = load_le16(at + (headers->is64 ? 56 : 44));
	if (headers->phnum == PN_XNUM && !extended_phnum(dump, at, headers, err))
		return false;
	if (headers->phnum == 0)
		return fail(err, ERROR_FORMAT, "%s: has no program headers",
			    path);
	if (headers->phentsize <
	    (headers->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return fail(err, ERROR_FORMAT,
			    "%s: says its program headers have %u bytes each",
			    path, (unsigned int)headers->phentsize);
	headers->source = &dump->source;
	/* phnum < 2^32 and phentsize < 2^16: the product cannot overflow. A file
	 * that is shorter than the headers has nothing else. */
	if (headers->phnum * headers->phentsize > dump->file.bytes.size)
		return elf_headers_fail(headers, dump, err);
	return true;
}

bool elf_headers_fail(const struct elf_headers *headers, const struct dump *dump,
		      struct error *err)
{
	/* makedumpfile, write_elf_pages_cyclic(), writes them in buffers of 64 KiB. */
	if (dump->source.runs && !dump->source.complete)
		return fail(
			err, ERROR_FORMAT,
			"%s: is cut short before its program headers, which makedumpfile -F -E writes last: the addresses of its memory are unknown. Copy it again; a cut dump that was written without -E (kdump-compressed) can be read",
			dump->file.path);
	return fail(err, ERROR_FORMAT,
		    "%s: is cut short within its program headers (%llu at offset %#llx)",
		    dump->file.path, (unsigned long long)headers->phnum,
		    (unsigned long long)headers->phoff);
}

bool elf_segment_read(const struct elf_headers *headers, size_t index,
		      struct elf_segment *segment)
{
	uint8_t scratch[sizeof(Elf64_Phdr)];
	uint64_t offset = index * headers->phentsize;
	const uint8_t *at = NULL;

	if (headers->phoff <= UINT64_MAX - offset)
		at = source_view(headers->source, headers->phoff + offset,
				 headers->is64 ? sizeof(Elf64_Phdr) :
						 sizeof(Elf32_Phdr),
				 scratch);
	if (!at)
		return false;
	if (headers->is64)
		*segment = (struct elf_segment){
			.type = load_le32(at),
			.offset = load_le64(at + 8),
			.vaddr = load_le64(at + 16),
			.paddr = load_le64(at + 24),
			.filesz = load_le64(at + 32),
			.memsz = load_le64(at + 40),
		};
	else
		*segment = (struct elf_segment){
			.type = load_le32(at),
			.offset = load_le32(at + 4),
			.vaddr = load_le32(at + 8),
			.paddr = load_le32(at + 12),
			.filesz = load_le32(at + 16),
			.memsz = load_le32(at + 20),
		};
	return true;
}
