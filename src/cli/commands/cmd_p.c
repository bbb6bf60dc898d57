/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alias.h"
#include "cli/command.h"
#include "value/symbol_word.h"
#include "value/value.h"
#include "cli/commands/show_variable.h"
#include "kernel/kernel.h"

/* Writes the name of the variable. For a CPU's copy of a variable, writes a C expression with the
 * address of the copy, because the name does not show which copy it is. */
static void p_name(const struct show_variable *variable, char *text, size_t size)
{
	if (variable->address == variable->symbol.address)
		snprintf(text, size, "%.128s", variable->symbol.name);
	else
		snprintf(text, size, "*(%s *)0x%" PRIx64, variable->type.text, variable->address);
}

static bool refuse_struct(struct session *session, const struct show_variable *variable,
			  struct error *err)
{
	char name[sizeof(variable->type.text) + 32], drgn[320] = "";

	/* Neither gdb nor drgn would have the module's types. */
	if (variable->symbol.module)
		return fail(err, ERROR_NO_ANSWER,
			    "p does not show values of type %s; rd shows its %" PRIu64
			    " bytes at %" PRIx64,
			    variable->type.text, variable->type.size * variable->type.count,
			    variable->address);
	p_name(variable, name, sizeof(name));
	if (name[0] != '*')
		snprintf(drgn, sizeof(drgn),
			 ", as does python3 -c 'import kwalk.drgn; print(kwalk.drgn.program(\"DUMP\", \"VMLINUX\")[\"%s\"])'",
			 name);
	fail(err, ERROR_NO_ANSWER,
	     "p does not show values of type %s (%" PRIu64 " bytes at %" PRIx64
	     "); gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' -ex 'p %s' VMLINUX shows it%s",
	     variable->type.text, variable->type.size * variable->type.count, variable->address,
	     name, drgn);
	advice_name_files(session->kernel, err);
	return false;
}

/* Always returns false. If the argument is a C expression, such as "init_task.pid", "*init_task.mm"
 * or "sizeof(long)", also sets err. */
static bool refuse_expression(struct session *session, const char *argument, struct error *err)
{
	if (!strpbrk(argument, "*&()[]+-.>"))
		return false;
	fail(err, ERROR_USAGE,
	     "not a variable; gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' -ex 'p %.100s' VMLINUX reads expressions of C",
	     strchr(argument, '\'') ? "EXPRESSION" : argument);
	advice_name_files(session->kernel, err);
	return false;
}

static bool choose_form(struct session *session, struct show_variable *variable, struct error *err)
{
	show_variable_choose(session, variable);
	if (variable->typed && variable->type.kind == VARIABLE_STRUCT)
		return refuse_struct(session, variable, err);
	if (!variable->typed && value_is_code(session->kernel, &variable->symbol))
		return fail(err, ERROR_NO_ANSWER, "not a variable, but code, at %" PRIx64,
			    variable->address);
	return variable->type.count ||
	       fail(err, ERROR_UNKNOWN,
		    "its size is 0 or not known; rd shows the memory at %" PRIx64 "%s",
		    variable->address,
		    session->kernel->vmlinux ? "" :
					       "; a vmlinux (kwalk VMLINUX DUMP) shows its type");
}

static void p_print(struct session *session, const char *argument,
		    const struct show_variable *variable)
{
	struct output *output = session->output;

	output_begin(output, "p", argument, NULL);
	output_string(output, "name", variable->symbol.name);
	output_string_if(output, "type", variable->typed ? variable->type.text : NULL);
	output_hex(output, "address", variable->address);
	output_count(output, "size", variable->type.size * variable->type.count);
	show_variable_put(output, variable);
	output_summary(output, "text", show_variable_text, variable);
	output_end(output);
}

static const char *why_untyped(const struct session *session, const struct show_variable *variable)
{
	if (variable->symbol.module)
		return "its type is not known without the debug file of its module (.ko.debug)";
	return session->kernel->vmlinux ? "no DWARF or BTF has its type" :
					  "its type is not known without a vmlinux";
}

static bool p_show(struct session *session, const char *argument, struct show_variable *variable,
		   struct error *err)
{
	if (!symbol_word_find(session->kernel, argument, &variable->symbol, &variable->address,
			      err))
		return refuse_expression(session, argument, err);
	if (!choose_form(session, variable, err) || !show_variable_read(session, variable, err))
		return false;
	p_print(session, argument, variable);
	if (!variable->typed) {
		snprintf(variable->text, sizeof(variable->text), "%.*s: %s, so its bytes are shown",
			 SYMBOL_NAME_MAX, variable->symbol.name, why_untyped(session, variable));
		session_say(session, variable->text);
	}
	return variable->nr == variable->type.count ||
	       fail(err, ERROR_NO_ANSWER,
		    "the first %" PRIu64 " of %" PRIu64 " elements are shown; rd shows all",
		    variable->nr, variable->type.count);
}

static bool p_answer(struct session *session, const char *argument, struct error *err)
{
	struct show_variable *variable = calloc(1, sizeof(*variable));
	bool shown;

	if (!variable)
		return out_of_memory(err);
	shown = p_show(session, argument, variable, err);
	free(variable);
	return shown;
}

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("name", .width = 24),
					  COLUMN("type", .width = 27),
					  COLUMN("address"),
					  HIDDEN("size"),
					  HIDDEN("value"),
					  COLUMN("text", .heading = "value", .rank = KEPT),
					  { 0 } },
};

const struct command command_p = {
	.name = "p",
	.meant_by = "print output inspect",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "VAR", WORD_SYMBOL, 1, .most = MANY }),
	.record = &record,
	.summary = "value of a variable, by its type",
	.details =
		"VAR is the name of a variable of the kernel. MODULE:NAME and NAME@FILE choose\n"
		"among variables of one name; NAME:CPU and NAME:all are copies of a per-CPU\n"
		"variable. The type comes from DWARF or BTF. Numbers are decimal, pointers\n"
		"hexadecimal, and values of enums are names. If the type of a variable is not\n"
		"known, its bytes are shown. For structs and expressions use gdb or drgn: kwalk\n"
		"shows the command.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_WALKS,
	.answer = p_answer,
};
