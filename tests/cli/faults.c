/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: makes one call of a kind fail. FAULT is KIND:NUMBER, the first call
 * is 1. At the end the file FAULT_COUNTS gets a line for each kind, its name and the
 * number of calls, and one for blocks of memory that were not freed. If FAULT is empty, FAULT_SITES
 * gets a line for the first call from each place, its kind, number and place. Other programs that
 * are started run without this. */
#include "preload.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kind, and the error it fails with. */
// clang-format off
#define FOR_EACH_KIND(X) \
	X(malloc, ENOMEM) X(mmap, ENOMEM) X(open, EMFILE) X(fstat, EIO) X(read, EIO) \
	X(pread, EIO) X(write, EIO) X(lseek, EINVAL) X(ftruncate, ENOSPC) \
	X(memfd_create, EMFILE) X(pipe2, EMFILE) X(dup2, EBADF) X(fcntl, EMFILE) \
	X(posix_spawn, EAGAIN) X(waitpid, ECHILD) X(signalfd, EMFILE) X(realpath, EACCES) \
	X(setrlimit, EPERM) X(socketpair, EMFILE) X(fork, EAGAIN) X(sendmsg, ENOBUFS) \
	X(recvmsg, ENOMEM) X(close, EIO) X(write_again, EINTR) X(read_again, EINTR) \
	X(pread_again, EINTR) /* half of what was asked for is done */ \
	X(write_part, 0) X(read_part, 0) X(pread_part, 0)
// clang-format on

#define KIND(name, error) KIND_##name,
#define NAME(name, error) #name,
#define ERROR(name, error) error,
enum { FOR_EACH_KIND(KIND) NR_KINDS };
static const char *const names[] = { FOR_EACH_KIND(NAME) };
static const int errors[] = { FOR_EACH_KIND(ERROR) };

/* Threads allocate, too. */
static _Atomic unsigned long calls[NR_KINDS];
static _Atomic long live;
static int failing = -1;
static unsigned long failing_call, failing_calls = 1;
static FILE *counts, *sites; /* opened before the program is in its sandbox */

enum { FRAMES = 3, MOST_SITES = 8192 };
static struct site {
	int kind;
	unsigned long call, place;
} site[MOST_SITES];
static size_t nr_sites;
static void *program; /* where it is loaded */
static atomic_flag sites_are_used = ATOMIC_FLAG_INIT;

/* libdw and the loader, which opens libraries, end the program where they get no
 * memory: to them an allocation fails once, and kwalk's allocator tries again. */
static bool must_succeed(void)
{
	void *callers[32];
	int nr = backtrace(callers, 32);
	Dl_info info;

	for (int i = 0; i < nr; i++)
		if (dladdr(callers[i], &info) &&
		    (strstr(info.dli_fname, "/libdw") || strstr(info.dli_fname, "/ld-linux")))
			return true;
	return false;
}

/* A number for the FRAMES nearest functions of the program that lead to the call. */
static unsigned long place_of(void)
{
	unsigned long place = 0;
	void *callers[32];
	int nr = backtrace(callers, 32), frames = 0;
	Dl_info info;

	for (int i = 2; i < nr && frames < FRAMES; i++)
		if (dladdr(callers[i], &info) && info.dli_fbase == program) {
			place = place * 1000003 +
				(unsigned long)((char *)callers[i] - (char *)program);
			frames++;
		}
	return place;
}

static void note_site(int kind, unsigned long call)
{
	struct site new = { kind, call, place_of() };
	size_t i = 0;

	while (atomic_flag_test_and_set(&sites_are_used))
		;
	while (i < nr_sites && (site[i].kind != kind || site[i].place != new.place))
		i++;
	if (i == nr_sites && nr_sites < MOST_SITES)
		site[nr_sites++] = new;
	atomic_flag_clear(&sites_are_used);
}

/* libseccomp may crash where it gets no memory. It works before a file is read, and needs thousands
 * of blocks. */
