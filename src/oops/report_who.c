/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_parts.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <strings.h>

#include "oops/scan.h"

/* --- CPU, process, release, taint --- */

/* What a form has found in a line. */
struct who {
	bool has[3]; /* "cps" of the form */
	uint64_t number[3];
	const char *comm; /* NULL: none */
	size_t comm_size;
};

/* Reads what one letter of the form stands for. Returns the text after it, or NULL. */
static const char *match_one(const char *text, char form, char kind, struct who *who)
{
	static const char kinds[] = "cps";
	const char *at;

	if (form == '$')
		return *skip_blanks(text) ? NULL : text;
	if (form != '%')
		return *text == form ? text + 1 : NULL;
	at = strchr(kinds, kind);
	text = scan_decimal(skip_blanks(text), 9, &who->number[at - kinds]);
	who->has[at - kinds] = text;
	return text;
}

/* Does the text begin with the form, which ends with '|' or the NUL? In it, '*' is any text, "%n" the name of a
 * process, "%c", "%p" and "%s" are the numbers of a CPU, of a process and of seconds, and '$' is the end of the line.
 * What '*' or "%n" stands for ends at the first place where the form up to the next of them fits. */
static bool matches(const char *text, const char *form, struct who *who)
{
	const char *star = NULL, *retry = NULL, *next;
	bool in_name = false;

	*who = (struct who){ 0 };
	for (;;) {
		bool is_end = !*form || *form == '|', is_name = form[0] == '%' && form[1] == 'n';

		if (in_name && (is_end || *form == '*' || is_name))
			who->comm_size = form == star ? strlen(retry) : (size_t)(retry - who->comm);
		if (is_end)
			return true;
		if (*form == '*' || is_name) {
			in_name = is_name;
			form = star = form + 1 + is_name;
			retry = text;
			who->comm = is_name ? text : who->comm;
			continue;
		}
		next = match_one(text, *form, form[1], who);
		form += *form == '%' ? 2 : 1;
		if (!next) {
			if (!star || !*retry)
				return false;
			form = star;
			retry++;
			/* only where the letter of the form is */
			next = retry = strchr("%$", *form) ? retry : strchr(retry, *form);
			if (!next)
				return false;
		}
		text = next;
	}
}

static bool matches_any(const char *text, const char *forms, struct who *who)
{
	do {
		if (matches(text, forms, who))
			return true;
		forms = strchrnul(forms, '|');
	} while (*forms++);
	return false;
}

static void take_who(struct oops_report *report, const struct who *who)
{
	size_t size = who->comm_size;

	while (size && who->comm[size - 1] == ' ')
		size--;
	if (who->has[0] && !report->has_cpu)
		report->cpu = (uint32_t)who->number[0];
	if (who->has[1] && !report->has_pid)
		report->pid = (int32_t)who->number[1];
	report->has_cpu |= who->has[0];
	report->has_pid |= who->has[1];
	if (who->has[2])
		report->seconds = (uint32_t)who->number[2];
	if (size && !*report->comm)
		snprintf(report->comm, sizeof(report->comm), "%.*s", (int)size, who->comm);
}

void oops_who_caller(struct oops_report *report, char kind, uint32_t caller)
{
	take_who(report, &(struct who){ .has = { kind == 'C', kind == 'T' },
					.number = { caller, caller } });
}

/* Is it another process than the one that is known? Then lines of two reports are mixed. */
static bool is_other(const struct oops_report *report, const struct who *who)
{
	return who->has[1] && report->has_pid && (int32_t)who->number[1] != report->pid;
}

