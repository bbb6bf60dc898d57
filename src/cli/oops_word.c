/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/oops_word.h"

#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "cli/command.h"
#include "cli/symbol_word.h"
#include "query/text_item.h"
#include "query/whatis.h"

static bool next_item(struct session *session, const char *word, struct text_item *item)
{
	size_t at = 0;

	/* Words without these characters are plain numbers or names, or cannot be read. */
	return strpbrk(word, "=:<([{,/>)]}") &&
	       text_item_next(word, strlen(word), &at, kernel_pointer_size(session->kernel),
			      TEXT_TYPED, item);
}

static bool oops_word_read_item(struct session *session, const struct text_item *item,
				uint64_t *value, unsigned int *as, struct error *err)
{
	char name[ITEM_MODULE + ITEM_NAME];

	if (item->trouble.code) {
		if (err)
			*err = item->trouble;
		return false;
	}
	*as = item->as;
	*value = item->value;
	if (!item->is_symbol)
		return true;
	snprintf(name, sizeof(name), "%s%s%s", item->module, *item->module ? ":" : "", item->name);
	if (!symbol_word_address(session->kernel, name, value, err))
		return false;
	*value += item->offset;
	return true;
}

bool oops_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
	       struct error *err)
{
	struct text_item item;

	return next_item(session, word, &item) &&
	       oops_word_read_item(session, &item, value, as, err);
}

/* Returns true if the item is the whole word. For example, an item is only a part of "foo:bar+0x1"
 * and of "ffff...(what)". */
static bool oops_word_is_all(const char *word, const struct text_item *item)
{
	const char *end = word + item->at + item->size;

	return strspn(end, ">])},.;") == strlen(end);
}

bool oops_word_address(struct session *session, const char *word, uint64_t *vaddr,
		       struct error *err)
{
	struct text_item item;
	unsigned int as;

	return next_item(session, word, &item) && oops_word_is_all(word, &item) &&
	       (item.trouble.code || item.as & 1 << AS_VIRTUAL) &&
	       oops_word_read_item(session, &item, vaddr, &as, err);
}

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
static void oops_word_join(char *word, const char *next)
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

static bool oops_word_is_option(const char *word)
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

	if (oops_word_is_option(kept) || oops_word_is_option(word) || size == 0)
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

void oops_words_join(const struct command *command, char **words)
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
			oops_word_join(*kept, *words);
		else
			*++kept = *words;
	*++kept = NULL;
}
