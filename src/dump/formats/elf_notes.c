/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/elf_notes.h"

#include <elf.h>

#include "base/array.h"
#include "dump/parts.h"
#include "dump/registers.h"

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

bool elf_notes_read(struct elf_notes *notes, struct bytes segment, struct dump *dump)
{
	struct note note;
	size_t offset = 0;

	while (next_note(notes, segment, &offset, &note)) {
		if (name_is(&note, "VMCOREINFO") && !dump->vmcoreinfo.size)
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
