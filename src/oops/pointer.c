/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/pointer.h"

#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "oops/facts.h"

enum { FIRST_PAGE = 4096, MOST_ERRNO = 4095 };

bool oops_is_kernel_address(uint16_t machine, uint64_t address)
{
	if (machine == EM_386)
		return address >= 0xc0000000 && address <= UINT32_MAX;
	return address >> 63;
}

bool oops_is_canonical(uint16_t machine, uint64_t address)
{
	/* Five levels have 57 bits, arm64's largest addresses have 52. */
	const unsigned int unused = machine == EM_AARCH64 ? 52 : 56;

	if (machine == EM_386)
		return address <= UINT32_MAX;
	return address >> unused == 0 || address >> unused == UINT64_MAX >> unused;
}

bool oops_bits_differ(uint64_t one, uint64_t other, char text[32])
{
	uint64_t differ = one ^ other;
	int nr = __builtin_popcountll(differ);

	if (nr == 1)
		snprintf(text, 32, "bit %d", __builtin_ctzll(differ));
	else if (nr == 2)
		snprintf(text, 32, "bits %d and %d", __builtin_ctzll(differ),
			 63 - __builtin_clzll(differ));
	return nr == 1 || nr == 2;
}

/* Pointers into one piece of memory differ in low bits without damage. In two addresses that are equal but for one or
 * two of these upper bits, the bits were flipped. */
enum { FIRST_FLIPPED = 28, FIRST_OF_TWO = 40 };

static bool is_flip(uint64_t one, uint64_t other)
{
	uint64_t differ = one ^ other;
	int nr = __builtin_popcountll(differ);

	return (nr == 1 && differ >> FIRST_FLIPPED) ||
	       (nr == 2 && !(differ & ((UINT64_C(1) << FIRST_OF_TWO) - 1)));
}

static bool read_flip(const struct oops_context *context, uint16_t machine, uint64_t value,
		      bool is_mapped, struct oops_meaning *meaning)
{
	char bits[32];

	for (size_t i = 0; i < context->nr_regs && !context->of_user && machine != EM_386; i++) {
		const struct oops_register *reg = &context->reg[i];

		if (reg->damaged || !oops_is_kernel_address(machine, reg->value) ||
		    !oops_is_canonical(machine, reg->value) || !is_flip(reg->value, value))
			continue;
		oops_bits_differ(reg->value, value, bits);
		meaning->kind = OOPS_POINTER_FLIPPED;
		meaning->fits_only = true;
		snprintf(meaning->text, sizeof(meaning->text),
			 "%016" PRIx64
			 " of %s with %s flipped, as by damage of hardware or a stray write",
			 reg->value, reg->name, bits);
		return true;
	}
	if (is_mapped || oops_is_kernel_address(machine, value) || !is_flip(value, 0) ||
	    __builtin_popcountll(value) > 1)
		return false;
	oops_bits_differ(value, 0, bits);
	meaning->kind = OOPS_POINTER_FLIPPED;
	meaning->fits_only = true;
	snprintf(meaning->text, sizeof(meaning->text),
		 "NULL with %s set, as by damage of hardware, a stray write, or a flag in the place of a pointer",
		 bits);
	return true;
}

static bool read_text(uint16_t machine, uint64_t value, struct oops_meaning *meaning)
{
	const size_t size = machine == EM_386 ? 4 : 8;
	char text[9] = "";
	size_t nr = 0;

	for (; nr < size; nr++) {
		text[nr] = (char)(value >> 8 * nr);
		if (!isalnum((unsigned char)text[nr]) && !strchr("_-./: ", text[nr]))
			return false;
		if (!text[nr])
			return false;
	}
	meaning->kind = OOPS_POINTER_TEXT;
	meaning->fits_only = true;
	snprintf(meaning->text, sizeof(meaning->text),
		 "the bytes \"%s\": a text, perhaps, was written over the pointer", text);
	return true;
}

