/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "answers/machine_out.h"
#include "dump/search.h"
#include "output/new_file.h"
#include "session/command.h"
#include "session/redirect.h"
#include "write/dump_out.h"
#include "write/frame_set.h"
#include "write/whole_memory.h"

struct request {
	struct session *session;
	const char *path;  /* OUT */
	const char *level;
	const char *codec; /* NULL: an ELF core */
	unsigned int replace; /* OUT may exist */
};

/* --- writing --- */

static bool progress(void *arg, uint64_t done, uint64_t total)
{
	struct session *session = arg;

	session_progress(session, done, total);
	return !session_interrupted(session);
}

static bool find_codec(const struct request *request, enum codec *codec,
		       struct error *err)
{
	static const enum codec known[] = { CODEC_ZLIB, CODEC_LZO, CODEC_SNAPPY,
					    CODEC_ZSTD };

	*codec = CODEC_NONE;
	if (!request->codec)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(request->codec, codec_names[known[i]]))
			*codec = known[i];
	return *codec != CODEC_NONE ||
	       fail(err, ERROR_USAGE,
		    "-z %s: unknown compression; known are zlib, lzo, snappy and zstd",
		    request->codec);
}

/* All of it or nothing. */
static bool write_file(const struct request *request, struct dump_out *out,
		       const struct out_format *format, struct error *err)
{
	struct new_file file;

	if (!new_file_open(&file, request->path, err))
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

static void answer(const struct request *request, const struct dump_out *out,
		   const struct out_format *format)
{
	struct output *output = request->session->output;
	const struct memory_out *memory = out->memory;
	uint64_t known = frame_set_count(memory->known, 0, memory->nr_frames);

	output_begin(output, "extract", request->path, "ok");
	output_string(output, "file", request->path);
	output_string(output, "level", request->level);
	output_string(output, "format", format->name);
	output_string_if(output, "compression", request->codec);
	output_count(output, "pages", out->nr_pages);
	output_count(output, "zero", out->nr_zero);
	output_count(output, "left_out", known - out->nr_pages);
	output_count(output, "unreadable", out->nr_lost);
	output_count(output, "bytes", out->size);
	output_end(output);
}

static bool extract_memory(const struct request *request, enum codec codec,
			   const struct memory_out *memory, struct error *err)
{
	struct session *session = request->session;
	const struct out_format *format =
		codec == CODEC_NONE ? &out_format_elf : &out_format_kdump;
	struct machine_known known;
	struct dump_out out = {
		.memory = memory,
		.machine = &known.machine,
		.codec = codec,
		.nr_threads = search_threads(),
		.progress = progress,
		.arg = session,
	};
	bool ok;

	if (!machine_known_find(&known, session->kernel, err))
		return false;
	if (known.note.size)
		note_text_add(&known.note, "KWALK_EXTRACT", "%s",
			      request->level);
	ok = machine_known_finish(&known, err) &&
	     write_file(request, &out, format, err);
	machine_known_release(&known);
	if (ok)
		answer(request, &out, format);
	return ok;
}

static bool extract(const struct request *request, enum codec codec,
		    struct error *err)
{
	struct whole_memory whole;
	bool ok;

	if (!whole_memory_open(&whole, request->session->kernel->dump, err))
		return false;
	ok = extract_memory(request, codec, &whole.memory, err);
	whole_memory_close(&whole);
	return ok;
}

/* --- arguments --- */

/* A dump of before may be all that is left of a crash. */
static bool may_write(const struct request *request, struct error *err)
{
	struct stat there;

	if (!session_may_write(request->session, request->path, err))
		return false;
	return request->replace || lstat(request->path, &there) < 0 ||
	       fail(err, ERROR_USAGE, "%s exists; -f replaces it",
		    request->path);
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct request request = { .session = session, .level = "all" };
	const struct command_option options[] = {
		{ "w", .value = &request.path },
		{ "f", &request.replace, .set_to = true },
		{ "l", .value = &request.level },
		{ "z", .value = &request.codec },
		{ 0 },
	};
	enum codec codec;

	if (!command_options(&words, options, err))
		return false;
	if (*words)
		return fail(err, ERROR_USAGE, "%s: extract takes no arguments",
			    *words);
	if (!request.path || !*request.path)
		return fail(err, ERROR_USAGE,
			    "-w OUT, the dump that is to be written, is missing");
	if (strcmp(request.level, "all") != 0)
		return fail(err, ERROR_USAGE, "-l %s: unknown level; known is all",
			    request.level);
	return find_codec(&request, &codec, err) && may_write(&request, err) &&
	       extract(&request, codec, err);
}

const struct command command_extract = {
	.name = "extract",
	.usage = "[-l all] [-f] [-z CODEC] -w OUT",
	.summary = "write the dump's memory as a dump that other tools open",
	.details = "Writes OUT beside its place, and names it when it is complete.\n"
		   "  -w OUT    the dump to be written; it must not exist\n"
		   "  -f        it may exist, and is replaced\n"
		   "  -l all    all memory that is in the dump\n"
		   "  -z CODEC  a kdump-compressed file, by zlib, lzo, snappy or zstd, instead of\n"
		   "            an ELF core\n"
		   "OUT has a VMCOREINFO note, the kernel's own with what it lacks, and the\n"
		   "registers of the CPUs. Pages of zeros take no room.",
	.rests_on = RESTS_ON_WALKS,
	.min_args = 1,
	.reads_options = true,
	.opens_files = true,
	.opens_with = 'w',
	.run = run,
};
