/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/cpu_entry_area.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/percpu.h"

enum { PAGE = 4096 };

/* Of all releases; those of exception stacks are in struct
 * cea_exception_stacks (5.2). */
static const char *const members[] = {
	"gdt", "guard_entry_stack", "entry_stack_page", "SYSENTER_stack_page",
	"guard_doublefault_stack", "doublefault_stack", "tss",
	"estacks.DF_stack_guard", "estacks.DF_stack",
	"estacks.NMI_stack_guard", "estacks.NMI_stack",
	"estacks.DB2_stack_guard", "estacks.DB2_stack",
	"estacks.DB1_stack_guard", "estacks.DB1_stack",
	"estacks.DB_stack_guard", "estacks.DB_stack",
	"estacks.MCE_stack_guard", "estacks.MCE_stack",
	"estacks.VC_stack_guard", "estacks.VC_stack",
	"estacks.VC2_stack_guard", "estacks.VC2_stack",
	"estacks.IST_top_guard", "exception_stacks",
	"cpu_debug_store", "cpu_debug_buffers",
};

/* Areas are numbered by CPU; since 6.2 at random on x86-64 (97e3d26b5e5f). */
static bool find_number(struct kernel *kernel, unsigned int cpu,
			uint64_t *number)
{
	enum certainty random = kernel_has_symbol(kernel, "_cea_offset");
	uint64_t address;

	*number = cpu;
	if (random != YES)
		return random == NO || kernel_pointer_size(kernel) == 4;
	return kernel_per_cpu(kernel, "_cea_offset", cpu, &address, NULL) &&
	       kernel_read_pointer(kernel, address, number, NULL);
}

static bool find_member(struct kernel *kernel, uint64_t offset,
			struct cpu_entry_place *place)
{
	struct types *types = kernel_types(kernel);
	struct type_member member;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!types_member(types, "struct cpu_entry_area", members[i],
				  &member) ||
		    offset < member.offset ||
		    offset - member.offset >= member.size)
			continue;
		place->member = members[i];
		place->first = member.offset;
		place->last = member.offset + member.size - 1;
		return true;
	}
	return false;
}

bool kernel_cpu_entry_at(struct kernel *kernel, const struct region *region,
			 uint64_t vaddr, struct cpu_entry_place *place)
{
	struct types *types = kernel_types(kernel);
	uint64_t size, start, number;
	struct cpu_set cpus;

	if (strcmp(region->name, "cpu-entry-area"))
		return false;
	*place = (struct cpu_entry_place){
		.member = "idt",
		.first = region->first,
		.last = region->first + PAGE - 1,
	};
	if (vaddr <= place->last) /* CPU_ENTRY_AREA_RO_IDT */
		return true;
	if (!types || !types_size(types, "struct cpu_entry_area", &size) ||
	    !size || !kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu) ||
		    !find_number(kernel, cpu, &number) ||
		    number > (region->last - region->first) / size)
			continue;
		start = region->first + PAGE + number * size;
		if (vaddr < start || vaddr - start >= size ||
		    !find_member(kernel, vaddr - start, place))
			continue;
		place->has_cpu = true;
		place->cpu = cpu;
		place->first += start;
		place->last += start;
		return true;
	}
	return false;
}
