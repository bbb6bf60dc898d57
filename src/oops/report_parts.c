/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_parts.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <strings.h>

#include "base/machine.h"
#include "oops/scan.h"

/* --- numbers and symbols --- */

const char *oops_part_number(const char *text, uint64_t *value, size_t *digits)
{
	const char *null =
		*text == ' ' || *text == '(' ? after_start(skip_blanks(text), "(null)") : NULL;

	*value = *digits = 0;
	if (null)
		return null;
	text += text[0] == '0' && text[1] == 'x' && hex_value(text[2]) >= 0 ? 2 : 0;
	*digits = count_hex(text);
	for (size_t i = 0; i < *digits && *digits <= 16; i++)
		*value = *value << 4 | (uint64_t)hex_value(text[i]);
	return *digits ? text + *digits : NULL;
}

const char *oops_number_after(const char *text, const char *marks)
{
	size_t length = strlen(text), digits, size;
	uint64_t value;

	for (; *marks; marks += size + (marks[size] == '|')) {
		const char *at, *end;

		size = strcspn(marks, "|");
		at = memmem(text, length, marks, size);
		at = at ? at + size - (marks[size - 1] == 'x' ? 2 : 0) : NULL;
		end = at ? oops_part_number(at, &value, &digits) : NULL;
		if (end && !isalnum((unsigned char)*end))
			return at;
	}
	return NULL;
}

const char *oops_part_read(const struct oops_part *part, const char *text,
			   struct oops_number *number)
{
	const char *end = oops_part_number(text, &number->value, &number->size);

	number->line = part->index;
	number->at = end ? (size_t)(end - part->line->text) - number->size : 0;
	return end;
}

static size_t symbol_size(const char *text)
{
	return isdigit((unsigned char)*text) ? 0 : count_name(text);
}

static size_t module_size(const char *text)
{
	size_t size = 0;

	while (isalnum((unsigned char)text[size]) || text[size] == '_' || text[size] == '-')
		size++;
	return size < OOPS_MODULE ? size : 0;
}

/* Reads the name of a module in brackets. A build id, or the letters of the module's taint, may come after the name:
 * "[brd 0123456789ab]", "[brd(OE)]". */
static const char *read_module(const char *text, struct oops_symbol *symbol)
{
	const char *name = after_start(text, " [");
	size_t size = name ? module_size(name) : 0;

	if (!size)
		return text;
	text = name + size;
	if (*text == '(')
		text += strspn(text, "(ABCDEFGHIJKLMNOPQRSTUVWXYZ+-");
	text += *text == ')';
	if (*text == ' ')
		text += 1 + count_hex(text + 1);
	if (*text != ']')
		return name - 2;
	memcpy(symbol->module, name, size);
	symbol->module[size] = '\0';
	return text + 1;
}

/* ":brd:foo+0x1/0x2" (x86-64 before 2.6.25) */
static const char *read_module_before(const char *text, struct oops_symbol *symbol)
{
	size_t size = *text == ':' ? 1 + strcspn(text + 1, ": ") : 0;

	if (size < 2 || size >= OOPS_MODULE || text[size] != ':')
		return text;
	snprintf(symbol->module, sizeof(symbol->module), "%.*s", (int)size - 1, text + 1);
	return text + size + 1;
}

/* "{foo+71}" and "{:brd:foo+71}" after an address, with a decimal offset: printk_address() in
 * arch/x86_64/kernel/traps.c up to 2.6.17. */
static const char *read_braces(const char *text, struct oops_symbol *symbol)
{
	const char *end;
	size_t size;

	*symbol = (struct oops_symbol){ 0 };
	if (*text != '{')
		return NULL;
	text = read_module_before(text + 1, symbol);
	size = symbol_size(text);
	end = size && text[size] == '+' ? scan_decimal(text + size + 1, 9, &symbol->offset) : NULL;
	if (!end || *end != '}')
		return NULL;
	snprintf(symbol->name, sizeof(symbol->name), "%.*s", (int)size, text);
	return end + 1;
}

const char *oops_symbol_read(const char *text, struct oops_symbol *symbol)
{
	size_t size, digits;
	const char *end;

	*symbol = (struct oops_symbol){ 0 };
	text = read_module_before(text, symbol);
	size = symbol_size(text);
	if (!size || !starts_with(text + size, "+0x"))
		return NULL;
	end = oops_part_number(text + size + 3, &symbol->offset, &digits);
	if (!end || digits > 16)
		return NULL;
	if (starts_with(end, "/0x"))
		end = oops_part_number(end + 3, &symbol->extent, &digits);
	if (!end || digits > 16)
		return NULL;
	snprintf(symbol->name, sizeof(symbol->name), "%.*s", (int)size, text);
	return read_module(end, symbol);
}

bool oops_symbol_is_data(const struct oops_symbol *symbol)
{
	return after_any(symbol->name, ".LC|.LANCHOR|.str|.rodata|.data|.bss");
}

