/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The stacks of x86 CPUs: the interrupt stacks, the exception stacks until 5.1, and the stacks for
 * IRET. The exception stacks since 5.2 are in the cpu_entry_area. */
#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"
#include "base/page.h"
#include "kernel/percpu.h"
#include "linux/module/slots.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "types/types.h"

/* --- the cpu_entry_area --- */

/* The cpu_entry_area: arch/x86/include/asm/cpu_entry_area.h (4.15). */

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

/* --- interrupts --- */

/* Where the pointer to a CPU's interrupt stack is. The pointer is a variable, or from 6.2 to 6.14 a
 * member of pcpu_hot (d7b6d709a76a). On x86-64 since 5.12 (951c2a51ae75), the pointer is the
 * address of the last word below the top of the stack. From 4.14 to 5.11 it is the address of the
 * top, and before 4.14 the address 64 bytes below the top. The variable is irq_stack_ptr before 5.2
 * (758a2e312228). On i386 the pointer is the address of the bottom of the stack, and the variable
 * has two names. The second name is used from 3.15 to 5.1 (198d208df437). */
static const struct irq_pointer {
	unsigned int word; /* the size of a pointer in bytes: 8 on x86-64 */
	enum stack_kind kind;
	const char *variable;
	unsigned int member; /* NR_MEMBERS if no release has the pointer in a struct */
} irq_pointers[] = {
	{ 8, STACK_IRQ, "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ 8, STACK_IRQ, "irq_stack_ptr", NR_MEMBERS },
	{ 4, STACK_HARDIRQ, "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ 4, STACK_HARDIRQ, "hardirq_stack", NR_MEMBERS },
	{ 4, STACK_SOFTIRQ, "softirq_stack_ptr", PCPU_HOT_SOFTIRQ },
	{ 4, STACK_SOFTIRQ, "softirq_stack", NR_MEMBERS },
};

static bool read_pointer(struct kernel *kernel, const struct irq_pointer *pointer, unsigned int cpu,
			 uint64_t *value)
{
	uint64_t address;

	if (kernel_per_cpu(kernel, pointer->variable, cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, value, NULL);
	return pointer->member != NR_MEMBERS &&
	       kernel_per_cpu(kernel, "pcpu_hot", cpu, &address, NULL) &&
	       kernel_read_member(kernel, address, pointer->member, value, NULL);
}

/* Finds the size of an interrupt stack: IRQ_STACK_SIZE on x86-64, THREAD_SIZE on i386. */
static bool find_irq_size(struct kernel *kernel, uint64_t *size)
{
	struct types *types = kernel_types(kernel);

	return types &&
	       (types_size(types, "struct irq_stack", size) ||
		types_size(types, "union irq_stack_union", size)) &&
	       stack_size_is_valid(*size);
}

static void add_irq_stacks(struct kernel *kernel, unsigned int cpu, uint64_t size,
			   struct stack_list *list)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t at;

	for (size_t i = 0; i < sizeof(irq_pointers) / sizeof(irq_pointers[0]); i++) {
		if (irq_pointers[i].word != word ||
		    !read_pointer(kernel, &irq_pointers[i], cpu, &at) || !at)
			continue;
		if (word == 8)
			at = page_last(at - 1) + 1 - size;
		stack_add(list, &(struct stack){
					.kind = irq_pointers[i].kind,
					.first = at,
					.last = at + size - 1,
					.cpu = cpu,
				});
	}
}

/* --- exceptions --- */

/* The exception stacks until 5.1 (4d68c3d0ecd5). struct orig_ist of a CPU has their tops. The
 * stacks are adjacent, in ascending order. All have the same size, except the stack of debug
 * exceptions, which is twice as large. There were five stacks until 6f442be2fb22 (3.19 and many
 * stable releases) removed the first. See cpu_init(), arch/x86/kernel/cpu/common.c. */
enum { MOST_IST = 7, FEWEST_IST = 4 };
static const char *const ist_names[] = { "SS", "DF", "NMI", "DB", "MCE" };

/* Returns the number of stacks, or 0 if the stacks are not adjacent. *size gets the size of each
 * stack. The debug stack is twice as large. */
static unsigned int count_ist(const uint64_t tops[MOST_IST], uint64_t *size)
{
	unsigned int nr = 0;

	while (nr < MOST_IST && tops[nr])
		nr++;
	if (nr != FEWEST_IST && nr != FEWEST_IST + 1)
		return 0;
	*size = tops[nr - 1] - tops[nr - 2];
	if (!stack_size_is_valid(*size))
		return 0;
	for (unsigned int i = 1; i < nr; i++)
		if (tops[i] - tops[i - 1] != (i == nr - 2 ? 2 * *size : *size))
			return 0;
	return nr;
}

static void add_exception_stacks(struct kernel *kernel, unsigned int cpu, struct stack_list *list)
{
	uint64_t tops[MOST_IST], address, size = 0;
	unsigned int nr;

	if (!kernel_per_cpu(kernel, "orig_ist", cpu, &address, NULL))
		return;
	for (unsigned int i = 0; i < MOST_IST; i++)
		if (!kernel_read_pointer(kernel, address + 8 * i, &tops[i], NULL))
			tops[i] = 0;
	nr = count_ist(tops, &size);
	for (unsigned int i = 0; i < nr; i++)
		stack_add(list, &(struct stack){
					.kind = STACK_EXCEPTION,
					.exception = ist_names[FEWEST_IST + 1 - nr + i],
					.first = tops[i] - (i == nr - 2 ? 2 * size : size),
					.last = tops[i] - 1,
					.cpu = cpu,
				});
}

void x86_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	struct cpu_set cpus;
	uint64_t irq_size;
	bool has_size;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	has_size = find_irq_size(kernel, &irq_size);
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		if (has_size)
			add_irq_stacks(kernel, cpu, irq_size, list);
		if (kernel_pointer_size(kernel) == 8)
			add_exception_stacks(kernel, cpu, list);
	}
}

/* --- espfix --- */

/* Each CPU has a small stack for IRET to 16-bit segments: arch/x86/kernel/espfix_64.c. IRET takes
 * the address bits CLONE_BITS from the user's stack pointer, so the kernel maps the stack once for
 * every value of these bits. */
#define CLONE_BITS UINT64_C(0xffff0000)

enum { STACK_SIZE = 64 };

bool x86_64_espfix_stack(struct kernel *kernel, uint64_t vaddr, struct stack *stack)
{
	struct cpu_set cpus;
	uint64_t variable, bottom;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		/* A bottom of 0 means that the CPU was never brought up. */
		if (!kernel_per_cpu(kernel, "espfix_stack", cpu, &variable, NULL) ||
		    !kernel_read_pointer(kernel, variable, &bottom, NULL) || !bottom)
			continue;
		bottom = (bottom & ~CLONE_BITS) | (vaddr & CLONE_BITS);
		if (vaddr - bottom < STACK_SIZE) {
			*stack = (struct stack){
				.kind = STACK_ESPFIX,
				.first = bottom,
				.last = bottom + STACK_SIZE - 1,
				.cpu = cpu,
			};
			return true;
		}
	}
	return false;
}
