/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged parts of a list or tree, which were left out of it. */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum { MAX_DAMAGES = 8 };

struct damages {
	struct error error[MAX_DAMAGES];
	size_t nr; /* found; only the first MAX_DAMAGES are kept */
};

void damages_add(struct damages *damages, const struct error *err);
