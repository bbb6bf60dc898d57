/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of --help and --version. */
#pragma once

extern const char about_help[];

/* Returns the version. If configure left out parts of the program, the text lists them. */
const char *about_version(void);
