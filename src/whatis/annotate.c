/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "whatis/annotate.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers/translate.h"
#include "areas/symbol_lookup.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/page.h"
#include "base/text.h"
#include "kernel/kernel_lines.h"
#include "kernel/kernel.h"
#include "whatis/code_line.h"

/* One start of a kernel, as a text tells it: from the line "Linux version" on. */
struct boot {
	size_t line; /* the first, from 0 */
	bool has_offset;
	uint64_t offset; /* of KASLR: "Kernel Offset: 0x... from 0x..." */
	uint64_t linked; /* address of the image without it */
};

/* What a text shows between two marks. */
struct open_part {
	const char *begin, *end; /* static */
	size_t line; /* where it began, from 1; 0: it is not open */
};

enum { NR_PARTS = 4 };

struct annotator {
	struct kernel *kernel;
	const struct process *process; /* NULL: the text's */
	bool has_named;
	struct process named; /* by the text */
	struct boot *boot; /* owned */
	size_t nr_boots, room;
	size_t line; /* of those given so far */
	struct address_set seen;
	bool has_code; /* the text has told where the code was that ran */
	uint64_t code;
	struct open_part part[NR_PARTS];
	struct whatis_list list;
};

struct annotator *annotator_create(struct kernel *kernel,
				   const struct process *process)
{
	static const struct open_part parts[NR_PARTS] = {
		{ "<TASK>", "</TASK>", 0 },
		{ "<IRQ>", "</IRQ>", 0 },
		{ "<NMI>", "</NMI>", 0 },
		/* __show_regs(), arch/x86/kernel/process_64.c, process_32.c */
		{ "RAX: ", "R15: ", 0 },
	};
	struct annotator *annotator = calloc(1, sizeof(*annotator));

	if (!annotator)
		return NULL;
	annotator->kernel = kernel;
	annotator->process = process;
	memcpy(annotator->part, parts, sizeof(parts));
	return annotator;
}

void annotator_destroy(struct annotator *annotator)
{
	if (!annotator)
		return;
	free(annotator->boot);
	address_set_release(&annotator->seen);
	free(annotator);
}

static const char *find(const char *line, size_t size, const char *wanted)
{
	return memmem(line, size, wanted, strlen(wanted));
}

/* --- boots --- */

/* The hexadecimal number behind a mark of the line. */
static bool number_behind(const char *line, size_t size, const char *mark,
			  uint64_t *value)
{
	const char *at = find(line, size, mark);

	if (!at)
		return false;
	*value = 0;
	for (at += strlen(mark);
	     at < line + size && isxdigit((unsigned char)*at); at++) {
		if (*value >> 60)
			return false;
		*value = *value << 4 |
			 (uint64_t)(isdigit((unsigned char)*at) ?
					    *at - '0' :
					    (*at | 0x20) - 'a' + 10);
	}
	return true;
}

static void read_line(struct annotator *annotator, const char *line,
		      size_t size, size_t number)
{
	struct boot *boot;

	if (!annotator->nr_boots || find(line, size, "Linux version "))
		array_add(&annotator->boot, &annotator->nr_boots,
			  &annotator->room, &(struct boot){ .line = number },
			  sizeof(*boot));
	if (!annotator->nr_boots)
		return;
	boot = &annotator->boot[annotator->nr_boots - 1];
	if (number_behind(line, size, "Kernel Offset: 0x", &boot->offset))
		boot->has_offset =
			number_behind(line, size, " from 0x", &boot->linked);
	else if (find(line, size, "Kernel Offset: disabled"))
		boot->has_offset = true;
}

void annotator_read(struct annotator *annotator, const char *text, size_t size)
{
	const char *end = text + size;
	size_t number = 0;

	for (; text < end; number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		read_line(annotator, text, (size_t)(stop - text), number);
		text = stop + 1;
	}
}

static const struct boot *boot_of(const struct annotator *annotator)
{
	const struct boot *found = NULL;

	for (size_t i = 0; i < annotator->nr_boots &&
			   annotator->boot[i].line <= annotator->line;
	     i++)
		found = &annotator->boot[i];
	return found;
}

