/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "lines/file_names.h"

#include <stdio.h>

enum { MOST_FORMATS = 8, MOST_NAMES = 1 << 16 };

/* Of a list: what each entry consists of. */
struct formats {
	uint64_t nr;
	struct {
		uint64_t content, form; /* DW_LNCT_*, DW_FORM_* */
	} of[MOST_FORMATS];
};

/* Before DWARF 5 each list has the same ones, begins with number 1 and ends with an empty
 * path. */
/* clang-format off */
static const struct formats before_5[] = {
	{ 1, { { DW_LNCT_path, DW_FORM_string } } },
	{ 4, { { DW_LNCT_path, DW_FORM_string }, { DW_LNCT_directory_index, DW_FORM_udata },
	       { DW_LNCT_timestamp, DW_FORM_udata }, { DW_LNCT_size, DW_FORM_udata } } },
};
/* clang-format on */

/* A directory, or a file and the number of its directory. */
struct entry {
	struct value path;
	uint64_t directory;
};

static bool read_formats(struct cursor *at, struct formats *formats)
{
	formats->nr = cursor_number(at, 1);
	if (formats->nr > MOST_FORMATS)
		return false;
	for (uint64_t i = 0; i < formats->nr; i++) {
		formats->of[i].content = cursor_leb(at, false);
		formats->of[i].form = cursor_leb(at, false);
	}
	return true;
}

static bool read_entry(struct cursor *at, unsigned int width,
		       const struct formats *formats, struct entry *entry)
{
	struct value value;

	*entry = (struct entry){ .directory = 0 };
	for (uint64_t i = 0; i < formats->nr; i++) {
		if (!cursor_value(at, formats->of[i].form, width, &value))
			return false;
		if (formats->of[i].content == DW_LNCT_path)
			entry->path = value;
		else if (formats->of[i].content == DW_LNCT_directory_index)
			entry->directory = value.number;
	}
	return true;
}

/* Entry wanted of the list that begins here; moves the cursor behind the list. */
static bool find_entry(const struct line_header *header, struct cursor *at,
		       bool are_files, uint64_t wanted, struct entry *found)
{
	struct formats formats = before_5[are_files];
	bool is_old = header->version < 5, has = false;
	uint64_t end = MOST_NAMES;

	if (!is_old && !read_formats(at, &formats))
		return false;
	if (!is_old)
		end = cursor_leb(at, false);
	for (uint64_t i = is_old; i < end && i < MOST_NAMES && !at->bad; i++) {
		struct entry entry;

		if (!read_entry(at, header->width, &formats, &entry))
			return false;
		if (is_old && !*entry.path.text)
			break;
		if (i == wanted) {
			*found = entry;
			has = true;
		}
	}
	return has && !at->bad;
}

bool line_file_name(const struct debug_info *debug, const struct unit *unit,
		    const struct line_header *header, uint64_t file, char *path,
		    size_t size)
{
	struct cursor directories = header->names, files = directories;
	struct entry entry, directory = { .directory = 0 };
	const char *name, *folder;

	find_entry(header, &files, false, UINT64_MAX, &entry);
	/* Directory 0 is the one that the compiler ran in. */
	if (!find_entry(header, &files, true, file, &entry) ||
	    (entry.directory && !find_entry(header, &directories, false,
					    entry.directory, &directory)))
		return false;
	name = unit_text(debug, unit, &entry.path);
	folder = *name == '/' ? "" : unit_text(debug, unit, &directory.path);
	snprintf(path, size, "%s%s%s", folder, *folder ? "/" : "", name);
	return *name;
}
