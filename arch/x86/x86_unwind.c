/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the caller of a function on x86, using ORC (see arch/x86/kernel/unwind_orc.c) or frame
 * pointers, and the registers with which a task begins. */
#include <inttypes.h>
#include <string.h>

#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"
#include "arch/x86/x86_orc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/page.h"
#include "dump/registers.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "symbols/symbol_lookup.h"

/* --- the registers of a stopped task --- */

/* Loads the registers of a stopped task. The kernel saved them on the stack of this task when it
 * switched to another task. */

/* Are all bytes of [sp, sp + size) on the stack of the task? */
static bool is_on_its_stack(struct kernel *kernel, uint64_t task, uint64_t sp, uint64_t size)
{
	struct stack stack;

	return task_stack_at(kernel, sp, &stack) && stack.task && stack.task->address == task &&
	       !stack.guard && stack.last - sp >= size - 1;
}

static bool not_its_stack(uint64_t sp, struct error *err)
{
	return fail(err, ERROR_FORMAT,
		    "thread.sp, %" PRIx64 ", is not on a known stack of the task", sp);
}

/* Is the address in the function that begins at start? */
static bool is_within(struct kernel *kernel, uint64_t vaddr, uint64_t start)
{
	struct kernel_symbol symbol;

	return symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL) && symbol.address == start;
}

/* Loads the registers that a kernel since 4.9 saved: __switch_to_asm() pushes a struct
 * inactive_task_frame of asm/switch_to.h (0100301bfdf5). When the task continues, the kernel pops
 * the struct, and returns to the address in its last member. */
static bool load_frame(struct kernel *kernel, uint64_t task, uint64_t sp,
		       struct registers *registers, struct error *err)
{
	static const struct {
		unsigned int member;
		enum cpu_register which;
	} kept[] = {
		{ SWITCHED_FLAGS, CPU_FLAGS }, { SWITCHED_R15, CPU_R15 }, { SWITCHED_R14, CPU_R14 },
		{ SWITCHED_R13, CPU_R13 },     { SWITCHED_R12, CPU_R12 }, { SWITCHED_SI, CPU_SI },
		{ SWITCHED_DI, CPU_DI },       { SWITCHED_BX, CPU_BX },	  { SWITCHED_BP, CPU_BP },
		{ SWITCHED_RETURN, CPU_IP },
	};
	const struct member *last = kernel_member_as(kernel, SWITCHED_RETURN, MEMBER_POINTER, err);
	uint64_t value, size;

	if (!last)
		return false;
	size = (uint64_t)last->offset + last->size;
	if (!is_on_its_stack(kernel, task, sp, size))
		return not_its_stack(sp, err);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!kernel_member(kernel, kept[i].member, NULL))
			continue;
		if (!kernel_read_member(kernel, sp, kept[i].member, &value, err))
			return false;
		registers_set(registers, kept[i].which, value);
	}
	registers_set(registers, CPU_SP, sp + size);
	return true;
}

/* Loads the registers that an i386 kernel before 4.9 saved. In these kernels, the macro switch_to()
 * pushes the flags and then the frame pointer. thread.ip is the address of the instructions that
 * pop both. */
static bool load_pushed_32(struct kernel *kernel, uint64_t task, uint64_t sp,
			   struct registers *registers, struct error *err)
{
	static const uint8_t pops[] = { 0x5d /* pop %ebp */, 0x9d /* popf */ };
	uint64_t frame, flags, ip;
	uint8_t code[sizeof(pops)];

	if (!is_on_its_stack(kernel, task, sp, 8))
		return not_its_stack(sp, err);
	if (!kernel_read_member(kernel, task, TASK_SWITCHED_IP, &ip, err) ||
	    !kernel_read_number(kernel, sp, 4, &frame, err) ||
	    !kernel_read_number(kernel, sp + 4, 4, &flags, err) ||
	    !kernel_read(kernel, ip, code, sizeof(code), err))
		return false;
	if (memcmp(code, pops, sizeof(pops)) != 0)
		return fail(err, ERROR_FORMAT,
			    "thread.ip, %" PRIx64
			    ", does not point to code where a switched task continues",
			    ip);
	registers_set(registers, CPU_IP, ip + sizeof(pops));
	registers_set(registers, CPU_BP, frame);
	registers_set(registers, CPU_FLAGS, flags);
	registers_set(registers, CPU_SP, sp + 8);
	return true;
}

