/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry points of arm64. The paging modes are in arm64_paging.c, the sources of facts in
 * arm64_facts.c, and the address space in arm64_regions.c. */
#include "arch/arm64/arm64.h"

#include <inttypes.h>
#include <string.h>

#include "arch/arm64/arm64_members.h"
#include "base/bytes.h"
#include "debuginfo/vmlinux.h"
#include "dump/registers.h"
#include "kernel/percpu.h"
#include "kernel/view.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "linux/unwind/unwind_code.h"
#include "symbols/symbol_lookup.h"

/* --- unwinding --- */

/* Finds the caller of a function on arm64 using frame records. See
 * arch/arm64/kernel/stacktrace.c. */

/* The kernel's struct frame_record. fp is the x29 of the caller, and lr the address to which the
 * function returns. */
struct frame_record {
	uint64_t fp, lr;
};

static bool read_record(struct kernel *kernel, uint64_t fp, struct frame_record *record,
			struct error *err)
{
	return kernel_read_pointer(kernel, fp, &record->fp, err) &&
	       kernel_read_pointer(kernel, fp + 8, &record->lr, err);
}

/* Removes the pointer authentication code from an address. The code replaced the upper bits of the
 * address, which were all equal to bit 55. Bit 55 itself is not part of the code. If the note does
 * not give the bits, they are the bits above the address bits in use (ptrauth_kernel_pac_mask()).
 * An address without a code is not changed. */
static uint64_t strip_code(struct kernel *kernel, uint64_t address)
{
	uint64_t mask, bits;

	if (!kernel_fact(kernel, FACT_PAC_MASK, &mask)) {
		if (!kernel_fact(kernel, FACT_VA_BITS, &bits) || bits > 55)
			return address;
		mask = -(UINT64_C(1) << bits);
	}
	return address >> 55 & 1 ? address | mask : address & ~mask;
}

static bool arm64_in_user_mode(const struct registers *registers)
{
	enum { MODE = 0xf }; /* the mode bits of pstate: 0 is EL0 */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & MODE);
}

/* Loads the registers from the struct pt_regs whose member stackframe is at fp. The caller must
 * check with belong_to() whether the record at fp is such a member. The entry code stores the
 * interrupted x29 and pc in this record. Since 6.13 (c2c6b27b5aa1) the entry code stores zeros if
 * it interrupted EL0. */
static bool arm64_load_pt_regs(struct kernel *kernel, uint64_t fp, struct registers *registers)
{
	enum { NR_X = 31, SP = NR_X, PC, PSTATE, NR_WORDS, USUAL_PLACE = 304 };
	uint8_t words[8 * NR_WORDS];
	uint64_t place;

	if (!kernel_member_offset(kernel, "pt_regs", "stackframe", &place))
		place = USUAL_PLACE;
	if (place < sizeof(words) || !kernel_read(kernel, fp - place, words, sizeof(words), NULL))
		return false;
	*registers = (struct registers){ 0 };
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, CPU_X0 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_FLAGS, load_le64(words + 8 * PSTATE));
	return true;
}

/* Did the entry code save these registers together with this record? At the start of a task this is
 * not so: pc is zero. */
static bool belong_to(const struct registers *registers, const struct frame_record *record)
{
	uint64_t ip = registers->value[CPU_IP];

	if (!record->fp && !record->lr)
		return ip && (arm64_in_user_mode(registers) || ip >> 63);
	return record->fp == registers->value[CPU_X29] && record->lr == ip;
}

static bool arm64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { BL = 0x94000000u, BL_MASK = 0xfc000000u };
	uint64_t code;

	*target = 0;
	if (vaddr % 4 || !kernel_read_number(kernel, vaddr - 4, 4, &code, NULL))
		return false;
	if ((code & BL_MASK) == BL) {
		*target = vaddr - 4 + (uint64_t)((int64_t)(code << 38) >> 36);
		return true;
	}
	/* The instructions BLR, BLRAA, BLRAB, BLRAAZ and BLRABZ call the address in a register. */
	return (code & 0xfffffc1f) == 0xd63f0000 || (code & 0xfefff800) == 0xd63f0800;
}

/* Does the current function lack a record? Leaf functions make none, and a function may be
 * interrupted before it makes one. In this case x29 is the x29 of the caller, and x30 is the return
 * address. As proof, the instruction before the return address must be a call of this function. If
 * the record at x29 contains the value of x30, the function has stored this value there. */
