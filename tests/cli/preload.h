/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Must be the first include of a library that is preloaded. If kwalk is a 32-bit program, the names
 * of functions that take a file size or a file offset end in "64". */
#pragma once

#define _GNU_SOURCE
#if __SIZEOF_POINTER__ == 4
#define _FILE_OFFSET_BITS 64
#endif
#include <dlfcn.h>

/* Finds the function that would be called without this library. name: a string literal. */
#define NEXT_OF(name)                                                                              \
	(__SIZEOF_POINTER__ == 4 && dlsym(RTLD_NEXT, name "64") ? dlsym(RTLD_NEXT, name "64") :    \
								  dlsym(RTLD_NEXT, name))
