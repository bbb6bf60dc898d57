/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump/dump.h"
#include "kernel/vmcoreinfo.h"
#include "extract/note_text.h"
#include "extract/recorder.h"
#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"
#include "cli/arguments.h"
#include "cli/words.h"
#include "dump/write/frame_set.h"
#include "dump/write/whole_memory.h"
#include "output/new_file.h"
#include "dump/write/dump_out.h"
#include "base/crew.h"
#include "extract/machine_out.h"
#include "dump/search.h"
#include "cli/redirect.h"

/* --- the frames that were chosen --- */

/* The parts of a dump that the command extract copies at each level. */

struct choice {
	enum keep_level level;
	bool scrubs; /* names and texts are replaced */
	/* The processes of level KEEP_PROCESS; owned. */
	struct process *processes;
	size_t nr_processes;
	/* Set by choice_make(): */
	struct keep keep;
	struct kept *kept; /* owned; NULL: KEEP_ALL */
	struct scrub *scrub; /* owned; NULL: nothing is scrubbed */
	/* Number of chosen frames that are not in the dump, by the state of their pages. */
	uint64_t lost[NR_PAGE_STATES];
	bool lacked_before; /* the dump lacks memory, for example because it is an extract itself */
	struct memory_out all; /* the whole memory, which was passed to choice_make() */
};

void choice_release(struct choice *choice); /* all members of choice may be zero */

/* --- commands whose data are kept --- */

/* Runs commands while a recorder records which data they read, so that the extract contains all
 * these data. The answers are dropped. The same commands will give the same answers for the
 * extract as for the whole dump. */

struct rehearsal {
	struct session *session; /* the commands, kernel and limits of this session are used */
	struct keep *keep;
	enum keep_level level;
	const struct process *processes; /* borrowed; the processes of level KEEP_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed; records names in the data that are read; may be NULL */
};

/* For each level, the commands that must work with the extract. Page tables and struct pages are
 * kept by other code. */
static const struct {
	enum keep_level from; /* the lowest level for which the line is run */
	const char *line;
	enum {
		ONCE,
		EACH, /* the line is run for each process, whose pid is appended */
		/* Like ONCE, but not with --scrub, because the command reads texts of the log and
		 * words of stacks, which may be secret. */
		QUOTES,
	} how;
} lines[] = {
	{ KEEP_TABLES, "info", ONCE },
	{ KEEP_TABLES, "regions", ONCE },
	{ KEEP_TABLES, "iomem", ONCE },
	{ KEEP_TABLES, "ioports", ONCE },
	{ KEEP_TABLES, "areas", ONCE },
	{ KEEP_TABLES, "tasks", ONCE },
	{ KEEP_TABLES, "check", ONCE },
	{ KEEP_TABLES, "vmas -p", EACH },
	{ KEEP_TABLES, "pagemap 0 0 -p", EACH },
	{ KEEP_FRAMES, "zones", ONCE },
	{ KEEP_FRAMES, "frames", ONCE },
	{ KEEP_FRAMES, "slabs", ONCE },
	{ KEEP_KERNEL, "log", ONCE },
	{ KEEP_KERNEL, "sym no.such.symbol", ONCE }, /* searches all modules */
	{ KEEP_KERNEL, "panic", QUOTES },
};

static bool has_line(const struct rehearsal *rehearsal, size_t i)
{
	enum keep_level from = lines[i].from;

	return rehearsal->level >= from &&
	       (from == KEEP_TABLES || rehearsal->level != KEEP_PROCESS) &&
	       !(rehearsal->scrub && lines[i].how == QUOTES);
}

static void rehearsal_drop(void *arg, const char *data, size_t size)
{
	(void)arg, (void)data, (void)size;
}

/* Drops messages, because the same messages will appear when the commands are used with OUT. Only a
 * failed allocation is remembered. */
static void hear_complaint(void *arg, enum error_code code, const char *message)
{
	if (code == ERROR_SYSTEM)
		fail(arg, code, "%s", message);
}

