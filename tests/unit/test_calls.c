/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filters of system calls for seven machines: an interpreter of BPF runs them for each number of a
 * call, and for the arguments that filters look at. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/calls.h"

#include "unit.h"

enum {
	MOST_STEPS = 4096, /* BPF_MAXINSNS of linux/bpf_common.h */
	NR_NUMBERS = 1024,
	X32 = 0x40000000, /* __X32_SYSCALL_BIT of asm/unistd.h */
	NR_ARGUMENTS = 6,
	ALLOWED = (int)SECCOMP_RET_ALLOW,
	REFUSED = SECCOMP_RET_ERRNO | ENOSYS,
};

static const uint32_t machines[] = {
	SCMP_ARCH_X86_64,  SCMP_ARCH_X86,     SCMP_ARCH_AARCH64, SCMP_ARCH_S390X,
	SCMP_ARCH_PPC64LE, SCMP_ARCH_RISCV64, SCMP_ARCH_ARM,
};

enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

static bool is_little_endian(uint32_t machine)
{
	return machine & 0x40000000; /* __AUDIT_ARCH_LE */
}

static bool is_64_bit(uint32_t machine)
{
	return machine & 0x80000000; /* __AUDIT_ARCH_64BIT */
}

/* --- the interpreter: Documentation/networking/filter.rst of the kernel --- */

struct program {
	struct sock_filter steps[MOST_STEPS];
	size_t nr;
	uint32_t machine;
};

/* Turns a step of a machine with the other byte order into a step of this machine. In some steps,
 * libseccomp 2.6 turns the answer twice: _gen_bpf_build_jmp_ret(). */
static void swap_step(struct sock_filter *step)
{
	step->code = __builtin_bswap16(step->code);
	if (step->code != (BPF_RET | BPF_K) || step->k != REFUSED)
		step->k = __builtin_bswap32(step->k);
}

/* Reads the filter of a machine. libseccomp writes it in the byte order of the machine. */
static void read_program(struct program *program, uint32_t machine)
{
	bool is_swapped = is_little_endian(machine) != is_little_endian(seccomp_arch_native());
	int file = memfd_create("filter", 0);
	scmp_filter_ctx filter;
	ssize_t size;

	assert_true(file >= 0);
	assert_int_equal(calls_create_filter(machine, &filter), 0);
	assert_int_equal(seccomp_export_bpf(filter, file), 0);
	seccomp_release(filter);
	size = pread(file, program->steps, sizeof(program->steps), 0);
	close(file);
	assert_true(size > 0 && size % (ssize_t)sizeof(program->steps[0]) == 0);
	program->nr = (size_t)size / sizeof(program->steps[0]);
	program->machine = machine;
	for (size_t i = 0; i < program->nr && is_swapped; i++)
		swap_step(&program->steps[i]);
}

/* The words of struct seccomp_data, as the machine has them in memory. */
struct data {
	uint32_t words[sizeof(struct seccomp_data) / sizeof(uint32_t)];
};

static struct data make_data(const struct program *program, uint32_t machine, uint32_t number,
			     const uint32_t arguments[NR_ARGUMENTS], uint32_t upper)
{
	size_t low = is_little_endian(program->machine) ? 0 : 1;
	struct data data = { { [0] = number, [1] = machine } };

	for (size_t i = 0; i < NR_ARGUMENTS; i++) {
		data.words[4 + 2 * i + low] = arguments[i];
		data.words[4 + 2 * i + !low] = is_64_bit(program->machine) ? upper : 0;
	}
	return data;
}

static bool passes(const struct sock_filter *step, uint32_t value)
{
	switch (BPF_OP(step->code)) {
	case BPF_JA: return true;
	case BPF_JEQ: return value == step->k;
	case BPF_JGT: return value > step->k;
	case BPF_JGE: return value >= step->k;
	case BPF_JSET: return value & step->k;
	default: fail_msg("jump %#x", step->code);
	}
	return false;
}

