/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_context.h"

#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

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

/* Does the line begin a report, as in arch/x86/mm/fault.c, kernel/traps.c, mm/memory.c or
 * kernel/panic.c? In a report the line with PID and Comm comes after this line. */
static bool text_context_begins_report(const char *line, size_t size)
{
	return text_find(line, size, "BUG: ") || text_find(line, size, "WARNING: ") ||
	       text_find(line, size, "general protection fault") ||
	       text_find(line, size, "nable to handle kernel") ||
	       text_find(line, size, "kernel BUG at ");
}

/* Words of reports and logs that no list of numbers contains. They are from show_trace_log_lvl() in
 * arch/x86/kernel/dumpstack.c, dump_backtrace() in arch/arm64/kernel/stacktrace.c, __show_regs() in
 * arch/x86/kernel/process_64.c and process_32.c, and in arch/arm64/kernel/process.c, print_modules() in
 * kernel/module/main.c, sched_show_task() in kernel/sched/core.c, print_oops_end_marker() in
 * kernel/panic.c, show_signal() in arch/x86/kernel/traps.c, show_signal_msg() in arch/x86/mm/fault.c,
 * check_hung_task() in kernel/hung_task.c, kernel/rcu/tree_stall.h, mm/kmemleak.c, and
 * __die_header() in arch/x86/kernel/dumpstack.c. Numbers follow none of them in
 * what crash and gdb print. */
static bool is_of_report(const char *line, size_t size)
{
	static const char *const words[] = {
		"Call Trace:",
		"Call trace:",
		"<TASK>",
		"EFLAGS: ",
		"RIP: 0010:",
		"RIP: 0033:",
		"pstate: ",
		"Modules linked in",
		"task:",
		"---[ ",
		"segfault at ",
		"traps: ",
		"INFO: ",
		" [#",
		"unreferenced object 0x",
	};
	uint64_t usec;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (text_find(line, size, words[i]))
			return true;
	return text_time_read(line, size, &usec);
}

const char *text_time_read(const char *line, size_t size, uint64_t *usec)
{
	const char *at = memchr(line, '[', size), *end = line + size, *point;

	if (!at)
		return NULL;
	for (at++; at < end && *at == ' '; at++)
		;
	for (*usec = 0, point = at; point < end && isdigit((unsigned char)*point); point++)
		if (point - at > 9)
			return NULL;
		else
			*usec = *usec * 10 + (uint64_t)(*point - '0');
	if (point == at || end - point < 8 || *point != '.' || point[7] != ']')
		return NULL;
	for (at = point + 1; at < point + 7; at++)
		if (!isdigit((unsigned char)*at))
			return NULL;
		else
			*usec = *usec * 10 + (uint64_t)(*at - '0');
	at = point + 8;
	if (at < end &&
	    *at == '[') { /* the thread or the CPU (CONFIG_PRINTK_CALLER), as in "[   T17]" */
		at = memchr(at, ']', (size_t)(end - at));
		at = at ? at + 1 : end;
	}
	return at < end && *at == ' ' ? at + 1 : at;
}

/* Copies the word at `at`, which ends with a blank or with the line. Copies nothing if the word is too
 * long. */
static void copy_build_word(const char *at, const char *end, char word[TEXT_RELEASE])
{
	size_t length = 0;

	while (at + length < end && isgraph((unsigned char)at[length]))
		length++;
	if (length >= TEXT_RELEASE)
		return;
	memcpy(word, at, length);
	word[length] = '\0';
}

/* Copies the release, which begins with a digit and contains a point. */
static void copy_release(const char *at, const char *end, char release[TEXT_RELEASE])
{
	copy_build_word(at, end, release);
	if (!isdigit((unsigned char)*release) || !strchr(release, '.'))
		*release = '\0';
}

void text_build_read(const char *line, size_t size, char release[TEXT_RELEASE],
		     struct text_build *build)
{
	const char *banner = text_find(line, size, "Linux version "), *end = line + size;
	const char *start = banner ? banner + strlen("Linux version ") :
				     text_find(line, size, "ainted"),
		   *number, *package;

	*release = '\0';
	*build = (struct text_build){ 0 };
	if (!start)
		return;
	number = text_find(start, (size_t)(end - start), " #");
	if (!banner) {
		if (!number)
			return;
		for (start = number; start > line && start[-1] != ' '; start--)
			;
	}
	copy_release(start, end, release);
	if (!*release || !number)
		return;
	package = text_find(number, (size_t)(end - number), " Debian ");
	copy_build_word(number + 1, end, build->number);
	if (package)
		copy_build_word(package + strlen(" Debian "), end, build->package);
}

/* Reads the release that crash (sys), reportbug, abrt or "uname -a" show. Such a text need not be of a
 * report. */
