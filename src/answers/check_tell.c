/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answers/check.h"
#include "answers/check_pass.h"

const char *const check_status_names[NR_CHECK_STATUSES] = {
	[CHECK_OK] = "ok",
	[CHECK_WARNING] = "warning",
	[CHECK_ERROR] = "error",
};

void check_tell(const struct checker *checker, const char *check,
		enum check_status status, const char *fmt, ...)
{
	char message[768];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	checker->tell(checker->arg, check, status, message);
}

void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
{
	const struct checker *checker = tally->checker;
	char text[sizeof(tally->first)];
	va_list args;

	tally->bytes += bytes;
	if (tally->nr++ && (!checker->place || tally->nr > MOST_PLACES))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (tally->nr == 1)
		memcpy(tally->first, text, sizeof(text));
	if (checker->place)
		checker->place(checker->arg, tally->check, text);
}

void check_tell_none(const struct pass *pass, const char *check, const char *fmt,
		     ...)
{
	char message[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (pass->complete)
		check_tell(pass->checker, check, CHECK_OK, "%s", message);
	else
		check_tell(pass->checker, check, CHECK_WARNING,
			   "only a part of the tables was checked: %s",
			   message);
}
