/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of a machine (EM_*) in gdb's numbering, and their description. */
#pragma once

#include <stddef.h>

#include "dump/registers.h"

/* Larger than each text below. */
enum { TARGET_TEXT = 8192 };

/* Composes target.xml: "Target Description Format" in gdb's manual. Returns its length. */
size_t target_description(uint16_t machine, char text[TARGET_TEXT]);

/* Writes all registers as hexadecimal digits in the byte order of memory, with 'x' for unknown
 * registers. Returns the length. */
size_t target_registers(uint16_t machine, const struct registers *registers,
			char text[TARGET_TEXT]);

/* Writes one register. 0: no register has this number. */
size_t target_register(uint16_t machine, const struct registers *registers, unsigned int number,
		       char text[TARGET_TEXT]);
