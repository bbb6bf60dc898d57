/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* An Image is a kernel as it is loaded into memory, with a header for boot loaders
 * (Documentation/arch/arm64/booting.rst). It contains neither symbols nor addresses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"

bool image_probe(struct bytes bytes);

/* Returns the name of the symbol at the first byte of an Image of this machine (EM_*), or NULL if
 * the machine has no Images. */
const char *image_first_symbol(uint16_t machine);

/* Replaces file, which must be an Image, by an ELF file. This ELF file has a section for the Image
 * and a section for its build-id. */
bool image_wrap(struct file *file, struct error *err);
