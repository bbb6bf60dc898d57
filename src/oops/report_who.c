/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_who.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/text.h"

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Returns the text after the first occurrence of `mark`, or NULL. */
static const char *after_mark(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : NULL;
}

/* --- CPU, process, release, taint --- */

static bool set_cpu(struct oops_report *report, const char *digits, size_t line)
{
	if (!digits || !isdigit((unsigned char)*digits) || strspn(digits, "0123456789") > 6)
		return false;
	if (!report->has_cpu) {
		report->has_cpu = true;
		report->cpu = (uint32_t)strtoul(digits, NULL, 10);
		report->who_line = line;
	}
	return true;
}

static bool set_pid(struct oops_report *report, const char *digits, size_t line)
{
	if (!digits || !isdigit((unsigned char)*digits) || strspn(digits, "0123456789") > 9)
		return false;
	if (!report->has_pid) {
		report->has_pid = true;
		report->pid = (int32_t)strtol(digits, NULL, 10);
		report->who_line = line;
	}
	return true;
}

static void set_comm(struct oops_report *report, const char *comm, size_t size, size_t line)
{
	if (!size || *report->comm)
		return;
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)size, comm);
	report->who_line = line;
}

/* A comm may contain blanks, so its end is recognised by what dump_stack_print_info() and print_tainted() print
 * after it. It has at most 15 letters (TASK_COMM_LEN), except for the names of kworkers, so a later end is the
 * right one while it is near. */
static size_t comm_size(const char *comm)
{
	static const char *const ends[] = { " Kdump: ", " Tainted: ", " Not tainted" };
	size_t size = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		for (const char *at = comm; (at = strstr(at, ends[i])); at++)
			if (!size || ((size_t)(at - comm) < 16 && (size_t)(at - comm) > size &&
				      i > 0 && strncmp(comm + size, ends[0], strlen(ends[0])) != 0))
				size = (size_t)(at - comm);
	return size ? size : strcspn(comm, " ");
}

/* "2417" of another process than the one that is known: lines of two reports. */
static bool is_other_pid(const struct oops_report *report, const char *digits)
{
	return report->has_pid && isdigit((unsigned char)*digits) &&
	       strtol(digits, NULL, 10) != report->pid;
}

static void read_release(struct oops_report *report, const char *text)
{
	size_t size = strcspn(text, " )");

	if (isdigit((unsigned char)*text) && memchr(text, '.', size) && size < OOPS_RELEASE &&
	    !*report->release)
		snprintf(report->release, sizeof(report->release), "%.*s", (int)size, text);
}

/* Reads the letters of print_tainted(), which end with the release, or with VLI on i386 before 2.6.27. */
static const char *read_letters(struct oops_report *report, const char *text)
{
	size_t nr = 0;

	while ((*text == ' ' || isupper((unsigned char)*text)) && !starts_with(text, "VLI")) {
		if (*text != ' ' && *text != 'G' && nr < OOPS_TAINTS)
			report->taint[nr++] = *text;
		text++;
	}
	report->taint[nr] = '\0';
	return text;
}

