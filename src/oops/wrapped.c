/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/transport.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "oops/scan.h"

/* A record, and how the rest of it begins. In `ends` and `nexts`, '|' separates texts. */
struct record {
	const char *start; /* of the line; NULL: any */
	const char *part,
		*lacks; /* the line contains the one and not the other; NULL: does not matter */
	const char *ends; /* the line ends with one of them, blanks aside; NULL: any */
	/* Starts of the next line. In them, '#' is a hexadecimal number of at least 8 digits, '~' one of any
	 * length, '@' the number of a build, '.' a release, '^' one after letters, and '%' a symbol. */
	const char *nexts;
};

// clang-format off
/* From dump_kernel_offset() in arch/x86/kernel/setup.c and its like on arm64, show_fault_oops() and dump_pagetable()
 * in arch/x86/mm/fault.c, exc_general_protection() in arch/x86/kernel/traps.c, die_kernel_fault() and show_pte() in
 * arch/arm64/mm/fault.c, dump_stack_print_info() in lib/dump_stack.c, printk_address() in
 * arch/x86/kernel/dumpstack.c of old kernels, lib/list_debug.c, report_cfi_failure() in kernel/cfi.c,
 * mm/kasan/report.c, mm/kfence/report.c, watchdog_timer_fn() in kernel/watchdog.c, check_hung_task() in
 * kernel/hung_task.c, show_signal_msg() in arch/x86/mm/fault.c, __print_mce() in arch/x86/kernel/cpu/mce/core.c and
 * __dump_page() in mm/debug.c. */
static const struct record records[] = {
	{ "Kernel Offset: 0x", NULL, ")", NULL, "0x|from 0x|(relocation range:|range: 0x" },
	{ "BUG: ", NULL, NULL, " address:| dereference at| request at", "#" },
	{ "BUG: ", NULL, NULL, " dereference,| fault for", "address: #" },
	{ "Unable to handle ", NULL, NULL, " virtual address", "#" },
	{ NULL, "Unable to handle", NULL, " handle", "kernel " },
	{ "Unable to handle ", NULL, NULL, " at| virtual", "virtual address #|address #" },
	{ NULL, "general protection fault", NULL, " address", "0x" },
	{ NULL, "general protection fault", NULL, " for| non-canonical", "non-canonical address 0x|address 0x" },
	{ "KASAN: ", NULL, "]", " in range", "[0x" },
	{ "PGD ", NULL, NULL, " P4D| PUD| PMD| PTE", "~" },
	{ "PGD ", NULL, " PTE ", NULL, "P4D ~|PUD ~|PMD ~|PTE ~" },
	{ "[", "pgd=", NULL, ",", "p4d=|pud=|pmd=|pte=|*p" },
	{ NULL, " pgtable: ", NULL, ",", "pgdp=" },
	{ "CPU: ", " Comm: ", " #", NULL, "Tainted: G|Tainted: P|tainted |Not tainted |.|^|@" },
	{ "Pid: ", " comm: ", " #", NULL, "Tainted: G|Tainted: P|tainted |Not tainted |.|^|@" },
	{ "RSP: ", NULL, NULL, NULL, "EFLAGS: #|ORIG_RAX: #" },
	{ "RAX: ", NULL, NULL, NULL, "RBX: #|RCX: #" },
	{ "RDX: ", NULL, NULL, NULL, "RSI: #|RDI: #" },
	{ "RBP: ", NULL, NULL, NULL, "R08: #|R09: #" },
	{ "R10: ", NULL, NULL, NULL, "R11: #|R12: #" },
	{ "R13: ", NULL, NULL, NULL, "R14: #|R15: #" },
	{ "FS: ", NULL, NULL, NULL, "GS:#|knlGS:#" },
	{ "CS: ", NULL, NULL, NULL, "DS: ~|ES: ~|CR0: #" },
	{ "DS: ", NULL, NULL, NULL, "EFLAGS: #" },
	{ "CR2: ", NULL, NULL, NULL, "CR3: #|CR4: #" },
	{ "Code: ", NULL, NULL, " opcode bytes at", "0x" },
	{ NULL, "[<", "+0x", ">]|>] ?", "%|? %" },
	{ "?", NULL, "+0x", "?", "%" },
	{ NULL, " is at", "+0x", " is at", "%" },
	{ "list_", " corruption", NULL, " be| was| is", "#|LIST_POISON" },
	{ "CFI failure at ", NULL, ")", NULL, "(target: |target: |[|expected type: |type: 0x|0x|%" },
	{ "BUG: K", NULL, "+0x", " in", "%" },
	{ NULL, " of size ", NULL, " addr", "#" },
	{ NULL, " of size ", NULL, " by", "task " },
	{ NULL, "soft lockup - CPU#", "[", "!", "[" },
	{ "INFO: task ", " blocked for more", "seconds", " than", "~" },
	{ "task:", " state:", " flags:", NULL, "stack:|pid:|ppid:|flags:" },
	{ NULL, ": segfault at ", " error ", NULL, "error ~|ip #|sp #" },
	{ NULL, ": segfault at ", " error ", " ip| sp", "#" },
	{ NULL, ": segfault at ", NULL, " error", "~" },
	{ NULL, ": segfault at ", NULL, " likely on", "CPU " },
	{ NULL, ": segfault at ", NULL, " likely", "on CPU " },
	{ "traps: ", " ip:", " error:", NULL, "sp:~|error:~" },
	{ "mce: [Hardware Error]: ", " Bank ", NULL, ":", "#" },
	{ "page:", NULL, " pfn:", NULL, "refcount:|mapcount:|mapping:|index:|pfn:" },
};