/* The code of x86-64 before 4.9 at which a switched task continues: the macro switch_to() of
 * asm/switch_to.h, which is in one function of the scheduler, calls __switch_to() on the stack of
 * the next task, and then pops what the macro pushed before: BP, and until 4.1 (2c7577a75837) the
 * flags. No variable contains the address of this code. */
struct resumption {
	uint64_t ip; /* of the instruction after the pops */
	bool pops_flags;
};

/* Are these bytes the instructions mov %rbp,%rsi and pop %rbp of the macro RESTORE_CONTEXT? */
static bool is_restore(const uint8_t *code)
{
	static const uint8_t restore[] = { 0x48, 0x89, 0xee, 0x5d };

	return !memcmp(code, restore, sizeof(restore));
}

static bool learn_resumption(struct kernel *kernel, void *state, struct error *err)
{
	enum { CALL_SIZE = 5, RESTORE_SIZE = 4, POPF = 0x9d, BETWEEN = 64, LARGEST = 8192 };
	struct resumption *resumption = state;
	uint8_t code[LARGEST];
	uint64_t start, target, called;
	unsigned int nr = 0;

	/* __schedule() is a separate function since 3.1 (c259e01a1ec9). */
	if (!kernel_symbol(kernel, "__schedule", &start, NULL) &&
	    !kernel_symbol(kernel, "schedule", &start, err))
		return false;
	if (!kernel_symbol(kernel, "__switch_to", &target, err) ||
	    !kernel_read(kernel, start, code, sizeof(code), err))
		return false;
	for (unsigned int i = CALL_SIZE; i < LARGEST - BETWEEN; i++) {
		called = start + i + (uint64_t)(int64_t)(int32_t)load_le32(code + i - 4);
		if (code[i - CALL_SIZE] != 0xe8 || called != target ||
		    !is_within(kernel, start + i - 1, start))
			continue;
		for (unsigned int k = i; k + RESTORE_SIZE < i + BETWEEN; k++)
			if (is_restore(code + k)) {
				resumption->pops_flags = code[k + RESTORE_SIZE] == POPF;
				resumption->ip = start + k + RESTORE_SIZE + resumption->pops_flags;
				nr++;
				break;
			}
	}
	return nr == 1 ||
	       fail(err, ERROR_UNKNOWN,
		    "the code of the scheduler at which switched tasks continue is not known");
}

static const struct state_type state_resumption = {
	.size = sizeof(struct resumption),
	.learn = learn_resumption,
};

/* Has the task never run? Then its stack contains only the registers with which it will start, and
 * the flag TIF_FORK of asm/thread_info.h is set. struct thread_info is at the start of the stack. */
static bool has_never_run(struct kernel *kernel, uint64_t sp)
{
	enum { TIF_FORK = 18 };
	struct stack stack;
	uint64_t flags;

	return task_stack_at(kernel, sp, &stack) &&
	       kernel_read_member(kernel, stack.first, INFO_FLAGS, &flags, NULL) &&
	       flags >> TIF_FORK & 1;
}

/* Loads the registers that a kernel of x86-64 before 4.9 saved. */
static bool load_pushed_64(struct kernel *kernel, uint64_t task, uint64_t sp,
			   struct registers *registers, struct error *err)
{
	const struct resumption *resumption = kernel_learnt(kernel, &state_resumption, err);
	uint64_t size, frame, flags;

	if (!resumption)
		return false;
	size = resumption->pops_flags ? 16 : 8;
	if (!is_on_its_stack(kernel, task, sp, size))
		return not_its_stack(sp, err);
	if (has_never_run(kernel, sp))
		return fail(err, ERROR_UNKNOWN, "the task has never run");
	if (!kernel_read_number(kernel, sp, 8, &frame, err))
		return false;
	if (resumption->pops_flags) {
		if (!kernel_read_number(kernel, sp + 8, 8, &flags, err))
			return false;
		registers_set(registers, CPU_FLAGS, flags);
	}
	registers_set(registers, CPU_IP, resumption->ip);
	registers_set(registers, CPU_BP, frame);
	registers_set(registers, CPU_SP, sp + size);
	return true;
}

bool x86_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	return kernel_member_as(kernel, TASK_SWITCHED_SP, MEMBER_POINTER, NULL) &&
	       kernel_read_member(kernel, task, TASK_SWITCHED_SP, sp, NULL);
}

