/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report_parts.h"

#include <ctype.h>
#include <elf.h>

#include "base/text.h"

/* --- release and build --- */

/* Copies the word at `at`. Copies nothing if the word is too long. */
static void copy_word(const char *at, char word[OOPS_RELEASE])
{
	size_t length = 0;

	while (isgraph((unsigned char)at[length]))
		length++;
	if (length >= OOPS_RELEASE)
		return;
	memcpy(word, at, length);
	word[length] = '\0';
}

/* Copies the release, which begins with a digit and contains a point. */
static void copy_release(const char *at, char release[OOPS_RELEASE])
{
	copy_word(at, release);
	if (!isdigit((unsigned char)*release) || !strchr(release, '.'))
		*release = '\0';
}

/* Returns the start of the word that ends at `end`. */
static const char *word_before(const char *line, const char *end)
{
	while (end > line && end[-1] != ' ')
		end--;
	return end;
}

void oops_build_read(const char *line, char release[OOPS_RELEASE], struct oops_build *build)
{
	const char *banner = after_mark(line, "Linux version ");
	const char *start = banner ? banner : strstr(line, "ainted"), *number, *package;

	*release = '\0';
	*build = (struct oops_build){ 0 };
	if (!start)
		return;
	number = strstr(start, " #");
	if (!banner && !number)
		return;
	copy_release(banner ? start : word_before(line, number), release);
	if (!*release || !number)
		return;
	package = after_mark(number, " Debian ");
	copy_word(number + 1, build->number);
	if (package)
		copy_word(package, build->package);
}

bool oops_build_differs(const struct oops_build *one, const struct oops_build *other)
{
	return (*one->number && *other->number && strcmp(one->number, other->number)) ||
	       (*one->package && *other->package && strcmp(one->package, other->package));
}

/* Reads the release that crash (sys), reportbug, abrt or "uname -a" show. Such a text need not be of a
 * report. */
static void read_named_release(const char *line, char release[OOPS_RELEASE])
{
	const char *at = after_any_mark(line, "RELEASE: |Kernel: Linux |kernel:  ");

	if (!at && strstr(line, " GNU/Linux") && (at = strstr(line, " #")))
		at = word_before(line, at);
	if (at)
		copy_release(at + strspn(at, " "), release);
}

/* --- machine and system --- */

/* EM_LOONGARCH is new in elf.h; kernels use the old number of EM_ALPHA. */
enum { EM_LOONGARCH_ = 258, EM_ALPHA_ = 0x9026 };

/* Texts that only one machine prints, most of them names of registers. The machines at the end are
 * not read; their texts are in show_regs() and its like, in arch/ of these machines. */
static const struct oops_machine machines[] = {
	{ EM_X86_64, 8, "an x86_64", { "RIP: ", "RAX: " } },
	{ EM_386, 4, "an i386", { "EIP: ", "EAX: " } },
	{ EM_RISCV, 8, "a riscv64", { " ra : ffff", "K pagesize, " } },
	{ EM_AARCH64,
	  8,
	  "an arm64",
	  { "pstate: ", "x29: ffff", "ESR = 0x", "-bit VAs", "ESR_EL1" } },
	{ EM_ARM, 4, "a 32-bit arm", { "] psr: ", "]    psr: " } },
	{ EM_OPENRISC, 4, "an openrisc", { " GPR01: " } },
	{ EM_PPC64, 8, "a powerpc", { "GPR00: ", "NIP:  ", " DSISR: ", "for data at address 0x" } },
	{ EM_S390, 8, "an s390", { "Krnl PSW : ", "Krnl GPRS: " } },
	{ EM_MIPS, 8, "a mips", { "epc   : ", ", epc == ", "BadVA : " } },
	{ EM_LOONGARCH_, 8, "a loongarch", { ", era == ", "  ERA: ", " ESTAT: ", " BADV: " } },
	{ EM_ALPHA_, 8, "an alpha", { "  ra = [<" } },
	{ EM_68K, 4, "an m68k", { "    d1: 0" } },
	{ EM_XTENSA, 4, "an xtensa", { ", depc: ", ", excvaddr: " } },
	{ EM_SH, 4, "an sh", { "PR  : " } },
	{ EM_IA_64, 8, "an ia64", { "psr : ", "b6  : " } },
	{ EM_ARC_COMPACT, 4, "an arc", { "[ECR   ]: ", "[EFA   ]: " } },
	{ EM_MICROBLAZE, 4, "a microblaze", { ", rmsr=", ", rear=" } },
	{ EM_PARISC, 8, "a parisc", { "IAOQ: ", "IAOQ[0]: ", "IASQ: " } },
	{ EM_SPARCV9, 8, "a sparc", { "TSTATE: " } },
};

const char *oops_machine_name(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].number == machine)
			return strchr(machines[i].name, ' ') + 1;
	return machine == EM_PPC ? "powerpc" :
				   "riscv32"; /* which has the number of riscv64 in ELF files */
}

/* Whether the mark is in the line. "amd_pstate: " and "intel_pstate: " (drivers/cpufreq) are x86's, without registers. */
static bool has_mark(const char *line, const char *mark)
{
	const char *at = strstr(line, mark);

	return at && (at == line || at[-1] != '_');
}

