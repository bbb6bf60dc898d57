/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/complete.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/module/modules.h"
#include "linux/percpu_area.h"
#include "listing/listing.h"
#include "symbols/symbol_lookup.h"
#include "base/array.h"
#include "base/text.h"
#include "cli/alias.h"
#include "cli/column.h"
#include "value/symbol_word.h"
#include "value/value.h"
#include "linux/task/task.h"

struct completion {
	struct session *session;
	enum { NAMES, OPTIONS, WORDS, FILES } wanted;
	uint32_t kinds; /* the kinds of words that can be at the cursor, as bits */
	const struct choices *choices[4]; /* further words that can be at the cursor */
	size_t nr_choices;
	char name[32]; /* name of the command, as typed */
	const struct command *command; /* the command with this name, or NULL */
	const struct alias *alias; /* the first alias with this name, or NULL */
	const char *text;
	bool (*add)(const char *name);
	bool added;
};

/* --- kinds of words --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Returns the start of the last command before the cursor. Blanks before this command are skipped,
 * but only up to the cursor. */
static const char *open_command(const char *line, size_t cursor)
{
	const char *separator = memrchr(line, ';', cursor);
	const char *start = separator ? separator + 1 : line;

	while (start < line + cursor && is_blank(*start))
		start++;
	return start;
}

/* Is the cursor after a '|' or '>' that ends a command? Those in parentheses, and "->", are operators. */
static bool is_redirected(const char *start, const char *end)
{
	unsigned int depth = 0;

	for (const char *at = start; at < end; at++) {
		depth += *at == '(';
		depth -= *at == ')' && depth;
		if (!depth && (*at == '|' || (*at == '>' && (at == start || at[-1] != '-'))))
			return true;
	}
	return false;
}

static void complete_want(struct completion *completion, enum word_kind kind,
			  const struct choices *choices)
{
	const size_t room = sizeof(completion->choices) / sizeof(*completion->choices);

	completion->kinds |= 1u << kind;
	if (choices && completion->nr_choices < room)
		completion->choices[completion->nr_choices++] = choices;
}

/* Adds the kinds of words that can follow nr arguments. */
static void want_argument(struct completion *completion, uint32_t seen, unsigned int nr)
{
	const struct command_argument *argument = arguments_first(completion->command, seen);

	for (; argument->name; argument = arguments_next(argument)) {
		if (nr >= argument->most) {
			nr -= argument->most;
			continue;
		}
		complete_want(completion, argument->kind, argument->choices);
		if (nr < argument->least)
			return;
		nr = 0;
	}
}

/* Adds the kinds of words that can follow the command's words, which are the text from `at` up to
 * `end`. */
static void want_next(struct completion *completion, const char *at, const char *end)
{
	const struct command_option *pending = NULL;
	unsigned int nr = 0, left = 0;
	uint32_t seen = 0;

	while (at < end) {
		size_t length = strcspn(at, " \t");
		char word[64];

		snprintf(word, sizeof(word), "%.*s", (int)length, at);
		at += length;
		at += strspn(at, " \t");
		if (left) {
			left--;
		} else if (word[0] == '-' && word[1]) {
			pending = option_before_value(completion->command, word, &seen);
			left = pending ? 1 + (pending->second != NULL) : 0;
		} else {
			nr++;
		}
	}
	if (left)
		complete_want(completion, pending->kind, pending->choices);
	else
		want_argument(completion, seen, nr);
}

/* If the name is complete, finds the command or alias with this name. */
static void look_at_name(struct completion *completion, const char *start)
{
	const struct session *session = completion->session;

	snprintf(completion->name, sizeof(completion->name), "%.*s", (int)strcspn(start, " \t"),
		 start);
	completion->alias = alias_next(session->front.aliases, completion->name, NULL);
	completion->command = command_find(session->front.commands, NULL, completion->name, NULL);
	if (completion->command && !strcmp(completion->command->name, completion->name))
		completion->alias = NULL;
	else if (completion->alias)
		completion->command = NULL;
}

static void look_at(struct completion *completion, const char *line, size_t cursor)
{
	const char *start = open_command(line, cursor), *end = line + cursor;
	const char *word = end, *arguments;

	completion->wanted = FILES;
	if (*start == '!' || is_redirected(start, end))
		return;
	while (word > start && !is_blank(word[-1]))
		word--;
	completion->wanted = NAMES;
	if (word == start)
		return;
	look_at_name(completion, start);
	completion->wanted = *word == '-' ? OPTIONS : WORDS;
	arguments = start + strcspn(start, " \t");
	arguments += strspn(arguments, " \t");
	if (completion->command)
		want_next(completion, arguments, word);
	else if (completion->alias && completion->alias->kind)
		complete_want(completion, completion->alias->kind, NULL);
	else
		complete_want(completion, WORD_ADDRESS, NULL);
	if (completion->kinds & 1u << WORD_COLUMNS)
		completion->wanted = WORDS; /* -K takes "-COLUMN" */
}

