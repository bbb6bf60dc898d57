/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mutations that do not move anything in a file: of numbers after "=", and of words that are not 0.
 * For targets that include this file. */
#pragma once

#include "base/bytes.h"
#include "input.h"

static inline uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *seed >> 31;
}

/* Returns a number for which limits may be wrong: a small number, or one near a power of two. */
static inline uint64_t edge(uint64_t *seed)
{
	uint64_t power = UINT64_C(1) << random_number(seed) % 64;

	switch (random_number(seed) % 4) {
	case 0: return random_number(seed) % 70;
	case 1: return power;
	case 2: return power - 1;
	default: return -power;
	}
}

static inline bool is_digit(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

/* Changes the number after some "=" of a note. The number of digits stays the same. */
static inline bool change_number(uint8_t *data, size_t size, uint64_t *seed)
{
	size_t at = random_number(seed) % size, width = 0;
	const uint8_t *equals = memchr(data + at, '=', size - at);
	char text[24];

	if (!equals)
		equals = memchr(data, '=', size);
	if (!equals)
		return false;
	at = equals + 1 - data;
	while (at + width < size && width < 16 && is_digit(data[at + width]))
		width++;
	snprintf(text, sizeof(text), random_number(seed) % 2 ? "%020llu" : "%020llx",
		 (unsigned long long)edge(seed));
	memcpy(data + at, text + 20 - width, width);
	return width != 0;
}

/* Changes a word that is not 0: an entry of a table, a pointer, or a field of a header. */
static inline bool change_word(uint8_t *data, size_t size, uint64_t *seed)
{
	for (int tries = 0; tries < 100 && size >= 8; tries++) {
		size_t at = random_number(seed) % (size - 7) & ~(size_t)7;
		uint64_t word = load_le64(data + at);

		if (!word)
			continue;
		switch (random_number(seed) % 3) {
		case 0: word ^= UINT64_C(1) << random_number(seed) % 64; break;
		case 1: word = (word & 0xfff) | (edge(seed) & ~UINT64_C(0xfff)); break;
		default: /* another word of the input */
			memmove(data + at, data + (random_number(seed) % (size - 7) & ~(size_t)7),
				8);
			return true;
		}
		word = htole64(word);
		memcpy(data + at, &word, sizeof(word));
		return true;
	}
	return false;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed)
{
	uint64_t state = seed;
	bool changed = false;

	switch (size ? random_number(&state) % 4 : 0) {
	case 0: return LLVMFuzzerMutate(data, size, most);
	case 1: changed = change_number(data, size, &state); break;
	default: changed = change_word(data, size, &state);
	}
	return changed ? size : LLVMFuzzerMutate(data, size, most);
}
