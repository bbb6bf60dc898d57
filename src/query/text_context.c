/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_context.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/array.h"
#include "base/text.h"

/* Reads the hexadecimal number after `mark` in the line. */
static bool text_context_number_behind(const char *line, size_t size, const char *mark,
				       uint64_t *value)
{
	const char *at = text_find(line, size, mark);

	if (!at)
		return false;
	*value = 0;
	for (at += strlen(mark); at < line + size && isxdigit((unsigned char)*at); at++) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | (uint64_t)hex_value(*at);
	}
	return true;
}

static void read_boot(struct text_context *context, const char *line, size_t size)
{
	struct text_boot *boot;

	if (!context->nr_boots || text_find(line, size, "Linux version "))
		array_add(&context->boot, &context->nr_boots, &context->boot_room,
			  &(struct text_boot){ .line = context->nr_lines }, sizeof(*boot));
	if (!context->nr_boots)
		return;
	boot = &context->boot[context->nr_boots - 1];
	if (text_context_number_behind(line, size, "Kernel Offset: 0x", &boot->offset))
		boot->has_offset =
			text_context_number_behind(line, size, " from 0x", &boot->linked);
	else if (text_find(line, size, "Kernel Offset: disabled"))
		boot->has_offset = true;
}

/* Does the line begin a report, as in arch/x86/mm/fault.c, kernel/traps.c, mm/memory.c or
 * kernel/panic.c? In a report the line with PID and Comm comes after this line. */
static bool text_context_begins_report(const char *line, size_t size)
{
	return text_find(line, size, "BUG: ") || text_find(line, size, "WARNING: ") ||
	       text_find(line, size, "general protection fault") ||
	       text_find(line, size, "nable to handle kernel") ||
	       text_find(line, size, "kernel BUG at ");
}

/* Limit for the lines between the start of a report and its line with PID and Comm. For example, a
 * report of a bad page first describes the page. */
enum { MOST_LINES_BEFORE = 16 };

static void read_process(struct text_context *context, const char *line, size_t size)
{
	const char *pid = text_find(line, size, "PID: "), *end = line + size;
	const char *comm = text_find(line, size, "Comm: ");
	struct text_process process = { .line = context->nr_lines };
	uint64_t number = 0;
	size_t length;

	if (context->in_report && context->nr_lines - context->report > MOST_LINES_BEFORE)
		context->in_report = false;
	if (!context->in_report && text_context_begins_report(line, size)) {
		context->in_report = true;
		context->report = context->nr_lines;
	}
	if (!pid || !comm)
		return;
	for (pid += 5; pid < end && *pid >= '0' && *pid <= '9' && number <= INT32_MAX; pid++)
		number = 10 * number + (uint64_t)(*pid - '0');
	process.pid = number <= INT32_MAX ? (int32_t)number : 0;
	comm += strlen("Comm: ");
	length = (size_t)(end - comm);
	if (length > sizeof(process.comm))
		length = sizeof(process.comm);
	memcpy(process.comm, comm, length);
	if (context->in_report)
		process.line = context->report;
	context->in_report = false;
	array_add(&context->process, &context->nr_processes, &context->process_room, &process,
		  sizeof(process));
}

void text_context_read(struct text_context *context, const char *text, size_t size)
{
	const char *end = text + size, *newline;

	do {
		newline = memchr(text, '\n', (size_t)(end - text));
		size = (size_t)((newline ? newline : end) - text);
		read_boot(context, text, size);
		read_process(context, text, size);
		context->nr_lines++;
		text += size + 1;
	} while (newline);
}

void text_context_release(struct text_context *context)
{
	free(context->boot);
	free(context->process);
	*context = (struct text_context){ 0 };
}

void text_context_move(struct text_context *context, size_t line)
{
	while (context->boots_begun < context->nr_boots &&
	       context->boot[context->boots_begun].line <= line)
		context->boots_begun++;
	while (context->processes_begun < context->nr_processes &&
	       context->process[context->processes_begun].line <= line)
		context->processes_begun++;
}

/* On i386, the line "Kernel Offset: disabled" does not show that the offset is 0: kaslr_enabled() in
 * arch/x86/include/asm/setup.h is always false there, because only x86-64 has
 * CONFIG_RANDOMIZE_MEMORY. */
const struct text_boot *text_context_boot(const struct text_context *context,
					  unsigned int pointer_size)
{
	const struct text_boot *boot =
		context->boots_begun ? &context->boot[context->boots_begun - 1] : NULL;

	return boot && (boot->linked || pointer_size != 4) ? boot : NULL;
}

const struct text_process *text_context_process(const struct text_context *context)
{
	return context->processes_begun ? &context->process[context->processes_begun - 1] : NULL;
}