/* Runs a copy of the line, because running modifies the text. */
static void run_line(struct session *session, const char *text)
{
	char line[64];

	snprintf(line, sizeof(line), "%s", text);
	session_run_line(session, line);
}

/* Runs the line for each process. Skips kernel threads, because they have no mappings. */
static void run_for_processes(struct session *session, const char *text)
{
	struct mm_pass pass;
	struct error why;
	char line[64];
	const struct task *task;

	if (!mm_pass_start(&pass, session->kernel, &why)) {
		hear_complaint(session->front.complaint_arg, why.code, why.message);
		return;
	}
	while ((task = mm_pass_next(&pass))) {
		snprintf(line, sizeof(line), "%s %d", text, (int)task->tgid);
		session_run_line(session, line);
	}
	mm_pass_release(&pass);
}

static void run_lines(const struct rehearsal *rehearsal, struct session *session)
{
	for (size_t i = 0;
	     i < sizeof(lines) / sizeof(*lines) && !session_interrupted(rehearsal->session); i++) {
		if (!has_line(rehearsal, i))
			continue;
		if (lines[i].how == EACH)
			run_for_processes(session, lines[i].line);
		else
			run_line(session, lines[i].line);
	}
}

static bool run_once(const struct rehearsal *rehearsal, struct error *err)
{
	struct session *outer = rehearsal->session;
	struct status_line no_line = { .asked = true };
	struct error ended = { .code = ERROR_NONE };
	struct session session = {
		.kernel = outer->kernel,
		.front.commands = outer->front.commands,
		.output = output_create(-1, OUTPUT_JSON),
		.work.line = &no_line,
		.front.take_complaint = hear_complaint,
		.front.complaint_arg = &ended,
	};

	if (!session.output)
		return out_of_memory(err);
	output_sink(session.output, rehearsal_drop, NULL);
	outer->front.forget(outer->kernel);
	keep_identity(rehearsal->keep);
	run_lines(rehearsal, &session);
	output_destroy(session.output);
	return !ended.code || fail(err, ended.code, "%s", ended.message);
}

/* Runs the lines as if only OUT was open: without vmlinux, and with the note of OUT, which may
 * contain more than the note of this dump. */
static bool run_alone(const struct rehearsal *rehearsal, const struct note_text *text,
		      struct error *err)
{
	struct kernel *kernel = rehearsal->session->kernel;
	struct vmlinux *vmlinux = kernel->vmlinux;
	struct vmcoreinfo *own = kernel->note, completed = {
		.text = { (const uint8_t *)text->text, text->size },
	};
	bool ok;

	kernel->vmlinux = NULL;
	kernel->note = &completed;
	ok = run_once(rehearsal, err);
	kernel->note = own;
	kernel->vmlinux = vmlinux;
	return ok;
}

static bool run_both(const struct rehearsal *rehearsal, const struct note_text *text,
		     struct error *err)
{
	bool ok = run_once(rehearsal, err);

	/* Without scrubbing, all of the kernel's memory is kept, so the data of files need not be
	 * kept separately. */
	if (ok && rehearsal->scrub && rehearsal->level == KEEP_KERNEL)
		ok = keep_files(rehearsal->keep) || out_of_memory(err);
	for (size_t i = 0; i < rehearsal->nr_processes; i++)
		keep_process_structs(rehearsal->keep, &rehearsal->processes[i]);
	return ok && run_alone(rehearsal, text, err);
}

/* If names are scrubbed, first reads the data that belong to the kernel's build, and records them
 * separately in scrub->own. */
static bool rehearsal_read_build(const struct rehearsal *rehearsal, struct dump *dump,
				 struct error *err)
{
	struct session *session = rehearsal->session;
	struct kernel *kernel = session->kernel;
	struct dump *recorder;

