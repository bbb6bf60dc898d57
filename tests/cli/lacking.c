/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lacking ERRNO CALL... -- PROGRAM ARGUMENT...: runs it where these system calls fail.
 * "seccomp" is prctl(PR_SET_SECCOMP), "fork" all that makes processes. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The place of the lower 32 bits in an argument. */
enum { LOWER_HALF = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0 };

static struct sock_filter steps[64];
static unsigned short nr;

static void add(unsigned short code, unsigned int value, unsigned char if_so, unsigned char if_not)
{
	steps[nr++] = (struct sock_filter){ code, if_so, if_not, value };
}

static void fail(unsigned int call, unsigned int verdict)
{
	int is_prctl = call == SYS_prctl;

	add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, is_prctl ? 3 : 1);
	if (is_prctl) {
		add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + LOWER_HALF,
		    0, 0);
		add(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1);
	}
	add(BPF_RET | BPF_K, verdict, 0, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		unsigned int call;
	} calls[] = {
		{ "seccomp", SYS_prctl },     { "landlock", 444 /* landlock_create_ruleset */ },
		{ "capset", SYS_capset },     { "fork", SYS_clone },
		{ "fork", SYS_fork },	      { "fork", SYS_vfork },
		{ "fork", 435 /* clone3 */ },
	};
	unsigned int verdict = SECCOMP_RET_ERRNO | (argc > 1 ? (unsigned int)atoi(argv[1]) : 0);
	struct sock_fprog filter = { .filter = steps };
	int at = 2;

	for (; at < argc && strcmp(argv[at], "--"); at++)
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			if (!strcmp(argv[at], calls[i].name))
				fail(calls[i].call, verdict);
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	filter.len = nr;
	if (at + 1 >= argc || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return 125;
	execv(argv[at + 1], argv + at + 1);
	return 125;
}
