/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/percpu_area.h"
#include "base/text.h"
#include "cli/pasted_word.h"
#include "value/symbol_word.h"
#include "linux/module/module_lines.h"
#include "debuginfo/lines.h"
#include "cli/command.h"

/* A list of more symbols shows their source lines only on request, because each needs a search. */
enum { MOST_LINES = 100 };

struct sym_shown {
	uint64_t address; /* the address that the argument means */
	const struct kernel_symbol *symbol;
	uint64_t offset;
	int cpu; /* CPU whose copy of a per-CPU variable is shown, or NO_CPU */
	bool lines; /* show the source line of the code */
};

/* Returns true if the argument is the name of a symbol, so the user asks for its address. If the
 * argument is a number or a sum, the user asks for the symbol at this address. */
static bool sym_is_name(const char *argument)
{
	size_t name = strcspn(argument, "@");
	uint64_t value;

	return strcspn(argument, "+- \t") >= name && !strpbrk(argument, "+ \t") &&
	       !parse_hex(argument, &value, NULL) &&
	       (strchr(argument, ':') || !(argument[0] >= '0' && argument[0] <= '9'));
}

struct sym_shown_line {
	struct session *session;
	const struct sym_shown *shown;
	const struct code_line *line;
};

/* Writes the columns after the address. */
static void text_symbol(const void *arg, char *text, size_t size)
{
	const struct sym_shown_line *shown_line = arg;
	const struct sym_shown *shown = shown_line->shown;
	const struct kernel_symbol *symbol = shown->symbol;
	const struct code_line *line = shown_line->line;
	char number[1 + DECIMAL_DIGITS_MAX + 1] = ":";
	size_t used = 0;

	if (symbol->type)
		used = text_add(text, size, 0, (char[]){ '(', symbol->type, ')', ' ', '\0' });
	used = text_add(text, size, used, symbol->name);
	if (shown->cpu != NO_CPU)
		text_append(text, size, ":%d", shown->cpu);
	if (shown->offset)
		text_append(text, size, "+0x%" PRIx64, shown->offset);
	if (symbol->module)
		text_append(text, size, " [%s]", symbol->module);
	if (line->path[0]) {
		used = text_add(text, size, used + strlen(text + used), " ");
		used = text_add(text, size, used, line->path);
	}
	if (line->path[0] && line->line) {
		number[1 + format_count(number + 1, line->line)] = '\0';
		text_add(text, size, used, number);
	}
	if (line->unit[0] && strcmp(line->unit, line->path) != 0)
		text_append(text, size, ", in %s", line->unit);
	if (shown->cpu == NO_CPU && percpu_has_symbol(shown_line->session->kernel, symbol))
		text_append(text, size, " per-CPU");
}

/* States the fields after the address. */
static void record_symbol(const void *arg)
{
	const struct sym_shown_line *shown_line = arg;
	const struct sym_shown *shown = shown_line->shown;
	const struct kernel_symbol *symbol = shown->symbol;
	const struct code_line *line = shown_line->line;
	struct output *output = shown_line->session->output;
	const char type[] = { symbol->type, '\0' };

	output_integer(output, "offset", (int64_t)shown->offset);
	if (symbol->size)
		output_integer(output, "size", (int64_t)symbol->size);
	output_string(output, "type", symbol->type ? type : NULL);
	output_string(output, "module", symbol->module);
	if (percpu_has_symbol(shown_line->session->kernel, symbol))
		output_boolean(output, "percpu", true);
	if (shown->cpu != NO_CPU)
		output_integer(output, "cpu", shown->cpu);
	output_string(output, "file", line->path[0] ? line->path : NULL);
	if (line->line)
		output_integer(output, "line", line->line);
	output_string(output, "unit", line->unit[0] ? line->unit : NULL);
	if (symbol->origin != SYMBOL_OF_VMLINUX)
		output_string(output, "source", symbol_origin_names[symbol->origin]);
}

static void state(struct session *session, const char *argument, const struct sym_shown *shown,
		  const struct code_line *line)
{
	const struct sym_shown_line shown_line = { session, shown, line };
	struct output *output = session->output;

	output_begin(output, "sym", argument, NULL);
	output_string(output, "name", shown->symbol->name);
	output_hex(output, "address", shown->address);
	output_summary(output, "shown", text_symbol, &shown_line);
	output_in_records(output, record_symbol, &shown_line);
	output_end(output);
}

static void sym_print(struct session *session, const char *argument, const struct sym_shown *shown)
{
	struct code_line line = { .line = 0 };
	const char *file;

	if (shown->lines && !module_line(session->kernel, shown->address, &line)) {
		file = kernel_symbol_file(session->kernel, shown->symbol);
		line = (struct code_line){ .line = 0 };
		text_add(line.path, sizeof(line.path), 0, file ? file : "");
	}
	state(session, argument, shown, &line);
}

/* Prints a symbol whose name was given. If cpu is not NO_CPU, the symbol must be a per-CPU
 * variable, and this CPU's copy is printed. */
static bool print_named(struct session *session, const char *argument,
			const struct kernel_symbol *symbol, int cpu, struct error *err)
{
	struct sym_shown shown = {
		.address = symbol->address,
		.symbol = symbol,
		.cpu = cpu,
		.lines = true,
	};

	if (cpu != NO_CPU && !percpu_has_symbol(session->kernel, symbol))
		return fail(err, ERROR_USAGE, "%s is not a per-CPU variable", symbol->name);
	if (cpu != NO_CPU && !percpu_copy_of(session->kernel, symbol->address, (unsigned int)cpu,
					     &shown.address, err))
		return false;
	sym_print(session, argument, &shown);
	return true;
}

