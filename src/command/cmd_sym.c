/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "areas/symbol_lookup.h"
#include "session/command.h"

/* A name alone asks for its address; a number or a sum, for the symbol there. */
static bool is_name(const char *argument)
{
	uint64_t value;

	return !strpbrk(argument, "+- \t") &&
	       !parse_hex(argument, &value, NULL) &&
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
	return parse_address(session, argument, address, err) &&
	       kernel_symbol_at(session->kernel, *address, symbol, err);
}

static void print(struct output *output, uint64_t address, uint64_t offset,
		  const struct kernel_symbol *symbol)
{
	output_textf(output, "%0*" PRIx64 " %s",
		     (int)output_address_width(output), address, symbol->name);
	if (offset)
		output_textf(output, "+0x%" PRIx64, offset);
	if (symbol->module)
		output_textf(output, " [%s]", symbol->module);
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
	.details = "Addresses are those of the running kernel, after KASLR. A word of\n"
		   "hexadecimal digits is an address; write &NAME for a symbol of that name.\n"
		   "A sum such as \"schedule+10\" asks for the symbol at that address. In JSON,\n"
		   "\"address\" is the address asked for: \"offset\" bytes into the symbol.",
	.rests_on = 1 << FACT_KASLR_OFFSET | RESTS_ON_SYMBOLS,
	.answer = answer,
};