void oops_who_kernel(struct oops_report *report, const char *text, size_t line)
{
	const char *clean = after_mark(text, "Not tainted"),
		   *letters = after_mark(text, "Tainted: ");

	if (!clean && !letters)
		return;
	if (!report->has_taint) {
		report->has_taint = true;
		report->taint_line = line;
		text = clean ? clean : read_letters(report, letters);
	} else {
		text = clean ? clean : letters + strspn(letters, " ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	}
	read_release(report, text + strspn(text, " ("));
}

/* "CPU: 3 UID: 0 PID: 2417 Comm: tulipd Not tainted 6.8.0 #1"; UID since 6.12 */
static bool read_cpu_line(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *cpu = after_start(part->text, "CPU: "), *pid, *comm;

	pid = cpu ? after_mark(cpu, " PID: ") : after_start(part->text, "Pid: ");
	if (!pid)
		return false;
	comm = after_mark(pid, cpu ? " Comm: " : " comm: ");
	if (report->kind == OOPS_HUNG_TASK) { /* of khungtaskd, which prints the report */
		if (comm)
			oops_who_kernel(report, comm + comm_size(comm), part->index);
		return true;
	}
	if (is_other_pid(report, pid)) {
		if (report->kind == OOPS_RCU_STALL && reading->owner == OOPS_OWN)
			reading->owner = OOPS_FOREIGN;
		if (oops_kind_is_exception(report->kind) && !reading->caller_kind &&
		    reading->trace == OOPS_NO_TRACE)
			report->mixed = true;
		return true;
	}
	if (cpu)
		set_cpu(report, cpu, part->index);
	set_pid(report, pid, part->index);
	if (!comm)
		return true;
	set_comm(report, comm, comm_size(comm), part->index);
	oops_who_kernel(report, comm + comm_size(comm), part->index);
	return true;
}

/* sched_show_task(): "task:tulipd          state:D stack:0     pid:40211 ppid:1      flags:0x00000002" */
static bool read_task_line(struct oops_report *report, const struct oops_part *part)
{
	const char *comm = after_start(part->text, "task:"),
		   *end = comm ? strstr(comm, "state:") : NULL;
	const char *pid = end ? after_mark(end, " pid:") : NULL;

	if (!pid)
		return false;
	if (is_other_pid(report, skip_blanks(pid)))
		return true;
	while (end > comm && end[-1] == ' ')
		end--;
	set_pid(report, skip_blanks(pid), part->index);
	set_comm(report, comm, (size_t)(end - comm), part->index);
	return true;
}

/* "Process tulipd (pid: 2417, threadinfo ffff880037b1a000, task ffff880037b18000)" (before 4.9) */
static bool read_process_line(struct oops_report *report, const struct oops_part *part)
{
	const char *comm = after_start(part->text, "Process "),
		   *end = comm ? strstr(comm, " (pid: ") : NULL;

	if (!end)
		return false;
	if (!is_other_pid(report, end + strlen(" (pid: "))) {
		set_pid(report, end + strlen(" (pid: "), part->index);
		set_comm(report, comm, (size_t)(end - comm), part->index);
	}
	return true;
}

bool oops_who_is_line(const char *text)
{
	return (starts_with(text, "CPU: ") && strstr(text, " PID: ")) ||
	       (starts_with(text, "Pid: ") && strstr(text, " comm: ")) ||
	       (starts_with(text, "task:") && strstr(text, "state:"));
}

bool oops_who_read(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *queue = after_start(part->text, "Workqueue: "),
		   *cpu = after_start(part->text, "CPU");

	if (read_cpu_line(reading, part) || read_task_line(report, part) ||
	    read_process_line(report, part))
		return true;
	if (queue && !*report->workqueue)
		snprintf(report->workqueue, sizeof(report->workqueue), "%s", queue);
	if (starts_with(part->text, "Not tainted ") || starts_with(part->text, "Tainted: "))
		oops_who_kernel(report, part->text, part->index);
	/* 2.6: "CPU 1", "CPU:    0" */
	cpu = cpu ? skip_blanks(cpu + (*cpu == ':')) : NULL;
	if (cpu && isdigit((unsigned char)*cpu) && !cpu[strspn(cpu, "0123456789 ")])
		return set_cpu(report, cpu, part->index);
	return queue || starts_with(part->text, "Not tainted ") ||
	       starts_with(part->text, "Tainted: ");
}

void oops_who_old(struct oops_report *report, const struct oops_part *part)
{
	const char *release =
		starts_with(part->text, "EFLAGS: ") ? after_mark(part->text, "(") : NULL;

	if (starts_with(part->text, "EIP: ")) {
		oops_who_kernel(report, part->text, part->index);
		set_cpu(report, after_mark(part->text, " CPU: "), part->index);
	}
	if (release)
		read_release(report, release);
}

/* --- what happened --- */

/* Reads a comm and a pid, such as "cat:17" or "init/1", from the text between name and end. between: the character
 * between comm and pid. */
static void read_pair(struct oops_report *report, const char *name, const char *end, char between,
		      size_t line)
{
	const char *number = end ? memrchr(name, between, (size_t)(end - name)) : NULL;

	if (number && set_pid(report, number + 1, line))
		set_comm(report, name, (size_t)(number - name), line);
}

/* "tulipctl[5120]: segfault at 18", "traps: tulipctl[5120] general protection fault ip:55d0c41a3b7e" */
static void read_signalled(struct oops_report *report, const char *text, size_t line)
{
	static const char *const ends[] = { "]: segfault at ", "]: unhandled ",
					    "] general protection ", "] trap " };
	const char *name = starts_with(text, "traps: ") ? text + strlen("traps: ") : text,
		   *end = NULL;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends) && !end; i++)
		end = strstr(name, ends[i]);
	read_pair(report, name, end, '[', line);
}

