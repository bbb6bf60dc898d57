/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The cpu_entry_area: arch/x86/include/asm/cpu_entry_area.h (4.15). */
#include "arch/x86/x86.h"
#include "linux/region.h"
#include "linux/module/slots.h"
#include "base/page.h"
#include "kernel/percpu.h"
#include "types/types.h"

/* Two members: the guard page of an exception stack, and the stack itself. */
#define ESTACK(NAME)                                                                               \
	{ "estacks." NAME "_stack_guard", STACK_EXCEPTION, NAME, true },                           \
	{                                                                                          \
		"estacks." NAME "_stack", STACK_EXCEPTION, NAME, false                             \
	}

/* All members of struct cpu_entry_area that any release has. Since 5.2, the exception stacks are in
 * the member estacks, a struct cea_exception_stacks. */
static const struct entry_member {
	char name[28];
	enum stack_kind stack;
	/* The name of the exception; "" if the stack is not used for exactly one exception. */
	char exception[4];
	bool guard;
} members[] = {
	{ "gdt", STACK_NONE, "", false },
	{ "guard_entry_stack", STACK_ENTRY, "", true },
	{ "entry_stack_page", STACK_ENTRY, "", false },
	{ "SYSENTER_stack_page", STACK_ENTRY, "", false },
	{ "guard_doublefault_stack", STACK_EXCEPTION, "DF", true },
	{ "doublefault_stack", STACK_EXCEPTION, "DF", false },
	{ "tss", STACK_NONE, "", false },
	/* From 4.15 to 4.19: bf904d2762ee removed it. */
	{ "entry_trampoline", STACK_NONE, "", false },
	ESTACK("DF"),
	ESTACK("NMI"),
	ESTACK("DB2"),
	ESTACK("DB1"),
	ESTACK("DB"),
	ESTACK("MCE"),
	ESTACK("VC"),
	ESTACK("VC2"),
	{ "estacks.IST_top_guard", STACK_NONE, "", false },
	{ "exception_stacks", STACK_EXCEPTION, "", false },
	{ "cpu_debug_store", STACK_NONE, "", false },
	{ "cpu_debug_buffers", STACK_NONE, "", false },
};

/* Finds the number of a CPU's part of the area. On x86-64 since 6.2 the number is random
 * (97e3d26b5e5f). In all other kernels it is the number of the CPU. */
static bool x86_cpu_entry_find_number(struct kernel *kernel, unsigned int cpu, uint64_t *number)
{
	enum certainty random = kernel_has_symbol(kernel, "_cea_offset");
	uint64_t address;

	*number = cpu;
	if (random != YES)
		return random == NO || kernel_pointer_size(kernel) == 4;
	return kernel_per_cpu(kernel, "_cea_offset", cpu, &address, NULL) &&
	       kernel_read_pointer(kernel, address, number, NULL);
}

static const struct entry_member *find_member(struct kernel *kernel, uint64_t offset,
					      struct type_member *member)
{
	struct types *types = kernel_types(kernel);

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (types_member(types, "struct cpu_entry_area", members[i].name, member) &&
		    offset >= member->offset && offset - member->offset < member->size)
			return &members[i];
	return NULL;
}

/* Cuts the entry stack to its real size. The stack starts at the start of its page, but is smaller
 * than the page in some releases: it has 64 words in 4.14 and 4.19, and fills the page in 5.4
 * (asm/processor.h). If vaddr is above the stack in the same page, vaddr belongs to no stack. */
static void trim_entry_stack(struct types *types, uint64_t vaddr, struct stack *stack)
{
	uint64_t size;

	if (stack->kind != STACK_ENTRY || stack->guard ||
	    (!types_size(types, "struct entry_stack", &size) &&
	     !types_size(types, "struct SYSENTER_stack", &size)) ||
	    !size || size > stack->last - stack->first)
		return;
	stack->last = stack->first + size - 1;
	if (vaddr > stack->last)
		stack->kind = STACK_NONE;
}

static struct cpu_entry_place place_in(const struct entry_member *member, uint64_t first,
				       uint64_t size, unsigned int cpu)
{
	return (struct cpu_entry_place){
		.has_cpu = true,
		.cpu = cpu,
		.member = member->name,
		.first = first,
		.last = first + size - 1,
		.stack = {
			.kind = member->stack,
			.exception = *member->exception ? member->exception : NULL,
			.guard = member->guard,
			.first = first,
			.last = first + size - 1,
			.cpu = cpu,
		},
	};
}

bool x86_cpu_entry_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		      struct cpu_entry_place *place)
{
	struct types *types = kernel_types(kernel);
	const struct entry_member *found;
	struct type_member member;
	uint64_t size, start, number;
	struct cpu_set cpus;

	if (region->kind != REGION_CPU_ENTRY_AREA)
		return false;
	*place = (struct cpu_entry_place){
		.member = "idt",
		.first = region->first,
		.last = region->first + PAGE_BYTES - 1,
	};
	if (vaddr <= place->last) /* this page is CPU_ENTRY_AREA_RO_IDT */
		return true;
	if (!types || !types_size(types, "struct cpu_entry_area", &size) || !size ||
	    !kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		if (!x86_cpu_entry_find_number(kernel, cpu, &number) ||
		    number > (region->last - region->first) / size)
			continue;
		start = region->first + PAGE_BYTES + number * size;
		if (vaddr < start || vaddr - start >= size)
			continue;
		found = find_member(kernel, vaddr - start, &member);
		if (!found)
			continue;
		*place = place_in(found, start + member.offset, member.size, cpu);
		trim_entry_stack(types, vaddr, &place->stack);
		return true;
	}
	return false;
}
