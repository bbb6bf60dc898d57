/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of an opening, told apart by their content. */
#pragma once

#include "open/open.h"

/* Opens opening->paths. *vmlinux is NULL if none is among them; on failure neither
 * is set. Both are the caller's then. */
bool inputs_open(const struct opening *opening, struct dump **dump,
		 struct vmlinux **vmlinux, struct error *err);
