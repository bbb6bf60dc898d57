/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/complete.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas/modules.h"
#include "areas/percpu_area.h"
#include "areas/symbol_lookup.h"
#include "base/array.h"
#include "base/text.h"
#include "session/alias.h"
#include "session/symbol_word.h"
#include "tasks/task.h"

enum kind {
	COMMANDS,
	TOPICS, /* of help */
	OPTIONS,
	PROCESSES,
	FORMATS,
	FILES,
	SYMBOLS,
};

struct completion {
	struct session *session;
	enum kind kind;
	char name[32]; /* of the command, as typed */
	const struct command *command; /* or NULL */
	const struct alias *alias; /* its first row, or NULL */
	const char *text;
	bool (*add)(const char *name, void *arg);
	void *arg;
};

/* --- what is wanted --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The last command of the line up to cursor. Not behind the cursor, even if blanks follow,
 * as where it stands in front of these. */
static const char *open_command(const char *line, size_t cursor)
{
	const char *separator = memrchr(line, ';', cursor);
	const char *start = separator ? separator + 1 : line;

	while (start < line + cursor && is_blank(*start))
		start++;
	return start;
}

/* Are the arguments processes? */
static bool begins_with_process(const char *arguments)
{
	return starts_with(arguments + (arguments[0] == '['), "PID");
}

/* previous: the word before, which may be an option with a process as value. */
static bool wants_process(const struct completion *completion,
			  const char *previous)
{
	const struct command *command = completion->command;

	if (completion->alias)
		return begins_with_process(completion->alias->arguments);
	if (!command)
		return false;
	if (starts_with(previous, "-p ") && strstr(command->usage, "-p PID"))
		return true;
	if (starts_with(previous, "-P ") && (strstr(command->usage, "-P P") ||
					     strstr(command->details, "-P P")))
		return true;
	return begins_with_process(command->usage);
}

static bool wants_file(const struct command *command, const char *previous)
{
	return command && command->opens_files &&
	       (command->reads_dumps || strstr(command->usage, "[FILE]") ||
		starts_with(previous, "-r "));
}

static enum kind kind_of_argument(const struct completion *completion,
				  const char *previous)
{
	const struct command *command = completion->command;

	if (wants_process(completion, previous))
		return PROCESSES;
	if (wants_file(command, previous))
		return FILES;
	if (command && !strcmp(command->name, "help"))
		return TOPICS;
	if (command && !strcmp(command->name, "format"))
		return FORMATS;
	return SYMBOLS;
}

static void look_at(struct completion *completion, const char *line,
		    size_t cursor)
{
	const struct session *session = completion->session;
	const char *start = open_command(line, cursor), *end = line + cursor;
	const char *word = end, *previous;

	completion->kind = FILES;
	if (*start == '!' || memchr(start, '|', (size_t)(end - start)) ||
	    memchr(start, '>', (size_t)(end - start)))
		return;
	while (word > start && !is_blank(word[-1]))
		word--;
	completion->kind = COMMANDS;
	if (word == start)
		return;
	snprintf(completion->name, sizeof(completion->name), "%.*s",
		 (int)strcspn(start, " \t"), start);
	completion->alias =
		alias_next(session->aliases, completion->name, NULL);
	completion->command =
		command_find(session->commands, NULL, completion->name, NULL);
	if (completion->command &&
	    !strcmp(completion->command->name, completion->name))
		completion->alias = NULL;
	else if (completion->alias)
		completion->command = NULL;
	previous = word;
	while (previous > start && is_blank(previous[-1]))
		previous--;
	while (previous > start && !is_blank(previous[-1]))
		previous--;
	completion->kind = *word == '-' ?
				   OPTIONS :
				   kind_of_argument(completion, previous);
}

const char *complete_breaks(struct session *session, const char *line,
			    size_t cursor)
{
	struct completion completion = { .session = session };

	look_at(&completion, line, cursor);
	/* Names of processes and files may have a dash. */
	return completion.kind == PROCESSES || completion.kind == FILES ?
		       " \t;|!>" :
		       " \t&+-;|!>";
}

/* --- names --- */

static bool offer(const struct completion *completion, const char *name)
{
	return !starts_with(name, completion->text) ||
	       completion->add(name, completion->arg);
}

static void offer_commands(const struct completion *completion)
{
	const struct session *session = completion->session;
	const struct alias *alias = session->aliases;

	for (const struct command *const *at = session->commands; *at; at++)
		offer(completion, (*at)->name);
	for (; alias && alias->name; alias++)
		if (alias_next(session->aliases, alias->name, NULL) == alias &&
		    (alias->runs || completion->kind == TOPICS))
			offer(completion, alias->name);
	if (completion->kind == TOPICS)
		offer(completion, "crash");
}

/* Each "-x" behind a blank, '[' or '|' of the line. */
static void offer_options_in(const struct completion *completion,
			     const char *line)
{
	const char *end = strchrnul(line, '\n');

	for (const char *at = line + 1; at < end; at++) {
		char option[16];
		size_t length = 0;

		if (*at != '-' || !strchr(" [|", at[-1]))
			continue;
		while (isalnum((unsigned char)at[1 + length]))
			length++;
		snprintf(option, sizeof(option), "%.*s", (int)length, at + 1);
		if (length && length < sizeof(option))
			offer(completion, option);
	}
}