static uint32_t run(const struct program *program, const struct data *data)
{
	uint32_t value = 0;

	for (size_t i = 0; i < program->nr; i++) {
		const struct sock_filter *step = &program->steps[i];

		switch (step->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(step->k % 4 == 0 && step->k < sizeof(*data));
			value = data->words[step->k / 4];
			break;
		case BPF_ALU | BPF_AND | BPF_K: value &= step->k; break;
		case BPF_JMP | BPF_JA: i += step->k; break;
		case BPF_RET | BPF_K: return step->k;
		default:
			assert_int_equal(BPF_CLASS(step->code) | BPF_SRC(step->code),
					 BPF_JMP | BPF_K);
			i += passes(step, value) ? step->jt : step->jf;
		}
	}
	fail_msg("the filter has no end");
	return 0;
}

/* --- what a filter must answer --- */

/* The calls whose arguments do not matter, of all machines. */
static const char harmless[] =
	" read write readv writev pread64 pwrite64 lseek _llseek close dup dup2 dup3 pipe pipe2 "
	" poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 sendmsg recvmsg "
	" fadvise64 fadvise64_64 arm_fadvise64_64 ftruncate ftruncate64 getdents getdents64 "
	" fstat fstat64 fstatfs fstatfs64 memfd_create signalfd4 "
	" stat stat64 lstat lstat64 newfstatat fstatat64 statx access faccessat faccessat2 "
	" readlink readlinkat getcwd "
	" mmap mmap2 mprotect mremap munmap brk membarrier "
	" futex futex_time64 set_robust_list rseq sched_yield sched_getaffinity gettid exit exit_group "
	" rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait "
	" rt_sigtimedwait_time64 sigaltstack sigprocmask sigreturn restart_syscall "
	" clock_gettime clock_gettime64 clock_getres clock_nanosleep clock_nanosleep_time64 "
	" nanosleep gettimeofday time "
	" getpid getppid getpgid getpgrp getuid getuid32 geteuid geteuid32 getgid getgid32 getegid "
	" getegid32 getrlimit ugetrlimit getrusage getrandom sysinfo uname "
	" setfsuid setfsuid32 setfsgid setfsgid32 capget capset "
	" landlock_create_ruleset landlock_add_rule landlock_restrict_self "
#ifdef SANITIZED
	" clone prctl ptrace wait4 "
#endif
	;

static bool opens_to_read(uint32_t flags)
{
	return (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC)) &&
	       !(flags & 020000000 /* O_TMPFILE without O_DIRECTORY */);
}

static bool starts_thread(uint32_t flags)
{
	/* of glibc: sysdeps/nptl/pthread_create.c; musl adds CLONE_DETACHED */
	return (flags & ~UINT32_C(0x400000)) == 0x3d0f00;
}

static bool advises(uint32_t advice)
{
	return advice <= MADV_DONTNEED || advice == MADV_FREE || advice == MADV_HUGEPAGE ||
	       advice == MADV_NOHUGEPAGE || advice == MADV_DONTDUMP ||
	       advice == 102 /* MADV_GUARD_INSTALL */ || advice == 103 /* MADV_GUARD_REMOVE */;
}

static bool changes_descriptor(uint32_t command, uint32_t value)
{
	return command <= F_GETFL || (command == F_SETFL && !(value & O_ASYNC)) ||
	       command == F_DUPFD_CLOEXEC || command == F_ADD_SEALS;
}

static bool asks_terminal(uint32_t request)
{
	static const uint32_t requests[] = {
		TCGETS, TCSETS, TCSETSW, TCSETSF,    0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d,
		TCSBRK, TCXONC, TCFLSH,	 TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP,  FIONREAD,
	};

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (request == requests[i])
			return true;
	return false;
}

/* A call that some arguments make harmless. */
enum kind {
	NEVER,
	ALWAYS,
	OPENAT,
	OPEN,
	CLONE,
	PRCTL,
	MADVISE,
	FCNTL,
	SIGNAL,
	LIMITS,
	IOCTL,
	SOCKET
};