static const struct oops_machine *machine_of_line(const char *line)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		for (size_t j = 0; j < OOPS_MARKS && machines[i].marks[j]; j++)
			if (has_mark(line, machines[i].marks[j]))
				return &machines[i];
	return NULL;
}

/* What only the panics of other systems print. Xen prints the hypervisor's lines on the console of
 * Linux, too. */
static const char *system_of_line(const char *line)
{
	static const char *const marks[][2] = {
		{ "FreeBSD",
		  "Fatal trap |KDB: stack backtrace:|kdb_backtrace|db_trace_self|/frame 0x|"
		  "/kern_shutdown.c:" },
		{ "OpenBSD or NetBSD", "uvm_fault(" },
		{ "OpenBSD", "ddb{|end trace frame: 0x" },
		{ "NetBSD", "netbsd:|fatal page fault in supervisor mode" },
		{ "the hypervisor Xen", "(XEN) |----[ Xen-|Xen call trace:" },
		{ "Windows",
		  "*** Fatal System Error: 0x|*** STOP: 0x|BUGCHECK_CODE:|STACK_TEXT:| nt!|"
		  "ntoskrnl.exe:|TRAP_FRAME:" },
		{ "illumos or Solaris", "panic[cpu| genunix:" },
		{ "macOS", "panic(cpu |Panicked task 0x|Panicked thread: 0x| mach_kernel : |"
			   "Darwin Kernel Version|Kernel Extensions in backtrace" },
		{ "Fuchsia", "ZIRCON KERNEL PANIC" },
		{ "Haiku", "Welcome to Kernel Debugging Land" },
		{ "VMware ESXi", "@BlueScreen: |@vmkernel#" },
		{ "UEFI firmware", "!!!! X64 Exception Type|Synchronous Exception at 0x" },
		{ "U-Boot", "\" handler, esr 0x" },
		{ "Little Kernel", "panic (caller 0x" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (after_any_mark(line, marks[i][1]))
			return marks[i][0];
	return NULL;
}

/* "swapper pgtable: 4k pages, 48-bit VAs, pgdp=...": show_pte() in arch/arm64/mm/fault.c */
static uint8_t va_bits_of_line(const char *line)
{
	const char *at = strstr(line, "-bit VAs");

	return at && at - line >= 2 && isdigit((unsigned char)at[-1]) &&
			       isdigit((unsigned char)at[-2]) ?
		       (uint8_t)(10 * (at[-2] - '0') + (at[-1] - '0')) :
		       0;
}

/* Words of reports without a title that no list of numbers contains. They are from show_trace_log_lvl() in
 * arch/x86/kernel/dumpstack.c, dump_backtrace() in arch/arm64/kernel/stacktrace.c, __show_regs() in
 * arch/x86/kernel/process_64.c and process_32.c, and in arch/arm64/kernel/process.c, print_modules() in
 * kernel/module/main.c, print_oops_end_marker() in kernel/panic.c, mm/kmemleak.c, and __die_header() in
 * arch/x86/kernel/dumpstack.c. Numbers follow none of them in what crash and gdb print. */
static bool is_of_report(const char *line)
{
	return after_any_mark(
		line,
		"Call Trace:|Call trace:|<TASK>|EFLAGS: |RIP: 0010:|RIP: 0033:|pstate: |"
		"Modules linked in|task:|---[ |Linux version| [#|unreferenced object 0x|traps: |"
		"segfault at |INFO: ");
}

/* --- boots --- */

void oops_boot_read(const struct oops_line *line, struct oops_boot *shown)
{
	const char *text = line->text;

	*shown = (struct oops_boot){ .machine = machine_of_line(text),
				     .va_bits = va_bits_of_line(text),
				     .system = line->has_time ? NULL : system_of_line(text) };
	oops_build_read(text, shown->release, &shown->build);
	shown->is_report = line->has_time || *shown->release || is_of_report(text);
	if (!*shown->release)
		read_named_release(text, shown->release);
}

bool oops_boot_differs(const struct oops_boot *boot, const struct oops_boot *shown)
{
	return (*boot->release && *shown->release && strcmp(boot->release, shown->release)) ||
	       (*boot->release && shown->system) || (boot->system && *shown->release) ||
	       oops_build_differs(&boot->build, &shown->build) ||
	       (boot->machine && shown->machine && boot->machine != shown->machine) ||
	       (boot->va_bits && shown->va_bits && boot->va_bits != shown->va_bits);
}

void oops_boot_add(struct oops_boot *boot, const struct oops_boot *shown)
{
	boot->is_report |= shown->is_report;
	if (*shown->release)
		memcpy(boot->release, shown->release, sizeof(boot->release));
	if (*shown->build.number)
		memcpy(boot->build.number, shown->build.number, sizeof(boot->build.number));
	if (*shown->build.package)
		memcpy(boot->build.package, shown->build.package, sizeof(boot->build.package));
	if (!boot->system)
		boot->system = shown->system;
	if (shown->machine)
		boot->machine = shown->machine;
	if (shown->va_bits)
		boot->va_bits = shown->va_bits;
}
