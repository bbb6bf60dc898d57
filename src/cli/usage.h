/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The usage and the help of a command, made from the command's tables. */
#pragma once

#include "cli/command.h"

enum { USAGE_SIZE = 512, HELP_SIZE = 4096 };

/* Writes the usage without the name, with a blank before it: " [-u|-k] [-p PROCESS] ADDR...". */
void command_usage(const struct command *command, char text[USAGE_SIZE]);

/* Writes the details, and one or more lines for each option, without a newline at the end. */
void command_help_text(const struct command *command, char text[HELP_SIZE]);

/* Returns the title of a group, for example "Translate addresses". */
const char *command_group_title(enum command_group group);