/* Rows of numbers of one width, at most so many: 64 bytes of code of x86 (OPCODE_BUFSIZE), 5 words of arm64
 * (dump_kernel_instr()), 32 bytes of a struct page. */
static const struct row {
	const char *label;
	size_t digits, most;
} rows[] = { { "Code:", 2, 64 }, { "Code:", 8, 5 }, { "raw:", 16, 4 }, { "raw:", 8, 8 } };

/* Names that are before a colon and a value in __show_regs() of x86, arm64 and riscv, and in show_ip(). */
static const char registers[] =
	"RIP RSP EFLAGS RAX RBX RCX RDX RSI RDI RBP R08 R09 R10 R11 R12 R13 R14 R15 FS GS knlGS CS DS ES SS "
	"CR0 CR2 CR3 CR4 DR0 DR1 DR2 DR3 DR6 DR7 ORIG_RAX EIP ESP EAX EBX ECX EDX ESI EDI EBP "
	"pc lr sp pstate x29 x28 x27 x26 x25 x24 x23 x22 x21 x20 x19 x18 x17 x16 x15 x14 x13 x12 x11 x10 "
	"x9 x8 x7 x6 x5 x4 x3 x2 x1 x0 "
	/* of riscv */
	"epc ra gp tp t0 t1 t2 t3 t4 t5 t6 a0 a1 a2 a3 a4 a5 a6 a7 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 status "
	"badaddr cause";
// clang-format on

static size_t hex_digits(const char *at)
{
	size_t nr = count_hex(at);

	return isalnum((unsigned char)at[nr]) || at[nr] == '_' ? 0 : nr;
}

static bool is_symbol(const char *at)
{
	size_t length = count_name(at);

	return length && !isdigit((unsigned char)*at) && starts_with(at + length, "+0x");
}

static bool is_release(const char *at)
{
	return isdigit((unsigned char)*at) && at[strspn(at, "0123456789")] == '.';
}

/* Does the text begin with the form, which ends with '|' or the NUL? */
static bool begins(const char *at, const char *form)
{
	size_t letters;

	for (; *form && *form != '|'; form++) {
		switch (*form) {
		case '#': return hex_digits(at + 2 * starts_with(at, "0x")) >= 8;
		case '~': return hex_digits(at) > 0;
		case '@': return *at == '#' && isdigit((unsigned char)at[1]);
		case '.': return is_release(at);
		case '^':
			letters = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ");
			return letters && at[letters - 1] == ' ' && is_release(at + letters);
		case '%': return is_symbol(at);
		default:
			if (*at++ != *form)
				return false;
		}
	}
	return true;
}

static bool begins_any(const char *at, const char *forms)
{
	do {
		if (begins(at, forms))
			return true;
		forms = strchrnul(forms, '|');
	} while (*forms++);
	return false;
}

