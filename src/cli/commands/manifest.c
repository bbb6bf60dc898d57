/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/manifest.h"

#include <string.h>
#include <sys/stat.h>

#include "output/new_file.h"
#include "dump/write/frame_set.h"

/* Adds the number of pages and bytes of one kind. If bytes is NULL, leaves out the number of
 * bytes. */
static void add_kind(struct output *output, const char *kind, uint64_t pages, const uint64_t *bytes)
{
	if (!pages)
		return;
	output_object_begin(output, NULL);
	output_string(output, "kind", kind);
	output_count(output, "pages", pages);
	if (bytes)
		output_count(output, "bytes", *bytes);
	output_object_end(output);
}

static void add_kinds(struct output *output, const struct manifest *manifest)
{
	const struct kept *kept = manifest->choice->kept;
	uint64_t nr_pages = manifest->out->nr_pages, nr_bytes = dump_out_memory(manifest->out);

	output_list_begin(output, "kinds");
	if (!kept)
		add_kind(output, "memory", nr_pages, &nr_bytes);
	for (enum kept_kind kind = 0; kept && kind < NR_KEPT_KINDS; kind++) {
		struct kept_count count = kept_count(kept, kind);

		/* With scrubbing, the number of bytes of the kernel's memory is unknown, because
		 * scrub_page() decides for each word whether the word is kept. */
		add_kind(output, kept_kind_names[kind], count.pages,
			 manifest->choice->scrub && kind == KEPT_KERNEL ? NULL : &count.bytes);
	}
	output_list_end(output);
}

static void add_lacks(struct output *output, const struct keep *keep)
{
	output_count(output, "lacks", keep->nr_lacks);
	output_list_begin(output, "lacking");
	for (size_t i = 0; i < keep->nr_lacks && i < MOST_LACKS; i++) {
		output_object_begin(output, NULL);
		output_string(output, "part", keep->lack[i].part);
		output_string(output, "message", keep->lack[i].why.message);
		output_object_end(output);
	}
	output_list_end(output);
}

void manifest_fields(struct output *output, const struct manifest *manifest)
{
	const struct dump_out *out = manifest->out;
	const struct memory_out *memory = out->memory;
	const struct scrub *scrub = manifest->choice->scrub;
	uint64_t known = frame_set_count(memory->known, 0, memory->nr_frames);

	output_string(output, "file", manifest->dump);
	output_string(output, "level", keep_level_names[manifest->choice->level]);
	if (scrub) {
		output_boolean(output, "scrubbed", true);
		output_count(output, "pseudonyms", pseudonyms_count(scrub->pseudonyms));
	}
	output_string(output, "format", manifest->format);
	output_string_if(output, "compression",
			 out->codec == CODEC_NONE ? "" : codec_names[out->codec]);
	output_count(output, "pages", out->nr_pages);
	output_count(output, "zero", out->nr_zero);
	output_count(output, "left_out", known - out->nr_pages);
	output_count(output, "unreadable", out->nr_lost + memory->nr_lost);
	output_count(output, "bytes", out->size);
}

/* Returns true if the path of the manifest is the dump that was written. Compares the files,
 * because the same file can have several paths. */
static bool is_the_dump(const struct manifest *manifest)
{
	struct stat one, other;

	return !stat(manifest->path, &one) && !stat(manifest->dump, &other) &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool manifest_write(const struct manifest *manifest, struct error *err)
{
	struct new_file file;
	struct output *output;
	bool ok;

	if (is_the_dump(manifest))
		return fail(err, ERROR_USAGE, "--manifest %s is the dump that was written",
			    manifest->path);
	if (!new_file_open(&file, manifest->path, err))
		return false;
	file.is_new = !manifest->replace;
	output = output_create(file.fd, OUTPUT_JSON);
	ok = output || out_of_memory(err);
	if (ok) {
		output_begin(output, "extract", NULL,
			     manifest->choice->keep.nr_lacks ? "incomplete" : NULL);
		manifest_fields(output, manifest);
		add_kinds(output, manifest);
		add_lacks(output, &manifest->choice->keep);
		output_end(output);
		output_flush(output);
		ok = !output_failed(output) || fail(err, ERROR_SYSTEM, "%s: %s", manifest->path,
						    strerror(output_failed(output)));
		output_destroy(output);
	}
	if (ok)
		return new_file_finish(&file, err);
	new_file_abandon(&file);
	return false;
}
