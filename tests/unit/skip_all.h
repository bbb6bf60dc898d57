/* SPDX-License-Identifier: GPL-3.0-or-later */
/* If there is no libbpf, the main() of a unit whose tests are all inside #ifdef HAVE_LIBBPF. It
 * skips all of them. */
#pragma once

#include <stdint.h>

#include "unit.h"

#ifndef HAVE_LIBBPF

static inline void without_libbpf(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_libbpf) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
