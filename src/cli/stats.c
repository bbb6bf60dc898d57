/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stats.h"

#include <inttypes.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

#include "output/say.h"

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void stats_start(struct stats *stats)
{
	if (!stats)
		return;
	stats->before = stats->counts;
	stats->started = now(CLOCK_MONOTONIC);
	stats->used = now(CLOCK_PROCESS_CPUTIME_ID);
}

void stats_say(const struct stats *stats, struct output *output, const char *command)
{
	const struct read_counts *counts, *before;
	struct rusage usage;

	if (!stats)
		return;
	counts = &stats->counts;
	before = &stats->before;
	output_flush(output);
	getrusage(RUSAGE_SELF, &usage);
	say("kwalk: stats: %s ms=%.3f cpu_ms=%.3f read=%" PRIu64 " unpacked=%" PRIu64
	    " pages=%" PRIu64 " hits=%" PRIu64 " peak=%" PRIu64,
	    command, (double)(now(CLOCK_MONOTONIC) - stats->started) / 1e6,
	    (double)(now(CLOCK_PROCESS_CPUTIME_ID) - stats->used) / 1e6,
	    counts->read - before->read, counts->unpacked - before->unpacked,
	    counts->pages - before->pages, counts->hits - before->hits,
	    (uint64_t)usage.ru_maxrss * 1024);
}
