/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/words.h"
#include "code/code.h"
#include "debuginfo/inlines.h"
#include "debuginfo/lines.h"
#include "debuginfo/vmlinux.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "query/whatis.h"
#include "symbols/symbol_lookup.h"
#include "value/value.h"

struct dis_options {
	unsigned int reverse, forward, lines, radix;
};

/* The code that is shown. */
struct dis {
	struct session *session;
	const struct dis_options *given;
	const char *argument;
	struct code *code;
	uint64_t address; /* the address that the user gave */
	uint64_t at; /* the next instruction */
	uint64_t end; /* exclusive; 0: none */
	uint64_t count; /* of instructions; UINT64_MAX: until the end */
	bool told; /* that bytes of vmlinux are shown */
};

/* --- bytes --- */

/* Copies the bytes of vmlinux, if they are certainly the kernel's. The kernel may have changed them
 * since: alternatives, static calls, ftrace. */
static size_t read_of_vmlinux(struct kernel *kernel, uint64_t address, uint8_t *bytes, size_t size)
{
	const uint8_t *content = NULL;
	uint64_t offset;

	if (!kernel->vmlinux || kernel->identity->match != VMLINUX_MATCHES ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return 0;
	while (size && !(content = vmlinux_content(kernel->vmlinux, address - offset, size)))
		size--;
	if (size)
		memcpy(bytes, content, size);
	return size;
}

/* The bytes from an address on: enough for one instruction, or as many as can be read. */
struct code_bytes {
	uint8_t byte[CODE_LONGEST];
	size_t nr;
	size_t of_dump; /* the first bytes, which are in the dump; vmlinux has the others */
};

/* Returns false and sets err if there are no bytes. */
static bool read_code(struct dis *dis, struct code_bytes *bytes, struct error *err)
{
	struct kernel *kernel = dis->session->kernel;
	uint64_t left = kernel_page_last(kernel, dis->at) - dis->at + 1;
	size_t first = left < CODE_LONGEST ? (size_t)left : CODE_LONGEST;

	*bytes = (struct code_bytes){ .nr = first };
	if (kernel_read(kernel, dis->at, bytes->byte, first, err))
		bytes->of_dump = first;
	else
		bytes->nr = read_of_vmlinux(kernel, dis->at, bytes->byte, first);
	if (bytes->nr < first || first == CODE_LONGEST)
		return bytes->nr;
	if (bytes->of_dump &&
	    kernel_read(kernel, dis->at + first, bytes->byte + first, CODE_LONGEST - first, NULL))
		bytes->of_dump = bytes->nr = CODE_LONGEST;
	else
		bytes->nr += read_of_vmlinux(kernel, dis->at + first, bytes->byte + first,
					     CODE_LONGEST - first);
	return true;
}

/* --- answers --- */

enum { NAME = 600 };

static bool name_of(struct kernel *kernel, uint64_t address, char text[NAME], const char **module)
{
	struct kernel_symbol symbol;

	if (!symbol_lookup_at(kernel->symbols, address, &symbol, NULL))
		return false;
	if (address > symbol.address)
		snprintf(text, NAME, "%s+0x%" PRIx64, symbol.name, address - symbol.address);
	else
		snprintf(text, NAME, "%s", symbol.name);
	*module = symbol.module;
	return true;
}

/* An instruction's inlined functions, the innermost first, and the function that has their code. */
struct inlining {
	struct output *output;
	const struct inlined_function *functions;
	size_t nr;
	const char *outermost;
};

/* Adds the callers of the innermost inlined function, each with the line of its call. */
static void put_callers(const void *arg)
{
	const struct inlining *inlining = arg;
	struct output *output = inlining->output;

	output_list_begin(output, "inlined_into");
	for (size_t i = 0; i < inlining->nr; i++) {
		const struct inlined_function *call = &inlining->functions[i];

		output_object_begin(output, NULL);
		output_string(output, "symbol",
			      i + 1 < inlining->nr ? call[1].name : inlining->outermost);
		if (*call->path) {
			output_string(output, "file", call->path);
			output_count(output, "line", call->line);
		}
		output_object_end(output);
	}
	output_list_end(output);
}

/* Adds the source line, which is in the innermost inlined function. */
static void put_line(struct dis *dis)
{
	struct inlined_function functions[MOST_INLINED];
	struct output *output = dis->session->output;
	struct kernel *kernel = dis->session->kernel;
	struct inlining inlining = { .output = output, .functions = functions };
	struct code_line line = { .line = 0 };
	struct kernel_symbol symbol;
	char chain[WHATIS_INLINED] = "";

	if (!module_line(kernel, dis->at, &line)) {
		output_string_if(output, "where", NULL);
		return;
	}
	inlining.nr = module_inlined(kernel, dis->at, functions);
	whatis_put_inlined(functions, inlining.nr, chain, sizeof(chain));
	output_string(output, "file", line.path);
	output_count(output, "line", line.line);
	output_remarkf(output, "where", "%s:%u%s", line.path, line.line, chain);
	if (!inlining.nr)
		return;
	if (symbol_lookup_at(kernel->symbols, dis->at, &symbol, NULL))
		inlining.outermost = symbol.name;
	output_string(output, "inlined", functions[0].name);
	output_in_records(output, put_callers, &inlining);
}

static void put_target(struct dis *dis, const struct code_instruction *instruction)
{
	struct output *output = dis->session->output;
	const char *module = NULL;
	char name[NAME] = "";

	if (instruction->has_target) {
		output_hex(output, "target", instruction->target);
		name_of(dis->session->kernel, instruction->target, name, &module);
	}
	output_string_if(output, "target_symbol", name);
	output_string(output, "target_module", module);
}

static void put_instruction(struct dis *dis, const uint8_t *bytes, bool of_vmlinux,
			    const struct code_instruction *instruction)
{
	struct output *output = dis->session->output;
	bool marked = dis->given->reverse && dis->address - dis->at < instruction->size;
	char name[NAME] = "", hex[2 * CODE_LONGEST + 1] = "";
	const char *module = NULL;

	for (unsigned int i = 0; i < instruction->size && i < CODE_LONGEST; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	name_of(dis->session->kernel, dis->at, name, &module);
	output_begin(output, "dis", dis->argument, NULL);
	output_hex(output, "address", dis->at);
	output_string_if(output, "symbol", name);
	output_string(output, "module", module);
	output_string(output, "bytes", hex);
	output_string(output, "text", instruction->text);
	output_remarkf(output, "shown", "%s%s",
		       marked		   ? "=> " :
		       dis->given->reverse ? "   " :
					     "",
		       instruction->text);
	if (marked)
		output_boolean(output, "marked", true);
	put_target(dis, instruction);
	if (dis->given->lines)
		put_line(dis);
	if (of_vmlinux)
		output_string(output, "bytes_of", "vmlinux");
	output_end(output);
}

static bool show_next(struct dis *dis, struct error *err)
{
	struct code_instruction instruction;
	struct code_bytes bytes;
	bool of_vmlinux;

	if (!read_code(dis, &bytes, err))
		return false;
	code_decode(dis->code, dis->at, bytes.byte, bytes.nr, &instruction);
	if (!instruction.known && bytes.nr < CODE_LONGEST && instruction.size < 4)
		return fail(err, ERROR_UNREADABLE,
			    "the instruction at %" PRIx64 " reaches %" PRIx64
			    ", which is not in the dump",
			    dis->at, dis->at + bytes.nr);
	of_vmlinux = instruction.size > bytes.of_dump;
	if (of_vmlinux && !dis->told) {
		session_say(
			dis->session,
			"code that is not in the dump is shown as in vmlinux; the kernel may have changed it");
		dis->told = true;
	}
	put_instruction(dis, bytes.byte, of_vmlinux, &instruction);
	dis->at += instruction.size;
	return true;
}

static bool show_all(struct dis *dis, struct error *err)
{
	uint64_t start = dis->at;

	for (; dis->count && !session_interrupted(dis->session); dis->count--) {
		if (dis->at < start || (dis->end && dis->at >= dis->end))
			break;
		if (!show_next(dis, err))
			return false;
	}
	return true;
}

/* --- the range --- */

/* Is the word a symbol without an offset? Then its whole function is shown. */
static bool names_function(const char *word, uint64_t address, const struct kernel_symbol *symbol)
{
	uint64_t value;

	return address == symbol->address && !strchr(word, '+') && !parse_hex(word, &value, NULL);
}

static bool find_range(struct dis *dis, const char *word, struct error *err)
{
	struct kernel *kernel = dis->session->kernel;
	const struct value_memory memory = { .kernel = kernel };
	struct kernel_symbol symbol;
	struct value place;
	bool found;

	if (!parse_place(dis->session, &memory, word, &place, err) ||
	    !value_as_address(&memory, &place, &dis->address, err))
		return false;
	if (!dis->given->reverse && dis->address % code_alignment(dis->code))
		return fail(err, ERROR_USAGE,
			    "instructions of this machine begin at multiples of %u",
			    code_alignment(dis->code));
	dis->at = dis->address;
	found = symbol_lookup_at(kernel->symbols, dis->address, &symbol, err);
	if (!found && (dis->given->reverse || dis->given->forward))
		return err->code ? false :
				   fail(err, ERROR_UNKNOWN, "%" PRIx64 " is in no known function",
					dis->address);
	if (dis->given->reverse) {
		dis->at = symbol.address;
		dis->end = dis->address + 1;
		dis->count = UINT64_MAX;
	} else if (dis->given->forward || (found && names_function(word, dis->address, &symbol))) {
		dis->end =
			symbol.address +
			(symbol.size ? symbol.size : symbol_lookup_room(kernel->symbols, &symbol));
		if (!dis->count)
			dis->count = UINT64_MAX;
		else
			dis->end = 0;
	}
	if (!dis->count)
		dis->count = 1;
	return true;
}

static bool dis_run(struct session *session, char **words, struct error *err)
{
	struct dis dis = { .session = session, .given = session->given, .argument = words[0] };
	struct error why = { 0 };

	if (words[1] && !parse_count(words[1], &dis.count, err))
		return false;
	if (!session->kernel->arch)
		return fail(err, ERROR_UNKNOWN, "the machine of the dump is not known");
	dis.code = code_open(session->kernel->arch->machine, err);
	if (!dis.code)
		return false;
	say_offset_unlike_crash(session, words[0]);
	if (!find_range(&dis, words[0], &why) || !show_all(&dis, &why))
		session_complain(session, words[0], &why);
	code_close(dis.code);
	return true;
}

static const struct command_option options[] = {
	{ "r", AT(dis_options, reverse), .group = 'r',
	  .help = "from the start of the function to ADDR, which is marked" },
	{ "f", AT(dis_options, forward), .group = 'r',
	  .help = "from ADDR to the end of the function" },
	{ "l", AT(dis_options, lines), .help = "also show source lines and inlined functions" },
	{ "d", AT(dis_options, radix), .help = NULL },
	{ "x", AT(dis_options, radix),
	  .help = "accepted, as crash has them: offsets are hexadecimal" },
	{ 0 },
};

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("address", .kind = KIND_ADDRESS, .rank = KEPT),
					  COLUMN("symbol", .width = 28),
					  COLUMN("module", .heading = "symbol",
						 TEXT(.join = " ", .before = "[", .after = "]")),
					  HIDDEN("bytes"),
					  HIDDEN("text"),
					  HIDDEN("marked"),
					  COLUMN("shown", .heading = "instruction", .width = 40,
						 .rank = KEPT),
					  HIDDEN("target"),
					  COLUMN("target_symbol", .heading = "target", .width = 20),
					  COLUMN("target_module", .heading = "target",
						 TEXT(.join = " ", .before = "[", .after = "]")),
					  HIDDEN("file"),
					  HIDDEN("line"),
					  COLUMN("where", .heading = "line", .width = 34),
					  HIDDEN("inlined"),
					  COLUMN("bytes_of", .heading = "bytes of"),
					  { 0 } },
};

const struct command command_dis = {
	.name = "dis",
	.meant_by = "disassemble disassembly instructions code asm objdump",
	.group = GROUP_MEMORY,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR|FUNC", WORD_ADDRESS, 1, .most = 1 },
			       { "COUNT", WORD_COUNT, 0, .most = 1 }),
	.given_size = GIVEN(dis_options),
	.record = &record,
	.summary = "the instructions of a function, or at an address",
	.details =
		"FUNC is the name of a function, which is shown as a whole. At ADDR, COUNT\n"
		"instructions are shown, or one. The bytes come from the dump, so the code is\n"
		"what ran: with alternatives, static calls, and calls of tracers and BPF. Code\n"
		"that is not in the dump is shown as in vmlinux, and BYTES OF says so. What the\n"
		"library capstone does not know is shown as .byte or .inst.",
	.addresses = ONE_ADDRESS,
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.run = dis_run,
};