static enum kind kind_of(uint32_t machine, const char *name)
{
	static const struct {
		const char *name;
		enum kind kind;
	} kinds[] = {
#ifndef SANITIZED
		{ "clone", CLONE },	 { "prctl", PRCTL },
#endif
		{ "openat", OPENAT },	 { "open", OPEN },	   { "madvise", MADVISE },
		{ "kill", SIGNAL },	 { "tgkill", SIGNAL },	   { "ioctl", IOCTL },
		{ "prlimit64", LIMITS }, { "socketcall", SOCKET },
	};
	char word[64];

	if (!strcmp(name, is_64_bit(machine) ? "fcntl" : "fcntl64"))
		return FCNTL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(name, kinds[i].name))
			return kinds[i].kind;
	snprintf(word, sizeof(word), " %s ", name);
	return strstr(harmless, word) ? ALWAYS : NEVER;
}

static bool may(uint32_t machine, enum kind kind, const uint32_t arguments[NR_ARGUMENTS])
{
	switch (kind) {
	case NEVER: return false;
	case ALWAYS: return true;
	case OPENAT: return opens_to_read(arguments[2]);
	case OPEN: return opens_to_read(arguments[1]);
	case CLONE: return starts_thread(arguments[machine == SCMP_ARCH_S390X ? 1 : 0]);
	case PRCTL:
		return arguments[0] == PR_SET_NAME || arguments[0] == 0x53564d41 /* PR_SET_VMA */;
	case MADVISE: return advises(arguments[2]);
	case FCNTL: return changes_descriptor(arguments[1], arguments[2]);
	case SIGNAL: return arguments[0] == (uint32_t)getpid();
	case LIMITS: return arguments[0] == 0;
	case IOCTL: return asks_terminal(arguments[1]);
	case SOCKET: return arguments[0] == 16 || arguments[0] == 17; /* sendmsg(), recvmsg() */
	}
	return false;
}

/* --- the numbers and arguments --- */

struct values {
	uint32_t values[600];
	size_t nr;
};

static void add_value(struct values *values, uint32_t value)
{
	assert_true(values->nr < sizeof(values->values) / sizeof(values->values[0]));
	values->values[values->nr++] = value;
}

/* From first to last, inclusive. */
static void add_range(struct values *values, uint32_t first, uint32_t last)
{
	for (uint32_t i = 0; i <= last - first; i++)
		add_value(values, first + i);
}

/* The values at which answers may differ, and values near them. */
static struct values interesting_values(void)
{
	static const uint32_t single[] = {
		UINT32_MAX, 0x53564d41, 0x53564d40, TCGETS,    TCSETS,	  TCSETSW, TCSETSF,
		TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP,  FIONREAD,  TCSBRK,	  TCXONC,  TCFLSH,
		FIOASYNC,   0x3d0f00,	0x7d0f00,   020200000, O_TMPFILE,
	};
	struct values values = { .nr = 0 };
	uint32_t process = (uint32_t)getpid();

	add_range(&values, 0, 110);
	add_range(&values, 1024, 1040); /* F_SETLEASE to F_SET_FILE_RW_HINT */
	add_range(&values, 0x5400, 0x5460); /* asm-generic/ioctls.h */
	add_range(&values, 0x8900, 0x8910); /* asm-generic/sockios.h */
	add_range(&values, 0x802c5429, 0x802c542b);
	add_range(&values, 0x402c5429, 0x402c542f);
	add_range(&values, process - 1, process + 1);
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		add_value(&values, single[i]);
	for (unsigned int i = 0; i < 32; i++) {
		add_value(&values, UINT32_C(1) << i);
		add_value(&values, 0x3d0f00 ^ UINT32_C(1) << i);
	}
	return values;
}

struct call {
	const struct program *program;
	uint32_t number;
	enum kind kind;
};

