/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Explains reports that are not about an access of the kernel to memory: what waits, what was corrupted, what
 * hardware has said. */
#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "oops/scan.h"
#include "oops/explainer.h"
#include "oops/facts.h"
#include "oops/report_parts.h"

/* --- numbers in lines --- */

/* Reads hexadecimal digits, perhaps after 0x. Returns the text after them, or NULL. */
static const char *read_hex(const char *text, uint64_t *value)
{
	size_t digits;
	const char *end = oops_part_number(text, value, &digits);

	return end && digits && digits <= 16 && !isalnum((unsigned char)*end) ? end : NULL;
}

/* Reads the number after the first of the marks in the line that a number follows. */
static bool hex_after(const struct explainer *ex, size_t line, const char *marks,
		      struct oops_number *number)
{
	const char *text = ex_line(ex, line), *found = oops_number_after(text, marks);
	const char *end = found ? read_hex(found, &number->value) : NULL;

	if (!end)
		return false;
	number->line = line;
	number->at = (size_t)(found - text);
	number->size = (size_t)(end - found);
	return true;
}

/* --- lists: lib/list_debug.c --- */

static void explain_list(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const char *line = ex_line(ex, report->title);
	const char *should = after_mark(line, " should be ");
	const char *member = after_mark(line, "corruption. ");
	const unsigned int word = report->machine == EM_386 ? 4 : 8;
	struct oops_number found, address;
	uint64_t wanted;
	struct value_meaning poison;
	char bits[32], mark[8];

	if (!should || !hex_after(ex, report->title, "but was ", &found)) {
		if (strstr(line, "LIST_POISON"))
			ex_say(ex,
			       "The entry holds the poison of list_del(): it was deleted from its list already.");
		return;
	}
	if (*should == 'n' || *should == 'p') /* "next (ADDRESS)" */
		should += strcspn(should, "(") + 1;
	if (!read_hex(should, &wanted))
		return;
	if (word == 8 && found.value && found.value <= UINT32_MAX) {
		ex_say(ex,
		       "The numbers are hashes of pointers (%%p): they show only whether pointers are equal.");
		return;
	}
	if (oops_bits_differ(wanted, found.value, bits))
		ex_say(ex,
		       "%s is %s with %s flipped: damage by hardware, or a stray write, fits better than a wrong use of the list.",
		       DIGITS(found.value), DIGITS(wanted), bits);
	else if (fact_poison(report->machine, found.value, &poison))
		ex_say(ex, "%s is %s, %s.", DIGITS(found.value), poison.name, poison.what);
	else if (word == 8 && !(found.value >> 63 &&
				oops_is_canonical(report->machine, ex->context, found.value)))
		ex_say(ex,
		       "%s is no address of the kernel: the memory of the list was overwritten, was not set up, or was freed and used again.",
		       DIGITS(found.value));
	/* NAME->next is at NAME, NAME->prev one word after it. The line shows "(NAME=ADDRESS)" since 3.x. */
	snprintf(mark, sizeof(mark), "%.4s=", member ? member : "");
	if (member && *member && hex_after(ex, report->title, mark, &address))
		ex_say(ex, "The wrong word is at %s (%.10s).",
		       DIGITS(address.value + (starts_with(member + 4, "->prev") ? word : 0)),
		       member);
}

/* --- struct page: mm/debug.c --- */

/* The line after "raw: " shows words of memory. */
static bool is_raw_word(const struct explainer *ex, uint64_t value)
{
	const struct oops_report *report = ex->report;
	uint64_t word;

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *at = after_mark(ex_line(ex, report->line[i]), "raw: ");

		while (at && (at = read_hex(at, &word))) {
			if (word == value)
				return true;
			at = *at == ' ' ? at + 1 : NULL;
		}
	}
	return false;
}

/* A pointer printed with %p is a hash since 4.15 (lib/vsprintf.c). On 64 bits its upper half is zero; of 8 digits only
 * the release shows it. */
void explain_hashes(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	struct oops_number hash;
	unsigned int major, minor;

	const bool has_release = sscanf(report->release, "%3u.%3u", &major, &minor) == 2;

	/* dump_page() has %px from 4.15 to 5.8; before, %p was the address. */
	if (has_release && (major < 5 || (major == 5 && minor < 9)))
		return;
	for (size_t i = 0; i < report->nr_lines; i++)
		/* print_bad_pte() in mm/memory.c has %px. */
		if (!starts_with(ex_line(ex, report->line[i]), "addr:") &&
		    hex_after(ex, report->line[i], " mapping:|mapping: ", &hash) && hash.value &&
		    hash.value <= UINT32_MAX && (has_release || hash.size > 8) &&
		    !is_raw_word(ex, hash.value))
			ex_note(ex, hash,
				"a hash of a pointer (%%p), no address: equal hashes mean equal pointers");
}

