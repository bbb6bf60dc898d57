/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Boot images (bzImage), which contain a compressed vmlinux. */
#pragma once

#include "base/error.h"
#include "base/file.h"

/* Is this a boot image of an x86 kernel? */
bool vmlinuz_probe(const struct file *file);

/* Replaces file by the ELF file that it contains; on failure file is unchanged.
 * Sets *format to the name of the compression, a static string. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
