/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the usage and the help of a command from the command's tables. */
#pragma once

#include "cli/command.h"

enum { USAGE_SIZE = 512, HELP_SIZE = 4096 };

/* Writes the usage without the command's name, but with the blank after the name, for example "
 * [-u|-k] [-p PROCESS] ADDR...". */
void command_usage(const struct command *command, char text[USAGE_SIZE]);

/* Writes the command's details, and one or more lines for each option. There is no newline at the
 * end. */
void command_help_text(const struct command *command, char text[HELP_SIZE]);

/* Returns the title of a group, for example "Translate addresses". */
const char *command_group_title(enum command_group group);
