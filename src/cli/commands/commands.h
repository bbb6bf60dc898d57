/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands. To add one: cmd_NAME.c in this room, ending
 * in "const struct command command_NAME", its line in FOR_EACH_COMMAND, its line in
 * Makefile.am. */
#pragma once

#include "cli/alias.h"
#include "cli/command.h"

/* A row of what configure may leave out: HAVE is 1 or 0. */
#define IF_BUILT(HAVE, ...) IF_BUILT_AS(HAVE, __VA_ARGS__)
#define IF_BUILT_AS(HAVE, ...) ROW_IF_##HAVE(__VA_ARGS__)
#define ROW_IF_1(...) __VA_ARGS__
#define ROW_IF_0(...)

// clang-format off
#define FOR_EACH_COMMAND(X) \
	X(annotate) X(areas) IF_BUILT(HAVE_DEVICES, X(bounce)) X(btop) X(check) \
	IF_BUILT(HAVE_DEVICES, X(devices)) IF_BUILT(HAVE_DIFF, X(diff)) \
	IF_BUILT(HAVE_DEVICES, X(dma)) IF_BUILT(HAVE_EXTRACT, X(extract)) X(format) X(frames) \
	IF_BUILT(HAVE_KVM, X(guests)) X(help) X(info) X(iomem) X(ioports) X(log) X(page) \
	X(page_to_pfn) X(page_to_phys) X(pagemap) X(panic) X(pfn_to_page) X(phys_to_page) X(pt) \
	X(pte) X(ptob) X(ptov) X(quit) X(rd) X(region) X(regions) \
	IF_BUILT(HAVE_REPORT, X(report)) X(search) X(set) X(shared) X(slabs) X(sym) X(tasks) \
	X(triage) X(virt_to_page) X(vmas) X(vtop) X(whatis) X(zones)
// clang-format on

#define DECLARE_COMMAND(NAME) extern const struct command command_##NAME;
FOR_EACH_COMMAND(DECLARE_COMMAND)
#undef DECLARE_COMMAND

/* All commands in alphabetical order, NULL-terminated. */
extern const struct command *const commands[];

/* Other names for them, those of crash; ended by a row without name. */
extern const struct alias aliases[];