/* Reads the line by the first form that fits. Returns false if none does. */
static bool read_who(struct oops_report *report, const struct oops_part *part, const char *forms)
{
	struct who who;

	if (!matches_any(part->text, forms, &who))
		return false;
	if (!is_other(report, &who))
		take_who(report, &who);
	return true;
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

static void read_release(struct oops_report *report, const char *text)
{
	size_t size = strcspn(text, " )");

	if (isdigit((unsigned char)*text) && memchr(text, '.', size) && size < OOPS_RELEASE &&
	    !*report->release)
		snprintf(report->release, sizeof(report->release), "%.*s", (int)size, text);
}

/* Reads the letters of print_tainted(), which end with the release, or with VLI on i386 before 2.6.27. Red Hat's
 * kernels print "---------r-  -" before the release. */
static const char *read_letters(struct oops_report *report, const char *text)
{
	bool known = report->has_taint;
	size_t nr = 0;

	for (; *text == ' ' || (isupper((unsigned char)*text) && !starts_with(text, "VLI")); text++)
		if (*text != ' ' && *text != 'G' && nr < OOPS_TAINTS && !known)
			report->taint[nr++] = *text;
	return text;
}

/* Reads the release and the taint from the text after the name of a process. */
static void read_kernel(struct oops_report *report, const char *text, size_t line)
{
	const char *clean = after_mark(text, "Not tainted"),
		   *letters = after_mark(text, "Tainted: ");

	if (!clean && !letters)
		return;
	text = clean ? clean : read_letters(report, letters);
	if (!report->has_taint)
		report->taint_line = line;
	report->has_taint = true;
	for (text += strspn(text, " ("); *text == '-'; text += strspn(text, " "))
		text += strcspn(text, " ");
	read_release(report, text);
}

/* "CPU: 3 UID: 0 PID: 2417 Comm: tulipd Not tainted 6.8.0 #1"; UID since 6.12 */
static bool read_cpu_line(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	struct who who;

	if (!matches_any(part->text,
			 "CPU: %c* PID: %p* Comm: %n|Pid: %p, comm: %n|CPU: %c* PID: %p |CPU: %c ",
			 &who))
		return false;
	who.comm_size = who.comm ? comm_size(who.comm) : 0;
	/* of khungtaskd, which prints the report, or of the second access of a race: */
	if (report->kind == OOPS_HUNG_TASK ||
	    (report->kind == OOPS_KCSAN && is_other(report, &who))) {
		who.has[0] = who.has[1] = false;
	} else if (is_other(report, &who)) {
		if (report->kind == OOPS_RCU_STALL && reading->owner == OOPS_OWN)
			reading->owner = OOPS_FOREIGN;
		report->mixed |= oops_kind_has(report->kind, KIND_EXCEPTION) &&
				 !reading->caller_kind && reading->trace == OOPS_NO_TRACE;
		return true;
	} else {
		take_who(report, &who);
	}
	/* 32-bit arm until 3.9: "CPU: 0    Tainted: G        W     (3.4.0 #3)" */
	read_kernel(report, who.comm ? who.comm + who.comm_size : part->text, part->index);
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
	const char *queue = after_start(part->text, "Workqueue: ");

	/* sched_show_task(); "Process tulipd (pid: 2417, threadinfo ..." (before 4.9); "CPU 1", "CPU:    0" (2.6) */
	if (read_cpu_line(reading, part) ||
	    read_who(report, part, "task:%n state:* pid:%p|Process %n (pid: %p|CPU %c$|CPU:%c$"))
		return true;
	if (queue && !*report->workqueue)
		snprintf(report->workqueue, sizeof(report->workqueue), "%s", queue);
	if (!starts_with(part->text, "Not tainted ") && !starts_with(part->text, "Tainted: "))
		return queue;
	read_kernel(report, part->text, part->index);
	return true;
}

void oops_who_old(struct oops_report *report, const struct oops_part *part)
{
	const char *release =
		starts_with(part->text, "EFLAGS: ") ? after_mark(part->text, "(") : NULL;

	if (read_who(report, part, "EIP: * CPU: %c|EIP: "))
		read_kernel(report, part->text, part->index);
	if (release)
		read_release(report, release);
}

/* --- what happened --- */

/* The CPU and the process that the first line names: check_hung_task(), watchdog_timer_fn(), __warn() of 7.0,
 * show_signal(), bad_page(), oom_kill.c and others. */
static void read_who_of_title(struct oops_report *report, const struct oops_part *part)
{
	struct oops_part named = *part;

	named.text += starts_with(part->text, "traps: ") ? strlen("traps: ") : 0;
	if (report->kind == OOPS_SEGFAULT) {
		read_who(report, &named,
			 "%n[%p]: segfault at |%n[%p]: unhandled |%n[%p] general protection |%n[%p] trap ");
		return;
	}
	/* Other words may be of the name of a process: "CPU 0/KVM". */
	if (!oops_kind_is_any(report->kind, KIND(OOM) | KIND(HUNG_TASK) | KIND(BAD_PAGE)))
		read_who(report, part,
			 "*soft lockup - CPU#%c|* on CPU#%c|*, CPU#%c: |WARNING: CPU: %c|CPU %c: |CPU %c Unable |*CPU %c self-detected |Watchdog CPU:%c |*[Hardware Error]: CPU %c: |*[Hardware Error]: CPU:%c|*: CPU %c: Machine |* on CPU%c|* on cpu%c");
	read_who(report, part,
		 "INFO: task %n:%p blocked* for more than %s|*stuck for %ss! [%n:%p]|*s! [%n:%p]|"
		 "WARNING: CPU: %c PID: %p|WARNING: *, CPU#%c: %n/%p$|"
		 "*:%p blocked for more than %s|BUG: Bad page * in process %n  p|Bad page * in process %n|"
		 "%n invoked oom-killer: |%n: page allocation failure|%n: vmalloc: ");
}

/* Since 4.15, %p prints a hash of 32 bits: handle_stack_overflow() in arch/x86/kernel/traps.c,
 * kfence_report_error() in mm/kfence/report.c. */
static bool is_hash(const struct oops_report *report, const struct oops_number *number)
{
	return (report->kind == OOPS_STACK_OVERFLOW || report->kind == OOPS_KFENCE) &&
	       number->size == 16 && number->value && !(number->value >> 32);
}

/* Reads an address. Kernels print all digits, except in the messages that write "0x". */
static void read_address(struct oops_report *report, const struct oops_part *part, const char *text)
{
	struct oops_number number = { .damaged = false };
	const char *end;
	size_t digits;

	if (!text || report->has_address || report->address.size)
		return;
	end = oops_part_read(part, text, &number);
	if (!end || isalnum((unsigned char)*end) || number.size > 16 || is_hash(report, &number))
		return;
	text = skip_blanks(text);
	digits = number.size;
	number.at = (size_t)(text - part->line->text);
	number.size = (size_t)(end - text);
	report->has_address = starts_with(text, "0x") || !digits || digits == 8 || digits == 16 ||
			      report->kind == OOPS_SEGFAULT;
	if (!report->has_address) {
		number.value = 0;
		oops_part_damage(report, "address", digits < 16);
	}
	report->address = number;
}

static void set_code(struct oops_report *report, const struct oops_part *part, const char *text)
{
	struct oops_number number = { .damaged = false };
	const char *end = text ? oops_part_read(part, text, &number) : NULL;

	if (report->has_code || !end || !number.size || number.size > 16 ||
	    isalnum((unsigned char)*end))
		return;
	report->has_code = true;
	report->code = number;
}

/* die() and arm64's die(): "Oops: 0002 [#1] SMP", "Internal error: Oops: 96000005 [#1]"; 2.6 prints "[1]" */
static void read_die(struct oops_report *report, const struct oops_part *part)
{
	const char *count = after_any_mark(part->text, " [#| [|Oops[#"), *digits;
	uint64_t value;

	if (!count) { /* up to 2.4: "Oops: 0002" */
		digits = after_start(part->text, "Oops: ");
		if (digits && count_hex(digits) == 4 && !*skip_blanks(digits + 4))
			set_code(report, part, digits);
		return;
	}
	if (after_any(part->text, "Oops [#|Oops[#|Oops - |Kernel BUG [#") && !report->die_count &&
	    scan_decimal(count, 8, &value)) {
		report->die_count = (unsigned int)value; /* riscv64 prints no code */
		return;
	}
	digits = count - (count[-1] == '#' ? 3 : 2);
	while (digits > part->text && hex_value(digits[-1]) >= 0)
		digits--;
	if (after_any_mark(part->text,
			   "sig: ")) /* the number of a signal: arch/powerpc, arch/xtensa */
		return;
	if (digits - part->text < 2 || digits[-1] != ' ' || digits[-2] != ':')
		return;
	set_code(report, part, digits);
	if (!report->die_count && scan_decimal(count, 8, &value))
		report->die_count = (unsigned int)value;
}

static void read_access(struct oops_report *report, const char *text)
{
	static const char *const words[] = {
		[OOPS_READ] = " read access |kernel read from | read in | on read at | when read|"
			      "attempted to read ",
		[OOPS_WRITE] =
			" write access |kernel write to | write in | on write at | when write|"
			"attempted to write ",
		[OOPS_EXECUTE] = " instruction fetch |kernel execute from |kernel execution of |"
				 "tried to execute |unable to execute | execute userspace memory",
	};

	for (size_t i = OOPS_READ; i <= OOPS_EXECUTE && !report->access; i++)
		if (after_any_mark(text, words[i]))
			report->access = (enum oops_access)i;
}

/* FSR_LNX_PF and FSR_WRITE in arch/arm/mm/fault.h. Before ARMv6, the CPU does not set the bit of a write. */
static void read_arm_code(struct oops_report *report)
{
	enum { IS_WRITE = 0x800, IS_PREFETCH_SHIFT = 31 };

	if (report->kind != OOPS_PAGE_FAULT || !report->has_code || report->access)
		return;
	if (report->code.value >> IS_PREFETCH_SHIFT)
		report->access = OOPS_EXECUTE;
	else if (report->code.value & IS_WRITE)
		report->access = OOPS_WRITE;
}

/* The place that the first line names: "BUG: KASAN: use-after-free in foo+0x1/0x2", "WARNING: CPU: 0 PID: 1 at FILE
 * foo+0x1/0x2", "CFI failure at foo+0x1/0x2". */
static void read_place_of_title(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_symbol symbol = { 0 };
	struct oops_context *context;
	const char *at = part->text;

	while (!*symbol.name && (at = strchr(at, ' ')))
		oops_symbol_read(at += 1 + (at[1] == '('),
				 &symbol); /* "at rIP: 0x... (foo+0x1/0x2)" */
	if (reading->report.nr_contexts || !at)
		return;
	context = oops_part_context(reading, part->index);
	if (context)
		context->where = symbol;
	reading->place_is_head = true;
}

/* show_signal_msg(): "tulipctl[5120]: segfault at 18 ip 000055d0c41a3b7e sp 00007ffe2b1d0c40 error 4 in ..."
 * Only x86 prints these lines. show_signal() prints no leading zeros after "ip:" and "sp:". */
static void read_segfault(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	struct oops_context *context = oops_part_context(reading, part->index);
	const char *ip = oops_number_after(part->text, " ip | ip:| rip | rip:| eip ");
	const char *sp = oops_number_after(part->text, " sp | sp:| rsp | rsp:| esp ");
	uint64_t stack;
	size_t digits = 0, stack_digits = 0;

	if (!context)
		return;
	context->of_user = true;
	context->has_ip = ip && oops_part_number(ip, &context->ip, &digits) && digits <= 16;
	if (sp)
		oops_part_number(sp, &stack, &stack_digits);
	if (digits > 8 || stack_digits > 8)
		report->machine = EM_X86_64;
	else if (digits == 8 && ip[-1] == ' ')
		report->machine = EM_386;
	/* do_trap() in arch/riscv/kernel/traps.c: "unhandled signal 11 code 0x1 at 0x0000000000000018 in ..." */
	if (strstr(part->text, "]: unhandled signal "))
		read_address(report, part, oops_number_after(part->text, " at 0x"));
	if (stack_digits)
		oops_part_register(reading, part, report->machine == EM_X86_64 ? "rsp" : "esp", sp);
}

/* Reads the path of the memory cgroup that has reached its limit. mem_cgroup_print_oom_info() prints one of the first
 * two lines since 2.6.29 and 3.9, dump_oom_summary() the third since 5.0. */
static void read_cgroup(struct oops_reading *reading, const struct oops_part *part)
{
	static const char victims[] = "oom-kill:|Out of memory: |Memory cgroup out of memory: ";
	struct oops_report *report = &reading->report;
	const char *path = after_start(part->text, "Memory cgroup stats for "), *end = NULL;
	size_t size;

	if (report->kind != OOPS_OOM || reading->has_victim)
		return;
	if (path)
		end = strstr(path, ": cache:");
	else if (starts_with(part->text, "Task in "))
		path = after_mark(part->text, " killed as a result of limit of ");
	else if (starts_with(part->text, "oom-kill:") &&
		 (path = after_mark(part->text, ",oom_memcg=")))
		end = strstr(path, ",task_memcg=");
	size = !path ? 0 : end ? (size_t)(end - path) : strlen(path);
	size -= !end && size && path[size - 1] == ':';
	if (size)
		snprintf(report->memory_cgroup, sizeof(report->memory_cgroup), "%.*s", (int)size,
			 path);
	reading->has_victim = size || after_any(part->text, victims);
}

bool oops_report_is_syndrome(const struct oops_report *report)
{
	enum { ISS_IL = 25, DIGITS_OF_ESR = 8 };

	/* IL is set but for instructions of 16 bits (Arm ARM, ESR_EL1). No error code of x86 has this bit. */
	return report->has_code && report->code.size >= DIGITS_OF_ESR &&
	       report->code.value >> ISS_IL & 1;
}

void oops_who_title(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *text = part->text;

	read_who_of_title(report, part);
	read_address(
		report, part,
		oops_number_after(
			text,
			"virtual address |non-canonical address |maybe for address |"
			"for address: |, address: |dereference at |paging request at |"
			"segfault at |hit at |) at 0x|) at addr |fault at 0x|data at address |"
			"dereference 0x|violation for address |on read at |on write at |data access at |user page (| cr2 "));
	read_die(report, part);
	set_code(report, part,
		 oops_number_after(
			 text,
			 "error_code: |, code | esr | ESR | error | error:|fault (|size fault: "));
	read_access(report, text);
	read_cgroup(reading, part);
	if (report->kind == OOPS_SEGFAULT)
		read_segfault(reading, part);
	else
		read_place_of_title(reading, part);
	if (report->kind == OOPS_SLUB)
		read_kernel(report, text, part->index);
	reading->is_x86 |= starts_with(text, "Oops: 00") && !strstr(text, " ilc:");
	if (report->kind == OOPS_SERROR) /* only arm64 has it */
		report->machine = EM_AARCH64;
	if (starts_with(text, "Internal error: ") && !report->machine &&
	    oops_report_is_syndrome(report))
		report->machine = EM_AARCH64; /* the code that follows may be without registers */
	if (starts_with(text, "Internal error: ") && strstr(text, " ARM")) {
		report->machine = EM_ARM;
		read_arm_code(report);
	}
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
	if (!report->machine && report->address.size)
		report->machine = report->address.size == 8 ? EM_386 : EM_X86_64;
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
static bool read_syndrome(struct oops_report *report, const struct oops_part *part)
{
	const char *esr = after_any(part->text, "ESR = |ESR: ");
	const char *far = after_start(part->text, "FAR: ");

	if (!esr && !far)
		return false;
	set_code(report, part, esr);
	read_address(report, part, far);
	report->machine = EM_AARCH64;
	return true;
}

/* KASAN: "Read of size 8 at addr ffff88810a2b3c48 by task tulipd/2417"; KCSAN: "write to 0xffff88810a2b3c48 of 8
 * bytes by task 487 on cpu 5:"; KFENCE: "Use-after-free read at 0xffff88810a2b3c48 (in kfence-#24):" */
static bool read_memory_access(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;
	const char *text = part->text, *at = after_mark(text, " at addr ");
	bool reads = strncasecmp(text, "read ", 5) == 0,
	     writes = strncasecmp(text, "write ", 6) == 0;

	if (report->kind == OOPS_KASAN && (reads || writes) && (at || strstr(text, " of size "))) {
		report->access = reads ? OOPS_READ : OOPS_WRITE;
		read_who(report, part, "* by task %n/%p$");
	} else if (report->kind == OOPS_KCSAN && (at = oops_number_after(text, " to 0x")) &&
		   (reads || writes || starts_with(text, "race at "))) {
		read_who(report, part, "* by task %p on cpu %c|* on cpu %c");
	} else if (report->kind != OOPS_KFENCE || !(at = oops_number_after(text, " at 0x")) ||
		   text[strlen(text) - 1] != ':') {
		return false;
	}
	read_address(report, part, at);
	if (report->kind != OOPS_KASAN)
		reading->trace = reading->trace == OOPS_NO_TRACE ? OOPS_IN_TRACE : OOPS_AFTER_TRACE;
	return true;
}

/* "printing eip:" and the number in the next line (i386 before 2.6.25), or the place after "RIP:" (x86-64) */
static bool read_next_ip(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_context *context = NULL;
	struct oops_frame frame;
	size_t digits;
	const char *end;

	if (starts_with(part->text, "printing eip:"))
		return reading->wants_ip = true;
	if (!reading->wants_ip)
		return false;
	reading->wants_ip = false;
	if (!oops_part_frame(part, part->text, &frame) || !frame.has_address) {
		end = oops_part_number(part->text, &frame.address, &digits);
		if (!end || *skip_blanks(end) || digits != 8)
			return false;
	}
	context = oops_part_context(reading, part->index);
	if (context) {
		context->has_ip = true;
		context->ip = frame.address;
		context->where = frame.symbol;
	}
	return true;
}

/* riscv of 32 bits has the number of riscv64 in ELF files. This number stands for no machine. */
enum { EM_RISCV32 = 0xffff };

/* Other machines, which are not explained: show_regs() and its like of powerpc, s390, riscv of 32 bits, mips, loongarch,
 * sparc, parisc, alpha. The function at which they stopped, and the address, are words that need no decoding. */
static bool read_other_machine(struct oops_reading *reading, const struct oops_part *part)
{
	static const struct {
		const char *start;
		uint16_t machine; /* EM_NONE: more than one has this line */
	} marks[] = {
		{ "NIP:  ", EM_PPC64 },	    { "NIP: ", EM_PPC },
		{ "GPR00: ", EM_PPC64 },    { "Krnl PSW : ", EM_S390 },
		{ "epc : ", EM_RISCV32 },   { "epc: ", EM_RISCV32 },
		{ "epc   : ", EM_MIPS },    { "$ 0   : ", EM_MIPS },
		{ "TSTATE: ", EM_SPARCV9 }, { "ERA: ", EM_NONE },
		{ "NIP [", EM_NONE },	    { "TPC: <", EM_NONE },
		{ "IAOQ[0]: ", EM_NONE },   { "pc is at ", EM_NONE },
		{ "BADV: ", EM_NONE },	    { "BadVA : ", EM_NONE },
		{ "DAR: ", EM_NONE },	    { "Failing address: ", EM_S390 },
		{ "PC: [<", EM_68K },	    { "sepc: ", EM_RISCV32 },
	};
	struct oops_report *report = &reading->report;
	struct oops_context *context;
	struct oops_symbol symbol = { 0 };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const char *at = after_start(part->text, marks[i].start);

		if (!at || strstr(at, " GPR01: ")) /* of openrisc */
			continue;
		if (marks[i].machine)
			report->machine = marks[i].machine;
		if (after_any(part->text, "BADV: |BadVA : |DAR: |Failing address: "))
			read_address(report, part, at);
		for (; at && !*symbol.name; at = strpbrk(at, " (<"), at = at ? at + 1 : NULL)
			oops_symbol_read(at + (*at == '.'), &symbol);
		context = *symbol.name && !report->nr_contexts ?
				  oops_part_context(reading, part->index) :
				  NULL;
		if (context)
			context->where = symbol;
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
static const char behind_trace[] =
	"Modules linked in:|Allocated by task|allocated by task|Freed by task|freed by task|"
	"Last potentially related work|The buggy address belongs|kfence-#|Memory state around|"
	"Reported by Kernel Concurrency Sanitizer|Mem-Info:|Disabling lock debugging|"
	"Kernel Offset:|Rebooting in |SMP: stopping secondary CPUs|Dumping ftrace buffer|"
	"value changed:|Second to last potentially|Uninit was |Local variable ";
static const char details[] =
	"Hardware name:|Mem abort info:|EC = |SET = |EA = |FSC = |Data abort info:|ISV = |CM = |"
	"GCS = |PS:|FAR:|VCPU:|handlers:|Disabling IRQ #|swapper pgtable:|user pgtable:|Exception class = |IL = |Task stack:|IRQ stack:|"
	"Overflow stack:|Stack:|task: |Unloaded tainted modules:|page:|head:|flags:|raw:|"
	"page_type:|page dumped because:|memcg:|aops:|anon flags:|bad because of flags:|addr:|"
	"file:|INFO: Slab |INFO: Object |INFO: Allocated in |INFO: Freed in |INFO: 0x|Slab 0x|"
	"Object |Redzone |Redzone: |Last user: |Prev obj: |Next obj: |Padding |Bytes b4 |FIX |[0x|which belongs to|"
	"The buggy address is located|The buggy address|The physical address|ffff|>ffff|rcu:|(t=|"
	"(detected by |Sending NMI from CPU|Task dump for CPU|Out of memory|"
	"Memory cgroup out of memory|oom-kill:|CFI:|Preemption disabled at|in_atomic()|"
	"irq event stamp:|hardirqs last |softirqs last |INFO: task |\"echo 0 > |Dazed and confused|"
	"Do you have a strange power|SEV-SNP: |CPU features:|Memory Limit:|PHYS_OFFSET:|"
	"------------[ cut here|Code is |note: |Fixing recursive fault|PKRU:|last sysfs file:|"
	"RSP <|Allocated in |Freed in |0xffff|freed |this frame has |EDAC |addr |memory: usage |"
	"Killed process ";
// clang-format on

bool oops_who_is_detail(const char *text)
{
	return after_any(text, details) && !starts_with(text, "INFO: task ");
}

bool oops_who_detail(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_report *report = &reading->report;

	if (read_next_ip(reading, part) || read_pf(report, part) || read_range(report, part) ||
	    read_syndrome(report, part) || read_memory_access(reading, part) ||
	    /* print_cpu_stall_info(): "rcu: \t5-....: (2 GPs behind)", or "\t5-...: " before 4.19 */
	    (report->kind == OOPS_RCU_STALL && read_who(report, part, "rcu:%c-|%c-")) ||
	    read_other_machine(reading, part) || read_mce_place(report, part))
		return true;
	if (after_any(part->text, behind_trace)) {
		leave_trace(reading);
		return true;
	}
	read_cgroup(reading, part);
	/* 6.15: the owner of the lock, and its callers, follow */
	reading->goes_on |= starts_with(part->text, "INFO: task ");
	return after_any(part->text, details) ||
	       /* lockdep: "foo/12 is trying to acquire lock:", and the lock in the next line */
	       (report->kind == OOPS_WARNING &&
		(strstr(part->text, ", at: ") || strstr(part->text, " lock:"))) ||
	       /* SLAB: "020: 6b 6b ..." */
	       (report->kind == OOPS_SLUB && strspn(part->text, "0123456789abcdef") == 3 &&
		part->text[3] == ':') ||
	       /* a variable of the frame: "[32, 56) 'word'" */
	       (report->kind == OOPS_KASAN && *part->text == '[' && strstr(part->text, ") '"));
}
