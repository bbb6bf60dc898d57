/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pasted_word.h"

#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "cli/command.h"
#include "value/symbol_word.h"
#include "query/text_item.h"
#include "query/whatis.h"

static bool next_item(struct session *session, const char *word, struct text_item *item)
{
	struct text_items items =
		text_items_of(word, strlen(word), kernel_pointer_size(session->kernel), TEXT_TYPED);

	/* Words without these characters are plain numbers or names, or cannot be read. */
	return strpbrk(word, "=:<([{,/>)]}") && text_items_next(&items, item);
}

static bool read_item(struct session *session, const struct text_item *item, uint64_t *value,
		      unsigned int *as, struct error *err)
{
	char name[OOPS_MODULE + OOPS_NAME];

	if (item->trouble.code) {
		if (err)
			*err = item->trouble;
		return false;
	}
	*as = item->as;
	*value = item->value;
	if (!item->is_symbol)
		return true;
	snprintf(name, sizeof(name), "%s%s%s", item->symbol.module, *item->symbol.module ? ":" : "",
		 item->symbol.name);
	if (!symbol_word_address(session->kernel, name, value, err))
		return false;
	*value += item->symbol.offset;
	return true;
}

bool pasted_word(struct session *session, const char *word, uint64_t *value, unsigned int *as,
		 struct error *err)
{
	struct text_item item;

	return next_item(session, word, &item) && read_item(session, &item, value, as, err);
}

/* Returns true if the item is the whole word. For example, an item is only a part of "foo:bar+0x1"
 * and of "ffff...(what)". */
static bool is_whole_word(const char *word, const struct text_item *item)
{
	const char *end = word + item->at + item->size;

	return strspn(end, ">])},.;") == strlen(end);
}

bool pasted_word_address(struct session *session, const char *word, uint64_t *vaddr,
			 struct error *err)
{
	struct text_item item;
	unsigned int as;

	return next_item(session, word, &item) && is_whole_word(word, &item) &&
	       (item.trouble.code || item.as & 1 << AS_VIRTUAL) &&
	       read_item(session, &item, vaddr, &as, err);
}
