/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/printable.h"
#include "base/text.h"
#include "cli/alias.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/option.h"
#include "cli/pager.h"
#include "cli/redirect.h"
#include "cli/stats.h"
#include "cli/words.h"
#include "listing/listing.h"
#include "output/kept.h"
#include "output/say.h"
#include "query/text_item.h"
#include "sandbox/memory.h"
#include "value/symbol_word.h"

/* --- fields --- */

/* Sorted by name. If a command shows one of these fields in another form, the command has a
 * separate row for it. */
// clang-format off
const struct field common_fields[] = {
	COLUMN("active_mm", .rank = 1),
	COLUMN("answer", .width = 10, .rank = KEPT),
	COLUMN("as", .width = 8),
	COLUMN("bus", .kind = KIND_PHYSICAL),
	COLUMN("cache", .width = 5, .rank = 4),
	COLUMN("caller", .width = 32),
	COLUMN("class", .kind = KIND_IDENTIFIER),
	COLUMN("comm", .width = 15, .rank = KEPT),
	COLUMN("device", .width = 12),
	COLUMN("dma", .width = 12),
	COLUMN("driver", .width = 10),
	COLUMN("end", .rank = KEPT),
	COLUMN("entry", .kind = KIND_ENTRY),
	COLUMN("executable", .rank = 6),
	COLUMN("fact", .width = 18),
	COLUMN("file", .rank = KEPT),
	COLUMN("flags", .width = 28, .rank = 6),
	COLUMN("flags_word", .rank = 1),
	COLUMN("global", .rank = 2),
	COLUMN("high", .rank = 2),
	COLUMN("id", .kind = KIND_IDENTIFIER),
	COLUMN("idle_cpu", .rank = 1),
	COLUMN("kind", .width = 9),
	COLUMN("linear", .rank = 4),
	COLUMN("low", .rank = 2),
	COLUMN("mapping", .rank = 4),
	COLUMN("message", .rank = KEPT),
	COLUMN("min", .rank = 2),
	COLUMN("mm", .rank = 4),
	COLUMN("name", .width = 16),
	COLUMN("node", .rank = 2),
	COLUMN("note", .width = 14, .rank = KEPT),
	COLUMN("order", .rank = 2),
	COLUMN("other_use", .width = 12),
	COLUMN("other_value", .width = 24),
	COLUMN("page_size", .kind = KIND_PAGE_SIZE, .rank = 3),
	COLUMN("pages", .rank = 3),
	COLUMN("part", .width = 16, .rank = 3),
	COLUMN("per_slab", .rank = 2),
	COLUMN("pfn", .kind = KIND_PFN),
	COLUMN("physical", .kind = KIND_PHYSICAL, .rank = KEPT),
	COLUMN("pid", .rank = 7),
	COLUMN("ppid", .rank = 3),
	COLUMN("region", .width = 16),
	COLUMN("rights", .rank = KEPT),
	COLUMN("root", .kind = KIND_PHYSICAL, .rank = 4),
	COLUMN("rss", .rank = 4),
	COLUMN("section", .width = 7, .rank = 4),
	COLUMN("shared_by", .rank = 3),
	COLUMN("size", .kind = KIND_BYTES, .width = 12 /* width of the widest region */, .rank = 3),
	COLUMN("slab_cache", .rank = KEPT),
	COLUMN("source", .width = 24),
	COLUMN("spanned", .rank = 3),
	COLUMN("start", .rank = KEPT),
	COLUMN("state", .rank = KEPT),
	COLUMN("status", .width = 17, .rank = KEPT),
	COLUMN("symbol", .width = 28),
	COLUMN("text", .rank = KEPT),
	COLUMN("tgid", .rank = 2),
	COLUMN("type", .width = 9),
	COLUMN("use", .rank = KEPT),
	COLUMN("user", .rank = 4),
	COLUMN("value", .width = 28, .rank = KEPT),
	COLUMN("vendor", .kind = KIND_IDENTIFIER),
	COLUMN("virtual", .rank = KEPT),
	COLUMN("vma", .rank = 1),
	COLUMN("what", .width = 13),
	COLUMN("where", .rank = KEPT),
	COLUMN("writable", .rank = 6),
	COLUMN("zone", .rank = 3),
	{ 0 }
};
// clang-format on

