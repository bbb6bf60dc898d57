/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands. To add one: cmd_NAME.c in this room, ending
 * in "const struct command command_NAME", its line in FOR_EACH_COMMAND, its line in
 * Makefile.am. */
#pragma once

#include "cli/alias.h"
#include "cli/command.h"

// clang-format off
#define FOR_EACH_COMMAND(X) \
	X(annotate) X(areas) X(bounce) X(btop) X(check) X(devices) X(diff) X(dma) X(extract) \
	X(format) X(frames) X(guests) X(help) X(info) X(iomem) X(ioports) X(log) X(page) X(page_to_pfn) X(page_to_phys) \
	X(pagemap) X(panic) X(pfn_to_page) X(phys_to_page) X(pt) X(pte) \
	X(ptob) X(ptov) X(quit) X(rd) X(region) X(regions) X(report) X(search) X(set) \
	X(shared) X(slabs) X(sym) X(tasks) X(triage) X(virt_to_page) X(vmas) X(vtop) \
	X(whatis) X(zones)
// clang-format on

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
FOR_EACH_COMMAND(DECLARE_COMMAND)
#undef DECLARE_COMMAND

/* All commands in alphabetical order, NULL-terminated. */
extern const struct command *const commands[];

/* Other names for them, those of crash; ended by a row without name. */
extern const struct alias aliases[];
