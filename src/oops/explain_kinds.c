/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Explains reports that are not about an access of the kernel to memory: what waits, what was corrupted, what
 * hardware has said. */
#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "oops/explainer.h"
#include "oops/facts.h"
#include "oops/pointer.h"

/* --- numbers in lines --- */

/* Reads hexadecimal digits, perhaps after 0x. Returns the text after them, or NULL. */
static const char *read_hex(const char *text, uint64_t *value)
{
	const char *at = starts_with(text, "0x") ? text + 2 : text;
	size_t digits = strspn(at, "0123456789abcdefABCDEF");

	if (!digits || digits > 16 || isalnum((unsigned char)at[digits]))
		return NULL;
	*value = strtoull(at, NULL, 16);
	return at + digits;
}

/* Reads the number after `mark` in the line. *at: of the digits in the line. */
static bool hex_after(const char *line, const char *mark, uint64_t *value, size_t *at, size_t *size)
{
	const char *found = strstr(line, mark), *end;

	if (!found)
		return false;
	found += strlen(mark);
	end = read_hex(found, value);
	if (!end)
		return false;
	if (at) {
		*at = (size_t)(found - line);
		*size = (size_t)(end - found);
	}
	return true;
}

/* --- lists: lib/list_debug.c --- */

/* Where a word of a list head is: NAME->next is at NAME, NAME->prev one word after it. The line shows
 * "(NAME=ADDRESS)" since 3.x. */
static bool find_list_word(const char *line, const char *member, unsigned int word,
			   uint64_t *address)
{
	char mark[16];

	snprintf(mark, sizeof(mark), "%.4s=", member);
	if (!hex_after(line, mark, address, NULL, NULL))
		return false;
	*address += starts_with(member + 4, "->prev") ? word : 0;
	return true;
}

static void explain_list(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const char *line = explainer_line(explainer, report->title);
	const char *should = strstr(line, " should be "), *member = strstr(line, "corruption. ");
	const unsigned int word = report->machine == EM_386 ? 4 : 8;
	uint64_t wanted, found, address;
	struct fact_poison poison;
	char bits[32];

	if (!should || !hex_after(line, "but was ", &found, NULL, NULL)) {
		if (strstr(line, "LIST_POISON"))
			explainer_say(
				explainer,
				"The entry holds the poison of list_del(): it was deleted from its list already.");
		return;
	}
	should += strlen(" should be ");
	if (*should == 'n' || *should == 'p') /* "next (ADDRESS)" */
		should += strcspn(should, "(") + 1;
	if (!read_hex(should, &wanted))
		return;
	if (oops_bits_differ(wanted, found, bits))
		explainer_say(
			explainer,
			"%" PRIx64 " is %" PRIx64
			" with %s flipped: damage by hardware, or a stray write, fits better than a wrong use of the list.",
			found, wanted, bits);
	else if (fact_poison(report->machine, found, &poison))
		explainer_say(explainer, "%" PRIx64 " is %s, %s.", found, poison.name,
			      poison.meaning);
	if (member && find_list_word(line, member + strlen("corruption. "), word, &address))
		explainer_say(explainer, "The wrong word is at %" PRIx64 " (%.10s).", address,
			      member + strlen("corruption. "));
}

/* --- struct page: mm/debug.c --- */

/* A pointer printed with %p is a hash since 4.15 (lib/vsprintf.c). On 64 bits its upper half is zero; of 8
 * digits nothing can be seen. */
static void mute_hashes(struct explainer *explainer, size_t line)
{
	static const char *const marks[] = { " mapping:", "mapping: " };
	const char *text = explainer_line(explainer, line);
	size_t at, size;
	uint64_t value;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (hex_after(text, marks[i], &value, &at, &size) && value && value <= UINT32_MAX)
			explainer_note(
				explainer, line, at, size,
				"a hash of a pointer (%%p), no address: equal hashes mean equal pointers");
}

void explain_hashes(struct explainer *explainer)
{
	for (size_t i = 0; i < explainer->report->nr_lines; i++)
		mute_hashes(explainer, explainer->report->line[i]);
}

