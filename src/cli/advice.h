/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completes the command lines of other programs (for example gdb) in messages. */
#pragma once

#include "base/error.h"

struct kernel;

/* Replaces VMLINUX and DUMP in the message of err by the names of the open files, so that users can
 * copy the message's command lines to a shell. Replaces nothing if a shell would split a name, or
 * if a name is too long. */
void advice_name_files(const struct kernel *kernel, struct error *err);
/* Replaces NAME and ADDR in the message of err by the first two arguments of the line. For example,
 * they are "page" and "1000" in the line "struct page 1000". */
void advice_name_words(char **words, struct error *err);
