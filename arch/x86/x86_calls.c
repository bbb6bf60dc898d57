/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Recognises the call instructions of x86. */
#include "arch/x86/x86.h"
#include "base/bytes.h"

/* Do these `size` bytes consist of exactly one instruction "call r/m" (ff /2)? */
static bool is_indirect_call(const uint8_t *code, unsigned int size)
{
	unsigned int mode = code[1] >> 6, base = code[1] & 7, length = 2;

	if (code[0] != 0xff || (code[1] >> 3 & 7) != 2)
		return false;
	if (mode != 3 && base == 4) {
		length++;
		base = size > 2 ? code[2] & 7 : 0;
	}
	if (mode == 0 && base == 5)
		length += 4;
	length += mode == 1 ? 1 : mode == 2 ? 4 : 0;
	return length == size;
}

bool x86_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { LONGEST = 7, DIRECT = 5 };
	uint8_t code[LONGEST];

	*target = 0;
	if (!kernel_read(kernel, vaddr - LONGEST, code, LONGEST, NULL))
		return false;
	if (code[LONGEST - DIRECT] == 0xe8) {
		*target = (vaddr + (uint64_t)(int64_t)(int32_t)load_le32(code + LONGEST - 4)) &
			  kernel->arch->address_mask;
		return true;
	}
	for (unsigned int size = 2; size <= LONGEST; size++)
		if (is_indirect_call(code + LONGEST - size, size))
			return true;
	return false;
}
