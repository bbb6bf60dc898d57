/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a struct of elf.h as in a file of x86, on test machines of any byte order. */
#pragma once

#include <elf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Ends the program if size is not the size of the structs of this type. narrow: ELFCLASS32. */
static inline void put_elf(void *to, const void *from, size_t size, Elf_Type type, bool narrow)
{
	Elf_Data in = {
		.d_buf = (void *)from, .d_size = size, .d_type = type, .d_version = EV_CURRENT
	};
	Elf_Data out = in;

	out.d_buf = to;
	if (!(narrow ? elf32_xlatetof : elf64_xlatetof)(&out, &in, ELFDATA2LSB))
		abort();
}