/* Are the counts in the words the ones that dump_page() prints, if it does? Older kernels have another order of the
 * words, and a page of several frames has other counts. "count:" is the name of refcount before 4.20. */
static bool counts_agree(const struct explainer *ex, unsigned int size, const uint64_t word[8])
{
	const int32_t refcount = (int32_t)(size == 8 ? word[6] >> 32 : word[7]);
	const int32_t mapcount = (int32_t)(uint32_t)word[6];

	for (size_t i = 0; i < ex->report->nr_lines && !ex_shows(ex, "head:"); i++) {
		const char *line = ex_line(ex, ex->report->line[i]);
		const char *count = after_any_mark(line, " refcount:| count:");
		const char *mapped = after_mark(line, " mapcount:");

		/* -1 is not mapped; lower values are types of pages: see put_counts(). */
		if (starts_with(line, "page:"))
			return (!count || strtol(count, NULL, 10) == refcount) &&
			       (!mapped || mapcount < -128 ||
				strtol(mapped, NULL, 10) == mapcount + INT64_C(1));
	}
	return true;
}

static void explain_page(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	uint64_t word[8] = { 0 };
	unsigned int nr = 0, size = 0;
	char text[FACT_TEXT] = "";

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = ex_line(ex, report->line[i]);
		const char *at = after_mark(line, "raw: ");

		if (at)
			ex_mute(ex, ex_word(ex, report->line[i], line));
		while (at && nr < 8) {
			const char *end = read_hex(at, &word[nr]);
			const unsigned int bytes = end ? (unsigned int)(end - at) / 2 : 0;

			/* Words are printed with all their digits. */
			if (end && ((bytes != 4 && bytes != 8) || (size && size != bytes)))
				return;
			size = end ? bytes : size;
			nr += end != NULL;
			at = end && *end == ' ' ? end + 1 : NULL;
		}
	}
	fact_raw_page(size, word, nr, text);
	if (*text && counts_agree(ex, size, word))
		ex_say(ex, "The words of the struct page say: %s.", text);
}

/* --- tasks that wait --- */

/* The last of these functions says for what: a completion may be RCU's. */
static const char *find_wait(const struct oops_report *report, const struct oops_frame *caller)
{
	const char *what = NULL, *found;

	for (const struct oops_frame *frame = report->frame; frame < caller; frame++)
		if (!frame->guessed && (found = function_wait(frame->symbol.name)))
			what = found;
	return what;
}

static void explain_hung(struct explainer *ex)
{
	const struct oops_frame *caller = ex_caller(ex, FUNCTION_WAITS);
	const char *what =
		find_wait(ex->report, caller ? caller : ex->report->frame + ex->report->nr_frames);

	if (what && !caller) /* the end of the trace is missing */
		ex_say(ex, "It waits in state D for %s.", what);
	else if (what)
		ex_say(ex, "It waits in state D for %s; the functions that wait were called by %s.",
		       what, SYMBOL(&caller->symbol));
	ex_say(ex, "No address was accessed wrongly: the question is who holds what it waits for.");
}

enum { EFLAGS_IF = 9 };

static void explain_lockup(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	const struct oops_number *flags = oops_register_find(context, "eflags");
	const struct oops_frame *caller = ex_caller(ex, FUNCTION_SPINS);

	if (ex->report->seconds)
		ex_say(ex, "The CPU was busy for %u seconds.", ex->report->seconds);
	if (context && function_has(context->where.name, FUNCTION_SPINS) && caller)
		ex_say(ex,
		       "It spins, waiting for a lock; the functions of the lock were called by %s.",
		       SYMBOL(&caller->symbol));
	if (flags && !(flags->value >> EFLAGS_IF & 1))
		ex_say(ex, "Interrupts were off (EFLAGS.IF is clear).");
	if (context)
		ex_say(ex, "The registers belong to code that was interrupted.");
	ex_say(ex, "No address was accessed wrongly.");
}

/* --- what the report says in words --- */