/* The CPU and the process that the first line names: check_hung_task(), watchdog_timer_fn(), __warn() of 7.0,
 * show_signal(), bad_page(), oom_kill.c and others. */
static void read_who_of_title(struct oops_report *report, const struct oops_part *part)
{
	static const char *const cpus[] = { "CPU#",    "CPU: ", " on CPU ", " on cpu ",
					    " on CPU", "CPU ",	"CPU:" };
	const char *text = part->text, *name, *end;
	size_t line = part->index;

	if (report->kind != OOPS_SEGFAULT)
		for (size_t i = 0; i < sizeof(cpus) / sizeof(*cpus); i++)
			if (set_cpu(report, after_mark(text, cpus[i]), line))
				break;
	if ((name = after_start(text, "INFO: task ")))
		read_pair(report, name, strstr(name, " blocked "), ':', line);
	else if ((name = after_mark(text, "s! [")) || (name = after_mark(text, "secs! [")))
		read_pair(report, name, strrchr(name, ']'), ':', line);
	else if (starts_with(text, "WARNING: CPU: "))
		set_pid(report, after_mark(text, " PID: "), line);
	else if (starts_with(text, "WARNING: ") && (name = after_mark(text, ", CPU#")) &&
		 (name = after_mark(name, ": ")))
		read_pair(report, name, name + strlen(name), '/', line);
	else if ((name = after_mark(text, " in process ")) && report->kind == OOPS_BAD_PAGE)
		set_comm(report, name,
			 (end = strstr(name, "  p")) ? (size_t)(end - name) : strlen(name), line);
	else if ((end = strstr(text, " invoked oom-killer: ")) ||
		 (end = strstr(text, ": page allocation failure: ")))
		set_comm(report, text, (size_t)(end - text), line);
	else if (report->kind == OOPS_SEGFAULT)
		read_signalled(report, text, line);
}

/* Since 4.15, %p prints a hash of 32 bits: handle_stack_overflow() in arch/x86/kernel/traps.c,
 * kfence_report_error() in mm/kfence/report.c. */
static bool is_hash(const struct oops_report *report, uint64_t value, size_t digits)
{
	return (report->kind == OOPS_STACK_OVERFLOW || report->kind == OOPS_KFENCE) &&
	       digits == 16 && value && !(value >> 32);
}

/* Reads an address. Kernels print all digits, except in the messages that write "0x". */
static void read_address(struct oops_report *report, const struct oops_part *part, const char *text)
{
	size_t digits;
	const char *end;
	bool padded = !starts_with(text, "0x");
	uint64_t value;

	if (report->has_address || report->address_size)
		return;
	end = oops_part_number(text, &value, &digits);
	if (!end || isalnum((unsigned char)*end) || digits > 16 || is_hash(report, value, digits))
		return;
	text = skip_blanks(text);
	report->address_line = part->index;
	report->address_at = (size_t)(text - part->line->text);
	report->address_size = (size_t)(end - text);
	if (padded && digits && digits != 8 && digits != 16 && report->kind != OOPS_SEGFAULT) {
		oops_part_damage(report, "address", digits < 16);
		return;
	}
	report->has_address = true;
	report->address = value;
}

/* Words before the address that the report is about. */
static void read_address_of_title(struct oops_report *report, const struct oops_part *part)
{
	static const char *const marks[] = {
		"virtual address ",
		"non-canonical address ",
		"maybe for address ",
		"for address: ",
		", address: ",
		"dereference at ",
		"paging request at ",
		"segfault at ",
		"hit at ",
		") at 0x",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const char *at = after_mark(part->text, marks[i]);

		if (at && marks[i][strlen(marks[i]) - 1] == 'x')
			at -= 2;
		if (at) {
			read_address(report, part, at);
			return;
		}
	}
}

