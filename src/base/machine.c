/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/machine.h"

#include <elf.h>

/* The machines. The last member is the line of VMCOREINFO that identifies the machine. The kernel
 * writes this line in arch/<arch>/kernel/vmcore_info.c, on arm64 since 4.12 (20a166243328). The
 * symbol kimage_voffset exists since 4.6 (a7f8de168ace); kimage_vaddr was removed before 6.12. */
static const struct machine machines[] = {
	{ EM_X86_64, 8, 1 << 12, "x86_64", "x86_64", "startup_64", NULL },
	{ EM_386, 4, 1 << 12, "i686", "i386", "startup_32", NULL },
	{ EM_AARCH64, 8, 1 << 12 | 1 << 14 | 1 << 16, "aarch64", "arm64", "kimage_voffset",
	  "\nNUMBER(kimage_voffset)=" },
	{ EM_RISCV, 8, 1 << 12, "riscv64", "riscv64", "riscv_fill_hwcap",
	  "\nNUMBER(va_kernel_pa_offset)=" },
};
enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

const struct machine *machine_find(uint16_t number)
{
	for (size_t i = 0; i < NR_MACHINES; i++)
		if (machines[i].number == number)
			return &machines[i];
	return NULL;
}

uint16_t machine_of_uname(const char *name)
{
	for (size_t i = 0; i < NR_MACHINES; i++)
		if (!strcmp(name, machines[i].uname))
			return machines[i].number;
	if (name[0] == 'i' && name[1] >= '3' && name[1] <= '6' && !strcmp(name + 2, "86"))
		return EM_386;
	return EM_NONE;
}

static bool note_has_line(struct bytes text, const char *start)
{
	return memmem(text.data, text.size, start, strlen(start));
}

/* Returns the number of hexadecimal digits of the first address in the note, or 0 if there is no
 * address. */
static size_t note_digits(struct bytes text)
{
	static const char key[] = "\nSYMBOL(";
	const char *end = (const char *)text.data + text.size;
	const char *at = memmem(text.data, text.size, key, strlen(key));
	const char *equals = at ? memchr(at, '=', (size_t)(end - at)) : NULL;
	size_t digits = 0;

	if (!equals)
		return 0;
	for (at = equals + 1; at < end && digits < 17; at++, digits++)
		if (!strchr("0123456789abcdef", *at) || !*at)
			break;
	return digits;
}

uint16_t machine_of_note(struct bytes text)
{
	/* The addresses of these machines, which are not read, have as many digits as the addresses
	 * of x86-64. But a note of x86 does not have these lines: arm64 and riscv before the lines
	 * above, s390, powerpc. */
	static const char *const others[] = {
		"\nNUMBER(VA_BITS)=",
		"\nSYMBOL(lowcore_ptr)=",
		"\nSYMBOL(mmu_vmemmap_psize)=",
	};
	size_t digits;

	if (!text.size)
		return EM_NONE;
	for (size_t i = 0; i < NR_MACHINES; i++)
		if (machines[i].note_line && note_has_line(text, machines[i].note_line))
			return machines[i].number;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (note_has_line(text, others[i]))
			return EM_NONE;
	digits = note_digits(text);
	if (digits == 16)
		return EM_X86_64;
	return digits && digits <= 8 ? EM_386 : EM_NONE;
}

uint16_t machine_of_map(size_t digits, bool (*has)(const void *map, const char *symbol),
			const void *map)
{
	for (size_t i = 0; i < NR_MACHINES; i++)
		if (2u * machines[i].pointer_size == digits && has(map, machines[i].map_symbol))
			return machines[i].number;
	return EM_NONE;
}
