/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another dump beside the open one, for commands that compare two dumps. */
#pragma once

#include "options.h"
#include "cli/command.h"

/* Sets session->open_other and session->close_other. The helper opens the files of the other dump,
 * but only files that the commands name, and no devices. Dumps in archives are not unpacked.
 * options are borrowed. */
void other_prepare(struct session *session, const struct options *options);
