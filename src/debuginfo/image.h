/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* An Image: the kernel's memory as loaded, after a header for boot loaders of arm64
 * (Documentation/arch/arm64/booting.rst). It has neither symbols nor addresses. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"

bool image_probe(struct bytes bytes);

/* Replaces file, an Image, by an ELF file with the Image in one section, and a section for its
 * build-id. */
bool image_wrap(struct file *file, struct error *err);
