/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the architecture of a dump, and whether a vmlinux belongs to it. */
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "open/kernel_search.h"
#include "open/opened.h"
#include "base/machine.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/table_search.h"
#include "open/archs.h"
#include "open/open.h"
#include "paging/family.h"
#include "debuginfo/vmlinux.h"

/* --- the option --kernel --- */

/* Opens one of several kernels, for the option --kernel. */

/* Keeps the registers of the CPUs that run this kernel. They are in the order of the CPUs' numbers,
 * so they are useful only if the first CPUs are kept. */
static void keep_cpus(struct dump *dump, const struct found_table *table, bool alone)
{
	size_t nr = 0;
	bool others = !alone && !dump->nr_cpus;

	while (nr < dump->nr_cpus && open_search_runs(dump, table, nr))
		nr++;
	for (size_t i = nr; i < dump->nr_cpus && nr; i++)
		if (open_search_runs(dump, table, i))
			nr = 0;
	others |= nr < dump->nr_cpus;
	dump->nr_hidden_cpus = dump->nr_cpus - nr;
	dump->nr_cpus = nr;
	if (others)
		dump->nr_stopped = 0;
}

/* Searches memory for all kernels, and makes `kernel` the one with this number, which is not 0. Sets
 * kernel->table, ->note and ->arch, and removes the registers of CPUs that run other kernels. */
static bool open_choose_kernel(struct kernel *kernel, unsigned int number, struct error *err)
{
	struct kernel_search search = { .dump = kernel->dump, .listener = kernel->listener };
	size_t nr;

	open_search_scan(&search);
	open_search_all_tables(&search);
	nr = search.tables.nr_found;
	if (number > nr)
		return fail(err, ERROR_USAGE,
			    "--kernel=%u: the search of memory found %zu kernel%s%s", number, nr,
			    nr == 1 ? "" : "s", nr ? ", which the command kernels lists" : "");
	keep_cpus(kernel->dump, &search.tables.found[number - 1], nr == 1);
	open_search_use(kernel, &search, &search.tables.found[number - 1]);
	return true;
}

/* Returns e_machine: from -o arch=, or else from the dump, or else from the note. Returns 0 if it
 * is unknown. */
static uint16_t choose_machine(const struct kernel *kernel)
{
	const struct fact *mode = &kernel->facts->fact[FACT_MODE];
	uint16_t machine;

	if (mode->status == FACT_KNOWN)
		return arch_of_mode(mode->value)->machine;
	machine = kernel->dump->machine;
	return machine == EM_NONE ? machine_of_note(kernel->note->text) : machine;
}

/* Returns true if all memory must be searched for a kernel, which takes long. No search is needed
 * if there is a note, if there are a usable vmlinux and the registers of a CPU, or if -o gives all
 * facts that a page table walk needs. */
static bool needs_search(const struct kernel *kernel)
{
	const struct fact *facts = kernel->facts->fact;
	bool has_levels =
		facts[FACT_LEVELS].given ||
		(facts[FACT_MODE].given && !arch_of_mode(facts[FACT_MODE].value)->levels_vary);

	return !kernel->note->text.size &&
	       !(kernel->vmlinux && kernel->vmlinux->symbols &&
		 vmlinux_has_types(kernel->vmlinux) && kernel->identity->match != VMLINUX_DIFFERS &&
		 kernel->dump->nr_cpus) &&
	       !(facts[FACT_ROOT].given && has_levels);
}

/* Fails if the architecture is unknown. For a file of unknown format that is used as a raw image,
 * one further condition must be true: a search has found a kernel in the image, or -o gives the
 * root or the mode of the page table. */
static bool need_arch(const struct kernel *kernel, struct error *err)
{
	static const char no_kernel[] =
		"neither a dump in a known format nor a kernel executable (vmlinux), and as a raw image of memory from address 0 on it contains no kernel; give an image that starts at another address as FILE@ADDRESS, and the ranges of an image without holes as FILE:OFFSET@ADDRESS";
	const struct dump *dump = kernel->dump;
	bool proved = kernel->table->known || kernel->note->found ||
		      kernel->facts->fact[FACT_MODE].given || kernel->facts->fact[FACT_ROOT].given;

	if (kernel->arch && (proved || !dump->guessed))
		return true;
	if (!proved && dump->guessed)
		return fail(err, ERROR_FORMAT, "%s is %s", dump->file.path,
			    inputs_describe(&dump->file, no_kernel));
	return fail(
		err, ERROR_UNKNOWN,
		"%s: its architecture is unknown, and no kernel was found in its memory; name the architecture using -o arch=",
		dump->file.path);
}

