/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/machine_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/crash/panic.h"
#include "base/machine.h"
#include "base/page.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/member.h"

static void machine_out_find_machine(struct machine_out *machine, struct kernel *kernel)
{
	const struct paging *paging;

	machine->machine = kernel->arch->machine;
	machine->page_size = kernel_page_size(kernel);
	paging = kernel_paging(kernel, NULL);
	machine->wide = !paging || paging->entry_size > 4;
	machine->needs_phys_base = kernel->arch->phys_base_vaddr;
}

/* Finds the address of the direct map, and on 32-bit machines its size, because their direct map
 * maps only the first part of memory. Doubtful values are left out. */
static void find_mapping(struct machine_out *machine, struct kernel *kernel)
{
	uint64_t high, phys_offset;

	machine->has_phys_base = kernel_certain_fact(kernel, FACT_PHYS_BASE, &machine->phys_base);
	machine->has_direct_map =
		kernel_certain_fact(kernel, FACT_PAGE_OFFSET, &machine->page_offset) &&
		(!kernel->arch->has_phys_offset ||
		 kernel_certain_fact(kernel, FACT_PHYS_OFFSET, &phys_offset)) &&
		kernel_direct_base(kernel, &machine->page_offset, NULL);
	if (kernel_pointer_size(kernel) == 8 || !machine->has_direct_map)
		return;
	machine->has_direct_map =
		kernel_certain_fact(kernel, FACT_HIGH_MEMORY, &high) && high > machine->page_offset;
	if (machine->has_direct_map)
		machine->direct_end = high - machine->page_offset;
}

/* Finds the range of the kernel's image that phys_base maps: from _stext to _end. If one of these
 * symbols is unknown, the start or end of the page at swapper_pg_dir is used instead. Does nothing
 * if swapper_pg_dir or phys_base is unknown. */
static void machine_out_find_image(struct machine_out *machine, struct kernel *kernel)
{
	const uint64_t map = kernel->arch->phys_base_vaddr;
	uint64_t swapper, start, end;

	if (!map || !machine->has_phys_base ||
	    !kernel_certain_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) || swapper < map ||
	    swapper > UINT64_MAX - 2 * PAGE_BYTES)
		return;
	if (!kernel_symbol(kernel, "_stext", &start, NULL) || start < map || start > swapper)
		start = swapper;
	if (!kernel_symbol(kernel, "_end", &end, NULL) || end < swapper)
		end = swapper + PAGE_BYTES;
	machine->image_vaddr = page_first(start);
	machine->image_end = page_last(end - 1) + 1;
	machine->image_paddr = machine->image_vaddr - map + machine->phys_base;
	machine->root_paddr = swapper - map + machine->phys_base;
}

/* Returns true if uname() can return these names. */
static bool are_names(char names[NR_UTS_NAMES][UTS_NAME_SIZE])
{
	for (enum uts_name i = 0; i < NR_UTS_NAMES; i++)
		if (!names[i][0] || !memchr(names[i], '\0', UTS_NAME_SIZE))
			return false;
	return !strcmp(names[UTS_SYSTEM], "Linux");
}

static void set_name(struct machine_out *machine, enum uts_name which, const char *name)
{
	snprintf(machine->names[which], UTS_NAME_SIZE, "%.*s", UTS_NAME_SIZE - 1, name);
}

/* Reads the names from init_uts_ns. If that is not possible, sets the names that other sources
 * show, and usual names or "(unknown)" for the rest. */
static void machine_out_find_names(struct machine_out *machine, struct kernel *kernel)
{
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t address;

	if (machine_out_names(kernel, names, &address) && are_names(names)) {
		memcpy(machine->names, names, sizeof(names));
		return;
	}
	set_name(machine, UTS_SYSTEM, "Linux");
	set_name(machine, UTS_NODE, "(none)");
	set_name(machine, UTS_RELEASE, kernel->identity->release);
	set_name(machine, UTS_VERSION, "(unknown)");
	set_name(machine, UTS_MACHINE, machine_find(machine->machine)->uname);
	set_name(machine, UTS_DOMAIN, "(none)");
	if (!machine->names[UTS_RELEASE][0])
		set_name(machine, UTS_RELEASE, "(unknown)");
}

