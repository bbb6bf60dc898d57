/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzz targets share: a file in memory, and numbers taken from the
 * input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/dump.h"
#include "formats/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the run where an answer breaks its promise: a finding. */
#define PROMISED(CONDITION) \
	do { \
		if (!(CONDITION)) { \
			fprintf(stderr, "%s:%d: broken promise: %s\n", \
				__FILE__, __LINE__, #CONDITION); \
			abort(); \
		} \
	} while (0)

/* What is left of the input. */
struct input {
	const uint8_t *data;
	size_t size;
};

/* The next bytes as a number; zeros where the input has come to its end. */
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

/* The bytes as a file, opened as any other is. */
static inline bool open_bytes(struct file *file, const uint8_t *data,
			      size_t size)
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

/* What is told is text, and not without end. */
static inline void note_text(void *arg, const char *text)
{
	if (!*text || strlen(text) > 4096 || !arg)
		abort();
}

/* A fresh one for each input. */
static inline struct listener *listen(void)
{
	static struct listener listener;

	listener = (struct listener){
		.warning = note_text, .fact = note_text, .trouble = note_text,
		.progress = note_text, .arg = &listener,
	};
	return &listener;
}

/* NULL where they are no dump. */
static inline struct dump *dump_of_bytes(const uint8_t *data, size_t size)
{
	struct error err;
	struct file file;

	return open_bytes(&file, data, size) ?
		       dump_open_parts(&file, 1, listen(), &err) : NULL;
}