/* --- the option --stats --- */

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Both do nothing if stats is NULL. stats_say() writes a line on standard error, after
 * all answers. */
static void stats_start(struct stats *stats)
{
	if (!stats)
		return;
	stats->before = stats->counts;
	stats->started = now(CLOCK_MONOTONIC);
	stats->used = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void stats_say(const struct stats *stats, struct output *output, const char *command)
{
	const struct read_counts *counts, *before;
	struct rusage usage;

	if (!stats)
		return;
	counts = &stats->counts;
	before = &stats->before;
	output_flush(output);
	getrusage(RUSAGE_SELF, &usage);
	say("kwalk: stats: %s ms=%.3f cpu_ms=%.3f read=%" PRIu64 " unpacked=%" PRIu64
	    " pages=%" PRIu64 " hits=%" PRIu64 " peak=%" PRIu64,
	    command, (double)(now(CLOCK_MONOTONIC) - stats->started) / 1e6,
	    (double)(now(CLOCK_PROCESS_CPUTIME_ID) - stats->used) / 1e6,
	    counts->read - before->read, counts->unpacked - before->unpacked,
	    counts->pages - before->pages, counts->hits - before->hits,
	    (uint64_t)usage.ru_maxrss * 1024);
}

/* --- running a command --- */

static void answer_each(struct session *session, char **words)
{
	struct error err;

	for (; *words && !output_failed(session->output); words++) {
		if (interrupt_came) {
			fail(&err, ERROR_INTERRUPTED, "interrupted");
			session_complain(session, *words, &err);
			return;
		}
		if (!session->command->answer(session, *words, &err))
			session_complain(session, *words, &err);
	}
}

/* Reports the reason that ended the command. After Ctrl-C, the caller runs no further commands. */
static void complain_of_stop(struct session *session)
{
	enum stop_reason reason;
	struct error err;

	if (limit_ran_out())
		interrupt_for(STOP_MEMORY);
	else if (output_overran(session->output))
		interrupt_for(STOP_LINES);
	reason = interrupt_came;
	if (!reason)
		return;
	if (reason == STOP_TIME)
		fail(&err, ERROR_SYSTEM,
		     "stopped after %" PRIu64
		     " seconds without an answer (--timeout): the answer may be incomplete",
		     session->work.timeout / 1000);
	else if (reason == STOP_MEMORY)
		fail(&err, ERROR_SYSTEM,
		     "out of memory: the answer may be incomplete (--max-memory sets the limit)");
	else if (reason == STOP_LINES)
		fail(&err, ERROR_SYSTEM,
		     "stopped after %" PRIu64
		     " line%s of answers (--max-lines): the answer is incomplete",
		     session->front.max_lines, plural_s(session->front.max_lines));
	else
		fail(&err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
	if (reason > STOP_CTRL_C || !session->reported_interrupt)
		session_complain(session, NULL, &err);
	if (reason > STOP_CTRL_C && interrupt_came == (sig_atomic_t)reason)
		interrupt_came = STOP_NONE;
	if (session->front.forget)
		session->front.forget(session->kernel);
}

static void run_with(struct session *session, char **words)
{
	max_align_t given[MOST_GIVEN / sizeof(max_align_t)];
	const struct command *command = session->command;
	/* options of the outer command, if this command runs within another command */
	void *outer = session->given;
	struct error err;

	memset(given, 0, command->given_size);
	session->given = given;
	if (!outer)
		output_begin_table(session->output);
	if (kernel_is_blank(session->kernel) && !command->needs_no_files) {
		fail(&err, ERROR_USAGE, "no dump was given");
		session_complain(session, NULL, &err);
	} else if (!session_read_words(session, &words, &err))
		session_complain(session, NULL, &err);
	else if (command->answer)
		answer_each(session, words);
	else if (!command->run(session, words, &err))
		session_complain(session, NULL, &err);
	session->given = outer;
}

/* --- words that one argument consists of --- */

/* Returns true if the word is a symbol with an offset, and has no module. If a module was already
 * joined to the word, the word contains a blank. */
static bool is_in_a_function(const char *word)
{
	const char *plus = strstr(word, "+0x");

	return plus && strstr(plus, "/0x") && !strchr(plus, ' ');
}

static bool is_module(const char *word)
{
	size_t size = strlen(word);

	return size > 2 && word[0] == '[' && word[size - 1] == ']' && !strpbrk(word, "<>");
}

/* Joins two words of one line, in place. next: the word that follows word. */
static void join(char *word, const char *next)
{
	char *end = word + strlen(word);

	*end = ' ';
	memmove(end + 1, next, strlen(next) + 1);
}

/* Returns true if the word is "+" or "-". It must then be joined with the words on both sides. */
static bool is_operator(const char *word)
{
	return !strcmp(word, "+") || !strcmp(word, "-");
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* Returns true if the word has more opening than closing parentheses, as "((struct" in an expression of
 * C. It must then be joined with the next word. */
static bool is_open(const char *word)
{
	int depth = 0;

	for (; *word; word++)
		depth += (*word == '(') - (*word == ')');
	return depth > 0;
}

/* Returns true if the words form a sum such as "init_task + 10". If loose is true, also accepts
 * "init_task +10" and "init_task+ 10". */
static bool is_sum(const char *kept, const char *word, bool loose)
{
	size_t size = strlen(kept);

	if (is_option(kept) || is_option(word) || size == 0)
		return false;
	if (is_operator(word) ||
	    (size > 2 && kept[size - 2] == ' ' && is_operator(kept + size - 1)))
		return true;
	return loose && (word[0] == '+' || (size > 1 && kept[size - 1] == '+'));
}

/* Returns true if the word is a label that precedes a value, for example "RIP:". */
static bool is_label(const char *word)
{
	size_t size = strlen(word);

	return size > 1 && word[size - 1] == ':' && text_item_is_label(word, size - 1);
}

/* Returns true if an argument of this kind can be "+SIZE" or a text. Such a word must not be joined
 * with the previous word. */
static bool is_strict(enum word_kind kind)
{
	return kind == WORD_END || kind == WORD_VALUE;
}

static bool are_loose(const struct command *command)
{
	return command->addresses != NO_ADDRESSES || !command_takes(command, is_strict);
}

/* Joins words that the command reads as one word: "foo+0x1a/0x40" with a following "[mod]", the
 * words of a sum, and a label such as "RIP:" with its value. The words must be from one line that
 * still contains the blanks between them. */
static void join_words(const struct command *command, char **words)
{
	bool sums =
		command->addresses != NO_ADDRESSES || !command_takes(command, word_kind_is_file);
	bool loose = sums && are_loose(command);
	char **kept = words;

	if (!*words)
		return;
	while (*++words)
		if (*words > *kept && ((is_module(*words) && is_in_a_function(*kept)) ||
				       (sums && (is_sum(*kept, *words, loose) || is_open(*kept))) ||
				       (loose && is_label(*kept))))
			join(*kept, *words);
		else
			*++kept = *words;
	*++kept = NULL;
}

/* --- words NAME:all, which stand for a per-CPU variable on all CPUs --- */

enum { LONGEST_WORD = 2 * SYMBOL_NAME_MAX };

struct word_list {
	char **word; /* owned, like the words */
	size_t nr, room;
};

static bool add_word(struct word_list *list, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if ((!text || copy) && array_add(&list->word, &list->nr, &list->room, &copy, sizeof(copy)))
		return true;
	free(copy);
	return false;
}

static void release_words(struct word_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		free(list->word[i]);
	free(list->word);
}

static bool is_of_all_cpus(struct session *session, const char *word)
{
	char text[LONGEST_WORD];
	unsigned int cpu = 0;
	uint64_t address;

	return strchr(word, ':') &&
	       symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text)) &&
	       parse_address(session, text, &address, NULL);
}

static bool add_all_cpus(struct session *session, const char *word, struct word_list *list)
{
	char text[LONGEST_WORD];
	unsigned int cpu = 0;

	if (!is_of_all_cpus(session, word))
		return add_word(list, word);
	while (symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text)))
		if (!add_word(list, text))
			return false;
	return true;
}