static bool answer_name(struct session *session, const char *argument, struct error *err)
{
	const char *name = argument + (*argument == '&');
	struct symbol_list list = { 0 };
	struct symbol_word word;
	bool found;

	found = symbol_word_parse(&word, name, err) &&
		symbol_word_list(session->kernel, &word, &list, err);
	for (size_t i = 0; found && i < list.nr; i++)
		found = print_named(session, argument, &list.symbol[i], word.cpu, err);
	free(list.symbol);
	return found;
}

static bool sym_answer_address(struct session *session, const char *argument, struct error *err)
{
	struct kernel_symbol symbol;
	struct percpu_place place;
	struct sym_shown shown = { .symbol = &symbol, .cpu = NO_CPU, .lines = true };

	if (!parse_address(session, argument, &shown.address, err))
		return false;
	say_offset_unlike_crash(session, argument);
	if (symbol_lookup_at(session->kernel->symbols, shown.address, &symbol, err)) {
		shown.offset = shown.address - symbol.address;
	} else if (percpu_at(session->kernel, shown.address, &place) && place.symbol &&
		   symbol_lookup_find(session->kernel->symbols, place.symbol, &symbol, NULL)) {
		shown.offset = place.symbol_offset;
		shown.cpu = (int)place.cpu;
	} else {
		return false;
	}
	sym_print(session, argument, &shown);
	return true;
}

static bool sym_answer(struct session *session, const char *argument, struct error *err)
{
	uint64_t pasted;

	return sym_is_name(argument) && !pasted_word_address(session, argument, &pasted, NULL) ?
		       answer_name(session, argument, err) :
		       sym_answer_address(session, argument, err);
}

/* --- lists --- */

struct sym_options {
	/* parts: the arguments are parts of names. all: the arguments are names of modules. lines:
	 * source lines of any number of symbols. */
	unsigned int parts, all, lines;
};

/* Lists all symbols whose names contain part, or all symbols of a module. */
static bool sym_list(struct session *session, const char *part, const char *module,
		     struct error *err)
{
	struct symbol_list list = { 0 };
	const struct sym_options *given = session->given;
	struct sym_shown shown = { .cpu = NO_CPU };

	symbol_lookup_all(session->kernel->symbols, NULL, part, module, symbol_list_add, &list);
	symbol_list_sort(&list, session->kernel->listener);
	shown.lines = part && (list.nr <= MOST_LINES || given->lines);
	for (size_t i = 0; i < list.nr && !session_interrupted(session); i++) {
		shown.symbol = &list.symbol[i];
		shown.address = shown.symbol->address;
		sym_print(session, part ? part : module, &shown);
	}
	free(list.symbol);
	if (list.nr || session_interrupted(session))
		return true;
	return kernel_has_symbols(session->kernel, err) &&
	       fail(err, ERROR_NO_ANSWER,
		    part   ? "no symbol has this text in its name" :
		    module ? "no module of this name has symbols" :
			     "no symbols are known");
}

static bool sym_run(struct session *session, char **words, struct error *err)
{
	const struct sym_options *given = session->given;

	if (!*words)
		return sym_list(session, NULL, NULL, err);
	for (; *words && !session_interrupted(session); words++)
		if (given->all	 ? !sym_list(session, NULL, *words, err) :
		    given->parts ? !sym_list(session, *words, NULL, err) :
				   !sym_answer(session, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct command_option options[] = {
	{ "q", AT(sym_options, parts), .group = 'w',
	  .help = "list all symbols with NAME in their names" },
	{ "v", AT(sym_options, lines), .with = "q",
	  .help = "also show the source lines of more than 100 symbols" },
	{ "l", AT(sym_options, all), .group = 'w',
	  .help = "list all symbols, or only symbols of MODULE" },
	{ 0 }
};

static const struct record record = {
	.plain = true,
	.fields = FIELDS(COLUMN("address"), COLUMN("shown")),
};

const struct command command_sym = {
	.name = "sym",
	.group = GROUP_TRANSLATE,
	.options = options,
	.arguments = ARGUMENTS({ "NAME|ADDR", WORD_SYMBOL, 1, .most = MANY },
			       { "MODULE", WORD_MODULE, .most = MANY, .with = "l" }),
	.given_size = GIVEN(sym_options),
	.record = &record,
	.summary = "address of a symbol; symbol and offset of an address",
	.details =
		"Shows address, type (the letter of nm), name, module, and file and line if\n"
		"vmlinux has them. Addresses are as in the running kernel, after KASLR. A word\n"
		"of hexadecimal digits is an address; write &NAME for a symbol of that name. A\n"
		"sum such as \"schedule+10\" asks for the symbol at that address. If several\n"
		"symbols have the name, all are shown: MODULE:NAME (vmlinux:NAME for the kernel)\n"
		"and NAME@FILE choose. NAME:CPU and NAME:all are copies of a per-CPU variable.",
	.addresses = MANY_ADDRESSES,
	.rests_on = 1 << FACT_KASLR_OFFSET | RESTS_ON_SYMBOLS,
	.run = sym_run,
};
