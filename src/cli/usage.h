/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The usage and help of a command, composed from its tables. */
#pragma once

#include "cli/command.h"

enum { USAGE_SIZE = 512, HELP_SIZE = 4096 };

/* The usage after the name, with a blank before it: " [-u|-k] [-p PROCESS] ADDR...". */
void command_usage(const struct command *command, char text[USAGE_SIZE]);

/* Details, and one or more lines for each option; no newline at the end. */
void command_help_text(const struct command *command, char text[HELP_SIZE]);

/* "Translate addresses". */
const char *command_group_title(enum command_group group);