/* Is the line of another boot of this kernel? *delta: what moves addresses of its image. */
static bool is_other_boot(struct annotator *annotator, const struct boot **boot,
			  uint64_t *delta)
{
	uint64_t own;

	*boot = boot_of(annotator);
	if (!*boot || !(*boot)->has_offset ||
	    !kernel_fact(annotator->kernel, FACT_KASLR_OFFSET, &own) ||
	    own == (*boot)->offset)
		return false;
	*delta = own - (*boot)->offset;
	return true;
}

/* --- one address --- */

static bool in_image_of(struct annotator *annotator, const struct boot *boot,
			uint64_t value)
{
	uint64_t start = boot->linked + boot->offset, first, last;

	return boot->linked &&
	       kernel_symbol(annotator->kernel, "_text", &first, NULL) &&
	       kernel_symbol(annotator->kernel, "_end", &last, NULL) &&
	       value >= start && value - start < last - first;
}

/* Not worth a line: what could be said of any number. */
static bool tells_something(const struct whatis *whatis,
			    const struct text_item *item)
{
	switch (whatis->kind) {
	case WHATIS_UNKNOWN:
	case WHATIS_REGION:
		return item->labelled && whatis->has_place &&
		       whatis->kind == WHATIS_REGION;
	case WHATIS_USER:
		return whatis->has_vma || item->is_fault;
	case WHATIS_ERROR_POINTER: /* -1 is more than an error */
		return item->labelled ||
		       (!whatis->meaning.is_int && whatis->meaning.error != 1);
	case WHATIS_NON_CANONICAL:
		return whatis->has_meant && whatis->has_place &&
		       (whatis->place.mapped || item->labelled);
	default:
		return true;
	}
}

static bool is_new(struct annotator *annotator, uint64_t value, unsigned int as)
{
	uint64_t key = value * 0x9e3779b97f4a7c15 + as;

	return !key || address_set_add(&annotator->seen, key) == ADDRESS_NEW;
}

struct visit {
	void (*visit)(void *arg, const struct annotation *annotation);
	void *arg;
};

static void tell(const struct visit *visit, const struct text_item *item,
		 const struct whatis *whatis, const char *text)
{
	visit->visit(visit->arg, &(struct annotation){ .at = item->at,
						       .size = item->size,
						       .whatis = whatis,
						       .text = text });
}

/* The call of a return address is before it. */
static void use_call_line(struct kernel *kernel, struct whatis *whatis)
{
	if (whatis->has_line)
		whatis->has_line = kernel_line(kernel, whatis->place.vaddr - 1,
					       &whatis->line);
}

static void explain_number(struct annotator *annotator,
			   const struct text_item *item,
			   const struct visit *visit)
{
	struct kernel *kernel = annotator->kernel;
	const struct process *process = annotator->process;
	struct whatis_list *list = &annotator->list;
	uint64_t value = item->value, delta = 0;
	char text[WHATIS_TEXT], moved[WHATIS_TEXT + 64];
	unsigned int as = item->as;
	const struct boot *boot;

	if (!process && annotator->has_named)
		process = &annotator->named;
	if (is_other_boot(annotator, &boot, &delta)) {
		/* Only the image is at the same place but for the offset. */
		if (in_image_of(annotator, boot, value))
			value += delta;
		else
			as &= 1 << AS_VALUE;
		process = NULL;
	}
	if (item->is_instruction && value > PAGE_BYTES) {
		annotator->has_code = true;
		annotator->code = value;
	}
	if (!as || !is_new(annotator, value, as))
		return;
	kernel_whatis(kernel, value, as, process, list);
	for (size_t i = 0; i < list->nr; i++) {
		struct whatis *whatis = &list->item[i];

		if (!tells_something(whatis, item))
			continue;
		whatis_text(kernel, whatis, text);
		snprintf(moved, sizeof(moved), "here %" PRIx64 ", %s", value,
			 text);
		tell(visit, item, whatis, value == item->value ? text : moved);
	}
}

