/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports of all kinds and eras, as kernels print them: what the reader finds in each, in short. */
#include <elf.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "oops/report.h"

#include "unit.h"

enum { SUMMARY = 2048 };

static const char *machine_name(unsigned int machine)
{
	return machine == EM_X86_64  ? "x86-64" :
	       machine == EM_386     ? "i386" :
	       machine == EM_AARCH64 ? "arm64" :
	       machine == EM_ARM     ? "arm" :
				       "-";
}

static void add_symbol(char *text, const struct oops_symbol *symbol)
{
	if (!*symbol->name)
		return;
	text_append(text, SUMMARY, " %s", symbol->name);
	if (!symbol->no_offset)
		text_append(text, SUMMARY, "+%" PRIx64 "/%" PRIx64, symbol->offset, symbol->extent);
	if (*symbol->module)
		text_append(text, SUMMARY, "[%s]", symbol->module);
}

/* "(kernel ip ffffffff81000000 foo+1/2 3 regs 64@42)" */
static void add_context(char *text, const struct oops_context *context)
{
	text_append(text, SUMMARY, " (%s%s%s", context->in_trace ? "in trace: " : "",
		    context->of_user ? "user" : "kernel", context->is_compat ? " compat" : "");
	if (context->has_ip)
		text_append(text, SUMMARY, " ip %" PRIx64, context->ip);
	add_symbol(text, &context->where);
	if (*context->link.name)
		text_append(text, SUMMARY, " from");
	add_symbol(text, &context->link);
	text_append(text, SUMMARY, " %zu regs", context->nr_regs);
	if (context->nr_code)
		text_append(text, SUMMARY, " %zu@%zu:%02x", context->nr_code, context->mark,
			    context->mark < context->nr_code ? context->code[context->mark] : 0);
	text_append(text, SUMMARY, "%s)", context->opcode_unreadable ? " unreadable" : "");
}

static void add_frames(char *text, const struct oops_report *report)
{
	if (report->nr_irqs)
		text_append(text, SUMMARY, " irqs %zu", report->nr_irqs);
	for (size_t i = 0; i < report->nr_frames; i++) {
		const struct oops_frame *frame = &report->frame[i];

		text_append(text, SUMMARY, "%s %s%s", i ? "" : " <-", frame->guessed ? "?" : "",
			    frame->in_machinery ? "~" : "");
		if (*frame->symbol.name)
			text_append(text, SUMMARY, "%s", frame->symbol.name);
		else
			text_append(text, SUMMARY, "%" PRIx64, frame->address);
		if (*frame->symbol.module)
			text_append(text, SUMMARY, "[%s]", frame->symbol.module);
	}
}

static void add_who(char *text, const struct oops_report *report)
{
	if (report->has_cpu)
		text_append(text, SUMMARY, " cpu %u", report->cpu);
	if (report->has_pid)
		text_append(text, SUMMARY, " pid %d", report->pid);
	if (*report->comm)
		text_append(text, SUMMARY, " '%s'", report->comm);
	if (*report->workqueue)
		text_append(text, SUMMARY, " queue '%s'", report->workqueue);
	if (*report->release)
		text_append(text, SUMMARY, " %s", report->release);
	if (report->has_taint)
		text_append(text, SUMMARY, " taint '%s'", report->taint);
	if (report->die_count)
		text_append(text, SUMMARY, " #%u", report->die_count);
	if (report->seconds)
		text_append(text, SUMMARY, " %us", report->seconds);
}

static void summarize(const struct oops_report *report, char text[SUMMARY])
{
	*text = '\0';
	text_append(text, SUMMARY, "%s %s", oops_kinds[report->kind].name,
		    machine_name(report->machine));
	add_who(text, report);
	if (report->has_address)
		text_append(text, SUMMARY, " at %" PRIx64, report->address.value);
	if (report->address_is_range)
		text_append(text, SUMMARY, " range %" PRIx64 "-%" PRIx64, report->range_first,
			    report->range_last);
	if (report->has_code)
		text_append(text, SUMMARY, " code %" PRIx64, report->code.value);
	if (report->access)
		text_append(text, SUMMARY, " %s", oops_access_names[report->access]);
	if (report->says_user)
		text_append(text, SUMMARY, " user");
	for (size_t i = 0; i < report->nr_entries; i++)
		text_append(text, SUMMARY, " %s=%" PRIx64, report->entry[i].name,
			    report->entry[i].value);
	for (size_t i = 0; i < report->nr_contexts; i++)
		add_context(text, &report->context[i]);
	add_frames(text, report);
	for (size_t i = 0; i < report->nr_damaged; i++)
		text_append(text, SUMMARY, " !%s", report->damaged[i]);
	if (report->mixed)
		text_append(text, SUMMARY, " mixed");
}

static void read_text(const char *text, struct oops_reports *reports)
{
	struct error err = { ERROR_NONE, "" };

	assert_true(oops_reports_read(reports, text, strlen(text), NULL, &err));
}

/* A text with one report, and what is in it. */
struct row {
	const char *text, *title, *summary;
};

static void check_row(const struct row *row)
{
	struct oops_reports reports;
	char text[SUMMARY];

	read_text(row->text, &reports);
	assert_int_equal(reports.nr, 1);
	summarize(&reports.report[0], text);
	assert_string_equal(text, row->summary);
	if (row->title)
		assert_ptr_not_equal(strstr(reports.lines.line[reports.report[0].title].text,
					    row->title),
				     NULL);
	oops_reports_release(&reports);
}

#define REGISTERS_64                                                                               \
	"RSP: 0018:ffffc9000a4fbd58 EFLAGS: 00010246\n"                                            \
	"RAX: 0000000000000000 RBX: ffff88810b771c00 RCX: 0000000000000001\n"                      \
	"R10: ffff88810b771c80 R11: 0000000000000246 R12: ffff88810a3c4e48\n"                      \
	"FS:  00007f1e5a1c2740(0000) GS:ffff8881f6f80000(0000) knlGS:0000000000000000\n"           \
	"CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033\n"                                      \
	"CR2: 0000000000000038 CR3: 000000010a3c4000 CR4: 0000000000350ef0\n"
#define REGISTERS_ARM64                                                                            \
	"pstate: 60400009 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)\n"                        \
	"pc : poppy_gc+0x1f4/0x2a8 [poppy]\n"                                                      \
	"lr : poppy_run+0x11c/0x2a8 [poppy]\n"                                                     \
	"sp : ffff8000823cbcf0\n"                                                                  \
	"x29: ffff8000823cbd50 x28: 0000000000000000 x27: 0000000000000000\n"                      \
	"x2 : ffff0000c3a1f2d4 x1 : ffff0000c3a1f2d4 x0 : 0000000000000004\n"
#define CODE_64                                                                                    \
	"Code: cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc "           \
	"cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc "                                   \
	"<48> 8b 43 38 48 89 c7 48 85 c0 75 fb cc cc cc cc cc cc cc cc cc cc\n"
#define USER_64                                                                                    \
	"RIP: 0033:0x7f1e5a2d1b4e\n"                                                               \
	"RSP: 002b:00007ffc3b1d0c48 EFLAGS: 00000246 ORIG_RAX: 0000000000000106\n"                 \
	"RAX: ffffffffffffffda RBX: 0000000000000000 RCX: 00007f1e5a2d1b4e\n"

