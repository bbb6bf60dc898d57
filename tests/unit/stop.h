/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A listener's stop(). */
#pragma once

#include <stdbool.h>

/* Stops the work at the question number *left, which counts from 1, and at all later questions. arg:
 * the unsigned int `left`. 0: like 1. */
static inline bool stop_after(void *arg)
{
	unsigned int *left = arg;

	return !*left || !--*left;
}