static void set_code(struct oops_report *report, const struct oops_part *part, const char *text)
{
	size_t digits;
	uint64_t value;
	const char *end = text ? oops_part_number(text, &value, &digits) : NULL;

	if (report->has_code || !end || !digits || digits > 16 || isalnum((unsigned char)*end))
		return;
	text += starts_with(text, "0x") ? 2 : 0;
	report->has_code = true;
	report->code = value;
	report->code_line = part->index;
	report->code_at = (size_t)(text - part->line->text);
	report->code_size = digits;
}

/* die() and arm64's die(): "Oops: 0002 [#1] SMP", "Internal error: Oops: 96000005 [#1]"; 2.6 prints "[1]" */
static void read_die(struct oops_report *report, const struct oops_part *part)
{
	const char *count = strstr(part->text, " [#"), *digits;

	count = count ? count : strstr(part->text, " [");
	if (!count)
		return;
	digits = count;
	while (digits > part->text && hex_value(digits[-1]) >= 0)
		digits--;
	if (digits - part->text < 2 || digits[-1] != ' ' || digits[-2] != ':')
		return;
	set_code(report, part, digits);
	count += count[2] == '#' ? 3 : 2;
	if (!report->die_count && strspn(count, "0123456789") && strspn(count, "0123456789") < 9)
		report->die_count = (unsigned int)strtoul(count, NULL, 10);
}

static void read_code_of_title(struct oops_report *report, const struct oops_part *part)
{
	static const char *const marks[] = { "error_code: ", ", code ", " esr ",  " ESR ",
					     " error ",	     " error:", "fault (" };

	read_die(report, part);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && !report->has_code; i++)
		set_code(report, part, after_mark(part->text, marks[i]));
}

static void read_access(struct oops_report *report, const char *text)
{
	static const struct {
		const char *words;
		enum oops_access access;
	} known[] = {
		{ " read access ", OOPS_READ },
		{ " write access ", OOPS_WRITE },
		{ " instruction fetch ", OOPS_EXECUTE },
		{ "kernel read from ", OOPS_READ },
		{ "kernel write to ", OOPS_WRITE },
		{ "kernel execute from ", OOPS_EXECUTE },
		{ "kernel execution of ", OOPS_EXECUTE },
		{ "tried to execute ", OOPS_EXECUTE },
		{ "unable to execute ", OOPS_EXECUTE },
		{ " execute userspace memory", OOPS_EXECUTE },
		{ " read in ", OOPS_READ },
		{ " write in ", OOPS_WRITE },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known) && !report->access; i++)
		if (strstr(text, known[i].words))
			report->access = known[i].access;
}

/* The place that the first line names: "BUG: KASAN: use-after-free in foo+0x1/0x2", "WARNING: CPU: 0 PID: 1 at FILE
 * foo+0x1/0x2", "CFI failure at foo+0x1/0x2". */
static void read_place_of_title(struct oops_reading *reading, const struct oops_part *part)
{
	static const char *const marks[] = { " in ", " at " };
	struct oops_symbol symbol;
	struct oops_context *context;
	const char *at = part->text;

	if (reading->report.nr_contexts)
		return;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if ((at = after_mark(part->text, marks[i])))
			break;
	/* __warn() prints the file and the line before the symbol */
	if (at && starts_with(part->text, "WARNING: ") && !oops_symbol_read(at, &symbol))
		at = after_mark(at, " ");
	if (!at || !oops_symbol_read(at, &symbol))
		return;
	context = oops_part_context(reading, part->index);
	if (context)
		context->where = symbol;
	reading->place_is_head = true;
}

/* Returns the number of digits of an address of a process, or 0. */
static size_t read_user_address(const char *text, const char *const *marks, size_t nr,
				uint64_t *value, const char **at)
{
	size_t digits;

	for (size_t i = 0; i < nr; i++)
		if ((*at = after_mark(text, marks[i])) && oops_part_number(*at, value, &digits) &&
		    digits <= 16)
			return digits;
	return 0;
}