bool x86_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
			    struct error *err)
{
	uint64_t sp;

	*registers = (struct registers){ 0 };
	if (!kernel_member_as(kernel, TASK_SWITCHED_SP, MEMBER_POINTER, err) ||
	    !kernel_read_member(kernel, task, TASK_SWITCHED_SP, &sp, err))
		return false;
	if (kernel_member(kernel, SWITCHED_RETURN, NULL))
		return load_frame(kernel, task, sp, registers, err);
	return kernel_pointer_size(kernel) == 4 ? load_pushed_32(kernel, task, sp, registers, err) :
						  load_pushed_64(kernel, task, sp, registers, err);
}

/* --- calls --- */

/* Recognises the call instructions of x86. */

/* Do these `size` bytes consist of exactly one instruction "call r/m" (ff /2)? */
static bool is_indirect_call(const uint8_t *code, unsigned int size)
{
	unsigned int mode = code[1] >> 6, base = code[1] & 7, length = 2;

	if (code[0] != 0xff || (code[1] >> 3 & 7) != 2)
		return false;
	if (mode != 3 && base == 4) {
		length++;
		base = size > 2 ? code[2] & 7 : 0;
	}
	if (mode == 0 && base == 5)
		length += 4;
	length += mode == 1 ? 1 : mode == 2 ? 4 : 0;
	return length == size;
}

bool x86_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { LONGEST = 7, DIRECT = 5 };
	uint8_t code[LONGEST];

	*target = 0;
	if (!kernel_read(kernel, vaddr - LONGEST, code, LONGEST, NULL))
		return false;
	if (code[LONGEST - DIRECT] == 0xe8) {
		*target = (vaddr + (uint64_t)(int64_t)(int32_t)load_le32(code + LONGEST - 4)) &
			  kernel->arch->address_mask;
		return true;
	}
	for (unsigned int size = 2; size <= LONGEST; size++)
		if (is_indirect_call(code + LONGEST - size, size))
			return true;
	return false;
}

/* --- saved registers --- */

/* struct pt_regs, and the steps of unwinding to a caller or to interrupted code. */

enum {
	PT_REGS_WORDS_64 = 21,
	PT_REGS_WORDS_32 = 17,
	PT_REGS_HARDWARE_WORDS = 5,
	EFLAGS_VM = 1 << 17
};

/* The register that each word of struct pt_regs contains: asm/ptrace.h. NR_CPU_REGISTERS means that
 * the word is not used here. */
static const uint8_t pt_regs_64[PT_REGS_WORDS_64] = {
	CPU_R15, CPU_R14,	   CPU_R13, CPU_R12, CPU_BP,	CPU_BX, CPU_R11,
	CPU_R10, CPU_R9,	   CPU_R8,  CPU_AX,  CPU_CX,	CPU_DX, CPU_SI,
	CPU_DI,	 NR_CPU_REGISTERS, CPU_IP,  CPU_CS,  CPU_FLAGS, CPU_SP, CPU_SS,
};
static const uint8_t pt_regs_32[PT_REGS_WORDS_32] = {
	CPU_BX, CPU_CX, CPU_DX,		  CPU_SI, CPU_DI, CPU_BP,    CPU_AX, CPU_DS, CPU_ES,
	CPU_FS, CPU_GS, NR_CPU_REGISTERS, CPU_IP, CPU_CS, CPU_FLAGS, CPU_SP, CPU_SS,
};

enum { RIGHTS = 3 };

bool x86_in_user_mode(const struct registers *registers)
{
	return (registers_have(registers, CPU_CS) && registers->value[CPU_CS] & RIGHTS) ||
	       (registers_have(registers, CPU_FLAGS) && registers->value[CPU_FLAGS] & EFLAGS_VM);
}

