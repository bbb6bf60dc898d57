/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/confine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "dump/formats/formats.h"
#include "output/say.h"
#include "sandbox/new_files.h"
#include "sandbox/outside.h"
#include "sandbox/sandbox.h"
#include "program/script.h"
#include "cli/command.h"
#include "cli/pager.h"
#include "cli/request.h"
#include "cli/words.h"
#include "program/running_guest.h"
#include "program/unpacking.h"
#include "debuginfo/vmlinux.h"

/* --- the helper --- */

/* Returns true if all that standard input can give is known from the start: it is closed, /dev/null or a
 * regular file. */
static bool is_input_given(void)
{
	struct stat status;

	return fstat(STDIN_FILENO, &status) < 0 || S_ISREG(status.st_mode) ||
	       (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3));
}

/* Returns true if all commands are known from the start: they are in -c, or in scripts that are
 * regular files. kwalk-crash reads standard input after the script. */
static bool is_all_given(const struct options *options)
{
	if (options->crash && (options->question || !is_input_given()))
		return options->question;
	for (size_t i = 0; i < options->nr_batches; i++)
		if (!options->batches[i].text && !options->batches[i].script.bytes)
			return false;
	return options->nr_batches || options->crash;
}

/* What the commands of -c and -x may ask of the helper: to run a shell command, or to open the file
 * that a word names. The list is made before any file is opened that may be hostile. */
static struct {
	struct grant {
		unsigned int kinds; /* bits of enum outside_kind */
		char *text;
	} * grant;
	size_t nr, room;
	size_t last; /* the grant that was used last; commands use the grants in their order */
	bool like_crash; /* the name of a file is the rest of the line: see cli/redirect.c */
} grants;

static void grant(unsigned int kinds, const char *text)
{
	struct grant one = { kinds, kinds ? strdup(text) : NULL };

	if (one.text && !array_add(&grants.grant, &grants.nr, &grants.room, &one, sizeof(one)))
		free(one.text);
}

static bool grant_option(void *arg, const struct command_option *option, const char *value,
			 const char *second, struct error *err)
{
	(void)arg, (void)second, (void)err;
	if (value)
		grant(word_kind_opens(option->kind), value);
	return true;
}

/* Grants the files that the words of a command name. Modifies the text. Returns the command if its
 * words cannot name files. */
static const struct command *grant_words(char *text)
{
	struct option_reader reader = { .take = grant_option };
	char **words = words_of(text), **rest = words ? words + 1 : NULL;
	const struct command *command = words ? command_find(commands, NULL, *words, NULL) : NULL;
	const bool harmless = command && !command_takes(command, word_kind_is_file);
	const struct command_argument *argument;
	unsigned int kinds = 0;

	if (command && !harmless && options_read(command, &rest, &reader, NULL)) {
		argument = arguments_first(command, reader.seen);
		for (; argument->name; argument = arguments_next(argument))
			kinds |= word_kind_opens(argument->kind);
		for (; *rest; rest++)
			grant(kinds, *rest);
	}
	free(words);
	return harmless ? command : NULL;
}

/* Grants what the commands of a line ask for. Modifies the line. */
static void grant_line(char *line)
{
	/* Most lines of a script have the same command as the previous line. */
	static const struct command *harmless;
	const char *rest = harmless ? after_start(line, harmless->name) : NULL;
	struct command_text part;
	char **file;

	if (rest && *rest == ' ' && !strpbrk(rest, ";|>"))
		return;
	while (command_text_next(&line, &part)) {
		if (part.words)
			harmless = grant_words(part.words);
		if (part.shell)
			grant(1u << OUTSIDE_RUN, part.shell);
		if (part.file && grants.like_crash) {
			part.file += strspn(part.file, " \t\r");
			for (size_t i = strlen(part.file); i && strchr(" \t\r", part.file[i - 1]);)
				part.file[--i] = '\0';
			grant(1u << OUTSIDE_APPEND | 1u << OUTSIDE_NEW, part.file);
			continue;
		}
		file = part.file ? words_of(part.file) : NULL;
		if (file && !file[1])
			grant(1u << (part.append ? OUTSIDE_APPEND : OUTSIDE_NEW), *file);
		free(file);
	}
}

/* Grants what a request asks for. Its commands may consist of several lines. */
static void grant_request(const char *text, size_t size)
{
	char *line = strndup(text, size), *rest = line ? request_command(line) : NULL, *part;

	while ((part = strsep(&rest, "\n")))
		grant_line(part);
	free(line);
}

/* Grants what the lines of a text or script ask for. A NUL ends a line, as it does when the line is
 * run. */
