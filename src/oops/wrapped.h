/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Recognises lines of the kernel that a mailer has broken: a line that ends within a record whose form is known, and
 * the next one begins with what is missing. Lines that the kernel prints one after the other are never taken for
 * a broken one. */
#pragma once

#include <stdbool.h>

/* Is `next` the rest of `line`? Both end with a NUL and have no prefix (prefix.h). */
bool wrapped_goes_on(const char *line, const char *next);