/* scripts/decode_stacktrace.sh replaces the offset by the line: "foo (fs/foo.c:12 include/bar.h:3) brd". */
static const char *read_decoded(const char *text, struct oops_symbol *symbol)
{
	size_t size = symbol_size(text), module;
	const char *end = size && starts_with(text + size, " (") ? strrchr(text, ')') : NULL;

	*symbol = (struct oops_symbol){ .no_offset = true };
	if (!end || !after_any_mark(text + size, ".c:|.h:|.S:|.rs:|(??:"))
		return NULL;
	snprintf(symbol->name, sizeof(symbol->name), "%.*s", (int)size, text);
	module = *++end == ' ' ? module_size(end + 1) : 0;
	snprintf(symbol->module, sizeof(symbol->module), "%.*s", (int)module, end + 1);
	return module ? end + 1 + module : end;
}

static void note_damage(struct oops_report *report, const char *what, const char *name, size_t size)
{
	if (report->nr_damaged < OOPS_DAMAGES)
		snprintf(report->damaged[report->nr_damaged++], sizeof(report->damaged[0]),
			 "%s: %.*s", what, (int)size, name);
}

void oops_part_damage(struct oops_report *report, const char *name, bool missing)
{
	note_damage(report, missing ? "digits are missing" : "too many digits", name, strlen(name));
}

/* --- contexts --- */

struct oops_context *oops_part_context(struct oops_reading *reading, size_t line)
{
	struct oops_report *report = &reading->report;
	struct oops_context *context = &report->context[report->nr_contexts];

	reading->context = 0;
	reading->repeats = report->nr_contexts == OOPS_CONTEXTS;
	if (reading->repeats)
		return NULL;
	reading->context = ++report->nr_contexts;
	*context = (struct oops_context){ .first = line, .last = line, .ip_line = line };
	context->in_trace = reading->trace == OOPS_IN_TRACE;
	return context;
}

/* The context whose registers are read, or NULL. */
static struct oops_context *current(struct oops_reading *reading)
{
	return reading->context ? &reading->report.context[reading->context - 1] : NULL;
}

/* Lines without the id of the one who printed them may be of several reports. */
static void mix(struct oops_reading *reading)
{
	if (!reading->caller_kind && (reading->report.kind == OOPS_TRACE ||
				      oops_kind_has(reading->report.kind, KIND_EXCEPTION)))
		reading->report.mixed = true;
}

/* --- the place --- */

struct place {
	bool has_cs, has_ip, is_damaged, is_short, is_old;
	unsigned int cs;
	uint64_t ip;
	struct oops_symbol where;
	const char *rest; /* of the line */
};

/* Reads the addresses "[<ffffffff81000000>]", which old kernels print once or twice. MCE's lines have no
 * brackets around the angles. */
static const char *read_angles(const char *text, size_t width, struct place *place)
{
	const char *at, *end;
	size_t digits;

	for (;; text = skip_blanks(end + (*end == ']'))) {
		at = after_start(text, "[<");
		at = at ? at : after_start(text, "<");
		end = at ? oops_part_number(at, &place->ip, &digits) : NULL;
		if (!end || *end != '>')
			return text;
		end++;
		place->is_damaged =
			digits && digits != width && (width || (digits != 8 && digits != 16));
		place->is_short = digits < (width ? width : 16);
		place->has_ip = !place->is_damaged;
	}
}

/* width: the digits of an address, or 0: 8 or 16 */
static void read_place(const char *text, size_t width, struct place *place)
{
	size_t digits;
	uint64_t number;
	const char *end = oops_part_number(text = skip_blanks(text), &number, &digits);

	*place = (struct place){ 0 };
	/* A name may begin with hexadecimal letters, so only the ':' shows a segment. */
	if (end && *end == ':' && digits && digits <= 4) {
		place->has_cs = true;
		place->cs = (unsigned int)number;
		text = skip_blanks(end + 1);
	}
	text = read_angles(text, width, place);
	end = read_braces(text, &place->where);
	place->is_old = end || (place->cs == 0x10 && width == 8);
	text += *text == '{';
	if (end || (end = oops_symbol_read(text, &place->where)) ||
	    (end = read_decoded(text, &place->where))) {
		text = end;
	} else if ((starts_with(text, "0x") || starts_with(skip_blanks(text), "(null)")) &&
		   (end = oops_part_number(text, &place->ip, &digits))) {
		place->has_ip = digits <= 16;
		text = end;
	} else if ((end = oops_part_number(text, &number, &digits)) &&
		   (digits == 16 ?
			    !*skip_blanks(end) || after_any(skip_blanks(end), "ra : |error ") :
			    digits == 8 && starts_with(skip_blanks(end), "SR: "))) {
		place->has_ip = true; /* arm64's pc of a process, riscv64's epc, openrisc's PC */
		place->ip = number;
		text = end;
	} else if (end && digits != 8 && starts_with(skip_blanks(end), "ra : ")) {
		place->is_damaged = true;
		place->is_short = digits < 16;
		text = end;
	}
	place->rest = text;
}

static bool is_same_place(const struct oops_context *context, const struct place *place)
{
	if (context->has_ip && place->has_ip)
		return context->ip == place->ip;
	return *place->where.name && oops_symbol_is_same(&context->where, &place->where);
}

/* i386 and arm64 print the number and the symbol of a place in two lines: "EIP: 0060:[<c01a2b3c>]", "EIP is at
 * foo+0x1/0x2" (before 4.10 and 4.12). */