/* Exceptions of x86-64. */
static void exceptions_of_x86_64(void **state)
{
	static const struct row rows[] = {
		/* since 6.10 */
		{ "BUG: kernel NULL pointer dereference, address: 0000000000000038\n"
		  "#PF: supervisor write access in kernel mode\n"
		  "#PF: error_code(0x0002) - not-present page\n"
		  "PGD 80000001d3067067 P4D 80000001d3067067 PUD 1d3068067 PMD 0 \n"
		  "Oops: Oops: 0002 [#2] SMP NOPTI\n"
		  "CPU: 3 UID: 0 PID: 811 Comm: poppy worker Tainted: G      D    OE      6.12.3-lab #7\n"
		  "Tainted: [D]=DIE, [O]=OOT_MODULE, [E]=UNSIGNED_MODULE\n"
		  "Workqueue: events poppy_run [poppy]\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0 [poppy 0123456789abcdef0123]\n" CODE_64
			  REGISTERS_64 "Call Trace:\n <IRQ>\n ? asm_exc_page_fault+0x26/0x30\n"
		  " poppy_walk+0x8d/0x210 [poppy 0123456789abcdef0123]\n </IRQ>\n <TASK>\n"
		  " vfs_read+0x4/0x8\n 0xffffffffc0123456\n" USER_64 " </TASK>\n"
		  "Modules linked in: poppy(OE)\nCR2: 0000000000000038\n"
		  "---[ end trace 0000000000000000 ]---\n",
		  "BUG: kernel NULL",
		  "page-fault x86-64 cpu 3 pid 811 'poppy worker' queue 'events poppy_run [poppy]' "
		  "6.12.3-lab taint 'DOE' #2 at 38 code 2 write pgd=80000001d3067067 "
		  "p4d=80000001d3067067 pud=1d3068067 pmd=0 (kernel poppy_seed+4c/1a0[poppy] 18 "
		  "regs 64@42:48) (in trace: user ip 7f1e5a2d1b4e 6 regs) irqs 1 <- "
		  "?~asm_exc_page_fault poppy_walk[poppy] vfs_read ffffffffc0123456" },
		/* 4.19 */
		{ "BUG: unable to handle kernel paging request at ffff88810b771c08\n"
		  "PGD 2a01067 P4D 2a01067 PUD 0 \nOops: 0000 [#1] SMP PTI\n"
		  "CPU: 0 PID: 12 Comm: poppyd Not tainted 4.19.3-lab #7\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64
		  "Call Trace:\n vfs_read+0x4/0x8\n"
		  "---[ end trace 12345678abcdef00 ]---\nRIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64
		  "Kernel panic - not syncing: Fatal exception\n",
		  NULL,
		  "page-fault x86-64 cpu 0 pid 12 'poppyd' 4.19.3-lab taint '' #1 at "
		  "ffff88810b771c08 code 0 pgd=2a01067 p4d=2a01067 pud=0 (kernel poppy_seed+4c/1a0 "
		  "18 regs) <- vfs_read" },
		/* 2.6.32 */
		{ "BUG: unable to handle kernel NULL pointer dereference at (null)\n"
		  "IP: [<ffffffffa0123456>] poppy_seed+0x26/0x40 [poppy]\n"
		  "PGD 1f4b5067 PUD 1f4b6067 PMD 0 \nOops: 0002 [#1] SMP \n"
		  "last sysfs file: /sys/devices/poppy\nCPU 1 \nModules linked in: poppy\n"
		  "Pid: 811, comm: poppy worker Tainted: P           2.6.32-5-lab #1 Lab Machine\n"
		  "RIP: 0010:[<ffffffffa0123456>]  [<ffffffffa0123456>] poppy_seed+0x26/0x40 [poppy]\n"
		  "RSP: 0018:ffff88001f4b7ea8  EFLAGS: 00010286\n"
		  "RAX: 0000000000000000 RBX: ffff88001f4b7f00 RCX: 0000000000000001\n"
		  "Process poppy worker (pid: 811, threadinfo ffff88001f4b6000, task ffff88001f4b1000)\n"
		  "Stack:\n ffff88001f4b7ed8 ffffffff8110a1b2\n<0> 0000000000000000 ffff88001f4b7f48\n"
		  "Call Trace:\n [<ffffffff8110a1b2>] ? vfs_write+0xb2/0x1a0\n"
		  " <IRQ>  [<ffffffff8110a1b2>] sys_write+0x4a/0x90\n <EOI>  [<ffffffff8110a1b3>]\n"
		  "Code: 48 89 e5 <c6> 00 01 c9 c3 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 \n"
		  "RIP  [<ffffffffa0123456>] poppy_seed+0x26/0x40 [poppy]\n RSP <ffff88001f4b7ea8>\n"
		  "CR2: 0000000000000000\n---[ end trace 0123456789abcdef ]---\n",
		  NULL,
		  "page-fault x86-64 cpu 1 pid 811 'poppy worker' 2.6.32-5-lab taint 'P' #1 at 0 "
		  "code 2 pgd=1f4b5067 pud=1f4b6067 pmd=0 (kernel ip ffffffffa0123456 "
		  "poppy_seed+26/40[poppy] 5 regs 24@3:c6) irqs 1 <- ?vfs_write sys_write "
		  "ffffffff8110a1b3" },
		/* 2.6.18: the place comes in the line after the first */
		{ "Unable to handle kernel NULL pointer dereference at 0000000000000028 RIP: \n"
		  " [<ffffffff8812a345>] :poppy:poppy_seed+0x26/0x40\nPGD 0 \nOops: 0000 [1] SMP \nCPU 1 \n"
		  "Modules linked in: poppy\nPid: 811, comm: poppyd Not tainted 2.6.18-lab #1\n"
		  "RIP: 0010:[<ffffffff8812a345>]  [<ffffffff8812a345>] :poppy:poppy_seed+0x26/0x40\n"
		  "RSP: 0018:ffff81001f4b7ea8  EFLAGS: 00010286\n",
		  NULL,
		  "page-fault x86-64 cpu 1 pid 811 'poppyd' 2.6.18-lab taint '' #1 at 28 code 0 "
		  "pgd=0 (kernel ip ffffffff8812a345 poppy_seed+26/40[poppy] 2 regs)" },
		{ "Oops: general protection fault, probably for non-canonical address 0xdead000000000108: 0000 "
		  "[#1] SMP KASAN NOPTI\nKASAN: maybe wild-memory-access in range "
		  "[0xdead000000000108-0xdead00000000010f]\n"
		  "CPU: 3 UID: 0 PID: 811 Comm: poppyd Not tainted 6.12.3-lab #7\nRIP: 0010:poppy_seed+0x4c/0x1a0\n",
		  NULL,
		  "general-protection x86-64 cpu 3 pid 811 'poppyd' 6.12.3-lab taint '' #1 at "
		  "dead000000000108 range dead000000000108-dead00000000010f code 0 (kernel "
		  "poppy_seed+4c/1a0 0 regs)" },
		{ "segment-related general protection fault: beec [#1] SMP\nRIP: 0010:poppy_seed+0x4c/0x1a0\n",
		  NULL,
		  "general-protection x86-64 #1 code beec (kernel poppy_seed+4c/1a0 0 regs)" },
		{ "divide error: 0000 [#1] SMP\nRIP: 0010:poppy_seed+0x4c/0x1a0\n", NULL,
		  "divide-error x86-64 #1 code 0 (kernel poppy_seed+4c/1a0 0 regs)" },
		/* Words of die() that begin like a number. */
		{ "Oops: divide error: 0000 [#1] SMP\nRIP: 0010:poppy_seed+0x4c/0x1a0\n", NULL,
		  "divide-error x86-64 #1 code 0 (kernel poppy_seed+4c/1a0 0 regs)" },
		{ "traps: PANIC: double fault, error_code: 0x0\ndouble fault: 0000 [#1] SMP\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0\nKernel panic - not syncing: Fatal exception in interrupt\n",
		  "PANIC: double",
		  "double-fault x86-64 #1 code 0 (kernel poppy_seed+4c/1a0 0 regs)" },
		{ "BUG: TASK stack guard page was hit at ffffc90000013ff8 (stack is "
		  "ffffc90000014000..ffffc90000017fff)\nOops: stack guard page: 0000 [#1] SMP\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0\n",
		  "guard page was hit",
		  "stack-overflow x86-64 #1 at ffffc90000013ff8 code 0 (kernel poppy_seed+4c/1a0 0 "
		  "regs)" },
		{ "BUG: stack guard page was hit at 00000000c3a1f2d4 (stack is 000000001b2c3d4e..00000000a1b2c3d4)\n"
		  "kernel stack overflow (double-fault): 0000 [#1] SMP\nRIP: 0010:poppy_seed+0x4c/0x1a0\n",
		  NULL, "stack-overflow x86-64 #1 code 0 (kernel poppy_seed+4c/1a0 0 regs)" },
		/* a jump to a wrong address */
		{ "BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
		  "#PF: supervisor instruction fetch in kernel mode\nOops: 0010 [#1] SMP\n"
		  "RIP: 0010:0x0\nCode: Unable to access opcode bytes at 0xffffffffffffffd6.\n" REGISTERS_64,
		  NULL,
		  "page-fault x86-64 #1 at 0 code 10 execute (kernel ip 0 18 regs unreadable)" },
		{ "BUG: unable to handle kernel NULL pointer dereference at           (null)\n"
		  "IP:           (null)\nOops: 0010 [#1] SMP\nRIP: 0010:          (null)\n"
		  "Code:  Bad RIP value.\n",
		  NULL, "page-fault x86-64 #1 at 0 code 10 (kernel ip 0 0 regs unreadable)" },
		/* lines of the source instead of offsets, and the code that follows */
		{ "BUG: kernel NULL pointer dereference, address: 0000000000000038\n"
		  "RIP: 0010:poppy_seed (fs/poppy/seed.c:12 (discriminator 3) include/poppy.h:9) poppy\n" CODE_64
		  "All code\n========\n   0:\tcc  int3\nCode starting with the faulting instruction\n"
		  "===========================================\n" REGISTERS_64 "Call Trace:\n"
		  "vfs_read (fs/read_write.c:12)\n? poppy_walk (fs/poppy/walk.c:1) poppy\n",
		  NULL,
		  "page-fault x86-64 at 38 (kernel poppy_seed[poppy] 18 regs 64@42:48) <- vfs_read ?poppy_walk[poppy]" },
		/* the title is lost, but only page faults end so */
		{ "RIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64
		  "Call Trace:\n vfs_read+0x4/0x8\n"
		  "Modules linked in:\nCR2: 0000000000000038\n",
		  NULL, "page-fault x86-64 at 38 (kernel poppy_seed+4c/1a0 18 regs) <- vfs_read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

static void exceptions_of_i386(void **state)
{
	static const struct row rows[] = {
		{ "BUG: kernel NULL pointer dereference, address: 00000004\n#PF: supervisor read access in kernel mode\n"
		  "*pdpt = 0000000033c1a001 *pde = 0000000000000000 \nOops: 0000 [#1] SMP\n"
		  "CPU: 0 PID: 214 Comm: kworker/0:2 Not tainted 5.10.9-lab #1\nEIP: poppy_wake+0x3e/0x118\n"
		  "EAX: fffffff0 EBX: e1a40378 ECX: e1a40398 EDX: 00000000\n"
		  "ESI: 00000000 EDI: e1a40398 EBP: c2a7fdf4 ESP: c2a7fdd8\n"
		  "DS: 007b ES: 007b FS: 00d8 GS: 0000 SS: 0068 EFLAGS: 00010286\n"
		  "CR0: 80050033 CR2: 00000004 CR3: 0e8d4000 CR4: 003506d0\nCall Trace:\n poppy_work+0x61/0xb8\n"
		  "EIP: 0xb7f5a549\nEAX: ffffffda EBX: 00000003 ECX: bf8e1a30 EDX: 00000040\n"
		  "DS: 007b ES: 007b FS: 0000 GS: 0033 SS: 007b EFLAGS: 00000246\nCR2: 0000000000000004\n",
		  NULL,
		  "page-fault i386 cpu 0 pid 214 'kworker/0:2' 5.10.9-lab taint '' #1 at 4 code 0 "
		  "read pdpt=33c1a001 pde=0 (kernel poppy_wake+3e/118 16 regs) (in trace: user ip "
		  "b7f5a549 8 regs) <- poppy_work" },
		/* 2.6.12 */
		{ "Unable to handle kernel NULL pointer dereference at virtual address 00000004\n printing eip:\n"
		  "c01a2b3c\n*pde = 00000000\nOops: 0002 [#1]\nModules linked in: poppy\nCPU:    0\n"
		  "EIP:    0060:[<c01a2b3c>]    Tainted: P      VLI\nEFLAGS: 00010246   (2.6.12-lab) \n"
		  "EIP is at poppy_wake+0x1c/0x40 [poppy]\n"
		  "eax: 00000000   ebx: c1a2b3c4   ecx: 00000001   edx: c1a2b3c8\n"
		  "esi: 00000000   edi: 00000000   ebp: c1a2bf00   esp: c1a2bee8\nds: 007b   es: 007b   ss: 0068\n"
		  "Process poppyd (pid: 214, threadinfo=c1a2b000 task=c1a1b000)\nStack: c1a2b3c4 00000000 \n"
		  "Call Trace:\n [<c01a2c00>] poppy_work+0x10/0x20 [poppy]\n [<c0102f1b>] sysenter_past_esp+0x54/0x75\n"
		  "Code: 55 89 e5 53 83 ec 08 8b <89> 58 04 8b 43 04 83 c4 08 5b 5d c3 90 90 90 90 90 90 90 90 90 90\n",
		  NULL,
		  "page-fault i386 cpu 0 pid 214 'poppyd' 2.6.12-lab taint 'P' #1 at 4 code 2 "
		  "pde=0 (kernel ip c01a2b3c poppy_wake+1c/40[poppy] 12 regs 30@8:89) <- "
		  "poppy_work[poppy] sysenter_past_esp" },
		/* 3.2 */
		{ "BUG: unable to handle kernel paging request at f8a1b2c4\nIP: [<f80a1b2c>] poppy_wake+0x1c/0x40 [poppy]\n"
		  "*pde = 36c01067 *pte = 00000000 \nOops: 0000 [#1] SMP \nModules linked in:\n\n"
		  "Pid: 214, comm: poppyd Tainted: G        W    3.2.0-lab #1 Lab Machine\n"
		  "EIP: 0060:[<f80a1b2c>] EFLAGS: 00010286 CPU: 1\nEIP is at poppy_wake+0x1c/0x40 [poppy]\n"
		  "EAX: f8a1b2c0 EBX: c1a2b3c4 ECX: 00000001 EDX: c1a2b3c8\n DS: 007b ES: 007b FS: 00d8 GS: 00e0 SS: 0068\n"
		  "Process poppyd (pid: 214, ti=c1a2a000 task=c1a1b000 task.ti=c1a2a000)\nStack:\n c1a2b3c4 00000000\n"
		  "Call Trace:\n [<c01a2c00>] ? poppy_work+0x10/0x20\nEIP: [<f80a1b2c>] poppy_wake+0x1c/0x40 [poppy] SS:ESP "
		  "0068:c1a2bee8\nCR2: 00000000f8a1b2c4\n---[ end trace 0123456789abcdef ]---\n",
		  NULL,
		  "page-fault i386 cpu 1 pid 214 'poppyd' 3.2.0-lab taint 'W' #1 at f8a1b2c4 code "
		  "0 pde=36c01067 pte=0 (kernel ip f80a1b2c poppy_wake+1c/40[poppy] 8 regs) <- "
		  "?poppy_work" },
		{ "kernel BUG at mm/poppy.c:12!\ninvalid opcode: 0000 [#1] SMP\nEIP: poppy_wake+0x1c/0x40\n",
		  NULL, "bug i386 #1 code 0 (kernel poppy_wake+1c/40 0 regs)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

static void exceptions_of_arm64(void **state)
{
	static const struct row rows[] = {
		{ "Unable to handle kernel paging request at virtual address ffff0000c3a1f2d4\nMem abort info:\n"
		  "  ESR = 0x0000000096000007\n  EC = 0x25: DABT (current EL), IL = 32 bits\n"
		  "swapper pgtable: 4k pages, 48-bit VAs, pgdp=00000000461c3000\n"
		  "[ffff0000c3a1f2d4] pgd=180000041b5c9003, p4d=180000041b5c9003, pud=0000000000000000\n"
		  "Internal error: Oops: 0000000096000007 [#1] PREEMPT SMP\nModules linked in: poppy\n"
		  "CPU: 2 PID: 116 Comm: kworker/7:1 Not tainted 6.6.50-lab #3\n" REGISTERS_ARM64
		  "Call trace:\n poppy_gc+0x1f4/0x2a8 [poppy] (P)\n poppy_run+0x11c/0x2a8 [poppy] (L)\n kthread+0xf4/0x110\n"
		  "Code: 5400002b d503201f d2800080 91003261 (f820303f) \n---[ end trace 0000000000000000 ]---\n",
		  NULL,
		  "page-fault arm64 cpu 2 pid 116 'kworker/7:1' 6.6.50-lab taint '' #1 at "
		  "ffff0000c3a1f2d4 code 96000007 pgd=180000041b5c9003 p4d=180000041b5c9003 pud=0 "
		  "(kernel poppy_gc+1f4/2a8[poppy] from poppy_run+11c/2a8[poppy] 8 regs 20@16:3f) "
		  "<- poppy_gc[poppy] poppy_run[poppy] kthread" },
		/* an alignment fault, although the first line says something else */
		{ "Unable to handle kernel paging request at virtual address ffff0000c3a1f2d4\n"
		  "  ESR = 0x96000021\nInternal error: Oops: 96000021 [#1] PREEMPT SMP\n" REGISTERS_ARM64,
		  NULL,
		  "alignment arm64 #1 at ffff0000c3a1f2d4 code 96000021 (kernel "
		  "poppy_gc+1f4/2a8[poppy] from poppy_run+11c/2a8[poppy] 8 regs)" },
		/* 3.10 */
		{ "Unable to handle kernel NULL pointer dereference at virtual address 00000048\n"
		  "pgd = ffffffc0bb2e1000\n[00000048] *pgd=000000013b2e1003, *pud=0000000000000000\n"
		  "Internal error: Oops: 96000005 [#1] PREEMPT SMP\n"
		  "CPU: 5 PID: 1204 Comm: lightd Tainted: G        W    3.10.61-lab #1\n"
		  "task: ffffffc0a5b19200 ti: ffffffc0a4d38000 task.ti: ffffffc0a4d38000\n"
		  "PC is at lux_read+0x28/0x90\nLR is at lux_show+0x54/0x140\n"
		  "pc : [<ffffffc000451b28>] lr : [<ffffffc000451c40>] pstate: 60000145\nsp : ffffffc0a4d3bce0\n"
		  "x29: ffffffc0a4d3bce0 x28: 000000006b81c000 \n"
		  "x9 : 0000000000000000 x8 : 0000000000000000 \nCall trace:\n"
		  "[<ffffffc000451b28>] lux_read+0x28/0x90\n[<ffffffc000451c3c>] lux_show+0x50/0x140\n"
		  "Code: aa0003f6 f94002c0 f100001f d503201f (f94026d5) \n",
		  NULL,
		  "page-fault arm64 cpu 5 pid 1204 'lightd' 3.10.61-lab taint 'W' #1 at 48 code "
		  "96000005 pgd=13b2e1003 pud=0 (kernel ip ffffffc000451b28 lux_read+28/90 from "
		  "lux_show+54/140 7 regs 20@16:d5) <- lux_read lux_show" },
		{ "kernel BUG at mm/poppy.c:12!\nInternal error: Oops - BUG: 00000000f2000800 [#1] SMP\n" REGISTERS_ARM64,
		  "kernel BUG",
		  "bug arm64 #1 code f2000800 (kernel poppy_gc+1f4/2a8[poppy] from "
		  "poppy_run+11c/2a8[poppy] 8 regs)" },
		{ "Unexpected kernel BRK exception at EL1\nInternal error: BRK handler: 00000000f20003e8 [#1] SMP\n" REGISTERS_ARM64
		  "Code: 52800000 a8c17bfd d50323bf d65f03c0\n",
		  NULL,
		  "breakpoint arm64 #1 code f20003e8 (kernel poppy_gc+1f4/2a8[poppy] from "
		  "poppy_run+11c/2a8[poppy] 8 regs 16@16:00)" },
		{ "Internal error: Oops - Undefined instruction: 0 [#1] SMP\n" REGISTERS_ARM64,
		  NULL,
		  "undefined-instruction arm64 #1 (kernel poppy_gc+1f4/2a8[poppy] from "
		  "poppy_run+11c/2a8[poppy] 8 regs)" },
		{ "CFI failure at poppy_gc+0x1f4/0x2a8 [poppy] (target: poppy_old+0x0/0x20; expected type: 0x2f6b19c4)\n"
		  "Internal error: Oops - CFI: 00000000f2008228 [#1] PREEMPT SMP\n" REGISTERS_ARM64,
		  "CFI failure",
		  "cfi arm64 #1 code f2008228 (kernel poppy_gc+1f4/2a8[poppy] from "
		  "poppy_run+11c/2a8[poppy] 8 regs)" },
		{ "SError Interrupt on CPU2, code 0x00000000be000011 -- SError\n"
		  "CPU: 2 PID: 9 Comm: kworker/u8:0 Not tainted 6.3.0-lab #1\n" REGISTERS_ARM64
		  "Kernel panic - not syncing: Asynchronous SError Interrupt\n"
		  "CPU: 2 PID: 9 Comm: kworker/u8:0 Not tainted 6.3.0-lab #1\nCall trace:\n panic+0x341/0x36a\n"
		  " poppy_ctor+0x6e4/0x1a30 [poppy]\n",
		  "SError",
		  "serror arm64 cpu 2 pid 9 'kworker/u8:0' 6.3.0-lab taint '' code be000011 "
		  "(kernel poppy_gc+1f4/2a8[poppy] from poppy_run+11c/2a8[poppy] 8 regs) <- ~panic "
		  "poppy_ctor[poppy]" },
		{ "Bad mode in Error handler detected on CPU1, code 0xbf000002 -- SError\n", NULL,
		  "serror arm64 cpu 1 code bf000002" },
		{ "Insufficient stack space to handle exception!\nESR: 0x0000000096000047 -- DABT (current EL)\n"
		  "FAR: 0xffff80000a51bff0\nTask stack:     [0xffff80000a51c000..0xffff80000a520000]\n"
		  "CPU: 2 PID: 9 Comm: poppyd Not tainted 6.3.0-lab #1\n" REGISTERS_ARM64
		  "Kernel panic - not syncing: kernel stack overflow\n",
		  NULL,
		  "stack-overflow arm64 cpu 2 pid 9 'poppyd' 6.3.0-lab taint '' at "
		  "ffff80000a51bff0 code 96000047 (kernel poppy_gc+1f4/2a8[poppy] from "
		  "poppy_run+11c/2a8[poppy] 8 regs)" },
		{ "poppyctl[512]: unhandled exception: DABT (lower EL), ESR 0x0000000092000006, level 2 translation "
		  "fault in poppyctl[aaaac41a3000+4000]\nCPU: 1 PID: 512 Comm: poppyctl Not tainted 6.3.0-lab #1\n"
		  "pstate: 60001000 (nZCv daif -PAN -UAO -TCO -DIT +SSBS BTYPE=--)\npc : 0000aaaac41a3b7e\n"
		  "lr : 0000aaaac41a3b00\nsp : 0000ffffc3b1d0c4\nx29: 0000ffffc3b1d0d0 x28: 0000000000000000\n",
		  NULL,
		  "segfault arm64 cpu 1 pid 512 'poppyctl' 6.3.0-lab taint '' code 92000006 (user "
		  "ip aaaac41a3b7e 5 regs)" },
		/* cut before the registers: not "Oops: 00" of x86 */
		{ "Internal error: Oops: 0000000096000005 [#1] SMP\n", NULL,
		  "page-fault arm64 #1 code 96000005" },
		/* arm, which is not explained */
		{ "Unable to handle kernel NULL pointer dereference at virtual address 00000004\npgd = c0004000\n"
		  "Internal error: Oops: 5 [#1] PREEMPT SMP ARM\nCPU: 0 PID: 5 Comm: poppyd Not tainted 5.10.0-lab #1\n"
		  "PC is at poppy_wake+0x1c/0x40\npc : [<c01a2b3c>]    lr : [<c01a2c00>]    psr: 60000013\n"
		  "sp : c1a2bee8  ip : 00000000  fp : c1a2bf00\nCode: e1a01fe1 e3a03000 e1530009 01520008 (0c06d0f6)\n",
		  NULL,
		  "page-fault arm cpu 0 pid 5 'poppyd' 5.10.0-lab taint '' #1 at 4 code 5 (kernel "
		  "ip c01a2b3c poppy_wake+1c/40 2 regs 20@16:f6)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* BUG(), WARN() and the messages before and after them. */
static void bugs_and_warnings(void **state)
{
	static const struct row rows[] = {
		{ "------------[ cut here ]------------\nkernel BUG at fs/poppy/seed.c:99!\n"
		  "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI\nCPU: 1 PID: 7 Comm: poppyd Not tainted 6.1.0-lab #1\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64,
		  "kernel BUG at fs",
		  "bug x86-64 cpu 1 pid 7 'poppyd' 6.1.0-lab taint '' #1 code 0 (kernel "
		  "poppy_seed+4c/1a0 18 regs)" },
		{ "WARNING: CPU: 5 PID: 77 at fs/poppy/seed.c:12 poppy_seed+0x4c/0x1a0 [poppy]\nModules linked in:\n"
		  "CPU: 5 PID: 77 Comm: poppyd Tainted: G        W          6.1.0-lab #1\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0 [poppy]\n" CODE_64 REGISTERS_64
		  "Call Trace:\n <TASK>\n poppy_walk+0x8d/0x210\n",
		  NULL,
		  "warning x86-64 cpu 5 pid 77 'poppyd' 6.1.0-lab taint 'W' (kernel "
		  "poppy_seed+4c/1a0[poppy] 18 regs 64@42:48) <- poppy_walk" },
		{ "WARNING: at fs/poppy/seed.c:12 poppy_seed+0x4c/0x1a0()\nHardware name: Lab\n"
		  "Pid: 77, comm: poppyd Not tainted 2.6.39-lab #1\nCall Trace:\n"
		  " [<ffffffff8104d3f5>] warn_slowpath_common+0x85/0xc0\n [<ffffffff8104d451>] poppy_walk+0x8d/0x210\n",
		  NULL,
		  "warning - pid 77 'poppyd' 2.6.39-lab taint '' (kernel poppy_seed+4c/1a0 0 regs) "
		  "<- ~warn_slowpath_common poppy_walk" },
		/* 7.0 */
		{ "WARNING: fs/poppy/seed.c:12 at poppy_seed+0x4c/0x1a0, CPU#90: poppy/9/77\n"
		  "CPU: 90 UID: 0 PID: 77 Comm: poppy/9 Not tainted 7.0.0-lab #1 PREEMPT\n",
		  NULL,
		  "warning - cpu 90 pid 77 'poppy/9' 7.0.0-lab taint '' (kernel poppy_seed+4c/1a0 "
		  "0 regs)" },
		{ "list_add corruption. next->prev should be prev (ffff88810b771c38), but was ffff88810b779c38.\n"
		  "------------[ cut here ]------------\nkernel BUG at lib/list_debug.c:28!\n"
		  "Oops: invalid opcode: 0000 [#1] SMP\nCPU: 1 UID: 0 PID: 7 Comm: poppyd Not tainted 6.12.0-lab #1\n",
		  "list_add corruption",
		  "list-corruption x86-64 cpu 1 pid 7 'poppyd' 6.12.0-lab taint '' #1 code 0" },
		{ "------------[ cut here ]------------\nWARNING: CPU: 1 PID: 7 at lib/list_debug.c:53 poppy_del+0x63/0xa0\n"
		  "list_del corruption. prev->next should be ffff88010b771c38, but was dead000000000100\n",
		  "list_del corruption",
		  "list-corruption - cpu 1 pid 7 (kernel poppy_del+63/a0 0 regs)" },
		{ "------------[ cut here ]------------\nrefcount_t: underflow; use-after-free.\n"
		  "WARNING: CPU: 1 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xba/0x110\n",
		  "refcount_t",
		  "refcount - cpu 1 pid 7 (kernel refcount_warn_saturate+ba/110 0 regs)" },
		{ "rust_kernel: panicked at drivers/poppy/ring.rs:214:17:\nindex out of bounds\n"
		  "------------[ cut here ]------------\nkernel BUG at rust/helpers/bug.c:7!\n"
		  "Oops: invalid opcode: 0000 [#1] PREEMPT SMP PTI\nRIP: 0010:rust_helper_BUG+0x8/0x10\nCall Trace:\n"
		  " _RNvNtCsbF3xK9mQ2Lp_4core9panicking9panic_fmt+0x7c/0x88\n poppy_walk+0x8d/0x210\n",
		  "rust_kernel",
		  "rust-panic x86-64 #1 code 0 (kernel rust_helper_BUG+8/10 0 regs) <- "
		  "~_RNvNtCsbF3xK9mQ2Lp_4core9panicking9panic_fmt poppy_walk" },
		{ "usercopy: Kernel memory exposure attempt detected from SLUB object 'poppy' (offset 0, size 99)!\n"
		  "kernel BUG at mm/usercopy.c:102!\ninvalid opcode: 0000 [#1] SMP\nRIP: 0010:usercopy_abort+0x6c/0x80\n",
		  "usercopy", "bug x86-64 #1 code 0 (kernel usercopy_abort+6c/80 0 regs)" },
		{ "BUG: sleeping function called from invalid context at mm/slab.h:306\n"
		  "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 7, name: poppyd\n"
		  "CPU: 1 PID: 7 Comm: poppyd Not tainted 6.1.0-lab #1\nCall Trace:\n dump_stack_lvl+0x33/0x42\n",
		  NULL, "bug - cpu 1 pid 7 'poppyd' 6.1.0-lab taint '' <- ~dump_stack_lvl" },
		{ "=============================\nWARNING: suspicious RCU usage\n6.1.0-lab #1 Not tainted\n"
		  "other info that might help us debug this:\n -> #1 (&a){+.+.}-{3:3}:\n       lock_acquire+0xd4/0x2f0\n"
		  "stack backtrace:\nCPU: 1 PID: 7 Comm: poppyd Not tainted 6.1.0-lab #1\nCall Trace:\n poppy_walk+0x8d/0x210\n",
		  NULL, "warning - cpu 1 pid 7 'poppyd' 6.1.0-lab taint '' <- poppy_walk" },
		{ "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n"
		  "CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-lab #1\nCall Trace:\n panic+0x341/0x36a\n mount_root+0x1/0x2\n",
		  NULL, "panic - cpu 0 pid 1 'swapper/0' 6.1.0-lab taint '' <- ~panic mount_root" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* What the kernel's own checks of memory report. */
static void checks_of_memory(void **state)
{
	static const struct row rows[] = {
		{ "==================================================================\n"
		  "BUG: KASAN: slab-use-after-free in poppy_seed+0x4c/0x1a0 [poppy]\n"
		  "Read of size 8 at addr ffff88810a2b3c48 by task poppy/0:1/811\n\n"
		  "CPU: 1 PID: 811 Comm: poppy/0:1 Not tainted 6.1.0-lab #1\nCall Trace:\n <IRQ>\n dump_stack_lvl+0x33/0x42\n"
		  " poppy_seed+0x4c/0x1a0 [poppy]\n </IRQ>\n <TASK>\nRIP: 0010:default_idle+0xf/0x20\n" CODE_64
			  REGISTERS_64
		  " </TASK>\n\nAllocated by task 811:\n kasan_save_stack+0x1/0x2\n poppy_new+0x1/0x2\n\n"
		  "Memory state around the buggy address:\n ffff88810a2b3b00: fb fb fb fb\n"
		  "==================================================================\n",
		  NULL,
		  "kasan x86-64 cpu 1 pid 811 'poppy/0:1' 6.1.0-lab taint '' at ffff88810a2b3c48 "
		  "read (kernel poppy_seed+4c/1a0[poppy] 0 regs) (in trace: kernel "
		  "default_idle+f/20 18 regs 64@42:48) irqs 1 <- ~dump_stack_lvl poppy_seed[poppy]" },
		{ "BUG: KASAN: stack-out-of-bounds in poppy_seed+0x4c/0x1a0 at addr ffff8801ca657d38\n"
		  "Write of size 4 by task poppyd/811\n",
		  NULL, "kasan - pid 811 'poppyd' write (kernel poppy_seed+4c/1a0 0 regs)" },
		{ "BUG: KFENCE: use-after-free read in poppy_seed+0x4c/0x1a0\n\n"
		  "Use-after-free read at 0xffff98f6bbedcfd8 (in kfence-#122):\n poppy_seed+0x4c/0x1a0\n kthread+0x1/0x2\n\n"
		  "kfence-#122: 0xffff98f6bbedcf60-0xffff98f6bbedcfff, size=160, cache=kmalloc-192\n\n"
		  "allocated by task 11 on cpu 6 at 204393.299396s:\n poppy_new+0x1/0x2\n\n"
		  "CPU: 5 PID: 114 Comm: poppyd Tainted: G    B              6.1.0-lab #1\n"
		  "RIP: 0010:poppy_seed+0x4c/0x1a0\n" CODE_64 REGISTERS_64,
		  NULL,
		  "kfence x86-64 cpu 5 pid 114 'poppyd' 6.1.0-lab taint 'B' at ffff98f6bbedcfd8 "
		  "read (kernel poppy_seed+4c/1a0 18 regs 64@42:48) <- poppy_seed kthread" },
		{ "BUG: KFENCE: out-of-bounds write in poppy_seed+0x4c/0x1a0\n"
		  "Out-of-bounds write at 0x00000000b8368693 (1B left of kfence-#52):\n poppy_seed+0x4c/0x1a0\n",
		  NULL, "kfence - write (kernel poppy_seed+4c/1a0 0 regs) <- poppy_seed" },
		{ "BUG: KCSAN: data-race in poppy_seed / poppy_walk\n\n"
		  "write to 0xffff88810a2b3c48 of 8 bytes by task 487 on cpu 5:\n poppy_seed+0x4c/0x1a0\n kthread+0x1/0x2\n\n"
		  "read to 0xffff88810a2b3c48 of 8 bytes by task 9 on cpu 2:\n poppy_walk+0x1/0x2\n\n"
		  "value changed: 0x0000000000000001 -> 0x0000000000000002\n\n"
		  "Reported by Kernel Concurrency Sanitizer on:\nCPU: 5 PID: 487 Comm: poppyd Not tainted 6.1.0-lab #1\n",
		  NULL,
		  "kcsan - cpu 5 pid 487 'poppyd' 6.1.0-lab taint '' at ffff88810a2b3c48 <- "
		  "poppy_seed kthread" },
		{ "UBSAN: shift-out-of-bounds in fs/poppy/seed.c:57:13\n"
		  "shift exponent 32 is too large for 32-bit type 'unsigned int'\n"
		  "CPU: 1 PID: 811 Comm: poppyd Not tainted 6.1.0-lab #1\nCall Trace:\n dump_stack_lvl+0x33/0x42\n",
		  NULL, "ubsan - cpu 1 pid 811 'poppyd' 6.1.0-lab taint '' <- ~dump_stack_lvl" },
		{ "=============================================================================\n"
		  "BUG kmalloc-64 (Tainted: G    B  O     ): Right Redzone overwritten\n"
		  "-----------------------------------------------------------------------------\n\n"
		  "0xffff88810a2b3c40-0xffff88810a2b3c47 @offset=3136. First byte 0x0 instead of 0xcc\n"
		  "Allocated in poppy_new+0x1/0x2 [poppy] age=1 cpu=1 pid=811\n\tpoppy_new+0x1/0x2\n"
		  "Slab 0xffffea0004e970c0 objects=64 used=1 fp=0xffff88810a2b3c80 flags=0x200\n"
		  "Redzone  ffff88810a2b3c38: cc cc cc cc cc cc cc cc  ........\n"
		  "CPU: 1 PID: 811 Comm: poppyd Tainted: G    B  O       6.1.0-lab #1\nCall Trace:\n check_bytes+0x1/0x2\n",
		  NULL, "slub - cpu 1 pid 811 'poppyd' 6.1.0-lab taint 'BO' <- check_bytes" },
		{ "BUG: Bad page state in process poppy worker  pfn:13a5c3\n"
		  "page:ffffea0004e970c0 refcount:0 mapcount:0 mapping:00000000c4d1e2f7 index:0x2 pfn:0x13a5c3\n"
		  "raw: 0017ffffc0000000 ffffea0004e97001 dead000000000122 dead000000000400\n"
		  "CPU: 1 PID: 811 Comm: poppy worker Not tainted 6.1.0-lab #1\nCall Trace:\n bad_page+0x71/0x108\n",
		  NULL, "bad-page - cpu 1 pid 811 'poppy worker' 6.1.0-lab taint '' <- ~bad_page" },
		{ "BUG: Bad page map in process poppyd  pte:8000000123456067 pmd:10a3c4067\n"
		  "addr:00007f1e5a1c2000 vm_flags:08000070 anon_vma:0000000000000000 mapping:ffff88810a2b3c48 index:1\n",
		  NULL, "bad-page - 'poppyd' pte=8000000123456067 pmd=10a3c4067" },
		{ "page:cf3a1000 refcount:0 mapcount:0 mapping:c1f2b3a4 index:0x1 pfn:0x12\n"
		  "page dumped because: VM_BUG_ON_PAGE(PageTail(page))\n------------[ cut here ]------------\n"
		  "kernel BUG at mm/poppy.c:12!\ninvalid opcode: 0000 [#1] SMP\nEIP: poppy_wake+0x1c/0x40\n",
		  "kernel BUG", "bug i386 #1 code 0 (kernel poppy_wake+1c/40 0 regs)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* Tasks and CPUs that do not go on, and what is no fault of the kernel. */
static void stops(void **state)
{
	static const struct row rows[] = {
		{ "INFO: task poppy worker:402 blocked for more than 241 seconds.\n      Tainted: G        W   6.1.0-lab #1\n"
		  "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
		  "task:poppy worker    state:D stack:0     pid:402   ppid:1      flags:0x00000002\nCall Trace:\n <TASK>\n"
		  " __schedule+0x32c/0x960\n poppy_fsync+0x8c/0x1b0 [poppy]\n" USER_64 " </TASK>\n"
		  "INFO: task poppy worker:402 is blocked on a mutex likely owned by task rose:9.\n"
		  "task:rose            state:S stack:0     pid:9     ppid:1      flags:0x00000002\nCall Trace:\n rose_wait+0x1/0x2\n"
		  "NMI backtrace for cpu 3\nCPU: 3 PID: 45 Comm: khungtaskd Not tainted 6.1.0-lab #1\nCall Trace:\n dump_stack+0x1/0x2\n"
		  "Kernel panic - not syncing: hung_task: blocked tasks\n",
		  NULL,
		  "hung-task x86-64 pid 402 'poppy worker' 6.1.0-lab taint 'W' 241s (in trace: "
		  "user ip 7f1e5a2d1b4e 6 regs) <- ~__schedule poppy_fsync[poppy]" },
		{ "watchdog: BUG: soft lockup - CPU#5 stuck for 23s! [poppy:9:911]\nModules linked in: poppy\n"
		  "CPU: 5 PID: 911 Comm: poppy:9 Tainted: G             L    5.7.0-lab #31\n"
		  "RIP: 0010:poppy_rd32+0x1a/0x58 [poppy]\n" CODE_64 REGISTERS_64
		  "Call Trace:\n poppy_test+0x1/0x2\n"
		  "Sending NMI from CPU 5 to CPUs 0:\nNMI backtrace for cpu 0\nCPU: 0 PID: 0 Comm: swapper/0 Not tainted 5.7.0-lab #31\n"
		  "RIP: 0010:default_idle+0xf/0x20\n" REGISTERS_64
		  "Call Trace:\n cpu_idle+0x1/0x2\n",
		  NULL,
		  "soft-lockup x86-64 cpu 5 pid 911 'poppy:9' 5.7.0-lab taint 'L' 23s (kernel "
		  "poppy_rd32+1a/58[poppy] 18 regs 64@42:48) <- poppy_test" },
		{ "NMI watchdog: Watchdog detected hard LOCKUP on cpu 3\nModules linked in:\n"
		  "CPU: 3 PID: 811 Comm: poppyd Not tainted 4.9.0-lab #1\nCall Trace:\n <NMI>  [<ffffffff8104d3f5>] "
		  "watchdog_overflow_callback+0x1/0x2\n <<EOE>>  [<ffffffff8104d451>] poppy_walk+0x8d/0x210\n",
		  NULL,
		  "hard-lockup - cpu 3 pid 811 'poppyd' 4.9.0-lab taint '' <- "
		  "~watchdog_overflow_callback poppy_walk" },
		{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nrcu: \t5-...0: (5 ticks this GP) idle=04cc/1/0x4\n"
		  "rcu: \t7-...0: (5 ticks this GP) idle=04cc/1/0x4\n\t(detected by 3, t=5252 jiffies, g=-1139, q=146 ncpus=4)\n"
		  "Sending NMI from CPU 3 to CPUs 5:\nNMI backtrace for cpu 5\n"
		  "CPU: 5 PID: 811 Comm: poppyd Not tainted 6.1.0-lab #1\nRIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64
		  "Call Trace:\n <TASK>\n poppy_walk+0x8d/0x210\n" USER_64 " </TASK>\n"
		  "Sending NMI from CPU 3 to CPUs 7:\nNMI backtrace for cpu 7\n"
		  "CPU: 7 PID: 9 Comm: rose Not tainted 6.1.0-lab #1\nRIP: 0010:rose_walk+0x4c/0x1a0\n" REGISTERS_64
		  "Call Trace:\n rose_wait+0x1/0x2\n"
		  "rcu: rcu_preempt kthread starved for 2503 jiffies! g-1139 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=3\n"
		  "rcu: RCU grace-period kthread stack dump:\n"
		  "task:rcu_preempt     state:I stack:0     pid:15    ppid:2      flags:0x00000010\nCall Trace:\n __schedule+0x1/0x2\n",
		  NULL,
		  "rcu-stall x86-64 cpu 5 pid 811 'poppyd' 6.1.0-lab taint '' (kernel "
		  "poppy_seed+4c/1a0 18 regs) (in trace: user ip 7f1e5a2d1b4e 6 regs) <- poppy_walk" },
		/* the thread of RCU comes before the CPU that stalls */
		{ "rcu: INFO: rcu_preempt self-detected stall on CPU\nrcu: \t1-...!: (25906 ticks this GP) idle=70bc/0/0x1\n"
		  "rcu: rcu_preempt kthread starved for 25998 jiffies! g5665 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=0\n"
		  "rcu: RCU grace-period kthread stack dump:\n"
		  "task:rcu_preempt     state:I stack:0     pid:17    ppid:2      flags:0x00000010\nCall Trace:\n __schedule+0x1/0x2\n"
		  "rcu: Stack dump where RCU GP kthread last ran:\nNMI backtrace for cpu 0\n"
		  "CPU: 0 PID: 9 Comm: rose Not tainted 6.7.0-lab #1\nRIP: 0010:rose_walk+0x4c/0x1a0\n" REGISTERS_64
		  "CPU: 1 PID: 811 Comm: poppyd Not tainted 6.7.0-lab #1\nRIP: 0010:poppy_seed+0x4c/0x1a0\n" REGISTERS_64
		  "Call Trace:\n poppy_walk+0x8d/0x210\n",
		  NULL,
		  "rcu-stall x86-64 cpu 1 pid 811 'poppyd' 6.7.0-lab taint '' (kernel poppy_seed+4c/1a0 18 regs) <- poppy_walk" },
		{ "INFO: task rose:402 blocked for more than 120 seconds.\n"
		  "CPU: 3 PID: 45 Comm: khungtaskd Not tainted 6.1.0-lab #1\n",
		  NULL, "hung-task - pid 402 'rose' 6.1.0-lab taint '' 120s" },
		{ "INFO: rcu_sched self-detected stall on CPU\n\t1-...: (26000 ticks this GP) idle=70b/1/1\n"
		  "Call Trace:\n <IRQ>  [<ffffffff810a51a1>] sched_show_task+0xc1/0x140\n",
		  NULL, "rcu-stall - cpu 1 irqs 1 <- ~sched_show_task" },
		{ "Uhhuh. NMI received for unknown reason 3d on CPU 2.\nDazed and confused, but trying to continue\n"
		  "Kernel panic - not syncing: NMI: Not continuing\nCPU: 2 PID: 0 Comm: swapper/2 Not tainted 6.1.0-lab #1\n"
		  "Call Trace:\n <NMI>\n panic+0x341/0x36a\n </NMI>\nRIP: 0010:default_idle+0xf/0x20\n" REGISTERS_64,
		  NULL,
		  "nmi x86-64 cpu 2 pid 0 'swapper/2' 6.1.0-lab taint '' (in trace: kernel "
		  "default_idle+f/20 18 regs) <- ~panic" },
		{ "poppy worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		  "CPU: 2 PID: 811 Comm: poppy worker Not tainted 6.1.0-lab #1\nCall Trace:\n dump_header+0x1/0x2\nMem-Info:\n"
		  "Out of memory: Killed process 900 (rose)\nKernel panic - not syncing: Out of memory: system-wide panic_on_oom\n",
		  NULL, "oom - cpu 2 pid 811 'poppy worker' 6.1.0-lab taint '' <- dump_header" },
		{ "mce: [Hardware Error]: CPU 12: Machine Check Exception: 5 Bank 7: be000000004200a1\n"
		  "mce: [Hardware Error]: RIP !INEXACT! 10:<ffffffffad69583b> \n{default_idle+0x3e/0x54}\n"
		  "mce: [Hardware Error]: TSC 9d3a52f1e0c7 ADDR 2b7c4f000 MISC 200300b007001086 \n"
		  "Kernel panic - not syncing: Fatal machine check\n",
		  NULL,
		  "mce x86-64 cpu 12 (kernel ip ffffffffad69583b default_idle+3e/54 0 regs)" },
		{ "poppyctl[5120]: segfault at 18 ip 000055d0c41a3b7e sp 00007ffe2b1d0c40 error 4 in poppyctl[55d0c41a3000+4000] "
		  "likely on CPU 2 (core 2, socket 0)\n"
		  "Code: 00 00 <48> 8b 43 18 c3 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90\n",
		  NULL,
		  "segfault x86-64 pid 5120 'poppyctl' at 18 code 4 (user ip 55d0c41a3b7e 1 regs "
		  "25@2:48)" },
		{ "traps: poppy ctl[51] general protection fault ip:55d0c41a3b7e sp:7ffe2b1d0c40 error:0 in poppyctl[55d0c41a3000+4000]\n",
		  NULL, "segfault x86-64 pid 51 'poppy ctl' code 0 (user ip 55d0c41a3b7e 1 regs)" },
		{ "poppyctl[51]: segfault at 0 ip 080483f4 sp bf8f1a30 error 6 in poppyctl[8048000+1000]\n",
		  NULL, "segfault i386 pid 51 'poppyctl' at 0 code 6 (user ip 80483f4 1 regs)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* --- places, damage, boots, repetition, order --- */

/* Where the digits of registers, addresses, codes and entries are in the text. */
static void places(void **state)
{
	static const char text[] =
		"[   12.000001] BUG: unable to handle page fault for address: ffff88810b771c08\n"
		"[   12.000002] #PF: error_code(0x0002) - not-present page\n"
		"[   12.000003] PGD 2a01067 P4D 0 \n"
		"[   12.000004] RIP: 0010:poppy_seed+0x4c/0x1a0\n"
		"[   12.000005] RSP: 0018:ffffc9000a4fbd58 EFLAGS: 00010246\n"
		"[   12.000006] RAX: 0000000000000000 RBX: ffff88810b771c00 RCX: 0000000000000001\n";
	struct oops_reports reports;
	const struct oops_report *report;
	const struct oops_number *rbx;

	(void)state;
	read_text(text, &reports);
	report = &reports.report[0];
	rbx = oops_register_find(oops_report_context(report), "rbx");
	assert_non_null(rbx);
	assert_int_equal(rbx->line, 5);
	assert_memory_equal(reports.lines.line[5].text + rbx->at, "ffff88810b771c00", rbx->size);
	assert_int_equal(report->address.line, 0);
	assert_memory_equal(reports.lines.line[0].text + report->address.at, "ffff88810b771c08",
			    report->address.size);
	assert_memory_equal(reports.lines.line[1].text + report->code.at, "0002 ",
			    report->code.size);
	assert_memory_equal(reports.lines.line[2].text + report->entry[0].at, "2a01067 ",
			    report->entry[0].size);
	assert_null(oops_register_find(oops_report_context(report), "r8"));
	assert_int_equal(report->nr_lines, 6);
	assert_int_equal(report->line[5], 5);
	oops_reports_release(&reports);
}

static void damage(void **state)
{
	static const struct row rows[] = {
		{ "RIP: 0010:poppy_seed+0x4c/0x1a0\n"
		  "RAX: 00000000000 RBX: 0000000000000001 RCX: 00000000000000012\nRDX: 00000000000000zz RSI:\n",
		  NULL,
		  "trace x86-64 (kernel poppy_seed+4c/1a0 5 regs) !digits are missing: RAX !too many "
		  "digits: RCX !digits are missing: RDX !digits are missing: RSI" },
		{ "BUG: unable to handle page fault for address: ffff88810b77\nRIP: 0010:[<ffffffff8104d>] "
		  "poppy_seed+0x4c/0x1a0\nCode: 48 89 e5 <48> 8b 4\n",
		  NULL,
		  "page-fault x86-64 (kernel poppy_seed+4c/1a0 0 regs 5@3:48) !digits are missing: address "
		  "!digits are missing: RIP" },
	};
	struct oops_reports reports;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
	read_text(rows[0].text, &reports);
	assert_null(oops_register_find(&reports.report[0].context[0], "rax"));
	assert_non_null(oops_register_find(&reports.report[0].context[0], "rbx"));
	oops_reports_release(&reports);
}

#define OOPS(time, who, rbx)                                                                       \
	"[" time "] general protection fault: 0000 [#1] SMP\n"                                     \
	"[" time "] CPU: 1 PID: " who " Comm: poppyd Not tainted 4.18.0-lab #1\n"                  \
	"[" time "] RIP: 0010:poppy_seed+0x4c/0x1a0\n"                                             \
	"[" time "] RBX: " rbx "\n"                                                                \
	"[" time "] ---[ end trace 0123456789abcdef ]---\n"

static void boots(void **state)
{
	struct oops_reports reports;

	(void)state;
	/* The time falls back after the offset of the first boot. */
	read_text(
		OOPS("81200.100000", "7",
		     "ffffffff9e248c05") "[81200.200000] Kernel Offset: "
					 "0x1d000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)\n" OOPS(
						 "   33.100000", "7",
						 "ffffffff9da48c05") "[   33.200000] Kernel Offset: disabled\n",
		&reports);
	assert_int_equal(reports.nr, 2);
	assert_int_equal(reports.nr_boots, 2);
	assert_int_equal(reports.report[0].boot, 0);
	assert_int_equal(reports.report[1].boot, 1);
	assert_true(reports.boot[0].kaslr.has_offset);
	assert_int_equal(reports.boot[0].kaslr.offset, 0x1d000000);
	assert_true(reports.boot[0].kaslr.linked == UINT64_C(0xffffffff81000000));
	assert_false(reports.boot[1].kaslr.has_offset);
	assert_true(reports.boot[1].kaslr.disabled);
	assert_int_equal(reports.boot[1].line, 6);
	assert_string_equal(reports.boot[1].release, "4.18.0-lab");
	oops_reports_release(&reports);

	/* A banner, and another release, begin a boot. */
	read_text(
		"[    0.000000] Linux version 6.1.0-lab (root@lab) #1\n[    1.000000] poppy: hello\n" OOPS(
			"    2.000000", "7", "ffffffff9e248c05"),
		&reports);
	assert_int_equal(reports.nr_boots, 2);
	assert_string_equal(reports.boot[0].release, "6.1.0-lab");
	assert_int_equal(reports.boot[1].line, 2);
	assert_int_equal(reports.report[0].boot, 1);
	oops_reports_release(&reports);

	/* A driver of x86 has a name like a register of arm64. */
	read_text(
		"[    0.700000] amd_pstate: the _CPC object is not present in SBIOS or ACPI disabled\n" OOPS(
			"    2.000000", "7", "ffffffff9e248c05"),
		&reports);
	assert_int_equal(reports.nr, 1);
	assert_int_equal(reports.nr_boots, 1);
	oops_reports_release(&reports);

	/* CPUs write lines not quite in order. */
	read_text(OOPS("    9.000100", "7", "ffffffff9e248c05")
			  OOPS("    9.000001", "7", "ffffffff9e248c06"),
		  &reports);
	assert_int_equal(reports.nr, 2);
	assert_int_equal(reports.nr_boots, 1);
	oops_reports_release(&reports);
}

static void repetition(void **state)
{
	struct oops_reports reports;

	(void)state;
	/* the text twice; then another report of the same place */
	read_text(OOPS("   33.100000", "7", "ffffffff9da48c05")
			  OOPS("   33.100000", "7", "ffffffff9da48c05")
				  OOPS("   34.100000", "7", "ffffffff9da48c06"),
		  &reports);
	assert_int_equal(reports.nr, 2);
	assert_int_equal(reports.report[0].times, 2);
	assert_int_equal(reports.report[0].again, 5);
	assert_int_equal(reports.report[1].times, 1);
	assert_int_equal(reports.report[1].again, 0);
	oops_reports_release(&reports);

	/* the registers behind the end */
	read_text(OOPS("   33.100000", "7",
		       "ffffffff9da48c05") "[   33.100000] RIP: 0010:poppy_seed+0x4c/0x1a0\n[   33.100000] RBX: ffffffff9da48c05\n",
		  &reports);
	assert_int_equal(reports.nr, 1);
	assert_int_equal(reports.report[0].times, 1);
	assert_int_equal(reports.report[0].again, 5);
	assert_int_equal(reports.report[0].nr_contexts, 1);
	oops_reports_release(&reports);

	/* Another boot has the same report at another time: another event. */
	read_text(OOPS("81200.100000", "7", "ffffffff9e248c05")
			  OOPS("   33.100000", "7", "ffffffff9e248c05"),
		  &reports);
	assert_int_equal(reports.nr, 2);
	oops_reports_release(&reports);
}

static const char *summary_of(const struct oops_reports *reports, size_t at)
{
	static char text[SUMMARY];

	summarize(&reports->report[at], text);
	return text;
}

/* Two CPUs print at the same time. */
static void order(void **state)
{
	static const char with_ids[] =
		"[  812.402113][   T17] BUG: kernel NULL pointer dereference, address: 0000000000000038\n"
		"[  812.402115][   T25] BUG: kernel NULL pointer dereference, address: 0000000000000060\n"
		"[  812.402121][   T25] RIP: 0010:rose_close+0x18/0x70\n"
		"[  812.402122][   T17] RIP: 0010:poppy_seed+0x4c/0x1a0\n"
		"[  812.402123][   T17] RAX: 0000000000000001 RBX: 0000000000000001 RCX: 0000000000000001\n"
		"[  812.402124][    C3] poppy: another line\n"
		"[  812.402125][   T25] RAX: 0000000000000002 RBX: 0000000000000002 RCX: 0000000000000002\n"
		"[  812.402126][   T25] Call Trace:\n[  812.402127][   T25]  rose_walk+0x1/0x2\n"
		"[  812.402128][   T17] Call Trace:\n[  812.402129][   T17]  poppy_walk+0x1/0x2\n";
	static const char without[] =
		"BUG: kernel NULL pointer dereference, address: 0000000000000038\n"
		"BUG: kernel NULL pointer dereference, address: 0000000000000060\n"
		"CPU: 3 PID: 17 Comm: poppyd Not tainted 6.8.0-lab #1\nCPU: 6 PID: 25 Comm: rosed Not tainted 6.8.0-lab #1\n"
		"RIP: 0010:rose_close+0x18/0x70\nRIP: 0010:poppy_seed+0x4c/0x1a0\n";
	struct oops_reports reports;

	(void)state;
	read_text(with_ids, &reports);
	assert_int_equal(reports.nr, 2);
	assert_string_equal(
		summary_of(&reports, 0),
		"page-fault x86-64 pid 17 at 38 (kernel poppy_seed+4c/1a0 3 regs) <- poppy_walk");
	assert_string_equal(
		summary_of(&reports, 1),
		"page-fault x86-64 pid 25 at 60 (kernel rose_close+18/70 3 regs) <- rose_walk");
	oops_reports_release(&reports);

	read_text(without, &reports);
	assert_int_equal(reports.nr, 2);
	assert_true(reports.report[0].mixed);
	assert_true(reports.report[1].mixed);
	oops_reports_release(&reports);
}

/* Lines of others may stand between the lines of a report; a line much later is of another report. */
static void distance(void **state)
{
	static const char text[] =
		"[   10.000000] BUG: unable to handle page fault for address: 0000000000180292\n"
		"[   10.100000] i2c i2c-1: supply vdd not found\n[   10.200000] i2c i2c-2: supply vdd not found\n"
		"[   12.000000] CPU: 3 PID: 1630 Comm: modprobe Not tainted 5.10.19-lab #1\n"
		"[   12.000001] RIP: 0010:poppy_seed+0x4c/0x1a0\n[   12.000002] ---[ end trace 0123456789abcdef ]---\n"
		"[   99.000000] CPU: 1 PID: 9 Comm: rosed Not tainted 5.10.19-lab #1\n[   99.000001] Call Trace:\n"
		"[   99.000002]  rose_walk+0x1/0x2\n";
	struct oops_reports reports;

	(void)state;
	read_text(text, &reports);
	assert_int_equal(reports.nr, 2);
	assert_string_equal(
		summary_of(&reports, 0),
		"page-fault x86-64 cpu 3 pid 1630 'modprobe' 5.10.19-lab taint '' at 180292 "
		"(kernel poppy_seed+4c/1a0 0 regs)");
	assert_int_equal(reports.report[0].nr_lines, 4);
	assert_int_equal(reports.report[0].last, 5);
	assert_string_equal(summary_of(&reports, 1),
			    "trace x86-64 cpu 1 pid 9 'rosed' 5.10.19-lab taint '' <- rose_walk");
	oops_reports_release(&reports);
}

/* A trace that no title announces ends where the next one begins. */
static void traces(void **state)
{
	struct oops_reports reports;

	(void)state;
	read_text(
		"CPU: 3 PID: 1630 Comm: modprobe Not tainted 5.10.19-lab #1\nCall Trace:\n poppy_walk+0x1/0x2\n"
		"CPU: 1 PID: 9 Comm: rosed Not tainted 5.10.19-lab #1\nCall Trace:\n rose_walk+0x1/0x2\n",
		&reports);
	assert_int_equal(reports.nr, 2);
	assert_string_equal(summary_of(&reports, 0),
			    "trace - cpu 3 pid 1630 'modprobe' 5.10.19-lab taint '' <- poppy_walk");
	assert_string_equal(summary_of(&reports, 1),
			    "trace - cpu 1 pid 9 'rosed' 5.10.19-lab taint '' <- rose_walk");
	oops_reports_release(&reports);
	read_text(" poppy_walk+0x1/0x2\n rose_walk+0x1/0x2 [rose]\n", &reports);
	assert_int_equal(reports.nr, 1);
	assert_string_equal(summary_of(&reports, 0), "trace - <- poppy_walk rose_walk[rose]");
	oops_reports_release(&reports);
}

static void contexts(void **state)
{
	struct oops_reports reports;

	(void)state;
	/* A check of memory is not about the code that the interrupt stopped; a lockup is. */
	read_text("BUG: KASAN: use-after-free in poppy_seed+0x4c/0x1a0\nCall Trace:\n <IRQ>\n poppy_seed+0x4c/0x1a0\n"
		  "RIP: 0010:default_idle+0xf/0x20\n",
		  &reports);
	assert_ptr_equal(oops_report_context(&reports.report[0]), &reports.report[0].context[0]);
	assert_null(oops_report_user(&reports.report[0]));
	oops_reports_release(&reports);
	read_text("watchdog: BUG: soft lockup - CPU#5 stuck for 23s! [poppy:911]\nCall Trace:\n <IRQ>\n dump_stack+0x4c/0x1a0\n"
		  "RIP: 0010:poppy_seed+0xf/0x20\n" USER_64,
		  &reports);
	assert_string_equal(oops_report_context(&reports.report[0])->where.name, "poppy_seed");
	assert_ptr_equal(oops_report_user(&reports.report[0]), &reports.report[0].context[1]);
	oops_reports_release(&reports);
	read_text("UBSAN: negation-overflow in fs/poppy/seed.c:1:2\nCall Trace:\n <IRQ>\n dump_stack+0x4c/0x1a0\n"
		  "RIP: 0010:default_idle+0xf/0x20\n",
		  &reports);
	assert_int_equal(reports.report[0].nr_contexts, 1);
	assert_null(oops_report_context(&reports.report[0]));
	oops_reports_release(&reports);
	/* a 32-bit process; Xen's kernel */
	read_text("RIP: e030:poppy_seed+0xf/0x20\nCall Trace:\n poppy_walk+0x1/0x2\nRIP: 0023:0xf7f5a549\n",
		  &reports);
	assert_false(reports.report[0].context[0].of_user);
	assert_true(reports.report[0].context[1].of_user);
	assert_true(reports.report[0].context[1].is_compat);
	oops_reports_release(&reports);
}

/* There are more reports than are kept, and lines that no kernel prints. */
static void limits(void **state)
{
	enum { MANY = OOPS_MOST_REPORTS + 20 };
	char text[MANY * 64] = "";
	struct oops_reports reports;
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "BUG: KASAN: use-after-free in poppy%u+0x4c/0x1a0\n", i);
	read_text(text, &reports);
	assert_int_equal(reports.nr, OOPS_MOST_REPORTS);
	assert_int_equal(reports.more, 20);
	oops_reports_release(&reports);
	read_text("", &reports);
	assert_int_equal(reports.nr, 0);
	oops_reports_release(&reports);
	read_text("\n  \nDear all,\nthe sum is 3.\nCR2: the second register\nRIP\nCode: of conduct\nPGD \n[",
		  &reports);
	assert_int_equal(reports.nr, 0);
	oops_reports_release(&reports);
}

static void symbols(void **state)
{
	struct oops_symbol symbol;

	(void)state;
	assert_string_equal(oops_symbol_read("foo.cold+0x4c/0x1a0 [brd] x", &symbol), " x");
	assert_string_equal(symbol.name, "foo.cold");
	assert_string_equal(symbol.module, "brd");
	assert_int_equal(symbol.offset, 0x4c);
	assert_int_equal(symbol.extent, 0x1a0);
	assert_string_equal(oops_symbol_read("foo+0x4 [brd", &symbol), " [brd");
	assert_string_equal(symbol.module, "");
	assert_int_equal(symbol.extent, 0);
	assert_null(oops_symbol_read("foo", &symbol));
	assert_null(oops_symbol_read("foo+0x", &symbol));
	assert_null(oops_symbol_read("3oo+0x1/0x2", &symbol));
	assert_null(oops_symbol_read("foo+0x12345678123456781/0x2", &symbol));
}

static void count_report(void *arg, const struct oops_report *report)
{
	size_t *nr = arg;

	assert_true(report->of != NULL);
	++*nr;
}

/* Of too many reports, the first ones and the last one are kept, and the caller sees all. */
static void all_of_lines(void **state)
{
	enum { REPORTS = 150 };
	struct oops_reports reports = { .nr = 0 };
	struct error err;
	char text[64];
	size_t nr = 0;

	(void)state;
	for (unsigned int i = 0; i < REPORTS; i++) {
		snprintf(text, sizeof(text), "BUG: soft lockup - CPU#%u stuck for 22s! [cat:%u]", i,
			 i + 1);
		assert_true(
			oops_lines_add(&reports.lines, &(struct oops_line){ .first = i }, text));
	}
	oops_lines_end(&reports.lines);
	assert_true(oops_reports_of_lines(&reports, 10, count_report, &nr, &err));
	assert_int_equal(nr, REPORTS - 10);
	assert_int_equal(reports.nr, OOPS_MOST_REPORTS);
	assert_int_equal(reports.more, REPORTS - 10 - OOPS_MOST_REPORTS);
	assert_int_equal(reports.report[0].pid, 11);
	assert_int_equal(reports.report[OOPS_MOST_REPORTS - 2].pid, 10 + OOPS_MOST_REPORTS - 1);
	assert_int_equal(reports.report[OOPS_MOST_REPORTS - 1].pid, REPORTS);
	oops_reports_release(&reports);
}

struct stopping {
	unsigned int calls, most; /* stops at this call */
};

static bool stop_at(void *arg)
{
	struct stopping *stopping = arg;

	return ++stopping->calls > stopping->most;
}

/* Reading asks whether to stop at least once in each 32 KiB, and ends when it shall. */
static void asks_whether_to_stop(void **state)
{
	enum { SIZE = 1 << 20 };
	static const char *const pieces[] = {
		"BUG: kernel NULL\npointer dereference,\naddress: \n0000000000000\n000\nCall \nTrace:\n",
		"=\n",
		"=3D",
		"&#60;",
		"\x01",
		"\n",
		"{\"MESSAGE\":\"BUG: x\"}",
		"{\"MESSAGE\":[66,85]}\n",
		"MESSAGE=a\n\n",
		"6,1,1,-;a\\x0ab\n",
		"Oops#1 Part1\n<4>[1.0] BUG: x\n",
		" [<ffffffff81000000>] ? foo+0x1/0x2\n",
	};
	char *text = malloc(SIZE);
	struct oops_reports reports;
	struct error err;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct stopping stopping = { .most = UINT32_MAX };
		const struct listener listener = { .stop = stop_at, .arg = &stopping };
		unsigned int all;

		for (size_t at = 0; at < SIZE; at++)
			text[at] = pieces[i][at % strlen(pieces[i])];
		assert_true(oops_reports_read(&reports, text, SIZE, &listener, &err));
		oops_reports_release(&reports);
		all = stopping.calls;
		assert_in_range(all, SIZE >> 15, UINT32_MAX);
		for (unsigned int part = 0; part < 8; part++) {
			stopping = (struct stopping){ .most = all / 8 * part };
			assert_false(oops_reports_read(&reports, text, SIZE, &listener, &err));
			assert_int_equal(err.code, ERROR_INTERRUPTED);
			assert_in_range(stopping.calls, stopping.most + 1, stopping.most + 16);
			oops_reports_release(&reports);
		}
	}
	free(text);
}

/* The line that names a report. */
static void heads(void **state)
{
	static const char *const cases[][3] = {
		/* lines, the index of the head, of the title */
		{ "list_del corruption. prev\nkernel BUG at lib/list_debug.c:29!", "1", "0" },
		{ "BUG: unable to handle page fault for address: 0\nOops: 0002 [#1] SMP", "0",
		  "0" },
		{ "CFI failure at foo+0x1/0x2\nInternal error: Oops - CFI: 0 [#1]", "1", "0" },
		{ "rust_kernel: panicked at a.rs:1:2:\nx\nkernel BUG at rust/helpers/bug.c:7!", "0",
		  "0" },
		{ "tulipd: Corrupted page table at address 7f00\nBad pagetable: 000f [#1]", "0",
		  "0" },
	};
	struct oops_reports reports;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		read_text(cases[i][0], &reports);
		assert_int_equal(reports.nr, 1);
		assert_int_equal(reports.report[0].head, atoi(cases[i][1]));
		assert_int_equal(reports.report[0].title, atoi(cases[i][2]));
		oops_reports_release(&reports);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exceptions_of_x86_64),
		cmocka_unit_test(exceptions_of_i386),
		cmocka_unit_test(exceptions_of_arm64),
		cmocka_unit_test(bugs_and_warnings),
		cmocka_unit_test(checks_of_memory),
		cmocka_unit_test(stops),
		cmocka_unit_test(places),
		cmocka_unit_test(damage),
		cmocka_unit_test(boots),
		cmocka_unit_test(repetition),
		cmocka_unit_test(order),
		cmocka_unit_test(distance),
		cmocka_unit_test(contexts),
		cmocka_unit_test(limits),
		cmocka_unit_test(symbols),
		cmocka_unit_test(traces),
		cmocka_unit_test(all_of_lines),
		cmocka_unit_test(asks_whether_to_stop),
		cmocka_unit_test(heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
