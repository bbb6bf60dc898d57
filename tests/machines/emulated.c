/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands for a program of another machine: runs the one of its own name in the folder
 * BUILD by the emulator QEMU, with the libraries of that machine below ROOT. tests/machines/run
 * compiles it. Static, so that what LD_PRELOAD names is loaded by that program alone, and no
 * script, so that there is no shell between a test and the process it looks at.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char own[4096], program[4200];
	ssize_t size = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char **words = calloc((size_t)argc + 6, sizeof(*words));
	int nr = 0;

	if (size < 0 || !words) {
		perror("emulated");
		return 127;
	}
	own[size] = '\0';
	snprintf(program, sizeof(program), "%s/%s", BUILD, basename(own));
	words[nr++] = QEMU;
	words[nr++] = "-L";
	words[nr++] = ROOT;
	words[nr++] = "-0";
	words[nr++] = argv[0];
	words[nr++] = program;
	memcpy(words + nr, argv + 1, (size_t)argc * sizeof(*words));
	execv(QEMU, words);
	perror(QEMU);
	return 127;
}