static bool in_seccomp;

static bool fails(int kind)
{
	unsigned long call;

	if (in_seccomp && kind == KIND_malloc)
		return false;
	call = ++calls[kind];
	if (sites)
		note_site(kind, call);
	if (call < failing_call || kind != failing || call >= failing_call + failing_calls)
		return false;
	if (kind == KIND_malloc && call == failing_call && must_succeed())
		failing_calls = 1;
	errno = errors[kind];
	return true;
}

__attribute__((constructor)) static void start(void)
{
	const char *fault = getenv("FAULT"), *file = getenv("FAULT_COUNTS");
	const char *number = fault ? strchr(fault, ':') : NULL;
	Dl_info info;

	counts = file ? fopen(file, "we") : NULL;
	backtrace(&(void *){ NULL }, 1); /* the first call allocates */
	file = getenv("FAULT_SITES");
	if (dladdr((void *)getauxval(AT_PHDR), &info))
		program = info.dli_fbase;
	sites = file && fault && !*fault ? fopen(file, "we") : NULL;
	for (int i = 0; number && i < NR_KINDS; i++)
		if (!strncmp(names[i], fault, (size_t)(number - fault)) &&
		    !names[i][number - fault])
			failing = i;
	failing_call = number ? strtoul(number + 1, NULL, 10) : 0;
	/* The second attempt of kwalk's allocator is to fail too. */
	if (failing == KIND_malloc)
		failing_calls = 2;
	unsetenv("LD_PRELOAD");
	for (int i = 0; i < NR_KINDS; i++)
		calls[i] = 0;
}

__attribute__((destructor)) static void end(void)
{
	long left = live;

	failing = -1;
	if (!counts)
		return;
	for (int i = 0; i < NR_KINDS; i++)
		fprintf(counts, "%s %lu\n", names[i], calls[i]);
	fprintf(counts, "live %ld\n", left);
	fclose(counts);
	for (size_t i = 0; sites && i < nr_sites; i++)
		fprintf(sites, "%s %lu %lx\n", names[site[i].kind], site[i].call, site[i].place);
}