static bool completes(const struct oops_context *context, const struct place *place)
{
	return (context->has_ip && !*context->where.name && !place->has_ip) ||
	       (!context->has_ip && *context->where.name && !*place->where.name &&
		!place->has_cs); /* "RIP: 0033:0x43a8a0" is of the process */
}

/* Finds the context that the place belongs to, or adds one. */
static struct oops_context *context_of_place(struct oops_reading *reading,
					     const struct place *place, size_t line)
{
	struct oops_context *context = current(reading);
	bool in_trace = reading->trace == OOPS_IN_TRACE;

	if (context && context->in_trace == in_trace &&
	    (is_same_place(context, place) || (!in_trace && completes(context, place)) ||
	     (reading->trace != OOPS_AFTER_TRACE &&
	      (reading->place_is_head || (!context->has_ip && !*context->where.name)))))
		return context;
	if (context && reading->trace == OOPS_NO_TRACE)
		mix(reading);
	return oops_part_context(reading, line);
}

static void take_place(struct oops_reading *reading, const struct place *place,
		       const struct oops_part *part, const char *name)
{
	struct oops_report *report = &reading->report;
	struct oops_context *context = context_of_place(reading, place, part->index);

	reading->phase = OOPS_BODY;
	reading->place_is_head = false;
	if (!context)
		return;
	reading->repeats = false;
	context->ip_line = context->last = part->index;
	context->old_code |= place->is_old;
	/* A selector whose lowest two bits are set is one of a process. The ones of 32-bit code in a 64-bit kernel are
	 * __USER32_CS, and FLAT_USER_CS32 of Xen (arch/x86/include/asm/segment.h, xen.h). A kernel that Xen runs in
	 * ring 3 has e033, too. Only the kernel has symbols. */
	if (place->has_cs) {
		context->of_user = (place->cs & 3) == 3;
		context->is_compat =
			report->machine == EM_X86_64 && (place->cs == 0x23 || place->cs == 0xe023);
	}
	if (*place->where.name || (place->cs == 0xe033 && place->has_ip && place->ip >> 63))
		context->of_user = context->is_compat = false;
	if (place->has_ip) {
		context->has_ip = true;
		context->ip = place->ip;
	}
	if (*place->where.name)
		context->where = place->where;
	if (place->is_damaged)
		oops_part_damage(report, name, place->is_short);
}

static const char *read_registers(struct oops_reading *reading, const struct oops_part *part,
				  const char *text);

/* "lr : foo+0x1/0x2", or "lr : [<ffffffc000451c40>] pstate: 60000145" after the place. */
static void read_link(struct oops_reading *reading, const struct oops_part *part, const char *text)
{
	struct oops_context *context = current(reading);
	struct place place;

	read_place(text, 0, &place);
	if (!context)
		return;
	context->last = part->index;
	if (*place.where.name)
		context->link = place.where;
	if (place.has_ip)
		oops_part_register(reading, part, "x30", text + strspn(text, "[<"));
	read_registers(reading, part, skip_blanks(place.rest));
}

/* Lines that show only the place. After them, the registers follow in the same line or in the next ones. */
static const struct place_label {
	const char *start, *name;
	uint16_t machine; /* EM_NONE: not known by these words */
	uint8_t width;
	bool is_head; /* the line belongs to what happened; registers come with another line */
} place_labels[] = {
	{ "RIP: ", "RIP", EM_X86_64, 16, false },
	{ "RIP !INEXACT! ", "RIP", EM_X86_64, 16, false },
	{ "RIP ", "RIP", EM_X86_64, 16, false },
	{ "IP ", "RIP", EM_X86_64, 16, false },
	{ "ip ", "RIP", EM_X86_64, 16, false },
	{ "EIP: ", "EIP", EM_386, 8, false },
	{ "EIP is at ", "EIP", EM_386, 8, false },
	{ "IP: ", "pc", EM_NONE, 0, true },
	{ "pc : ", "pc", EM_NONE, 0, false },
	{ "PC: ", "pc", EM_NONE, 0, false }, /* openrisc */
	{ "PC is at ", "pc", EM_NONE, 0, false },
	{ "epc : ", "epc", EM_RISCV, 16, false },
	{ "epc: ", "epc", EM_RISCV, 16, false }, /* until 5.6 */
	{ "sepc: ", "epc", EM_RISCV, 16, false }, /* until 5.2 */
};

/* Reads the place that the line shows. Returns NULL if it shows none. */
static const struct place_label *find_place(const char *text, struct place *place)
{
	for (size_t i = 0; i < sizeof(place_labels) / sizeof(*place_labels); i++) {
		const char *at = after_start(text, place_labels[i].start);

		if (!at)
			continue;
		read_place(at, place_labels[i].width, place);
		return place->has_ip || place->is_damaged || *place->where.name ? &place_labels[i] :
										  NULL;
	}
	return NULL;
}

bool oops_part_shows_place(const char *text)
{
	struct place place;

	return find_place(text, &place);
}

/* A block behind the report, and the last lines of old kernels, show the place again. */
static bool is_again(struct oops_reading *reading, const struct place *place)
{
	const struct oops_context *context = &reading->report.context[0];

	return reading->report.nr_contexts && context->nr_regs && is_same_place(context, place) &&
	       (reading->phase == OOPS_END || reading->trace == OOPS_AFTER_TRACE ||
		(reading->trace == OOPS_IN_TRACE && !place->has_cs && place->has_ip));
}