static void explain_page(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const unsigned int size = report->machine == EM_386 ? 4 : 8;
	uint64_t word[8];
	unsigned int nr = 0;
	size_t last = 0;
	char text[FACT_TEXT] = "";

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = explainer_line(explainer, report->line[i]);
		const char *at = strstr(line, "raw: ");

		for (at = at ? at + strlen("raw: ") : NULL; at && nr < 8;) {
			const char *end = read_hex(at, &word[nr]);

			nr += end != NULL;
			at = end && *end == ' ' ? end + 1 : NULL;
			last = report->line[i];
		}
	}
	if (!nr)
		return;
	fact_raw_page(size, word, nr, text);
	if (!*text)
		return;
	explainer_say(explainer, "The words of the struct page say: %s.", text);
	explainer_mute(explainer, last, 0, strlen(explainer_line(explainer, last)));
	for (size_t i = 0; i < report->nr_lines; i++)
		if (strstr(explainer_line(explainer, report->line[i]), "raw: ") &&
		    report->line[i] != last)
			explainer_mute(explainer, report->line[i], 0,
				       strlen(explainer_line(explainer, report->line[i])));
}

/* --- tasks that wait --- */

/* For what a function waits that is in the trace of a hung task (kernel/locking, kernel/sched, mm/filemap.c,
 * block). */
static const struct {
	const char *function, *what;
} waits[] = {
	{ "rwsem_down_write_slowpath", "the write side of a rwsem" },
	{ "rwsem_down_write_failed", "the write side of a rwsem" },
	{ "call_rwsem_down_write_failed", "the write side of a rwsem" },
	{ "rwsem_down_read_slowpath", "the read side of a rwsem" },
	{ "rwsem_down_read_failed", "the read side of a rwsem" },
	{ "call_rwsem_down_read_failed", "the read side of a rwsem" },
	{ "__mutex_lock_slowpath", "a mutex" },
	{ "__mutex_lock", "a mutex" },
	{ "__mutex_lock.isra.0", "a mutex" },
	{ "__down", "a semaphore" },
	{ "__down_common", "a semaphore" },
	{ "wait_for_completion", "a completion" },
	{ "wait_for_common", "a completion" },
	{ "__wait_for_common", "a completion" },
	{ "folio_wait_bit_common", "a page (its lock, or the end of its I/O)" },
	{ "wait_on_page_bit", "a page (its lock, or the end of its I/O)" },
	{ "__lock_page", "the lock of a page" },
	{ "folio_wait_writeback", "the end of a page's writeback" },
	{ "jbd2_log_wait_commit", "the commit of a journal's transaction" },
	{ "io_schedule", "I/O" },
	{ "io_schedule_timeout", "I/O" },
};

static const char *find_wait(const struct oops_report *report)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
		for (size_t j = 0; j < report->nr_frames; j++)
			if (!report->frame[j].guessed &&
			    !strcmp(report->frame[j].symbol.name, waits[i].function))
				return waits[i].what;
	return NULL;
}

static void explain_hung(struct explainer *explainer)
{
	const struct oops_frame *caller = explainer_caller(explainer, NULL);
	const char *what = find_wait(explainer->report);
	char text[SYMBOL_TEXT];

	if (what && caller)
		explainer_say(
			explainer,
			"It waits in state D for %s; the first function in the trace that does not wait is %s.",
			what, oops_symbol_text(&caller->symbol, text));
	explainer_say(
		explainer,
		"No address was accessed wrongly: the question is who holds what it waits for.");
}

enum { EFLAGS_IF = 9, PSTATE_I = 7 };

