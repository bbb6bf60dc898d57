/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/pager.h"
#include "cli/stats.h"
#include "cli/words.h"
#include "debuginfo/debug_file.h"
#include "gdb/gdb.h"
#include "listing/listing.h"
#include "open/open.h"
#include "output/say.h"
#include "program/as_crash.h"
#include "program/confine.h"
#include "program/options.h"
#include "program/running_guest.h"
#include "program/script.h"
#include "program/unpacking.h"
#include "sandbox/memory.h"
#include "sandbox/outside.h"

/* --- a second dump, for commands that compare two dumps --- */

/* The state of the other dump. Only one other dump can be open at a time. */
static struct {
	const struct options *options;
	struct session *session;
	struct listener listener;
} other;

static void other_progress(void *arg, const char *text)
{
	(void)arg;
	status_line_show(other.session->work.line, "%s", text);
}

static void other_warning(void *arg, const char *text)
{
	(void)arg;
	status_line_hide(other.session->work.line);
	output_flush(other.session->output);
	say_warning("kwalk: warning: the other dump: %s", text);
}

static void other_fact(void *arg, const char *text)
{
	(void)arg;
	status_line_hide(other.session->work.line);
	output_flush(other.session->output);
	say("kwalk: fact: the other dump: %s", text);
}

static void other_trouble(void *arg, const char *text)
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

/* Opens the file of the open dump's vmlinux again, if the other dump is of the same kernel, because each dump needs separate results of look-ups. */
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
		.warning = other_warning,
		.fact = options->verbose ? other_fact : NULL,
		.trouble = options->verbose ? other_trouble : NULL,
		.progress = other_progress,
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

/* Sets session->front.open_other and session->front.close_other. The helper opens the files of the second dump,
 * but no devices, and only files that a command names. Dumps in archives are not unpacked. options
 * are borrowed. */
static void other_prepare(struct session *session, const struct options *options)
{
	other.options = options;
	session->front.open_other = open_other;
	session->front.close_other = close_other;
}

/* --- the program --- */

enum { STATUS_ANSWERED, STATUS_FAILED, STATUS_NOTHING };

/* If a standard descriptor, for example 1, is closed, a dump that is opened later could get this
 * number, and output would be written to the dump. So this function opens closed standard
 * descriptors, with O_PATH, so that they can be neither read nor written. */
static void hold_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The session's output, for signal handlers and for rescue_answers(). NULL: there is no session. */
static struct output *answers;

/* Writes the answers that are in the buffer. Called at exit, because libdw ends the program with
 * exit() if memory runs out. */
static void rescue_answers(void)
{
	if (answers)
		output_rescue(answers);
}

static pthread_t first_thread;

/* Called in a thread that is not the first thread. Only the first thread may write answers, so this
 * function passes the signal to the first thread, and waits until the program ends. */
static void hand_on(int signal)
{
	sigset_t all;

	sigfillset(&all);
	pthread_kill(first_thread, signal);
	for (;;)
		sigsuspend(&all);
}

/* Handles SIGBUS, which comes if a mapped file cannot be read. */
static void die_of_lost_file(int signal)
{
	if (!pthread_equal(pthread_self(), first_thread))
		hand_on(signal);
	rescue_answers();
	say_in_handler("kwalk: a file became shorter or unreadable while it was in use\n");
	_exit(answers ? STATUS_FAILED : STATUS_NOTHING);
}

/* Handles SIGPROF, with which --timeout ends the program if nothing else does. */
static void end_silence(int signal)
{
	if (!interrupt_is_silent())
		return;
	if (!pthread_equal(pthread_self(), first_thread))
		hand_on(signal);
	rescue_answers();
	say_in_handler(
		"kwalk: ended (--timeout): a library that reads a file does not return, probably because the file is damaged\n");
	_exit(STATUS_FAILED);
}

