/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First in what is to be preloaded: functions that take a size or a place in a file
 * have "64" behind their name where kwalk is a program of 32 bits. */
#pragma once

#define _GNU_SOURCE
#if __SIZEOF_POINTER__ == 4
#define _FILE_OFFSET_BITS 64
#endif
#include <dlfcn.h>

/* The function that is called without this library; name is a literal. */
#define NEXT_OF(name)                                                                              \
	(__SIZEOF_POINTER__ == 4 && dlsym(RTLD_NEXT, name "64") ? dlsym(RTLD_NEXT, name "64") :    \
								  dlsym(RTLD_NEXT, name))
