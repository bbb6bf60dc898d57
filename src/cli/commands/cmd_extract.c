/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output/new_file.h"
#include "dump/write/frame_set.h"
#include "cli/commands/choice.h"
#include "dump/write/dump_out.h"
#include "base/crew.h"
#include "extract/machine_out.h"
#include "dump/search.h"
#include "cli/command.h"
#include "cli/redirect.h"
#include "dump/write/whole_memory.h"

/* --- the manifest --- */

/* The manifest: a separate JSON file that describes what the command extract wrote into the dump.
 */

struct manifest {
	const char *path;
	bool replace; /* if the file exists, it may be replaced */
	const char *dump; /* path of the dump that was written */
	const char *format;
	const struct choice *choice;
	const struct dump_out *out; /* what was passed to the writer of the dump */
};

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

/* Adds the fields that the manifest shares with the answer of extract. */
static void manifest_fields(struct output *output, const struct manifest *manifest)
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

static bool manifest_write(const struct manifest *manifest, struct error *err)
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

/* The options and arguments of the command extract. */
struct extract_request {
	struct session *session;
	const char *path; /* the argument OUT */
	const char *manifest; /* NULL: no manifest */
	unsigned int level; /* enum keep_level; KEEP_NONE: not given, so the level is tables */
	unsigned int codec; /* enum codec; CODEC_NONE: not given, so an ELF core dump is written */
	unsigned int replace; /* existing files may be replaced */
	unsigned int scrub;
};

/* --- writing --- */

static bool progress(void *arg, uint64_t done, uint64_t total)
{
	struct session *session = arg;

	session_progress(session, done, total);
	return !session_interrupted(session);
}

/* Writes the whole file. If that fails, no file is left. */
static bool extract_write_file(const struct extract_request *request, struct dump_out *out,
			       const struct out_format *format, struct error *err)
{
	struct new_file file;

	if (!new_file_open_dump(&file, request->path, err))
		return false;
	file.is_new = !request->replace;
	out->fd = file.fd;
	out->path = request->path;
	if (!dump_out_write(out, format, err)) {
		new_file_abandon(&file);
		return false;
	}
	return new_file_finish(&file, err);
}

/* Reports parts that should be copied at this level, but are not in the dump. */
static void complain_of_lacks(struct session *session, const struct keep *keep)
{
	struct error rest;
	size_t i;

	for (i = 0; i < keep->nr_lacks && i < MAX_DAMAGES; i++)
		session_complain(session, keep->lack[i].part, &keep->lack[i].why);
	if (i == keep->nr_lacks)
		return;
	fail(&rest, ERROR_UNREADABLE, "and %zu more parts are missing (--manifest lists them)",
	     keep->nr_lacks - i);
	session_complain(session, NULL, &rest);
}

static bool extract_answer(const struct extract_request *request, const struct choice *choice,
			   const struct dump_out *out, const struct out_format *format,
			   struct error *err)
{
	struct session *session = request->session;
	const struct manifest manifest = {
		.path = request->manifest,
		.replace = request->replace,
		.dump = request->path,
		.format = format->name,
		.choice = choice,
		.out = out,
	};

	output_begin(session->output, "extract", request->path,
		     choice->keep.nr_lacks ? "incomplete" : NULL);
	manifest_fields(session->output, &manifest);
	output_end(session->output);
	complain_of_lacks(session, &choice->keep);
	return !request->manifest || manifest_write(&manifest, err);
}

/* Adds a line to the note of OUT that explains why memory is missing. If the dump is already an
 * extract, the new level replaces the old level in the note, unless the new level is all: then the
 * old level remains. If the dump was scrubbed, OUT stays marked as scrubbed. */
static void tell_level(struct note_text *note, const struct choice *choice)
{
	if (choice->level != KEEP_ALL)
		note_text_remove(note, EXTRACT_KEY);
	note_text_add(note, EXTRACT_KEY, "%s", keep_level_names[choice->level]);
	if (choice->lacked_before)
		note_text_add(note, EXTRACT_LACKED_KEY, "1");
	if (choice->scrub)
		note_text_add(note, EXTRACT_SCRUBBED_KEY, "1");
}

static bool extract_make_note(struct session *session, struct kept *kept,
			      struct machine_known *known, struct error *err)
{
	if (kept_note(kept, session->kernel->listener, &known->machine.parts))
		return true;
	return session_interrupted(session) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
					      out_of_memory(err);
}

static bool extract_memory(const struct extract_request *request, struct choice *choice,
			   const struct memory_out *memory, struct error *err)
{
	struct session *session = request->session;
	const struct out_format *format =
		request->codec == CODEC_NONE ? &out_format_elf : &out_format_kdump;
	struct machine_known known;
	struct dump_out out = {
		.memory = memory,
		.machine = &known.machine,
		.codec = request->codec,
		.nr_threads = crew_cpus(),
		.progress = progress,
		.arg = session,
	};
	bool ok;

	if (!machine_known_find(&known, session->kernel, err))
		return false;
	if (known.note.size || choice->scrub)
		tell_level(&known.note, choice);
	ok = (!choice->scrub || scrub_machine(choice->scrub, &known) || out_of_memory(err)) &&
	     (!choice->kept || extract_make_note(session, choice->kept, &known, err)) &&
	     machine_known_finish(&known, err) && extract_write_file(request, &out, format, err);
	machine_known_release(&known);
	return ok && extract_answer(request, choice, &out, format, err);
}

