/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "check/check_pass.h"
#include "base/text.h"
#include "kernel/kernel.h"

const char *const check_status_names[NR_CHECK_STATUSES] = {
	[CHECK_OK] = "ok",
	[CHECK_INAPPLICABLE] = "inapplicable",
	[CHECK_NOT_CHECKED] = "not-checked",
	[CHECK_WARNING] = "warning",
	[CHECK_ERROR] = "error",
};

// clang-format off
const struct check_row check_rows[NR_CHECKS] = {
	[CHECK_OF_FACTS]         = { "facts", "info -v" },
	[CHECK_OF_ROOT]          = { "root", "vtop swapper_pg_dir" },
	[CHECK_OF_PAGE_OFFSET]   = { "page_offset", "regions" },
	[CHECK_OF_TABLES]        = { "tables", "pt" },
	[CHECK_OF_DIRECT_MAP]    = { "direct-map", "pt" },
	[CHECK_OF_WRITE_EXECUTE] = { "write-execute", "pt -W" },
	[CHECK_OF_USER_ACCESS]   = { "user-access", "pt" },
	[CHECK_OF_USER_TABLES]   = { "user-tables", "pt -p PID" },
	[CHECK_OF_KERNEL_HALF]   = { "kernel-half", "pt -p PID" },
	[CHECK_OF_USER_RIGHTS]   = { "user-rights", "pt -p PID -W" },
	[CHECK_OF_CACHE]         = { "cache", "ptov -a -u PHYS" },
	[CHECK_OF_IOMEM]         = { "iomem", "iomem" },
	[CHECK_OF_IOPORTS]       = { "ioports", "ioports" },
	[CHECK_OF_TASKS]         = { "tasks", "tasks" },
	[CHECK_OF_VMAS]          = { "vmas", "vmas -p PID" },
	[CHECK_OF_FILES]         = { "files", "files PID" },
	[CHECK_OF_AREAS]         = { "areas", "areas" },
	[CHECK_OF_SLABS]         = { "slabs", "slabs" },
	[CHECK_OF_FREE_LISTS]    = { "free-lists", "zones" },
	[CHECK_OF_LOG]           = { "log", "log" },
	[CHECK_OF_IO_TABLES]     = { "io-tables", "devices" },
	[CHECK_OF_IO_WRITES]     = { "io-writes", "dma -a PHYS" },
	[CHECK_OF_IO_SHARING]    = { "io-sharing", "dma -a PHYS" },
	[CHECK_OF_ALL]           = { "summary", "check" },
};
// clang-format on

/* The last line repeats a reason only if it has at most this many bytes, so that the line stays
 * short. */
enum { SHORT_REASON = 64 };

void check_tell(const struct checker *checker, enum check check, enum check_status status,
		const char *fmt, ...)
{
	static const char running[] = "the kernel is running, so this may have been a change: ";
	struct check_summary *summary = checker->summary;
	/* Different moments were read, so nothing that is found is sure. */
	bool doubted = status > CHECK_NOT_CHECKED && checker->kernel->dump->format->running;
	size_t used = doubted ? sizeof(running) - 1 : 0;
	char message[768];
	va_list args;

	memcpy(message, running, used);
	va_start(args, fmt);
	vsnprintf(message + used, sizeof(message) - used, fmt, args);
	va_end(args);
	if (doubted)
		status = CHECK_NOT_CHECKED;
	checker->tell(checker->arg, check, status, message);
	if (status != CHECK_NOT_CHECKED || summary->last_missed == check)
		return;
	summary->last_missed = check;
	text_append(summary->missed, sizeof(summary->missed), "%s%s", *summary->missed ? ", " : "",
		    check_rows[check].name);
	if (strlen(message) <= SHORT_REASON)
		text_append(summary->missed, sizeof(summary->missed), " (%s)", message);
}

void check_looked(const struct checker *checker, const char *fmt, ...)
{
	struct check_summary *summary = checker->summary;
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_append(summary->looked, sizeof(summary->looked), "%s%s", *summary->looked ? ", " : "",
		    text);
}

void check_sum_up(const struct checker *checker)
{
	const struct check_summary *summary = checker->summary;
	bool all = !*summary->missed;
	char text[sizeof(*summary) + 32];

	snprintf(text, sizeof(text), "looked at: %s%s%s",
		 *summary->looked ? summary->looked : "nothing",
		 all ? "" : "; not: ", summary->missed);
	checker->tell(checker->arg, CHECK_OF_ALL, all ? CHECK_OK : CHECK_NOT_CHECKED, text);
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

void check_tell_tally(const struct tally *tally, enum check_status status, const char *one,
		      const char *many)
{
	if (tally->nr == 1)
		check_tell(tally->checker, tally->check, status, "1 %s: %s", one, tally->first);
	else if (tally->nr)
		check_tell(tally->checker, tally->check, status, "%" PRIu64 " %s, the first: %s",
			   tally->nr, many, tally->first);
}

bool check_tell_running(const struct checker *checker, enum check check)
{
	bool running = checker->kernel->dump->format->running;

	if (running)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "the kernel is running, so its lists change");
	return running;
}

bool check_tell_unfinished(const struct checker *checker, enum check check,
			   const struct error *why_not)
{
	bool stopped = kernel_stopped(checker->kernel);

	if (stopped)
		check_tell(checker, check, CHECK_NOT_CHECKED, "interrupted");
	else if (why_not->code)
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", why_not->message);
	return stopped || why_not->code;
}

void check_tell_none(const struct pass *pass, enum check check, bool complete, const char *fmt, ...)
{
	char message[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (complete)
		check_tell(pass->checker, check, CHECK_OK, "%s", message);
	else
		check_tell(pass->checker, check, CHECK_NOT_CHECKED,
			   "only a part of the tables was checked: %s", message);
}