/* show_signal_msg(): "tulipctl[5120]: segfault at 18 ip 000055d0c41a3b7e sp 00007ffe2b1d0c40 error 4 in ..."
 * Only x86 prints these lines. show_signal() prints no leading zeros after "ip:" and "sp:". */
static void read_segfault(struct oops_reading *reading, const struct oops_part *part)
{
	static const char *const ips[] = { " ip ", " ip:", " rip ", " rip:", " eip " };
	static const char *const sps[] = { " sp ", " sp:", " rsp ", " rsp:", " esp " };
	struct oops_report *report = &reading->report;
	struct oops_context *context = oops_part_context(reading, part->index);
	const char *ip, *sp;
	uint64_t stack;
	size_t digits, stack_digits;

	if (!context)
		return;
	context->of_user = true;
	digits = read_user_address(part->text, ips, 5, &context->ip, &ip);
	stack_digits = read_user_address(part->text, sps, 5, &stack, &sp);
	context->has_ip = digits;
	if (digits > 8 || stack_digits > 8)
		report->machine = EM_X86_64;
	else if (digits == 8 && ip[-1] == ' ')
		report->machine = EM_386;
	if (stack_digits)
		oops_part_register(reading, part, report->machine == EM_X86_64 ? "rsp" : "esp", sp);
}

static void read_seconds(struct oops_report *report, const char *text)
{
	const char *at = after_mark(text, " for more than ");

	at = at ? at : after_mark(text, " stuck for ");
	if (at && isdigit((unsigned char)*at) && strspn(at, "0123456789") < 9)
		report->seconds = (uint32_t)strtoul(at, NULL, 10);
}

/* Words that only x86 prints before the error code: traps.c and mm/fault.c. */
static bool shows_x86(const char *text)
{
	static const char *const words[] = {
		"general protection fault", "invalid opcode: ", "divide error: ", "double fault: ",
		"stack segment: ",	    "int3: ",		"Oops: 00"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]) && strstr(text, " ["))
			return true;
	return false;
}

void oops_who_title(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *text = part->text;

	read_who_of_title(report, part);
	read_address_of_title(report, part);
	read_code_of_title(report, part);
	read_access(report, text);
	read_seconds(report, text);
	if (report->kind == OOPS_SEGFAULT)
		read_segfault(reading, part);
	else
		read_place_of_title(reading, part);
	if (report->kind == OOPS_SLUB)
		oops_who_kernel(report, text, part->index);
	reading->is_x86 |= shows_x86(text);
	if (report->kind == OOPS_SERROR) /* only arm64 has it */
		report->machine = EM_AARCH64;
	/* "dereference at 0000000000000028 RIP: ", and " printing eip:" in the next line (2.6) */
	reading->wants_ip = report->kind == OOPS_PAGE_FAULT && strstr(text, " RIP:");
	reading->wants_next |= report->kind == OOPS_RUST_PANIC || report->kind == OOPS_UBSAN;
	/* the accesses and their callers come before the process */
	reading->goes_on |= report->kind == OOPS_KFENCE || report->kind == OOPS_KCSAN ||
			    report->kind == OOPS_RCU_STALL;
}

/* --- lines that explain --- */

/* "#PF: supervisor read access in kernel mode", "#PF: error_code(0x0000) - not-present page" (since 5.1) */
static bool read_pf(struct oops_report *report, const struct oops_part *part)
{
	if (!starts_with(part->text, "#PF: "))
		return false;
	read_access(report, part->text);
	report->says_user |= strstr(part->text, "user ") || strstr(part->text, "user mode");
	set_code(report, part, after_mark(part->text, "error_code("));
	if (!report->machine && report->address_size)
		report->machine = report->address_size == 8 ? EM_386 : EM_X86_64;
	return true;
}

/* kasan_non_canonical_hook(): "KASAN: null-ptr-deref in range [0x0000000000000028-0x000000000000002f]" */
static bool read_range(struct oops_report *report, const struct oops_part *part)
{
	const char *at =
		starts_with(part->text, "KASAN: ") ? after_mark(part->text, " in range [") : NULL;
	size_t digits;

	if (!at)
		return false;
	at = oops_part_number(at, &report->range_first, &digits);
	report->address_is_range = at && *at == '-' && digits <= 16 &&
				   oops_part_number(at + 1, &report->range_last, &digits) &&
				   digits <= 16;
	return true;
}