static bool wants(const struct completion *completion, enum word_kind kind)
{
	return completion->wanted == WORDS && completion->kinds >> kind & 1;
}

static bool wants_file(const struct completion *completion)
{
	for (enum word_kind kind = 0; kind < NR_WORD_KINDS; kind++)
		if (wants(completion, kind) && word_kind_is_file(kind))
			return true;
	return completion->wanted == FILES;
}

const char *complete_breaks(struct session *session, const char *line, size_t cursor)
{
	struct completion completion = { .session = session };

	look_at(&completion, line, cursor);
	/* A dash does not separate words if the word can be an option, or the name of a process or
	 * file, because these may contain a dash. */
	return completion.wanted == OPTIONS || wants(&completion, WORD_PROCESS) ||
			       wants_file(&completion) ?
		       " \t;|!>" :
		       " \t&+-;|!>(*[,";
}

/* --- names --- */

static bool offer(struct completion *completion, const char *name)
{
	if (!starts_with(name, completion->text))
		return true;
	completion->added = true;
	return completion->add(name);
}

static void offer_commands(struct completion *completion)
{
	const struct session *session = completion->session;
	const struct alias *alias = session->front.aliases;

	for (const struct command *const *at = session->front.commands; *at; at++)
		offer(completion, (*at)->name);
	for (; alias && alias->name; alias++)
		if (alias_next(session->front.aliases, alias->name, NULL) == alias &&
		    (alias->runs || completion->wanted == WORDS))
			offer(completion, alias->name);
}

static void offer_choices(struct completion *completion, const struct choices *choices)
{
	for (unsigned int i = 0; i < choices->nr; i++)
		offer(completion, choices->name[i]);
}

static void offer_table(struct completion *completion, const struct command_option *option)
{
	char name[32];

	for (; option && option->name; option++) {
		snprintf(name, sizeof(name), "-%s", option->name);
		offer(completion, name);
	}
}

static void offer_options(struct completion *completion)
{
	const struct alias *row = NULL;

	while ((row = alias_next(completion->session->front.aliases, completion->name, row)))
		if (*row->option && row->runs)
			offer(completion, row->option);
	if (!completion->command)
		return;
	offer_table(completion, completion->command->options);
	offer_table(completion, shared_options(completion->command));
}

static void offer_columns(struct completion *completion)
{
	const struct column_text *column = NULL;

	while ((column = column_next(completion->command->name, column)))
		offer(completion, column->name);
}

static void offer_processes(struct completion *completion)
{
	const struct task_list *list = task_all(completion->session->kernel, NULL);
	char pid[16];

	for (size_t i = 0; list && i < list->nr; i++) {
		snprintf(pid, sizeof(pid), "%" PRId32, list->task[i].pid);
		offer(completion, pid);
		offer(completion, list->task[i].comm);
	}
}

/* --- symbols --- */

struct module_names {
	char (*name)[64];
	size_t nr, room;
};

static bool note_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct module_names *modules = arg;

	(void)kernel;
	return array_add(&modules->name, &modules->nr, &modules->room, module->name,
			 sizeof(*modules->name));
}

struct module_symbols {
	struct completion *completion;
	const char *module; /* NULL: offer only the names of modules */
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

/* Returns the names of all modules. The caller frees them. */
static struct module_names module_names(struct kernel *kernel)
{
	struct module_names modules = { 0 };

