/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of a machine (EM_*) in the order in which gdb numbers them, and their
 * description. */
#pragma once

#include <stddef.h>

#include "dump/registers.h"

/* Enough for each of the texts below. */
enum { TARGET_TEXT = 8192 };

/* Writes target.xml, as described in "Target Description Format" in gdb's manual. Returns the
 * length. */
size_t target_description(uint16_t machine, char text[TARGET_TEXT]);

/* Writes all registers as hexadecimal digits, in the byte order of memory. Each digit of an unknown
 * register is 'x'. Returns the length. */
size_t target_registers(uint16_t machine, const struct registers *registers,
			char text[TARGET_TEXT]);

/* Writes one register. Returns the length, or 0 if no register has this number. */
size_t target_register(uint16_t machine, const struct registers *registers, unsigned int number,
		       char text[TARGET_TEXT]);