static bool read_named_release(const char *line, size_t size, char release[TEXT_RELEASE])
{
	static const char *const marks[] = { " RELEASE: ", "Kernel: Linux ", "kernel:  " };
	const char *end = line + size, *at = NULL;

	for (size_t i = 0; !at && i < sizeof(marks) / sizeof(*marks); i++)
		if ((at = text_find(line, size, marks[i])))
			at += strlen(marks[i]);
	if (!at && text_find(line, size, " GNU/Linux") && (at = text_find(line, size, " #")))
		while (at > line && at[-1] != ' ')
			at--;
	while (at && at < end && *at == ' ')
		at++;
	if (at)
		copy_release(at, end, release);
	return at && *release;
}

bool text_build_differs(const struct text_build *one, const struct text_build *other)
{
	return (*one->number && *other->number && strcmp(one->number, other->number)) ||
	       (*one->package && *other->package && strcmp(one->package, other->package));
}

/* Texts that only one machine prints, most of them names of registers. The machines at the end are
 * not read; their texts are in show_regs() and its like, in arch/ of these machines. */
static const struct text_machine machines[] = {
	{ EM_X86_64, 8, "an x86_64", { "RIP: ", "RAX: " } },
	{ EM_386, 4, "an i386", { "EIP: ", "EAX: " } },
	{ EM_AARCH64,
	  8,
	  "an arm64",
	  { "pstate: ", "x29: ffff", "ESR = 0x", "-bit VAs", "ESR_EL1" } },
	{ EM_ARM, 4, "a 32-bit arm", { "] psr: ", "]    psr: " } },
	{ EM_PPC64, 8, "a powerpc", { "GPR00: ", "NIP:  " } },
	{ EM_S390, 8, "an s390", { "Krnl PSW : ", "Krnl GPRS: " } },
	{ EM_RISCV, 8, "a riscv", { " ra : ffff" } },
	{ EM_MIPS, 8, "a mips", { "epc   : " } },
	{ EM_SPARCV9, 8, "a sparc", { "TSTATE: " } },
};

static const struct text_machine *machine_of_line(const char *line, size_t size)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		for (size_t j = 0; j < TEXT_MARKS && machines[i].marks[j]; j++)
			if (text_find(line, size, machines[i].marks[j]))
				return &machines[i];
	return NULL;
}

/* What only the panics of other systems print. Xen prints the hypervisor's lines on the console of
 * Linux, too. */