// clang-format off
/* Lines of a report that say more about what the title says. */
static const char *const quotes[NR_OOPS_KINDS][10] = {
	[OOPS_BUG] = { " created at:" }, /* of KMSAN */
	[OOPS_KASAN] = { "ead of size ", "rite of size ", "The buggy address is located ",
			 "which belongs to the cache ", " is located in stack of task ",
			 ") '", /* the variable, as in "[32, 56) 'word'" */
			 "Allocated by task ", "Freed by task " },
	[OOPS_KFENCE] = { "B left of ", "B right of ", "size=", "allocated by task ", "freed by task " },
	[OOPS_KCSAN] = { "write to ", "read to ", "value changed: " },
	[OOPS_WARNING] = { " is trying to acquire lock:", " already holding lock:" },
	[OOPS_BAD_PAGE] = { "page dumped because: ", "bad because of flags: " },
	[OOPS_HUNG_TASK] = { " likely owned by ", " likely last held by " },
	[OOPS_LIST_CORRUPTION] = { "kernel BUG at " },
	[OOPS_SLUB] = { "First byte ", "Allocated in ", "Freed in " },
	[OOPS_OOM] = { "memory: usage ", "oom_memcg=", "Killed process ", "no killable processes" },
	[OOPS_MCE] = { "SOCKET ", "rrected error", "ECC error" },
	[OOPS_RCU_STALL] = { "(t=", "(detected by ", " kthread starved for " },
	[OOPS_STACK_OVERFLOW] = { "Task stack:", "FAR:" },
	[OOPS_TRACE] = { "Disabling IRQ #" },
};

// clang-format on

enum { QUOTES = OOPS_SENTENCE - 32 };
#define put(text, ...) text_append(text, QUOTES, __VA_ARGS__)

/* Writes the first function after a line such as "Allocated by task 1199:" that is not the allocator. */
static void put_caller(const struct explainer *ex, size_t after, const char *word,
		       char text[QUOTES])
{
	const struct oops_report *report = ex->report;
	struct oops_frame frame;

	for (size_t i = after; i < report->nr_lines; i++) {
		const char *line = ex_line(ex, report->line[i]);
		const struct oops_part part = { .text = line + strspn(line, " ") };

		if (!oops_part_frame(&part, part.text, &frame) || !*frame.symbol.name)
			return;
		if (function_has(frame.symbol.name, FUNCTION_CHECKS))
			continue;
		put(text, "%s %s", word, SYMBOL(&frame.symbol));
		return;
	}
}

/* Writes the line without its last colon or full stop. Returns its length. */
static size_t put_line(const char *line, char text[QUOTES])
{
	size_t length = strlen(line);

	while (length && strchr(": .", line[length - 1]))
		length--;
	put(text, "%s%.*s", *text ? "; " : "", (int)(length > 200 ? 200 : length), line);
	return length;
}

static void put_quote(const struct explainer *ex, size_t at, char text[QUOTES])
{
	const struct oops_report *report = ex->report;
	const char *line = ex_line(ex, report->line[at]);
	size_t length;

	line += strspn(line, " \t");
	/* dump_oom_summary() in mm/oom_kill.c ends with the process, after paths of any length. */
	if (starts_with(line, "oom-kill:") && strstr(line, ",task=")) {
		put(text, "%s%.60s, of %.*s", *text ? "; " : "", strstr(line, ",task=") + 1,
		    (int)strcspn(line, ","), line);
		return;
	}
	length = put_line(line, text);
	/* print_address_description() of KASAN: "located 144 bytes inside of", and "256-byte region [...)" */
	if (length > 2 && !strncmp(line + length - 2, "of", 2) && strstr(line, " located ")) {
		const size_t below = report->line[at] + 1;
		const char *next = below < ex->reports->lines.nr ? ex_line(ex, below) : "";

		put(text, " %.100s",
		    strstr(next, " region [") || strstr(next, "-byte region") ?
			    next + strspn(next, " ") :
			    "...");
		return;
	}
	if (at + 1 < report->nr_lines &&
	    ((length > 2 && !strncmp(line + length - 2, "of", 2)) || strstr(line, " lock:"))) {
		const char *next = ex_line(ex, report->line[at + 1]);

		put(text, " %.100s", next + strspn(next, " "));
	}
	if (line[length] == ':' && text_find(line, length, " by task "))
		put_caller(ex, at + 1, " in", text);
	if (line[length] == ':' && text_find(line, length, " created at"))
		put_caller(ex, at + 1, "", text);
}

