/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VMCOREINFO and the notes of the CPUs of a kdump-compressed file, and the machine,
 * which no single field tells. */
#pragma once

#include <stdbool.h>

#include "formats/kdump_part.h"

/* Sets what dump has of notes, dump->machine and dump->phys_base. */
bool kdump_notes_read(struct dump *dump, const struct kdump_part *part,
		      struct error *err);
