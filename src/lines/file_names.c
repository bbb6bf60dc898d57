/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "lines/file_names.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

enum { MOST_FORMATS = 8, MOST_NAMES = 1 << 16 };

struct format {
	uint64_t content, form;
};

struct names {
	const struct debug_info *debug;
	unsigned int width;
};

static const char *section_string(const struct names *names,
				  struct bytes section, uint64_t offset)
{
	struct cursor at = cursor_at(names->debug->work, section, offset);

	return cursor_string(&at);
}

/* Entry wanted of a list of DWARF 5; moves the cursor behind the list. */
static bool find_entry(const struct names *names, struct cursor *at,
		       uint64_t wanted, const char **path, uint64_t *directory)
{
	struct format format[MOST_FORMATS];
	uint64_t nr_formats = cursor_number(at, 1), nr, value;
	bool found = false;

	if (nr_formats > MOST_FORMATS)
		return false;
	for (uint64_t i = 0; i < nr_formats; i++) {
		format[i].content = cursor_leb(at, false);
		format[i].form = cursor_leb(at, false);
	}
	nr = cursor_leb(at, false);
	for (uint64_t i = 0; i < nr && i < MOST_NAMES && !at->bad; i++) {
		for (uint64_t k = 0; k < nr_formats; k++) {
			const char *text = (const char *)at->at;

			if (!cursor_form(at, format[k].form, names->width,
					 &value))
				return false;
			if (i != wanted)
				continue;
			found = true;
			if (format[k].content == DW_LNCT_directory_index)
				*directory = value;
			if (format[k].content != DW_LNCT_path)
				continue;
			*path = format[k].form == DW_FORM_line_strp ?
					section_string(names,
						       names->debug->line_str,
						       value) :
				format[k].form == DW_FORM_strp ?
					section_string(names, names->debug->str,
						       value) :
				format[k].form == DW_FORM_string ? text :
								   "";
		}
	}
	return found && !at->bad;
}

/* Directories, then files, each ended by an empty name: DWARF 2 to 4. */
static bool find_old_names(struct cursor at, uint64_t file, const char **name,
			   const char **directory)
{
	struct cursor directories = at;
	uint64_t number_of = 0;

	while (*cursor_string(&at) && !at.bad)
		;
	for (uint64_t i = 1; i <= file && !at.bad; i++) {
		*name = cursor_string(&at);
		if (!**name)
			return false;
		number_of = cursor_leb(&at, false);
		cursor_leb(&at, false); /* time, size */
		cursor_leb(&at, false);
	}
	*directory = "";
	for (uint64_t i = 1; i <= number_of && !directories.bad; i++)
		*directory = cursor_string(&directories);
	return file && !at.bad && !directories.bad;
}

static bool find_names(const struct debug_info *debug,
		       const struct line_header *header, uint64_t file,
		       const char **name, const char **directory)
{
	const struct names names = { debug, header->width };
	struct cursor directories = header->names, files = directories;
	uint64_t number_of = 0, ignored;

	if (header->version < 5)
		return find_old_names(header->names, file, name, directory);
	*directory = "";
	if (!find_entry(&names, &files, UINT64_MAX, directory, &ignored) &&
	    files.bad)
		return false;
	if (!find_entry(&names, &files, file, name, &number_of))
		return false;
	/* Directory 0 is the one that the compiler ran in. */
	return !number_of ||
	       find_entry(&names, &directories, number_of, directory, &ignored);
}

bool line_file_name(const struct debug_info *debug,
		    const struct line_header *header, uint64_t file, char *path,
		    size_t size)
{
	const char *name = "", *directory = "";

	if (!find_names(debug, header, file, &name, &directory) || !*name)
		return false;
	snprintf(path, size, "%s%s%s", *name == '/' ? "" : directory,
		 *directory && *name != '/' ? "/" : "", name);
	return true;
}
