/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure FILE COMMAND...: runs a command, and appends a line to FILE: the elapsed time and the
 * processor time in microseconds, and the peak memory in KiB. The exit status is the exit status of
 * the command. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double processor_time(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e6 +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double start, elapsed;
	int status, error;
	FILE *file;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: measure FILE COMMAND...\n", stderr);
		return 2;
	}
	start = microseconds();
	error = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
	if (error) {
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(error));
		return 127;
	}
	while (wait4(pid, &status, 0, &usage) < 0) {
		if (errno != EINTR)
			return 127;
	}
	elapsed = microseconds() - start;
	file = fopen(argv[1], "a");
	if (!file ||
	    fprintf(file, "%.0f %.0f %ld\n", elapsed, processor_time(&usage), usage.ru_maxrss) <
		    0 ||
	    fclose(file)) {
		fprintf(stderr, "measure: cannot write to %s\n", argv[1]);
		return 127;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
