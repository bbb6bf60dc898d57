/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of system calls. It is built from tables, because building it with libseccomp takes
 * twice as long: doc/design.md. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define MACHINE AUDIT_ARCH_I386
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#ifndef MACHINE

int calls_restrict(void)
{
	return ENOSYS;
}

#else

/* The calls that are allowed with any arguments. None of them can open, create, rename or remove a
 * file in a folder, create a socket or a process, or affect another process. The calls of Landlock
 * and capset() are harmless, because they can only remove rights. */
// clang-format off
static const unsigned short allowed[] = {
	/* memory */
	SYS_brk, SYS_mprotect, SYS_mremap, SYS_munmap,
	/* for descriptors that are already open */
	SYS_close, SYS_dup, SYS_dup3, SYS_fadvise64, SYS_fstatfs, SYS_ftruncate, SYS_getdents64, SYS_lseek,
	SYS_memfd_create, SYS_pipe2, SYS_ppoll, SYS_pread64, SYS_pselect6, SYS_pwrite64, SYS_read,
	SYS_readv, SYS_write, SYS_writev, SYS_recvmsg, SYS_sendmsg, SYS_signalfd4,
	/* for finding out names and kinds of files */
	SYS_faccessat, SYS_getcwd, SYS_readlinkat, SYS_statx, 439 /* the number of faccessat2 */,
	/* for signals to the process itself, time, threads, and properties of the process */
	SYS_clock_getres, SYS_clock_gettime, SYS_clock_nanosleep, SYS_exit,
	SYS_exit_group, SYS_futex, SYS_getegid, SYS_geteuid, SYS_getgid,
	SYS_getpgid, SYS_getpid, SYS_getppid, SYS_getrandom, SYS_getrusage,
	SYS_gettid, SYS_gettimeofday, SYS_getuid, SYS_membarrier, SYS_nanosleep,
	SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigpending,
	SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigsuspend,
	SYS_rt_sigtimedwait, SYS_sched_getaffinity, SYS_sched_yield,
	SYS_set_robust_list, SYS_sigaltstack, SYS_sysinfo, SYS_rseq, SYS_uname,
	/* for ncurses 6.5, which readline uses: it opens files with the real ids. Without
	 * CAP_SETUID and CAP_SETGID, a process can set only ids that it has already. */
	SYS_setfsgid, SYS_setfsuid,
	/* for sandbox_narrow(), which removes further rights */
	SYS_capget, SYS_capset, 444, 445, 446 /* the numbers of the calls of Landlock */,
#ifdef SYS_open /* aarch64 lacks these older forms of the calls */
	SYS_access, SYS_dup2, SYS_getdents, SYS_getpgrp, SYS_lstat, SYS_pipe,
	SYS_poll, SYS_readlink, SYS_select, SYS_stat, SYS_time,
#endif
#ifdef __i386__
	SYS__llseek, SYS__newselect, SYS_clock_gettime64,
	SYS_clock_nanosleep_time64, SYS_fadvise64_64, SYS_fstat64, SYS_fstatat64,
	SYS_fstatfs64, SYS_ftruncate64, SYS_futex_time64, SYS_getegid32, SYS_geteuid32,
	SYS_getgid32, SYS_getuid32, SYS_lstat64, SYS_mmap2, SYS_ppoll_time64,
	SYS_pselect6_time64, SYS_rt_sigtimedwait_time64, SYS_setfsgid32, SYS_setfsuid32,
	SYS_sigprocmask, SYS_sigreturn, SYS_stat64, SYS_ugetrlimit,
#else
	SYS_newfstatat,
#endif
	SYS_fstat, SYS_getrlimit, SYS_mmap,
#ifdef SANITIZED /* LeakSanitizer creates a process that traces this process */
	SYS_clone, SYS_prctl, SYS_ptrace, SYS_wait4,
#endif
};

/* The calls that are allowed only if an argument has a certain value; none of them is in the table
 * above. Each row is a condition, and one of the conditions of a call must be true. The rows of a
 * call are adjacent. AND means that the condition in the next row must be true, too. A row with AND
 * or HAS_NONE_OF is followed by no other condition of its call. The filter compares only the lower
 * 32 bits of an argument, because the kernel uses only these bits. */
enum test { IS, HAS_NONE_OF, AND };

