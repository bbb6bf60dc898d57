/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completes the command lines of other programs in messages, for example of gdb. */
#pragma once

#include "base/error.h"

struct kernel;

/* In the message of err, replaces VMLINUX and DUMP by the names of the open files, so that users
 * can type the command lines in the message unchanged. Replaces nothing if a shell would split a
 * name, or if a name is too long. */
void advice_name_files(const struct kernel *kernel, struct error *err);
/* In the message of err, replaces NAME and ADDR by the first arguments of the line, as in "struct
 * page 1000". */
void advice_name_words(char **words, struct error *err);