/* mem_abort_decode() and panic_bad_stack() of arm64: "ESR = 0x0000000096000005", "ESR: 0x96000047 -- DABT",
 * "FAR: 0xffff80000a51bff0" */
static bool read_syndrome(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *esr = after_start(part->text, "ESR = "),
		   *far = after_start(part->text, "FAR: ");

	esr = esr ? esr : after_start(part->text, "ESR: ");
	if (esr)
		set_code(report, part, esr);
	if (far)
		read_address(report, part, far);
	if (esr || far)
		report->machine = EM_AARCH64;
	return esr || far;
}

/* KASAN: "Read of size 8 at addr ffff88810a2b3c48 by task tulipd/2417"; KCSAN: "write to 0xffff88810a2b3c48 of 8
 * bytes by task 487 on cpu 5:"; KFENCE: "Use-after-free read at 0xffff88810a2b3c48 (in kfence-#24):" */
static bool read_memory_access(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *text = part->text, *at = after_mark(text, " at addr "), *task;
	bool reads = strncasecmp(text, "read ", 5) == 0,
	     writes = strncasecmp(text, "write ", 6) == 0;

	if (report->kind == OOPS_KASAN && (reads || writes) && (at || strstr(text, " of size "))) {
		report->access = reads ? OOPS_READ : OOPS_WRITE;
		task = after_mark(text, " by task ");
		if (task)
			read_pair(report, task, task + strlen(task), '/', part->index);
	} else if (report->kind == OOPS_KCSAN && (at = after_mark(text, " to 0x")) &&
		   (reads || writes || starts_with(text, "race at "))) {
		at -= 2;
		set_pid(report, after_mark(at, " by task "), part->index);
		set_cpu(report, after_mark(at, " on cpu "), part->index);
	} else if (report->kind == OOPS_KFENCE && (at = after_mark(text, " at 0x")) &&
		   text[strlen(text) - 1] == ':') {
		at -= 2;
	} else {
		return false;
	}
	if (at)
		read_address(report, part, at);
	if (report->kind != OOPS_KASAN)
		reading->trace = reading->trace == OOPS_NO_TRACE ? OOPS_IN_TRACE : OOPS_AFTER_TRACE;
	return true;
}

/* print_cpu_stall_info(): "rcu: \t5-....: (2 GPs behind)", or "\t5-...: " before 4.19 */
static bool read_stalled_cpu(struct oops_report *report, const struct oops_part *part)
{
	const char *text = after_start(part->text, "rcu:");

	text = skip_blanks(text ? text : part->text);
	if (report->kind == OOPS_RCU_STALL && isdigit((unsigned char)*text) &&
	    text[strspn(text, "0123456789")] == '-')
		return set_cpu(report, text, part->index);
	return false;
}

/* "printing eip:" and the number in the next line (i386 before 2.6.25), or the place after "RIP:" (x86-64) */
static bool read_next_ip(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_context *context;
	struct oops_frame frame;
	size_t digits, irqs = 0;
	uint64_t value;
	const char *end;

	if (starts_with(part->text, "printing eip:"))
		return reading->wants_ip = true;
	if (!reading->wants_ip)
		return false;
	reading->wants_ip = false;
	if (oops_part_frame(part, &frame, &irqs) && frame.has_address) {
		context = oops_part_context(reading, part->index);
		if (context) {
			context->has_ip = true;
			context->ip = frame.address;
			context->where = frame.symbol;
		}
		return true;
	}
	end = oops_part_number(part->text, &value, &digits);
	if (!end || *skip_blanks(end) || digits != 8)
		return false;
	context = oops_part_context(reading, part->index);
	if (context) {
		context->has_ip = true;
		context->ip = value;
	}
	return true;
}

