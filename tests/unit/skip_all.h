/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Skips all tests of a unit that needs libbpf, if there is no libbpf. */
#pragma once

#include <stdint.h>

#include "unit.h"

#ifndef HAVE_LIBBPF

static inline void without_libbpf(void **state)
{
	(void)state;
	skip();
}

static inline int skip_all(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_libbpf) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
