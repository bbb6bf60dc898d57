/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/alias.h"
#include "cli/pasted_word.h"
#include "cli/tables.h"
#include "cli/words.h"
#include "cli/show_area.h"
#include "cli/commands/show_definition.h"
#include "cli/commands/show_whatis.h"
#include "value/value.h"

/* Reads an error number, which can have the forms -22, -EINVAL and ERR_PTR(-22). */
static bool parse_error(const struct kernel *kernel, const char *word, uint64_t *value)
{
	const char *at = starts_with(word, "ERR_PTR(") ? word + 8 : word;
	char name[24];
	size_t size;
	char *end;
	long number;

	if (*at++ != '-')
		return false;
	size = strcspn(at, ")");
	if (!size || size >= sizeof(name) || (at[size] && at[size + 1]))
		return false;
	memcpy(name, at, size);
	name[size] = '\0';
	number = strtol(name, &end, 10);
	if (*end)
		number = error_number(name);
	if (number <= 0)
		return false;
	*value = -(uint64_t)number;
	if (kernel_pointer_size(kernel) == 4)
		*value = (uint32_t)*value;
	return true;
}

enum { MOST_TYPE_NAME = 256 };

/* Shows the definition if the word is the name of a type, or TYPE.MEMBER. Returns false and sets err if
 * it is not. */
static bool answer_type(struct session *session, const char *word, struct error *err)
{
	const char *dot = strchr(word, '.');
	const struct definition_form form = { .members = dot ? dot + 1 : NULL };
	char name[MOST_TYPE_NAME];
	struct ctype type;
	struct error why;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "."), word);
	if (!value_type(session->kernel, name, &type, err))
		return false;
	show_definition_note_others(session, name, &type);
	if (!show_definition(session, word, &type, &form, false, &why))
		session_complain(session, word, &why);
	return true;
}

static bool whatis_parse_word(struct session *session, const char *word, uint64_t *value,
			      unsigned int *as, struct error *err)
{
	*as = AS_ANY | 1 << AS_BUS;
	if (parse_hex(word, value, NULL) || parse_error(session->kernel, word, value))
		return true;
	*as = 1 << AS_VIRTUAL;
	if (parse_address(session, word, value, err))
		return true;
	return pasted_word(session, word, value, as, err);
}

/* Finds the value of a variable, or of an expression of C if the word is no address. */
static bool find_typed(struct session *session, const char *word, bool is_address,
		       struct value *typed, struct error *err)
{
	const struct value_memory memory = { .kernel = session->kernel };

	/* Another number is not taken for a decimal one. */
	if (isdigit((unsigned char)*word))
		return false;
	return (is_address ? value_symbol(session->kernel, word, typed, err) :
			     value_expression(&memory, word, typed, err)) &&
	       !typed->untyped && ctype_describe(&typed->type).kind != CTYPE_VOID;
}

/* The address of a value, or the number if the value is in no memory. */
static bool place_of(struct session *session, const struct value *typed, uint64_t *value)
{
	const struct value_memory memory = { .kernel = session->kernel };

	*value = typed->address;
	return typed->in_memory || value_number(&memory, typed, value, NULL);
}

static void whatis_answer(struct session *session, const struct process *process, const char *word,
			  bool all, struct whatis_list *list)
{
	struct error err = { 0 };
	char text[256] = "";
	struct value typed;
	unsigned int as;
	uint64_t value;
	bool is_address = whatis_parse_word(session, word, &value, &as, &err);

	if (!is_address && !isdigit((unsigned char)*word) && answer_type(session, word, NULL))
		return;
	if ((!is_address || as == 1 << AS_VIRTUAL) &&
	    find_typed(session, word, is_address, &typed,
		       !is_address && isalpha((unsigned char)*word) && strpbrk(word, ".>") ?
			       &err :
			       NULL)) {
		ctype_declare(&typed.type, "", text, sizeof(text));
		as = is_address || typed.in_memory ? 1 << AS_VIRTUAL : AS_ANY;
	}
	if (!is_address && (!*text || !place_of(session, &typed, &value))) {
		session_complain(session, word, &err);
		return;
	}
	query_whatis(session->kernel, value, as, process, list);
	for (size_t i = 0; i < list->nr; i++)
		show_whatis(session, word, &list->item[i], *text && !i ? text : NULL, all);
}

