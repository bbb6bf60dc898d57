/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes a user address: the process, the mapping, and the state of the page. */
#pragma once

#include "query/whatis.h"

/* Appends the description to the string in the array `text`. */
void user_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
