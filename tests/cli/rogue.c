/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded: what code that a hostile file has smuggled in might do. When
 * answers are first written, tries each call below and prints on standard error
 * "NAME done" or "NAME ERRNO". With ASK, sends that text to the helper instead,
 * as a request of the kind KIND, TIMES times.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int network; /* a socket that is there before the sandbox */
static pid_t inside;

static void __attribute__((constructor)) start(void)
{
	inside = getpid();
	network = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsetenv("LD_PRELOAD"); /* of what is started */
}

static void tell(const char *name, long result)
{
	char line[128];
	int error = errno;
	const char *what = result >= 0 ? "done" : strerrorname_np(error);

	dprintf(STDERR_FILENO, "%s", (snprintf(line, sizeof(line), "%s %s\n", name, what), line));
}

/* The calls return the id before, and no error. */
static int sets_id(uid_t id)
{
	long set;

	syscall(SYS_setfsuid, id);
	set = syscall(SYS_setfsuid, getuid());
	errno = EPERM;
	return set == (long)id && syscall(SYS_setfsgid, getgid()) >= 0 ? 0 : -1;
}

static int connects(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Nobody listens, but it was sent. */
	return connect(network, (struct sockaddr *)&to, sizeof(to)) == 0 || errno == ECONNREFUSED ?
		       0 :
		       -1;
}

static int is_left(pid_t pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid;
}

/* In a process of its own where that can be had: the call may not come back. */
static int runs_program(void)
{
	char *argv[] = { (char *)"true", NULL };
	pid_t pid = fork();
	int status = 0, result;

	if (pid > 0) {
		waitpid(pid, &status, 0);
		errno = WEXITSTATUS(status);
		return errno ? -1 : 0;
	}
	result = execve("/bin/true", argv, environ);
	if (pid == 0)
		_exit(errno);
	return result;
}

static int reads_memory(pid_t pid)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)&network, 1 };

	return (int)process_vm_readv(pid, &here, 1, &there, 1, 0);
}

static int regains_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct all[2] = { { ~0U, ~0U, 0 } };

	all[1] = (struct __user_cap_data_struct){ 0x1ff, 0x1ff, 0 };
	return (int)syscall(SYS_capset, &head, all);
}

static int dumps_core(void)
{
	struct rlimit limit = { 1, 1 };

	return setrlimit(RLIMIT_CORE, &limit);
}

/* A program that no file holds; not to be run by it. */
static int executes_memory(void)
{
	char *argv[] = { (char *)"nothing", NULL };
	int fd = (int)syscall(SYS_memfd_create, "nothing", 0);
	int result = (int)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);

	return result < 0 && errno == ENOEXEC ? 0 : result; /* it is empty */
}

/* Descriptors whose signals, as of a pipe that can be read, go to another process. */
static void try_signals(void)
{
	enum { FIOASYNC_ = 0x5452, FIOSETOWN_ = 0x8901, SIOCSPGRP_ = 0x8902 };
	struct f_owner_ex owner = { F_OWNER_PID, getppid() };
	int ends[2], parent = getppid(), on = 1, here = open("/proc/self", O_RDONLY | O_DIRECTORY);

	if (pipe(ends))
		return;
	tell("setown", fcntl(ends[0], F_SETOWN, getppid()));
	tell("setown_ex", fcntl(ends[0], F_SETOWN_EX, &owner));
	tell("setsig", fcntl(ends[0], F_SETSIG, SIGKILL));
	tell("async", fcntl(ends[0], F_SETFL, O_ASYNC));
	tell("lease", fcntl(ends[0], F_SETLEASE, F_UNLCK));
	tell("notify", fcntl(here, F_NOTIFY, 0));
	tell("fioasync", ioctl(ends[0], FIOASYNC_, &on));
	tell("fiosetown", ioctl(network, FIOSETOWN_, &parent));
	tell("siocspgrp", ioctl(network, SIOCSPGRP_, &parent));
	tell("setfl", fcntl(ends[0], F_SETFL, O_NONBLOCK));
	tell("dupfd", fcntl(ends[0], F_DUPFD, 0));
}

/* Of what no page is: EINVAL if it is tried. */
static void try_pages(void)
{
	tell("hwpoison", madvise((void *)1, 0, 100 /* MADV_HWPOISON */));
	tell("offline", madvise((void *)1, 0, 101 /* MADV_SOFT_OFFLINE */));
	tell("dontneed", madvise(NULL, 0, MADV_DONTNEED));
	tell("guard", madvise((void *)1, 0, 102 /* MADV_GUARD_INSTALL */));
}

/* TAMPER: what was written to the descriptor before is lost, if it is of a file. */
static void tamper(int fd)
{
	static int kept[64], nr;

	if (fd > STDERR_FILENO && nr < 64)
		kept[nr++] = dup(fd);
	for (int i = 0; i < nr; i++) {
		fcntl(kept[i], F_SETFL, 0);
		if (ftruncate(kept[i], 0) == 0)
			pwrite(kept[i], "owned", 5, 0);
	}
}