static bool has_no_record(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	struct kernel_symbol symbol;
	struct frame_record record;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       registers->value[CPU_X29] > registers->value[CPU_SP] &&
	       symbol_lookup_at(kernel->symbols, registers->value[CPU_IP], &symbol, NULL) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       target == symbol.address &&
	       !(read_record(kernel, registers->value[CPU_X29], &record, NULL) &&
		 record.lr == registers->value[CPU_X30]);
}

/* Did a call jump to an address that is not code, such as NULL? Then no instruction ran after the
 * call, so x30 is the return address and x29 belongs to the caller. As proof, the instruction
 * before the return address must call the address in a register. */
static bool is_wild_call(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       !unwind_is_code(kernel, registers->value[CPU_IP]) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       !target;
}

/* Continues with the caller. Only its ip, sp and x29 are known. sp is usually equal to x29, which
 * points to the caller's record. */
static void arm64_enter_caller(struct kernel *kernel, struct unwind_state *state, uint64_t ip,
			       uint64_t sp, uint64_t fp)
{
	state->registers = (struct registers){ 0 };
	state->exact = false;
	registers_set(&state->registers, CPU_IP, strip_code(kernel, ip));
	registers_set(&state->registers, CPU_SP, sp);
	registers_set(&state->registers, CPU_X29, fp);
}

static bool arm64_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	enum { RECORD_SIZE = 16 };
	uint64_t fp = state->registers.value[CPU_X29];
	struct frame_record record;
	struct registers saved;

	state->interrupted = false;
	if (!registers_have(&state->registers, CPU_X29))
		return fail(err, ERROR_UNKNOWN, "the frame pointer, x29, is not known");
	if (has_no_record(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30], fp, fp);
		return true;
	}
	if (is_wild_call(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30],
				   state->registers.value[CPU_SP], fp);
		return true;
	}
	/* If the kernel was entered from user mode, x29 of the outermost function is still the x29
	 * of user mode. */
	state->outermost = !(fp >> 63);
	if (state->outermost)
		return true;
	if (fp % 8)
		return fail(err, ERROR_FORMAT,
			    "the frame pointer %" PRIx64 " is not a multiple of 8", fp);
	if (!read_record(kernel, fp, &record, err))
		return false;
	if (arm64_load_pt_regs(kernel, fp, &saved) && belong_to(&saved, &record)) {
		state->registers = saved;
		state->interrupted = true;
		state->exact = true;
		state->user = arm64_in_user_mode(&saved);
		return true;
	}
	state->outermost = !record.lr;
	if (record.lr)
		arm64_enter_caller(kernel, state, record.lr,
				   record.fp ? record.fp : fp + RECORD_SIZE, record.fp);
	return true;
}

/* --- stacks --- */

/* The stacks of arm64 CPUs, and the registers of a task that is not running, which the kernel saved
 * when it switched to another task. */

/* The per-CPU variables for stacks: arch/arm64/kernel/irq.c, traps.c, sdei.c. Interrupts have a
 * stack since 4.5 (132cd887b5c5). Before 4.14 (f60fe78f1332) the variable is the stack itself;
 * since 4.14 the variable points to the bottom of an allocated stack. All stacks have the size of a
 * task's stack (IRQ_STACK_SIZE, SDEI_STACK_SIZE), except the stack that is used when another stack
 * overflows (OVERFLOW_STACK_SIZE, 4.14, 872d8327ce89). */
static const struct cpu_stack {
	const char *variable;
	enum stack_kind kind;
	const char *exception;
	/* True: the variable points to the stack; false: the variable is the stack. */
	bool is_pointer;
	uint64_t size; /* in bytes; 0: the size of a task's stack */
} cpu_stacks[] = {
	{ "irq_stack_ptr", STACK_IRQ, NULL, true, 0 },
	{ "irq_stack", STACK_IRQ, NULL, false, 0 },
	{ "overflow_stack", STACK_EXCEPTION, "overflow", false, 4096 },
	{ "sdei_stack_normal_ptr", STACK_EXCEPTION, "SDEI-normal", true, 0 },
	{ "sdei_stack_critical_ptr", STACK_EXCEPTION, "SDEI-critical", true, 0 },
};

