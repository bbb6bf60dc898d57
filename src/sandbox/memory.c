/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define OTHER_ALLOCATOR
#endif

/* When an allocation exceeds the bound, the bound is raised once by RESERVE, and the current
 * command is stopped. Libraries may crash after a failed allocation, so small allocations still
 * succeed until the command has stopped. */
enum { RESERVE = 16 << 20, MOST_OF_RESERVE = 1 << 20 };

static struct {
	rlim_t size; /* the bound in bytes; 0: no bound */
	uint64_t wanted; /* the requested bound, even if it is not in force; 0: not requested */
	struct rlimit before;
	bool held, reserve_used, ran_out;
} memory;

bool limit_parse(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	*size = strtoull(text, &end, 10);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (*end && (!unit || end[1]))
		return false;
	for (; unit && unit >= units; unit--)
		if (__builtin_mul_overflow(*size, UINT64_C(1024), size))
			return false;
	return *size && *size < RLIM_INFINITY - RESERVE;
}

uint64_t limit_default(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	uint64_t least = UINT64_C(1) << 30, quarter;

	quarter = pages > 0 && size > 0 ? (uint64_t)pages / 4 * (uint64_t)size : 0;
	return quarter > least ? quarter : least;
}

static void set_soft(rlim_t size)
{
	struct rlimit limit = memory.before;

	if (size < limit.rlim_cur)
		limit.rlim_cur = size;
	setrlimit(RLIMIT_DATA, &limit); /* if this fails, there is no bound */
}

void limit_memory(uint64_t size)
{
	memory.wanted = size;
#ifndef OTHER_ALLOCATOR /* RLIMIT_DATA counts a sanitizer's mappings, which exceed any bound */
	if (getrlimit(RLIMIT_DATA, &memory.before) == 0)
		memory.size = size < RLIM_INFINITY ? (rlim_t)size : RLIM_INFINITY - 1;
#endif
}

void limit_hold(void)
{
	if (memory.held && !memory.reserve_used)
		return; /* avoids system calls, because a script may have a million commands */
	memory.held = memory.size != 0;
	memory.reserve_used = false;
	if (memory.held)
		set_soft(memory.size);
}

bool limit_lift(void)
{
	bool held = memory.held;

	if (held)
		set_soft(memory.before.rlim_cur);
	memory.held = false;
	return held;
}

bool limit_ran_out(void)
{
	bool ran_out = memory.ran_out;

	memory.ran_out = false;
	return ran_out;
}

#ifndef OTHER_ALLOCATOR

/* The functions of glibc's allocator. These names can still be used if a program defines malloc()
 * itself. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Called after an allocation has failed. Uses the reserve if this is possible. Returns true if the
 * allocation should be tried again. */
static bool retry(size_t size)
{
	memory.ran_out = true;
	if (!memory.held || memory.reserve_used || size > MOST_OF_RESERVE)
		return false;
	memory.reserve_used = true;
	set_soft(memory.size + RESERVE);
	return true;
}

/* These functions replace the functions of the C library. They are visible outside the program, so
 * that libraries call them, too. */
#pragma GCC visibility push(default)

void *malloc(size_t size)
{
	void *block = __libc_malloc(size);

	return block || !retry(size) ? block : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	void *block = __libc_calloc(nr, size);
	size_t all;

	if (block || __builtin_mul_overflow(nr, size, &all) || !retry(all))
		return block;
	return __libc_calloc(nr, size);
}

/* If size is 0, realloc() frees the block and returns NULL, which is not a failure. */
void *realloc(void *block, size_t size)
{
	void *more = __libc_realloc(block, size);

	return more || !size || !retry(size) ? more : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	void *block = __libc_memalign(alignment, size);

	return block || !retry(size) ? block : __libc_memalign(alignment, size);
}

#pragma GCC visibility pop

#endif
