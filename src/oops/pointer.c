/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explainer.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/special.h"
#include "base/text.h"

enum { MOST_ERRNO = 4095 };
#define SPINLOCK_MAGIC UINT32_C(0xdead4ead) /* include/linux/spinlock_types_raw.h */

bool oops_is_kernel_address(uint16_t machine, uint64_t address)
{
	if (machine == EM_386)
		return address >= 0xc0000000 && address <= UINT32_MAX;
	return address >> 63;
}

unsigned int oops_address_bits(const struct oops_context *context)
{
	enum { CR4_PAE = 5, CR4_LA57 = 12 };
	const struct oops_number *cr4 = oops_register_find(context, "cr4");

	/* 64-bit mode needs PAE (Intel SDM vol. 3, 2.5). */
	if (!cr4 || context->machine != EM_X86_64 || !(cr4->value >> CR4_PAE & 1))
		return context ? context->address_bits : 0;
	return cr4->value >> CR4_LA57 & 1 ? 57 : 48;
}

bool oops_is_canonical(uint16_t machine, const struct oops_context *context, uint64_t address)
{
	/* Five levels have 57 bits, arm64's largest addresses have 52. */
	const unsigned int bits = oops_address_bits(context);
	const unsigned int unused = machine == EM_AARCH64 ? 52 : bits ? bits - 1 : 56;

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

	/* Large areas begin at addresses whose lower bits are all 0. */
	if (!(one & ((UINT64_C(1) << 20) - 1)) && other)
		return false;
	return (nr == 1 && differ >> FIRST_FLIPPED) ||
	       (nr == 2 && !(differ & ((UINT64_C(1) << FIRST_OF_TWO) - 1)));
}

__attribute__((format(printf, 3, 4))) static void mean(struct oops_meaning *meaning,
						       enum oops_pointer kind, const char *fmt, ...)
{
	va_list args;

	meaning->kind = kind;
	va_start(args, fmt);
	vsnprintf(meaning->text, sizeof(meaning->text), fmt, args);
	va_end(args);
}

static bool read_flip(const struct oops_context *context, uint64_t value, bool is_mapped,
		      struct oops_meaning *meaning)
{
	const uint16_t machine = context->machine;
	char bits[32];

	for (size_t i = 0; i < context->nr_regs && !context->of_user && machine != EM_386; i++) {
		const struct oops_number *reg = &context->reg[i];

		/* not of control registers and segments */
		if (reg->damaged ||
		    text_list_has("cr0 cr2 cr3 cr4 fs gs far status badaddr cause", reg->name) ||
		    !oops_is_kernel_address(machine, reg->value) ||
		    !oops_is_canonical(machine, context, reg->value) || !is_flip(reg->value, value))
			continue;
		oops_bits_differ(reg->value, value, bits);
		mean(meaning, OOPS_POINTER_OTHER,
		     "%016" PRIx64
		     " of %s with %s flipped, as by damage of hardware or a stray write",
		     reg->value, reg->name, bits);
		return true;
	}
	if (is_mapped || oops_is_kernel_address(machine, value) || !is_flip(value, 0) ||
	    __builtin_popcountll(value) > 1)
		return false;
	oops_bits_differ(value, 0, bits);
	mean(meaning, OOPS_POINTER_OTHER,
	     "NULL with %s set, as by damage of hardware, a stray write, or a flag in the place of a pointer",
	     bits);
	return true;
}

/* container_of() of NULL is NULL minus the offset of a member. An error pointer is a small negative number,
 * too (MAX_ERRNO in include/linux/err.h). The address decides if it is at NULL again. */
static void read_below_null(uint64_t below, uint64_t address, struct oops_meaning *meaning)
{
	const char *name = error_name((int)below);

	if (address < FIRST_PAGE)
		mean(meaning, OOPS_POINTER_OTHER,
		     "NULL - 0x%" PRIx64
		     ", as container_of() makes it of a NULL pointer (an empty or unset list)%s%s%s",
		     below, name ? ", or the error pointer -" : "", name ? name : "",
		     name ? " that was not checked" : "");
	else if (name)
		mean(meaning, OOPS_POINTER_OTHER,
		     "the error pointer ERR_PTR(-%s) that was not checked, or NULL - 0x%" PRIx64
		     " (container_of() of a NULL pointer)",
		     name, below);
	else
		mean(meaning, OOPS_POINTER_OTHER,
		     "NULL - 0x%" PRIx64 ", as container_of() makes it of a NULL pointer", below);
}

static void read_poison(const struct value_meaning *poison, struct oops_meaning *meaning)
{
	const int64_t offset = poison->offset;
	char nearer[32] = "", other[64] = "";

	if (offset)
		snprintf(nearer, sizeof(nearer), " %c 0x%" PRIx64, offset < 0 ? '-' : '+',
			 offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
	if (poison->other)
		snprintf(other, sizeof(other), " (or %s%+" PRId64 ")", poison->other,
			 poison->other_offset);
	mean(meaning, OOPS_POINTER_POISON, "%s%s, %s%s", poison->name, nearer, poison->what, other);
}

void oops_pointer_read(const struct oops_context *context, uint64_t value, bool is_mapped,
		       uint64_t address, struct oops_meaning *meaning)
{
	const uint16_t machine = context->machine;
	const unsigned int word = machine == EM_386 ? 4 : 8;
	const uint64_t below = -value & (machine == EM_386 ? UINT32_MAX : UINT64_MAX);
	const struct value_meaning special = special_value(value, word);
	char spelled[VALUE_SPELLED];

	if (!value)
		mean(meaning, OOPS_POINTER_NULL, "NULL");
	else if (special.kind == VALUE_POISON)
		read_poison(&special, meaning);
	else if (value < FIRST_PAGE)
		mean(meaning, OOPS_POINTER_OTHER,
		     "0x%" PRIx64
		     ", near NULL: an offset from a NULL pointer, or a number in the place of a pointer",
		     value);
	else if (below <= MOST_ERRNO)
		read_below_null(below, address, meaning);
	else if (read_flip(context, value, is_mapped, meaning))
		return;
	else if (special_spells(value, word, spelled))
		mean(meaning, OOPS_POINTER_OTHER,
		     "the bytes \"%s\": a text, perhaps, was written over the pointer", spelled);
	else if (!oops_is_canonical(machine, context, value))
		mean(meaning, OOPS_POINTER_OTHER, "no address at all: it is not canonical%s",
		     word == 8 && (value >> 32 == SPINLOCK_MAGIC ||
				   (uint32_t)value == SPINLOCK_MAGIC) ?
			     " (dead4ead is SPINLOCK_MAGIC, a part of a spinlock)" :
			     "");
	else if (oops_is_kernel_address(machine, value))
		mean(meaning, OOPS_POINTER_KERNEL, "an address of the kernel");
	else
		mean(meaning, OOPS_POINTER_OTHER,
		     "no address of the kernel: an address of a process, or a number in the place of a pointer");
}
