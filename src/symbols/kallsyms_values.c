/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/kallsyms_values.h"

/* The encoding is an argument, so that the compiler can create a loop for each encoding. */
static inline __attribute__((always_inline)) uint64_t
address_in(const struct kallsyms_tables *tables, uint32_t nr, enum kallsyms_encoding encoding)
{
	const uint8_t *values = tables->values.bytes.data;
	uint64_t address = 0;
	uint32_t value;

	if (encoding == KALLSYMS_ABSOLUTE)
		return load_le(values + (size_t)nr * tables->pointer_size, tables->pointer_size);
	value = load_le32(values + (size_t)nr * 4);
	switch (encoding) {
	case KALLSYMS_PERCPU:
		if (!(value >> 31))
			return value;
		address = tables->place.base - 1 - (uint64_t)(int32_t)value;
		break;
	case KALLSYMS_PLACE:
		address = tables->place.values + (uint64_t)nr * 4 + (uint64_t)(int32_t)value;
		break;
	default: address = tables->place.base + value;
	}
	return address & tables->address_mask;
}

uint64_t kallsyms_value(const struct kallsyms_tables *tables, uint32_t nr)
{
	return address_in(tables, nr, tables->place.encoding);
}

static inline __attribute__((always_inline)) uint32_t
count_ascending(const struct kallsyms_tables *tables, enum kallsyms_encoding encoding)
{
	uint64_t address, before = 0;
	uint32_t nr = 0;

	for (; nr < tables->place.nr; nr++, before = address) {
		address = address_in(tables, nr, encoding);
		if (address < before)
			break;
	}
	return nr;
}

uint32_t kallsyms_count_ascending(const struct kallsyms_tables *tables)
{
	switch (tables->place.encoding) {
	case KALLSYMS_PERCPU: return count_ascending(tables, KALLSYMS_PERCPU);
	case KALLSYMS_PLACE: return count_ascending(tables, KALLSYMS_PLACE);
	case KALLSYMS_ABSOLUTE: return count_ascending(tables, KALLSYMS_ABSOLUTE);
	default: return count_ascending(tables, KALLSYMS_RELATIVE);
	}
}
