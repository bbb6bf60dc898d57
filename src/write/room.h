/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whether the file system has room for a dump. */
#pragma once

#include "write/dump_out.h"

/* Fails where it surely has not. How many bytes a dump takes is known when it is written: if
 * it could be more than there is, a sample of its pages tells. */
bool room_check(const struct dump_out *out, const struct out_format *format,
		struct error *err);