struct main_program {
	struct options options;
	struct script listings; /* the user's */
	struct stats stats; /* used if options.stats is set */
	struct session *session; /* NULL until the dump is open */
	struct status_line status_line;
	/* With --timeout: the time at which opening the files must end, as clock_coarse(). 0: no
	 * limit. */
	uint64_t open_until;
	bool has_guest; /* the options name a running guest */
	bool has_helper; /* the process outside of the sandbox runs */
	bool opened_late; /* the limit ended the opening */
	/* Messages about damaged places wait for the warning or error to which they belong. */
	bool holds_troubles;
	struct held_lines troubles;
};

/* --- callbacks --- */

/* While the dump is being opened, shows gdb that an answer will come. */
static void keep_peer_waiting(const struct main_program *program)
{
	if (program->options.gdb && !program->session)
		gdb_keep_waiting(program->options.gdb_out);
}

static void report_progress(void *arg, const char *text)
{
	struct main_program *program = arg;

	keep_peer_waiting(program);
	status_line_show(&program->status_line, "%s", text);
}

static void release_troubles(struct main_program *program)
{
	program->holds_troubles = false;
	if (program->troubles.text)
		say_held(&program->troubles);
}

/* Prints a warning. The first warning describes the damage of the dump. After it, the waiting
 * messages about damaged places are printed. */
static void report_warning(void *arg, const char *text)
{
	struct main_program *program = arg;

	status_line_hide(&program->status_line);
	say_warning("kwalk: warning: %s", text);
	release_troubles(program);
}

static void report_fact(void *arg, const char *text)
{
	struct main_program *program = arg;

	status_line_hide(&program->status_line);
	release_troubles(program);
	say("kwalk: fact: %s", text);
}

static void report_trouble(void *arg, const char *text)
{
	struct main_program *program = arg;

	if (program->holds_troubles)
		say_hold(&program->troubles, "kwalk: file: %s", text);
	else
		say("kwalk: file: %s", text);
}

static void limit_opening(struct main_program *program)
{
	if (program->options.timeout)
		program->open_until = clock_coarse() + 1000 * program->options.timeout;
}

/* Is the time for opening the files over? */
static bool opens_late(struct main_program *program)
{
	interrupt_asked = 1;
	program->opened_late |= program->open_until && clock_coarse() >= program->open_until;
	return program->opened_late;
}

static bool main_stop(void *arg)
{
	struct main_program *program = arg;

	keep_peer_waiting(program);
	return program->session ? session_interrupted(program->session) : opens_late(program);
}

/* The time in which the user answers a question, or a server sends vmlinux, is not counted. */
static void fetch_vmlinux(void *arg, struct kernel *kernel)
{
	struct main_program *program = arg;
	const struct options *options = &program->options;

	status_line_hide(&program->status_line);
	if (options->debuginfod == DEBUGINFOD_YES ||
	    debuginfod_may_ask(options->debuginfod, options->can_ask))
		debuginfod_fetch(kernel);
	limit_opening(program);
}

static bool start_unpacking(void *arg, struct unpacked *to, struct error *err)
{
	struct main_program *program = arg;
	bool started = unpack_start(&program->options, to, err);

	limit_opening(program);
	return started;
}

/* --- commands --- */

static void run_standard_input(struct session *session, bool quiet)
{
	struct script script;
	struct error err;

	if (isatty(STDIN_FILENO)) {
		repl_run(session, quiet);
	} else if (script_open(&script, "-", &err)) {
		script_run(session, &script);
		script_close(&script);
	} else {
		session_complain_of_input(session, &err);
	}
}

static int write_status(int error)
{
	if (error && error != EPIPE)
		say_error("kwalk: cannot write answers: %s", strerror(error));
	return error ? STATUS_FAILED : STATUS_ANSWERED;
}

/* Called before answers are written. If they go to a terminal, the status line is removed and does
 * not come back. If they do not, it remains visible. */
static void before_answers(void *arg)
{
	struct session *session = arg;

	if (session->work.command && output_is_seen(session->output))
		work_end(&session->work);
	if (session->front.pager->wanted && !session->front.pager->runs)
		pager_offer(session);
}

