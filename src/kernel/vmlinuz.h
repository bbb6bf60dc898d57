/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The image that boot loaders load (bzImage): vmlinux is packed within. */
#pragma once

#include "base/error.h"
#include "base/file.h"

/* Is this a boot image of an x86 kernel? */
bool vmlinuz_probe(const struct file *file);

/* Puts the ELF file that is packed in it into the file's place. format says how
 * it was packed: static text. The file stays as it was on failure. */
bool vmlinuz_unpack(struct file *file, const char **format, struct error *err);
