/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a System.map belong to the dump? It has neither release nor build-id: it is
 * compared with the addresses of the symbols that the dump has. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "image/kallsyms.h"
#include "image/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "open/identify.h"
#include "vmlinux/symbols.h"
#include "vmlinux/vmlinux.h"

/* More than _stext, which always agrees if the KASLR offset was derived from it. */
enum { FEWEST_IN_NOTE = 4 };

/* SYMBOL() of these names is not the address of a symbol. */
static bool is_address(const char *name)
{
	return strcmp(name, "mem_section") && strcmp(name, "vmemmap");
}

static void tell_address(struct kernel *kernel, const char *proof,
			 const char *name, uint64_t theirs, uint64_t ours)
{
	char dump[VMCOREINFO_NAME + 32], file[32];

	snprintf(dump, sizeof(dump), "%s at %" PRIx64, name, theirs);
	snprintf(file, sizeof(file), "%" PRIx64, ours);
	kernel_tell_mismatch(kernel, proof, dump, file);
}

/* Number of the note's symbols that agree; 0 if one differs. */
static unsigned int compare_note(struct kernel *kernel)
{
	char name[VMCOREINFO_NAME];
	uint64_t theirs, ours;
	unsigned int nr = 0;
	size_t at = 0;

	while (vmcoreinfo_next_symbol(kernel->note, &at, name, &theirs)) {
		if (!is_address(name) ||
		    !kernel_vmlinux_symbol(kernel, name, &ours))
			continue;
		if (ours != theirs) {
			tell_address(kernel, "SYMBOL of VMCOREINFO", name,
				     theirs, ours);
			return 0;
		}
		nr++;
	}
	return nr;
}

/* Does the map have a symbol at the address of this one? */
static bool agrees(struct kernel *kernel, struct kallsyms *kallsyms,
		   uint32_t nr, uint64_t offset)
{
	uint64_t address = kallsyms_address(kallsyms, nr);
	uint64_t linked = (address - offset) & kernel->arch->address_mask;
	struct kallsyms_symbol theirs;
	struct symbol ours = { 0 };

	if (symbols_at(kernel->vmlinux->symbols, linked, &ours) &&
	    ours.address == linked)
		return true;
	tell_address(kernel, "kallsyms",
		     kallsyms_symbol(kallsyms, nr, &theirs) ? theirs.name :
							      "a symbol",
		     address,
		     (ours.address + offset) & kernel->arch->address_mask);
	return false;
}

/*
 * Compares functions all over the code, and those at its end: in another build one
 * of another size moves all behind it. The note has variables only, and these can
 * agree although the code differs.
 */
static bool compare_kallsyms(struct kernel *kernel)
{
	enum { SAMPLES = 256, FEWEST = 8, END_OF_CODE = 1 << 14 };
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	uint32_t count = kallsyms ? kallsyms_count(kallsyms) : 0;
	uint64_t offset, start, end;
	unsigned int nr = 0;

	if (!count || !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset) ||
	    !kernel_vmlinux_symbol(kernel, "_stext", &start) ||
	    !kernel_vmlinux_symbol(kernel, "_etext", &end))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t address = kallsyms_address(kallsyms, i);

		if (address < start || address >= end ||
		    (i % (count / SAMPLES + 1) && end - address > END_OF_CODE))
			continue;
		if (!agrees(kernel, kallsyms, i, offset))
			return false;
		nr++;
	}
	return nr >= FEWEST;
}

/* Is there a banner at the address that the map has for it? */
static void compare_banner(struct kernel *kernel)
{
	uint64_t address;
	uint8_t byte;

	if (!kernel_vmlinux_symbol(kernel, "linux_banner", &address))
		return;
	if (!kernel_release_of_banner(kernel, address,
				      "linux_banner in the dump") &&
	    kernel_read(kernel, address, &byte, 1, NULL))
		kernel_tell_mismatch(kernel, "linux_banner", "elsewhere",
				     "where the dump has none");
}

void kernel_compare_map(struct kernel *kernel)
{
	struct identity *identity = kernel->identity;
	unsigned int nr;

	identity->match = VMLINUX_UNCHECKED;
	identity->proof = NULL;
	nr = compare_note(kernel);
	if (identity->match != VMLINUX_DIFFERS && compare_kallsyms(kernel)) {
		identity->match = VMLINUX_MATCHES;
		identity->proof = "addresses in kallsyms";
	}
	if (identity->match != VMLINUX_DIFFERS)
		compare_banner(kernel);
	if (identity->match == VMLINUX_UNCHECKED && nr >= FEWEST_IN_NOTE) {
		identity->match = VMLINUX_AGREES;
		identity->proof = "symbols of VMCOREINFO";
	}
}