static void run_batches(struct session *session, const struct options *options)
{
	interrupt_watch();
	if (options->no_panic)
		session_run_text(session, "set init_task > /dev/null");
	if (options->crash && !options->quiet)
		as_crash_greet(session);
	for (size_t i = 0; i < options->nr_batches; i++) {
		const struct batch *batch = &options->batches[i];

		if (interrupt_came)
			session_complain_of_rest(session);
		if (session_ended(session) || interrupt_came)
			return;
		if (batch->text)
			session_run_text(session, batch->text);
		else
			script_run(session, &batch->script);
	}
	if (!options->nr_batches || options->crash)
		run_standard_input(session, options->quiet || options->crash);
}

static void run_commands(struct session *session, const struct options *options)
{
	if (options->gdb) {
		interrupt_watch();
		gdb_serve(session, options->gdb_in, options->gdb_out);
	} else if (options->question) {
		as_crash_answer(session, options->question);
	} else {
		run_batches(session, options);
	}
}

/* Returns the name of the command that answers although the dump cannot be opened, or NULL. */
static const char *unopened_name(const struct options *options)
{
	const char *text = options->nr_batches ? options->batches[0].text : NULL;
	const struct command *command = text ? first_command(commands, text) : NULL;

	return command && command->answers_unopened ? command->name : NULL;
}

/* Reports the error that ends the program before the first command, also in an object: of the first
 * command, if it has the property answers_unopened, otherwise in JSON only, of kwalk itself. */
static void complain(const struct options *options, const struct error *err)
{
	const char *name = unopened_name(options);
	struct output *output = NULL;

	say_error("kwalk: %s", err->message);
	if (!options->gdb &&
	    (options->format == OUTPUT_JSON || (options->format == OUTPUT_CSV && name)))
		output = output_create(STDOUT_FILENO, options->format);
	if (!output)
		return;
	output_begin(output, name ? name : "kwalk", NULL, "error");
	if (name && options->nr_files)
		output_string(output, "dump", options->files[options->nr_files - 1]);
	output_trouble(output, err);
	output_end(output);
	output_end_rows(output);
	output_flush(output);
	write_status(output_failed(output));
	output_destroy(output);
}

static unsigned int wanted_threads(void)
{
	const char *wanted = getenv("KWALK_THREADS");
	uint64_t nr;

	return wanted && parse_count(wanted, &nr, NULL) && nr < 64 ? (unsigned int)nr :
								     THREAD_PER_CPU;
}

static int main_run(struct kernel *kernel, struct main_program *program)
{
	struct options *options = &program->options;
	struct pager pager = { .wanted = options->may_page };
	struct listings listings = {
		.more = program->listings.bytes,
		.more_size = program->listings.size,
		.more_file = program->listings.name,
	};
	struct session session = {
		.kernel = kernel,
		.front.commands = commands,
		.front.aliases = aliases,
		.output = output_create(options->gdb ? -1 : STDOUT_FILENO, options->format),
		.work.line = &program->status_line,
		.work.timeout = 1000 * options->timeout,
		.front.max_lines = options->max_lines,
		.front.nr_threads = wanted_threads(),
		.guest = options->guest,
		.front.stats = options->stats ? &program->stats : NULL,
		.front.forget = open_forget,
		.front.each_kernel = open_each_kernel,
		.front.pager = &pager,
		.front.listings = &listings,
		.front.like_crash = options->crash,
		.front.echoes = options->crash && !options->quiet,
	};
	struct error err;
	bool written, confined;

	if (!session.output) {
		say_error("kwalk: out of memory");
		return STATUS_NOTHING;
	}
	program->session = &session;
	answers = session.output;
	output_set_address_width(session.output, 2 * kernel_pointer_size(kernel));
	output_use_colour(session.output, options->colour);
	output_before_write(session.output, before_answers, &session);
	other_prepare(&session, options);
	if (options->has_prompt)
		repl_prepare(&session);
	if (program->has_guest)
		running_guest_prepare(&session);
	confined = confine_finish(options, kernel, &err);
	if (confined)
		run_commands(&session, options);
	output_flush(session.output);
	if (pager.runs)
		pager_end(&session);
	session_complain_of_changes(&session);
	output_flush(session.output);
	written = write_status(output_failed(session.output)) == STATUS_ANSWERED;
	answers = NULL;
	output_destroy(session.output);
	if (listings.nr_texts)
		listings_release(&listings);
	program->session = NULL;
	if (!confined) {
		complain(options, &err);
		return STATUS_NOTHING;
	}
	if (options->crash && !options->question)
		session.failed = !session.quit && !options->has_prompt;
	return written && !session.failed ? STATUS_ANSWERED : STATUS_FAILED;
}

