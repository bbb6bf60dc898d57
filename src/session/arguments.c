/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/arguments.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "areas/symbol_lookup.h"
#include "base/text.h"
#include "session/command.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool has_hex_prefix(const char *text, const char *end)
{
	return end - text > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
}

enum number { NUMBER, NO_NUMBER, TOO_LARGE };

static enum number read_digits(const char *at, const char *end, int base,
			       uint64_t *value)
{
	enum number result = at < end ? NUMBER : NO_NUMBER;

	*value = 0;
	for (; at < end; at++) {
		int digit = digit_value(*at);

		if (digit < 0 || digit >= base)
			return NO_NUMBER;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			result = TOO_LARGE;
	}
	return result;
}

static enum number read_hex(const char *at, const char *end, uint64_t *value)
{
	return read_digits(has_hex_prefix(at, end) ? at + 2 : at, end, 16,
			   value);
}

static bool too_large(struct error *err)
{
	return fail(err, ERROR_USAGE, "the number does not fit in 64 bits");
}

static bool accept(enum number number, const char *otherwise, struct error *err)
{
	if (number == TOO_LARGE)
		return too_large(err);
	return number == NUMBER || fail(err, ERROR_USAGE, "%s", otherwise);
}

/* No number or sum begins so. */
static bool refuse_option(const char *text, struct error *err)
{
	return text[0] != '-' || !isalpha((unsigned char)text[1]) ||
	       fail(err, ERROR_USAGE,
		    "an option must come before the arguments");
}

bool parse_hex(const char *text, uint64_t *value, struct error *err)
{
	if (!refuse_option(text, err))
		return false;
	return accept(read_hex(text, text + strlen(text), value),
		      "not a hexadecimal number", err);
}

bool parse_count(const char *text, uint64_t *value, struct error *err)
{
	const char *end = text + strlen(text);

	return accept(has_hex_prefix(text, end) ?
			      read_hex(text, end, value) :
			      read_digits(text, end, 10, value),
		      "not a number (decimal, or hexadecimal with 0x)", err);
}

static bool symbol_value(const char *name, size_t length,
			 const struct symbol_source *symbols, uint64_t *value,
			 struct error *err)
{
	char copy[SYMBOL_NAME_MAX];

	if (length >= sizeof(copy))
		return fail(err, ERROR_USAGE,
			    "symbol names are shorter than %d bytes",
			    SYMBOL_NAME_MAX);
	memcpy(copy, name, length);
	copy[length] = '\0';
	return symbols->find(symbols->arg, copy, value, err);
}

/* One number or symbol, [at, end). */
static bool term_value(const char *at, const char *end,
		       const struct symbol_source *symbols, uint64_t *value,
		       struct error *err)
{
	bool forced = at < end && *at == '&';
	enum number number;

	if (forced)
		at++;
	if (at == end)
		return fail(err, ERROR_USAGE,
			    forced ? "a symbol must follow &" :
				     "a number or symbol is missing");
	number = forced ? NO_NUMBER : read_hex(at, end, value);
	if (number == NUMBER)
		return true;
	if (number == TOO_LARGE)
		return too_large(err);
	if (*at >= '0' && *at <= '9')
		return fail(err, ERROR_USAGE,
			    "neither a hexadecimal number nor a symbol: %.*s",
			    (int)(end - at), at);
	return symbol_value(at, end - at, symbols, value, err);
}

static const char *term_end(const char *at)
{
	while (*at && *at != '+' && *at != '-' && *at != ' ' && *at != '\t')
		at++;
	return at;
}

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

bool parse_expression(const char *text, const struct symbol_source *symbols,
		      uint64_t *address, struct error *err)
{
	const char *at = skip_blanks(text);
	bool minus = false;

	*address = 0;
	if (!refuse_option(at, err))
		return false;
	for (;;) {
		const char *end = term_end(at);
		uint64_t value;

		if (!term_value(at, end, symbols, &value, err))
			return false;
		if (minus && __builtin_sub_overflow(*address, value, address))
			return fail(err, ERROR_USAGE,
				    "the difference is negative");
		if (!minus && __builtin_add_overflow(*address, value, address))
			return fail(err, ERROR_USAGE,
				    "the sum does not fit in 64 bits");
		at = skip_blanks(end);
		if (!*at)
			return true;
		minus = *at == '-';
		if (!minus && *at != '+')
			return fail(err, ERROR_USAGE,
				    "+ or - is missing before %s", at);
		at = skip_blanks(at + 1);
	}
}

static bool refuse_symbol(void *arg, const char *name, uint64_t *address,
			  struct error *err)
{
	(void)arg, (void)address;
	return fail(
		err, ERROR_USAGE,
		"%s is not a hexadecimal number, and symbols have virtual addresses: ask vtop for the physical one",
		name);
}

bool parse_physical(const char *text, uint64_t *paddr, struct error *err)
{
	struct symbol_source none = { refuse_symbol, NULL };

	return parse_expression(text, &none, paddr, err);
}

static bool find_in_kernel(void *arg, const char *name, uint64_t *address,
			   struct error *err)
{
	struct kernel_symbol symbol;

	if (!kernel_symbol_find(arg, name, &symbol, err) &&
	    !kernel_symbol_foreign(arg, name, &symbol))
		return false;
	*address = symbol.address;
	return true;
}

bool parse_address(struct session *session, const char *text, uint64_t *address,
		   struct error *err)
{
	struct symbol_source symbols = { find_in_kernel, session->kernel };

	return parse_expression(text, &symbols, address, err);
}

