/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Describes a user address: its process, its mapping, and the state of its page. */
#pragma once

#include "query/whatis.h"

/* Appends the description to the string in text. */
void user_text(struct kernel *kernel, const struct whatis *whatis, char text[WHATIS_TEXT]);