bool oops_part_place(struct oops_reading *reading, const struct oops_part *part)
{
	const char *link = after_any(part->text, "lr : |LR is at |ra : ");
	const struct place_label *label;
	struct place place;
	bool again;

	if (link && reading->context)
		return read_link(reading, part, link), true;
	label = find_place(part->text, &place);
	if (!label)
		return false;
	again = is_again(reading, &place);
	/* oops_end() in arch/x86/kernel/dumpstack.c shows the registers of the first oops again. */
	if (reading->phase == OOPS_END && reading->just_ended && !reading->report.nr_contexts)
		reading->phase = OOPS_BODY; /* the others are lost */
	if (again || (reading->phase == OOPS_END && reading->just_ended)) {
		reading->repeats = true;
		reading->context = 0;
		if (again && reading->phase == OOPS_END)
			reading->report.again = part->index;
		return true;
	}
	if (reading->phase == OOPS_END)
		return false;
	/* A symbol after epc does not show the size of a word. */
	if (!reading->report.machine && (label->machine != EM_RISCV || place.has_ip))
		reading->report.machine = strstr(part->text, " psr: ") ? EM_ARM : label->machine;
	take_place(reading, &place, part, label->name);
	reading->place_is_head = label->is_head;
	if (label->is_head)
		reading->phase = OOPS_HEAD;
	link = after_start(skip_blanks(place.rest), "lr : ");
	if (link)
		read_link(reading, part, link);
	else
		read_registers(reading, part, skip_blanks(place.rest));
	return true;
}

/* --- registers --- */

/* Names of registers: __show_regs() in arch/x86/kernel/process_64.c and process_32.c, and in
 * arch/arm64/kernel/process.c and arch/riscv/kernel/process.c. 2.6 prints the ones of i386 in lower case. */
static const struct register_names {
	const char *names;
	uint16_t machine; /* EM_NONE: several machines have them */
	uint8_t digits; /* 0: the ones of an address; 1: any number, at least 8 */
} register_names[] = {
	{ "RAX RBX RCX RDX RSI RDI RBP RSP R08 R09 R10 R11 R12 R13 R14 R15 ORIG_RAX knlGS",
	  EM_X86_64, 16 },
	{ "EAX EBX ECX EDX ESI EDI EBP ESP eax ebx ecx edx esi edi ebp esp", EM_386, 8 },
	{ "CR0 CR2 CR3 CR4 DR0 DR1 DR2 DR3 DR6 DR7 FS GS", EM_NONE, 0 },
	{ "CS DS ES SS ds es ss", EM_NONE, 4 },
	{ "EFLAGS", EM_NONE, 1 },
	{ "x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 "
	  "x24 x25 x26 x27 x28 x29 x30",
	  EM_AARCH64, 16 },
	{ "pstate", EM_AARCH64, 1 },
	{ "sp", EM_NONE, 0 },
	{ "ra gp tp t0 t1 t2 t3 t4 t5 t6 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 a0 a1 a2 a3 a4 a5 a6 a7 "
	  "status badaddr cause",
	  EM_RISCV, 16 },
};

/* A register in a line. */
struct register_text {
	const struct register_names *of;
	const char *printed, *digits; /* its name, and its value */
	size_t printed_size;
	bool is_cut; /* letters follow the digits */
	struct oops_number reg;
};

/* The names of riscv64's registers are words of other lines, too. They count only in a report of this machine. */
static bool is_foreign_name(const struct register_text *found, uint16_t machine)
{
	return found->of->machine == EM_RISCV && machine != EM_RISCV;
}

static const struct register_names *find_register(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(register_names) / sizeof(*register_names); i++)
		if (text_list_has_part(register_names[i].names, name, size))
			return &register_names[i];
	return NULL;
}

/* Writes the name as an instruction has it: "R08" is r8. */
static void write_name(struct register_text *found)
{
	size_t at = 0;

	for (size_t i = 0; i < found->printed_size; i++)
		if (i != 1 || !starts_with(found->printed, "R0"))
			found->reg.name[at++] = (char)tolower((unsigned char)found->printed[i]);
}

/* Reads "RSP: 0018:ffffc90000013e78", "x9 : 0000000000000000" or "FS:  00007f3e5a1c2740(0000)". Returns the text
 * after it, or NULL. */
static const char *read_register(const char *text, struct register_text *found)
{
	size_t size = 0;
	const char *at, *end;

	text += after_any(text, "sstatus: |sbadaddr: |scause: ") != NULL; /* riscv until 5.2 */
	while (isalnum((unsigned char)text[size]) || text[size] == '_')
		size++;
	*found = (struct register_text){ .printed = text, .printed_size = size };
	at = text + size + (text[size] == ' ');
	if (starts_with(text, "SS:ESP"))
		return NULL; /* the last line of die() (i386) shows them again */
	if (*at != ':' || !(found->of = find_register(text, size)))
		return NULL;
	at = skip_blanks(at + 1);
	if (count_hex(at) == 4 && at[4] == ':')
		at += 5;
	end = oops_part_number(at, &found->reg.value, &found->reg.size);
	if (!end && *at && (at[-1] == ':' || !isupper((unsigned char)*at)))
		return NULL; /* not a blank place before the next register */
	found->digits = at;
	found->is_cut = end && isalnum((unsigned char)*end);
	write_name(found);
	for (end = end ? end : at; found->is_cut && isalnum((unsigned char)*end);)
		end++;
	if (*end == '(')
		end += strcspn(end, ")"); /* the text may end before it */
	return end + (*end == ')');
}