static void check(const struct call *call, const uint32_t arguments[NR_ARGUMENTS])
{
	uint32_t machine = call->program->machine;
	bool is_allowed = may(machine, call->kind, arguments);

	for (uint32_t upper = 0; upper < 2; upper++) {
		/* libseccomp's own condition for socketcall() is about all 64 bits. */
		bool is_too_large = call->kind == SOCKET && upper && is_64_bit(machine);
		uint32_t expected =
			is_allowed && !is_too_large ? (uint32_t)ALLOWED : (uint32_t)REFUSED;
		struct data data =
			make_data(call->program, machine, call->number, arguments, -upper);
		uint32_t got = run(call->program, &data);

		if (got != expected)
			fail_msg("machine %#x, call %u (%#x, %#x, %#x): %#x, not %#x", machine,
				 call->number, arguments[0], arguments[1], arguments[2], got,
				 expected);
	}
}

/* Each argument has each value, while the others are 0 or all ones. */
static void check_each_argument(const struct call *call, const struct values *values)
{
	for (size_t place = 0; place < NR_ARGUMENTS; place++)
		for (size_t i = 0; i < values->nr; i++)
			for (uint32_t others = 0; others < 2; others++) {
				uint32_t arguments[NR_ARGUMENTS];

				for (size_t k = 0; k < NR_ARGUMENTS; k++)
					arguments[k] = k == place ? values->values[i] : -others;
				check(call, arguments);
			}
}

/* The second and the third argument have all pairs of values. */
static void check_pairs(const struct call *call, const struct values *values)
{
	for (size_t i = 0; i < values->nr; i++)
		for (size_t k = 0; k < values->nr; k++)
			check(call, (const uint32_t[NR_ARGUMENTS]){ 0, values->values[i],
								    values->values[k] });
}

/* All arguments have the same value. */
static void check_same(const struct call *call, const struct values *values)
{
	for (size_t i = 0; i < values->nr; i++) {
		uint32_t value = values->values[i];

		check(call,
		      (const uint32_t[NR_ARGUMENTS]){ value, value, value, value, value, value });
	}
}

static void each_machine_allows_the_listed_calls(void **state)
{
	struct values values = interesting_values();
	static struct program program;

	(void)state;
	for (size_t i = 0; i < NR_MACHINES; i++) {
		uint32_t nr_allowed = 0;

		read_program(&program, machines[i]);
		for (uint32_t number = 0; number < NR_NUMBERS; number++) {
			char *name = seccomp_syscall_resolve_num_arch(machines[i], (int)number);
			struct call call = {
				.program = &program,
				.number = number,
				.kind = name ? kind_of(machines[i], name) : NEVER,
			};

			nr_allowed += call.kind != NEVER;
			check_same(&call, &values);
			if (call.kind > ALWAYS)
				check_each_argument(&call, &values);
			if (call.kind == FCNTL)
				check_pairs(&call, &values);
			free(name);
		}
		assert_true(nr_allowed > 70);
	}
}

static void other_machines_are_refused(void **state)
{
	static const uint32_t nothing[NR_ARGUMENTS];
	static struct program program;

	(void)state;
	for (size_t i = 0; i < NR_MACHINES; i++) {
		read_program(&program, machines[i]);
		for (size_t k = 0; k < NR_MACHINES; k++)
			for (uint32_t number = 0; number < NR_NUMBERS && k != i; number++) {
				struct data data =
					make_data(&program, machines[k], number, nothing, 0);

				assert_int_equal(run(&program, &data), REFUSED);
			}
	}
}

/* x32 has the machine of x86-64, and other numbers. */
static void x32_is_refused(void **state)
{
	static const uint32_t nothing[NR_ARGUMENTS];
	static struct program program;

	(void)state;
	read_program(&program, SCMP_ARCH_X86_64);
	for (uint32_t number = 0; number < NR_NUMBERS; number++) {
		struct data data = make_data(&program, SCMP_ARCH_X86_64, X32 | number, nothing, 0);

		assert_int_equal(run(&program, &data), REFUSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine_allows_the_listed_calls),
		cmocka_unit_test(other_machines_are_refused),
		cmocka_unit_test(x32_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