bool x86_mode_is_possible(const struct registers *registers)
{
	/* LDT: the selector is of the LDT, which only processes use. NR_SEGMENTS: GDT_ENTRIES
	 * (asm/segment.h) is 16 or 32. XEN_FIRST: the first segment of Xen; Xen also runs 32-bit
	 * kernels with the rights 1 (xen/interface/xen.h, asm/segment.h). */
	enum { LDT = 4, NR_SEGMENTS = 32, XEN_FIRST = 0xe000, XEN_KERNEL_32 = 0x61 };
	uint64_t cs = registers->value[CPU_CS];

	if (!registers_have(registers, CPU_CS) || !cs || cs == XEN_KERNEL_32 ||
	    (registers_have(registers, CPU_FLAGS) && registers->value[CPU_FLAGS] & EFLAGS_VM))
		return true;
	if (cs >= XEN_FIRST)
		return cs <= UINT16_MAX;
	if ((cs & RIGHTS) != RIGHTS)
		return !(cs & RIGHTS) && !(cs & LDT) && cs >> 3 < NR_SEGMENTS;
	return cs & LDT || cs >> 3 < NR_SEGMENTS;
}

/* Does the pt_regs lack SP and SS? i386 kernels before 5.3 (3c88c692c287) pushed neither if they
 * interrupted kernel code. */
static bool lacks_sp(struct kernel *kernel, const struct registers *registers)
{
	return kernel_pointer_size(kernel) == 4 && !x86_in_user_mode(registers) &&
	       kernel_version(kernel) && kernel_version(kernel) < KERNEL_VERSION(5, 3, 0);
}

/* Reads the words of a pt_regs, from the word with the number `first` to the last. regs is the
 * address of word 0, even if that word was not saved. */
static bool x86_load_pt_regs(struct kernel *kernel, uint64_t regs, unsigned int first,
			     struct registers *registers, struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	unsigned int nr = word == 8 ? PT_REGS_WORDS_64 : PT_REGS_WORDS_32;
	const uint8_t *which = word == 8 ? pt_regs_64 : pt_regs_32;
	uint64_t value;

	for (unsigned int i = first; i < nr; i++) {
		if (!kernel_read_pointer(kernel, regs + word * i, &value, err))
			return false;
		/* With FRED, the bits above the 16 bits of a selector contain other data. */
		if (which[i] == CPU_CS || which[i] == CPU_SS)
			value &= 0xffff;
		if (which[i] != NR_CPU_REGISTERS)
			registers_set(registers, which[i], value);
	}
	if (lacks_sp(kernel, registers)) {
		registers_set(registers, CPU_SP, regs + word * (PT_REGS_WORDS_32 - 2));
		registers->known[CPU_SS] = false;
	}
	return true;
}

/* Continues with the interrupted code. At the start of a kernel thread there is no such code: the
 * saved registers are all zero. */
static void x86_enter_interrupted(struct unwind_state *state, const struct registers *registers)
{
	if (!registers->value[CPU_IP] && !registers->value[CPU_CS]) {
		state->outermost = true;
		return;
	}
	state->registers = *registers;
	state->interrupted = true;
	state->exact = true;
	state->user = x86_in_user_mode(registers);
}

/* Continues with the caller. Only IP, SP and perhaps BP of the caller are known. A return address
 * of 0 means that there is no caller, because the code that begins a task pushes 0. */
static void x86_enter_caller(struct unwind_state *state, uint64_t ip, uint64_t sp)
{
	struct registers *registers = &state->registers;
	bool has_bp = registers->known[CPU_BP];

	state->outermost = !ip;
	if (!ip)
		return;
	memset(registers->known, false, sizeof(registers->known));
	registers->known[CPU_BP] = has_bp;
	registers_set(registers, CPU_IP, ip);
	registers_set(registers, CPU_SP, sp);
	state->exact = false;
}

/* --- frame pointers --- */

/* Finds the caller of a function of x86 using frame pointers. See arch/x86/kernel/unwind_frame.c,
 * and dumpstack_64.c before 4.9. */

struct pointers {
	bool kept; /* true if each function of the kernel keeps a frame pointer */
	bool marked; /* true if the entry code marks saved registers, see is_marked() */
};

/* Does the code of this function begin with push %bp; mov %sp,%bp? */
static bool begins_with_frame(struct kernel *kernel, uint64_t address)
{
	static const uint8_t prologue[] = { 0x55, 0x48, 0x89, 0xe5 };
	static const uint8_t prologue_32[] = { 0x55, 0x89, 0xe5 };
	uint8_t code[32];

	if (!kernel_read(kernel, address, code, sizeof(code), NULL))
		return false;
	return kernel_pointer_size(kernel) == 8 ?
		       memmem(code, sizeof(code), prologue, sizeof(prologue)) != NULL :
		       memmem(code, sizeof(code), prologue_32, sizeof(prologue_32)) != NULL;
}