static bool ends_any(const char *line, const char *end, const char *ends)
{
	size_t size;

	for (; *ends; ends += size + (ends[size] == '|')) {
		size = strcspn(ends, "|");
		if ((size_t)(end - line) >= size && !memcmp(end - size, ends, size))
			return true;
	}
	return false;
}

static bool record_goes_on(const struct record *record, const char *line, const char *end,
			   const char *next)
{
	return (!record->start || starts_with(line, record->start)) &&
	       (!record->ends || ends_any(line, end, record->ends)) &&
	       begins_any(next, record->nexts) && (!record->part || strstr(line, record->part)) &&
	       (!record->lacks || !strstr(line, record->lacks));
}

/* Does the line end with the name of a register, and does the next one begin with a value? */
static bool register_goes_on(const char *line, const char *end, const char *next)
{
	const char *start;
	size_t size, digits;

	if (end == line || *--end != ':')
		return false;
	while (end > line && end[-1] == ' ')
		end--;
	for (start = end; start > line && start[-1] != ' ';)
		start--;
	size = (size_t)(end - start);
	digits = hex_digits(next);
	/* "0018:ffffc90000013e78" begins with a segment. */
	return (digits == 4 || digits == 8 || digits == 16 || starts_with(next, "[<") ||
		is_symbol(next)) &&
	       text_list_has_part(registers, start, size);
}

/* Counts the numbers of the text. Returns SIZE_MAX if not all have so many digits. */
static size_t count_numbers(const char *at, size_t digits)
{
	size_t nr = 0;

	for (at = skip_blanks(at); *at; at = skip_blanks(at), nr++) {
		bool is_marked = *at == '<' || *at == '(';

		at += is_marked;
		if (hex_digits(at) != digits)
			return SIZE_MAX;
		at += digits;
		at += is_marked && (*at == '>' || *at == ')');
		if (*at && *at != ' ')
			return SIZE_MAX;
	}
	return nr;
}

static bool row_goes_on(const char *line, const char *next)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *numbers = after_start(line, rows[i].label);
		size_t nr = numbers ? count_numbers(numbers, rows[i].digits) : SIZE_MAX;

		if (nr < rows[i].most && count_numbers(next, rows[i].digits) <= rows[i].most - nr)
			return true;
	}
	return false;
}

/* "foo+0x1/0x20", and "[module]" alone in the next line; or "foo+0x1/0x20 [module", and the rest of its brackets, the id of
 * its build (print_modules() and sprint_symbol_build_id()). */
static bool module_goes_on(const char *line, const char *end, const char *next)
{
	enum { BUILD_ID = 40 };
	const char *close = strchr(next, ']'), *slash,
		   *open = *next != '[' ? memrchr(line, '[', (size_t)(end - line)) : NULL;

	if (!close || *skip_blanks(close + 1))
		return false;
	if (open) {
		if (memchr(open, ']', (size_t)(end - open)) || count_hex(next) != BUILD_ID ||
		    next + BUILD_ID != close)
			return false;
		for (end = open; end > line && end[-1] == ' ';)
			end--;
	} else if (*next != '[' || !(isalpha((unsigned char)next[1]) || next[1] == '_')) {
		return false;
	}
	slash = memrchr(line, '/', (size_t)(end - line));
	return slash && starts_with(slash, "/0x") && slash + 3 + hex_digits(slash + 3) == end &&
	       text_find(line, (size_t)(slash - line), "+0x");
}

bool wrapped_goes_on(const char *line, const char *next)
{
	/* Longer lines are not joined, which also limits the time. */
	enum { MOST = 1024 };
	size_t size = strnlen(line, MOST);
	const char *end = line + size;

	if (size == MOST || strnlen(next, MOST) == MOST)
		return false;
	line = skip_blanks(line);
	while (end > line && end[-1] == ' ')
		end--;
	/* Many blanks are between the letters of "Tainted: G           OE". */
	if (starts_with(line, "CPU: "))
		next = skip_blanks(next);
	if (!*next || *next == ' ')
		return false;
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++)
		if (record_goes_on(&records[i], line, end, next))
			return true;
	return register_goes_on(line, end, next) || row_goes_on(line, next) ||
	       module_goes_on(line, end, next);
}