	module_each(kernel, note_module, &modules, NULL);
	for (size_t i = 0; i < modules.nr; i++)
		modules.name[i][sizeof(*modules.name) - 1] = '\0';
	return modules;
}

static void offer_listings(struct completion *completion)
{
	struct listings *listings = completion->session->front.listings;
	struct error err;

	if (listings)
		listings_start(listings, &err);
	for (size_t i = 0; listings && i < listings->nr; i++)
		offer(completion, listings->listing[i].name);
}

static void offer_modules(struct completion *completion)
{
	struct module_names modules = module_names(completion->session->kernel);

	for (size_t i = 0; i < modules.nr; i++)
		offer(completion, modules.name[i]);
	free(modules.name);
}

/* Offers the symbols and the names of all modules. A name of a module can be followed by a symbol
 * of that module. */
static void offer_symbols_of_modules(struct completion *completion)
{
	struct kernel *kernel = completion->session->kernel;
	struct module_symbols symbols = { .completion = completion };
	struct module_names modules = module_names(kernel);
	char word[sizeof(*modules.name) + 1];

	for (size_t i = 0; i < modules.nr && !kernel_stopped(kernel); i++) {
		snprintf(word, sizeof(word), "%s:", modules.name[i]);
		offer(completion, word);
		symbol_lookup_all(kernel->symbols, NULL, NULL, modules.name[i], offer_module_symbol,
				  &symbols);
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

/* Offers the copies of a per-CPU variable. */
static void offer_cpus(struct completion *completion, const char *name)
{
	struct kernel *kernel = completion->session->kernel;
	struct first_symbol first = { .found = false };
	char word[SYMBOL_NAME_MAX + 16];
	unsigned int cpu = 0;

	symbol_lookup_all(kernel->symbols, name, NULL, NULL, take_first, &first);
	if (!first.found || !percpu_has_symbol(kernel, &first.symbol))
		return;
	for (; percpu_next(kernel, &cpu); cpu++) {
		snprintf(word, sizeof(word), "%s:%u", name, cpu);
		offer(completion, word);
	}
	snprintf(word, sizeof(word), "%s:all", name);
	offer(completion, word);
}

static bool offer_name(const char *name, void *arg)
{
	return offer(arg, name);
}

static void offer_symbols(struct completion *completion)
{
	struct kernel *kernel = completion->session->kernel;
	struct module_symbols symbols = { .completion = completion };
	const char *colon = strchr(completion->text, ':');
	char name[SYMBOL_NAME_MAX];

	if (!*completion->text)
		return;
	if (!colon) {
		kernel_symbols_complete(kernel, completion->text, offer_name, completion);
		offer_symbols_of_modules(completion);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(colon - completion->text), completion->text);
	symbols.module = name;
	symbol_lookup_all(kernel->symbols, NULL, NULL, name, offer_module_symbol, &symbols);
	offer_cpus(completion, name);
}

/* --- types --- */

struct type_names {
	struct completion *completion;
	char keyword[8]; /* "struct ", "union " or "enum "; "": all types are offered */
};

static bool offer_type(const char *keyword, const char *name, void *arg)
{
	const struct type_names *names = arg;

	if (!*names->keyword || !strcmp(keyword, names->keyword))
		offer(names->completion, name);
	return !kernel_stopped(names->completion->session->kernel);
}

/* Copies the keyword before the word at `start`. Without one, keyword becomes "". */
static void keyword_before(const char *line, const char *start, char keyword[8])
{
	const char *end = start, *at;

	while (end > line && is_blank(end[-1]))
		end--;
	for (at = end; at > line && isalpha((unsigned char)at[-1]);)
		at--;
	snprintf(keyword, 8, "%.*s", (int)(end - at), at);
	if (end == start || !text_list_has("struct union enum", keyword))
		keyword[0] = '\0';
	else
		strcat(keyword, " ");
}

/* Offers the names of types, after a keyword also in expressions. The command struct has all types. */
static void offer_types(struct completion *completion, const char *line, size_t start)
{
	struct type_names names = { completion, "" };
	const char *command = open_command(line, start);
	bool at_word = start && is_blank(line[start - 1]);
	bool is_pointer =
		completion->wanted == NAMES && command + 1 == line + start && *command == '*';
	bool is_type = wants(completion, WORD_TYPE) && at_word;

	if (completion->wanted == WORDS)
		keyword_before(line, line + start, names.keyword);
	if (is_type && !strcmp(names.keyword, "struct "))
		names.keyword[0] = '\0';
	if (*completion->text &&
	    (*names.keyword || is_pointer || is_type || (wants(completion, WORD_MEANT) && at_word)))
		value_each_type(completion->session->kernel, offer_type, &names);
}

/* --- members --- */

struct member_names {
	struct completion *completion;
	const char *before; /* the part of the word before the member */
	int length;
};

static bool offer_member(const char *name, void *arg)
{
	const struct member_names *names = arg;
	char word[256];

	if ((size_t)snprintf(word, sizeof(word), "%.*s%s", names->length, names->before, name) <
	    sizeof(word))
		offer(names->completion, word);
	return !kernel_stopped(names->completion->session->kernel);
}

/* Returns the start of the expression that ends at the cursor. What is in parentheses or brackets
 * belongs to it. */
static const char *expression_start(const char *line, const char *at)
{
	unsigned int depth = 0;

	for (; at > line; at--) {
		depth += at[-1] == ')' || at[-1] == ']';
		if (depth ? at[-1] == ';' : strchr(" \t([&*+/%|^~!;=", at[-1]) != NULL)
			break;
		if (!depth && at[-1] == '-' && *at != '>')
			break;
		depth -= depth && (at[-1] == '(' || at[-1] == '[');
	}
	return at;
}

/* Finds the struct in "TYPE.PATH", where only types are possible. */
static bool type_of_path(struct kernel *kernel, const char *path, struct ctype *type)
{
	const size_t length = strcspn(path, ".");
	struct ctype_member member;
	char name[256];

	snprintf(name, sizeof(name), "%.*s", (int)length, path);
	if (length >= sizeof(name) || !value_type(kernel, name, type, NULL))
		return false;
	if (!path[length])
		return true;
	if (!ctype_path(type, path + length + 1, strlen(path + length + 1), &member))
		return false;
	*type = member.type;
	return true;
}

/* Finds the struct whose member is at the cursor, in TYPE.MEMBER,MEMBER or in an expression. */
static bool struct_before(struct completion *completion, char *before, bool after_comma,
			  struct ctype *type)
{
	const struct value_memory memory = { .kernel = completion->session->kernel };
	char *comma = strrchr(before, ',');
	struct ctype_facts facts;
	struct value value;

	if (completion->wanted == NAMES || wants(completion, WORD_TYPE) ||
	    wants(completion, WORD_MEANT)) {
		/* After a comma, the path starts at the type again. */
		if (after_comma)
			before[strcspn(before, ".")] = '\0';
		else if (comma)
			memmove(before + strcspn(before, ".") + 1, comma + 1, strlen(comma));
		if (type_of_path(memory.kernel, before, type))
			return true;
		if (completion->wanted == NAMES)
			return false;
	}
	if (!value_expression(&memory, before, &value, NULL))
		return false;
	facts = ctype_describe(&value.type);
	*type = facts.kind == CTYPE_POINTER ? facts.target : value.type;
	return true;
}

/* Offers the members after the last "." , "->" or "," before the cursor. */
static void offer_members(struct completion *completion, const char *line, size_t start)
{
	const char *end = line + start + strlen(completion->text), *at = end, *from;
	struct member_names names = { .completion = completion, .before = completion->text };
	struct ctype type;
	char before[512];

	while (at > line && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
		at--;
	if (at == line ||
	    (!strchr(".,", at[-1]) && (at[-1] != '>' || at - line < 2 || at[-2] != '-')))
		return;
	from = expression_start(line, at - 1);
	if (at > line + start)
		names.length = (int)(at - (line + start));
	if ((size_t)(at - from) >= sizeof(before))
		return;
	snprintf(before, sizeof(before), "%.*s", (int)(at - from - (at[-1] == '>' ? 2 : 1)), from);
	if (struct_before(completion, before, at[-1] == ',', &type))
		ctype_each_name(&type, offer_member, &names);
}

bool complete_word(struct session *session, const char *line, size_t start, const char *text,
		   bool (*add)(const char *name))
{
	struct completion completion = { .session = session, .text = text, .add = add };

	look_at(&completion, line, start);
	if (completion.wanted == OPTIONS)
		offer_options(&completion);
	if (completion.wanted == NAMES || wants(&completion, WORD_COMMAND))
		offer_commands(&completion);
	for (size_t i = 0; i < completion.nr_choices; i++)
		if (completion.wanted == WORDS)
			offer_choices(&completion, completion.choices[i]);
	if (wants(&completion, WORD_PROCESS))
		offer_processes(&completion);
	if (wants(&completion, WORD_LISTING))
		offer_listings(&completion);
	if (wants(&completion, WORD_COLUMNS))
		offer_columns(&completion);
	if (wants(&completion, WORD_MODULE))
		offer_modules(&completion);
	if (wants(&completion, WORD_ADDRESS) || wants(&completion, WORD_SYMBOL) ||
	    wants(&completion, WORD_VALUE) || wants(&completion, WORD_MEANT))
		offer_symbols(&completion);
	if (completion.wanted == NAMES || completion.wanted == WORDS) {
		offer_types(&completion, line, start);
		offer_members(&completion, line, start);
	}
	return completion.added || !wants_file(&completion);
}
