/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text composed in a buffer of fixed size. */
#pragma once

#include <stddef.h>

/* Appends to the NUL-terminated text in a buffer of size bytes; cuts off what
 * does not fit. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