static void explain_lockup(struct explainer *explainer)
{
	const struct oops_context *context = explainer->context;
	const struct oops_register *flags = context ? oops_register_find(context, "eflags") : NULL;
	const struct oops_frame *caller = explainer_caller(explainer, is_spinning);
	char text[SYMBOL_TEXT];

	if (explainer->report->seconds)
		explainer_say(explainer, "The CPU was busy for %u seconds.",
			      explainer->report->seconds);
	if (context && is_spinning(context->where.name) && caller)
		explainer_say(
			explainer,
			"It waits for a spinlock; the first function in the trace behind the lock is %s.",
			oops_symbol_text(&caller->symbol, text));
	if (flags && !(flags->value >> EFLAGS_IF & 1))
		explainer_say(explainer, "Interrupts were off (EFLAGS.IF is clear).");
	explainer_say(
		explainer,
		"The registers belong to code that was interrupted: no address was accessed wrongly.");
}

/* --- what the report says in words --- */

/* Lines of a report that say more about what the title says. */
static const struct {
	enum oops_kind kind;
	const char *mark;
} quotes[] = {
	{ OOPS_KASAN, "ead of size " },
	{ OOPS_KASAN, "rite of size " },
	{ OOPS_KASAN, "The buggy address is located " },
	{ OOPS_KASAN, "which belongs to the cache " },
	{ OOPS_KASAN, " is located in stack of task " },
	{ OOPS_KASAN, ") '" }, /* the variable, as in "[32, 56) 'word'" */
	{ OOPS_KASAN, "Allocated by task " },
	{ OOPS_KASAN, "Freed by task " },
	{ OOPS_KFENCE, "size=" },
	{ OOPS_KFENCE, "allocated by task " },
	{ OOPS_KFENCE, "freed by task " },
	{ OOPS_KCSAN, "write to " },
	{ OOPS_KCSAN, "read to " },
	{ OOPS_KCSAN, "value changed: " },
	{ OOPS_UBSAN, "is out of range for type" },
	{ OOPS_UBSAN, "shift exponent " },
	{ OOPS_UBSAN, "cannot be represented in type" },
	{ OOPS_SLUB, "First byte " },
	{ OOPS_SLUB, "Allocated in " },
	{ OOPS_SLUB, "Freed in " },
	{ OOPS_OOM, "memory: usage " },
	{ OOPS_OOM, "oom_memcg=" },
	{ OOPS_OOM, "Killed process " },
	{ OOPS_RUST_PANIC, "index out of bounds" },
	{ OOPS_MCE, "SOCKET " },
	{ OOPS_MCE, "rrected error" },
	{ OOPS_MCE, "ECC error" },
	{ OOPS_RCU_STALL, "(t=" },
	{ OOPS_RCU_STALL, "(detected by " },
	{ OOPS_STACK_OVERFLOW, "Task stack:" },
	{ OOPS_STACK_OVERFLOW, "FAR:" },
};

/* Writes the first function after a line such as "Allocated by task 1199:" that is not the allocator. */
static void put_caller(const struct explainer *explainer, size_t after, char *text, size_t size)
{
	const struct oops_report *report = explainer->report;
	struct oops_symbol symbol;
	char name[SYMBOL_TEXT];

	for (size_t i = after; i < report->nr_lines; i++) {
		const char *line = explainer_line(explainer, report->line[i]);

		line += strspn(line, " ");
		if (!oops_symbol_read(line, &symbol))
			return;
		if (is_checker(symbol.name))
			continue;
		text_append(text, size, " in %s", oops_symbol_text(&symbol, name));
		return;
	}
}

static void put_quote(const struct explainer *explainer, size_t at, char *text, size_t size)
{
	const struct oops_report *report = explainer->report;
	const char *line = explainer_line(explainer, report->line[at]);
	size_t length;

	line += strspn(line, " ");
	length = strlen(line);
	while (length && strchr(": ", line[length - 1]))
		length--;
	text_append(text, size, "%s%.*s", *text ? "; " : "", (int)(length > 200 ? 200 : length),
		    line);
	if (length > 2 && !strncmp(line + length - 2, "of", 2) && at + 1 < report->nr_lines) {
		line = explainer_line(explainer, report->line[at + 1]);
		text_append(text, size, " %.100s", line + strspn(line, " "));
	}
	if (text_find(line, length, " by task ") && line[length] == ':')
		put_caller(explainer, at + 1, text, size);
}