static void grant_lines(const char *text, size_t size)
{
	const char *end = text + size, *next;

	for (; text < end; text = next + 1) {
		char *line;

		next = memchr(text, '\n', (size_t)(end - text)) ?: end;
		line = strndup(text, (size_t)(next - text));
		if (line)
			grant_line(line);
		free(line);
		if (memchr(text, '{', (size_t)(next - text)))
			grant_request(text, (size_t)(next - text));
	}
}

/* Grants what the lines of standard input ask for, if it is a regular file. */
static void grant_input(void)
{
	struct stat status;
	char *text;

	if (fstat(STDIN_FILENO, &status) < 0 || !S_ISREG(status.st_mode) || !status.st_size)
		return;
	text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (text == MAP_FAILED)
		return;
	grant_lines(text, (size_t)status.st_size);
	munmap(text, (size_t)status.st_size);
}

/* Returns true if the word is the path, or, for a dump, the path and a place. */
static bool is_of(enum outside_kind kind, const char *path, const char *word)
{
	const char *rest = after_start(word, path);
	struct raw_place place;

	return rest && (!*rest || (kind == OUTSIDE_DUMP && raw_place_read(rest, &place)));
}

static bool is_granted(enum outside_kind kind, const char *text)
{
	for (size_t i = 0; i < grants.nr; i++) {
		size_t at = (grants.last + i) % grants.nr;

		if (grants.grant[at].kinds >> kind & 1 &&
		    is_of(kind, text, grants.grant[at].text)) {
			grants.last = at;
			return true;
		}
	}
	return false;
}

static bool is_same_file(const struct stat *one, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && one->st_dev == other.st_dev &&
	       one->st_ino == other.st_ino;
}

/* Returns true if the path is a file that the command line names: a dump, vmlinux, script or
 * note. */
static bool is_input(const struct options *options, const char *path)
{
	static const char note[] = "vmcoreinfo=";
	struct stat status, script;
	const char *given;
	bool found = false;

	if (stat(path, &status) < 0)
		return false;
	for (size_t i = 0; i < options->nr_files; i++)
		found = found || is_same_file(&status, options->files[i]);
	for (size_t i = 0; i < options->nr_overrides; i++)
		found = found || ((given = after_start(options->overrides[i], note)) &&
				  is_same_file(&status, given));
	for (size_t i = 0; i < options->nr_batches; i++)
		found = found || (!options->batches[i].text &&
				  fstat(options->batches[i].script.fd, &script) == 0 &&
				  S_ISREG(script.st_mode) && script.st_dev == status.st_dev &&
				  script.st_ino == status.st_ino);
	return found;
}

/* Returns the reason to refuse a request, or NULL if the request is granted. Requests must be
 * checked, because a hostile file may have taken control of the process in the sandbox. */
static const char *refusal(void *arg, enum outside_kind kind, const char *text)
{
	static char overwritten[PATH_MAX + 64];
	const struct options *options = arg;

	if (kind == OUTSIDE_SERVE || kind == OUTSIDE_SETTLE)
		return NULL;
	if (kind == OUTSIDE_RUN && options->gdb)
		return "kwalk runs no shell commands for gdb: use the commands \"shell\" and \"pipe\" of gdb";
	if (options->crash && (kind == OUTSIDE_READ || kind == OUTSIDE_DUMP))
		return "kwalk-crash reads only the files of its command line: use kwalk";
	if (kind != OUTSIDE_RUN && options->no_files)
		return "commands cannot open files (--no-files)";
	if (kind == OUTSIDE_RUN && options->no_shell)
		return options->no_files ? "shell commands are switched off (--no-files)" :
					   "shell commands are switched off (--no-shell)";
	if (kind != OUTSIDE_RUN && kind != OUTSIDE_READ && kind != OUTSIDE_DUMP && options->gdb)
		return "kwalk writes no files for gdb: use \"dump memory\" and \"set logging\" of gdb";
	if (kind == OUTSIDE_RUN && options->may_page && !strcmp(text, pager_command()))
		return NULL;
	if (is_all_given(options) && !is_granted(kind, text))
		return "no command of -c or -x asks for this";
	if (kind != OUTSIDE_RUN && kind != OUTSIDE_READ && kind != OUTSIDE_DUMP &&
	    is_input(options, text)) {
		snprintf(overwritten, sizeof(overwritten),
			 "%s is an input file of the command line, so it is not overwritten", text);
		return overwritten;
	}
	return NULL;
}

