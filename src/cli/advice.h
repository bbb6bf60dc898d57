/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines of other programs, in messages. */
#pragma once

#include "base/error.h"

struct kernel;

/* Replaces VMLINUX and DUMP in the message by the names of the open files, so that its command
 * lines can be typed as they are. Names that a shell would split, or that do not fit, are left
 * out. */
void advice_name_files(const struct kernel *kernel, struct error *err);
/* Replaces NAME and ADDR by the first arguments of the line, as in "struct page 1000". */
void advice_name_words(char **words, struct error *err);
