/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The reports in a kernel's log: an oops, a warning, a lockup, a message of KASAN and so on, with all that the
 * kernel printed about it. This is the only reader of the kernel's words about problems; facts.h
 * says what the numbers mean, explain.h draws the conclusions. */
#pragma once

#include <string.h>

#include "oops/function.h"
#include "oops/lines.h"

enum oops_kind {
	OOPS_TRACE, /* a trace, and nothing that says why */
	OOPS_PAGE_FAULT,
	OOPS_GENERAL_PROTECTION,
	OOPS_BUG, /* BUG(), or another invalid opcode */
	OOPS_WARNING,
	OOPS_DIVIDE_ERROR,
	OOPS_DOUBLE_FAULT,
	OOPS_STACK_OVERFLOW, /* the kernel says so: a guard page was hit, "kernel stack overflow" */
	OOPS_PANIC, /* a panic without another report */
	OOPS_HUNG_TASK,
	OOPS_SOFT_LOCKUP,
	OOPS_HARD_LOCKUP,
	OOPS_RCU_STALL,
	OOPS_OOM,
	OOPS_KASAN,
	OOPS_KFENCE,
	OOPS_KCSAN,
	OOPS_UBSAN,
	OOPS_SLUB, /* "BUG kmalloc-64 (Tainted: ...): Redzone overwritten" */
	OOPS_BAD_PAGE, /* "BUG: Bad page state", "BUG: Bad page map" */
	OOPS_LIST_CORRUPTION,
	OOPS_REFCOUNT,
	OOPS_CFI,
	OOPS_SERROR,
	OOPS_MCE,
	OOPS_RUST_PANIC,
	OOPS_SEGFAULT, /* of a process */
	OOPS_ALIGNMENT, /* alignment faults of arm64 and riscv64 */
	OOPS_ACCESS_FAULT, /* of riscv64: the physical address is refused */
	OOPS_BREAKPOINT, /* arm64's unexpected BRK, x86's int3 */
	OOPS_UNDEFINED_INSTRUCTION, /* of arm64 and riscv64 */
	OOPS_NMI,
	NR_OOPS_KINDS
};

enum {
	KIND_TITLE =
		1, /* the kernel's message is the best summary, because it names what was found */
	KIND_CHECK = 2, /* a check of the kernel finds it, so the place may be the check's */
	KIND_ELSEWHERE = 4, /* the registers are not of the place */
	KIND_FAULT = 8, /* an instruction could not be executed */
	KIND_CR2 = 16, /* CR2 may be of this report */
	KIND_STOP = 32, /* an NMI, an interrupt or a panic has stopped the code that it is about */
	KIND_EXCEPTION = 64, /* registers and process are the ones of the code that prints it */
};
extern const struct oops_kind_facts {
	const char *name; /* in JSON: "page-fault" and so on */
	const char *text;
	unsigned int is;
} oops_kinds[NR_OOPS_KINDS];

static inline bool oops_kind_has(enum oops_kind kind, unsigned int property)
{
	return oops_kinds[kind].is & property;
}

enum oops_access { OOPS_NO_ACCESS, OOPS_READ, OOPS_WRITE, OOPS_EXECUTE };
extern const char *const oops_access_names[]; /* "read" and so on; NULL for OOPS_NO_ACCESS */

enum { OOPS_NAME = 256, OOPS_MODULE = 64, OOPS_COMM = 64, OOPS_RELEASE = 65 };

/* "name+0x4c/0x1a0 [module]". Line numbers are indexes in struct oops_lines. */
struct oops_symbol {
	char name[OOPS_NAME]; /* "": none */
	char module[OOPS_MODULE]; /* "": none */
	uint64_t offset, extent; /* extent: 0 if the text does not show it */
	bool no_offset; /* the text shows only the function */
};

static inline bool oops_symbol_is_same(const struct oops_symbol *one,
				       const struct oops_symbol *other)
{
	return !strcmp(one->name, other->name) && one->offset == other->offset;
}

/* Reads a symbol at the start of `text`. Returns the text after it, or NULL. */
const char *oops_symbol_read(const char *text, struct oops_symbol *symbol);

/* Is it a name of the compiler for data, such as ".LC16"? */
bool oops_symbol_is_data(const struct oops_symbol *symbol);

/* Writes "name [module]", the same for each boot and build: see function_name(). */
void oops_symbol_function(const struct oops_symbol *symbol, char name[FUNCTION_NAME]);

/* A number that the text shows: a register, an entry of a page table, an address, a code. */
struct oops_number {
	/* Of a register, as in the instruction: "rbx", "x19", "sp", "cr2"; "far", "orig_rax". Of an entry: "pgd", "p4d",
	 * "pud", "pmd", "pte", "pde", "pdpt". */
	char name[12];
	bool damaged; /* digits are missing, or there are too many: value is not set */
	uint64_t value;
	size_t line;
	size_t at, size; /* of the digits in the line */
};