/* Failing calls are counted here, and all others are handed on. */
#define NEXT(name)                                                                                 \
	static __typeof__(name) *next;                                                             \
	if (!next)                                                                                 \
	*(void **)&next = NEXT_OF(#name)

/* These have one size. A look-up that fails, as of "free64", leaves memory that the next
 * look-up frees: free() must be known by then. */
#define NEXT_ALLOCATOR(name)                                                                       \
	static __typeof__(name) *next;                                                             \
	if (!next)                                                                                 \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

/* kwalk's own allocator calls these, its libraries call that one. */
static void *counted(void *block)
{
	live += block != NULL;
	return block;
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *__libc_malloc(size_t size)
{
	NEXT_ALLOCATOR(__libc_malloc);
	return fails(KIND_malloc) ? NULL : counted(next(size));
}

void *__libc_calloc(size_t nr, size_t size)
{
	NEXT_ALLOCATOR(__libc_calloc);
	return fails(KIND_malloc) ? NULL : counted(next(nr, size));
}

void *__libc_realloc(void *block, size_t size)
{
	void *more;

	NEXT_ALLOCATOR(__libc_realloc);
	more = fails(KIND_malloc) ? NULL : next(block, size);
	live += !block && more;
	live -= block && !size;
	return more;
}

void *__libc_memalign(size_t alignment, size_t size)
{
	NEXT_ALLOCATOR(__libc_memalign);
	return fails(KIND_malloc) ? NULL : counted(next(alignment, size));
}

/* Between these calls, the program only makes its filter: calls_restrict(). */
void *seccomp_init(uint32_t action);
void seccomp_release(void *filter);

void *seccomp_init(uint32_t action)
{
	void *filter;

	NEXT_ALLOCATOR(seccomp_init);
	in_seccomp = true;
	filter = next(action);
	in_seccomp = filter;
	return filter;
}

void seccomp_release(void *filter)
{
	NEXT_ALLOCATOR(seccomp_release);
	next(filter);
	in_seccomp = false;
}

void free(void *block)
{
	NEXT_ALLOCATOR(free);
	live -= block != NULL;
	next(block);
}

void *mmap(void *start, size_t size, int rights, int flags, int fd, off_t at)
{
	NEXT(mmap);
	return fails(KIND_mmap) ? MAP_FAILED : next(start, size, rights, flags, fd, at);
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	NEXT(open);
	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return fails(KIND_open) ? -1 : next(path, flags, mode);
}

int fstat(int fd, struct stat *st)
{
	NEXT(fstat);
	return fails(KIND_fstat) ? -1 : next(fd, st);
}

ssize_t read(int fd, void *to, size_t size)
{
	NEXT(read);
	if (fails(KIND_read) || fails(KIND_read_again))
		return -1;
	if (size > 1 && fails(KIND_read_part))
		size /= 2;
	return next(fd, to, size);
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
	NEXT(pread);
	if (fails(KIND_pread) || fails(KIND_pread_again))
		return -1;
	if (size > 1 && fails(KIND_pread_part))
		size /= 2;
	return next(fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
	NEXT(write);
	if (fails(KIND_write) || fails(KIND_write_again))
		return -1;
	if (size > 1 && fails(KIND_write_part))
		size /= 2;
	return next(fd, from, size);
}

/* A descriptor is closed whatever close() says. */
int close(int fd)
{
	int result;

	NEXT(close);
	result = next(fd);
	return fails(KIND_close) ? -1 : result;
}

off_t lseek(int fd, off_t at, int whence)
{
	NEXT(lseek);
	return fails(KIND_lseek) ? -1 : next(fd, at, whence);
}

int ftruncate(int fd, off_t size)
{
	NEXT(ftruncate);
	return fails(KIND_ftruncate) ? -1 : next(fd, size);
}

int memfd_create(const char *name, unsigned int flags)
{
	NEXT(memfd_create);
	return fails(KIND_memfd_create) ? -1 : next(name, flags);
}

int pipe2(int ends[2], int flags)
{
	NEXT(pipe2);
	return fails(KIND_pipe2) ? -1 : next(ends, flags);
}

int dup2(int from, int to)
{
	NEXT(dup2);
	return fails(KIND_dup2) ? -1 : next(from, to);
}

int fcntl(int fd, int command, ...)
{
	va_list args;
	void *arg;

	NEXT(fcntl);
	va_start(args, command);
	arg = va_arg(args, void *);
	va_end(args);
	return fails(KIND_fcntl) ? -1 : next(fd, command, arg);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const *argv, char *const *environment)
{
	NEXT(posix_spawn);
	return fails(KIND_posix_spawn) ? EAGAIN :
					 next(pid, path, actions, attributes, argv, environment);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	NEXT(waitpid);
	return fails(KIND_waitpid) ? -1 : next(pid, status, options);
}

int signalfd(int fd, const sigset_t *mask, int flags)
{
	NEXT(signalfd);
	return fails(KIND_signalfd) ? -1 : next(fd, mask, flags);
}

char *realpath(const char *path, char *to)
{
	NEXT(realpath);
	return fails(KIND_realpath) ? NULL : next(path, to);
}

int setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	NEXT(setrlimit);
	return fails(KIND_setrlimit) ? -1 : next(what, limit);
}

int socketpair(int domain, int type, int protocol, int ends[2])
{
	NEXT(socketpair);
	return fails(KIND_socketpair) ? -1 : next(domain, type, protocol, ends);
}

pid_t fork(void)
{
	NEXT(fork);
	return fails(KIND_fork) ? -1 : next();
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	NEXT(sendmsg);
	return fails(KIND_sendmsg) ? -1 : next(fd, message, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	NEXT(recvmsg);
	return fails(KIND_recvmsg) ? -1 : next(fd, message, flags);
}