/* Takes the registers that the kernel saved when it crashed, for memory images without notes. Uses
 * the registers only if they are known for all CPUs, because other tools match the nth note with
 * the nth CPU. */
static bool take_runs(struct machine_known *known, const struct panic *panic, struct error *err)
{
	struct machine_out *machine = &known->machine;
	size_t nr = panic->nr_runs;

	for (size_t i = 0; i < nr; i++)
		if (!panic->run[i].has_registers)
			return true;
	known->stopped = calloc(nr + 1, sizeof(*known->stopped));
	if (!known->stopped)
		return out_of_memory(err);
	for (size_t i = 0; i < nr; i++)
		known->stopped[i] = panic->run[i].registers;
	machine->stopped = known->stopped;
	machine->nr_stopped = nr;
	return true;
}

static bool note_time(const struct machine_known *known, uint64_t *time)
{
	struct bytes value;

	if (!note_text_find(&known->note, "CRASHTIME", &value))
		return false;
	*time = 0;
	for (size_t i = 0; i < value.size && i < 12; i++)
		if (value.data[i] >= '0' && value.data[i] <= '9')
			*time = 10 * *time + (value.data[i] - '0');
	return true;
}

/* Finds the time of the crash and the registers of the CPUs, in the dump's notes or else in the
 * kernel's memory. */
static bool machine_out_find_end(struct machine_known *known, struct kernel *kernel,
				 struct error *err)
{
	struct machine_out *machine = &known->machine;
	const struct dump *dump = kernel->dump;
	bool has_time = note_time(known, &machine->time), ok = true;
	struct panic panic;

	machine->cpus = dump->cpus;
	machine->nr_cpus = dump->nr_cpus;
	machine->stopped = dump->stopped;
	machine->nr_stopped = dump->nr_stopped;
	if (has_time && dump->nr_stopped)
		return true;
	if (!panic_read(kernel, &panic, err))
		return false;
	if (!has_time && panic.has_time && panic.end == END_PANIC)
		machine->time = panic.time;
	if (!dump->nr_stopped)
		ok = take_runs(known, &panic, err);
	panic_release(&panic);
	return ok;
}

bool machine_known_find(struct machine_known *known, struct kernel *kernel, struct error *err)
{
	*known = (struct machine_known){ .stopped = NULL };
	machine_out_find_machine(&known->machine, kernel);
	find_mapping(&known->machine, kernel);
	machine_out_find_image(&known->machine, kernel);
	machine_out_find_names(&known->machine, kernel);
	if (note_text_of(kernel, &known->note, err) && machine_out_find_end(known, kernel, err))
		return true;
	machine_known_release(known);
	return false;
}

bool machine_out_names(struct kernel *kernel, char names[NR_UTS_NAMES][UTS_NAME_SIZE],
		       uint64_t *address)
{
	uint64_t offset;

	if (!kernel_symbol(kernel, "init_uts_ns", address, NULL) ||
	    !kernel_member_offset(kernel, "uts_namespace", "name", &offset))
		return false;
	*address += offset;
	return kernel_read(kernel, *address, (uint8_t *)names, NR_UTS_NAMES * UTS_NAME_SIZE, NULL);
}

bool machine_known_finish(struct machine_known *known, struct error *err)
{
	known->machine.vmcoreinfo =
		(struct bytes){ (const uint8_t *)known->note.text, known->note.size };
	return !known->note.failed || out_of_memory(err);
}

void machine_known_release(struct machine_known *known)
{
	free(known->note.text);
	free(known->stopped);
	free(known->cpus);
	free(known->cpu_notes);
	*known = (struct machine_known){ .stopped = NULL };
}
