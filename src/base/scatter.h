/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Hash values of numbers and texts that come from a file. A random key of this process determines
 * which numbers collide, so nobody can craft a file that causes many collisions. */
#pragma once

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/* Returns the key: random bytes from the kernel, which remain the same until the process ends. See
 * getauxval(3). */
static inline uint64_t scatter_key(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t key = UINT64_C(0x9e3779b97f4a7c15);

	if (random)
		memcpy(&key, random, sizeof(key));
	return key | 1;
}

/* Returns the hash of value. Each bit of the hash depends on almost all bits of value, so any bits
 * of the hash can be used as the index of a slot. */
static inline uint64_t scatter(uint64_t value, uint64_t key)
{
	value *= key;
	value ^= value >> 32;
	value *= UINT64_C(0x9e3779b97f4a7c15);
	return value ^ value >> 29;
}

/* Returns the hash of a text. */
static inline uint64_t scatter_text(const char *text)
{
	uint64_t key = scatter_key(), value = key;

	for (; *text; text++)
		value = scatter(value ^ (uint8_t)*text, key);
	return value;
}
