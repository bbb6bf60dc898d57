/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The usage and help of a command, made from its tables. */
#pragma once

#include "cli/command.h"

enum { USAGE_SIZE = 512, HELP_SIZE = 4096 };

/* The words after the name, with a blank before them: " [-u|-k] [-p PROCESS] ADDR...". */
void command_usage(const struct command *command, char text[USAGE_SIZE]);

/* Details, and a line or more for each option; no newline at the end. */
void command_help_text(const struct command *command, char text[HELP_SIZE]);

/* "Translate addresses". */
const char *command_group_title(enum command_group group);
