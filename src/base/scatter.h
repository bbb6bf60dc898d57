/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Hash values of numbers that come from a file. Whether two numbers collide depends on a random key
 * of this process, so a file cannot be crafted to cause many collisions. */
#pragma once

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/* The key consists of random bytes from the kernel, and is constant during the process: see
 * getauxval(3). */
static inline uint64_t scatter_key(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t key = UINT64_C(0x9e3779b97f4a7c15);

	if (random)
		memcpy(&key, random, sizeof(key));
	return key | 1;
}

/* Each bit of the result depends on all bits of value, so any bits of the result can be the index
 * of a slot. */
static inline uint64_t scatter(uint64_t value, uint64_t key)
{
	value *= key;
	value ^= value >> 32;
	value *= UINT64_C(0x9e3779b97f4a7c15);
	return value ^ value >> 29;
}

/* Like scatter(), for a text that comes from a file. */
static inline uint64_t scatter_text(const char *text)
{
	uint64_t key = scatter_key(), value = key;

	for (; *text; text++)
		value = scatter(value ^ (uint8_t)*text, key);
	return value;
}
