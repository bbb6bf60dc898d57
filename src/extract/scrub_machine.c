/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Removes names, texts, and the contents of general registers from headers and notes. */
#include "extract/scrub.h"

#include <stdlib.h>
#include <string.h>

#include "dump/registers.h"
#include "extract/blank.h"

/* --- names --- */

static bool scrub_name(char name[UTS_NAME_SIZE], struct pseudonyms *pseudonyms)
{
	size_t length = strnlen(name, UTS_NAME_SIZE - 1), size;
	char other[PSEUDONYM_MAX];

	if (!length || !strcmp(name, "(none)"))
		return true;
	size = pseudonym_of(pseudonyms, name, length, other);
	memset(name, 0, UTS_NAME_SIZE);
	memcpy(name, other, size);
	return size;
}

/* --- VMCOREINFO --- */

/* The start of each key that the kernel (kernel/vmcore_info.c and arch/x86) or kwalk writes. */
static const char *const known_keys[] = {
	"OSRELEASE", "BUILD-ID", "PAGESIZE", "KERNELOFFSET", "CRASHTIME", "SYMBOL(",
	"SIZE(",     "OFFSET(",	 "LENGTH(",  "NUMBER(",	     "CONFIG_",	  "KWALK_",
};

static bool scrub_machine_is_known(const char *line, size_t size)
{
	const char *equals = memchr(line, '=', size);

	for (size_t i = 0; i < sizeof(known_keys) / sizeof(*known_keys); i++) {
		size_t length = strlen(known_keys[i]);

		if (equals && (size_t)(equals - line) >= length &&
		    !memcmp(line, known_keys[i], length))
			return true;
	}
	return false;
}

/* Removes lines with unknown keys, because their content may be secret. */
static void scrub_note(struct note_text *note)
{
	size_t to = 0;

	for (size_t at = 0, size; at < note->size; at += size) {
		char *line = note->text + at, *newline = memchr(line, '\n', note->size - at);

		size = newline ? (size_t)(newline - line) + 1 : note->size - at;
		if (!scrub_machine_is_known(line, size))
			continue;
		memmove(note->text + to, line, size);
		to += size;
	}
	note->size = to;
}

/* --- registers --- */

/* Returns true if the value of a general register may stay. Only small numbers and pointers may
 * stay, because other values may be part of a text or a key. Registers that are not general
 * registers always stay, because they show which code ran with which page tables. */
static bool may_stay(const struct blank_rules *rules, uint64_t value)
{
	return blank_is_small(value) || blank_is_pointer(rules, value);
}

static void scrub_registers(struct registers *registers, const struct blank_rules *rules)
{
	for (enum cpu_register i = CPU_AX; i <= CPU_X30; i++)
		if ((i <= CPU_R15 || i >= CPU_X0) && !may_stay(rules, registers->value[i]))
			registers->value[i] = 0;
}

/* Clears the general registers in QEMU's note, except values for which may_stay() is true. Of the
 * 18 registers in struct QEMUCPUState, the first 16 are rax to r15. rsp, the seventh, always stays.
 * Bytes after kernel_gs_base are cleared, too. */
static void scrub_qemu(uint8_t *note, size_t size, const struct blank_rules *rules)
{
	enum { NR = 16, SP = 6, KERNEL_GS_BASE_SIZE = 8 };

	for (size_t i = 0; i < NR; i++) {
		uint8_t *at = note + QEMU_REGISTERS + 8 * i;

		if (i != SP && QEMU_REGISTERS + 8 * (i + 1) <= size &&
		    !may_stay(rules, load_le64(at)))
			store_le(at, 0, 8);
	}
	if (size > QEMU_SIZE + KERNEL_GS_BASE_SIZE)
		memset(note + QEMU_SIZE + KERNEL_GS_BASE_SIZE, 0,
		       size - QEMU_SIZE - KERNEL_GS_BASE_SIZE);
}

static bool scrub_stopped(struct machine_known *known, const struct blank_rules *rules)
{
	struct machine_out *machine = &known->machine;
	size_t nr = machine->nr_stopped;

	if (!known->stopped && nr) {
		known->stopped = calloc(nr, sizeof(*known->stopped));
		if (!known->stopped)
			return false;
		memcpy(known->stopped, machine->stopped, nr * sizeof(*known->stopped));
		machine->stopped = known->stopped;
	}
	for (size_t i = 0; i < nr; i++)
		scrub_registers(&known->stopped[i], rules);
	return true;
}

static bool scrub_cpus(struct machine_known *known, const struct blank_rules *rules)
{
	struct machine_out *machine = &known->machine;
	size_t nr = machine->nr_cpus, size = 0;
	uint8_t *to;

	if (!nr)
		return true;
	for (size_t i = 0; i < nr; i++)
		size += machine->cpus[i].note.size;
	known->cpus = calloc(nr, sizeof(*known->cpus));
	known->cpu_notes = malloc(size + 1);
	if (!known->cpus || !known->cpu_notes)
		return false;
	to = known->cpu_notes;
	for (size_t i = 0; i < nr; i++) {
		struct bytes note = machine->cpus[i].note;

		known->cpus[i] = machine->cpus[i];
		known->cpus[i].note.data = to;
		if (note.size)
			memcpy(to, note.data, note.size);
		scrub_qemu(to, note.size, rules);
		scrub_registers(&known->cpus[i].registers, rules);
		to += note.size;
	}
	machine->cpus = known->cpus;
	return true;
}

bool scrub_machine(const struct scrub *scrub, struct machine_known *known)
{
	char(*names)[UTS_NAME_SIZE] = known->machine.names;
	struct pseudonyms *pseudonyms = scrub->pseudonyms;
	const struct blank_rules *rules = &scrub->places.rules;

	scrub_note(&known->note);
	return scrub_name(names[UTS_NODE], pseudonyms) &&
	       scrub_name(names[UTS_DOMAIN], pseudonyms) && scrub_stopped(known, rules) &&
	       scrub_cpus(known, rules);
}