enum {
	TO_WRITE = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY),
	OWN_PROCESS = 0x7fffffff, /* stands for the number of this process */
	NAME_MEMORY = 0x53564d41, /* PR_SET_VMA of linux/prctl.h, Linux 5.17 */
	/* TCGETS2 and TCSETS2 of asm-generic/ioctls.h, which glibc 2.42 uses */
	GET_TERMINAL_2 = (int)0x802c542a, SET_TERMINAL_2 = 0x402c542b,
	/* The flags that C libraries use to create a thread. musl also sets DETACHED. */
	THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
		 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
	DETACHED = 0x00400000, /* CLONE_DETACHED of linux/sched.h, which the kernel ignores */
	/* Constants of Linux 6.13 for the guard pages of stacks, which glibc 2.42 uses. Other
	 * values of madvise() are not allowed: with MADV_HWPOISON, for example, root could take
	 * memory from the machine. */
	GUARD_INSTALL = 102, GUARD_REMOVE = 103,
	/* With O_ASYNC, the kernel would send signals to the owner of the file. */
	SIGNALS = O_ASYNC,
};

#ifdef __i386__
#define FCNTL SYS_fcntl64
#else
#define FCNTL SYS_fcntl
#endif

static const struct condition {
	unsigned short call;
	unsigned char argument;
	unsigned char test;
	uint32_t value;
} conditions[] = {
	{ SYS_openat,  2, HAS_NONE_OF, TO_WRITE },
#ifdef SYS_open
	{ SYS_open,    1, HAS_NONE_OF, TO_WRITE },
#endif
#ifndef SANITIZED
	{ SYS_clone,   0, IS, THREAD },
	{ SYS_clone,   0, IS, THREAD | DETACHED },
	{ SYS_prctl,   0, IS, PR_SET_NAME },
	{ SYS_prctl,   0, IS, NAME_MEMORY },
#endif
	{ SYS_madvise, 2, IS, MADV_NORMAL },
	{ SYS_madvise, 2, IS, MADV_RANDOM },
	{ SYS_madvise, 2, IS, MADV_SEQUENTIAL },
	{ SYS_madvise, 2, IS, MADV_WILLNEED },
	{ SYS_madvise, 2, IS, MADV_DONTNEED },
	{ SYS_madvise, 2, IS, MADV_FREE },
	{ SYS_madvise, 2, IS, MADV_HUGEPAGE },
	{ SYS_madvise, 2, IS, MADV_NOHUGEPAGE },
	{ SYS_madvise, 2, IS, MADV_DONTDUMP },
	{ SYS_madvise, 2, IS, GUARD_INSTALL },
	{ SYS_madvise, 2, IS, GUARD_REMOVE },
	/* F_SETOWN, F_SETSIG, F_SETLEASE and F_NOTIFY are missing here, because they can cause
	 * signals to other processes. */
	{ FCNTL,       1, IS, F_DUPFD },
	{ FCNTL,       1, IS, F_DUPFD_CLOEXEC },
	{ FCNTL,       1, IS, F_GETFD },
	{ FCNTL,       1, IS, F_SETFD },
	{ FCNTL,       1, IS, F_GETFL },
	{ FCNTL,       1, IS, F_ADD_SEALS },
	{ FCNTL,       1, AND, F_SETFL }, { FCNTL, 2, HAS_NONE_OF, SIGNALS },
	{ SYS_kill,    0, IS, OWN_PROCESS },
	{ SYS_tgkill,  0, IS, OWN_PROCESS },
	{ SYS_prlimit64, 0, IS, 0 /* 0: the process itself */ },
	/* TIOCSTI is missing here, because it simulates typing on the terminal. */
	{ SYS_ioctl,   1, IS, TCGETS },
	{ SYS_ioctl,   1, IS, TCSETS },
	{ SYS_ioctl,   1, IS, TCSETSW },
	{ SYS_ioctl,   1, IS, TCSETSF },
	{ SYS_ioctl,   1, IS, GET_TERMINAL_2 },
	{ SYS_ioctl,   1, IS, SET_TERMINAL_2 },
	{ SYS_ioctl,   1, IS, SET_TERMINAL_2 + 1 },
	{ SYS_ioctl,   1, IS, SET_TERMINAL_2 + 2 },
	{ SYS_ioctl,   1, IS, TCSBRK },
	{ SYS_ioctl,   1, IS, TCXONC },
	{ SYS_ioctl,   1, IS, TCFLSH },
	{ SYS_ioctl,   1, IS, TIOCGWINSZ },
	{ SYS_ioctl,   1, IS, TIOCSWINSZ },
	{ SYS_ioctl,   1, IS, TIOCGPGRP },
	{ SYS_ioctl,   1, IS, FIONREAD },
#ifdef SYS_socketcall /* the last column is the number of a call in linux/net.h */
	{ SYS_socketcall, 0, IS, 16 /* SYS_SENDMSG */ },
	{ SYS_socketcall, 0, IS, 17 /* SYS_RECVMSG */ },
#endif
};
// clang-format on

