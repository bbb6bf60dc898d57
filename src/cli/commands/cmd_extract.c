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
#include "extract/select.h"
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

struct extraction {
	enum extract_level level;
	bool scrubs; /* names and texts are replaced */
	/* The processes of level EXTRACT_PROCESS; owned. */
	struct process *processes;
	size_t nr_processes;
	/* Set by choose_memory(): */
	struct selector selector;
	struct selection *selection; /* owned; NULL: EXTRACT_ALL */
	struct scrub *scrub; /* owned; NULL: nothing is scrubbed */
	/* Number of chosen frames that are not in the dump, by the state of their pages. */
	uint64_t lost[NR_PAGE_STATES];
	bool lacked_before; /* the dump lacks memory, for example because it is an extract itself */
	struct memory_out all; /* the whole memory, which was passed to choose_memory() */
};

/* --- commands whose data are kept --- */

/* Runs commands while a recorder records which data they read, so that the extract contains all
 * these data. The answers are dropped. The same commands will give the same answers for the
 * extract as for the whole dump. */

struct recording {
	struct session *session; /* the commands, kernel and limits of this session are used */
	struct selector *selector;
	enum extract_level level;
	const struct process *processes; /* borrowed; the processes of level EXTRACT_PROCESS */
	size_t nr_processes;
	struct scrub *scrub; /* borrowed; records names in the data that are read; may be NULL */
};

/* For each level, the commands that must work with the extract. Page tables and struct pages are
 * kept by other code. */
static const struct {
	enum extract_level from; /* the lowest level for which the line is run */
	const char *line;
	enum {
		ONCE,
		EACH, /* the line is run for each process, whose pid is appended */
		/* Like ONCE, but not with --scrub, because the command reads texts of the log and
		 * words of stacks, which may be secret. */
		QUOTES,
	} how;
} lines[] = {
	{ EXTRACT_TABLES, "info", ONCE },
	{ EXTRACT_TABLES, "regions", ONCE },
	{ EXTRACT_TABLES, "iomem", ONCE },
	{ EXTRACT_TABLES, "ioports", ONCE },
	{ EXTRACT_TABLES, "areas", ONCE },
	{ EXTRACT_TABLES, "tasks", ONCE },
	{ EXTRACT_TABLES, "check", ONCE },
	{ EXTRACT_TABLES, "vmas -p", EACH },
	{ EXTRACT_TABLES, "pagemap 0 0 -p", EACH },
	{ EXTRACT_FRAMES, "zones", ONCE },
	{ EXTRACT_FRAMES, "frames", ONCE },
	{ EXTRACT_FRAMES, "slabs", ONCE },
	{ EXTRACT_KERNEL, "log", ONCE },
	{ EXTRACT_KERNEL, "sym no.such.symbol", ONCE }, /* searches all modules */
	{ EXTRACT_KERNEL, "panic", QUOTES },
};

static bool has_line(const struct recording *recording, size_t i)
{
	enum extract_level from = lines[i].from;

	return recording->level >= from &&
	       (from == EXTRACT_TABLES || recording->level != EXTRACT_PROCESS) &&
	       !(recording->scrub && lines[i].how == QUOTES);
}

static void drop_answer(void *arg, const char *data, size_t size)
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

static void run_lines(const struct recording *recording, struct session *session)
{
	for (size_t i = 0;
	     i < sizeof(lines) / sizeof(*lines) && !session_interrupted(recording->session); i++) {
		if (!has_line(recording, i))
			continue;
		if (lines[i].how == EACH)
			run_for_processes(session, lines[i].line);
		else
			run_line(session, lines[i].line);
	}
}

static bool run_once(const struct recording *recording, struct error *err)
{
	struct session *outer = recording->session;
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
	output_sink(session.output, drop_answer, NULL);
	outer->front.forget(outer->kernel);
	select_identity(recording->selector);
	run_lines(recording, &session);
	output_destroy(session.output);
	return !ended.code || fail(err, ended.code, "%s", ended.message);
}

/* Runs the lines as if only OUT was open: without vmlinux, and with the note of OUT, which may
 * contain more than the note of this dump. */