/* Other machines, which are not explained: show_regs() of powerpc, s390, riscv, mips, sparc and arm. */
static bool read_other_machine(struct oops_report *report, const char *text)
{
	static const struct {
		const char *start;
		uint16_t machine;
	} marks[] = {
		{ "NIP:  ", EM_PPC64 },	    { "NIP: ", EM_PPC },	{ "GPR00: ", EM_PPC64 },
		{ "Krnl PSW : ", EM_S390 }, { "epc : ", EM_RISCV },	{ "epc   : ", EM_MIPS },
		{ "$ 0   : ", EM_MIPS },    { "TSTATE: ", EM_SPARCV9 },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (starts_with(text, marks[i].start)) {
			report->machine = marks[i].machine;
			return true;
		}
	return false;
}

/* mce_print(): "{acpi_idle_do_entry+0x3e/0x54}" after "RIP !INEXACT! 10:<ffffffffad69583b>" */
static bool read_mce_place(struct oops_report *report, const struct oops_part *part)
{
	struct oops_symbol symbol;

	if (report->kind != OOPS_MCE || *part->text != '{' ||
	    !oops_symbol_read(part->text + 1, &symbol))
		return false;
	if (report->nr_contexts && !*report->context[0].where.name)
		report->context[0].where = symbol;
	return true;
}

// clang-format off
/* Other lines of reports. They end the callers of the code that the report is about. */
static const char *const behind_trace[] = {
	"Modules linked in:", "Allocated by task", "allocated by task", "Freed by task", "freed by task",
	"Last potentially related work", "The buggy address belongs", "kfence-#", "Memory state around",
	"Reported by Kernel Concurrency Sanitizer", "Mem-Info:", "Disabling lock debugging",
	"Kernel Offset:", "Rebooting in ", "SMP: stopping secondary CPUs", "Dumping ftrace buffer",
	"value changed:", "Second to last potentially",
};
static const char *const details[] = {
	"Hardware name:", "Mem abort info:", "EC = ", "SET = ", "EA = ", "FSC = ", "Data abort info:",
	"ISV = ", "CM = ", "GCS = ", "swapper pgtable:", "user pgtable:", "Exception class = ", "IL = ",
	"Task stack:", "IRQ stack:", "Overflow stack:", "Stack:", "task: ", "Unloaded tainted modules:",
	"page:", "head:", "flags:", "raw:", "page_type:", "page dumped because:", "memcg:", "aops:", "anon flags:",
	"bad because of flags:", "addr:", "file:", "INFO: Slab ", "INFO: Object ", "INFO: Allocated in ",
	"INFO: Freed in ", "INFO: 0x", "Slab 0x", "Object ", "Redzone ", "Padding ", "Bytes b4 ", "FIX ", "[0x",
	"which belongs to", "The buggy address is located", "The buggy address", "The physical address",
	"ffff", ">ffff", "rcu:", "(t=", "(detected by ", "Sending NMI from CPU", "Task dump for CPU",
	"Out of memory", "Memory cgroup out of memory", "oom-kill:", "CFI:", "Preemption disabled at",
	"in_atomic()", "irq event stamp:", "hardirqs last ", "softirqs last ", "INFO: task ", "\"echo 0 > ",
	"Dazed and confused", "Do you have a strange power", "SEV-SNP: ", "CPU features:", "Memory Limit:",
	"PHYS_OFFSET:", "------------[ cut here", "Code is ", "note: ", "Fixing recursive fault", "PKRU:",
	"last sysfs file:", "RSP <", "Allocated in ", "Freed in ", "0xffff", "freed ", "this frame has ", "EDAC MC",
};
// clang-format on

bool oops_who_detail(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;

	if (read_next_ip(reading, part) || read_pf(report, part) || read_range(report, part) ||
	    read_syndrome(reading, part) || read_memory_access(reading, part) ||
	    read_stalled_cpu(report, part) || read_other_machine(report, part->text) ||
	    read_mce_place(report, part))
		return true;
	if (after_any(part->text, behind_trace, sizeof(behind_trace) / sizeof(*behind_trace))) {
		if (reading->trace == OOPS_IN_TRACE)
			reading->trace = OOPS_AFTER_TRACE;
		return true;
	}
	/* 6.15: the owner of the lock, and its callers, follow */
	reading->goes_on |= starts_with(part->text, "INFO: task ");
	return after_any(part->text, details, sizeof(details) / sizeof(*details));
}