/* The message of WARN() is before the line WARNING since 3.11 or so, and after it in older kernels. */
static void put_message(const struct explainer *explainer, char *text, size_t size)
{
	static const char *const others[] = { "------------[",	"Modules linked in",
					      "CPU: ",		"Hardware name",
					      "Pid: ",		"RIP: ",
					      "Call Trace",	"Call trace",
					      "Workqueue: ",	"pc : ",
					      "pstate",		"invalid opcode",
					      "Internal error", "Oops",
					      "EIP: ",		"Tainted: ",
					      "kernel BUG at",	"Code: ",
					      "Preemption",	"locks held",
					      "INFO: lockdep",	"PREEMPT",
					      "Kernel panic" };
	const struct oops_report *report = explainer->report;

	for (size_t i = 0; i < report->nr_lines && i < 6; i++) {
		const char *line = explainer_line(explainer, report->line[i]);

		if (report->line[i] == report->title || !*line || *line == ' ' ||
		    after_any(line, others, sizeof(others) / sizeof(*others)))
			continue;
		put_quote(explainer, i, text, size);
		return;
	}
}

static void say_quotes(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	char text[OOPS_SENTENCE - 32] = "";

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		for (size_t j = 0; quotes[i].kind == report->kind && j < report->nr_lines; j++)
			if (report->line[j] != report->title &&
			    strstr(explainer_line(explainer, report->line[j]), quotes[i].mark)) {
				put_quote(explainer, j, text, sizeof(text));
				break;
			}
	if (report->kind == OOPS_WARNING || report->kind == OOPS_BUG)
		put_message(explainer, text, sizeof(text));
	if (*text)
		explainer_say(explainer, "The report says: %s.", text);
}

/* --- hardware --- */

/* Lines of a machine check (print_mce() in arch/x86/kernel/cpu/mce/core.c): "CPU 3: Machine Check: 0 Bank 8:
 * be00...", "STATUS be00...", "TSC ... ADDR 2b7c4f000", "RIP !INEXACT! 10:<...>". */
static void explain_mce(struct explainer *explainer)
{
	static const char *const status_marks[] = { "STATUS ", "Bank " };
	const struct oops_report *report = explainer->report;
	char text[FACT_TEXT];
	uint64_t value;
	size_t at, size;

	for (size_t i = 0; i < report->nr_lines; i++) {
		const char *line = explainer_line(explainer, report->line[i]), *bank;
		bool found = hex_after(line, status_marks[0], &value, &at, &size) &&
			     !strstr(line, "MCGSTATUS ");

		if (!found && (bank = strstr(line, status_marks[1])) &&
		    (bank = strchr(bank, ':')) && bank[1] == ' ' && read_hex(bank + 2, &value)) {
			found = true;
			at = (size_t)(bank + 2 - line);
			size = strspn(bank + 2, "0123456789abcdef");
		}
		if (found && value >> 63) {
			fact_machine_check(value, text);
			explainer_note(explainer, report->line[i], at, size, "%s", text);
			explainer_say(explainer, "The status word says: %s.", text);
		} else if (found) {
			explainer_mute(explainer, report->line[i], at, size);
		}
		if (!found && (bank = strstr(line, "_STATUS[")) && (bank = strstr(bank, "]: ")) &&
		    read_hex(bank + 3, &value)) {
			fact_machine_check(value, text);
			explainer_say(explainer, "The status word says: %s.", text);
		}
		if (hex_after(line, "ADDR ", &value, &at, &size) ||
		    hex_after(line, "Error Addr: ", &value, &at, &size)) {
			explainer_note(explainer, report->line[i], at, size,
				       "a physical address: frame %" PRIx64, value >> 12)
				->is_plain = true;
			explainer_say(explainer, "The address is physical: frame %" PRIx64 ".",
				      value >> 12);
		}
		if (strstr(line, "!INEXACT!"))
			explainer_say(
				explainer,
				"RIP is inexact: it is where the CPU was when the error was reported, and not the cause.");
	}
}