/* If a word is a command and not a file, as in "kwalk vmcore vtop init_task", suggests the option
 * -c. */
static void hint_at_commands(const struct options *options)
{
	for (size_t i = 0; i < options->nr_files; i++)
		if (command_exactly(commands, options->files[i]) &&
		    access(options->files[i], F_OK) < 0) {
			say_error("kwalk: %s is a command: give commands with -c",
				  options->files[i]);
			return;
		}
}

static int open_and_run(struct main_program *program)
{
	struct options *options = &program->options;
	struct listener listener = {
		.warning = options->question == QUESTION_NONE ? report_warning : NULL,
		.fact = options->verbose ? report_fact : NULL,
		.trouble = options->verbose ? report_trouble : NULL,
		.progress = report_progress,
		.stop = main_stop,
		.arg = program,
		.counts = options->stats ? &program->stats.counts : NULL,
	};
	const struct unpacking unpacking = { start_unpacking, unpack_finish, program };
	const struct opening opening = {
		.paths = options->files,
		.nr_paths = options->nr_files,
		.overrides = options->overrides,
		.nr_overrides = options->nr_overrides,
		.debug_path = getenv("KWALK_DEBUG_PATH"),
		.no_dump = options->question == QUESTION_BUILD_ID || options->needs_no_dump,
		.no_files = options->needs_no_files,
		.guest = program->has_guest ? running_guest_memory() : NULL,
		.kernel = (unsigned int)options->kernel,
		.strict = options->strict,
		.most_unpacked = options->max_memory ? options->max_memory : limit_default(),
		.listener = &listener,
		.fetch = fetch_vmlinux,
		.arg = program,
		.unpacking = &unpacking,
	};
	struct error err;
	struct kernel *kernel = NULL;
	int status = STATUS_NOTHING;

	program->holds_troubles = true;
	limit_opening(program);
	interrupt_asked = interrupt_running = 1;
	limit_memory(options->max_memory);
	limit_hold();
	if (!program->has_guest || running_guest_find(&err))
		kernel = HAVE_KVM && options->guest ? open_guest(&opening, options->guest, &err) :
						      open_kernel_dump(&opening, &err);
	interrupt_running = 0;
	status_line_hide(&program->status_line);
	if (program->opened_late)
		fail(&err, ERROR_SYSTEM,
		     "stopped after %" PRIu64 " seconds, before the files were open (--timeout)",
		     options->timeout);
	else if (limit_ran_out() && kernel)
		fail(&err, ERROR_SYSTEM,
		     "out of memory while the files were opened (--max-memory sets the limit)");
	if (kernel && (program->opened_late || limit_ran_out())) {
		open_close(kernel);
		kernel = NULL;
	}
	limit_lift();
	if (!kernel) {
		complain(options, &err);
		hint_at_commands(options);
	}
	release_troubles(program);
	if (kernel)
		status = main_run(kernel, program);
	open_close(kernel);
	return status;
}

/* Answers "-c help" without opening a dump. */
static int answer_help(struct main_program *program)
{
	const struct options *options = &program->options;
	struct session session = {
		.front.commands = commands,
		.front.aliases = aliases,
		.output = output_create(STDOUT_FILENO, options->format),
		.work.line = &program->status_line,
	};
	int status = STATUS_NOTHING;

	if (!session.output)
		return STATUS_NOTHING;
	session.command = &command_help;
	output_use_colour(session.output, options->colour);
	for (size_t i = 0; i < options->nr_batches; i++) {
		char *text = strdup(options->batches[i].text), *rest = text, **words;
		struct command_text part;

		while (rest && command_text_next(&rest, &part)) {
			words = words_of(part.words);
			if (words)
				command_help.run(&session, help_arguments(words), NULL);
			free(words);
		}
		free(text);
	}
	output_flush(session.output);
	status = write_status(output_failed(session.output));
	output_destroy(session.output);
	return session.failed ? STATUS_FAILED : status;
}

