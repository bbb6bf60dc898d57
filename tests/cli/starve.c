/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded: the STARVE-th allocation of more than 64 bytes fails. */
#include <stddef.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);

static int left = -1;

static int starves(size_t size)
{
	const char *text;

	if (size <= 64)
		return 0;
	if (left < 0) {
		text = getenv("STARVE");
		left = text ? atoi(text) : 0;
	}
	return left > 0 && --left == 0;
}

void *malloc(size_t size)
{
	return starves(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	return starves(nr * size) ? NULL : __libc_calloc(nr, size);
}