static void arm64_add_stack(struct kernel *kernel, const struct cpu_stack *row, unsigned int cpu,
			    uint64_t size, struct stack_list *list)
{
	uint64_t at;

	if (!kernel_per_cpu(kernel, row->variable, cpu, &at, NULL) ||
	    (row->is_pointer && !kernel_read_pointer(kernel, at, &at, NULL)) || !at)
		return;
	stack_add(list, &(struct stack){
				.kind = row->kind,
				.exception = row->exception,
				.first = at,
				.last = at + size - 1,
				.cpu = cpu,
			});
}

static void arm64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	struct cpu_set cpus;
	uint64_t task_size;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	if (!stack_task_size(kernel, &task_size))
		task_size = 0; /* no stack is added, because stack_add() ignores a size of 0 */
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		for (size_t i = 0; i < sizeof(cpu_stacks) / sizeof(cpu_stacks[0]); i++)
			arm64_add_stack(kernel, &cpu_stacks[i], cpu,
					cpu_stacks[i].size ?: task_size, list);
}

/* The words of struct cpu_context (asm/processor.h), which cpu_switch_to() of entry.S fills: x19 to
 * x28, x29, sp, and the address at which the task continues. */
enum { KEPT = 11, SP = 11, PC, NR_WORDS };

static bool arm64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, NULL);

	return context && context->size == 8 * NR_WORDS &&
	       kernel_read_pointer(kernel, task + context->offset + 8 * SP, sp, NULL);
}

static bool arm64_switched_registers(struct kernel *kernel, uint64_t task,
				     struct registers *registers, struct error *err)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, err);
	uint8_t words[8 * NR_WORDS];

	*registers = (struct registers){ 0 };
	if (!context)
		return false;
	if (context->size != sizeof(words))
		return fail(err, ERROR_FORMAT, "thread.cpu_context has %u bytes, not %zu",
			    context->size, sizeof(words));
	if (!kernel_read(kernel, task + context->offset, words, sizeof(words), err))
		return false;
	for (unsigned int i = 0; i < KEPT; i++)
		registers_set(registers, CPU_X0 + 19 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_X30, load_le64(words + 8 * PC));
	return true;
}

/* --- the machine --- */

/* Bits 63:48 of TTBR0_EL1 and TTBR1_EL1 are the ASID (Arm ARM, TTBR0_EL1). */
static unsigned int arm64_root_tag(uint64_t value, uint64_t root, const char **name)
{
	(void)root;
	*name = "ASID";
	return (unsigned int)(value >> 48);
}

/* Does KASLR move this symbol? It moves all symbols of the upper half, including per-CPU symbols,
 * which are addresses in the image. */
static bool arm64_relocated(uint64_t address, uint16_t section)
{
	return section != SHN_ABS && address >> 63;
}

/* Finds the start of the image: the first page in the range of the image whose virtual address is
 * its physical address plus kimage_voffset. */
static bool image_start(struct kernel *kernel, const struct space *space, uint64_t *start)
{
	uint64_t offset, first, last;
	struct walk walk;

	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !arm64_image_range(kernel, space, &first, &last))
		return false;
	walk = walk_page_table(space, first);
	while (walk.outcome != WALK_MAPPED || walk.vaddr - walk.paddr != offset)
		if (!walk_on(space, &walk, last))
			return false;
	*start = walk.vaddr;
	return true;
}

/* Finds the symbol at the lowest mapped address of the image. Before 5.11 this symbol is _text, at
 * which the image's header begins (Documentation/arch/arm64/booting.rst). Since 5.11 the header is
 * not mapped, so the symbol is _stext. */
static bool arm64_known_function(struct kernel *kernel, const struct space *space,
				 const char *names[2], uint64_t *address)
{
	enum { MAGIC_AT = 56 };
	static const char magic[] = { 'A', 'R', 'M', '\x64' };
	char text[sizeof(magic)];

	if (!image_start(kernel, space, address) ||
	    !space_read(space, *address + MAGIC_AT, text, sizeof(text), NULL))
		return false;
	names[0] = memcmp(text, magic, sizeof(magic)) ? "_stext" : "_text";
	names[1] = names[0];
	return true;
}

/* Notes of newer kernels contain the numbers of section and memory bits. For older kernels,
 * find_sections() uses these defaults. */