static const char *system_of_line(const char *line, size_t size)
{
	static const char *const marks[][2] = {
		{ "Fatal trap ", "FreeBSD" },
		{ "KDB: stack backtrace:", "FreeBSD" },
		{ "kdb_backtrace", "FreeBSD" },
		{ "db_trace_self", "FreeBSD" },
		{ "/frame 0x", "FreeBSD" },
		{ "/kern_shutdown.c:", "FreeBSD" },
		{ "uvm_fault(", "OpenBSD or NetBSD" },
		{ "ddb{", "OpenBSD" },
		{ "end trace frame: 0x", "OpenBSD" },
		{ "netbsd:", "NetBSD" },
		{ "fatal page fault in supervisor mode", "NetBSD" },
		{ "(XEN) ", "the hypervisor Xen" },
		{ "----[ Xen-", "the hypervisor Xen" },
		{ "Xen call trace:", "the hypervisor Xen" },
		{ "*** Fatal System Error: 0x", "Windows" },
		{ "*** STOP: 0x", "Windows" },
		{ "BUGCHECK_CODE:", "Windows" },
		{ "STACK_TEXT:", "Windows" },
		{ " nt!", "Windows" },
		{ "ntoskrnl.exe:", "Windows" },
		{ "TRAP_FRAME:", "Windows" },
		{ "panic[cpu", "illumos or Solaris" },
		{ " genunix:", "illumos or Solaris" },
		{ "panic(cpu ", "macOS" },
		{ "Panicked task 0x", "macOS" },
		{ "Panicked thread: 0x", "macOS" },
		{ " mach_kernel : ", "macOS" },
		{ "Darwin Kernel Version", "macOS" },
		{ "Kernel Extensions in backtrace", "macOS" },
		{ "ZIRCON KERNEL PANIC", "Fuchsia" },
		{ "Welcome to Kernel Debugging Land", "Haiku" },
		{ "@BlueScreen: ", "VMware ESXi" },
		{ "@vmkernel#", "VMware ESXi" },
		{ "!!!! X64 Exception Type", "UEFI firmware" },
		{ "Synchronous Exception at 0x", "UEFI firmware" },
		{ "\" handler, esr 0x", "U-Boot" },
		{ "panic (caller 0x", "Little Kernel" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (text_find(line, size, marks[i][0]))
			return marks[i][1];
	return NULL;
}

/* "swapper pgtable: 4k pages, 48-bit VAs, pgdp=...": show_pte() in arch/arm64/mm/fault.c */
static uint8_t va_bits_of_line(const char *line, size_t size)
{
	const char *at = text_find(line, size, "-bit VAs");

	return at && at - line >= 2 && isdigit((unsigned char)at[-1]) &&
			       isdigit((unsigned char)at[-2]) ?
		       (uint8_t)(10 * (at[-2] - '0') + (at[-1] - '0')) :
		       0;
}

/* Does what the line shows contradict the boot? */
static bool is_of_other_kernel(const struct text_boot *boot, const struct text_boot *shown)
{
	return (*boot->release && *shown->release && strcmp(boot->release, shown->release)) ||
	       (*boot->release && shown->system) || (boot->system && *shown->release) ||
	       text_build_differs(&boot->build, &shown->build) ||
	       (boot->machine && shown->machine && boot->machine != shown->machine) ||
	       (boot->va_bits && shown->va_bits && boot->va_bits != shown->va_bits);
}

/* Adds a boot. A report whose release comes only with the line of its process begins earlier. */
static struct text_boot *begin_boot(struct text_context *context)
{
	size_t line = context->nr_lines;

	if (context->in_report && context->nr_boots &&
	    context->report > context->boot[context->nr_boots - 1].line)
		line = context->report;
	return array_add(&context->boot, &context->nr_boots, &context->boot_room,
			 &(struct text_boot){ .line = line }, sizeof(struct text_boot)) ?
		       &context->boot[context->nr_boots - 1] :
		       NULL;
}

static void read_boot(struct text_context *context, const char *line, size_t size, bool begins)
{
	struct text_boot *boot = context->nr_boots ? &context->boot[context->nr_boots - 1] : NULL;
	struct text_boot shown = { .machine = machine_of_line(line, size),
				   .va_bits = va_bits_of_line(line, size),
				   .system = system_of_line(line, size) };
	bool banner = text_find(line, size, "Linux version "), named;

	text_build_read(line, size, shown.release, &shown.build);
	named = !*shown.release && read_named_release(line, size, shown.release);
	if (!boot || banner || (begins && boot->has_ended) || is_of_other_kernel(boot, &shown))
		boot = begin_boot(context);
	if (!boot)
		return;
	boot->is_report |=
		banner || begins || (*shown.release && !named) || is_of_report(line, size);
	if (*shown.release)
		memcpy(boot->release, shown.release, sizeof(boot->release));
	if (*shown.build.number)
		memcpy(boot->build.number, shown.build.number, sizeof(boot->build.number));
	if (*shown.build.package)
		memcpy(boot->build.package, shown.build.package, sizeof(boot->build.package));
	if (shown.system && !boot->system)
		boot->system = shown.system;
	if (shown.machine)
		boot->machine = shown.machine;
	if (shown.va_bits)
		boot->va_bits = shown.va_bits;
	if (!text_find(line, size, "Kernel Offset: "))
		return;
	boot->is_report = boot->has_ended = true;
	if (text_context_number_behind(line, size, "Kernel Offset: 0x", &boot->offset))
		boot->has_offset =
			text_context_number_behind(line, size, " from 0x", &boot->linked);
	else if (text_find(line, size, "Kernel Offset: disabled"))
		boot->has_offset = true;
}

/* Limit for the lines between the start of a report and its line with PID and Comm. For example, a
 * report of a bad page first describes the page. */
enum { MOST_LINES_BEFORE = 16 };

static void read_process(struct text_context *context, const char *line, size_t size, bool begins)
{
	const char *pid = text_find(line, size, "PID: "), *end = line + size;
	const char *comm = text_find(line, size, "Comm: ");
	struct text_process process = { .line = context->nr_lines };
	uint64_t number = 0;
	size_t length;

	if (context->in_report && context->nr_lines - context->report > MOST_LINES_BEFORE)
		context->in_report = false;
	if (!context->in_report && begins) {
		context->in_report = true;
		context->report = context->nr_lines;
	}
	if (!pid || !comm) {
		if (context->nr_processes && !context->process[context->nr_processes - 1].table)
			text_context_number_behind(line, size, "CR3: ",
						   &context->process[context->nr_processes - 1]
							    .table);
		return;
	}
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

void text_context_read(struct text_context *context, const char *line, size_t size)
{
	bool begins = text_context_begins_report(line, size);

	read_boot(context, line, size, begins);
	read_process(context, line, size, begins);
	context->nr_lines++;
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

const struct text_boot *text_context_boot(const struct text_context *context)
{
	return context->boots_begun ? &context->boot[context->boots_begun - 1] : NULL;
}

const struct text_process *text_context_process(const struct text_context *context)
{
	return context->processes_begun ? &context->process[context->processes_begun - 1] : NULL;
}
