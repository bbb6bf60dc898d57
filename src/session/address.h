/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address expressions, with any source of symbols. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN of kernel/kallsyms.c, v6.1 */

struct symbol_source {
	bool (*find)(void *arg, const char *name, uint64_t *address,
		     struct error *err);
	void *arg;
};

/* See parse_address(). */
bool parse_expression(const char *text, const struct symbol_source *symbols,
		      uint64_t *address, struct error *err);