static void say_quotes(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	char text[QUOTES] = "";
	size_t quoted = SIZE_MAX; /* some lines have two of the marks */

	for (const char *const *mark = quotes[report->kind]; *mark; mark++)
		for (size_t j = 0; j < report->nr_lines; j++)
			if (report->line[j] != report->title && j != quoted &&
			    strstr(ex_line(ex, report->line[j]), *mark)) {
				put_quote(ex, quoted = j, text);
				if (report->kind != OOPS_KCSAN) /* both accesses may be writes */
					break;
			}
	if (report->message && !strstr(text, ex_line(ex, report->message)))
		put_line(ex_line(ex, report->message), text);
	if (*text)
		ex_say(ex, "The report says: %s.", text);
}

/* What the text of the report ends with: the machine has stopped. */
static void say_panic(struct explainer *ex)
{
	const struct oops_report *report = ex->report;

	for (size_t i = 0; i < report->nr_lines && report->kind != OOPS_PANIC; i++) {
		const char *message = oops_panic_message(ex_line(ex, report->line[i]));
		char text[QUOTES] = "";

		if (!message || report->line[i] <= report->title)
			continue;
		put_line(message, text);
		ex_say(ex, "Then the kernel panicked: %s.", text);
		return;
	}
}

/* --- hardware --- */

/* The address is one of memory if the memory controller reports it, or if MISC says so: its mode is 2 (Intel SDM vol. 3,
 * 16.3.2.4). Others may be linear: AMD's Zen reports where the processor executed. */
static void say_address(struct explainer *ex, struct oops_number address, uint64_t status,
			bool of_intel)
{
	struct oops_number misc;
	bool physical = (status & 0xef80) == 0x0080 ||
			(status >> 59 & 1 && of_intel &&
			 hex_after(ex, address.line, "MISC ", &misc) && (misc.value >> 6 & 7) == 2);

	ex_note(ex, address, "%s: frame %s",
		physical ? "a physical address" : "if it is a physical address",
		DIGITS(address.value >> 12))
		->is_plain = true;
	if (physical)
		ex_say(ex, "The address is physical: frame %s.", DIGITS(address.value >> 12));
	else
		ex_say(ex,
		       "The address %s is in frame %s if it is physical, which the text does not show.",
		       DIGITS(address.value), DIGITS(address.value >> 12));
}

/* Returns the status, 0 if it is not valid. */
static uint64_t say_status(struct explainer *ex, size_t line, const char *digits)
{
	struct oops_number word = { .line = line };
	const char *end = read_hex(digits, &word.value), *bank;
	/* drivers/edac/mce_amd.c alone prints "MC4_STATUS[...]"; 2: X86_VENDOR_AMD */
	const bool of_amd = strstr(ex_line(ex, line), "_STATUS[") || ex_shows(ex, "PROCESSOR 2:");
	char text[FACT_TEXT], of_bank[16] = "";
	uint64_t number;

	if (!end)
		return 0;
	word.at = (size_t)(digits - ex_line(ex, line));
	word.size = (size_t)(end - digits);
	if (!(word.value >> 63)) {
		ex_mute(ex, word);
		return 0;
	}
	fact_machine_check(word.value, text);
	ex_note(ex, word, "%s", text);
	bank = after_mark(ex_line(ex, line), " Bank ");
	if (!bank && strstr(ex_line(ex, line), "_STATUS["))
		bank = after_mark(ex_line(ex, line), " MC");
	if (bank && scan_decimal(bank, 3, &number))
		snprintf(of_bank, sizeof(of_bank), " of bank %" PRIu64, number);
	ex_say(ex, "The status word%s says: %s.", of_bank, text);
	/* AMD64 Architecture Programmer's Manual, vol. 2, 9.3.2: Deferred */
	if (of_amd && !(word.value >> 61 & 1) && word.value >> 44 & 1)
		ex_say(ex,
		       "The processor is AMD's, so the error is deferred: not corrected, in data that was not used yet.");
	return word.value;
}

/* The status of a bank: "CPU 3: Machine Check: 0 Bank 8: be00..." and "STATUS be00..." (print_mce() in
 * arch/x86/kernel/cpu/mce/core.c), "MC8_STATUS[...]: 0x..." (drivers/edac/mce_amd.c). NULL: none. */
static const char *find_status(const char *line)
{
	static const char *const marks[][2] = { { "STATUS ", "" },
						{ "Bank ", ": " },
						{ "_STATUS[", "]: " } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && !strstr(line, "MCGSTATUS "); i++) {
		const char *mark = after_mark(line, marks[i][0]);
		const char *digits = mark ? after_mark(mark, marks[i][1]) : NULL;

		if (digits)
			return digits;
	}
	return NULL;
}

