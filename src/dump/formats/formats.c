/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The table of dump formats, and the functions that recognise the format of a file and open the
 * file. */
#include "dump/formats/formats.h"

#include <stdio.h>
#include <stdlib.h>

#include "dump/flatten.h"

// clang-format off
#define LIST_DUMP_FORMAT(NAME) &dump_format_##NAME,
static const struct dump_format *const formats[] = {
	FOR_EACH_DUMP_FORMAT(LIST_DUMP_FORMAT)
};
// clang-format on

static const struct dump_format *probe_source(const struct source *source)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i]->probe && formats[i]->probe(source))
			return formats[i];
	return NULL;
}

/* Returns the format of a file, or NULL if the format is unknown. The file must not be
 * flattened. */
static const struct dump_format *probe_file(const struct file *file)
{
	struct source source;

	source_start(&source, file);
	return probe_source(&source);
}

bool dump_probe(const struct file *file)
{
	return file->memory_device || flatten_probe(file->bytes) || probe_file(file);
}

bool dump_probe_takes_memory(const struct file *file)
{
	const struct dump_format *format = probe_file(file);

	return format && format->takes_memory;
}

/* Opens the sources of all files, and finds a format for them. Fails if there is no such format. */
static bool open_sources(struct dump *dump, struct error *err)
{
	const struct dump_format *format;

	if (!source_open(&dump->source, &dump->file, dump->listener, err))
		return false;
	format = probe_source(&dump->source);
	if (format == &dump_format_elf && dump->file.start_only)
		format = &dump_format_kcore;
	if (dump->file.memory_device)
		format = &dump_format_devmem;
	if (!format || (dump->file.start_only && format != &dump_format_kcore))
		return dump_fail(dump, err, "%s",
				 dump->source.runs ?
					 "is a flattened file without a dump of a known format" :
					 "is not a dump in a known format");
	for (size_t i = 0; i < dump->nr_more; i++) {
		struct dump_part *part = &dump->more[i];

		if (!source_open(&part->source, &part->file, dump->listener, err))
			return false;
		if (format->takes_memory && !probe_source(&part->source))
			continue;
		if (!format->takes_parts || probe_source(&part->source) != format)
			return fail(err, ERROR_USAGE,
				    "%s and %s are both dumps, but not parts of one split set",
				    dump->file.path, part->file.path);
	}
	dump->format = format;
	return true;
}

/* Creates a dump, which takes ownership of the files. If memory runs out, closes the files and
 * returns NULL. */
static struct dump *take_files(struct file *files, size_t nr, struct listener *listener,
			       struct error *err)
{
	struct dump *dump = calloc(1, sizeof(*dump));
	struct dump_part *more = calloc(nr, sizeof(*more));

	if (!dump || !more) {
		for (size_t i = 0; i < nr; i++)
			file_close(&files[i]);
		free(dump);
		free(more);
		out_of_memory(err);
		return NULL;
	}
	dump->file = files[0];
	dump->more = more;
	dump->nr_more = nr - 1;
	dump->listener = listener;
	dump->counts = listener ? listener->counts : NULL;
	for (size_t i = 0; i < nr; i++) {
		if (i)
			more[i - 1].file = files[i];
		files[i] = (struct file){ .fd = -1 };
		dump->unmapped |= dump_file(dump, (unsigned int)i + 1)->too_large;
	}
	return dump;
}

/* Did memory run out for a copy? Then the format took bytes for missing that are in the files. */
static bool is_starved(const struct dump *dump)
{
	bool starved = dump->source.starved;

	for (size_t i = 0; i < dump->nr_more; i++)
		starved |= dump->more[i].source.starved;
	return starved;
}

/* Opens the dump using the functions of dump->format. */
static bool open_format(struct dump *dump, struct error *err)
{
	const struct dump_format *format = dump->format;
	bool caches = format->copies || dump->unmapped, opened;

	snprintf(dump->format_name, sizeof(dump->format_name), "%s%s",
		 dump->source.runs ? "flattened " : "", format->name);
	dump->private = calloc(1, format->private_size);
	if (caches)
		dump->pages = calloc(1, sizeof(*dump->pages));
	if (format->copies)
		dump->inflater = inflater_create();
	if (!dump->private || (caches && !dump->pages) || (format->copies && !dump->inflater))
		return out_of_memory(err);
	opened = format->open(dump, err);
	if (is_starved(dump))
		return out_of_memory(err);
	if (!opened)
		return false;
	dump_find_extract(dump);
	/* If no page is known only in part, dump_load() may read the page cache without calling
	 * dump_find(). */
	dump->loads = dump->parts ? NULL : dump->pages;
	return true;
}

struct dump *dump_open_parts(struct file *files, size_t nr, struct listener *listener,
			     struct error *err)
{
	struct dump *dump = take_files(files, nr, listener, err);

	if (dump && open_sources(dump, err) && open_format(dump, err))
		return dump;
	dump_close(dump);
	return NULL;
}

struct dump *dump_open_as(const struct dump_format *format, struct file *files, size_t nr,
			  struct listener *listener, struct error *err)
{
	struct dump *dump = take_files(files, nr, listener, err);

	if (!dump)
		return NULL;
	dump->format = format;
	if (source_open(&dump->source, &dump->file, listener, err) && open_format(dump, err))
		return dump;
	dump_close(dump);
	return NULL;
}

struct dump *dump_open_raw(struct file *files, const struct raw_place *places, size_t nr,
			   struct listener *listener, struct error *err)
{
	struct dump *dump = take_files(files, nr, listener, err);

	if (!dump)
		return NULL;
	dump->format = &dump_format_raw;
	dump->places = calloc(nr, sizeof(*places));
	if (dump->places)
		memcpy(dump->places, places, nr * sizeof(*places));
	if (dump->places ? open_format(dump, err) : out_of_memory(err))
		return dump;
	dump_close(dump);
	return NULL;
}

static bool open_nothing(struct dump *dump, struct error *err)
{
	(void)dump, (void)err;
	return true;
}

static void find_nothing(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	(void)dump, (void)paddr;
	*extent = (struct extent){ .first = 0, .last = UINT64_MAX, .state = PAGE_ABSENT };
}

static const struct dump_format dump_format_none = {
	.name = "no dump",
	.private_size = 1,
	.none = true,
	.open = open_nothing,
	.find = find_nothing,
};

struct dump *dump_open_none(const char *path, struct listener *listener, struct error *err)
{
	struct file none = { .path = strdup(path), .fd = -1 };
	struct dump *dump = take_files(&none, 1, listener, err);

	if (!dump)
		return NULL;
	dump->format = &dump_format_none;
	if (dump->file.path ? open_format(dump, err) : out_of_memory(err))
		return dump;
	dump_close(dump);
	return NULL;
}
