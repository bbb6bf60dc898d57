/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The addresses of kallsyms, in each encoding. Only kallsyms.c uses this header. */
#pragma once

#include "symbols/kallsyms.h"

/* Returns the address of symbol nr, which must be in the table of values. */
uint64_t kallsyms_value(const struct kallsyms_tables *tables, uint32_t nr);

/* Returns how many symbols, from the first on, have addresses in ascending order. */
uint32_t kallsyms_count_ascending(const struct kallsyms_tables *tables);
