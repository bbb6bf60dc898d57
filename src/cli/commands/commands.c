/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/commands.h"

#include <stddef.h>

/* Adds a row for a command that configure may leave out. HAVE is 1 if the command was built, or
 * else 0. */
#define IF_BUILT(HAVE, ...) IF_BUILT_AS(HAVE, __VA_ARGS__)
#define IF_BUILT_AS(HAVE, ...) ROW_IF_##HAVE(__VA_ARGS__)
#define ROW_IF_1(...) __VA_ARGS__
#define ROW_IF_0(...)

// clang-format off
#define LIST_COMMAND(NAME) &command_##NAME,
#define LIST_OF_PART(PART, NAME) IF_BUILT(HAVE_##PART, LIST_COMMAND(NAME))
const struct command *const commands[] = { FOR_EACH_COMMAND(LIST_COMMAND, LIST_OF_PART) NULL };
#undef LIST_OF_PART
#undef LIST_COMMAND
// clang-format on