static void explain_serror(struct explainer *explainer)
{
	struct fact_syndrome syndrome;
	const struct oops_frame *caller = explainer_caller(explainer, NULL);
	char text[SYMBOL_TEXT];

	if (explainer->report->has_code) {
		fact_syndrome(explainer->report->code, &syndrome);
		explainer_say(explainer, "The syndrome says: %s.", syndrome.text);
	}
	explainer_say(
		explainer,
		"The error is asynchronous: pc is where the CPU noticed it, and not the instruction that caused it%s%s.",
		caller ? "; the code that ran is " : "",
		caller ? oops_symbol_text(&caller->symbol, text) : "");
}

/* --- traps --- */

static void explain_breakpoint(struct explainer *explainer)
{
	struct fact_syndrome syndrome;

	if (!explainer->report->has_code || explainer->report->machine != EM_AARCH64)
		return;
	fact_syndrome(explainer->report->code, &syndrome);
	explainer_say(explainer, "The syndrome says: %s.", syndrome.text);
}

/* Behind the trap of kCFI is the call that it guards: "call *%r11" (clang's KCFI_CHECK). */
static void say_pointer(struct explainer *explainer)
{
	const struct oops_context *context = explainer->context;
	struct oops_context behind;
	struct oops_instruction call;
	const struct oops_register *reg;
	char name[REGISTER_TEXT];

	if (!context || !explainer->instruction.known || !explainer->instruction.code.is_trap ||
	    context->mark + explainer->instruction.code.size >= context->nr_code)
		return;
	behind = *context;
	behind.mark += explainer->instruction.code.size;
	oops_instruction_read(&behind, explainer->report->machine, &call);
	reg = call.known && *call.code.operand ? oops_register_find(context, call.code.operand) :
						 NULL;
	if (!reg || !(call.code.is_call || call.code.is_branch))
		return;
	explainer_say(explainer, "The pointer is in %s: %" PRIx64 ".",
		      register_text(explainer, reg->name, name), reg->value);
	explainer_name_bad(explainer, reg, OOPS_PROVED);
}

/* report_cfi_failure() in kernel/cfi.c: "CFI failure at PLACE (target: TARGET; expected type: 0x...)". */
static void explain_cfi(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	const struct oops_context *context = explainer->context;
	const char *line = explainer_line(explainer, report->title), *target;
	uint64_t type, negative;
	size_t at, size;

	if (!hex_after(line, "expected type: ", &type, &at, &size))
		return;
	target = strstr(line, "target: ");
	explainer_note(explainer, report->title, at, size,
		       "the hash of the type that the caller expects, no address");
	explainer_say(
		explainer,
		"An indirect call was refused: the function that the pointer leads to%s%.*s%s does not have the type whose hash is 0x%" PRIx64
		". It is the check of CFI that traps, and no BUG() of a programmer.",
		target ? " (" : "", target ? (int)strcspn(target + 8, ";)") : 0,
		target ? target + 8 : "", target ? ")" : "", type);
	say_pointer(explainer);
	negative = (uint32_t)-type;
	for (size_t i = 0; context && i < context->nr_regs; i++)
		if (!context->reg[i].damaged &&
		    (context->reg[i].value == negative || context->reg[i].value == type))
			explainer_note(explainer, context->reg[i].line, context->reg[i].at,
				       context->reg[i].size, "%s of this type, no address",
				       context->reg[i].value == type ? "the hash" :
								       "the negative hash");
}

/* --- processes --- */

