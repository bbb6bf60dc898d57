/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/arguments.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "base/number.h"
#include "cli/pasted_word.h"
#include "cli/show_task.h"
#include "value/symbol_word.h"
#include "value/value.h"
#include "cli/words.h"
#include "kernel/arch.h"

/* Fails if text begins with a dash and a letter, because then it is an option, and not a number or
 * a sum. */
static bool refuse_option(const char *text, struct error *err)
{
	return text[0] != '-' || !isalpha((unsigned char)text[1]) ||
	       fail(err, ERROR_USAGE, "an option must come before the arguments");
}

static bool parse_number(const char *text, bool is_count, const char *otherwise, uint64_t *value,
			 struct error *err)
{
	struct piece piece = piece_unwrap(text);
	bool hex = !is_count || number_has_prefix(piece.at, piece.end);
	enum number number = hex ? number_hex(piece.at, piece.end, value) :
				   number_decimal(piece.at, piece.end, value);

	if (number == TOO_LARGE)
		return is_count ? fail(err, ERROR_USAGE, "the number does not fit in 64 bits") :
				  number_too_large(piece.at, piece.end, err);
	return number == NUMBER || fail(err, ERROR_USAGE, "%s", otherwise);
}

bool parse_hex(const char *text, uint64_t *value, struct error *err)
{
	return number_is_bare_hex(text, value) ||
	       (refuse_option(text, err) &&
		parse_number(text, false, "not a hexadecimal number", value, err));
}

bool parse_count(const char *text, uint64_t *value, struct error *err)
{
	return parse_number(text, true, "not a number (decimal, or hexadecimal with 0x)", value,
			    err);
}

static bool symbol_value(const char *name, size_t length, const struct symbol_source *symbols,
			 uint64_t *value, struct error *err)
{
	char copy[SYMBOL_NAME_MAX];

	if (length >= sizeof(copy))
		return fail(err, ERROR_USAGE, "symbol names are shorter than %d bytes",
			    SYMBOL_NAME_MAX);
	memcpy(copy, name, length);
	copy[length] = '\0';
	return symbols->find(symbols->arg, copy, value, err);
}

/* Returns the end of OFFSET in OFFSET/SIZE, the form after a symbol in the kernel's traces. Returns
 * `end` if the text does not have this form. */
static const char *offset_end(const char *at, const char *end)
{
	const char *slash = memchr(at, '/', end - at);
	uint64_t size;

	return slash && number_hex(slash + 1, end, &size) == NUMBER ? slash : end;
}

/* Reads one number or symbol of a sum. */
static bool term_value(const struct piece *term, bool first, const struct symbol_source *symbols,
		       uint64_t *value, struct error *err)
{
	const char *at = term->at, *end = term->end;
	const char *number_end = first ? end : offset_end(at, end);
	bool forced = at < end && *at == '&';
	enum number number;

	if (forced)
		at++;
	if (at == end)
		return fail(err, ERROR_USAGE,
			    forced ? "a symbol must follow &" : "a number or symbol is missing");
	number = forced ? NO_NUMBER : number_hex(at, number_end, value);
	if (number == NUMBER && number_like_name(at, number_end)) {
		uint64_t hex = *value;

		if (!symbol_value(at, end - at, symbols, value, NULL))
			*value = hex;
		return true;
	}
	if (number == NUMBER)
		return true;
	if (number == TOO_LARGE)
		return number_too_large(at, number_end, err);
	if (*at >= '0' && *at <= '9' && !memchr(at, ':', end - at))
		return fail(err, ERROR_USAGE, "neither a hexadecimal number nor a symbol: %.*s",
			    (int)(end - at), at);
	return symbol_value(at, end - at, symbols, value, err);
}

/* Returns the end of a term. A minus does not always end a term, because names of files may contain
 * a minus, for example foo@x86-64.c. */
static const char *term_end(const char *at, const char *end)
{
	bool in_file = false;

	for (; at < end && *at != '+' && *at != ' ' && *at != '\t'; at++) {
		in_file = (in_file || *at == '@') && *at != ':';
		if (*at == '-' && !in_file)
			break;
	}
	return at;
}

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* Fails if the term is an offset in <...> that has only decimal digits, and no 0x. kwalk would read
 * it as hexadecimal, but gdb and crash print decimal offsets, as in <schedule+16>. */
static bool refuse_decimal_offset(const struct piece *term, struct error *err)
{
	uint64_t value;

	if (!term->in_angles || term->end - term->at < 2 ||
	    number_decimal(term->at, term->end, &value) != NUMBER)
		return true;
	return fail(
		err, ERROR_USAGE,
		"gdb and crash write the offset in <...> in decimal, but kwalk reads hexadecimal: use +0x%" PRIx64,
		value);
}

bool parse_expression(const char *text, const struct symbol_source *symbols, uint64_t *address,
		      struct error *err)
{
	struct piece piece, term;
	const char *at, *first;
	bool minus = false;

