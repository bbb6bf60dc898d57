/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Makes titles: messages without the parts that differ between boots. */
#pragma once

#include <stddef.h>

/* Makes the title of text: replaces numbers, names of tasks and text in brackets by #. Writes at
 * most `size` bytes to the buffer `to`. */
void signature_title(const char *text, char *to, size_t size);