enum { OOPS_REGISTERS = 64, OOPS_CODE = 128 };

/* The registers at one place: of the code that the report is about, of the process that had entered the
 * kernel, or of the code that an NMI or interrupt stopped. */
struct oops_context {
	uint16_t machine; /* of the report */
	size_t first, last; /* lines */
	bool of_user; /* the registers with which a process entered the kernel, or of a fault in user mode */
	bool is_compat; /* CS is of a 32-bit process */
	/* The block stands within the trace: the code that an interrupt or NMI stopped, or, if of_user is set,
	 * the process that entered the kernel. */
	bool in_trace;
	bool has_ip;
	uint64_t ip; /* valid if has_ip: the text shows the number; else only where */
	struct oops_symbol where;
	struct oops_symbol
		link; /* where lr of arm64 or ra of riscv64 points to, if the text shows a symbol there */
	size_t ip_line;
	struct oops_number reg[OOPS_REGISTERS];
	size_t nr_regs;
	/* The bytes after "Code:". mark: index of the byte at ip; nr if none is marked. */
	uint8_t code[OOPS_CODE];
	size_t nr_code, mark;
	size_t code_line; /* 0 if nr_code is 0 */
	uint8_t code_unit; /* the digits of a byte, half word or word of it */
	bool old_code; /* the place is of a kernel that printed the code from the instruction on */
	const char *code_why_not; /* why the bytes of the instruction are not known, or NULL */
	bool opcode_unreadable; /* "Bad RIP value", "Unable to access opcode bytes" */
	uint8_t address_bits; /* 48, if the title proves that the CPU had no more; else 0 */
};

/* Returns NULL if the context does not show the register, or if its digits are damaged. context may be NULL. */
const struct oops_number *oops_register_find(const struct oops_context *context, const char *name);

struct oops_frame {
	struct oops_symbol symbol; /* name is "" if the line has only an address */
	bool has_address;
	uint64_t address;
	bool guessed; /* "?" */
	bool in_machinery; /* only prints the report, or waits, or begins where a call returns */
	bool of_arm; /* of 32 bits: "foo from bar+0x1c/0x28" */
	unsigned int irqs; /* marks "<IRQ>" before it */
	bool is_stopped; /* a mark before it ends the frames of an interrupt or NMI: "<EOI>" */
	size_t line;
};

enum { OOPS_CONTEXTS = 3, OOPS_FRAMES = 64, OOPS_ENTRIES = 6, OOPS_TAINTS = 20, OOPS_DAMAGES = 16 };

struct oops_report {
	enum oops_kind kind;
	size_t first, last; /* lines; the ones of other reports may lie between */
	size_t *line; /* owned: the indexes of its lines, in order */
	size_t nr_lines, line_room;
	size_t title; /* the line that says what happened */
	/* The line that names the report as the kernel's own tools do: "kernel BUG at lib/list_debug.c:29!" where the
	 * title is "list_add corruption". Valid if `of` is set. */
	size_t head;
	/* What is known about such titles. NULL: no line says what happened. */
	const struct oops_title *of;
	/* No line is known to say what happened: the title is the line before the trace. */
	bool is_announced;
	size_t message; /* the words that a WARN() or BUG() was given, as a line; 0: there are none, or not known */
	size_t boot; /* index in struct oops_reports */
	/* How often the same report is in the text (same kind, place and registers); at least 1. */
	unsigned int times;
	/* Where it, or only its registers behind "end trace", were shown again last: an index of a line; 0:
	 * nowhere. */
	size_t again;
	/* Lines of another report lie between these, and the text does not show which are whose: registers may
	 * be of the other one. */
	bool mixed;
	uint16_t machine; /* EM_* of elf.h; EM_NONE: not known */
	char release[OOPS_RELEASE]; /* "": not in the report */
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[OOPS_COMM]; /* "": not in the report */
	char workqueue[OOPS_NAME]; /* "Workqueue: events foo": "events foo"; "": none */
	bool has_taint; /* the text says which letters, or "Not tainted" */
	/* The letters but 'G', which is no taint, in the order of the text. */
	char taint[OOPS_TAINTS + 1];
	size_t taint_line;
	unsigned int die_count; /* of "[#2]"; 0: not in the text */
	char memory_cgroup
		[512]; /* of the OOM killer: the path of the one that has reached its limit; "" */
	uint32_t seconds; /* of a lockup or a hung task; 0: not in the text */
	/* The faulting address: "address: ", "virtual address ", CR2 of a page fault, or the address that the
	 * message of KASAN or a general protection fault names. */
	bool has_address;
	struct oops_number address; /* size: also set if the address is damaged */
	bool address_is_range; /* "maybe for address", "probably for non-canonical address" are not ranges; "in
				* range [a-b]" of KASAN is: */
	uint64_t range_first, range_last;
	/* x86: the error code of the exception. arm64: ESR. riscv64: scause. */
	bool has_code;
	struct oops_number code;
	/* As the words say; the error code is evaluated by the reader of this struct. */
	enum oops_access access;
	bool says_user; /* "user access", "in user mode" */
	struct oops_number entry[OOPS_ENTRIES];
	size_t nr_entries;
	struct oops_context context[OOPS_CONTEXTS]; /* in the order of the text */
	size_t nr_contexts;
	struct oops_frame *frame; /* owned */
	size_t nr_frames, frame_room;
	size_t nr_irqs; /* marks "<IRQ>" before the first sure frame */
	/* "digits are missing: RAX" and so on */
	char damaged[OOPS_DAMAGES][48];
	size_t nr_damaged;
};