/* Finds out whether the kernel keeps frame pointers. If it does, it has the function
 * update_stack_state() of unwind_frame.c (since 4.9, 7c7900f89770). In older kernels, the code of
 * functions then makes a frame. One function is not enough: schedule_timeout() of 3.10 has a
 * frame in all kernels if the compiler aligns its stack. */
static bool learn_pointers(struct kernel *kernel, void *state, struct error *err)
{
	static const char *const functions[] = { "schedule_timeout", "vfs_read", "vfs_write" };
	struct pointers *pointers = state;
	unsigned int nr = 0, nr_kept = 0;
	uint64_t address;

	(void)err;
	pointers->kept = kernel_has_symbol(kernel, "update_stack_state") == YES;
	pointers->marked = pointers->kept || kernel_pointer_size(kernel) == 4;
	for (size_t i = 0; !pointers->kept && i < sizeof(functions) / sizeof(functions[0]); i++)
		if (kernel_symbol(kernel, functions[i], &address, NULL)) {
			nr++;
			nr_kept += begins_with_frame(kernel, address);
		}
	pointers->kept |= nr && nr == nr_kept;
	return true;
}

static const struct state_type state_pointers = {
	.size = sizeof(struct pointers),
	.learn = learn_pointers,
};

/* Does the function that contains ip make a frame before ip? The compiler makes no frames in
 * functions that call no others, and assembler code makes none. */
static bool makes_frame(struct kernel *kernel, uint64_t start, uint64_t ip)
{
	enum { LARGEST = 1024 };
	static const uint8_t mov[] = { 0x89, 0xe5 }; /* mov %sp,%bp */
	uint8_t code[LARGEST];

	return ip - start > LARGEST || !kernel_read(kernel, start, code, ip - start, NULL) ||
	       memmem(code, ip - start, mov, sizeof(mov));
}

/* Has the function no frame, and is the word at SP the return address of a call of it? */
static bool is_leaf(struct kernel *kernel, uint64_t start, uint64_t ip, uint64_t sp)
{
	uint64_t caller, target;

	return !makes_frame(kernel, start, ip) && kernel_read_pointer(kernel, sp, &caller, NULL) &&
	       x86_follows_call(kernel, caller, &target) && (!target || target == start);
}

/* Does each function of the kernel keep a frame pointer? */
static bool x86_pointers_exist(struct kernel *kernel)
{
	const struct pointers *pointers = kernel_learnt(kernel, &state_pointers, NULL);

	return pointers && pointers->kept;
}

/* Was the code interrupted before it made its frame, or after it removed the frame? *up gets the
 * number of words that the code has already pushed, 0 or 1. The pushed word is the BP of the
 * caller. */
static bool is_without_frame(struct kernel *kernel, uint64_t ip, uint64_t sp, unsigned int *up)
{
	struct kernel_symbol symbol;
	uint8_t code[3] = { 0 };
	bool found = symbol_lookup_at(kernel->symbols, ip, &symbol, NULL);

	*up = 0;
	if (found && symbol.address == ip)
		return true;
	if (!kernel_read(kernel, ip, code, sizeof(code), NULL))
		return true; /* there is no code: a wrong address was called */
	if (code[0] == 0x55 || code[0] == 0xc3) /* push %bp, ret */
		return true;
	*up = !memcmp(code, "\x48\x89\xe5", 3) || !memcmp(code, "\x89\xe5", 2); /* mov %sp,%bp */
	return *up || (found && is_leaf(kernel, symbol.address, ip, sp));
}

/* Is bp the address of a pt_regs, instead of a frame pointer? The entry code saves such an address
 * with a mark: bit 0 is set (4.9, 946c191161ce), or on i386 since 4.14 the top bit is cleared
 * (5c99b692cfd6). *regs gets the address without the mark. */
static bool is_marked(unsigned int word, uint64_t bp, uint64_t *regs)
{
	*regs = bp & ~UINT64_C(1);
	if (word == 8 || bp & 1)
		return bp & 1;
	*regs = bp | UINT64_C(0x80000000);
	return bp && bp != *regs;
}

static bool are_flags(uint64_t value)
{
	enum { ALWAYS_SET = 1 << 1, NR_FLAGS = 22 };

	return value & ALWAYS_SET && !(value >> NR_FLAGS);
}

