/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/qmp_notes.h"

#include <elf.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/machine.h"

enum { MOST_NOTES = 64 << 20 }; /* bytes; a CPU has about 1 KiB of notes */

/* Copies the notes from the file that QEMU has written. QEMU may change the file at any time. */
static bool copy_notes(const struct qmp *qmp, uint8_t **to, size_t *to_size, struct error *err)
{
	struct stat status;
	uint8_t *notes;

	if (fstat(qmp->notes, &status) < 0 || status.st_size <= 0 || status.st_size > MOST_NOTES)
		return fail(err, ERROR_FORMAT, "%s: QEMU wrote notes of an implausible size",
			    qmp->name);
	notes = malloc((size_t)status.st_size);
	if (!notes)
		return out_of_memory(err);
	if (pread(qmp->notes, notes, (size_t)status.st_size, 0) != status.st_size) {
		free(notes);
		return fail(err, ERROR_SYSTEM, "%s: the notes that QEMU wrote cannot be read",
			    qmp->name);
	}
	free(*to);
	*to = notes;
	*to_size = (size_t)status.st_size;
	return true;
}

/* Makes a core that states only the machine. libvirtd must not be asked for more: libvirtd 9.0
 * reads a null pointer when QEMU reports the end of a dump that libvirtd has not begun
 * (qemuProcessHandleDumpCompleted() of src/qemu/qemu_process.c). */
static bool make_notes(struct qmp *qmp, uint8_t **to, size_t *to_size, struct error *err)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr notes;
		Elf64_Nhdr empty;
	} core = {
		.head = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_CORE,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(core.head),
			.e_ehsize = sizeof(core.head),
			.e_phentsize = sizeof(core.notes),
			.e_phnum = 1,
		},
		.notes = { .p_type = PT_NOTE,
			   .p_offset = sizeof(core.head) + sizeof(core.notes),
			   .p_filesz = sizeof(core.empty) },
	};
	json_t *result = qmp_call(qmp, QMP_TARGET, 0, 0, QMP_SECONDS, err);
	const char *target = json_string_value(json_object_get(result, "arch"));

	core.head.e_machine = target ? machine_of_uname(target) : EM_NONE;
	json_decref(result);
	if (!result)
		return false;
	if (!core.head.e_machine)
		return fail(err, ERROR_FORMAT, "%s: kwalk does not read guests of this machine",
			    qmp->name);
	*to = malloc(sizeof(core));
	if (!*to)
		return out_of_memory(err);
	memcpy(*to, &core, sizeof(core));
	*to_size = sizeof(core);
	return true;
}

static bool dump_notes(struct qmp *qmp, uint64_t page, uint8_t **notes, size_t *size,
		       struct error *err)
{
	return qmp_do(qmp, QMP_TAKE_NOTES, 0, 0, QMP_SECONDS, err) &&
	       qmp_do(qmp, QMP_DUMP_NOTES, page, 0, QMP_NOTES_SECONDS, err) &&
	       copy_notes(qmp, notes, size, err);
}

bool qmp_read_notes(struct qmp *qmp, uint64_t page, uint8_t **notes, size_t *size,
		    struct error *err)
{
	if (!qmp->in_order)
		return dump_notes(qmp, page, notes, size, err);
	/* what make_notes() states does not change */
	return *notes || make_notes(qmp, notes, size, err);
}