/* Which build of a release a kernel is. "": the text does not show it. */
struct oops_build {
	char number[OOPS_RELEASE]; /* "#1" or "#14~22.04.1-Ubuntu", the start of the version of uname(2) */
	char package[OOPS_RELEASE]; /* Debian's version of the package, such as "6.1.176-1" */
};

/* A machine that a text can show, also one whose kernels kwalk does not read. */
enum { OOPS_MARKS = 5 };
struct oops_machine {
	uint16_t number; /* EM_* of elf.h */
	uint8_t word; /* the size of a word in bytes */
	const char *name; /* with an article */
	const char *marks[OOPS_MARKS]; /* texts that only this machine prints */
};

/* The name of a machine that kwalk does not read. */
const char *oops_machine_name(uint16_t machine);

/* "Kernel Offset: 0x... from 0x...", or "Kernel Offset: disabled" */
struct oops_kaslr {
	bool has_offset, disabled;
	uint64_t offset, linked;
	size_t line;
};

/* A boot of a kernel. These begin a boot: the line "Linux version", a time that falls, a report after the line
 * "Kernel Offset", with which a panic ends, and a line about another kernel. */
struct oops_boot {
	size_t line; /* its first line */
	bool is_report; /* the text is a report or a log, and not only some numbers */
	struct oops_kaslr kaslr;
	char release[OOPS_RELEASE]; /* "": not in the text */
	struct oops_build build;
	const struct oops_machine *machine; /* NULL: the text does not show it */
	const char *system; /* a system that is not Linux, or NULL */
	uint8_t va_bits; /* arm64's "48-bit VAs"; 0: the text does not show it */
};

enum { OOPS_MOST_REPORTS = 100 }; /* the last one of the text is always kept */

struct oops_reports {
	struct oops_lines lines;
	struct oops_boot *boot; /* owned */
	size_t nr_boots, boot_room;
	/* Owned: at most OOPS_MOST_REPORTS; the same report is counted, not repeated. */
	struct oops_report *report;
	size_t nr, room;
	size_t more; /* reports that were not kept */
};

/* Reads all reports in the text. Returns false and sets err if memory runs out, or if the listener stops it; then, too,
 * oops_reports_release() must be called. Takes linear time. */
bool oops_reports_read(struct oops_reports *reports, const char *text, size_t size,
		       const struct listener *listener, struct error *err);

/* Reads all reports in reports->lines, from the line `first` on. The other members must be zero. Calls `visit` for
 * each report, also for those that are the same. The order is the one of their ends. Asks reports->lines.listener. */
typedef void oops_visit(void *arg, const struct oops_report *report);
bool oops_reports_of_lines(struct oops_reports *reports, size_t first, oops_visit *visit, void *arg,
			   struct error *err);
void oops_reports_release(struct oops_reports *reports);

/* Returns the number of the boot to which a line belongs, counted from 1, or 0 if there are no lines. */
size_t oops_reports_boot(const struct oops_reports *reports, size_t line);

/* The context that the report is about: the first of the kernel that is not in the trace; of a lockup, stall, NMI
 * or panic also one in the trace, which is the stopped code; else the one of a process. NULL: there is none. */
const struct oops_context *oops_report_context(const struct oops_report *report);
/* The registers with which a process entered the kernel. NULL: there are none. */
const struct oops_context *oops_report_user(const struct oops_report *report);
/* Is the code of the report a syndrome of arm64? */
bool oops_report_is_syndrome(const struct oops_report *report);

/* Reads the release and the build from a banner ("Linux version ...", linux_banner in init/version.c), or from a
 * line with the letters of the taint, as dump_stack_print_info() in lib/dump_stack.c prints it: "Comm: init
 * Tainted: G        W   6.1.0-18-amd64 #1  Debian 6.1.76-1". Debian adds the version of the package. */
void oops_build_read(const char *line, char release[OOPS_RELEASE], struct oops_build *build);
/* Do both show the same property, and is it different? */
bool oops_build_differs(const struct oops_build *one, const struct oops_build *other);