static struct sparse_defaults arm64_sparse_defaults(struct kernel *kernel,
						    const struct paging *paging)
{
	unsigned int version = kernel_version(kernel);
	/* Sections have fewer bits since 5.12 (f0b13ee23241). */
	bool small = !version || version >= KERNEL_VERSION(5, 12, 0);

	return (struct sparse_defaults){
		.section_bits = !small				? 30 :
				paging_page_shift(paging) == 16 ? 29 :
								  27,
		.memory_bits = paging->high_mask ? 52 : 48,
		.extreme = true,
	};
}

/* TCR_EL1.T1SZ is the number of upper address bits that are not translated. */
static bool arm64_t1sz(uint64_t va_bits, uint64_t *number)
{
	*number = 64 - va_bits;
	return true;
}

/* Since 5.4, and before 4.6, the image is in the upper half of the kernel's addresses, and in the lower half
 * between them (find_page_offset()). So the address of the image shows the number of address bits, which is 36,
 * 39, 42, 47 or 48. A kernel for 52 bits has its image where a kernel for 48 bits has it (VA_BITS_MIN). */
static void arm64_suppose_facts(struct kernel *kernel)
{
	uint64_t text, flags, bits = 48;

	if (vmlinux_symbol(kernel->vmlinux, "_text", &text) && text >> 63 && ~text)
		bits = 64 - (uint64_t)__builtin_clzll(~text);
	if (bits != 36 && bits != 39 && bits != 42 && bits != 48)
		bits++;
	kernel_suppose_fact(kernel, FACT_VA_BITS, bits);
	if (!vmlinux_symbol(kernel->vmlinux, "_kernel_flags_le_lo32", &flags))
		kernel_suppose_fact(kernel, FACT_PAGE_SIZE, ARM64_4K);
}

/* arch/arm64/kernel/vmcore_info.c */
static const struct note_fact arm64_note_facts[] = {
	{ "NUMBER(VA_BITS)", FACT_CONFIG_VA_BITS, false, false, NULL, NULL },
	{ "NUMBER(kimage_voffset)", FACT_KIMAGE_VOFFSET, true, false, NULL, NULL },
	{ "NUMBER(PHYS_OFFSET)", FACT_PHYS_OFFSET, true, false, NULL, NULL },
	{ "NUMBER(TCR_EL1_T1SZ)", FACT_VA_BITS, true, false, arm64_t1sz, NULL },
	{ "NUMBER(KERNELPACMASK)", FACT_PAC_MASK, true, false, NULL, NULL },
	{ 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.modes = 1 << MODE_ARM64,
	.has_phys_offset = true,
	.remaps_for_dma = true, /* dma_common_contiguous_remap() */
	.levels_vary = true,
	.pointer_size = 8,
	.first_argument = CPU_X0,
	.traced_register = CPU_X29, /* prepare_ftrace_return(), arch_rethook_prepare() */
	.page_shift = 12,
	.address_mask = UINT64_MAX,
	.image_is_apart = true, /* since 4.7, 9f2875912dac */
	/* With KASLR, modules may be in the vmalloc region. */
	.module_regions = 1 << REGION_MODULES | 1 << REGION_VMALLOC,
	.sources = arm64_sources,
	.note_facts = arm64_note_facts,
	.needs_fact = arm64_needs_fact,
	.paging = arm64_paging,
	.root_of_register = arm64_root_of_register,
	.root_register = "TTBR0_EL1",
	.root_tag = arm64_root_tag,
	.kernel_table = arm64_kernel_table,
	/* There is no .user_table: the table that kpti uses in user mode maps only the upper half. */
	.try_table = arm64_try_table,
	.relocated = arm64_relocated,
	.image_range = arm64_image_range,
	.known_function = arm64_known_function,
	.regions = arm64_regions,
	.fixmap_slot = arm64_fixmap_slot,
	.add_cpu_stacks = arm64_add_cpu_stacks,
	.switched_registers = arm64_switched_registers,
	.saved_sp = arm64_saved_sp,
	.virt_to_phys = arm64_virt_to_phys,
	.unwind_step = arm64_unwind_step,
	.follows_call = arm64_follows_call,
	.tags_pointers = arm64_tags_pointers,
	.in_user_mode = arm64_in_user_mode,
	.sparse_defaults = arm64_sparse_defaults,
	.entry_rules = arm64_entry_rules,
	.describe_entry = arm64_describe_entry,
	.entry_flags = arm64_entry_flags,
	.suppose_facts = arm64_suppose_facts,
};