static void offer_options(const struct completion *completion)
{
	const struct alias *row = NULL;
	const char *line;

	while ((row = alias_next(completion->session->aliases, completion->name,
				 row)))
		if (*row->option && row->runs)
			offer(completion, row->option + 1);
	if (!completion->command)
		return;
	if (*completion->command->usage)
		offer_options_in(completion, completion->command->usage);
	line = completion->command->details;
	while (line && (line = strstr(line, "\n  -")))
		offer_options_in(completion, ++line);
}

static void offer_processes(const struct completion *completion)
{
	const struct task_list *list =
		kernel_tasks(completion->session->kernel, NULL);
	char pid[16];

	for (size_t i = 0; list && i < list->nr; i++) {
		snprintf(pid, sizeof(pid), "%" PRId32, list->task[i].pid);
		offer(completion, pid);
		offer(completion, list->task[i].comm);
	}
	if (completion->command && !strcmp(completion->command->name, "set"))
		offer(completion, "none");
}

/* --- symbols --- */

struct module_names {
	char (*name)[64];
	size_t nr, room;
};

static bool note_module(struct kernel *kernel,
			const struct listed_module *module, void *arg)
{
	struct module_names *modules = arg;

	(void)kernel;
	return array_add(&modules->name, &modules->nr, &modules->room,
			 module->name, sizeof(*modules->name));
}

struct module_symbols {
	const struct completion *completion;
	const char *module; /* NULL: the names alone are wanted */
};

static bool offer_module_symbol(const struct kernel_symbol *symbol, void *arg)
{
	const struct module_symbols *symbols = arg;
	char word[SYMBOL_NAME_MAX + 64];

	if (!symbols->module)
		return offer(symbols->completion, symbol->name);
	snprintf(word, sizeof(word), "%s:%s", symbols->module, symbol->name);
	return offer(symbols->completion, word);
}

/* The symbols of all modules, and the modules that may stand before these. */
static void offer_modules(const struct completion *completion)
{
	struct kernel *kernel = completion->session->kernel;
	struct module_symbols symbols = { .completion = completion };
	struct module_names modules = { 0 };
	char word[sizeof(*modules.name) + 1];

	kernel_each_module(kernel, note_module, &modules, NULL);
	for (size_t i = 0; i < modules.nr && !kernel_stopped(kernel); i++) {
		modules.name[i][sizeof(*modules.name) - 1] = '\0';
		snprintf(word, sizeof(word), "%s:", modules.name[i]);
		offer(completion, word);
		kernel_symbols(kernel, NULL, modules.name[i],
			       offer_module_symbol, &symbols);
	}
	free(modules.name);
}

struct first_symbol {
	bool found;
	struct kernel_symbol symbol;
};

static bool take_first(const struct kernel_symbol *symbol, void *arg)
{
	struct first_symbol *first = arg;

	first->symbol = *symbol;
	first->found = true;
	return false;
}

/* The copies of a per-CPU variable. */
static void offer_cpus(const struct completion *completion, const char *name)
{
	struct kernel *kernel = completion->session->kernel;
	struct first_symbol first = { .found = false };
	char word[SYMBOL_NAME_MAX + 16];
	unsigned int cpu = 0;

	kernel_symbols(kernel, name, NULL, take_first, &first);
	if (!first.found || !kernel_symbol_is_percpu(kernel, &first.symbol))
		return;
	for (; kernel_percpu_next(kernel, &cpu); cpu++) {
		snprintf(word, sizeof(word), "%s:%u", name, cpu);
		offer(completion, word);
	}
	snprintf(word, sizeof(word), "%s:all", name);
	offer(completion, word);
}

static void offer_symbols(const struct completion *completion)
{
	struct kernel *kernel = completion->session->kernel;
	struct module_symbols symbols = { .completion = completion };
	const char *colon = strchr(completion->text, ':');
	char name[SYMBOL_NAME_MAX];

	if (!*completion->text)
		return;
	if (!colon) {
		kernel_symbols_complete(kernel, completion->text,
					completion->add, completion->arg);
		offer_modules(completion);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(colon - completion->text),
		 completion->text);
	symbols.module = name;
	kernel_symbols(kernel, NULL, name, offer_module_symbol, &symbols);
	offer_cpus(completion, name);
}

bool complete_word(struct session *session, const char *line, size_t start,
		   const char *text, bool (*add)(const char *name, void *arg),
		   void *arg)
{
	struct completion completion = {
		.session = session, .text = text, .add = add, .arg = arg
	};

	look_at(&completion, line, start);
	switch (completion.kind) {
	case COMMANDS:
	case TOPICS:
		offer_commands(&completion);
		break;
	case OPTIONS:
		offer_options(&completion);
		break;
	case PROCESSES:
		offer_processes(&completion);
		break;
	case FORMATS:
		offer(&completion, "text");
		offer(&completion, "json");
		offer(&completion, "csv");
		break;
	case SYMBOLS:
		offer_symbols(&completion);
		break;
	case FILES:
		return false;
	}
	return true;
}
