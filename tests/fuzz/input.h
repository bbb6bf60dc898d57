/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code that all fuzz targets share: a file in memory, and numbers from the input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static int report_fd; /* standard error, which is redirected later */

static __attribute__((constructor)) void keep_standard_error(void)
{
	report_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
}

/* Ends the run with a finding if an answer does not keep its promise. */
#define PROMISED(CONDITION)                                                                        \
	do {                                                                                       \
		if (!(CONDITION)) {                                                                \
			dprintf(report_fd, "%s:%d: broken promise: %s\n", __FILE__, __LINE__,      \
				#CONDITION);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Returns the path of a file that a target needs besides the input: the value of an environment
 * variable, or a file beside the program. */
static inline const char *fuzz_file(const char *variable, const char *name)
{
	static char path[4096];
	const char *set = getenv(variable);
	ssize_t length;

	if (set)
		return set;
	length = readlink("/proc/self/exe", path, sizeof(path) - 64);
	while (length > 0 && path[length - 1] != '/')
		length--;
	snprintf(path + (length > 0 ? length : 0), 64, "%s", name);
	return path;
}

/* The rest of the input. */
struct input {
	const uint8_t *data;
	size_t size;
};

/* Takes the next bytes as a number. After the end of the input, bytes are zero. */
static inline uint64_t take(struct input *input, size_t size)
{
	uint8_t bytes[8] = { 0 };
	size_t part = size < input->size ? size : input->size;

	if (part)
		memcpy(bytes, input->data, part);
	input->data += part;
	input->size -= part;
	return load_le64(bytes);
}

/* Makes a file of the bytes, opened like any other file. */
static inline bool open_bytes(struct file *file, const uint8_t *data, size_t size)
{
	struct error err;
	char path[64];
	bool opened;
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = file_open(file, path, &err);
	close(fd);
	return opened;
}

/* Checks that messages and notes are text of limited length. */
static inline void note_text(void *arg, const char *text)
{
	if (!*text || strlen(text) > 4096 || !arg)
		abort();
}

/* Returns a new listener for each input. */
static inline struct listener *listen(void)
{
	static struct listener listener;

	listener = (struct listener){
		.warning = note_text,
		.fact = note_text,
		.trouble = note_text,
		.progress = note_text,
		.arg = &listener,
	};
	return &listener;
}

/* Returns NULL if the bytes are not a dump. */
static inline struct dump *dump_of_bytes(const uint8_t *data, size_t size)
{
	struct error err;
	struct file file;

	return open_bytes(&file, data, size) ? dump_open_parts(&file, 1, listen(), &err) : NULL;
}