/* Can these registers be a pt_regs that was saved on entry from user mode? */
static bool is_of_user_mode(const struct registers *registers)
{
	uint64_t cs = registers->value[CPU_CS], flags = registers->value[CPU_FLAGS];

	if (!are_flags(flags))
		return false;
	return flags & EFLAGS_VM || ((cs & RIGHTS) == RIGHTS && cs > RIGHTS && cs < 1 << 16 &&
				     (registers->value[CPU_SS] & RIGHTS) == RIGHTS);
}

/* Can these registers be a pt_regs that an exception or interrupt of kernel code saved? */
static bool is_of_kernel_mode(const struct registers *registers)
{
	return are_flags(registers->value[CPU_FLAGS]) && registers->value[CPU_CS] &&
	       !x86_in_user_mode(registers) && x86_mode_is_possible(registers) &&
	       registers->value[CPU_SP] >> 63;
}

/* Has the entry code of x86-64 before 4.9, which makes no marks, saved registers here? It does not
 * change BP, so that the saved BP is BP of the entry code. The struct is at SP or, after an
 * interrupt, at the address in the word at SP, because the stack was switched (arch/x86/kernel or
 * entry/entry_64.S). Before 4.1, this word pointed to the saved BP, and an interrupt saved neither
 * the registers before BP nor BX. */
static bool is_unmarked(struct kernel *kernel, uint64_t ip, uint64_t sp, uint64_t bp,
			struct registers *registers)
{
	enum { WORD_BP = 4 };
	struct kernel_symbol symbol;
	uint64_t link = 0, regs;

	if (!symbol_lookup_at(kernel->symbols, ip - 1, &symbol, NULL) ||
	    makes_frame(kernel, symbol.address, ip))
		return false;
	kernel_read_pointer(kernel, sp, &link, NULL);
	for (unsigned int way = 0; way < 3; way++) {
		*registers = (struct registers){ 0 };
		regs = !way ? sp : way == 1 ? link : link - 8 * WORD_BP;
		if (!regs ||
		    !x86_load_pt_regs(kernel, regs, way == 2 ? WORD_BP : 0, registers, NULL))
			continue;
		if (way == 2)
			registers->known[CPU_BX] = false;
		if (registers->value[CPU_BP] == bp &&
		    (is_of_kernel_mode(registers) || is_of_user_mode(registers)))
			return true;
	}
	return false;
}

/* Is this code in one of the kernel's first C functions, or in the code that starts a thread? These
 * functions have no caller with a frame, because assembler code calls them, or jumps to them. At
 * ret_from_fork(), user mode may follow, which is_system_call() finds before. */
static bool is_first(struct kernel *kernel, uint64_t code)
{
	static const char *const firsts[] = { "i386_start_kernel", "x86_64_start_kernel",
					      "start_secondary", "ret_from_fork" };
	struct kernel_symbol symbol;
	uint64_t address;

	if (!symbol_lookup_at(kernel->symbols, code, &symbol, NULL))
		return false;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		if (kernel_symbol(kernel, firsts[i], &address, NULL) && address == symbol.address)
			return true;
	return false;
}

/* Is SP just below the registers of user mode, at the top of a task's stack? If so, loads these
 * registers. Above them are 0, 8 or 16 bytes of padding (TOP_OF_KERNEL_STACK_PADDING). This search
 * is necessary because the entry code of system calls does not save a marked address.
 *
 * On x86-64 before 4.1 (76f5df43cab5), this code did not save the first words of the struct, so
 * that the called function has its frame there. SP of this function can then be just below these
 * words, but its BP is the address of its frame, and BP of the entry code is still of user mode. */
static bool is_system_call(struct kernel *kernel, uint64_t sp, uint64_t bp,
			   struct registers *registers)
{
	enum { NOT_SAVED = 6 };
	unsigned int word = kernel_pointer_size(kernel), first = 0;
	uint64_t size = word * (word == 8 ? PT_REGS_WORDS_64 : PT_REGS_WORDS_32), regs;
	bool saves_all = word == 4 || kernel_version(kernel) >= KERNEL_VERSION(4, 1, 0);
	struct stack stack;