/* Does the kernel's symbol have about the size that the text says? There, what is behind
 * it counts to it, and symbols of the entry code lie within others. */
static bool fits(struct kernel *kernel, const struct kernel_symbol *symbol,
		 const struct text_item *item)
{
	enum { MOST_GAP = 256 };
	const struct region *region =
		kernel_region(kernel, symbol->address, NULL);
	struct image_place place = { 0 };

	if (!item->extent || !symbol->size ||
	    (item->extent >= symbol->size &&
	     item->extent - symbol->size < MOST_GAP))
		return true;
	return item->extent < symbol->size && region &&
	       kernel_image_at(kernel, region, symbol->address, &place) &&
	       place.part && !strcmp(place.part, "entry-text");
}

static void explain_symbol(struct annotator *annotator,
			   const struct text_item *item,
			   const struct visit *visit)
{
	struct kernel *kernel = annotator->kernel;
	struct whatis *whatis = &annotator->list.item[0];
	struct kernel_symbol symbol;
	char text[WHATIS_TEXT], line[WHATIS_TEXT + 512];
	struct error why;
	uint64_t address;

	if (!kernel_symbol_find(kernel, item->name, &symbol, NULL) ||
	    (item->module[0] &&
	     (!symbol.module || strcmp(symbol.module, item->module) != 0))) {
		if (!item->extent || !is_new(annotator, item->offset, 1u << 31))
			return;
		if (kernel_has_symbols(kernel, &why))
			fail(&why, ERROR_NO_ANSWER,
			     "this kernel has no such symbol%s%s",
			     item->module[0] ? " in a module " : "",
			     item->module);
		snprintf(line, sizeof(line), "%s", why.message);
		tell(visit, item, NULL, line);
		return;
	}
	if (!item->extent && symbol.size && item->offset >= symbol.size)
		return;
	address = symbol.address + item->offset;
	if (item->is_instruction) {
		annotator->has_code = true;
		annotator->code = address;
	}
	if (!is_new(annotator, address, item->as))
		return;
	kernel_whatis_at(kernel, address, whatis);
	if (!item->is_instruction)
		use_call_line(kernel, whatis);
	whatis_text(kernel, whatis, text);
	snprintf(line, sizeof(line), "%" PRIx64 ", %s", address, text);
	if (!fits(kernel, &symbol, item))
		text_append(line, sizeof(line),
			    "; but here %s has %" PRIu64
			    " bytes: is the text about another kernel?",
			    item->name, symbol.size);
	tell(visit, item, whatis, line);
}

/* --- lines that are more than their words --- */

/* "CPU: 0 PID: 141 Comm: init": the process that user addresses are of. */
static void read_process(struct annotator *annotator, const char *line,
			 size_t size)
{
	const char *pid = find(line, size, "PID: ");
	const char *comm = find(line, size, "Comm: ");
	const struct task_list *tasks;
	uint64_t number = 0;
	size_t length;

	if (annotator->process || !pid || !comm)
		return;
	annotator->has_named = false;
	for (pid += 5; pid < line + size && *pid >= '0' && *pid <= '9' &&
		       number < UINT32_MAX;
	     pid++)
		number = 10 * number + (uint64_t)(*pid - '0');
	tasks = number ? kernel_tasks(annotator->kernel, NULL) : NULL;
	for (size_t i = 0; tasks && i < tasks->nr; i++) {
		const struct task *task = &tasks->task[i];

		length = strlen(task->comm);
		if ((uint64_t)task->pid == number &&
		    length <= (size_t)(line + size - comm - 6) &&
		    !memcmp(comm + 6, task->comm, length))
			annotator->has_named =
				kernel_process(annotator->kernel, task,
					       &annotator->named, NULL);
	}
}