static bool run_alone(const struct recording *recording, const struct note_text *text,
		      struct error *err)
{
	struct kernel *kernel = recording->session->kernel;
	struct vmlinux *vmlinux = kernel->vmlinux;
	struct vmcoreinfo *own = kernel->note, completed = {
		.text = { (const uint8_t *)text->text, text->size },
	};
	bool ok;

	kernel->vmlinux = NULL;
	kernel->note = &completed;
	ok = run_once(recording, err);
	kernel->note = own;
	kernel->vmlinux = vmlinux;
	return ok;
}

static bool run_both(const struct recording *recording, const struct note_text *text,
		     struct error *err)
{
	bool ok = run_once(recording, err);

	/* Without scrubbing, all of the kernel's memory is kept, so the data of files need not be
	 * kept separately. */
	if (ok && recording->scrub && recording->level == EXTRACT_KERNEL)
		ok = select_files(recording->selector) || out_of_memory(err);
	for (size_t i = 0; i < recording->nr_processes; i++)
		select_process_structs(recording->selector, &recording->processes[i]);
	return ok && run_alone(recording, text, err);
}

/* If names are scrubbed, first reads the data that belong to the kernel's build, and records them
 * separately in scrub->own. */
static bool record_build(const struct recording *recording, struct dump *dump, struct error *err)
{
	struct session *session = recording->session;
	struct kernel *kernel = session->kernel;
	struct dump *recorder;

	if (!recording->scrub)
		return true;
	recorder = recorder_create(dump, recording->scrub->own);
	if (!recorder)
		return out_of_memory(err);
	session->front.forget(kernel);
	kernel->dump = recorder;
	select_build(recording->selector);
	kernel->dump = dump;
	session->front.forget(kernel);
	recorder_destroy(recorder);
	kernel->notes = &recording->scrub->taker;
	return true;
}

/* Runs the commands with vmlinux, and again without vmlinux, because readers of the extract may not
 * have it. Forgets all facts. Returns false and sets err if memory is exhausted. */
static bool record_commands(const struct recording *recording, struct error *err)
{
	struct session *session = recording->session;
	struct kernel *kernel = session->kernel;
	struct dump *dump = kernel->dump;
	struct dump *recorder = recorder_create(dump, recording->selector->selection);
	struct listener *listener = kernel->listener, usual = { 0 };
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
		usual = *listener;
		listener->warning = listener->fact = listener->trouble = NULL;
	}
	ok = ok && record_build(recording, dump, err);
	kernel->dump = recorder;
	ok = ok && run_both(recording, &text, err);
	kernel->dump = dump;
	kernel->notes = NULL;
	if (listener) {
		listener->warning = usual.warning;
		listener->fact = usual.fact;
		listener->trouble = usual.trouble;
	}
	session->front.forget(kernel);
	free(text.text);
	recorder_destroy(recorder);
	return ok;
}

/* --- arguments --- */

/* Fails if --scrub is used with memory of processes. Such memory can contain any data, so names and
 * texts cannot be recognised in it. */
static bool can_scrub(const struct extraction *extraction, struct error *err)
{
	bool has_processes =
		extraction->level == EXTRACT_PROCESS || extraction->level == EXTRACT_ALL;

	return !extraction->scrubs || !has_processes ||
	       fail(err, ERROR_USAGE,
		    "--scrub: level %s contains memory of processes, which cannot be scrubbed; use level tables, frames or kernel",
		    extract_level_names[extraction->level]);
}

/* Reads the names of processes from the arguments. Fails if the level does not allow these
 * arguments or --scrub, or if a process does not exist. */
static bool read_processes(struct extraction *extraction, struct session *session, char **words,
			   struct error *err)
{
	size_t nr = count_words(words);

	if (!can_scrub(extraction, err))
		return false;
	if (extraction->level != EXTRACT_PROCESS)
		return !nr || fail(err, ERROR_USAGE, "%s: only -l process takes arguments", *words);
	if (!nr)
		return fail(err, ERROR_USAGE, "-l process needs the processes as arguments");
	extraction->processes = calloc(nr, sizeof(*extraction->processes));
	if (!extraction->processes)
		return out_of_memory(err);
	for (size_t i = 0; i < nr; i++, extraction->nr_processes++) {
		struct error why;

		if (!parse_process(session, words[i], &extraction->processes[i], &why))
			return fail(err, why.code, "%s: %s", words[i], why.message);
	}
	return true;
}

