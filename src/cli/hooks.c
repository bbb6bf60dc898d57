/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cli/symbol_word.h"
#include "cli/command.h"

/* --- words that name CPUs --- */

/* The words NAME:all. Such a word stands for a per-CPU variable on all CPUs. */

enum { LONGEST_WORD = 2 * SYMBOL_NAME_MAX };

struct word_list {
	char **word; /* owned, like the words */
	size_t nr, room;
};

static bool cpu_words_add(struct word_list *list, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if ((!text || copy) && array_add(&list->word, &list->nr, &list->room, &copy, sizeof(copy)))
		return true;
	free(copy);
	return false;
}

static void cpu_words_release(struct word_list *list)
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

	return strchr(word, ':') && strstr(word, ":all") &&
	       symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text)) &&
	       parse_address(session, text, &address, NULL);
}

static bool add_all_cpus(struct session *session, const char *word, struct word_list *list)
{
	char text[LONGEST_WORD];
	unsigned int cpu = 0;

	if (!is_of_all_cpus(session, word))
		return cpu_words_add(list, word);
	while (symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text)))
		if (!cpu_words_add(list, text))
			return false;
	return true;
}

static bool run_at_once(struct session *session, char **words,
			void (*run)(struct session *session, char **words))
{
	struct word_list list = { 0 };
	bool done = true;

	for (; *words && done; words++)
		done = add_all_cpus(session, *words, &list);
	done = done && cpu_words_add(&list, NULL);
	if (done)
		run(session, list.word);
	cpu_words_release(&list);
	return done;
}

static void run_for_each(struct session *session, char **words, char **which,
			 void (*run)(struct session *session, char **words))
{
	char *word = *which, text[LONGEST_WORD];
	unsigned int cpu = 0;

	*which = text;
	while (!session_interrupted(session) &&
	       symbol_word_of_cpu(session->kernel, word, &cpu, text, sizeof(text)))
		run(session, words);
	*which = word;
}

/* Replaces each word NAME:all by one word for each CPU, and calls run() with the new words. For a
 * command with ONE_ADDRESS, calls run() once for each CPU. If NAME is not a per-CPU variable, the
 * word does not change, and the command will report it. Returns false if memory is exhausted. */
static bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
			  void (*run)(struct session *session, char **words), struct error *err)
{
	char **which = words;

	while (addresses != NO_ADDRESSES && *which && !is_of_all_cpus(session, *which))
		which++;
	if (addresses == NO_ADDRESSES || !*which)
		run(session, words);
	else if (addresses == ONE_ADDRESS)
		run_for_each(session, words, which, run);
	else if (!run_at_once(session, words, run))
		return out_of_memory(err);
	return true;
}

bool hooks_run(struct session *session, char **words, void (*run)(struct session *, char **),
	       bool outermost, struct error *err)
{
	bool ok;

	if (outermost && session->front.begin && !session->front.begin(session, err))
		return false;
	ok = cpu_words_run(session, session->command->addresses, words, run, err);
	if (!outermost || !session->front.finish)
		return ok;
	if (!ok)
		session_complain(session, NULL, err);
	return session->front.finish(session, err);
}
