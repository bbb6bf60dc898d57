/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Messages without the parts that differ between boots. */
#pragma once

#include <stddef.h>

/* Replaces numbers, and text in brackets, by '#'. to has room for size bytes. */
void signature_title(const char *text, char *to, size_t size);
