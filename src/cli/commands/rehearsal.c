/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "memory/vmcoreinfo.h"
#include "extract/note_text.h"
#include "extract/recorder.h"

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

bool rehearse(const struct rehearsal *rehearsal, struct error *err)
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
