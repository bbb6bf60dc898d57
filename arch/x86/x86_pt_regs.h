/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* struct pt_regs, and the steps of unwinding to a caller or to interrupted code. */
#pragma once

#include "base/error.h"
#include "linux/unwind/unwind.h"

struct kernel;

enum {
	PT_REGS_WORDS_64 = 21,
	PT_REGS_WORDS_32 = 17,
	PT_REGS_HARDWARE_WORDS = 5,
	EFLAGS_VM = 1 << 17
};

/* Reads the words of a pt_regs, from the word with the number `first` to the last. regs is the
 * address of word 0, even if that word was not saved. */
bool x86_load_pt_regs(struct kernel *kernel, uint64_t regs, unsigned int first,
		      struct registers *registers, struct error *err);

/* Continues with the interrupted code. At the start of a kernel thread there is no such code: the
 * saved registers are all zero. */
void x86_enter_interrupted(struct unwind_state *state, const struct registers *registers);

/* Continues with the caller. Only IP, SP and perhaps BP of the caller are known. A return address
 * of 0 means that there is no caller, because the code that begins a task pushes 0. */
void x86_enter_caller(struct unwind_state *state, uint64_t ip, uint64_t sp);
