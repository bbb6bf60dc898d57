/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks the sizes and members of types that a test knows. */
#pragma once

#include <stdint.h>

#include "types/types.h"

#include "unit.h"

static inline void check_size(struct types *types, const char *type, uint64_t expected)
{
	uint64_t size = UINT64_MAX;

	if (!types_size(types, type, &size))
		fail_msg("no size of %s", type);
	assert_int_equal(size, expected);
}

static inline void check_member(struct types *types, const char *type, const char *name,
				struct type_member expected)
{
	struct type_member found;

	if (!types_member(types, type, name, &found))
		fail_msg("no member %s of %s", name, type);
	assert_int_equal(found.offset, expected.offset);
	assert_int_equal(found.size, expected.size);
	assert_int_equal(found.count, expected.count);
	assert_int_equal(found.is_pointer, expected.is_pointer);
}

static inline void check_enumerator(struct types *types, const char *enumeration, const char *name,
				    int64_t expected)
{
	int64_t value = 0;

	assert_true(types_enumerator(types, enumeration, name, &value));
	assert_true(value == expected);
}