/* --- choosing --- */

/* Chooses frames by their use. record_commands() then adds the memory that commands read. */
static void choose_frames(struct extraction *extraction)
{
	struct selector *selector = &extraction->selector;
	enum extract_level level = extraction->level;

	select_tables(selector);
	if (level == EXTRACT_FRAMES || level == EXTRACT_KERNEL)
		select_memory_map(selector);
	if (level == EXTRACT_KERNEL)
		select_kernel_memory(selector);
	for (size_t i = 0; i < extraction->nr_processes; i++)
		select_process_memory(selector, &extraction->processes[i]);
}

/* Records how many chosen frames are missing in the dump, for each state. Frames with the state
 * absent do not count, because they may be memory of devices, which is never in a dump. */
static void note_lost(struct extraction *extraction)
{
	for (enum page_state state = PAGE_FILTERED; state < NR_PAGE_STATES; state++) {
		struct error why;

		if (state == PAGE_ABSENT || !extraction->lost[state])
			continue;
		fail(&why, ERROR_UNREADABLE, "%" PRIu64 " are %s", extraction->lost[state],
		     page_state_names[state]);
		selector_lacks(&extraction->selector, "pages", &why);
	}
}

static bool choose(struct extraction *extraction, struct session *session, struct error *err)
{
	const struct recording recording = {
		.session = session,
		.selector = &extraction->selector,
		.level = extraction->level,
		.processes = extraction->processes,
		.nr_processes = extraction->nr_processes,
		.scrub = extraction->scrub,
	};

	choose_frames(extraction);
	if (!record_commands(&recording, err))
		return false;
	if (extraction->scrub && !scrub_settle(extraction->scrub, &extraction->all))
		return session_interrupted(session) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
						      out_of_memory(err);
	if (!selection_settle(extraction->selection, session->kernel->dump, extraction->lost) ||
	    session_interrupted(session))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	note_lost(extraction);
	return !selection_failed(extraction->selection) || out_of_memory(err);
}

/* --- the chosen memory --- */

struct reader {
	const struct extraction *extraction;
	void *all; /* owned; reads extraction->all */
};

static void reader_destroy(void *arg)
{
	struct reader *reader = arg;

	if (reader->all)
		reader->extraction->all.reader_destroy(reader->all);
	free(reader);
}

static void *reader_create(const void *arg)
{
	const struct extraction *extraction = arg;
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return NULL;
	*reader = (struct reader){ extraction, extraction->all.reader_create(extraction->all.arg) };
	if (reader->all)
		return reader;
	reader_destroy(reader);
	return NULL;
}

static bool read_frame(void *arg, uint64_t pfn, uint8_t *page)
{
	struct reader *reader = arg;

	if (!reader->extraction->all.read(reader->all, pfn, page))
		return false;
	if (reader->extraction->scrub)
		scrub_page(reader->extraction->scrub, pfn, page);
	else
		selection_clear_rest(reader->extraction->selection, pfn, page);
	return true;
}

static void leave_chosen(const struct extraction *extraction, struct whole_memory *memory)
{
	const uint64_t *bits = selection_bits(extraction->selection);

	for (size_t i = 0; i < frame_set_words(memory->memory.nr_frames); i++) {
		memory->kept[i] &= bits[i];
		memory->zero[i] &= memory->kept[i];
	}
	memory->memory.reader_create = reader_create;
	memory->memory.reader_destroy = reader_destroy;
	memory->memory.read = read_frame;
	memory->memory.arg = extraction;
}

static bool lacks_memory(const struct memory_out *memory)
{
	return frame_set_next(memory->known, memory->kept, true, 0, memory->nr_frames) <
	       memory->nr_frames;
}

/* Reduces memory to the chosen frames. memory must exist longer than the extraction. Fails if memory is
 * exhausted or the user stopped the command. */
