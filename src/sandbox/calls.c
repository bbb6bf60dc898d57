/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the system calls that are allowed in the sandbox. libseccomp makes a filter of
 * them. */
#include "sandbox/calls.h"

#include <asm/termbits.h> /* TCGETS of powerpc contains the size of the kernel's struct termios. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The calls that are allowed with any arguments. None of them can open, create, rename or remove a
 * file in a folder, create a socket or a process, or affect another process. The calls of Landlock
 * and capset() are harmless, because they can only remove rights. libseccomp leaves out the calls
 * that a machine does not have. If a machine has socketcall(), libseccomp allows the same calls by
 * it. */
// clang-format off
static const int allowed[] = {
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	/* for descriptors that are already open */
	SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(fadvise64),
	SCMP_SYS(fadvise64_64), SCMP_SYS(arm_fadvise64_64), SCMP_SYS(fstat), SCMP_SYS(fstat64),
	SCMP_SYS(fstatfs), SCMP_SYS(fstatfs64), SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
	SCMP_SYS(getdents), SCMP_SYS(getdents64), SCMP_SYS(lseek), SCMP_SYS(_llseek),
	SCMP_SYS(memfd_create), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64), SCMP_SYS(pread64), SCMP_SYS(pselect6), SCMP_SYS(pselect6_time64),
	SCMP_SYS(pwrite64), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(select),
	SCMP_SYS(_newselect), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(signalfd4),
	/* for finding out names and kinds of files */
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fstatat64),
	SCMP_SYS(getcwd), SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(stat), SCMP_SYS(stat64),
	SCMP_SYS(statx),
	/* for signals to the process itself, time, threads, and properties of the process */
	SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(getegid),
	SCMP_SYS(getegid32), SCMP_SYS(geteuid), SCMP_SYS(geteuid32), SCMP_SYS(getgid),
	SCMP_SYS(getgid32), SCMP_SYS(getpgid), SCMP_SYS(getpgrp), SCMP_SYS(getpid),
	SCMP_SYS(getppid), SCMP_SYS(getrandom), SCMP_SYS(getrlimit), SCMP_SYS(getrusage),
	SCMP_SYS(gettid), SCMP_SYS(gettimeofday), SCMP_SYS(getuid), SCMP_SYS(getuid32),
	SCMP_SYS(membarrier), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigsuspend), SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(rt_sigtimedwait_time64), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list), SCMP_SYS(sigaltstack), SCMP_SYS(sigprocmask),
	SCMP_SYS(sigreturn), SCMP_SYS(sysinfo), SCMP_SYS(rseq), SCMP_SYS(time),
	SCMP_SYS(ugetrlimit), SCMP_SYS(uname),
	/* for ncurses 6.5, which readline uses: it opens files with the real ids. Without
	 * CAP_SETUID and CAP_SETGID, a process can set only ids that it has already. */
	SCMP_SYS(setfsgid), SCMP_SYS(setfsgid32), SCMP_SYS(setfsuid), SCMP_SYS(setfsuid32),
	/* for sandbox_narrow(), which removes further rights */
	SCMP_SYS(capget), SCMP_SYS(capset), SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self),
#ifdef SANITIZED /* LeakSanitizer creates a process that traces this process */
	SCMP_SYS(clone), SCMP_SYS(prctl), SCMP_SYS(ptrace), SCMP_SYS(wait4),
#endif
};

/* The calls that are allowed only if an argument has a certain value; none of them is in the table
 * above. One of the conditions of a call must be true. The filter compares only the lower 32 bits
 * of an argument, because the kernel uses only these bits. */
#define IS(argument, value) { argument, SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)(value) }
#define HAS_NONE_OF(argument, bits) { argument, SCMP_CMP_MASKED_EQ, (uint32_t)(bits), 0 }

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