/* Compares the code in the text with that in the dump. */
static void explain_code(struct annotator *annotator, const char *line,
			 size_t size, const struct visit *visit)
{
	uint8_t code[CODE_LINE_MOST], own[CODE_LINE_MOST];
	size_t nr, mark, same = 0;
	struct text_item item = { .size = 4 };
	char text[160];
	uint64_t start;

	if (!code_line_read(line, size, code, &nr, &mark) ||
	    !annotator->has_code)
		return;
	start = annotator->code - mark;
	annotator->has_code = false;
	if (kernel_is_user_address(annotator->kernel, start))
		return;
	item.at = (size_t)(find(line, size, "Code: ") - line);
	if (!kernel_read(annotator->kernel, start, own, nr, NULL)) {
		snprintf(text, sizeof(text),
			 "%" PRIx64 " to %" PRIx64 ": not in the dump", start,
			 start + nr - 1);
	} else {
		while (same < nr && code[same] == own[same])
			same++;
		if (same == nr)
			snprintf(text, sizeof(text),
				 "%" PRIx64 " to %" PRIx64
				 ": the dump has the same",
				 start, start + nr - 1);
		else
			snprintf(text, sizeof(text),
				 "%" PRIx64 " to %" PRIx64
				 ": the dump has %02x, not %02x, at %" PRIx64,
				 start, start + nr - 1, own[same], code[same],
				 start + same);
	}
	tell(visit, &item, NULL, text);
}

/* The addresses of such a line are the device's, and nobody else's. Mappings of another boot
 * say nothing. */
static void explain_fault(struct annotator *annotator,
			  const struct dma_fault *fault,
			  const struct visit *visit)
{
	struct text_item item = { .at = fault->at, .size = fault->size };
	struct whatis *whatis = &annotator->list.item[0];
	uint64_t device = fault->devfn | fault->bus << 8, delta;
	const struct boot *boot;
	char text[WHATIS_TEXT];

	if (is_other_boot(annotator, &boot, &delta) ||
	    !is_new(annotator,
		    fault->address ^ fault->is_write ^ fault->pasid << 40,
		    1u << 30 | (unsigned int)device))
		return;
	kernel_whatis_fault(annotator->kernel, fault, whatis);
	whatis_text(annotator->kernel, whatis, text);
	tell(visit, &item, whatis, text);
}

static void read_parts(struct annotator *annotator, const char *line,
		       size_t size)
{
	for (size_t i = 0; i < NR_PARTS; i++) {
		struct open_part *part = &annotator->part[i];

		if (find(line, size, part->begin))
			part->line = annotator->line + 1;
		if (find(line, size, part->end))
			part->line = 0;
	}
}

void annotator_line(struct annotator *annotator, const char *line, size_t size,
		    void (*callback)(void *arg,
				     const struct annotation *annotation),
		    void *arg)
{
	const struct visit visit = { callback, arg };
	struct text_item item;
	struct dma_fault fault;
	size_t at = 0;

	read_process(annotator, line, size);
	read_parts(annotator, line, size);
	if (dma_fault_parse(line, size, &fault)) {
		explain_fault(annotator, &fault, &visit);
		at = fault.at + fault.size;
	}
	while (!kernel_stopped(annotator->kernel) &&
	       text_item_next(line, size, &at,
			      kernel_pointer_size(annotator->kernel), &item)) {
		if (item.trouble.code)
			callback(arg, &(struct annotation){
					      .at = item.at,
					      .size = item.size,
					      .trouble = &item.trouble });
		else if (item.is_symbol)
			explain_symbol(annotator, &item, &visit);
		else
			explain_number(annotator, &item, &visit);
	}
	explain_code(annotator, line, size, &visit);
	annotator->line++;
}

bool annotator_cut(const struct annotator *annotator, size_t *line,
		   struct error *err)
{
	for (size_t i = 0; i < NR_PARTS; i++) {
		const struct open_part *part = &annotator->part[i];

		if (!part->line)
			continue;
		*line = part->line;
		fail(err, ERROR_FORMAT,
		     "the text seems to be cut off: no line with %s follows",
		     part->end);
		return true;
	}
	return false;
}
