/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands. To add a command, add a file cmd_NAME.c to this folder that ends with
 * "const struct command command_NAME", a name to FOR_EACH_COMMAND, and a line to Makefile.am. */
#pragma once

#include "cli/alias.h"
#include "cli/command.h"
#include "cli/command_names.h"

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
#define DECLARE_OF_PART(PART, NAME) DECLARE_COMMAND(NAME)
FOR_EACH_COMMAND(DECLARE_COMMAND, DECLARE_OF_PART)
#undef DECLARE_OF_PART
#undef DECLARE_COMMAND

/* All commands in alphabetical order, ending with NULL. */
extern const struct command *const commands[];

/* The names of crash's commands. The table ends with a row without a name. */
extern const struct alias aliases[];