static void explain_mce(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	struct oops_number address;
	const bool of_intel = ex_shows(ex, "PROCESSOR 0:");
	uint64_t word = 0;

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = ex_line(ex, report->line[i]);
		const char *status = find_status(line);

		if (status)
			word = say_status(ex, report->line[i], status);
		if (hex_after(ex, report->line[i], "ADDR |Error Addr: ", &address))
			say_address(ex, address, word, of_intel);
		/* "RIP !INEXACT! 10:<...>" */
		if (strstr(line, "!INEXACT!"))
			ex_say(ex,
			       "RIP is inexact: it is where the CPU was when the error was reported, and not the cause.");
	}
}

static void explain_serror(struct explainer *ex)
{
	const struct oops_frame *caller = ex_caller(ex, 0);

	ex_say_syndrome(ex);
	ex_say(ex,
	       "The error is asynchronous: pc is where the CPU noticed it, and not the instruction that caused it%s%s.",
	       caller ? "; the code that ran is " : "", caller ? SYMBOL(&caller->symbol) : "");
}

/* --- traps --- */

/* Behind the trap of kCFI is the call that it guards: "call *%r11" (clang's KCFI_CHECK). */
static void say_pointer(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	struct oops_context behind;
	struct oops_instruction call;
	const struct oops_number *reg;

	if (!context || !ex->instruction.known || !ex->instruction.code.is_trap ||
	    context->mark + ex->instruction.code.size >= context->nr_code)
		return;
	behind = *context;
	behind.mark += ex->instruction.code.size;
	oops_instruction_read(&behind, &call);
	reg = call.known && *call.code.operand ? oops_register_find(context, call.code.operand) :
						 NULL;
	if (!reg || !(call.code.is_call || call.code.is_branch))
		return;
	ex_say(ex, "The pointer is in %s: %s.", REGISTER(ex, reg->name), DIGITS(reg->value));
	ex_name_bad(ex, reg, OOPS_PROVED);
}

/* The check is "mov $-TYPE,%r10d; add -4(POINTER),%r10d; je +2; ud2" (decode_cfi_insn() in arch/x86/kernel/cfi.c): r10d
 * is the type that was found, minus the expected one. */
static void say_found_type(struct explainer *ex, uint64_t type)
{
	const struct oops_context *context = ex->context;
	const struct oops_number *reg = oops_register_find(context, "r10");
	const uint8_t *check = context ? context->code + context->mark : NULL;

	if (reg && context->mark >= 12 && check[-12] == 0x41 && check[-11] == 0xba &&
	    load_le32(check - 10) == (uint32_t)-type && check[-5] == 0x03 && check[-2] == 0x74)
		ex_say(ex,
		       "The type that is stored before the function is 0x%" PRIx32
		       ", the sum of R10 and the expected type.",
		       (uint32_t)(reg->value + type));
}

/* report_cfi_failure() in kernel/cfi.c: "CFI failure at PLACE (target: TARGET; expected type: 0x...)". */
static void explain_cfi(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const char *line = ex_line(ex, report->title), *target;
	struct oops_number hash;
	uint64_t type, negative;

	if (!hex_after(ex, report->title, "expected type: ", &hash))
		return;
	type = hash.value;
	target = after_mark(line, "target: ");
	ex_note(ex, hash, "the hash of the type that the caller expects, no address");
	ex_say(ex,
	       "An indirect call was refused: the function that the pointer leads to%s%.*s%s does not have the type whose hash is 0x%s. It is the check of CFI that traps, and no BUG() of a programmer.",
	       target ? " (" : "", target ? (int)strcspn(target, ";)") : 0, target ? target : "",
	       target ? ")" : "", DIGITS(type));
	say_pointer(ex);
	say_found_type(ex, type);
	negative = (uint32_t)-type;
	for (size_t i = 0; context && i < context->nr_regs; i++)
		if (!context->reg[i].damaged &&
		    (context->reg[i].value == negative || context->reg[i].value == type))
			ex_note(ex, context->reg[i], "%s of this type, no address",
				context->reg[i].value == type ? "the hash" : "the negative hash");
}

/* --- processes --- */

/* arch/x86/entry/vsyscall */
#define VSYSCALL UINT64_C(0xffffffffff600000)

static bool is_vsyscall(const struct oops_report *report)
{
	return report->machine == EM_X86_64 && report->has_address &&
	       report->address.value >> 12 == VSYSCALL >> 12;
}