enum { MOST_LINE = 512 };

/* If the words are a message of an IOMMU's driver, answers for the message. If not, returns
 * false. */
static bool answer_fault(struct session *session, char **words, bool all, struct whatis *whatis)
{
	struct dma_fault fault;
	char line[MOST_LINE] = "";

	for (char **word = words; *word; word++)
		text_append(line, sizeof(line), "%s%s", word > words ? " " : "", *word);
	if (!HAVE_DEVICES || !dma_fault_parse(line, strlen(line), &fault))
		return false;
	query_whatis_fault(session->kernel, &fault, whatis);
	show_whatis(session, line, whatis, NULL, all);
	return true;
}

/* If the words begin with "struct page", "union NAME" or "enum NAME", shows this type. Returns false if they do not. */
static bool answer_keyword(struct session *session, char **words)
{
	char text[256];
	struct error err;

	if (!words[1] || !text_list_has("struct union enum", words[0]))
		return false;
	snprintf(text, sizeof(text), "%s %s", words[0], words[1]);
	if (!answer_type(session, text, &err))
		session_complain(session, text, &err);
	return true;
}

struct whatis_options {
	unsigned int all;
};

static bool whatis_run(struct session *session, char **words, struct error *err)
{
	const struct whatis_options *given = session->given;
	struct whatis_list *list = malloc(sizeof(*list));

	if (!list)
		return out_of_memory(err);
	if (answer_fault(session, words, given->all, &list->item[0]))
		words += count_words(words);
	for (; *words && !session_interrupted(session); words++) {
		if (answer_keyword(session, words)) {
			words++;
			continue;
		}
		whatis_answer(session,
			      session->chosen.table.has_process ? &session->chosen.table.process :
								  NULL,
			      *words, given->all, list);
	}
	free(list);
	return true;
}

static const struct command_option options[] = {
	{ "v", AT(whatis_options, all),
	  .help = "also show all facts about the address, its frame and its use" },
	TABLE_OPTIONS("p", "take user addresses as addresses of this process", "r",
		      "walk user addresses in the page table at ROOT, a physical\n"
		      "address or a value of CR3 or TTBR"),
	{ 0 }
};

static const struct record record = {
	.closed = true,
	.fields = FIELDS(COLUMN("value", .width = 28, .rank = KEPT), COLUMN("as", .width = 8),
			 COLUMN("text", .rank = KEPT), LINE("place"),
			 LINE("c_type", .heading = "type"), PURPOSE_LINES, LINE("frame"),
			 LINE("struct_page", .heading = "struct page")),
};

const struct command command_whatis = {
	.name = "whatis",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "WORD", WORD_MEANT, 1, .most = MANY }),
	.given_size = GIVEN(whatis_options),
	.record = &record,
	.summary = "what an address, frame, CR3, register or poison value is",
	.listed_as = "what an address or value is; the definition of a type",
	.details =
		"WORD is a type, such as page or struct page, whose definition is shown; or an\n"
		"expression of C, such as init_task.mm, whose type and address are shown; or it\n"
		"is a number, a symbol or a sum, or a piece of an oops: CR2=..., [<...>],\n"
		"pfn:0x..., foo+0x1a/0x40, -22, -EINVAL. One line for each thing that it can be:\n"
		"AS shows how the number is taken (virtual, physical, pfn, root of a page table,\n"
		"value, or bus address that an IOMMU maps). A hexadecimal number without a\n"
		"command is explained as by whatis. All words together may also be a line of the\n"
		"log about an access that an IOMMU refused (DMAR: [DMA Write] Request device\n"
		"..., AMD-Vi: Event logged [...]). The answer then shows the device, what the\n"
		"bus address is mapped to now, the owner of that memory, and the next mappings.",
	.rests_on = RESTS_ON_FRAMES,
	.takes_values = true,
	.run = whatis_run,
};
