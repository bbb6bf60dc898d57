/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of symbols that describe very long names in few bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/kallsyms.h"

/* After all other headers, because cmocka.h defines a macro fail(). */
#include <cmocka.h>

/* The index of tokens comes after the longest token, of which all names consist. */
enum { INDEX_AT = 512, INDEX_SIZE = 512 };

static struct view view_of(size_t size)
{
	uint8_t *data = calloc(1, size);

	assert_non_null(data);
	return (struct view){ { data, size }, data };
}

/* nr names. Each name has a type letter and 510 more letters. */
static struct kallsyms *long_names(uint32_t nr, const struct listener *listener, struct error *err)
{
	struct kallsyms_tables tables = {
		.place.nr = nr,
		.place.encoding = KALLSYMS_RELATIVE,
		.place.base = 0xffffffff81000000,
		.place.token_index = INDEX_AT, /* for tokens at 0 */
		.names = view_of(2 * (size_t)nr),
		.tokens = view_of(INDEX_AT + INDEX_SIZE),
		.values = view_of(4 * (size_t)nr),
		.address_mask = UINT64_MAX,
		.pointer_size = 8,
		.listener = listener,
	};
	uint8_t *names = tables.names.owned;

	for (uint32_t i = 0; i < nr; i++)
		names[2 * (size_t)i] = 1;
	memset(tables.tokens.owned, 't', KALLSYMS_LONGEST_NAME);
	return kallsyms_create(&tables, err);
}

static void names_that_fit(void **state)
{
	struct kernel_symbol symbol;
	struct error err = { 0 };
	struct kallsyms *kallsyms = long_names(1000, NULL, &err);

	(void)state;
	assert_string_equal(err.message, "");
	assert_non_null(kallsyms);
	assert_true(kallsyms_at(kallsyms, 0xffffffff81000000, &symbol));
	assert_true(strlen(symbol.name) == KALLSYMS_LONGEST_NAME - 1);
	kallsyms_destroy(kallsyms);
}

static bool stop_second(void *arg)
{
	return ++*(unsigned int *)arg > 1;
}

static void reading_stopped(void **state)
{
	unsigned int asked = 0;
	struct listener listener = { .stop = stop_second, .arg = &asked };
	struct error err = { 0 };

	(void)state;
	assert_null(long_names(2 * STOP_STEPS, &listener, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_int_equal(asked, 2);
}

static void names_of_more_memory_than_any_kernel_has(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_null(long_names(600000, NULL, &err));
	assert_non_null(strstr(err.message, "more than 256 MiB"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_stopped),
		cmocka_unit_test(names_that_fit),
		cmocka_unit_test(names_of_more_memory_than_any_kernel_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