/* --- listings of the user (listing/listing.h) --- */

/* Finds the usual file of listings, if it exists. */
static bool find_listings(char path[PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool given = config && *config == '/';

	if (!given && (!home || *home != '/'))
		return false;
	return snprintf(path, PATH_MAX, "%s%s/kwalk/listings", given ? config : home,
			given ? "" : "/.config") < PATH_MAX &&
	       access(path, F_OK) == 0;
}

/* Reads the file of --listings, or ${XDG_CONFIG_HOME:-~/.config}/kwalk/listings if it exists. Root,
 * --no-files, gdb and kwalk-crash use only the file that an option names. Fails if the file of the option
 * cannot be read. */
static bool read_listings(const struct options *options, struct script *file, struct error *err)
{
	static char usual[PATH_MAX];
	const char *path = options->listings;

	*file = (struct script){ .fd = -1 };
	if (!path && !options->no_files && !options->gdb && !options->crash && geteuid() != 0 &&
	    find_listings(usual))
		path = usual;
	if (!path)
		return true;
	if (script_open(file, path, err)) {
		file->name = path;
		if (file->bytes)
			return true;
		fail(err, ERROR_SYSTEM, "%s is empty, or no regular file", path);
	}
	script_close(file);
	if (options->listings)
		return false;
	say_warning("kwalk: warning: %s", err->message);
	return true;
}

/* --- the start --- */

static bool names_guest(const struct options *options)
{
	for (size_t i = 0; i < options->nr_files; i++)
		if (running_guest_is_named(options->files[i]))
			return true;
	return false;
}

/* Starts the processes that need rights which the sandbox takes away. */
static int main_start(struct main_program *program)
{
	struct options *options = &program->options;

	if (!read_listings(options, &program->listings, &options->err)) {
		complain(options, &options->err);
		return STATUS_NOTHING;
	}
	program->has_helper = confine_start_helper(options);
	program->has_guest = names_guest(options);
	if ((!(program->has_guest || options->pause) ||
	     running_guest_connect(options, &options->err)) &&
	    confine_start(options, &options->err))
		return open_and_run(program);
	complain(options, &options->err);
	return STATUS_NOTHING;
}

int main(int argc, char **argv)
{
	struct main_program program = { .listings.fd = -1 };
	int status = STATUS_NOTHING;

	hold_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	/* Without the signal, a write beyond the limit of file sizes fails with an error, which is
	 * reported. */
	signal(SIGXFSZ, SIG_IGN);
	first_thread = pthread_self();
	signal(SIGBUS, die_of_lost_file);
	atexit(rescue_answers);
	switch (options_parse(&program.options, argc, argv)) {
	case OPTIONS_RUN:
		if (program.options.timeout)
			interrupt_watch_silence((unsigned int)program.options.timeout, end_silence);
		if (program.options.asks_for_help && !program.options.nr_files)
			status = answer_help(&program);
		else
			status = main_start(&program);
		if (program.has_guest)
			running_guest_close();
		if (program.has_helper)
			outside_end();
		break;
	case OPTIONS_DONE: status = write_status(say_on_stdout(program.options.text)); break;
	case OPTIONS_WRONG: complain(&program.options, &program.options.err); break;
	case OPTIONS_HINT:
		complain(&program.options, &program.options.err);
		say("Try '%s --help' for more information.",
		    program.options.crash ? "kwalk-crash" : "kwalk");
		break;
	}
	if (program.listings.fd >= 0)
		script_close(&program.listings);
	options_release(&program.options);
	/* crash has no other status than 0 and 1. */
	return program.options.crash && status ? STATUS_FAILED : status;
}