static bool choose_memory(struct extraction *extraction, struct session *session,
			  struct whole_memory *memory, struct error *err)
{
	extraction->all = memory->memory;
	extraction->lacked_before = lacks_memory(&memory->memory);
	if (extraction->level == EXTRACT_ALL)
		return true;
	extraction->selection = selection_create(memory->memory.nr_frames);
	if (!extraction->selection)
		return out_of_memory(err);
	extraction->selector.kernel = session->kernel;
	extraction->selector.selection = extraction->selection;
	if (extraction->scrubs &&
	    !scrub_create(&extraction->scrub, session->kernel, extraction->selection, err))
		return false;
	if (!choose(extraction, session, err))
		return false;
	leave_chosen(extraction, memory);
	return true;
}

/* All members of extraction may be zero. */
static void release(struct extraction *extraction)
{
	scrub_destroy(extraction->scrub);
	selection_destroy(extraction->selection);
	free(extraction->processes);
	extraction->scrub = NULL;
	extraction->selection = NULL;
	extraction->processes = NULL;
}

/* --- the manifest --- */

/* The manifest: a separate JSON file that describes what the command extract wrote into the dump.
 */

struct manifest {
	const char *path;
	bool replace; /* if the file exists, it may be replaced */
	const char *dump; /* path of the dump that was written */
	const char *format;
	const struct extraction *extraction;
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
	const struct selection *selection = manifest->extraction->selection;
	uint64_t nr_pages = manifest->out->nr_pages, nr_bytes = dump_out_memory(manifest->out);

	output_list_begin(output, "kinds");
	if (!selection)
		add_kind(output, "memory", nr_pages, &nr_bytes);
	for (enum selection_kind kind = 0; selection && kind < NR_SELECTED_KINDS; kind++) {
		struct selection_count count = selection_count(selection, kind);

		/* With scrubbing, the number of bytes of the kernel's memory is unknown, because
		 * scrub_page() decides for each word whether the word is kept. */
		add_kind(output, selection_kind_names[kind], count.pages,
			 manifest->extraction->scrub && kind == SELECTED_KERNEL ? NULL :
										  &count.bytes);
	}
	output_list_end(output);
}

static void add_lacks(struct output *output, const struct selector *selector)
{
	output_count(output, "lacks", selector->nr_lacks);
	output_list_begin(output, "lacking");
	for (size_t i = 0; i < selector->nr_lacks && i < MOST_LACKS; i++) {
		output_object_begin(output, NULL);
		output_string(output, "part", selector->lack[i].part);
		output_string(output, "message", selector->lack[i].why.message);
		output_object_end(output);
	}
	output_list_end(output);
}

