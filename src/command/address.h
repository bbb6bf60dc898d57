/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Address expressions, whoever knows the symbols. */
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

/* See command_parse_address(). */
bool address_parse(const char *text, const struct symbol_source *symbols,
		   uint64_t *address, struct error *err);