static bool extract(const struct extract_request *request, struct choice *choice, struct error *err)
{
	struct whole_memory whole;
	bool ok;

	if (!whole_memory_open(&whole, request->session->kernel->dump, err))
		return false;
	ok = choice_make(choice, request->session, &whole, err) &&
	     extract_memory(request, choice, &whole.memory, err);
	whole_memory_close(&whole);
	return ok;
}

/* --- arguments --- */

/* Fails if the file at path must not be written. A file that exists may be the only dump of a
 * crash, so it is replaced only with -f. */
static bool may_write(const struct extract_request *request, const char *path, struct error *err)
{
	struct stat there;

	if (!session_may_write(request->session, path, err))
		return false;
	return request->replace || lstat(path, &there) < 0 ||
	       fail(err, ERROR_USAGE, "%s exists; -f replaces it", path);
}

static bool may_write_all(const struct extract_request *request, struct error *err)
{
	const char *manifest = request->manifest;

	if (!*request->path)
		return fail(err, ERROR_USAGE,
			    "-w: the name of OUT, the dump to be written, is empty");
	if (manifest && !strcmp(manifest, request->path))
		return fail(err, ERROR_USAGE, "OUT and the manifest have the same name, %s",
			    manifest);
	return may_write(request, request->path, err) &&
	       (!manifest || may_write(request, manifest, err));
}

static bool extract_run(struct session *session, char **words, struct error *err)
{
	struct extract_request *request = session->given;
	struct choice *choice;
	bool ok;

	request->session = session;
	if (!may_write_all(request, err))
		return false;
	choice = calloc(1, sizeof(*choice));
	if (!choice)
		return out_of_memory(err);
	choice->level = request->level ?: KEEP_TABLES;
	choice->scrubs = request->scrub;
	ok = choice_parse(choice, session, words, err) && extract(request, choice, err);
	choice_release(choice);
	free(choice);
	return ok;
}

/* The first name, "none", is not a choice, because KEEP_NONE means that the option was not
 * given. */
static const struct choices levels = { &keep_level_names[KEEP_NONE + 1], KEEP_ALL - KEEP_NONE };
static const struct choices codecs = { &codec_names[CODEC_NONE + 1], CODEC_ZSTD - CODEC_NONE };

static const struct command_option options[] = {
	{ "l", WORD_CHOICE, AT(extract_request, level), .value = "LEVEL", .choices = &levels,
	  .help = "the content of OUT:\n"
		  "tables   page tables, and the words that facts, tasks and\n"
		  "         mappings are read from; nothing else (default)\n"
		  "frames   like tables, and all struct pages, zones and\n"
		  "         slab caches\n"
		  "process  like tables, and the memory and structs of each\n"
		  "         PROCESS\n"
		  "kernel   like frames, and all of the kernel's own memory:\n"
		  "         no page cache, memory of processes or free memory\n"
		  "all      all memory that is in the dump" },
	{ "-scrub", AT(extract_request, scrub),
	  .help = "replace names of processes, files, modules and of the\n"
		  "machine by pseudonyms, and leave out the log and all other\n"
		  "text, except the kernel's banner, which has the name of\n"
		  "its builder (user@host). For levels tables, frames and\n"
		  "kernel" },
	{ "z", WORD_CHOICE, AT(extract_request, codec), .value = "CODEC", .choices = &codecs,
	  .help = "write a kdump-compressed file (zlib, lzo, snappy or zstd)\n"
		  "instead of an ELF core" },
	{ "-manifest", WORD_FILE_NEW, AT(extract_request, manifest),
	  .help = "write a list of what was kept, and what is missing, as\nJSON" },
	{ "w", WORD_DUMP_NEW, AT(extract_request, path), .required = true,
	  .help = "the dump to be written; it must not exist" },
	{ "f", AT(extract_request, replace), .help = "replace OUT if it exists" },
	{ 0 }
};

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("file", .width = FITTED),
					  COLUMN("level", .width = FITTED),
					  COLUMN("format", .width = FITTED),
					  COLUMN("pages", .width = FITTED),
					  COLUMN("zero", .width = FITTED),
					  COLUMN("left_out", .width = FITTED),
					  COLUMN("bytes", .width = FITTED),
					  { 0 } },
};

const struct command command_extract = {
	.name = "extract",
	.group = GROUP_DUMP,
	.options = options,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = MANY }),
	.given_size = GIVEN(extract_request),
	.record = &record,
	.summary = "write a smaller dump that gives the same answers",
	.details =
		"Writes a temporary file, and renames it to OUT when it is complete. OUT has the\n"
		"kernel's VMCOREINFO note, to which missing facts are added, and the registers\n"
		"of the CPUs. Pages of zeros take no space.",
	.rests_on = RESTS_ON_WALKS,
	.run = extract_run,
};
