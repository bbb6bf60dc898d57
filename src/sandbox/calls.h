/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system calls that the process can make in the sandbox. */
#pragma once

#include <seccomp.h>
#include <stdint.h>

/* AddressSanitizer needs more calls. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/* Creates the filter for a machine, which is an architecture of libseccomp (SCMP_ARCH_X86_64). The
 * filter is for this process: only the signals that the process sends to itself are allowed. The
 * caller must pass *filter to seccomp_release(). Returns 0, or an errno, and then *filter is NULL. */
int calls_create_filter(uint32_t machine, scmp_filter_ctx *filter);

/* Only sandbox.c may call this function, after the process has got no_new_privs. Afterwards this
 * thread, and the threads that it starts, can make only the system calls that calls.c allows.
 * Returns 0 or an errno. */
int calls_restrict(void);
