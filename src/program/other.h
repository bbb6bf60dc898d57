/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a second dump, for commands that compare two dumps. */
#pragma once

#include "program/options.h"
#include "cli/command.h"

/* Sets session->front.open_other and session->front.close_other. The helper opens the files of the second dump,
 * but no devices, and only files that a command names. Dumps in archives are not unpacked. options
 * are borrowed. */
void other_prepare(struct session *session, const struct options *options);