/* show_signal_msg() in arch/x86/mm/fault.c: "NAME[PID]: segfault at 18 ip ... sp ... error 4 in FILE[START+SIZE]". */
static void explain_segfault(struct explainer *explainer)
{
	static const char *const marks[] = { " ip ", " ip:", "rip:" };
	const struct oops_report *report = explainer->report;
	const char *line = explainer_line(explainer, report->title), *file = strstr(line, " in ");
	const char *bracket = file ? strchr(file, '[') : NULL;
	uint64_t ip = 0, start = bracket ? strtoull(bracket + 1, NULL, 16) : 0;
	bool is_page_fault = strstr(line, "segfault at ");
	struct fact_syndrome syndrome;
	char text[FACT_TEXT];

	explainer->verdict->of_user = true;
	if (is_page_fault && report->has_code && report->machine != EM_AARCH64) {
		fact_page_fault_code(report->code, text);
		explainer_say(explainer, "The access was: %s.", text);
		explainer->verdict->access = report->code & PF_FETCH ? OOPS_EXECUTE :
					     report->code & PF_WRITE ? OOPS_WRITE :
								       OOPS_READ;
	}
	if (report->has_code && report->machine == EM_AARCH64) {
		fact_syndrome(report->code, &syndrome);
		if (syndrome.is_abort)
			explainer->verdict->access = syndrome.is_fetch ? OOPS_EXECUTE :
						     syndrome.is_write ? OOPS_WRITE :
									 OOPS_READ;
	}
	if (is_page_fault && explainer->verdict->access == OOPS_EXECUTE)
		explainer_say(
			explainer,
			"The process jumped to or called an address at which there is no code.");
	else if (is_page_fault && report->has_address && report->address < 4096)
		explainer_say(explainer,
			      "The address 0x%" PRIx64 " is NULL + 0x%" PRIx64
			      ": a NULL pointer in the process.",
			      report->address, report->address);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && !ip; i++)
		hex_after(line, marks[i], &ip, NULL, NULL);
	if (start && ip >= start)
		explainer_say(explainer,
			      "The instruction%s%s%s is 0x%" PRIx64
			      " bytes into the mapping of %.*s that starts at %" PRIx64 ".",
			      explainer->instruction.known ? " \"" : "",
			      explainer->instruction.known ? explainer->instruction.text : "",
			      explainer->instruction.known ? "\"" : "", ip - start,
			      (int)strcspn(file + 4, "["), file + 4, start);
	else if (explainer->instruction.known)
		explainer_say(explainer, "The instruction is \"%s\".", explainer->instruction.text);
}

/* arm64's synchronous external abort: the fault status 0x10, or 0x14 to 0x17 in a walk (Arm ARM, ESR_EL1). */
static void explain_abort(struct explainer *explainer)
{
	const struct oops_report *report = explainer->report;
	struct fact_syndrome syndrome;

	if (report->machine != EM_AARCH64 || !report->has_code || report->kind != OOPS_TRACE)
		return;
	fact_syndrome(report->code, &syndrome);
	if (!*syndrome.text)
		return;
	explainer_say(explainer, "The syndrome says: %s.", syndrome.text);
	if (!syndrome.is_abort || (report->code & 0x3f) < 0x10 || (report->code & 0x3f) > 0x17)
		return;
	explainer->verdict->access = syndrome.is_fetch ? OOPS_EXECUTE :
				     syndrome.is_write ? OOPS_WRITE :
							 OOPS_READ;
	explainer_say(
		explainer,
		"The translation succeeded: the device or the memory system at the address has refused the access.");
}

void explain_kind(struct explainer *explainer)
{
	switch (explainer->report->kind) {
	case OOPS_LIST_CORRUPTION: explain_list(explainer); break;
	case OOPS_BAD_PAGE: explain_page(explainer); break;
	case OOPS_HUNG_TASK: explain_hung(explainer); break;
	case OOPS_SOFT_LOCKUP:
	case OOPS_HARD_LOCKUP:
	case OOPS_RCU_STALL: explain_lockup(explainer); break;
	case OOPS_MCE: explain_mce(explainer); break;
	case OOPS_SERROR: explain_serror(explainer); break;
	case OOPS_BREAKPOINT: explain_breakpoint(explainer); break;
	case OOPS_CFI: explain_cfi(explainer); break;
	case OOPS_SEGFAULT: explain_segfault(explainer); break;
	default: explain_abort(explainer); break;
	}
	say_quotes(explainer);
}