bool oops_part_shows_registers(const char *text)
{
	struct register_text found;
	const char *end = read_register(text, &found);

	return oops_part_shows_place(text) || (end && !is_foreign_name(&found, EM_NONE) &&
					       read_register(skip_blanks(end), &found));
}

/* Returns 0 if the digits may be any number. */
static size_t digits_wanted(const struct oops_report *report, const struct register_text *found)
{
	const struct machine *machine = machine_find(report->machine);

	if (found->reg.size == 16 && found->reg.value <= UINT32_MAX &&
	    !strcmp(found->reg.name, "cr2"))
		return 16; /* show_regs() of i386 has printed it so, too */
	if (found->of->digits > 1)
		return found->of->digits;
	if (found->of->digits == 1)
		return found->reg.size < 8 ? 8 : 0;
	return machine ? 2 * machine->pointer_size : 0;
}

static void store_register(struct oops_report *report, struct oops_context *context,
			   const struct register_text *found, const struct oops_part *part)
{
	struct oops_number reg = found->reg;
	size_t wanted = digits_wanted(report, found);
	char printed[12];

	reg.line = part->index;
	reg.at = (size_t)(found->digits - part->line->text);
	reg.damaged = !reg.size || found->is_cut || reg.size > 16 || (wanted && reg.size != wanted);
	if (reg.damaged) {
		reg.value = 0;
		snprintf(printed, sizeof(printed), "%.*s", (int)found->printed_size,
			 found->printed);
		oops_part_damage(report, printed, reg.size <= (wanted ? wanted : 16));
	}
	if (context->nr_regs < OOPS_REGISTERS)
		context->reg[context->nr_regs++] = reg;
}

enum { STATUS_SPP = 8 };

/* The lowest bits of arm64's pstate are the mode: EL0t, or 10000 for a 32-bit process. i386 prints no CS, but SS.
 * What a symbol says is better proof. */
static void read_mode(struct oops_context *context, const struct register_text *found)
{
	if (*context->where.name)
		return;
	if (!strcmp(found->reg.name, "pstate")) {
		context->of_user = !(found->reg.value & 15);
		context->is_compat = context->of_user && (found->reg.value & 16);
	} else if (!strcmp(found->reg.name, "ss") && found->reg.size == 4) {
		context->of_user |= (found->reg.value & 3) == 3;
	} else if (starts_with(found->printed, "RSP: ") && found->digits[-1] == ':') {
		/* "RSP: 002b:". Xen has e02b for both: the address decides. */
		context->of_user |=
			(hex_value(found->digits[-2]) & 3) == 3 && !(found->reg.value >> 63);
	} else if (!strcmp(found->reg.name, "status") && found->reg.size == 16) {
		context->of_user = !(found->reg.value >> STATUS_SPP & 1);
	}
}

static void take_register(struct oops_reading *reading, const struct register_text *found,
			  const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	struct oops_context *context = current(reading);
	const struct oops_number *known;

	if (!report->machine)
		report->machine = found->of->machine;
	if (found->of->machine && found->of->machine != report->machine) {
		note_damage(report, "a register of another machine", found->printed,
			    found->printed_size);
		return;
	}
	/* FS and GS of i386 are selectors: they are printed with four digits. */
	if (!context || (report->machine == EM_386 && strchr("FG", *found->printed) &&
			 found->printed[1] == 'S'))
		return;
	context->last = part->index;
	known = oops_register_find(context, found->reg.name);
	if (!known)
		store_register(report, context, found, part);
	else if (known->value != found->reg.value)
		mix(reading);
	read_mode(context, found);
}

/* Reads registers up to another word, and returns the text from there. */
static const char *read_registers(struct oops_reading *reading, const struct oops_part *part,
				  const char *text)
{
	struct register_text found;
	const char *end;

	while ((end = read_register(text, &found))) {
		take_register(reading, &found, part);
		text = skip_blanks(end);
	}
	return text;
}

bool oops_part_registers(struct oops_reading *reading, const struct oops_part *part)
{
	struct register_text found;
	const char *end = read_register(part->text, &found);

	if (!end || is_foreign_name(&found, reading->report.machine))
		return false;
	if (reading->repeats || reading->phase == OOPS_END)
		return true;
	/* page_fault_oops() in arch/x86/mm/fault.c prints CR2 alone, after the callers; with 16 digits on i386, too. */
	if (starts_with(part->text, "CR2: ") && !strstr(part->text, "CR3") &&
	    (reading->trace != OOPS_NO_TRACE || !reading->context)) {
		reading->shows_cr2 = true;
		return true;
	}
	if (!reading->context && !oops_part_context(reading, part->index))
		return true;
	reading->phase = OOPS_BODY;
	read_registers(reading, part, part->text);
	return true;
}