static bool serve(void *arg, const char *request, struct outside_answer *answer, struct error *err)
{
	const struct options *options = arg;
	const char *text;

	if ((text = after_start(request, REPL_REQUEST)) && options->has_prompt) {
		/* With --no-shell, lines with shell commands are not kept, because a later session
		 * may read the history and allow shell commands. */
		if (!options->no_shell || !strpbrk(text, "!|"))
			repl_keep(text);
		return true;
	}
	if ((text = after_start(request, DEBUGINFOD_REQUEST)) &&
	    debuginfod_may_ask(options->debuginfod, options->can_ask))
		return debuginfod_serve(options->debuginfod, text, answer, err);
	if ((text = after_start(request, UNPACK_REQUEST)) && options->may_unpack)
		return unpack_serve(options, text, answer, err);
	return fail(err, ERROR_USAGE, "no such service");
}

/* Returns true if a helper is needed. A helper that is not needed is not started, because starting
 * it takes time. */
static bool needs_helper(const struct options *options)
{
	if (!is_all_given(options) || options->may_unpack || options->may_page ||
	    debuginfod_may_ask(options->debuginfod, options->can_ask))
		return true;
	return grants.nr;
}

/* Remembers the access rights of the file, so that files made from a private dump are private, too.
 * If the path is FILE@ADDRESS or FILE:OFFSET@ADDRESS, uses the rights of FILE. */
static void note_rights(const char *path)
{
	struct raw_place place;
	struct stat status;
	size_t length;
	char *part;

	if (running_guest_is_named(path)) {
		/* Only this user may read what is made from the memory of a guest. */
		new_files_made_of(&(struct stat){ .st_mode = S_IRUSR | S_IWUSR });
	} else if (stat(path, &status) == 0) {
		new_files_made_of(&status);
	} else if ((length = raw_place_split(path, &place)) && (part = strndup(path, length))) {
		if (stat(part, &status) == 0)
			new_files_made_of(&status);
		free(part);
	}
}

bool confine_start_helper(const struct options *options)
{
	static struct outside_work work = { .refusal = refusal, .serve = serve };
	struct error err;

	grants.like_crash = options->crash;
	for (size_t i = 0; is_all_given(options) && i < options->nr_batches; i++) {
		const struct batch *batch = &options->batches[i];

		if (batch->text)
			grant_lines(batch->text, strlen(batch->text));
		else
			grant_lines(batch->script.bytes, batch->script.size);
	}
	if (options->crash && is_all_given(options))
		grant_input();
	work.arg = (void *)options;
	if (!needs_helper(options))
		return false;
	for (size_t i = 0; i < options->nr_files; i++)
		note_rights(options->files[i]);
	if (outside_start(&work, &err))
		return true;
	say_warning("kwalk: warning: shell commands cannot be run: %s", err.message);
	return false;
}

/* --- the sandbox --- */

/* Returns true if all required parts of the sandbox are in force. If not, sets err and returns
 * false. */
static bool confine_check(const struct options *options, struct error *err)
{
	if (options->sandbox != SANDBOX_REQUIRE)
		return true;
	for (enum sandbox_part part = 0; part < NR_SANDBOX_PARTS; part++) {
		const char *why = sandbox_lacks(part);

		if (!why)
			continue;
		return fail(err, ERROR_SYSTEM, "--sandbox=require: %s is not available: %s",
			    sandbox_part_name(part), why);
	}
	return true;
}

/* Returns true if a file is the memory of the running machine. Only root may open such a file. */
static bool is_live(const struct options *options)
{
	static const char *const devices[] = { "/proc/kcore", "/dev/mem" };
	struct stat device;

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		for (size_t j = 0; j < options->nr_files; j++)
			if (stat(devices[i], &device) == 0 &&
			    is_same_file(&device, options->files[j]))
				return true;
	return false;
}

bool confine_start(const struct options *options, struct error *err)
{
	if (options->sandbox != SANDBOX_NO)
		sandbox_enter(is_live(options));
	return confine_check(options, err);
}

/* Returns the folder that contains the file. The caller frees the result. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

bool confine_finish(const struct options *options, const struct kernel *kernel, struct error *err)
{
	/* libdw may open further files in these folders when it reads types: for split DWARF, and
	 * for a debug file that has a supplement. */
	static const char usual_folders[] = "/usr/lib/debug:/boot:/lib/modules";
	const char *folders = getenv("KWALK_DEBUG_PATH");
	const struct vmlinux *vmlinux = kernel->vmlinux;
	char *own[2] = { NULL };

	if (options->sandbox == SANDBOX_NO)
		return true;
	if (vmlinux)
		own[0] = folder_of(vmlinux->file.path);
	if (vmlinux && vmlinux->debug)
		own[1] = folder_of(vmlinux->debug->file.path);
	sandbox_narrow((const struct sandbox_paths[]){ { options->files, options->nr_files },
						       { (const char *const *)own, 2 },
						       { NULL, 0 } },
		       folders ? folders : usual_folders,
		       options->has_prompt && !options->no_shell);
	free(own[0]);
	free(own[1]);
	return confine_check(options, err);
}