static bool run_at_once(struct session *session, char **words)
{
	struct word_list list = { 0 };
	bool done = true;

	for (; *words && done; words++)
		done = add_all_cpus(session, *words, &list);
	done = done && add_word(&list, NULL);
	if (done)
		run_with(session, list.word);
	release_words(&list);
	return done;
}

static void run_for_each(struct session *session, char **words, char **which)
{
	char *word = *which, text[LONGEST_WORD];
	unsigned int cpu = 0;

	*which = text;
	while (!session_interrupted(session) &&
	       symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text))) {
		output_textf(session->output, "%s:\n", text);
		run_with(session, words);
	}
	*which = word;
}

/* Replaces each word NAME:all, NAME:a or NAME:0,2 by one word for each CPU, and runs the command with the new words. For a
 * command with ONE_ADDRESS, runs it once for each CPU. If NAME is not a per-CPU variable, the
 * word does not change, and the command will report it. Returns false if memory is exhausted. */
static bool run_on_cpus(struct session *session, char **words, struct error *err)
{
	enum command_addresses addresses = session->command->addresses;
	char **which = words;

	while (addresses != NO_ADDRESSES && *which && !is_of_all_cpus(session, *which))
		which++;
	if (addresses == NO_ADDRESSES || !*which)
		run_with(session, words);
	else if (addresses == ONE_ADDRESS)
		run_for_each(session, words, which);
	else if (!run_at_once(session, words))
		return out_of_memory(err);
	return true;
}

