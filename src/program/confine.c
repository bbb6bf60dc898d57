/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/confine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* Returns true if all commands are known from the start: they are in -c, or in scripts that are
 * regular files. */
static bool is_all_given(const struct options *options)
{
	for (size_t i = 0; i < options->nr_batches; i++)
		if (!options->batches[i].text && !options->batches[i].script.bytes)
			return false;
	return options->nr_batches;
}

struct confine_place {
	size_t batch, offset;
};

/* Returns the next line of all commands and scripts, which the caller frees. Returns NULL if there
 * are no more lines. A NUL ends a line here, because it also ends the line when the line is run. */
static char *confine_next_line(const struct options *options, struct confine_place *place)
{
	for (; place->batch < options->nr_batches; place->batch++) {
		const struct batch *batch = &options->batches[place->batch];
		const char *text = batch->text ?: batch->script.bytes;
		size_t size = batch->text ? strlen(text) : batch->script.size;
		const char *start = text + place->offset, *end;

		if (place->offset < size) {
			end = memchr(start, '\n', size - place->offset);
			end = end ?: text + size;
			place->offset += (size_t)(end - start) + 1;
			return strndup(start, (size_t)(end - start));
		}
		place->offset = 0;
	}
	return NULL;
}

/* Splits a text into words, and modifies the text. Returns an array of the words, which the caller
 * frees. Returns NULL if there are no words. */
static char **split(char *text)
{
	char **words = calloc((size_t)words_bound(text) + 1, sizeof(*words));

	if (words && words_split(text, words) > 0)
		return words;
	free(words);
	return NULL;
}

/* A file that the helper is requested to open. */
struct wanted_file {
	enum outside_kind how;
	const char *path;
	bool found; /* a word of a command is the name of this file */
};

/* Returns true if word is the path of the file, or, for a dump, its path and a place. */
static bool is_of(const struct wanted_file *file, const char *word)
{
	size_t size = strlen(file->path);
	struct raw_place place;

	return strncmp(word, file->path, size) == 0 &&
	       (!word[size] || (file->how == OUTSIDE_DUMP && raw_place_read(word + size, &place)));
}

static bool take_option(void *arg, const struct command_option *option, const char *value,
			const char *second, struct error *err)
{
	struct wanted_file *file = arg;

	(void)second, (void)err;
	if (value && word_kind_opens(option->kind, file->how) && is_of(file, value))
		file->found = true;
	return true;
}

static bool may_be_argument(const struct command *command, uint32_t seen, enum outside_kind how)
{
	const struct command_argument *argument = arguments_first(command, seen);

	for (; argument->name; argument = arguments_next(argument))
		if (word_kind_opens(argument->kind, how))
			return true;
	return false;
}

/* Returns true if a word of the command in text names the file, and the command opens the file that
 * this word names in the way `how`. Modifies the text. */
static bool has_word(char *text, enum outside_kind how, const char *path)
{
	struct wanted_file file = { .how = how, .path = path };
	struct option_reader reader = { .take = take_option, .arg = &file };
	char **words = split(text), **rest = words ? words + 1 : NULL;
	const struct command *command = words ? command_find(commands, NULL, *words, NULL) : NULL;

	if (command && options_read(command, &rest, &reader, NULL) &&
	    may_be_argument(command, reader.seen, how))
		for (; *rest && !file.found; rest++)
			file.found = is_of(&file, *rest);
	free(words);
	return file.found;
}

/* Returns true if the command writes its answers to the file. kind: OUTSIDE_APPEND for ">>", or
 * OUTSIDE_NEW for ">". */
static bool goes_to(const struct command_text *part, enum outside_kind kind, const char *path)
{
	char **words;
	bool found;

	if (!part->file || kind != (part->append ? OUTSIDE_APPEND : OUTSIDE_NEW))
		return false;
	words = split(part->file);
	found = words && !words[1] && !strcmp(*words, path);
	free(words);
	return found;
}

/* Returns true if a command of the line contains `what`: a shell command, or the name of a file.
 * Modifies the line. */
static bool names(char *line, enum outside_kind kind, const char *what)
{
	struct command_text part;
	bool found = false;

	while (!found && command_text_next(&line, &part))
		found = kind == OUTSIDE_RUN ?
				part.shell && !strcmp(part.shell, what) :
				goes_to(&part, kind, what) ||
					(part.words && has_word(part.words, kind, what));
	return found;
}

/* Like names(), for a line of a script. If the line is a request, its commands may consist of
 * several lines. */
static bool line_names(char *line, enum outside_kind kind, const char *what)
{
	char *copy = strdup(line), *rest;
	bool found = copy && names(copy, kind, what);

	free(copy);
	rest = found ? NULL : request_command(line);
	while (!found && (line = strsep(&rest, "\n")))
		found = names(line, kind, what);
	return found;
}

/* Returns true if a command or script contains `what`. Commands run in order, so the search begins
 * at the line that contained the previous request: the next request usually comes from the same
 * line or a line soon after it. */
