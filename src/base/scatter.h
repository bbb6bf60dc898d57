/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Hash values of numbers that a file chooses: which values are equal depends on a key of this
 * process, so that no file can be made to have many equal ones. */
#pragma once

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/* The same throughout the process: the kernel gives each one random bytes, getauxval(3). */
static inline uint64_t scatter_key(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t key = UINT64_C(0x9e3779b97f4a7c15);

	if (random)
		memcpy(&key, random, sizeof(key));
	return key | 1;
}

/* All bits of the result depend on all bits of value: any bits can choose a slot. */
static inline uint64_t scatter(uint64_t value, uint64_t key)
{
	value *= key;
	value ^= value >> 32;
	value *= UINT64_C(0x9e3779b97f4a7c15);
	return value ^ value >> 29;
}

/* The same for a text, which a file chooses, too. */
static inline uint64_t scatter_text(const char *text)
{
	uint64_t key = scatter_key(), value = key;

	for (; *text; text++)
		value = scatter(value ^ (uint8_t)*text, key);
	return value;
}
