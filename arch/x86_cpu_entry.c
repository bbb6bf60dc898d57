/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The cpu entry area: arch/x86/include/asm/cpu_entry_area.h (4.15). */
#include <stdio.h>
#include <string.h>

#include "arch/x86.h"
#include "areas/region.h"
#include "areas/slots.h"
#include "base/page.h"
#include "base/text.h"
#include "kernel/percpu.h"
#include "vmlinux/types.h"

/* Of all releases; estacks is a struct cea_exception_stacks (5.2). */
static const char *const members[] = {
	"gdt",
	"guard_entry_stack",
	"entry_stack_page",
	"SYSENTER_stack_page",
	"guard_doublefault_stack",
	"doublefault_stack",
	"tss",
	"entry_trampoline", /* 4.15 to 4.19: bf904d2762ee */
	"estacks.DF_stack_guard",
	"estacks.DF_stack",
	"estacks.NMI_stack_guard",
	"estacks.NMI_stack",
	"estacks.DB2_stack_guard",
	"estacks.DB2_stack",
	"estacks.DB1_stack_guard",
	"estacks.DB1_stack",
	"estacks.DB_stack_guard",
	"estacks.DB_stack",
	"estacks.MCE_stack_guard",
	"estacks.MCE_stack",
	"estacks.VC_stack_guard",
	"estacks.VC_stack",
	"estacks.VC2_stack_guard",
	"estacks.VC2_stack",
	"estacks.IST_top_guard",
	"exception_stacks",
	"cpu_debug_store",
	"cpu_debug_buffers",
};

/* The number of a CPU's part: the CPU's, or random since 6.2 on x86-64 (97e3d26b5e5f). */
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

/* kind is NULL if the member is no stack. */
static struct stack stack_of(const struct cpu_entry_place *place)
{
	const char *member = place->member, *end = strstr(member, "_stack");
	struct stack stack = {
		.first = place->first,
		.last = place->last,
		.cpu = place->cpu,
		.guard = strstr(member, "guard") != NULL,
	};

	if (strstr(member, "entry_stack") || starts_with(member, "SYSENTER")) {
		stack.kind = "entry";
	} else if (end) {
		stack.kind = "exception";
		if (strstr(member, "doublefault"))
			strcpy(stack.exception, "DF");
		else if (starts_with(member, "estacks."))
			snprintf(stack.exception, sizeof(stack.exception),
				 "%.*s", (int)(end - member - 8), member + 8);
	}
	return stack;
}

/* The entry stack begins its page: 64 words of it in 4.14 and 4.19, all of it in 5.4
 * (asm/processor.h). What lies above is none. */
static void trim_entry_stack(struct types *types, uint64_t vaddr,
			     struct stack *stack)
{
	uint64_t size;

	if (!stack->kind || stack->guard || strcmp(stack->kind, "entry") != 0 ||
	    (!types_size(types, "struct entry_stack", &size) &&
	     !types_size(types, "struct SYSENTER_stack", &size)) ||
	    !size || size > stack->last - stack->first)
		return;
	stack->last = stack->first + size - 1;
	if (vaddr > stack->last)
		stack->kind = NULL;
}

bool x86_cpu_entry_at(struct kernel *kernel, const struct region *region,
		      uint64_t vaddr, struct cpu_entry_place *place)
{
	struct types *types = kernel_types(kernel);
	uint64_t size, start, number;
	struct cpu_set cpus;

	if (region->kind != REGION_CPU_ENTRY_AREA)
		return false;
	*place = (struct cpu_entry_place){
		.member = "idt",
		.first = region->first,
		.last = region->first + PAGE_BYTES - 1,
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
		start = region->first + PAGE_BYTES + number * size;
		if (vaddr < start || vaddr - start >= size ||
		    !find_member(kernel, vaddr - start, place))
			continue;
		place->has_cpu = true;
		place->cpu = cpu;
		place->first += start;
		place->last += start;
		place->stack = stack_of(place);
		trim_entry_stack(types, vaddr, &place->stack);
		return true;
	}
	return false;
}