void oops_part_register(struct oops_reading *reading, const struct oops_part *part,
			const char *name, const char *digits)
{
	struct oops_context *context = current(reading);
	struct oops_number reg = { .damaged = false };
	const char *end = oops_part_read(part, digits, &reg);

	if (!context || !end || !reg.size || reg.size > 16 || context->nr_regs == OOPS_REGISTERS)
		return;
	snprintf(reg.name, sizeof(reg.name), "%s", name);
	context->reg[context->nr_regs++] = reg;
}

const struct oops_number *oops_register_find(const struct oops_context *context, const char *name)
{
	for (size_t i = 0; context && i < context->nr_regs; i++)
		if (context->reg[i].name[1] == name[1] && !strcmp(context->reg[i].name, name))
			return context->reg[i].damaged ? NULL : &context->reg[i];
	return NULL;
}

/* --- the bytes of the code --- */

/* x86 prints bytes, arm64 words, riscv64 half words (words before 6.1); other machines are not decoded. */
static bool is_unit(uint16_t machine, size_t digits)
{
	const bool is_x86 = machine == EM_X86_64 || machine == EM_386;

	if (digits == 2)
		return machine != EM_AARCH64 && machine != EM_RISCV;
	return (digits == 8 && !is_x86) || (digits == 4 && machine == EM_RISCV);
}

/* Adds a byte, a half word or a word, from digits. Returns false if they are neither. */
static bool add_code(struct oops_context *context, const char *text, size_t digits,
		     uint16_t machine)
{
	uint64_t value;
	size_t size = digits / 2;

	if (!is_unit(machine, digits) || context->nr_code + size > OOPS_CODE)
		return false;
	oops_part_number(text, &value, &digits);
	for (size_t i = 0; i < size; i++)
		context->code[context->nr_code++] = (uint8_t)(value >> 8 * i);
	return true;
}

static void read_code(struct oops_context *context, const char *text, uint16_t machine)
{
	size_t mark = SIZE_MAX, digits = 0;
	bool cut = false, marked;

	context->code_unit = (uint8_t)count_hex(text + strspn(text, "<("));
	if (!is_unit(machine, context->code_unit)) {
		context->code_why_not = "the line Code: is of another machine";
		return;
	}

	for (; *text && !cut; text = skip_blanks(text)) {
		marked = *text == '<' || *text == '(';
		text += marked;
		digits = count_hex(text);
		if (marked && mark == SIZE_MAX)
			mark = context->nr_code;
		cut = !add_code(context, text, digits, machine);
		text += digits;
		cut |= *text && !strchr(" \t>)", *text);
		text += *text == '>' || *text == ')';
	}
	context->mark = mark < context->nr_code ? mark : context->nr_code;
	if (mark >= context->nr_code && digits < context->code_unit)
		context->code_why_not = "the line of its bytes is broken";
}

/* Is it x86, and the code a kernel's that printed 20 bytes from the instruction on, without a mark? Those are i386 up to 2.4,
 * where __KERNEL_CS was 0x10, and both up to 2.6.19 at the latest (show_registers() in arch/i386/kernel/traps.c and
 * arch/x86_64/kernel/traps.c; RHEL 5 too). */
static bool is_old_code(const struct oops_context *context, uint16_t machine, const char *release)
{
	enum { OLD_BYTES = 20 };
	unsigned int major = 9, minor = 0, patch = 0;

	if ((machine != EM_X86_64 && machine != EM_386) || context->nr_code > OLD_BYTES)
		return false;
	sscanf(release, "%3u.%3u.%3u", &major, &minor, &patch);
	/* Of i386, a text without a release is older than 2.6.5. */
	return context->old_code || (major == 2 && minor < 6) ||
	       (context->nr_code == OLD_BYTES &&
		((major == 2 && minor == 6 && patch < 20) || (!*release && machine == EM_386)));
}

void oops_part_settle_code(struct oops_context *context, uint16_t machine, const char *release)
{
	if (!context->nr_code)
		return;
	if (oops_symbol_is_data(&context->where))
		context->code_why_not = "the place is in data";
	else if (machine && !is_unit(machine, context->code_unit))
		context->code_why_not = "the line Code: is of another machine";
	if (context->code_why_not) {
		context->nr_code = context->mark = context->code_line = 0;
	} else if (context->mark == context->nr_code && is_old_code(context, machine, release)) {
		context->mark = 0;
	}
}

/* In a line without bytes: "Bad RIP value." and the like (before 5.8), "Unable to access opcode bytes at ...", and
 * riscv64's "Unable to access instruction at ..." */
static bool is_unreadable(const char *text)
{
	return !strncasecmp(text, "bad ", 4) ||
	       after_any(text, "Unable to access opcode bytes|Unable to access instruction");
}

static bool has_code(const struct oops_context *context)
{
	return context->nr_code || context->opcode_unreadable || context->code_why_not;
}

/* The code of the current context; after the callers (arm64, i386 of 2.6, x86-64 before 4.18) the one of the first without
 * code. Since 4.18, x86 prints it between the place and the registers (show_ip() in arch/x86/kernel/dumpstack.c), so what
 * follows registers in the trace, which are of a process or of code that an interrupt stopped, is not theirs. */
static struct oops_context *context_of_code(struct oops_reading *reading, size_t line)
{
	struct oops_report *report = &reading->report;
	struct oops_context *context = current(reading);