	if (!rehearsal->scrub)
		return true;
	recorder = recorder_create(dump, rehearsal->scrub->own);
	if (!recorder)
		return out_of_memory(err);
	session->front.forget(kernel);
	kernel->dump = recorder;
	keep_build(rehearsal->keep);
	kernel->dump = dump;
	session->front.forget(kernel);
	recorder_destroy(recorder);
	kernel->notes = &rehearsal->scrub->taker;
	return true;
}

/* Runs the commands with vmlinux, and again without vmlinux, because readers of the extract may not
 * have it. Forgets all facts. Returns false and sets err if memory is exhausted. */
static bool rehearse(const struct rehearsal *rehearsal, struct error *err)
{
	struct session *session = rehearsal->session;
	struct kernel *kernel = session->kernel;
	struct dump *dump = kernel->dump;
	struct dump *recorder = recorder_create(dump, rehearsal->keep->kept);
	struct listener *listener = kernel->listener, told = { 0 };
	struct note_text text;
	bool ok;

	if (!recorder)
		return out_of_memory(err);
	ok = note_text_of(kernel, &text, err);
	/* Reads the tables of kallsyms now, because the kernel keeps pointers to them, which must
	 * not point into the recorder. */
	kernel_kallsyms(kernel, NULL);
	/* Facts were already reported, so they are not reported again. */
	if (listener) {
		told = *listener;
		listener->warning = listener->fact = listener->trouble = NULL;
	}
	ok = ok && rehearsal_read_build(rehearsal, dump, err);
	kernel->dump = recorder;
	ok = ok && run_both(rehearsal, &text, err);
	kernel->dump = dump;
	kernel->notes = NULL;
	if (listener) {
		listener->warning = told.warning;
		listener->fact = told.fact;
		listener->trouble = told.trouble;
	}
	session->front.forget(kernel);
	free(text.text);
	recorder_destroy(recorder);
	return ok;
}

/* --- arguments --- */

/* Fails if --scrub is used with memory of processes. Such memory can contain any data, so names and
 * texts cannot be recognised in it. */
static bool choice_can_scrub(const struct choice *choice, struct error *err)
{
	bool has_processes = choice->level == KEEP_PROCESS || choice->level == KEEP_ALL;

	return !choice->scrubs || !has_processes ||
	       fail(err, ERROR_USAGE,
		    "--scrub: level %s contains memory of processes, which cannot be scrubbed; use level tables, frames or kernel",
		    keep_level_names[choice->level]);
}

/* Reads the names of processes from the arguments. Fails if the level does not allow these
 * arguments or --scrub, or if a process does not exist. */
static bool choice_parse(struct choice *choice, struct session *session, char **words,
			 struct error *err)
{
	size_t nr = count_words(words);

	if (!choice_can_scrub(choice, err))
		return false;
	if (choice->level != KEEP_PROCESS)
		return !nr || fail(err, ERROR_USAGE, "%s: only -l process takes arguments", *words);
	if (!nr)
		return fail(err, ERROR_USAGE, "-l process needs the processes as arguments");
	choice->processes = calloc(nr, sizeof(*choice->processes));
	if (!choice->processes)
		return out_of_memory(err);
	for (size_t i = 0; i < nr; i++, choice->nr_processes++) {
		struct error why;

		if (!parse_process(session, words[i], &choice->processes[i], &why))
			return fail(err, why.code, "%s: %s", words[i], why.message);
	}
	return true;
}

/* --- choosing --- */

/* Chooses frames by their use. rehearse() then adds the memory that commands read. */
static void choose_frames(struct choice *choice)
{
	struct keep *keep = &choice->keep;
	enum keep_level level = choice->level;

	keep_tables(keep);
	if (level == KEEP_FRAMES || level == KEEP_KERNEL)
		keep_memory_map(keep);
	if (level == KEEP_KERNEL)
		keep_kernel_memory(keep);
	for (size_t i = 0; i < choice->nr_processes; i++)
		keep_process_memory(keep, &choice->processes[i]);
}

