/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of a machine as gdb numbers them, and their description: i386 or x86-64,
 * by the size of a pointer in bytes. */
#pragma once

#include <stddef.h>

#include "dump/registers.h"

/* Larger than each of the texts below. */
enum { TARGET_TEXT = 8192 };

/* target.xml: "Target Description Format" in gdb's manual. Returns its length. */
size_t target_description(unsigned int pointer_size, char text[TARGET_TEXT]);

/* All registers, one after the other, as hexadecimal digits in memory order; 'x' for those
 * that are not known. Returns the length. */
size_t target_registers(unsigned int pointer_size, const struct registers *registers,
			char text[TARGET_TEXT]);

/* One of them; 0: there is none of that number. */
size_t target_register(unsigned int pointer_size, const struct registers *registers,
		       unsigned int number, char text[TARGET_TEXT]);
