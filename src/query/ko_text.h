/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Explains a function of a module without a dump, using the file of the module. */
#pragma once

#include "debuginfo/lines.h"
#include "query/text_item.h"

struct kernel;

enum { KO_TEXT = ITEM_NAME + ITEM_MODULE + CODE_PATH_MAX + 64 };

/* Writes the explanation of an item with a module and an extent. If a file contains the function,
 * *key becomes a number that differs for each place. If no file contains it, `text` is the reason,
 * *key is not changed, and the result is false. */
bool ko_text(struct kernel *kernel, const struct text_item *item, char text[KO_TEXT],
	     uint64_t *key);