enum {
	NR_ALLOWED = sizeof(allowed) / sizeof(allowed[0]),
	NR_CONDITIONS = sizeof(conditions) / sizeof(conditions[0]),
	/* System calls with this number or a higher number are new, and have the same numbers on
	 * all machines. If such a call is not allowed, it fails with ENOSYS, so that C libraries
	 * use an older call instead. An example is pidfd_send_signal() of Linux 5.1. */
	FIRST_NEW_CALL = 424,
	END_OF_CALLS = 512, /* is larger than all numbers of allowed calls */
	MOST_RUNS = 100, /* of numbers of allowed calls */
	LONGEST = 8 + 5 * NR_CONDITIONS + 2 * MOST_RUNS,
};

struct calls_program {
	struct sock_filter steps[LONGEST];
	unsigned short nr;
};

static void calls_load(struct calls_program *program, size_t offset)
{
	program->steps[program->nr++] =
		(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* Adds a step that compares the loaded value. It skips if_so steps if the value passes the test,
 * and if_not steps if the value fails the test. */
static void jump(struct calls_program *program, unsigned short test, uint32_t value,
		 unsigned char if_so, unsigned char if_not)
{
	program->steps[program->nr++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | test, value, if_so, if_not);
}

static void end(struct calls_program *program, uint32_t verdict)
{
	program->steps[program->nr++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
}

static bool is_first_of_call(const struct condition *condition)
{
	return condition == conditions || condition->call != condition[-1].call;
}

/* Adds the steps for the conditions of one call. Returns the first condition of the next call. */
static const struct condition *add_conditions(struct calls_program *program,
					      const struct condition *first, uint32_t process)
{
	const struct condition *end_of_call = first + 1;
	unsigned char steps = 2; /* from the present condition to the step that allows the call */

	for (; end_of_call < conditions + NR_CONDITIONS && !is_first_of_call(end_of_call);
	     end_of_call++)
		steps += 1 + (end_of_call->argument != end_of_call[-1].argument);
	jump(program, BPF_JEQ, first->call, 0, steps + 2);
	for (const struct condition *at = first; at < end_of_call; at++) {
		uint32_t value = at->value == OWN_PROCESS ? process : at->value;

		if (at == first || at->argument != at[-1].argument) {
			calls_load(program, offsetof(struct seccomp_data, args[at->argument]));
			steps -= at != first;
		}
		steps--;
		switch (at->test) {
		case IS: jump(program, BPF_JEQ, value, steps, 0); break;
		case AND: jump(program, BPF_JEQ, value, 0, steps - 1); break;
		default: jump(program, BPF_JSET, value, steps - 1, steps); break;
		}
	}
	end(program, SECCOMP_RET_ERRNO | EPERM);
	end(program, SECCOMP_RET_ALLOW);
	return end_of_call;
}

/* Finds the next run of allowed calls from *first on: *first to *last, inclusive. */
static bool next_run(const bool is_allowed[END_OF_CALLS], unsigned int *first, unsigned int *last)
{
	while (*first < END_OF_CALLS && !is_allowed[*first])
		++*first;
	for (*last = *first; *last + 1 < END_OF_CALLS && is_allowed[*last + 1];)
		++*last;
	return *first < END_OF_CALLS;
}

/* Adds the steps for the calls that are always allowed: few, because the kernel tries all numbers of
 * calls when it takes the filter. Returns false if there are too many runs. */
static bool add_allowed(struct calls_program *program)
{
	bool is_allowed[END_OF_CALLS] = { false };
	unsigned int nr = 0, first, last;

	for (size_t i = 0; i < NR_ALLOWED; i++)
		is_allowed[allowed[i]] = true;
	for (first = 0; next_run(is_allowed, &first, &last); first = last + 1)
		nr++;
	if (nr > MOST_RUNS)
		return false;
	for (first = 0; next_run(is_allowed, &first, &last); first = last + 1, nr--) {
		/* A higher number may be in the next run. A lower number is in none. */
		jump(program, BPF_JGT, last, 1, 0);
		jump(program, BPF_JGE, first, 2 * (nr - 1) + 3, 2 * (nr - 1));
	}
	jump(program, BPF_JGE, FIRST_NEW_CALL, 1, 0);
	end(program, SECCOMP_RET_ERRNO | EPERM);
	end(program, SECCOMP_RET_ERRNO | ENOSYS);
	end(program, SECCOMP_RET_ALLOW);
	return true;
}

int calls_restrict(void)
{
	struct calls_program program = { .nr = 0 };
	uint32_t process = (uint32_t)getpid();
	struct sock_fprog filter = { .filter = program.steps };

	calls_load(&program, offsetof(struct seccomp_data, arch));
	jump(&program, BPF_JEQ, MACHINE, 1, 0);
	end(&program, SECCOMP_RET_ERRNO | EPERM);
	calls_load(&program, offsetof(struct seccomp_data, nr));
	for (const struct condition *at = conditions; at < conditions + NR_CONDITIONS;)
		at = add_conditions(&program, at, process);
	if (!add_allowed(&program))
		return E2BIG;
	filter.len = program.nr;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? errno : 0;
}

#endif