/* Records how many chosen frames are missing in the dump, for each state. Frames with the state
 * absent do not count, because they may be memory of devices, which is never in a dump. */
static void note_lost(struct choice *choice)
{
	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES; state++) {
		struct error why;

		if (state == PAGE_ABSENT || !choice->lost[state])
			continue;
		fail(&why, ERROR_UNREADABLE, "%" PRIu64 " are %s", choice->lost[state],
		     page_state_names[state]);
		keep_lacks(&choice->keep, "pages", &why);
	}
}

static bool choice_choose(struct choice *choice, struct session *session, struct error *err)
{
	const struct rehearsal rehearsal = {
		.session = session,
		.keep = &choice->keep,
		.level = choice->level,
		.processes = choice->processes,
		.nr_processes = choice->nr_processes,
		.scrub = choice->scrub,
	};

	choose_frames(choice);
	if (!rehearse(&rehearsal, err))
		return false;
	if (choice->scrub && !scrub_settle(choice->scrub, &choice->all))
		return session_interrupted(session) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
						      out_of_memory(err);
	if (!kept_settle(choice->kept, session->kernel->dump, choice->lost) ||
	    session_interrupted(session))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	note_lost(choice);
	return !kept_failed(choice->kept) || out_of_memory(err);
}

/* --- the chosen memory --- */

struct reader {
	const struct choice *choice;
	void *all; /* owned; reads choice->all */
};

static void choice_reader_destroy(void *arg)
{
	struct reader *reader = arg;

	if (reader->all)
		reader->choice->all.reader_destroy(reader->all);
	free(reader);
}

static void *choice_reader_create(const void *arg)
{
	const struct choice *choice = arg;
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return NULL;
	*reader = (struct reader){ choice, choice->all.reader_create(choice->all.arg) };
	if (reader->all)
		return reader;
	choice_reader_destroy(reader);
	return NULL;
}

static bool choice_read_frame(void *arg, uint64_t pfn, uint8_t *page)
{
	struct reader *reader = arg;

	if (!reader->choice->all.read(reader->all, pfn, page))
		return false;
	if (reader->choice->scrub)
		scrub_page(reader->choice->scrub, pfn, page);
	else
		kept_clear_rest(reader->choice->kept, pfn, page);
	return true;
}

static void leave_chosen(const struct choice *choice, struct whole_memory *memory)
{
	const uint64_t *bits = kept_bits(choice->kept);

	for (size_t i = 0; i < frame_set_words(memory->memory.nr_frames); i++) {
		memory->kept[i] &= bits[i];
		memory->zero[i] &= memory->kept[i];
	}
	memory->memory.reader_create = choice_reader_create;
	memory->memory.reader_destroy = choice_reader_destroy;
	memory->memory.read = choice_read_frame;
	memory->memory.arg = choice;
}

static bool lacks_memory(const struct memory_out *memory)
{
	return frame_set_next(memory->known, memory->kept, true, 0, memory->nr_frames) <
	       memory->nr_frames;
}

/* Reduces memory to the chosen frames. memory must exist longer than the choice. Fails if memory is
 * exhausted or the user stopped the command. */
static bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
			struct error *err)
{
	choice->all = memory->memory;
	choice->lacked_before = lacks_memory(&memory->memory);
	if (choice->level == KEEP_ALL)
		return true;
	choice->kept = kept_create(memory->memory.nr_frames);
	if (!choice->kept)
		return out_of_memory(err);
	choice->keep.kernel = session->kernel;
	choice->keep.kept = choice->kept;
	if (choice->scrubs && !scrub_create(&choice->scrub, session->kernel, choice->kept, err))
		return false;
	if (!choice_choose(choice, session, err))
		return false;
	leave_chosen(choice, memory);
	return true;
}

void choice_release(struct choice *choice)
{
	scrub_destroy(choice->scrub);
	kept_destroy(choice->kept);
	free(choice->processes);
	choice->scrub = NULL;
	choice->kept = NULL;
	choice->processes = NULL;
}

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