/* container_of() of NULL is NULL minus the offset of a member. An error pointer is a small negative number,
 * too (MAX_ERRNO in include/linux/err.h). The address decides if it is at NULL again. */
static void read_below_null(uint64_t below, uint64_t address, struct oops_meaning *meaning)
{
	const char *name = fact_errno((unsigned int)below);
	bool is_after_null = address < FIRST_PAGE;

	meaning->kind = OOPS_POINTER_BELOW_NULL;
	meaning->fits_only = true;
	if (is_after_null)
		snprintf(meaning->text, sizeof(meaning->text),
			 "NULL - 0x%" PRIx64
			 ", as container_of() makes it of a NULL pointer (an empty or unset list)%s%s%s",
			 below, name ? ", or the error pointer -" : "", name ? name : "",
			 name ? " that was not checked" : "");
	else if (name)
		snprintf(meaning->text, sizeof(meaning->text),
			 "the error pointer ERR_PTR(-%s) that was not checked, or NULL - 0x%" PRIx64
			 " (container_of() of a NULL pointer)",
			 name, below);
	else
		snprintf(meaning->text, sizeof(meaning->text),
			 "NULL - 0x%" PRIx64 ", as container_of() makes it of a NULL pointer",
			 below);
}

void oops_pointer_read(const struct oops_context *context, uint16_t machine, uint64_t value,
		       bool is_mapped, uint64_t address, struct oops_meaning *meaning)
{
	const uint64_t mask = machine == EM_386 ? UINT32_MAX : UINT64_MAX;
	const uint64_t below = -value & mask;
	struct fact_poison poison;

	*meaning = (struct oops_meaning){ .kind = OOPS_POINTER_UNKNOWN };
	if (!value) {
		meaning->kind = OOPS_POINTER_NULL;
		snprintf(meaning->text, sizeof(meaning->text), "NULL");
	} else if (fact_poison(machine, value, &poison)) {
		meaning->kind = OOPS_POINTER_POISON;
		snprintf(meaning->text, sizeof(meaning->text), "%s", poison.name);
		if (poison.displacement)
			text_append(meaning->text, sizeof(meaning->text), " %c 0x%" PRIx64,
				    poison.displacement < 0 ? '-' : '+',
				    poison.displacement < 0 ? -(uint64_t)poison.displacement :
							      (uint64_t)poison.displacement);
		text_append(meaning->text, sizeof(meaning->text), ", %s", poison.meaning);
		meaning->fits_only = poison.other;
		if (poison.other)
			text_append(meaning->text, sizeof(meaning->text), " (or %s%+" PRId64 ")",
				    poison.other, poison.other_displacement);
	} else if (value < FIRST_PAGE) {
		meaning->kind = OOPS_POINTER_NEAR_NULL;
		snprintf(meaning->text, sizeof(meaning->text),
			 "0x%" PRIx64
			 ", near NULL: an offset from a NULL pointer, or a number in the place of a pointer",
			 value);
	} else if (below <= MOST_ERRNO) {
		read_below_null(below, address, meaning);
	} else if (read_flip(context, machine, value, is_mapped, meaning) ||
		   read_text(machine, value, meaning)) {
		return;
	} else if (!oops_is_canonical(machine, value)) {
		meaning->kind = OOPS_POINTER_NON_CANONICAL;
		snprintf(meaning->text, sizeof(meaning->text),
			 "no address at all: it is not canonical");
	} else if (oops_is_kernel_address(machine, value)) {
		meaning->kind = OOPS_POINTER_KERNEL;
		snprintf(meaning->text, sizeof(meaning->text), "an address of the kernel");
	} else if (value >= 1 << 16) {
		meaning->kind = OOPS_POINTER_USER;
		meaning->fits_only = true;
		snprintf(meaning->text, sizeof(meaning->text),
			 "no address of the kernel: an address of a process, or a number in the place of a pointer");
	} else {
		snprintf(meaning->text, sizeof(meaning->text),
			 "no address of the kernel, and not near NULL");
	}
}