	if (number_is_bare_hex(text, address))
		return true;
	piece = term = piece_unwrap(skip_blanks(text));
	at = first = skip_blanks(piece.at);
	*address = 0;
	if (!refuse_option(at, err))
		return false;
	for (;;) {
		uint64_t value;

		term.at = at;
		term.end = term_end(at, piece.end);
		if ((at != first && !refuse_decimal_offset(&term, err)) ||
		    !term_value(&term, at == first, symbols, &value, err))
			return false;
		if (minus && __builtin_sub_overflow(*address, value, address))
			return fail(err, ERROR_USAGE, "the difference is negative");
		if (!minus && __builtin_add_overflow(*address, value, address))
			return fail(err, ERROR_USAGE, "the sum does not fit in 64 bits");
		at = skip_blanks(term.end);
		if (at >= piece.end)
			return true;
		minus = *at == '-';
		if (!minus && *at != '+')
			return fail(err, ERROR_USAGE, "a + or - is missing before %.*s",
				    (int)(piece.end - at), at);
		at = skip_blanks(at + 1);
	}
}

static bool refuse_symbol(void *arg, const char *name, uint64_t *address, struct error *err)
{
	(void)arg, (void)address;
	return fail(err, ERROR_USAGE,
		    "%s is not a hexadecimal number; for the physical address of a symbol, use vtop",
		    name);
}

bool parse_physical(const char *text, uint64_t *paddr, struct error *err)
{
	struct symbol_source none = { refuse_symbol, NULL };

	return parse_expression(text, &none, paddr, err);
}

/* A physical address has at most 52 bits (MAXPHYADDR: Intel SDM Vol. 3A, 4.1.4). */
bool parse_frame(const char *text, uint64_t *paddr, struct error *err)
{
	return parse_physical(text, paddr, err) &&
	       (*paddr >> 52 == 0 ||
		fail(err, ERROR_USAGE,
		     "not a physical address, because it has more than 52 bits; for a virtual address, use vtop"));
}

static bool find_in_kernel(void *arg, const char *name, uint64_t *address, struct error *err)
{
	return symbol_word_address(arg, name, address, err);
}

bool parse_value(struct session *session, const char *text, uint64_t *value, struct error *err)
{
	struct symbol_source symbols = { find_in_kernel, session->kernel };

	/* If the word does not have the form of an address in an oops either, the first error is
	 * reported. */
	return parse_expression(text, &symbols, value, err) ||
	       pasted_word_address(session, text, value, err);
}

static void say_tag(struct session *session, uint64_t value, uint64_t address)
{
	static const char *const doubts[] = {
		[UNSURE] = "; whether this kernel uses tags is not known",
		[NO] = "; but this kernel uses no tags, so its CPUs may refuse such a pointer",
		[YES] = "",
	};
	char text[200];

	snprintf(text, sizeof(text), "%" PRIx64 " is %" PRIx64 " with the tag %02x%s", value,
		 address, session->tag.tag, doubts[session->tag.ignored]);
	session_say(session, text);
}

bool parse_address(struct session *session, const char *text, uint64_t *address, struct error *err)
{
	uint64_t value;

	if (!parse_value(session, text, &value, err))
		return false;
	*address = query_untag(session->kernel, value, &session->tag);
	if (session->tag.has_tag)
		say_tag(session, value, *address);
	return true;
}

void say_offset_unlike_crash(struct session *session, const char *word)
{
	const char *offset = strrchr(word, '+');
	unsigned long number;
	char *end;

	if (!offset || !isdigit((unsigned char)*++offset) || *offset == '0' || offset[1] == '\0')
		return;
	number = strtoul(offset, &end, 10);
	if (!*end)
		session_say_unlike_crash(
			session,
			"+%s is hexadecimal; for the decimal number, as in crash, write +%lx",
			offset, number);
}

/* Is the word an expression of C, and not an address? */
static bool is_expression(const char *text)
{
	for (const char *start = text; *text; text++)
		if (strchr("(*", *text) || (*text == '[' && text > start) ||
		    (*text == '-' && text[1] == '>') ||
		    (*text == '.' && !isdigit((unsigned char)text[1])))
			return true;
	return false;
}

bool parse_place(struct session *session, const struct value_memory *memory, const char *text,
		 struct value *value, struct error *err)
{
	const unsigned int word = kernel_pointer_size(session->kernel);
	uint64_t address;

	if (is_expression(text))
		return value_expression(memory, text, value, err);
	if (!parse_address(session, text, &address, err))
		return false;
	*value = value_of_number(ctype_integer(word, false, word), address);
	return true;
}

/* --- ranges --- */

static bool not_below(uint64_t first, uint64_t last, struct error *err)
{
	return last >= first || fail(err, ERROR_USAGE, "END is below START");
}

/* Reads "+SIZE". */
static bool parse_size(const char *word, uint64_t first, uint64_t *last, struct error *err)
{
	uint64_t size;

	if (!parse_count(word + 1, &size, err))
		return false;
	*last = first + (size - 1);
	return (size && *last >= first) ||
	       fail(err, ERROR_USAGE,
		    size ? "reaches past the last address" : "SIZE must not be 0");
}