/* do_exit() in kernel/exit.c: "Attempted to kill init! exitcode=0x0000000b": a signal, or the status in bits 8 to 15. */
static void say_end_of_init(struct explainer *ex)
{
	for (size_t i = 0; i < ex->report->nr_lines; i++) {
		const char *line = ex_line(ex, ex->report->line[i]);
		const char *digits = after_mark(line, "Attempted to kill init! exitcode=0x");
		const uint64_t code = digits ? strtoull(digits, NULL, 16) : 0;
		const char *name = sigabbrev_np((int)(code & 0x7f));

		if (!digits)
			continue;
		/* die() ends a process with do_exit(SIGSEGV). */
		if ((code & 0x7f) == SIGSEGV)
			ex_say(ex,
			       "Process 1 ended with the exitcode 0x%s, that of SIGSEGV: by this signal or by a fault in the kernel.",
			       DIGITS(code));
		else if (name && code & 0x7f)
			ex_say(ex, "Process 1 was killed by the signal SIG%s (exitcode 0x%s).",
			       name, DIGITS(code));
		else if (!(code & 0x7f) && code >> 8 <= 255)
			ex_say(ex, "Process 1 ended by itself, with the status %u (exitcode 0x%s).",
			       (unsigned int)(code >> 8), DIGITS(code));
		return;
	}
}

/* show_signal_msg() in arch/x86/mm/fault.c: "NAME[PID]: segfault at 18 ip ... sp ... error 4 in FILE[START+SIZE]". Newer
 * kernels print "[OFFSET,START+SIZE]", with the offset of the instruction in the file (print_vma_addr(), mm/memory.c). */
static void explain_segfault(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_instruction *instruction = &ex->instruction;
	const char *line = ex_line(ex, report->title), *file = strstr(line, " in ");
	const char *bracket = file ? strchr(file, '[') : NULL;
	const char *comma = bracket ? strpbrk(bracket, ",]") : NULL;
	const char *range = comma && *comma == ',' ? comma : bracket;
	struct oops_number ip = { .value = 0 };
	char *plus = NULL;
	uint64_t start = range ? strtoull(range + 1, &plus, 16) : 0;
	uint64_t size = plus && *plus == '+' ? strtoull(plus + 1, NULL, 16) : 0;
	const bool is_page_fault = strstr(line, "segfault at ") ||
				   (report->machine == EM_RISCV && ex->syndrome.is_abort &&
				    !ex->syndrome.is_alignment);
	char text[OOPS_SENTENCE] = "";

	ex->verdict->of_user = true;
	if (ex_has_fault_code(ex)) {
		fact_page_fault_code(report->code.value, text);
		ex_say(ex, "The access was: %s.", text);
	}
	if (report->machine == EM_RISCV)
		ex_say_syndrome(ex);
	if (is_page_fault && is_vsyscall(report))
		ex_say(ex,
		       "The address is in the vsyscall page, a special address, and the pointer need not be wrong: an old program or C library %s, and the kernel does not permit it (vsyscall=none, or vsyscall=xonly for a read).",
		       ex->verdict->access != OOPS_EXECUTE	 ? "uses it" :
		       report->address.value == VSYSCALL	 ? "calls gettimeofday() there" :
		       report->address.value == VSYSCALL + 0x400 ? "calls time() there" :
		       report->address.value == VSYSCALL + 0x800 ? "calls getcpu() there" :
								   "jumps to it");
	else if (is_page_fault && ex->verdict->access == OOPS_EXECUTE)
		ex_say(ex, "The process jumped to or called %s.",
		       ex_has_fault_code(ex) && report->code.value & PF_PRESENT ?
			       "memory that must not be executed" :
			       "an address at which there is no code");
	else if (is_page_fault && report->has_address && report->address.value < 4096)
		ex_say(ex, "The address 0x%s is NULL + 0x%s: a NULL pointer in the process.",
		       DIGITS(report->address.value), DIGITS(report->address.value));
	*text = '\0';
	if (instruction->known)
		snprintf(text, sizeof(text), " \"%s\"", instruction->text);
	if (!hex_after(ex, report->title, " ip | ip:|rip:", &ip) && ex->context &&
	    ex->context->of_user)
		ip.value = ex->context->ip;
	if (ip.value - start < size)
		ex_say(ex,
		       "The instruction%s is 0x%s bytes into the mapping of %.*s that starts at %s.",
		       text, DIGITS(ip.value - start), (int)strcspn(file + 4, "["), file + 4,
		       DIGITS(start));
	else if (*text)
		ex_say(ex, "The instruction is%s.", text);
}