bool open_first_facts(struct kernel *kernel, unsigned int number, struct error *err)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	bool searched = number != 0;

	if (number && !open_choose_kernel(kernel, number, err))
		return false;
	if (!number) {
		open_set_arch(kernel, arch_find(choose_machine(kernel)));
		searched = needs_search(kernel);
		if (searched)
			open_search_memory(kernel);
	}
	if (!kernel->arch && vmlinux)
		open_set_arch(kernel, arch_find(vmlinux->machine));
	if (!need_arch(kernel, err))
		return false;
	if (vmlinux && vmlinux->machine != kernel->arch->machine)
		return fail(
			err, ERROR_FORMAT, "%s: is an %s kernel, but the dump is of an %s kernel%s",
			vmlinux->file.path, arch_find(vmlinux->machine)->name, kernel->arch->name,
			kernel_not_booted(kernel) ?
				": no kernel is running yet, because CPU 0 does not use page tables" :
				"");
	open_identify(kernel);
	/* vmlinux does not belong to the dump and is not used, so the search is needed after
	 * all. */
	if (!searched && needs_search(kernel)) {
		open_search_memory(kernel);
		open_read_release(kernel);
		open_forget(kernel);
	}
	kernel_find_page_size(kernel);
	return true;
}

/* Returns false if the build-ids are known and differ. Two builds can have the same banner, so an
 * equal banner is not enough. */
static bool is_of_one_build(const struct vmlinux *given, const struct vmlinux *found)
{
	char ours[BUILD_ID_TEXT], theirs[BUILD_ID_TEXT];

	return !given || !vmlinux_build_id_text(given, ours) ||
	       !vmlinux_build_id_text(found, theirs) || !strcmp(ours, theirs);
}

bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source)
{
	struct identity before = *kernel->identity;
	struct vmlinux *given = kernel->vmlinux;
	struct listener *listener = kernel->listener;

	kernel->vmlinux = vmlinux;
	kernel->identity->match = VMLINUX_UNCHECKED;
	open_forget(kernel);
	kernel->listener = NULL; /* do not warn if this candidate does not match */
	if (vmlinux->machine == kernel->arch->machine)
		open_identify(kernel);
	kernel->listener = listener;
	if (kernel->identity->match == VMLINUX_MATCHES && is_of_one_build(given, vmlinux)) {
		if (given && before.match == VMLINUX_MATCHES) {
			vmlinux_attach(given, vmlinux, source);
			kernel->vmlinux = given;
		} else {
			kernel->vmlinux->source = source;
			vmlinux_close(given);
		}
		listener_fact(listener, "vmlinux: %s (%s)", vmlinux->file.path,
			      kernel->identity->proof);
		kernel_find_page_size(kernel);
		return true;
	}
	vmlinux_close(vmlinux);
	kernel->vmlinux = given;
	*kernel->identity = before;
	open_forget(kernel);
	return false;
}

static const char *confidence(struct kernel *kernel)
{
	bool is_map = kernel->vmlinux && !kernel->vmlinux->elf;
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t swapper;
	struct walk walk;

	if (!space)
		return "page table not found";
	if (kernel->identity->match == VMLINUX_DIFFERS)
		return is_map ? "System.map does not belong to the dump, so facts are doubtful" :
				"vmlinux does not belong to the dump, so facts are doubtful";
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper))
		return "only the page table of a CPU is known, and no kernel symbols";
	walk = walk_page_table(space, swapper);
	if (walk.outcome == WALK_UNREADABLE)
		return "page tables are missing in the dump";
	if (walk.outcome != WALK_MAPPED || walk.paddr != space_kernel_root(space))
		return "page table does not map itself, so facts are doubtful";
	if (kernel->identity->match == VMLINUX_MATCHES)
		return is_map ? "System.map matches, page table proved" :
				"vmlinux matches, page table proved";
	return kernel->vmlinux ? "page table proved" : "no vmlinux, page table proved";
}

void open_describe(struct kernel *kernel, char *line, size_t size)
{
	const char *release = kernel->identity->release;
	uint64_t mode, levels;
	char paging[32] = "paging mode unknown";

	if (kernel_fact(kernel, FACT_MODE, &mode) && kernel_fact(kernel, FACT_LEVELS, &levels))
		snprintf(paging, sizeof(paging), "%s, %u levels", kernel_mode_names[mode],
			 (unsigned int)levels);
	snprintf(line, size, "%s: %s dump, Linux %s, %s; %s", kernel->dump->file.path,
		 kernel->dump->format_name, release[0] ? release : "of unknown release", paging,
		 confidence(kernel));
}