static const struct condition {
	int call;
	struct scmp_arg_cmp arguments[2]; /* the second one may be empty */
} conditions[] = {
	{ SCMP_SYS(openat), { HAS_NONE_OF(2, TO_WRITE) } },
	{ SCMP_SYS(open), { HAS_NONE_OF(1, TO_WRITE) } },
#ifndef SANITIZED
	{ SCMP_SYS(clone), { IS(0, THREAD) } },
	{ SCMP_SYS(clone), { IS(0, THREAD | DETACHED) } },
	{ SCMP_SYS(prctl), { IS(0, PR_SET_NAME) } },
	{ SCMP_SYS(prctl), { IS(0, NAME_MEMORY) } },
#endif
	{ SCMP_SYS(madvise), { IS(2, MADV_NORMAL) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_RANDOM) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_SEQUENTIAL) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_WILLNEED) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_DONTNEED) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_FREE) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_HUGEPAGE) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_NOHUGEPAGE) } },
	{ SCMP_SYS(madvise), { IS(2, MADV_DONTDUMP) } },
	{ SCMP_SYS(madvise), { IS(2, GUARD_INSTALL) } },
	{ SCMP_SYS(madvise), { IS(2, GUARD_REMOVE) } },
	/* F_SETOWN, F_SETSIG, F_SETLEASE and F_NOTIFY are missing here, because they can cause
	 * signals to other processes. */
	{ SCMP_SYS(fcntl), { IS(1, F_DUPFD) } },
	{ SCMP_SYS(fcntl), { IS(1, F_DUPFD_CLOEXEC) } },
	{ SCMP_SYS(fcntl), { IS(1, F_GETFD) } },
	{ SCMP_SYS(fcntl), { IS(1, F_SETFD) } },
	{ SCMP_SYS(fcntl), { IS(1, F_GETFL) } },
	{ SCMP_SYS(fcntl), { IS(1, F_ADD_SEALS) } },
	{ SCMP_SYS(fcntl), { IS(1, F_SETFL), HAS_NONE_OF(2, SIGNALS) } },
	{ SCMP_SYS(kill), { IS(0, OWN_PROCESS) } },
	{ SCMP_SYS(tgkill), { IS(0, OWN_PROCESS) } },
	{ SCMP_SYS(prlimit64), { IS(0, 0 /* 0: the process itself */) } },
	/* TIOCSTI is missing here, because it simulates typing on the terminal. */
	{ SCMP_SYS(ioctl), { IS(1, TCGETS) } },
	{ SCMP_SYS(ioctl), { IS(1, TCSETS) } },
	{ SCMP_SYS(ioctl), { IS(1, TCSETSW) } },
	{ SCMP_SYS(ioctl), { IS(1, TCSETSF) } },
	{ SCMP_SYS(ioctl), { IS(1, GET_TERMINAL_2) } },
	{ SCMP_SYS(ioctl), { IS(1, SET_TERMINAL_2) } },
	{ SCMP_SYS(ioctl), { IS(1, SET_TERMINAL_2 + 1) } },
	{ SCMP_SYS(ioctl), { IS(1, SET_TERMINAL_2 + 2) } },
	{ SCMP_SYS(ioctl), { IS(1, TCSBRK) } },
	{ SCMP_SYS(ioctl), { IS(1, TCXONC) } },
	{ SCMP_SYS(ioctl), { IS(1, TCFLSH) } },
	{ SCMP_SYS(ioctl), { IS(1, TIOCGWINSZ) } },
	{ SCMP_SYS(ioctl), { IS(1, TIOCSWINSZ) } },
	{ SCMP_SYS(ioctl), { IS(1, TIOCGPGRP) } },
	{ SCMP_SYS(ioctl), { IS(1, FIONREAD) } },
};
// clang-format on

enum {
	NR_ALLOWED = sizeof(allowed) / sizeof(allowed[0]),
	NR_CONDITIONS = sizeof(conditions) / sizeof(conditions[0]),
	/* All other calls, and calls with numbers of another architecture, fail as if the kernel did
	 * not have them, so that C libraries use an older call instead: clone() instead of clone3(),
	 * for example. */
	OTHERWISE = SCMP_ACT_ERRNO(ENOSYS),
};

/* Adapts a condition to the machine and to this process. */
static void adapt(struct condition *condition, uint32_t machine)
{
	struct scmp_arg_cmp *argument = condition->arguments;

	if (argument->datum_b == OWN_PROCESS)
		argument->datum_b = (uint32_t)getpid();
	/* CLONE_BACKWARDS2 of arch/Kconfig: the flags are the second argument. */
	if (condition->call == SCMP_SYS(clone) &&
	    (machine == SCMP_ARCH_S390X || machine == SCMP_ARCH_S390))
		argument->arg = 1;
	/* On machines of 32 bits, C libraries use the form for large files. */
	if (condition->call == SCMP_SYS(fcntl) &&
	    seccomp_syscall_resolve_name_arch(machine, "fcntl64") >= 0)
		condition->call = SCMP_SYS(fcntl64);
}

/* The functions below return 0 or a negative errno, as libseccomp does. */

static int add_conditions(scmp_filter_ctx filter, uint32_t machine)
{
	int error = 0;

	for (size_t i = 0; i < NR_CONDITIONS && !error; i++) {
		struct condition condition = conditions[i];

		adapt(&condition, machine);
		error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, condition.call,
					       condition.arguments[1].op ? 2 : 1,
					       condition.arguments);
	}
	return error;
}

static int set_architecture(scmp_filter_ctx filter, uint32_t machine)
{
	int error;

	if (machine == seccomp_arch_native())
		return 0;
	error = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
	return error ? error : seccomp_arch_add(filter, machine);
}

static int set_attributes(scmp_filter_ctx filter)
{
	/* The kernel tries all numbers when it takes the filter, so the filter searches the number
	 * in a binary tree. sandbox_enter() has set no_new_privs. */
	static const struct {
		enum scmp_filter_attr attribute;
		uint32_t value;
	} wanted[] = {
		{ SCMP_FLTATR_ACT_BADARCH, OTHERWISE },
		{ SCMP_FLTATR_CTL_OPTIMIZE, 2 },
		{ SCMP_FLTATR_CTL_NNP, 0 },
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && !error; i++)
		error = seccomp_attr_set(filter, wanted[i].attribute, wanted[i].value);
	return error;
}

int calls_create_filter(uint32_t machine, scmp_filter_ctx *filter)
{
	int error;

	/* At level 1, libseccomp loads a filter by prctl(), and does not try what else the kernel
	 * can do. */
	seccomp_api_set(1);
	*filter = seccomp_init(OTHERWISE);
	if (!*filter)
		return ENOMEM;
	error = set_attributes(*filter);
	error = error ? error : set_architecture(*filter, machine);
	for (size_t i = 0; i < NR_ALLOWED && !error; i++)
		error = seccomp_rule_add(*filter, SCMP_ACT_ALLOW, allowed[i], 0);
	error = error ? error : add_conditions(*filter, machine);
	if (error) {
		seccomp_release(*filter);
		*filter = NULL;
	}
	return -error;
}

int calls_restrict(void)
{
	scmp_filter_ctx filter;
	int error = calls_create_filter(seccomp_arch_native(), &filter);

	if (error)
		return error;
	error = -seccomp_load(filter);
	/* ECANCELED stands for all errors of the kernel. */
	if (error == ECANCELED)
		error = errno;
	seccomp_release(filter);
	return error;
}