/* arm64's synchronous external abort that is not of a walk: the fault status 0x10 (Arm ARM, ESR_EL1). */
static void explain_abort(struct explainer *ex)
{
	if (ex->report->kind != OOPS_TRACE || !ex->report->of)
		return;
	ex_say_syndrome(ex);
	if (after_any_mark(ex_line(ex, ex->report->title),
			   ": imprecise external abort|: asynchronous external abort"))
		ex_say(ex,
		       "The CPU reports such an abort late: the place and the address need not be of the access that failed.");
	if (ex->syndrome.is_translation &&
	    strstr(ex_line(ex, ex->report->title), "synchronous external abort"))
		ex_say(ex,
		       "But the first line says that it was an external abort: they do not agree, so the text was changed, or the lines are of two reports.");
	if (ex->syndrome.is_abort && (ex->report->code.value & 0x3f) == 0x10)
		ex_say(ex,
		       "The translation succeeded: the device or the memory system at the address has refused the access.");
}

/* BUG_INSTR_VALUE in arch/arm/include/asm/bug.h, of ARM and of Thumb */
static void explain_undefined(struct explainer *ex)
{
	/* ud2 and ud1 are there to be refused. */
	if (strstr(ex_line(ex, ex->report->title), "invalid opcode") && ex->instruction.known &&
	    !starts_with(ex->instruction.text, "ud"))
		ex_say(ex, "The CPU refused the instruction \"%s\": this is no BUG().",
		       ex->instruction.text);
	if (ex->report->kind != OOPS_BUG && ex->report->machine == EM_ARM &&
	    (ex_shows(ex, "(e7f001f2)") || ex_shows(ex, "(de02)")))
		ex_say(ex, "The instruction is BUG(): a check in the code has failed.");
}

static void explain_oom(struct explainer *ex)
{
	for (size_t i = 0; i < ex->report->nr_frames; i++)
		if (!ex->report->frame[i].guessed &&
		    starts_with(ex->report->frame[i].symbol.name, "mem_cgroup_o")) {
			ex_say(ex,
			       "The limit of a memory cgroup was reached, as of a container: the machine may have more memory.");
			return;
		}
}

/* --- SLAB --- */

enum { SLAB_FREE = 0x6b }; /* POISON_FREE, include/linux/poison.h */

/* check_poison_obj() and print_objinfo() in mm/slab.c, until 6.7: "Slab corruption: start=c6b2d4e0, len=96", rows of 16
 * bytes "020: 6b 6b ..." that are not as they were left when the object was freed, and "Last user:". */
static void explain_slab(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const char *title = ex_line(ex, report->title), *start = after_mark(title, "start=");
	const char *length = after_mark(title, "len="), *user = NULL;
	unsigned long size = length ? strtoul(length, NULL, 10) : 0, at = 0, byte = SLAB_FREE;

	if (!start || !size || !starts_with(title, "Slab corruption"))
		return;
	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = skip_blanks(ex_line(ex, report->line[i]));

		if (after_any(line, "Prev obj: |Next obj: "))
			break;
		if (starts_with(line, "Last user: ") && strchr(line, '('))
			user = strchr(line, '(') + 1;
		if (strspn(line, "0123456789abcdef") != 3 || line[3] != ':')
			continue;
		at = strtoul(line, NULL, 16);
		line += 4;
		for (char *end; byte == SLAB_FREE && at < size; line = end) {
			byte = strtoul(line, &end, 16);
			if (end != line + 3 || *line != ' ')
				return;
			at += byte == SLAB_FREE;
			if (!*end)
				break;
		}
		if (byte != SLAB_FREE)
			break;
	}
	if (byte == SLAB_FREE || at >= size || (at == size - 1 && byte == 0xa5))
		return;
	ex_say(ex,
	       "The object of %lu bytes at %.*s was written after it was freed: its byte 0x%lx is %02lx, not 6b (POISON_FREE)%s.",
	       size, (int)strspn(start, "0123456789abcdef"), start, at, byte,
	       byte == SLAB_FREE - 1 ?
		       ", one less: a counter was decremented, or one bit changed" :
	       __builtin_popcountl(byte ^ SLAB_FREE) == 1 ?
		       "; only one bit differs: a flag was changed, or the memory is bad" :
		       "");
	if (user)
		ex_say(ex, "Its last user, which freed it, was %.*s. Who wrote is not in the text.",
		       (int)strcspn(user, ")"), user);
}