	if (!task_stack_at(kernel, sp, &stack))
		stack = (struct stack){ .kind = STACK_TASK, .last = page_last(sp) };
	if (stack.kind != STACK_TASK)
		return false;
	for (uint64_t padding = 0; padding <= 16; padding += 8) {
		regs = stack.last + 1 - padding - size;
		if (!saves_all)
			first = sp == regs + NOT_SAVED * word ? NOT_SAVED : 0;
		if (!first && (regs < sp || regs - sp > word))
			continue;
		if (!first && !saves_all && bp >= sp && bp <= stack.last)
			continue;
		if (x86_load_pt_regs(kernel, regs, first, registers, NULL) &&
		    is_of_user_mode(registers))
			return true;
	}
	return false;
}

/* Replaces the state by the state of the caller, like unwind_step() of struct arch. */
static bool x86_pointer_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	const struct pointers *pointers = kernel_learnt(kernel, &state_pointers, NULL);
	unsigned int word = kernel_pointer_size(kernel), up;
	struct registers registers = state->registers, saved = { 0 };
	uint64_t bp = registers.value[CPU_BP], sp = registers.value[CPU_SP], regs, ip;

	if (state->exact && is_without_frame(kernel, registers.value[CPU_IP], sp, &up)) {
		if (!kernel_read_pointer(kernel, sp + up * word, &ip, err) ||
		    (up && !kernel_read_pointer(kernel, sp, &bp, err)))
			return false;
		x86_enter_caller(state, ip, sp + (up + 1) * word);
		registers_set(&state->registers, CPU_BP, bp);
		return true;
	}
	if (!registers_have(&registers, CPU_BP))
		return fail(err, ERROR_UNKNOWN, "the frame pointer of this frame is not known");
	if (is_system_call(kernel, sp, bp, &saved) ||
	    (pointers && !pointers->marked && !state->exact &&
	     is_unmarked(kernel, registers.value[CPU_IP], sp, bp, &saved))) {
		x86_enter_interrupted(state, &saved);
		return true;
	}
	state->outermost = !bp || is_first(kernel, registers.value[CPU_IP] - !state->exact);
	if (state->outermost)
		return true;
	if (is_marked(word, bp, &regs)) {
		if (!x86_load_pt_regs(kernel, regs, 0, &registers, err))
			return false;
		x86_enter_interrupted(state, &registers);
		return true;
	}
	if (!kernel_read_pointer(kernel, bp, &registers.value[CPU_BP], err) ||
	    !kernel_read_pointer(kernel, bp + word, &ip, err))
		return false;
	x86_enter_caller(state, ip, bp + 2 * word);
	registers_set(&state->registers, CPU_BP, registers.value[CPU_BP]);
	return true;
}

/* --- ORC --- */

static const struct {
	enum cpu_register which;
	const char *name;
} bases[] = {
	[ORC_AX] = { CPU_AX, "ax" },	      [ORC_DX] = { CPU_DX, "dx" },
	[ORC_DI] = { CPU_DI, "di" },	      [ORC_BP] = { CPU_BP, "bp" },
	[ORC_SP] = { CPU_SP, "sp" },	      [ORC_R10] = { CPU_R10, "r10" },
	[ORC_R13] = { CPU_R13, "r13" },	      [ORC_BP_INDIRECT] = { CPU_BP, "bp" },
	[ORC_SP_INDIRECT] = { CPU_SP, "sp" },
};

/* Is the offset of SP_INDIRECT added to the word that is read at SP? This is so since 5.12
 * (87ccc826bf1c). Before 5.12, the offset was added to SP before the read. The symbol
 * hardirq_stack_inuse, which came with the change, shows backports. */
static bool adds_after(struct kernel *kernel)
{
	return kernel_version(kernel) >= KERNEL_VERSION(5, 12, 0) ||
	       kernel_has_symbol(kernel, "hardirq_stack_inuse") == YES ||
	       kernel_member(kernel, PCPU_HOT_INUSE, NULL);
}

