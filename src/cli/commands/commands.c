/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/commands.h"

#include <stddef.h>

// clang-format off
#define LIST_COMMAND(NAME) &command_##NAME,
const struct command *const commands[] = { FOR_EACH_COMMAND(LIST_COMMAND) NULL };
#undef LIST_COMMAND
// clang-format on
