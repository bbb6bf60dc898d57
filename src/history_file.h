/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the prompt's history is kept: ${XDG_STATE_HOME:-~/.local/state}/kwalk. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Makes folders and file where they are missing. False where the file cannot
 * be written: then nothing is kept, and nothing is said. */
bool history_file_place(char *path, size_t size);
