/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of a machine (EM_*), in the order of gdb's register numbers, and the description of
 * these registers for gdb. */
#pragma once

#include <stddef.h>

#include "dump/registers.h"

/* The size of a buffer for any text that the functions below write. */
enum { TARGET_TEXT = 8192 };

/* Writes target.xml, as gdb's manual describes it in "Target Description Format". Returns the
 * length of the text. It is empty if kwalk does not know gdb's registers of the machine. */
size_t target_description(uint16_t machine, char text[TARGET_TEXT]);

/* Writes all registers as hexadecimal digits, in the byte order of memory. If a register is
 * unknown, writes 'x' in place of each digit. Returns the length of the text. */
size_t target_registers(uint16_t machine, const struct registers *registers,
			char text[TARGET_TEXT]);

/* Writes one register. Returns the length of the text, or 0 if no register has this number. */
size_t target_register(uint16_t machine, const struct registers *registers, unsigned int number,
		       char text[TARGET_TEXT]);