/* Adds the fields that the manifest shares with the answer of extract. */
static void manifest_fields(struct output *output, const struct manifest *manifest)
{
	const struct dump_out *out = manifest->out;
	const struct memory_out *memory = out->memory;
	const struct scrub *scrub = manifest->extraction->scrub;
	uint64_t known = frame_set_count(memory->known, 0, memory->nr_frames);

	output_string(output, "file", manifest->dump);
	output_string(output, "level", extract_level_names[manifest->extraction->level]);
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
			     manifest->extraction->selector.nr_lacks ? "incomplete" : NULL);
		manifest_fields(output, manifest);
		add_kinds(output, manifest);
		add_lacks(output, &manifest->extraction->selector);
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
	unsigned int level; /* enum extract_level; EXTRACT_NONE: not given, so the level is tables */
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
static bool write_file(const struct extract_request *request, struct dump_out *out,
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
static void complain_of_lacks(struct session *session, const struct selector *selector)
{
	size_t i;

	for (i = 0; i < selector->nr_lacks && i < MAX_DAMAGES; i++)
		session_complain(session, selector->lack[i].part, &selector->lack[i].why);
	if (i < selector->nr_lacks)
		session_complainf(session, NULL, ERROR_UNREADABLE,
				  "and %zu more parts are missing (--manifest lists them)",
				  selector->nr_lacks - i);
}

static bool answer(const struct extract_request *request, const struct extraction *extraction,
		   const struct dump_out *out, const struct out_format *format, struct error *err)
{
	struct session *session = request->session;
	const struct manifest manifest = {
		.path = request->manifest,
		.replace = request->replace,
		.dump = request->path,
		.format = format->name,
		.extraction = extraction,
		.out = out,
	};

	output_begin(session->output, "extract", request->path,
		     extraction->selector.nr_lacks ? "incomplete" : NULL);
	manifest_fields(session->output, &manifest);
	output_end(session->output);
	complain_of_lacks(session, &extraction->selector);
	return !request->manifest || manifest_write(&manifest, err);
}

/* Adds a line to the note of OUT that explains why memory is missing. If the dump is already an
 * extract, the new level replaces the old level in the note, unless the new level is all: then the
 * old level remains. If the dump was scrubbed, OUT stays marked as scrubbed. */
static void note_level(struct note_text *note, const struct extraction *extraction)
{
	if (extraction->level != EXTRACT_ALL)
		note_text_remove(note, EXTRACT_KEY);
	note_text_add(note, EXTRACT_KEY, "%s", extract_level_names[extraction->level]);
	if (extraction->lacked_before)
		note_text_add(note, EXTRACT_LACKED_KEY, "1");
	if (extraction->scrub)
		note_text_add(note, EXTRACT_SCRUBBED_KEY, "1");
}

static bool make_note(struct session *session, struct selection *selection,
		      struct machine_known *known, struct error *err)
{
	if (selection_note(selection, session->kernel->listener, &known->machine.parts))
		return true;
	return session_interrupted(session) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
					      out_of_memory(err);
}

static bool extract_memory(const struct extract_request *request, struct extraction *extraction,
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
	if (known.note.size || extraction->scrub)
		note_level(&known.note, extraction);
	ok = (!extraction->scrub || scrub_machine(extraction->scrub, &known) ||
	      out_of_memory(err)) &&
	     (!extraction->selection || make_note(session, extraction->selection, &known, err)) &&
	     machine_known_finish(&known, err) && write_file(request, &out, format, err);
	machine_known_release(&known);
	return ok && answer(request, extraction, &out, format, err);
}

static bool extract(const struct extract_request *request, struct extraction *extraction,
		    struct error *err)
{
	struct whole_memory whole;
	bool ok;

	if (!whole_memory_open(&whole, request->session->kernel->dump, err))
		return false;
	ok = choose_memory(extraction, request->session, &whole, err) &&
	     extract_memory(request, extraction, &whole.memory, err);
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
	struct extraction *extraction;
	bool ok;

	request->session = session;
	if (!may_write_all(request, err))
		return false;
	extraction = calloc(1, sizeof(*extraction));
	if (!extraction)
		return out_of_memory(err);
	extraction->level = request->level ?: EXTRACT_TABLES;
	extraction->scrubs = request->scrub;
	ok = read_processes(extraction, session, words, err) && extract(request, extraction, err);
	release(extraction);
	free(extraction);
	return ok;
}

/* The first name, "none", is not a extraction, because EXTRACT_NONE means that the option was not
 * given. */
static const struct choices levels = { &extract_level_names[EXTRACT_NONE + 1],
				       EXTRACT_ALL - EXTRACT_NONE };
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
	  .help = "write a kdump-compressed file (zlib, snappy or zstd)\n"
		  "instead of an ELF core" },
	{ "-manifest", WORD_FILE_NEW, AT(extract_request, manifest),
	  .help = "write a list of what was kept, and what is missing, as\nJSON" },
	{ "w", WORD_DUMP_NEW, AT(extract_request, path), .required = true,
	  .help = "the dump to be written; it must not exist" },
	{ "f", AT(extract_request, replace), .help = "replace OUT if it exists" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("file", .width = FITTED), COLUMN("level", .width = FITTED),
			 COLUMN("format", .width = FITTED), COLUMN("pages", .width = FITTED),
			 COLUMN("zero", .width = FITTED), COLUMN("left_out", .width = FITTED),
			 COLUMN("bytes", .width = FITTED)),
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
