/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What equal crashes have in common, from one boot and machine to another: the message
 * without its numbers, the function, and the functions that called it. */
#pragma once

#include "answers/panic.h"

enum {
	SIGNATURE_FRAMES = 5,
	SIGNATURE_NAME = 160, /* a function, with its module */
};

struct signature {
	char title[PANIC_TEXT]; /* numbers are '#'; "": the log does not say */
	char function[SIGNATURE_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[SIGNATURE_FRAMES][SIGNATURE_NAME]; /* its callers, nearest first */
	size_t nr_frames;
	uint64_t hash; /* of all of this */
	bool has_uptime; /* when the log ends, in nanoseconds of its clock */
	uint64_t uptime;
};

/* of: what kernel_panic() found. False: nothing ended this kernel, or nothing is known of
 * it; err only where it was interrupted. */
bool kernel_signature(struct kernel *kernel, const struct panic *of,
		      struct signature *signature, struct error *err);

/* Replaces numbers, and what is in brackets, by '#'. to has room for size bytes. */
void signature_title(const char *text, char *to, size_t size);
/* The function of "name.suffix+0x1a/0x40 [module]", at its start; false: it is none. */
bool signature_function(const char *text, char name[SIGNATURE_NAME]);