static bool confine_is_named(const struct options *options, enum outside_kind kind,
			     const char *what)
{
	static struct confine_place last;
	struct confine_place at = last, before;
	bool found = false, again = false;
	char *line;

	while (!found) {
		before = at;
		line = confine_next_line(options, &at);
		if (!line && again)
			return false;
		if (line)
			found = line_names(line, kind, what);
		else
			again = true, at = (struct confine_place){ 0 };
		free(line);
	}
	last = before;
	return true;
}

static bool confine_is_same(const struct stat *one, const char *path)
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
		found = found || confine_is_same(&status, options->files[i]);
	for (size_t i = 0; i < options->nr_overrides; i++)
		found = found || ((given = after_start(options->overrides[i], note)) &&
				  confine_is_same(&status, given));
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
	if (kind != OUTSIDE_RUN && options->no_files)
		return "commands cannot open files (--no-files)";
	if (kind == OUTSIDE_RUN && options->no_shell)
		return options->no_files ? "shell commands are switched off (--no-files)" :
					   "shell commands are switched off (--no-shell)";
	if (kind != OUTSIDE_RUN && kind != OUTSIDE_READ && kind != OUTSIDE_DUMP && options->gdb)
		return "kwalk writes no files for gdb: use \"dump memory\" and \"set logging\" of gdb";
	if (kind == OUTSIDE_RUN && options_may_page(options) && !strcmp(text, pager_command()))
		return NULL;
	if (is_all_given(options) && !confine_is_named(options, kind, text))
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

	if ((text = after_start(request, REPL_REQUEST)) && options_have_prompt(options)) {
		/* With --no-shell, lines with shell commands are not kept, because a later session
		 * may read the history and allow shell commands. */
		if (!options->no_shell || !strpbrk(text, "!|"))
			repl_keep(text);
		return true;
	}
	if ((text = after_start(request, DEBUGINFOD_REQUEST)) &&
	    debuginfod_may_ask(options->debuginfod, options_can_ask(options)))
		return debuginfod_serve(options->debuginfod, text, answer, err);
	if ((text = after_start(request, UNPACK_REQUEST)) && unpack_may(options))
		return unpack_serve(options, text, answer, err);
	return fail(err, ERROR_USAGE, "no such service");
}

static bool confine_take_file(void *arg, const struct command_option *option, const char *value,
			      const char *second, struct error *err)
{
	(void)value, (void)second, (void)err;
	*(bool *)arg |= word_kind_is_file(option->kind);
	return true;
}

/* Returns true if a word of the command names a file. Modifies the text. If no word of such a
 * command can name a file, *harmless becomes the command. */
static bool opens_file(char *text, const struct command **harmless)
{
	bool found = false;
	struct option_reader reader = { .take = confine_take_file, .arg = &found };
	char **words = split(text), **rest = words ? words + 1 : NULL;
	const struct command *command = words ? command_find(commands, NULL, *words, NULL) : NULL;
	const struct command_argument *argument;

	if (command && !command_takes(command, word_kind_is_file))
		*harmless = command;
	else if (command && options_read(command, &rest, &reader, NULL) && *rest) {
		argument = arguments_first(command, reader.seen);
		for (; argument->name; argument = arguments_next(argument))
			found |= word_kind_is_file(argument->kind);
	}
	free(words);
	return found;
}

/* Returns true if a command of the line opens a file. Modifies the line. Most lines of a script
 * have the same command as the previous line. */
static bool opens_files(char *line, const struct command **harmless)
{
	const char *rest = *harmless ? after_start(line, (*harmless)->name) : NULL;
	struct command_text part;
	bool found = false;

	if (rest && *rest == ' ' && !strchr(rest, ';'))
		return false;
	while (!found && command_text_next(&line, &part))
		found = part.words && opens_file(part.words, harmless);
	return found;
}

/* Returns true if a helper is needed. A helper that is not needed is not started, because starting
 * it takes time. */
static bool needs_helper(const struct options *options)
{
	struct confine_place at = { 0 };
	const struct command *harmless = NULL;
	bool found = false;
	char *line;

	if (!is_all_given(options) || unpack_may(options) || options_may_page(options) ||
	    debuginfod_may_ask(options->debuginfod, options_can_ask(options)))
		return true;
	while (!found && (line = confine_next_line(options, &at))) {
		found = strpbrk(line, "!|>{") || opens_files(line, &harmless);
		free(line);
	}
	return found;
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

void confine_start_helper(const struct options *options)
{
	static struct outside_work work = { .refusal = refusal, .serve = serve };
	struct error err;

	for (size_t i = 0; i < options->nr_files; i++)
		note_rights(options->files[i]);
	work.arg = (void *)options;
	if (needs_helper(options) && !outside_start(&work, &err))
		say_warning("kwalk: warning: shell commands cannot be run: %s", err.message);
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
			    confine_is_same(&device, options->files[j]))
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
		       options_have_prompt(options) && !options->no_shell);
	free(own[0]);
	free(own[1]);
	return confine_check(options, err);
}