bool parse_last(struct session *session, const char *word, uint64_t first, uint64_t *last,
		struct error *err)
{
	if (word[0] == '+')
		return parse_size(word, first, last, err);
	return (session ? parse_address(session, word, last, err) :
			  parse_physical(word, last, err)) &&
	       not_below(first, *last, err);
}

bool parse_last_value(struct session *session, const char *word, uint64_t first, uint64_t *last,
		      struct error *err)
{
	if (word[0] == '+')
		return parse_size(word, first, last, err);
	return parse_value(session, word, last, err) && not_below(first, *last, err);
}

bool parse_range(struct session *session, char **words, uint64_t *first, uint64_t *last,
		 struct error *err)
{
	struct error why;
	size_t nr = count_words(words);

	if (nr > 2)
		return fail(err, ERROR_USAGE,
			    "%s: too many arguments: only START and END are allowed", words[2]);
	if (nr && !(session ? parse_address(session, words[0], first, &why) :
			      parse_physical(words[0], first, &why)))
		return fail(err, why.code, "%s: %.400s", words[0], why.message);
	if (nr == 2 && !parse_last(session, words[1], *first, last, &why))
		return fail(err, why.code, "%s: %.400s", words[1], why.message);
	return true;
}

/* --- processes --- */

struct task_word parse_task_word(const struct kernel *kernel, const char *text)
{
	struct task_word word = {
		.text = text,
		.compared = kernel->arch->tags_pointers ? UINT64_MAX >> 8 : UINT64_MAX,
	};

	word.is_pid = text[0] != '0' || text[1] == '\0';
	word.is_pid = word.is_pid && strspn(text, "0123456789") == strlen(text) &&
		      parse_count(text, &word.pid, NULL);
	word.is_address = parse_hex(text, &word.address, NULL) && word.address != 0;
	return word;
}

int parse_task_match(const struct task *task, const struct task_word *word)
{
	if (word->is_pid && word->pid == (uint64_t)task->pid)
		return 4;
	if (word->is_address && !((word->address ^ task->address) & word->compared))
		return 3;
	if (word->is_address && !((word->address ^ task->mm) & word->compared))
		return 2;
	return !strcmp(word->text, task->comm);
}

bool parse_task_match_group(const struct task_list *list, size_t i, const struct task_word *word)
{
	const int32_t tgid = list->task[i].tgid;

	while (i && list->task[i - 1].tgid == tgid)
		i--;
	while (i < list->nr && list->task[i].tgid == tgid)
		if (parse_task_match(&list->task[i++], word) > 0)
			return true;
	return false;
}

static bool ambiguous(const struct task_list *list, const struct task_word *word, struct error *err)
{
	char pids[200] = "";

	for (size_t i = 0; i < list->nr; i++) {
		if (strcmp(list->task[i].comm, word->text) != 0)
			continue;
		if (strlen(pids) + 20 > sizeof(pids)) {
			text_append(pids, sizeof(pids), ", ...");
			break;
		}
		text_append(pids, sizeof(pids), "%s%" PRId32, *pids ? ", " : "", list->task[i].pid);
	}
	return fail(err, ERROR_USAGE, "several processes have this name; use one of their pids: %s",
		    pids);
}

/* Returns true if both tasks belong to one process. All idle tasks have pid and tgid 0. */
static bool same_process(const struct task *a, const struct task *b)
{
	return (a->tgid == b->tgid && a->tgid != 0) || (a->mm && a->mm == b->mm);
}

static const struct task *find_task(struct kernel *kernel, const struct task_list *list,
				    const struct task_word *word, struct error *err)
{
	const struct task *best = NULL;
	bool several = false;
	int best_rank = 0;

	/* A match by pid has precedence over all other matches. */
	if (word->is_pid && word->pid <= INT32_MAX)
		best = task_of_pid(kernel, (int32_t)word->pid);
	if (best)
		return best;
	for (size_t i = 0; i < list->nr; i++) {
		const struct task *task = &list->task[i];
		int rank = parse_task_match(task, word);

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
		fail(err, ERROR_NO_ANSWER, "no task has this pid, name, address or mm");
	return best;
}

bool parse_process(struct session *session, const char *text, struct process *process,
		   struct error *err)
{
	const struct task_list *list = task_all(session->kernel, err);
	struct task_word word = parse_task_word(session->kernel, text);
	const struct task *task;

	if (!list)
		return false;
	task = find_task(session->kernel, list, &word, err);
	/* The word may be a symbol whose address is a task_struct, for example init_task. */
	if (!task && (err->code == ERROR_NO_ANSWER || err->code == ERROR_USAGE) &&
	    !word.is_address && !word.is_pid && parse_address(session, text, &word.address, NULL)) {
		word.is_address = true;
		task = find_task(session->kernel, list, &word, err);
	}
	if (task) {
		if (!task_process(session->kernel, task, process, err))
			return false;
		if (process->has_owner)
			show_task_through(session, task, &process->owner, process->borrowed);
		return true;
	}
	/* The word may be the address of an mm_struct whose tasks are not in the list, because the
	 * list may be damaged. */
	return word.is_address && !word.is_pid &&
	       task_process_of_mm(session->kernel, word.address, process, err);
}
