/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// clang-format off
const char *const error_kinds[NR_ERROR_CODES] = {
	[ERROR_USAGE]       = "usage",
	[ERROR_SYSTEM]      = "system",
	[ERROR_FORMAT]      = "format",
	[ERROR_UNREADABLE]  = "unreadable",
	[ERROR_UNKNOWN]     = "unknown",
	[ERROR_NO_ANSWER]   = "no-answer",
	[ERROR_INTERRUPTED] = "interrupted",
};
// clang-format on

bool fail(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return false;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, args);
	va_end(args);
	return false;
}

bool out_of_memory(struct error *err)
{
	return fail(err, ERROR_SYSTEM, "out of memory");
}

bool system_error(struct error *err, const char *path)
{
	return fail(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
}

void damages_add(struct damages *damages, const struct error *err)
{
	if (damages->nr < MAX_DAMAGES)
		damages->error[damages->nr] = *err;
	damages->nr++;
}