	if (context && !has_code(context) && !(context->in_trace && context->nr_regs))
		return context;
	for (size_t i = 0; i < report->nr_contexts; i++)
		if (!has_code(&report->context[i]) && !report->context[i].of_user &&
		    !report->context[i].in_trace)
			return &report->context[i];
	context = report->nr_contexts ? NULL : oops_part_context(reading, line);
	if (context &&
	    report->machine == EM_AARCH64) /* dump_kernel_instr() comes after the callers */
		context->in_trace = false;
	return context;
}

bool oops_part_shows_code(const char *text)
{
	const char *code = after_start(text, "Code: ");

	return code && strpbrk(code, "<(") && count_hex(skip_blanks(code)) >= 2 &&
	       !code[strspn(code, "0123456789abcdef<>() \t")];
}

bool oops_part_code(struct oops_reading *reading, const struct oops_part *part)
{
	const char *text = after_start(part->text, "Code:");
	struct oops_context *context;

	if (!text)
		return false;
	text = skip_blanks(text);
	if (hex_value(*text) < 0 && !strchr("<(", *text) && !is_unreadable(text))
		return false;
	if (reading->repeats || reading->phase == OOPS_END)
		return true;
	reading->phase = OOPS_BODY;
	context = context_of_code(reading, part->index);
	if (!context)
		return true;
	if (!context->in_trace)
		leave_trace(reading);
	if (is_unreadable(text)) {
		context->opcode_unreadable = true;
		return true;
	}
	read_code(context, text, reading->report.machine);
	context->code_line = context->nr_code ? part->index : 0;
	if (context->last < part->index)
		context->last = part->index;
	return true;
}

/* --- entries of page tables --- */

/* The start of an entry: "PGD 0", "*pde = 00000000", "pgd=100000004b70c003" or "pte:8000000123456067". Writes the
 * name of the level, and returns the text of the number, or NULL. */
static const char *value_of_entry(const char *text, char level[6])
{
	size_t size = strcspn(text, " =:");

	if (size < 3 || size > 4 || !text[size])
		return NULL;
	for (size_t i = 0; i < size; i++)
		level[i] = (char)tolower((unsigned char)text[i]);
	level[size] = '\0';
	if (!text_list_has("pgd p4d pud pmd pte pde pdpt", level))
		return NULL;
	return text + size + (starts_with(text + size, " = ") ? 3 : 1);
}

static void add_entry(struct oops_reading *reading, const struct oops_part *part,
		      struct oops_number entry, const char *at)
{
	struct oops_report *report = &reading->report;
	const char *end = oops_part_read(part, at, &entry);

	if (!end || !entry.size)
		return;
	if (entry.size > 16 || isalnum((unsigned char)*end)) {
		note_damage(report,
			    entry.size > 16 ? "too many digits" : "letters follow the digits",
			    entry.name, strlen(entry.name));
		return;
	}
	for (size_t i = 0; i < report->nr_entries; i++)
		if (!strcmp(report->entry[i].name, entry.name)) {
			if (report->entry[i].value != entry.value)
				mix(reading);
			return;
		}
	if (report->nr_entries < OOPS_ENTRIES)
		report->entry[report->nr_entries++] = entry;
}

/* Reads all entries from the text on. */
static bool read_entries(struct oops_reading *reading, const struct oops_part *part,
			 const char *text)
{
	bool found = false;

	while (*text) {
		struct oops_number entry = { .damaged = false };
		const char *at = value_of_entry(text + (*text == '*'), entry.name);
		bool is_bad = at && starts_with(at, "BAD");

		if (!at || (hex_value(*at) < 0 && !is_bad))
			break;
		found = true;
		if (!is_bad)
			add_entry(reading, part, entry, at);
		at += strcspn(at, " ,");
		text = at + strspn(at, " ,");
	}
	return found;
}

bool oops_part_entries(struct oops_reading *reading, const struct oops_part *part)
{
	const char *text = part->text, *map;

	/* arm and arm64 of 3.x: the address of the table */
	if (starts_with(text, "pgd = "))
		return true;
	if (*text == '[') { /* the address, as in "[0000000000000044] pgd=..." */
		text = text + 1 + count_hex(text + 1);
		text = skip_blanks(text + (*text == ']'));
		if (starts_with(text, "address between "))
			return true;
	}
	/* print_bad_pte(): "BUG: Bad page map in process foo  pte:8000000123456067 pmd:10a3c4067" */
	if (starts_with(text, "BUG: Bad page map") && (map = strstr(text, "  pte:")))
		text = map + 2;
	return reading->phase != OOPS_END && read_entries(reading, part, text);
}

/* --- callers --- */

/* Skips marks, such as <TASK>. Kernels before 4.10 print a caller after them. */
static const char *skip_marks(const char *text, struct oops_frame *frame)
{
	while (*text == '<' && strchr(text, '>') &&
	       (isupper((unsigned char)text[1]) || memchr("/<#", text[1], 3))) {
		frame->irqs += starts_with(text, "<IRQ>");
		frame->is_stopped |= after_any(text, "<EOI>|</IRQ>|<<EOE>>|</NMI>") != NULL;
		text += strcspn(text, ">");
		text = skip_blanks(text + strspn(text, ">"));
	}
	return text;
}