/* Computes the SP of the caller, or the address of the saved registers, using the ORC entry. */
static bool find_sp(struct kernel *kernel, const struct orc *orc, const struct registers *registers,
		    uint64_t *sp, struct error *err)
{
	int64_t offset = orc->sp_offset;

	if (orc->sp_base == ORC_PREV_SP || orc->sp_base == ORC_UNDEFINED ||
	    orc->sp_base == ORC_INVALID)
		return fail(err, ERROR_FORMAT,
			    "the ORC entry of %" PRIx64
			    " does not describe how to find the caller's SP",
			    registers->value[CPU_IP]);
	if (!registers_have(registers, bases[orc->sp_base].which))
		return fail(err, ERROR_UNKNOWN,
			    "the caller of %" PRIx64
			    " can be found only by the value of %s, which is not known",
			    registers->value[CPU_IP], bases[orc->sp_base].name);
	*sp = registers->value[bases[orc->sp_base].which];
	if (orc->sp_base == ORC_SP_INDIRECT && adds_after(kernel)) {
		if (!kernel_read_pointer(kernel, *sp, sp, err))
			return false;
		*sp += (uint64_t)offset;
		return true;
	}
	*sp += (uint64_t)offset;
	return (orc->sp_base != ORC_SP_INDIRECT && orc->sp_base != ORC_BP_INDIRECT) ||
	       kernel_read_pointer(kernel, *sp, sp, err);
}

/* Restores the BP of the caller from the stack. `bp` is the BP of the function itself. If the
 * function did not save BP, the register is left unchanged. */
static bool restore_bp(struct kernel *kernel, const struct orc *orc, uint64_t sp, uint64_t bp,
		       struct registers *registers, struct error *err)
{
	uint64_t base = orc->bp_base == ORC_BP ? bp : sp, value;

	if (orc->bp_base != ORC_PREV_SP && orc->bp_base != ORC_BP)
		return true;
	if (!kernel_read_pointer(kernel, base + (uint64_t)(int64_t)orc->bp_offset, &value, err))
		return false;
	registers_set(registers, CPU_BP, value);
	return true;
}

static bool step_by_orc(struct kernel *kernel, const struct orc *orc, struct unwind_state *state,
			struct error *err)
{
	struct registers registers = state->registers;
	uint64_t sp, ip, bp = registers.value[CPU_BP];
	bool partial = orc->type == ORC_REGS_PARTIAL;

	if (orc->type == ORC_END) {
		state->outermost = true;
		return true;
	}
	if (orc->type == ORC_LOST)
		return fail(err, ERROR_UNKNOWN,
			    "the ORC data do not describe the caller of %" PRIx64,
			    registers.value[CPU_IP]);
	if (!find_sp(kernel, orc, &registers, &sp, err))
		return false;
	if (orc->type == ORC_CALL) {
		if (!kernel_read_pointer(kernel, sp - 8, &ip, err) ||
		    !restore_bp(kernel, orc, sp, bp, &state->registers, err))
			return false;
		x86_enter_caller(state, ip, sp);
	} else {
		unsigned int first = partial ? PT_REGS_WORDS_64 - PT_REGS_HARDWARE_WORDS : 0;

		if (!x86_load_pt_regs(kernel, sp - 8 * first, first, &registers, err) ||
		    !restore_bp(kernel, orc, sp, bp, &registers, err))
			return false;
		x86_enter_interrupted(state, &registers);
	}
	state->exact = orc->exact;
	return true;
}

/* --- both --- */

bool x86_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	uint64_t ip = state->registers.value[CPU_IP], caller;
	struct symbol_lookup const *symbols = kernel->symbols;
	struct kernel_symbol symbol;
	struct orc orc;

	state->interrupted = false;
	if (state->replaced && x86_orc_exists(kernel))
		return fail(err, ERROR_UNKNOWN,
			    "ORC cannot find the caller of an unknown function");
	if (x86_orc_find(kernel, state->exact ? ip : ip - 1, &orc))
		return step_by_orc(kernel, &orc, state, err);
	/* If a call jumped to a wrong address, there is no frame: only the return address was
	 * pushed. */
	if (state->exact && !symbol_lookup_at(symbols, ip, &symbol, NULL)) {
		uint64_t sp = state->registers.value[CPU_SP];

		if (!kernel_read_pointer(kernel, sp, &caller, err))
			return false;
		state->unsure |= ip != 0;
		x86_enter_caller(state, caller, sp + kernel_pointer_size(kernel));
		return true;
	}
	if (!x86_orc_exists(kernel) && !x86_pointers_exist(kernel))
		return fail(
			err, ERROR_UNKNOWN,
			"the stacks of this kernel cannot be unwound: it has no ORC tables of a known layout, and its code keeps no frame pointers");
	/* In a kernel with ORC tables, code without an entry is probably made at run time. Such
	 * code uses frame pointers, but this is not sure. */
	state->unsure |= x86_orc_exists(kernel);
	return x86_pointer_step(kernel, state, err);
}
