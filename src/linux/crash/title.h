/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Makes titles: messages without the parts that differ between boots. */
#pragma once

#include <stddef.h>

/* Copies text to to, with '#' instead of numbers, names of tasks and text in brackets. size: size
 * of to in bytes. */
void signature_title(const char *text, char *to, size_t size);
