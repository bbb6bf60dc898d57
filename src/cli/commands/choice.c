/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/choice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "memory/vmcoreinfo.h"
#include "extract/note_text.h"
#include "extract/recorder.h"
#include "extract/keep.h"
#include "extract/scrub.h"
#include "cli/command.h"
#include "cli/arguments.h"
#include "cli/words.h"
#include "dump/write/frame_set.h"

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
		hear_complaint(session->complaint_arg, why.code, why.message);
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
		.commands = outer->commands,
		.output = output_create(-1, OUTPUT_JSON),
		.work.line = &no_line,
		.take_complaint = hear_complaint,
		.complaint_arg = &ended,
	};

	if (!session.output)
		return out_of_memory(err);
	output_sink(session.output, rehearsal_drop, NULL);
	outer->forget(outer->kernel);
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
	session->forget(kernel);
	kernel->dump = recorder;
	keep_build(rehearsal->keep);
	kernel->dump = dump;
	session->forget(kernel);
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
	session->forget(kernel);
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

bool choice_parse(struct choice *choice, struct session *session, char **words, struct error *err)
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

bool choice_make(struct choice *choice, struct session *session, struct whole_memory *memory,
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
