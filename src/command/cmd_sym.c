/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

#include <string.h>

/* A name alone asks for the symbol; a number or a sum for what lies there. */
static bool is_name(const char *argument)
{
	uint64_t value;

	return !strpbrk(argument, "+- \t") &&
	       !command_parse_hex(argument, &value, NULL) &&
	       !(argument[0] >= '0' && argument[0] <= '9');
}

static bool look_up(struct session *session, const char *argument,
		    struct kernel_symbol *symbol, uint64_t *address,
		    struct error *err)
{
	if (is_name(argument)) {
		const char *name = argument + (*argument == '&');

		if (!kernel_symbol_find(session->kernel, name, symbol, err) &&
		    !kernel_symbol_foreign(session->kernel, name, symbol))
			return false;
		*address = symbol->address;
		return true;
	}
	return command_parse_address(session, argument, address, err) &&
	       kernel_symbol_at(session->kernel, *address, symbol, err);
}

static void print(struct output *output, uint64_t address, uint64_t offset,
		  const struct kernel_symbol *symbol)
{
	output_text_hex(output, address, output_address_width(output));
	output_text(output, " ");
	output_text(output, symbol->name);
	if (offset) {
		output_text(output, "+0x");
		output_text_hex(output, offset, 1);
	}
	if (symbol->module) {
		output_text(output, " [");
		output_text(output, symbol->module);
		output_text(output, "]");
	}
	output_text(output, "\n");
}

static bool answer(struct session *session, const char *argument,
		   struct error *err)
{
	struct output *output = session->output;
	struct kernel_symbol symbol;
	uint64_t address, offset;

	if (!look_up(session, argument, &symbol, &address, err))
		return false;
	offset = address - symbol.address;
	if (!output_json(output)) {
		print(output, address, offset, &symbol);
		return true;
	}
	output_begin(output, "sym", argument, "ok");
	output_string(output, "name", symbol.name);
	output_hex(output, "address", address);
	output_integer(output, "offset", offset);
	if (symbol.size)
		output_integer(output, "size", symbol.size);
	if (symbol.module)
		output_string(output, "module", symbol.module);
	if (strcmp(symbol.source, "vmlinux") != 0)
		output_string(output, "source", symbol.source);
	output_end(output);
	return true;
}

const struct command command_sym = {
	.name = "sym",
	.usage = "NAME|ADDR...",
	.summary = "address of a symbol; symbol and offset of an address",
	.details = "Addresses are those of the running kernel, moved by KASLR. A word of\n"
		   "hexadecimal digits alone is an address; &NAME forces the symbol.\n"
		   "\"sym schedule+10\" says which symbol lies there. In JSON \"address\" is\n"
		   "the address that was asked for: \"offset\" bytes into the symbol.",
	.rests_on = 1 << FACT_KASLR_OFFSET | RESTS_ON_SYMBOLS,
	.min_args = 1,
	.max_args = -1,
	.answer = answer,
};
