/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/elf_headers.h"

#include <elf.h>
#include <inttypes.h>

#include "base/array.h"
#include "base/machine.h"
#include "dump/parts.h"
#include "dump/registers.h"

static const char *machine_name(uint16_t machine)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
		{ EM_ARM, "arm" },   { EM_PPC64, "ppc64" },	    { EM_PPC, "ppc" },
		{ EM_S390, "s390" }, { EM_RISCV, "riscv" },	    { EM_IA_64, "ia64" },
		{ EM_MIPS, "mips" }, { EM_LOONGARCH, "loongarch" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

static bool check_ident(struct dump *dump, const uint8_t *ident, struct error *err)
{
	if (ident[EI_DATA] != ELFDATA2LSB)
		return dump_fail(dump, err, "is a big-endian core, not of " MACHINES_READ);
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return dump_fail(dump, err, "has ELF class %u, not 1 or 2", ident[EI_CLASS]);
	dump->machine = load_le16(ident + 18);
	if (!machine_find(dump->machine))
		return dump_fail(dump, err, "is a core of %s (e_machine %u), not of " MACHINES_READ,
				 machine_name(dump->machine), dump->machine);
	return true;
}

/* Loads a word of a header. The class of the file determines the size and the offset of the
 * word. */
static uint64_t elf_headers_load_word(const struct elf_headers *headers, const uint8_t *at,
				      size_t at32, size_t at64)
{
	return headers->is64 ? load_le64(at + at64) : load_le32(at + at32);
}

/* Reads the number of program headers if it is too large for the ELF header (PN_XNUM). In this case
 * the number is in sh_info of section header 0. */
static bool extended_phnum(struct dump *dump, const uint8_t *ehdr, struct elf_headers *headers,
			   struct error *err)
{
	uint64_t shoff = elf_headers_load_word(headers, ehdr, 32, 40);
	uint8_t shdr[sizeof(Elf64_Shdr)];

	if (shoff == 0 || !source_read(&dump->source, shoff, shdr,
				       headers->is64 ? sizeof(shdr) : sizeof(Elf32_Shdr)))
		return dump_fail(
			dump, err,
			"the section header that holds the number of program headers (PN_XNUM) is not in the file");
	headers->phnum = load_le32(shdr + (headers->is64 ? 44 : 28));
	return true;
}

bool elf_headers_read(struct elf_headers *headers, struct dump *dump, struct error *err)
{
	uint8_t ehdr[sizeof(Elf64_Ehdr)];
	bool whole = source_read(&dump->source, 0, ehdr, sizeof(Elf32_Ehdr));

	if (whole && !check_ident(dump, ehdr, err))
		return false;
	headers->is64 = whole && ehdr[EI_CLASS] == ELFCLASS64;
	if (headers->is64)
		whole = source_read(&dump->source, 0, ehdr, sizeof(ehdr));
	if (!whole)
		return dump_fail(dump, err, "is cut short within its ELF header");
	headers->phoff = elf_headers_load_word(headers, ehdr, 28, 32);
	headers->phentsize = load_le16(ehdr + (headers->is64 ? 54 : 42));
	headers->phnum = load_le16(ehdr + (headers->is64 ? 56 : 44));
	if (headers->phnum == PN_XNUM && !extended_phnum(dump, ehdr, headers, err))
		return false;
	if (headers->phnum == 0)
		return dump_fail(dump, err, "has no program headers");
	if (headers->phentsize < (headers->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return dump_fail(dump, err, "has program headers of %u bytes, which is too few",
				 (unsigned int)headers->phentsize);
	headers->source = &dump->source;
	/* A file that is shorter than its program headers is damaged. The product cannot overflow,
	 * because phnum < 2^32 and phentsize < 2^16. */
	if (headers->phnum * headers->phentsize > dump->file.size)
		return elf_headers_fail(headers, dump, err);
	return true;
}

bool elf_headers_fail(const struct elf_headers *headers, const struct dump *dump, struct error *err)
{
	/* makedumpfile writes the program headers of a flattened ELF file last, in buffers of 64
	 * KiB: write_elf_pages_cyclic(). So they are missing if the file was cut short. */
	if (dump->source.runs && !dump->source.complete)
		return dump_fail(
			dump, err,
			"is cut short before its program headers, which makedumpfile -F -E writes last, so the addresses of its memory are unknown. Copy the dump again; a dump written without -E (kdump-compressed) can be read even if it is cut short");
	return dump_fail(dump, err,
			 "is cut short within its program headers (%" PRIu64 " at offset %#" PRIx64
			 ")",
			 headers->phnum, headers->phoff);
}

bool elf_segment_read(const struct elf_headers *headers, size_t index, struct elf_segment *segment)
{
	uint8_t at[sizeof(Elf64_Phdr)];
	uint64_t offset = index * headers->phentsize;

	if (headers->phoff > UINT64_MAX - offset ||
	    !source_read(headers->source, headers->phoff + offset, at,
			 headers->is64 ? sizeof(at) : sizeof(Elf32_Phdr)))
		return false;
	*segment = (struct elf_segment){
		.type = load_le32(at),
		.offset = elf_headers_load_word(headers, at, 4, 8),
		.vaddr = elf_headers_load_word(headers, at, 8, 16),
		.paddr = elf_headers_load_word(headers, at, 12, 24),
		.filesz = elf_headers_load_word(headers, at, 16, 32),
		.memsz = elf_headers_load_word(headers, at, 20, 40),
	};
	return true;
}

/* --- notes --- */

struct note {
	struct bytes name, desc;
	uint32_t type;
};

static bool name_is(const struct note *note, const char *name)
{
	size_t length = strlen(name);

	/* The size of the name includes the final NUL in the notes of some programs only. */
	return note->name.size >= length && note->name.size <= length + 1 &&
	       !memcmp(note->name.data, name, length);
}

/* Reads the note at *offset, and moves *offset to the end of the note. Returns false if no note is
 * left. */
static bool next_note(struct elf_notes *notes, struct bytes segment, size_t *offset,
		      struct note *note)
{
	const uint8_t *at = segment.data + *offset;
	size_t left = segment.size - *offset;
	uint64_t name_size, desc_size, desc_at;

	if (left < sizeof(Elf64_Nhdr))
		return false;
	name_size = load_le32(at);
	desc_size = load_le32(at + 4);
	desc_at = sizeof(Elf64_Nhdr) + ((name_size + 3) & ~UINT64_C(3));
	if (!range_within(desc_at, desc_size, left)) {
		if (!notes->cut)
			notes->cut_at = *offset;
		notes->cut = true;
		return false;
	}
	note->type = load_le32(at + 8);
	note->name = (struct bytes){ at + sizeof(Elf64_Nhdr), name_size };
	note->desc = (struct bytes){ at + desc_at, desc_size };
	desc_at += (desc_size + 3) & ~UINT64_C(3);
	*offset += desc_at < left ? desc_at : left;
	return true;
}

static bool elf_notes_add_cpu(struct elf_notes *notes, struct dump *dump, struct bytes note)
{
	struct cpu_state cpu = {
		.vector_table = load_le64(note.data + QEMU_IDT_BASE),
		.note = note,
	};
	registers_of_qemu(&cpu.registers, note);
	return array_add(&dump->cpus, &dump->nr_cpus, &notes->room_cpus, &cpu, sizeof(cpu));
}

/* Reads a note with the name "CORE". The notes AUXV, FILE and PRPSINFO show that the file is the
 * core of a process. */
static bool read_core_note(struct elf_notes *notes, const struct note *note, struct dump *dump)
{
	struct registers registers;
	uint16_t machine;

	if (note->type == NT_AUXV || note->type == NT_FILE || note->type == NT_PRPSINFO)
		notes->user_process = true;
	if (note->type != NT_PRSTATUS)
		return true;
	machine = registers_of_prstatus(&registers, note->desc);
	if (machine == EM_NONE)
		return true;
	notes->machine = machine;
	return array_add(&dump->stopped, &dump->nr_stopped, &notes->room_stopped, &registers,
			 sizeof(registers));
}

/* Does the note show that page tables in the dump contain frames of a Xen host, while notes and
 * variables of the kernel contain frames of a guest? xen/include/public/elfnote.h:
 * XEN_ELFNOTE_CRASH_INFO, XEN_ELFNOTE_CRASH_REGS, and XEN_ELFNOTE_DUMPCORE_HEADER, which begins with
 * XC_CORE_MAGIC for a paravirtualised guest (docs/misc/dump-core-format.txt). */
static bool is_of_xen(const struct note *note)
{
	enum { CRASH_INFO = 0x1000001, CRASH_REGS, HEADER = 0x2000001 };

	if (!name_is(note, "Xen"))
		return name_is(note, "VMCOREINFO_XEN");
	return note->type == CRASH_INFO || note->type == CRASH_REGS ||
	       (note->type == HEADER && note->desc.size >= 8 &&
		load_le64(note->desc.data) == 0xf00febed);
}

bool elf_notes_fail(const struct elf_notes *notes, const struct dump *dump, struct error *err)
{
	return !notes->xen ||
	       dump_fail(
		       dump, err,
		       "is of a Xen host or a paravirtualised Xen guest, by its notes: page tables contain frames of the host, and the kernel uses other frames, which kwalk does not translate. Dump a guest with xl dump-core, if it is not paravirtualised");
}

bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump)
{
	struct note note;
	size_t offset = 0;

	while (next_note(notes, segment, &offset, &note)) {
		notes->xen |= is_of_xen(&note);
		if (name_is(&note, "ERASEINFO")) {
			dump->erased = true;
			dump->erase_info = note.desc;
		} else if (name_is(&note, "VMCOREINFO") && !dump->vmcoreinfo.size)
			dump->vmcoreinfo = note.desc;
		else if (name_is(&note, PARTS_NOTE_NAME) && note.type == PARTS_NOTE_TYPE)
			dump_set_parts(dump, note.desc);
		else if (name_is(&note, "CORE") && !read_core_note(notes, &note, dump))
			return false;
		else if (name_is(&note, "QEMU") && note.desc.size >= QEMU_SIZE &&
			 !elf_notes_add_cpu(notes, dump, note.desc))
			return false;
	}
	return true;
}
