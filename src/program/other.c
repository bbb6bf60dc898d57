/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/other.h"

#include <fcntl.h>
#include <stdlib.h>

#include "open/open.h"
#include "output/say.h"
#include "sandbox/memory.h"
#include "sandbox/outside.h"
#include "cli/stats.h"
#include "cli/words.h"
#include "debuginfo/debug_file.h"

/* The state of the other dump. Only one other dump can be open at a time. */
static struct {
	const struct options *options;
	struct session *session;
	struct listener listener;
} other;

/* --- callbacks --- */

static void report_progress(void *arg, const char *text)
{
	(void)arg;
	status_line_show(other.session->work.line, "%s", text);
}

static void report_warning(void *arg, const char *text)
{
	(void)arg;
	status_line_hide(other.session->work.line);
	output_flush(other.session->output);
	say_warning("kwalk: warning: the other dump: %s", text);
}

static void report_fact(void *arg, const char *text)
{
	(void)arg;
	status_line_hide(other.session->work.line);
	output_flush(other.session->output);
	say("kwalk: fact: the other dump: %s", text);
}

static void report_trouble(void *arg, const char *text)
{
	(void)arg;
	status_line_hide(other.session->work.line);
	output_flush(other.session->output);
	say("kwalk: file: the other dump: %s", text);
}

static bool other_stop(void *arg)
{
	(void)arg;
	return session_interrupted(other.session);
}

static int other_open_path(void *arg, const char *path, struct error *err)
{
	(void)arg;
	return outside_open(path, OUTSIDE_DUMP, err);
}

/* --- the open dump's vmlinux, if the other dump is of the same kernel --- */

/* Opens the file of a vmlinux again, because each dump needs separate results of look-ups. */
static struct vmlinux *reopen(const struct vmlinux *vmlinux)
{
	int fd = fcntl(vmlinux->file.fd, F_DUPFD_CLOEXEC, 0);
	struct vmlinux *again, *debug;
	struct file file;

	if (fd < 0 || !file_take(&file, fd, vmlinux->file.path, NULL))
		return NULL;
	again = vmlinux_open(&file, NULL);
	if (!again || !vmlinux->debug)
		return again;
	debug = reopen(vmlinux->debug);
	return debug ? debug_file_join(again, debug, NULL) : again;
}

static void lend_vmlinux(void *arg, struct kernel *kernel)
{
	const struct vmlinux *vmlinux = other.session->kernel->vmlinux;
	struct vmlinux *again = vmlinux ? reopen(vmlinux) : NULL;

	(void)arg;
	if (again)
		open_adopt_vmlinux(kernel, again, "of the open dump");
}

/* --- opening --- */

static struct kernel *open_other(struct session *session, char **words, struct error *err)
{
	const struct options *options = other.options;
	const struct opening opening = {
		.paths = (const char *const *)words,
		.nr_paths = count_words(words),
		.debug_path = getenv("KWALK_DEBUG_PATH"),
		.strict = options->strict,
		.most_unpacked = options->max_memory ? options->max_memory : limit_default(),
		.listener = &other.listener,
		.fetch = lend_vmlinux,
		.open_path = other_open_path,
	};

	other.session = session;
	other.listener = (struct listener){
		.warning = report_warning,
		.fact = options->verbose ? report_fact : NULL,
		.trouble = options->verbose ? report_trouble : NULL,
		.progress = report_progress,
		.stop = other_stop,
		.counts = session->front.stats ? &session->front.stats->counts : NULL,
	};
	session->other = open_kernel_dump(&opening, err);
	return session->other;
}

static void complain_of_change(void *arg, const struct kernel_file *file)
{
	struct session *session = arg;

	if (!file_changed(file->file))
		return;
	session->failed = true;
	output_flush(session->output);
	say_warning("kwalk: warning: %s was changed while it was open: answers may be wrong",
		    file->file->path);
}

static void close_other(struct kernel *kernel)
{
	kernel_each_file(kernel, complain_of_change, other.session);
	open_close(kernel);
	other.session->other = NULL;
}

void other_prepare(struct session *session, const struct options *options)
{
	other.options = options;
	session->front.open_other = open_other;
	session->front.close_other = close_other;
}