/* The length of "fs/foo.c:12" or "foo.c:?", which decoders of traces print; 0: it is none. */
static size_t source_size(const char *text)
{
	size_t size = strcspn(text, " \t"), colon = strcspn(text, ":");

	return colon + 1 < size && memchr(text, '.', colon) &&
			       (isdigit((unsigned char)text[colon + 1]) || text[colon + 1] == '?') ?
		       size :
		       0;
}

static bool begins_angles(const char *text)
{
	text += *text == '[';
	return *text == '<' && count_hex(text + 1) >= 8 &&
	       starts_with(text + 1 + count_hex(text + 1), ">");
}

/* Does the caller end here? After it, there may be where the address is from (arm64: dump_backtrace_entry() in
 * arch/arm64/kernel/stacktrace.c), the line of the source, "[inline]" and the module, or another caller (up to 2.6.17). */
static bool is_frame_end(const char *text)
{
	bool decoded = false;

	for (text = skip_blanks(text); *text && !begins_angles(text); text = skip_blanks(text)) {
		size_t size = *text == '(' ? strcspn(text, ")") :
			      *text == '[' ? strcspn(text, "]") :
					     0;

		if (size && !text[size])
			return false;
		size += size ? 1 : *text == ')' ? 1 : source_size(text);
		if (!size && decoded)
			size = module_size(text); /* "foo+0x1/0x2 (fs/foo.c:12) brd" */
		if (!size)
			return false;
		decoded = true;
		text += size;
	}
	return true;
}

void oops_symbol_function(const struct oops_symbol *symbol, char name[FUNCTION_NAME])
{
	/* without the suffix of a variant that the compiler made, as in foo.isra.0 */
	function_name(symbol->name, *symbol->name ? 1 + strcspn(symbol->name + 1, ".") : 0, name);
	if (*symbol->module)
		text_append(name, FUNCTION_NAME, " [%s]", symbol->module);
}

/* Reads "[<ffffffff81000000>]", or "<ffffffff81000000>" before braces. Returns the text after it. */
static const char *read_frame_address(const char *text, struct oops_frame *frame)
{
	const char *end = after_start(text, *text == '[' ? "[<" : "<");
	size_t digits;

	end = end ? oops_part_number(end, &frame->address, &digits) : NULL;
	if (!end || !starts_with(end, *text == '[' ? ">]" : ">{"))
		return text;
	frame->has_address = frame->address && digits <= 16;
	return skip_blanks(end + (*text == '[' ? 2 : 1));
}

/* powerpc prints the stack pointer and the address: "[c00000001d6af710] [c0000000004696b8] foo+0x38/0x190" (show_stack() in
 * arch/powerpc/kernel/process.c). Returns the text after both. */
static const char *skip_stack(const char *text)
{
	const char *next = text;

	for (int i = 0; i < 2; i++) {
		size_t digits = *next == '[' ? count_hex(next + 1) : 0;

		if ((digits != 8 && digits != 16) || !starts_with(next + 1 + digits, "] "))
			return text;
		next = skip_blanks(next + 1 + digits + 1);
	}
	return next;
}

/* arm of 32 bits prints "[<c02ae184>] (foo) from [<c011312c>] (bar+0x1c/0x28)", later "foo from bar+0x1c/0x28":
 * dump_backtrace_entry() in arch/arm/kernel/traps.c. The caller is bar. */
static const char *skip_called(const char *text)
{
	struct oops_symbol called;
	const bool is_old = *text == '(';
	const char *end = oops_symbol_read(text + is_old, &called), *from;

	if (!end)
		end = read_module(text + is_old + symbol_size(text + is_old), &called);
	end += end > text && is_old && *end == ')';
	from = after_start(end, " from ");
	return from && end > text ? from : text;
}

const char *oops_part_frame(const struct oops_part *part, const char *text,
			    struct oops_frame *frame)
{
	char name[FUNCTION_NAME];
	const char *end, *start = text;
	size_t digits;

	*frame = (struct oops_frame){ .line = part->index };
	text = skip_marks(text, frame);
	if (!*text)
		return text != start ? text : NULL;
	text += starts_with(text, "([<"); /* the first one of s390 */
	text = skip_stack(text);
	text = read_frame_address(text, frame);
	end = skip_called(text);
	if (end != text) {
		text = read_frame_address(end, frame);
		text += *text == '(';
		frame->of_arm = true;
	}
	frame->guessed = starts_with(text, "? ");
	text = skip_blanks(text + frame->guessed);
	if ((end = oops_symbol_read(text, &frame->symbol)) ||
	    (end = read_braces(text, &frame->symbol)) ||
	    (end = read_decoded(text, &frame->symbol))) {
		oops_symbol_function(&frame->symbol, name);
		/* A call at the end of a function returns to the function after it, which called nothing. */
		frame->guessed |= strstr(end, "(unreliable)") != NULL; /* powerpc */
		frame->in_machinery = function_is_machinery(name) ||
				      (!frame->symbol.offset && !frame->symbol.no_offset);
	} else if (starts_with(text, "0x") &&
		   (end = oops_part_number(text, &frame->address, &digits)) && digits <= 16) {
		frame->has_address = true;
	} else {
		*frame->symbol.name = '\0';
		end = frame->has_address ? text : NULL;
	}
	return end && is_frame_end(end) ? begins_angles(skip_blanks(end)) ? skip_blanks(end) : "" :
					  NULL;
}
