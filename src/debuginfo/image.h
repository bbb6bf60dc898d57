/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* An Image is a kernel as it is loaded into memory, with a header for boot loaders
 * (Documentation/arch/arm64/booting.rst). It contains neither symbols nor addresses. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"

bool image_probe(struct bytes bytes);

/* Replaces file, which must be an Image, by an ELF file. This ELF file has a section for the Image
 * and a section for its build-id. */
bool image_wrap(struct file *file, struct error *err);
