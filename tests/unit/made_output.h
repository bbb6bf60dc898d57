/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes answers to a file and reads them from it. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <jansson.h>

#include "output/output.h"

#include "unit.h"

/* The widths are enough for the usual values of these fields. */
static const struct field common[] = { COLUMN("comm", .width = 15),
				       COLUMN("physical", .kind = KIND_PHYSICAL),
				       COLUMN("status", .width = 17, .rank = KEPT),
				       { 0 } };

static inline struct output *start(enum output_format format, int *fd)
{
	struct output *output;

	*fd = memfd_create("answers", MFD_CLOEXEC);
	assert_true(*fd >= 0);
	output = output_create(*fd, format);
	assert_non_null(output);
	output_common_fields(output, common);
	return output;
}

/* Returns everything that was written. The caller frees the text. */
static inline char *finish(struct output *output, int fd)
{
	off_t size;
	char *text;

	output_flush(output);
	assert_int_equal(output_failed(output), 0);
	output_destroy(output);
	size = lseek(fd, 0, SEEK_END);
	text = calloc(1, size + 1);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, size, 0), size);
	close(fd);
	return text;
}

static inline void expect_text(struct output *output, int fd, const char *expected)
{
	char *text = finish(output, fd);

	assert_string_equal(text, expected);
	free(text);
}

/* Returns the only line that was written, as parsed JSON. */
static inline json_t *parse_line(struct output *output, int fd)
{
	char *text = finish(output, fd);
	json_error_t error;
	json_t *answer = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	assert_non_null(answer);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	return answer;
}

static inline void put_level(struct output *output, const char *name)
{
	output_object_begin(output, NULL);
	output_string(output, "name", name);
	output_list_begin(output, "flags");
	output_string(output, NULL, "PRESENT");
	output_string(output, NULL, "RW");
	output_list_end(output);
	output_object_end(output);
}

static inline void put_levels(struct output *output)
{
	output_begin(output, "vtop", NULL, NULL);
	output_hex(output, "virtual", 0x1000);
	output_list_begin(output, "levels");
	put_level(output, "pgd");
	put_level(output, "pte");
	output_list_end(output);
	output_list_begin(output, "none");
	output_list_end(output);
	output_list_begin(output, "values");
	output_hex(output, NULL, 1);
	output_integer(output, NULL, 2);
	output_list_end(output);
	output_object_begin(output, "area");
	output_string(output, "kind", "vmap");
	output_list_begin(output, "flags");
	output_string(output, NULL, "user");
	output_list_end(output);
	output_count(output, "size", 4096);
	output_object_end(output);
	output_hex(output, "last", 9);
	output_end(output);
}
