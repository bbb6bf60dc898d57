/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Builds the notes of a dump that is being written. */
#include "dump/write/dump_out.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "dump/parts.h"
#include "dump/registers.h"

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* Returns the number of bytes that a note takes. */
static size_t room_for(const char *name, size_t size)
{
	return sizeof(Elf64_Nhdr) + padded(strlen(name) + 1) + padded(size);
}

/* Adds a note whose content is zeros, and returns its content. notes->data must have enough space
 * for the note. */
static uint8_t *notes_out_add_note(struct notes_out *notes, const char *name, uint32_t type,
				   size_t size)
{
	uint8_t *at = notes->data + notes->size;
	size_t name_size = strlen(name) + 1;

	store_le(at, name_size, 4);
	store_le(at + 4, size, 4);
	store_le(at + 8, type, 4);
	memcpy(at + sizeof(Elf64_Nhdr), name, name_size);
	notes->size += room_for(name, size);
	return at + sizeof(Elf64_Nhdr) + padded(name_size);
}

static size_t room_for_all(const struct machine_out *machine)
{
	size_t room = room_for("VMCOREINFO", machine->vmcoreinfo.size) +
		      machine->nr_stopped * room_for("CORE", prstatus_size(machine->machine));

	if (machine->parts.size)
		room += room_for(PARTS_NOTE_NAME, machine->parts.size);
	for (size_t i = 0; i < machine->nr_cpus; i++)
		room += room_for("QEMU", machine->cpus[i].note.size);
	return room;
}

bool notes_out_make(struct notes_out *notes, const struct machine_out *machine, struct error *err)
{
	const struct bytes *text = &machine->vmcoreinfo;

	*notes = (struct notes_out){ .data = calloc(1, room_for_all(machine)) };
	if (!notes->data)
		return out_of_memory(err);
	for (size_t i = 0; i < machine->nr_stopped; i++)
		registers_to_prstatus(&machine->stopped[i], machine->machine,
				      notes_out_add_note(notes, "CORE", NT_PRSTATUS,
							 prstatus_size(machine->machine)));
	for (size_t i = 0; i < machine->nr_cpus; i++) {
		const struct bytes *note = &machine->cpus[i].note;

		memcpy(notes_out_add_note(notes, "QEMU", 0, note->size), note->data, note->size);
	}
	if (machine->parts.size)
		memcpy(notes_out_add_note(notes, PARTS_NOTE_NAME, PARTS_NOTE_TYPE,
					  machine->parts.size),
		       machine->parts.data, machine->parts.size);
	if (text->size) {
		uint8_t *to = notes_out_add_note(notes, "VMCOREINFO", 0, text->size);

		memcpy(to, text->data, text->size);
		notes->vmcoreinfo_at = (size_t)(to - notes->data);
	}
	return true;
}
