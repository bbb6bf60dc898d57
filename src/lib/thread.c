/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Detects failed allocations. The linker replaces all calls of malloc() and similar functions in
 * the library's objects by calls of the functions in this file, which record failures. This is
 * necessary because many functions return the same value for a failed allocation and for a missing
 * result. Allocations in the rest of the process do not change. */
#include "lib/thread.h"

#include <stddef.h>

/* The variable is used in a signal handler. With the TLS model "initial-exec", its first use in a
 * thread allocates no memory. */
static __thread __attribute__((tls_model("initial-exec"))) struct {
	struct kwalk_kernel *at_work;
	bool ran_out;
} thread;

struct kwalk_kernel *thread_at_work(void)
{
	return thread.at_work;
}

struct kwalk_kernel *thread_set_work(struct kwalk_kernel *handle)
{
	struct kwalk_kernel *before = thread.at_work;

	thread.at_work = handle;
	return before;
}

bool thread_ran_out(void)
{
	bool ran_out = thread.ran_out;

	thread.ran_out = false;
	return ran_out;
}

/* The linker's option --wrap requires these names of functions. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);

static void *thread_note(void *block, bool wanted)
{
	if (!block && wanted)
		thread.ran_out = true;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return thread_note(__real_malloc(size), size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return thread_note(__real_calloc(nr, size), nr && size);
}

/* realloc() with size 0 frees the block and may return NULL, so this is not recorded as a
 * failure. */
void *__wrap_realloc(void *block, size_t size)
{
	return thread_note(__real_realloc(block, size), size);
}

char *__wrap_strdup(const char *text)
{
	return thread_note(__real_strdup(text), true);
}