/* --- options and ranges --- */

static const struct command_option *
find_option(const struct command_option *options, const char *text)
{
	for (; options->name; options++)
		if (!strncmp(text, options->name, strlen(options->name)))
			return options;
	return NULL;
}

/* The options of one word; a value may be the next word. */
static bool read_word(const char *text, char ***words,
		      const struct command_option *options, struct error *err)
{
	while (*text) {
		const struct command_option *option =
			find_option(options, text);

		if (!option)
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    *text);
		text += strlen(option->name);
		if (option->variable)
			*option->variable = option->set_to;
		if (!option->value)
			continue;
		if (*text)
			*option->value = text;
		else if (**words)
			*option->value = *(*words)++;
		else if (!option->value_optional)
			return fail(err, ERROR_USAGE,
				    "option -%s needs a value", option->name);
		return true;
	}
	return true;
}

bool command_options(char ***words, const struct command_option *options,
		     struct error *err)
{
	while (**words && (**words)[0] == '-' && (**words)[1]) {
		const char *word = *(*words)++ + 1;

		if (!strcmp(word, "-"))
			break;
		if (!read_word(word, words, options, err))
			return false;
	}
	return true;
}

size_t count_words(char **words)
{
	size_t nr = 0;

	while (words[nr])
		nr++;
	return nr;
}

bool parse_range(struct session *session, char **words, uint64_t *first,
		 uint64_t *last, struct error *err)
{
	size_t nr = count_words(words);
	uint64_t end;

	if (nr > 2)
		return fail(
			err, ERROR_USAGE,
			"too many arguments: only START and END are allowed");
	if (nr && !parse_address(session, words[0], first, err))
		return false;
	if (nr < 2)
		return true;
	if (!parse_address(session, words[1], &end, err))
		return false;
	if (end <= *first)
		return fail(err, ERROR_USAGE, "%s: END must be above START",
			    words[1]);
	*last = end - 1;
	return true;
}

/* --- processes --- */

struct task_word task_word(const char *text)
{
	struct task_word word = { .text = text };

	word.is_pid = text[0] != '0' || text[1] == '\0';
	word.is_pid = word.is_pid &&
		      strspn(text, "0123456789") == strlen(text) &&
		      parse_count(text, &word.pid, NULL);
	word.is_address =
		parse_hex(text, &word.address, NULL) && word.address != 0;
	return word;
}

int task_match(const struct task *task, const struct task_word *word)
{
	if (word->is_pid && word->pid == (uint64_t)task->pid)
		return 4;
	if (word->is_address && word->address == task->address)
		return 3;
	if (word->is_address && word->address == task->mm)
		return 2;
	return !strcmp(word->text, task->comm);
}

static bool ambiguous(const struct task_list *list,
		      const struct task_word *word, struct error *err)
{
	char pids[200] = "";

	for (size_t i = 0; i < list->nr; i++) {
		if (strcmp(list->task[i].comm, word->text) != 0)
			continue;
		if (strlen(pids) + 20 > sizeof(pids)) {
			text_append(pids, sizeof(pids), ", ...");
			break;
		}
		text_append(pids, sizeof(pids), "%s%" PRId32, *pids ? ", " : "",
			    list->task[i].pid);
	}
	return fail(err, ERROR_USAGE,
		    "several processes have this name; use one of the pids %s",
		    pids);
}

/* Threads of a process count as one. Idle tasks all have pid and tgid 0. */
static bool same_process(const struct task *a, const struct task *b)
{
	return (a->tgid == b->tgid && a->tgid != 0) ||
	       (a->mm && a->mm == b->mm);
}

static const struct task *find_task(const struct task_list *list,
				    const struct task_word *word,
				    struct error *err)
{
	const struct task *best = NULL;
	bool several = false;
	int best_rank = 0;

	for (size_t i = 0; i < list->nr; i++) {
		const struct task *task = &list->task[i];
		int rank = task_match(task, word);

		if (rank > best_rank) {
			best = task;
			best_rank = rank;
			several = false;
		} else if (rank == 1 && best_rank == 1) {
			several |= !same_process(task, best);
		}
	}
	if (several) {
		ambiguous(list, word, err);
		return NULL;
	}
	if (!best)
		fail(err, ERROR_USAGE,
		     "no task has this pid, name, address or mm");
	return best;
}

bool parse_process(struct session *session, const char *text,
		   struct process *process, struct error *err)
{
	const struct task_list *list = kernel_tasks(session->kernel, err);
	struct task_word word = task_word(text);
	const struct task *task;

	if (!list)
		return false;
	task = find_task(list, &word, err);
	/* A symbol may be the address of a task: init_task. */
	if (!task && err->code == ERROR_USAGE && !word.is_address &&
	    !word.is_pid && parse_address(session, text, &word.address, NULL)) {
		word.is_address = true;
		task = find_task(list, &word, err);
	}
	if (task)
		return kernel_process(session->kernel, task, process, err);
	/* An mm_struct of a task that is not in the (perhaps damaged) list. */
	return word.is_address && !word.is_pid &&
	       kernel_process_of_mm(session->kernel, word.address, process,
				    err);
}

bool session_process(struct session *session, const char *text,
		     struct process *process, struct error *err)
{
	struct error why;

	if (text) {
		if (parse_process(session, text, process, &why))
			return true;
		return fail(err, why.code, "-p %s: %s", text, why.message);
	}
	if (!session->has_process)
		return fail(
			err, ERROR_USAGE,
			"no process is chosen: pass -p PID, or choose one with set");
	*process = session->process;
	return true;
}