/* Runs the command between session->front.begin() and finish(). If outermost is false, the command runs
 * within another command, and neither function is called. */
static bool run_between(struct session *session, char **words, bool outermost, struct error *err)
{
	struct front_end *front = &session->front;
	bool ok;

	if (outermost && front->begin && !front->begin(session, err))
		return false;
	ok = run_on_cpus(session, words, err);
	if (!outermost || !front->finish)
		return ok;
	if (!ok)
		session_complain(session, NULL, err);
	return front->finish(session, err);
}

/* Returns true if the word is an address or the start of a sum, so the user probably asks for its
 * meaning. A word without digits is not an address. behind: the next word, such as "+", or NULL. */
static bool is_address(const char *word, const char *behind)
{
	uint64_t value;

	return *word == '&' || (behind && (*behind == '+' || !strcmp(behind, "-"))) ||
	       ((isalnum((unsigned char)*word) || *word == '_') &&
		(strchr(word, '+') ||
		 (strpbrk(word, "0123456789") && parse_hex(word, &value, NULL))));
}

static bool holds_address(struct session *session, const char *text)
{
	struct text_items items =
		text_items_of(text, strlen(text), kernel_pointer_size(session->kernel), TEXT_TYPED);
	struct text_item item;

	return text_items_next(&items, &item);
}

static bool hold_address(struct session *session, char **words)
{
	while (*words && !holds_address(session, *words))
		words++;
	return *words;
}

/* Returns true if the words seem to be a line of an oops that contains no address, for example
 * "Call Trace:", "CPU: 0", "<TASK>" or "[ 12.345678] Code:". */
