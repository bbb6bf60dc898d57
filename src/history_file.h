/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of the prompt's history: ${XDG_STATE_HOME:-~/.local/state}/kwalk/history. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Fills path, and creates folders and file if they are missing. False if the file
 * cannot be written: then no history is kept. */
bool history_file_place(char *path, size_t size);
