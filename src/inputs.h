/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of the command line, told apart by their content. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "kernel/kernel.h"

/* Opens the dump and, where it is among them, vmlinux. NULL on failure. A path
 * PATH@ADDRESS is a raw image of the memory from ADDRESS on; one file of no
 * known format, with no dump beside it, is taken for one from 0 on. */
struct kernel *inputs_open(char **paths, int nr_paths,
			   struct listener *listener, struct error *err);