/* print_tags() in mm/kasan/report_hw_tags.c and report_sw_tags.c: "Pointer tag: [f6], memory tag: [f5]" */
static void explain_tags(struct explainer *ex)
{
	enum { KASAN_TAG_INVALID = 0xfe }; /* mm/kasan/kasan.h */

	for (size_t i = ex->report->first; i <= ex->report->last; i++) {
		unsigned int pointer, memory;

		if (sscanf(ex_line(ex, i), "Pointer tag: [%2x], memory tag: [%2x]", &pointer,
			   &memory) != 2 ||
		    pointer == memory)
			continue;
		ex_say(ex, "The pointer has the tag %02x, and the memory %02x: %s.", pointer,
		       memory,
		       memory == KASAN_TAG_INVALID ?
			       "the memory is free, or is no part of an object" :
			       "the memory was freed and allocated again, or the access is outside of its object");
		return;
	}
}

/* mm/kfence/report.c: "Corrupted memory at 0x... [ ... ] (in kfence-#52):", and the object: "kfence-#52: 0x...-0x...,
 * size=48" (5.14), "kfence-#52 [0x...-0x..., size=48" before. The end is the last byte. */
static void explain_kfence(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	uint64_t at = 0, first, last;

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = ex_line(ex, report->line[i]);
		const char *digits = after_mark(line, "Corrupted memory at ");
		const char *object = after_start(line, "kfence-#");
		const char *end;

		if (digits)
			read_hex(digits, &at);
		digits = object && at ? strstr(object, "0x") : NULL;
		end = digits ? read_hex(digits, &first) : NULL;
		if (!end || *end != '-' || !read_hex(end + 1, &last) || first > last)
			continue;
		if (at > last)
			ex_say(ex, "%s is %s%s after the object.", DIGITS(at),
			       at == last + 1 ? "the first byte" : HEX(at - last - 1),
			       at == last + 1 ? "" : " bytes");
		else if (at < first)
			ex_say(ex, "%s is %s bytes before the object.", DIGITS(at),
			       HEX(first - at));
		ex_say(ex,
		       "The change was found when the object was freed or checked: the code that made it may be other code than the trace shows.");
		return;
	}
}

/* check_bytes_and_report() in mm/slub.c: "0x...-0x.... First byte 0x6a instead of 0x6b" */
static void explain_poison(struct explainer *ex)
{
	for (size_t i = 0; i < ex->report->nr_lines; i++) {
		const char *line = ex_line(ex, ex->report->line[i]);
		const char *found = after_mark(line, "First byte 0x");
		unsigned int byte, wanted;
		char bits[32];

		if (!found || sscanf(found, "%2x instead of 0x%2x", &byte, &wanted) != 2)
			continue;
		if (wanted == 0x6b && byte == 0x6a) /* POISON_FREE in include/linux/poison.h */
			ex_say(ex,
			       "0x6a is the poison of freed memory, 0x6b, minus 1: a counter in the object was decremented after the object was freed, such as by a reference that was dropped late, or bit 0 was flipped.");
		else if (wanted == 0x6b && oops_bits_differ(byte, wanted, bits))
			ex_say(ex,
			       "0x%02x is the poison of freed memory, 0x6b, with %s changed: the object was changed after it was freed, or by damage of hardware.",
			       byte, bits);
		return;
	}
}

void explain_kind(struct explainer *ex)
{
	switch (ex->report->kind) {
	case OOPS_LIST_CORRUPTION: explain_list(ex); break;
	case OOPS_SLUB: explain_slab(ex), explain_poison(ex); break;
	case OOPS_BAD_PAGE: explain_page(ex); break;
	case OOPS_HUNG_TASK: explain_hung(ex); break;
	case OOPS_SOFT_LOCKUP:
	case OOPS_HARD_LOCKUP:
	case OOPS_RCU_STALL: explain_lockup(ex); break;
	case OOPS_MCE: explain_mce(ex); break;
	case OOPS_SERROR: explain_serror(ex); break;
	case OOPS_BREAKPOINT: ex_say_syndrome(ex); break;
	case OOPS_CFI: explain_cfi(ex); break;
	case OOPS_SEGFAULT: explain_segfault(ex); break;
	case OOPS_BUG:
	case OOPS_UNDEFINED_INSTRUCTION: explain_undefined(ex); break;
	case OOPS_OOM: explain_oom(ex); break;
	case OOPS_KASAN: explain_tags(ex); break;
	case OOPS_KFENCE: explain_kfence(ex); break;
	default: explain_abort(ex); break;
	}
	say_end_of_init(ex);
	say_quotes(ex);
	say_panic(ex);
}