static void try_all(void)
{
	tell("connect", connects());
	tell("socket", socket(AF_UNIX, SOCK_STREAM, 0));
	tell("create", open("owned", O_WRONLY | O_CREAT, 0600));
	tell("write", open("victim", O_RDWR));
	tell("truncate", open("victim", O_RDONLY | O_TRUNC));
	tell("openat2",
	     (int)syscall(437, AT_FDCWD, "owned", (uint64_t[]){ O_WRONLY | O_CREAT, 0600, 0 }, 24));
	tell("mkdir", mkdir("owned.d", 0700));
	tell("rename", rename("victim", "victim2") || rename("victim2", "victim") ? -1 : 0);
	tell("unlink", unlink("gone"));
	tell("chmod", chmod("victim", 0600));
	tell("read", open("/etc/passwd", O_RDONLY));
	/* beside a library: this one */
	tell("library", open("victim", O_RDONLY));
	tell("own_id", sets_id(getuid()));
	tell("other_id", sets_id(getuid() + 1));
	tell("fork", is_left(fork()));
	tell("execve", runs_program());
	tell("ptrace", (int)ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
	ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
	tell("process_vm_readv", reads_memory(getppid()));
	tell("kill", kill(getppid(), 0));
	tell("mount", mount("none", ".", "no-such-type", 0, NULL));
	tell("unshare", unshare(CLONE_NEWNS));
	tell("io_uring", (int)syscall(425, 1, calloc(1, 256)));
	tell("bpf", (int)syscall(SYS_bpf, 0, calloc(1, 128), 72));
	tell("perf", (int)syscall(SYS_perf_event_open, calloc(1, 128), 0, -1, -1, 0));
	tell("type", ioctl(0, TIOCSTI, "x"));
	tell("capabilities", regains_capabilities());
	tell("core", dumps_core());
	tell("dumpable", prctl(PR_SET_DUMPABLE, 1));
	/* the same by calls that libc does not make */
#ifdef SYS_open
	tell("old_create", (int)syscall(SYS_open, "owned", O_WRONLY | O_CREAT, 0600));
	tell("old_truncate", (int)syscall(SYS_open, "victim", O_RDONLY | O_TRUNC, 0));
	tell("old_creat", (int)syscall(SYS_creat, "owned", 0600));
#endif
	tell("tgkill", (int)syscall(SYS_tgkill, getppid(), getppid(), 0));
	tell("tkill", (int)syscall(SYS_tkill, getppid(), 0));
	tell("limits", prlimit(getppid(), RLIMIT_CORE, NULL, &(struct rlimit){ 0 }));
	tell("execveat", executes_memory());
	tell("pidfd", (int)syscall(434, getppid(), 0)); /* pidfd_open() */
	tell("link", link("victim", "owned.l") || unlink("owned.l") ? -1 : 0);
	/* EINVAL if it is tried: a thread shares its memory */
#ifdef __s390__ /* CLONE_BACKWARDS2 of the kernel: the flags come second */
	tell("namespace", (int)syscall(SYS_clone, 0, CLONE_THREAD | CLONE_NEWNS, 0, 0, 0));
#else
	tell("namespace", (int)syscall(SYS_clone, CLONE_THREAD | CLONE_NEWNS, 0, 0, 0, 0));
#endif
	try_signals();
	try_pages();
	tell("symlink", symlink("victim", "owned.s") || unlink("owned.s") ? -1 : 0);
}

/* As struct head of src/sandbox/outside.c. */
static void ask_helper(const char *text)
{
	int32_t request[64] = { 0 }, reply[1024] = { 0 };
	struct iovec out = { request, 8 + strlen(text) };
	struct iovec in = { reply, sizeof(reply) - 4 };
	struct msghdr asks = { .msg_iov = &out, .msg_iovlen = 1 };
	struct msghdr gets = { .msg_iov = &in, .msg_iovlen = 1 };
	struct stat st;

	request[0] = getenv("KIND") ? atoi(getenv("KIND")) : 0;
	memcpy(request + 2, text, strlen(text));
	for (int fd = 3; fd < 64; fd++) {
		if (fd == network || fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
			continue;
		if (sendmsg(fd, &asks, MSG_NOSIGNAL) < 0 || recvmsg(fd, &gets, 0) < 8)
			continue;
		dprintf(STDERR_FILENO, "helper %s: %s\n", reply[1] ? "refused" : "done",
			(char *)(reply + 2));
	}
}

ssize_t write(int fd, const void *from, size_t size)
{
	static int was_here;
	ssize_t (*next)(int, const void *, size_t);

	*(void **)&next = dlsym(RTLD_NEXT, "write");
	if (getenv("TAMPER")) {
		if (getpid() == inside) /* the helper writes, too */
			tamper(fd);
	} else if (fd == STDOUT_FILENO && !was_here++) {
		if (!getenv("ASK"))
			try_all();
		for (int i = getenv("TIMES") ? atoi(getenv("TIMES")) : 1; i; i--)
			if (getenv("ASK"))
				ask_helper(getenv("ASK"));
	}
	return next(fd, from, size);
}
