/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands. To add one: cmd_NAME.c ending in "const struct command
 * command_NAME", its line in FOR_EACH_COMMAND, its line in Makefile.am. */
#pragma once

#include "session/command.h"

// clang-format off
#define FOR_EACH_COMMAND(X) \
	X(areas) X(btop) X(check) X(help) X(info) X(iomem) X(ioports) X(page) \
	X(page_to_pfn) X(page_to_phys) X(pagemap) X(pfn_to_page) \
	X(phys_to_page) X(pt) X(pte) X(ptob) X(ptov) X(quit) X(rd) X(region) \
	X(regions) X(set) X(shared) X(sym) X(tasks) X(virt_to_page) \
	X(vmas) X(vtop)
// clang-format on

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
FOR_EACH_COMMAND(DECLARE_COMMAND)
#undef DECLARE_COMMAND

/* All commands in alphabetical order, NULL-terminated. */
extern const struct command *const commands[];
