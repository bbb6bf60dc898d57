/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sub-header of a kdump-compressed file leads to: VMCOREINFO and the
 * CPUs' notes; and of which machine the dump is, which no field says surely. */
#pragma once

#include <stdbool.h>

#include "dump/kdump_part.h"

bool kdump_notes_read(struct dump *dump, const struct kdump_part *part,
		      struct error *err);
