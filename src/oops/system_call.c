/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The names of system calls. Only programs are linked with libseccomp, so nothing that the library
 * needs is in this file. */
#include <elf.h>
#include <seccomp.h>

#include "oops/facts.h"

/* __X32_SYSCALL_BIT in arch/x86/include/uapi/asm/unistd.h */
enum { X32_BIT = 0x40000000 };

char *fact_system_call(unsigned int machine, bool compat, uint64_t number)
{
	uint32_t arch;

	if (machine == EM_X86_64)
		arch = compat ? SCMP_ARCH_X86 : number & X32_BIT ? SCMP_ARCH_X32 : SCMP_ARCH_X86_64;
	else if (machine == EM_386)
		arch = SCMP_ARCH_X86;
	else if (machine == EM_AARCH64)
		arch = compat ? SCMP_ARCH_ARM : SCMP_ARCH_AARCH64;
	else if (machine == EM_RISCV)
		arch = SCMP_ARCH_RISCV64;
	else
		return NULL;
	/* The kernel's negative numbers are vectors, or -1 for no call; libseccomp has some of its
	 * own. */
	return number <= INT32_MAX ? seccomp_syscall_resolve_num_arch(arch, (int)number) : NULL;
}