static bool seem_pasted(char **words)
{
	bool pasted = strchr("<[", **words);

	for (; *words && !pasted; words++)
		pasted = **words && (*words)[strlen(*words) - 1] == ':';
	return pasted;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Returns true if the word is TYPE.MEMBER or TYPE.MEMBER,MEMBER, for which crash shows the members of a
 * struct. */
static bool names_members(const char *word)
{
	size_t type = strspn(word, LETTERS), all;

	if (!type || isdigit((unsigned char)*word) || word[type] != '.')
		return false;
	all = type + 1 + strspn(word + type + 1, LETTERS ".,[]");
	return isalpha((unsigned char)word[type + 1]) && !word[all];
}

/* Is the word an address of a struct? A number that may be a pid is not. */
static bool is_place(struct session *session, const char *word)
{
	enum { PIDS = 1 << 22 };
	uint64_t value;

	if (parse_hex(word, &value, NULL))
		return value > PIDS;
	return *word == '(' || *word == '&' ||
	       symbol_word_address(session->kernel, word, &value, NULL);
}

/* Returns true if the line is "TYPE ADDR" or "TYPE -o", for which crash shows a struct, and the
 * kernel has this type. */
static bool names_type(struct session *session, char **words)
{
	uint64_t size;

	return words[1] && printable_is_name(*words) &&
	       !alias_next(session->front.aliases, *words, NULL) &&
	       kernel_type_size(session->kernel, *words, &size) &&
	       (!strcmp(words[1], "-o") || is_place(session, words[1]));
}

/* Returns the command struct if the line is one of it without its name, such as "task_struct.comm ADDR"
 * or "*task_struct ADDR". Returns NULL if it is not. */
static const struct command *struct_command(struct session *session, char **words)
{
	bool is_pointer = words[0][0] == '*' && words[0][1];

	if (!is_pointer && (command_exactly(session->front.commands, *words) ||
			    !(names_members(*words) || names_type(session, words))))
		return NULL;
	*words += is_pointer;
	return command_exactly(session->front.commands, "struct");
}

/* Returns the command that a word calls as a function of C, for example "__pa(". Returns NULL if
 * there is no such command. */
static const struct command *called_command(struct session *session, const char *word)
{
	size_t size = strcspn(word, "(");
	char name[32];

	if (!word[size] || !size || size >= sizeof(name))
		return NULL;
	memcpy(name, word, size);
	name[size] = '\0';
	return command_exactly(session->front.commands, name);
}

/* Splits the first word of a call: "__pa(init_task + 10)" becomes "__pa init_task + 10". words has
 * space for one more word, because words_bound() counts each parenthesis as a word. */
static void split_call(struct session *session, char **words)
{
	size_t nr = count_words(words), size = strlen(words[nr - 1]);

	if (!size || words[nr - 1][size - 1] != ')' || !called_command(session, words[0]))
		return;
	words[nr - 1][size - 1] = '\0';
	memmove(words + 2, words + 1, nr * sizeof(*words));
	words[1] = strchr(words[0], '(');
	*words[1]++ = '\0';
}

/* Returns true if the word may be a name of a command, the start of a name, or a misspelt name. */
static bool may_be_command(struct session *session, const char *word)
{
	size_t size = strspn(word, LETTERS);
	struct error err;

	return alias_next(session->front.aliases, word, NULL) || called_command(session, word) ||
	       feature_lacks_command(word, NULL) ||
	       command_find(session->front.commands, NULL, word, &err) ||
	       (!word[size] &&
		command_nearest(session->front.commands, session->front.aliases, word));
}

static bool is_listing(struct session *session, const char *word)
{
	struct listings *listings = session->front.listings;
	struct error err;

	if (!listings)
		return false;
	listings_start(listings, &err); /* the command reports what is wrong */
	return listings_find(listings, word);
}

/* Finds the command, and makes *words point to its arguments. If the name is an alias, *line
 * receives the translated line. Returns NULL if there is no such command. */
static const struct command *choose_command(struct session *session, char ***words,
					    struct alias_line *line, struct error *err)
{
	const struct command *command = command_exactly(session->front.commands, **words);

	if (!command && (command = struct_command(session, *words)))
		return command;
	if (!alias_translate(session->front.aliases, *words, command, line, err)) {
		advice_name_files(session->kernel, err);
		return NULL;
	}
	if (line->accepted)
		return NULL;
	if (line->words)
		*words = line->words;
	else if (!command && is_listing(session, **words))
		return command_exactly(session->front.commands, "listing");
	if (line->words || !command)
		command =
			command_find(session->front.commands, session->front.aliases, **words, err);
	if (command)
		++*words;
	else if (is_address(**words, (*words)[1]))
		command = command_exactly(session->front.commands, "whatis");
	else if (!may_be_command(session, **words) &&
		 (hold_address(session, *words) || seem_pasted(*words)))
		fail(err, ERROR_USAGE,
		     "no such command; \"annotate FILE\" explains the addresses in a text, \"annotate -\" the addresses in standard input");
	return command;
}

static void run_command(struct session *session, const struct command *command, char **words)
{
	const uint64_t written = output_written(session->output);
	const bool failed = session->failed; /* the result of earlier commands */
	/* true if this command runs within another command */
	const sig_atomic_t outer = interrupt_running;
	struct stats *stats = outer ? NULL : session->front.stats;
	const struct command *within = session->command; /* of this session, as foreach; or NULL */
	struct kept kept = { .on = false }, *outer_kept = output_keep(session->output, &kept);
	struct error err;

	session->command = command;
	session->failed = session->reported_interrupt = session->chosen.table.given = false;
	session->tag.has_tag = false;
	interrupt_asked = interrupt_running = 1;
	*session->last_reason.message = '\0';
	work_start(&session->work, command->name);
	stats_start(stats);
	if (!within)
		output_set_most_lines(session->output, session->front.max_lines);
	output_common_fields(session->output, common_fields);
	output_declare(session->output, command->record);
	limit_hold();
	kernel_forget_doubtful_symbols(session->kernel);
	session->kernel->excess->code = ERROR_NONE;
	if (command->rests_on || session->kernel->dump->format->running)
		output_at_end(session->output, session_add_doubts, session);
	join_words(command, words);
	if (!run_between(session, words, !outer, &err))
		session_complain(session, NULL, &err);
	if (session->kernel->excess->code)
		session_complain(session, NULL, session->kernel->excess);
	output_end_rows(session->output);
	output_keep(session->output, outer_kept);
	if (kept.err.code)
		session_complain(session, NULL, &kept.err);
	kept_release(&kept);
	if (!within) {
		complain_of_stop(session);
		session_complain_of_doubts(session);
	}
	if (!within && !session->failed && !interrupt_came && !command->silent)
		output_none(session->output, command->counts_none ? command->name : NULL, written);
	work_end(&session->work);
	stats_say(stats, session->output, command->name);
	if (!within)
		output_restart_lines(session->output);
	output_at_end(session->output, NULL, NULL);
	session->command = within;
	session->failed |= failed;
	interrupt_running = outer;
}

static void run_line_of_words(struct session *session, char **words)
{
	const char *name = *words;
	char **help = help_arguments(words);
	struct alias_line line = { .words = NULL };
	const struct command *command =
		help ? command_exactly(session->front.commands, "help") : NULL;
	struct error err;

	if (command)
		words = help;
	else
		command = choose_command(session, &words, &line, &err);
	if (command)
		run_command(session, command, words);
	else if (!line.accepted)
		session_complain_as(session, name, NULL, &err);
	free(line.words);
}

/* strspn() would first make a table of 64 letters, for each line of a script. */
static bool is_name(const char *word, size_t size)
{
	for (const char *end = word + size; word < end; word++)
		if (!isalnum((unsigned char)*word) && *word != '_' && *word != '-')
			return false;
	return true;
}

/* Returns true if the line was probably pasted, for example from an oops, and contains no command.
 * Unwinders put a question mark before doubtful lines. In a script, the first word of a pasted line
 * must not look like a name, because a misspelt command must fail. */
static bool is_pasted(struct session *session, const char *line)
{
	static const char blanks[] = " \t\r\n";
	char word[64];
	size_t size;

	line += strspn(line, blanks);
	size = strcspn(line, " \t\r\n;|>");
	if (!size || (!session->front.interactive && is_name(line, size)) ||
	    strchr("!#\"'", *line) || !holds_address(session, line))
		return false;
	if (starts_with(line, "? "))
		return strstr(line, "+0x");
	if (size >= sizeof(word))
		return true;
	memcpy(word, line, size);
	word[size] = '\0';
	return !is_address(word, NULL) && !names_members(word) && !may_be_command(session, word);
}

/* Explains the addresses in a line that was pasted. Returns false if the line was not pasted, or if
 * there is no command annotate. */
static bool annotate_line(struct session *session, const char *line)
{
	const struct command *annotate;
	char *none = NULL;

	if (!is_pasted(session, line))
		return false;
	annotate = command_exactly(session->front.commands, "annotate");
	if (!annotate)
		return false;
	output_measure(session->output);
	session->pasted = line;
	run_command(session, annotate, &none);
	session->pasted = NULL;
	return true;
}

static void complain_of_memory(struct session *session)
{
	struct error err;

	out_of_memory(&err);
	session_complain_as(session, "command", NULL, &err);
}

static void run_words(struct session *session, char *text)
{
	size_t room = (size_t)words_bound(text) + 1;
	char *few[32], **words = few; /* the words of a usual line need no allocation */
	struct error err;
	int nr;

	if (annotate_line(session, text))
		return;
	if (room > sizeof(few) / sizeof(*few) && !(words = malloc(room * sizeof(*words)))) {
		complain_of_memory(session);
		return;
	}
	nr = words_split(text, words);
	if (nr > 0) {
		split_call(session, words);
		run_line_of_words(session, words);
	} else if (nr < 0) {
		fail(&err, ERROR_USAGE, "unterminated quotation");
		session_complain_as(session, words[0], NULL, &err);
	}
	if (words != few)
		free(words);
}

static void run_shell(struct session *session, const char *command)
{
	struct error err;

	if (!strcmp(command, "!")) {
		fail(&err, ERROR_USAGE, "!! does not exist here: the Up key shows earlier lines");
		session_complain_as(session, "!", NULL, &err);
		return;
	}
	session->reported_interrupt = false;
	pager_end(session);
	/* In JSON mode, standard output is only for objects, so standard error is used. */
	if (!shell_run(command, output_is_reserved(session->output) ? STDERR_FILENO : -1, &err))
		session_complain_as(session, "!", command, &err);
}

void session_run_line(struct session *session, char *line)
{
	struct command_text text;

	/* At the prompt, the whole line is taken as text, so "; | #" have no special meaning. */
	if (session->front.interactive && annotate_line(session, line))
		return;
	while (!session_ended(session) && command_text_next(&line, &text)) {
		if (interrupt_came) {
			session_complain_of_rest(session);
			return;
		}
		if (session->front.interactive)
			output_forget_heading(session->output);
		output_measure(session->output);
		if (!text.words)
			run_shell(session, text.shell);
		else if (text.shell || text.file)
			redirect_run(session, &text, run_words);
		else
			run_words(session, text.words);
	}
}

void session_run_text(struct session *session, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;

	if (!copy)
		complain_of_memory(session);
	while ((line = strsep(&rest, "\n")) && !session_ended(session))
		session_run_line(session, line);
	free(copy);
}
