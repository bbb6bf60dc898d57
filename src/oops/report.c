/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/report.h"

#include <ctype.h>
#include <elf.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/scatter.h"
#include "oops/facts.h"
#include "oops/report_parts.h"
#include "oops/scan.h"

enum {
	MOST_OPEN = 8, /* reports that are read at the same time */
	MOST_PAUSE = 10, /* seconds between two lines of a report */
	MOST_BOOTS = 1000, /* besides the ones of reports */
	MOST_REORDER = 5, /* seconds: CPUs write lines not quite in order of time */
};

struct reader {
	struct oops_reports *reports;
	struct oops_reading *open[MOST_OPEN]; /* owned; the one that was read last comes last */
	size_t nr_open;
	uint64_t *hash; /* owned: of each report in reports->report */
	size_t nr_hashes, hash_room;
	bool has_time, has_ended; /* of the current boot: a time was read; "Kernel Offset" */
	bool boot_begun; /* something that a kernel prints was read */
	bool boot_kept; /* a report of it is kept */
	uint64_t usec;
	bool no_memory;
	oops_visit *visit; /* NULL: no callback */
	void *arg;
};

/* --- boots --- */

static struct oops_boot *current_boot(const struct reader *reader)
{
	return &reader->reports->boot[reader->reports->nr_boots - 1];
}

static void begin_boot(struct reader *reader, size_t line)
{
	struct oops_reports *reports = reader->reports;
	const struct oops_boot boot = { .line = line };
	const struct oops_boot *last = reports->nr_boots ? current_boot(reader) : NULL;

	/* A boot about which nothing is known is not kept. */
	if (last && !reader->boot_kept &&
	    (reports->nr_boots >= MOST_BOOTS ||
	     (!last->kaslr.has_offset && !last->kaslr.disabled && !*last->release &&
	      !last->machine && !last->system && !last->va_bits)))
		reports->nr_boots--;
	reader->no_memory |= !array_add(&reports->boot, &reports->nr_boots, &reports->boot_room,
					&boot, sizeof(boot));
	reader->has_time = reader->has_ended = reader->boot_begun = reader->boot_kept = false;
}

/* "Kernel Offset: 0x1d000000 from 0xffffffff81000000 (relocation range: ...)", or "Kernel Offset: disabled" */
static void read_offset(struct reader *reader, const struct oops_part *part)
{
	const char *at = after_start(part->text, "Kernel Offset: ");
	struct oops_boot *boot = current_boot(reader);
	struct oops_kaslr kaslr = { .has_offset = true, .line = part->index };
	size_t digits;

	if (!at)
		return;
	reader->has_ended = reader->boot_begun = boot->is_report = true;
	if (starts_with(at, "disabled")) {
		boot->kaslr.disabled = true;
		boot->kaslr.line = part->index;
		return;
	}
	at = starts_with(at, "0x") ? oops_part_number(at, &kaslr.offset, &digits) : NULL;
	at = at && digits <= 16 ? after_start(at, " from ") : NULL;
	if (!at || !starts_with(at, "0x") || !oops_part_number(at, &kaslr.linked, &digits) ||
	    digits > 16)
		return;
	kaslr.disabled = boot->kaslr.disabled;
	boot->kaslr = kaslr;
}

/* --- the end of a report --- */

static void hash(uint64_t *sum, uint64_t value)
{
	*sum = scatter(*sum ^ value, scatter_key());
}

static void hash_symbol(uint64_t *sum, const struct oops_symbol *symbol, uint64_t address)
{
	hash(sum, scatter_text(symbol->name));
	hash(sum, symbol->offset);
	hash(sum, address);
}

/* Returns a hash of everything that identifies a report. The title of a hung task has the seconds since it was last
 * seen, and the title of an MCE all that is known. */
static uint64_t hash_report(const struct oops_reports *reports, const struct oops_report *report)
{
	/* The same oops again differs in its number, stack and time, and may cut off its own trace. */
	const bool is_oops = report->die_count && report->nr_contexts &&
			     *report->context[0].where.name && report->context[0].nr_code;
	uint64_t sum = report->kind;

	hash(&sum, (uint64_t)report->pid);
	hash(&sum, report->address.value);
	hash(&sum, scatter_text(report->release));
	hash(&sum, scatter_text(report->comm));
	if (!report->seconds && !is_oops)
		hash(&sum, scatter_text(reports->lines.line[report->title].text));
	for (size_t i = 0; i < report->nr_frames && !is_oops; i++)
		hash_symbol(&sum, &report->frame[i].symbol, report->frame[i].address);
	for (size_t i = 0; i < (is_oops ? 1 : report->nr_contexts); i++) {
		const struct oops_context *context = &report->context[i];

		hash_symbol(&sum, &context->where, context->ip);
		for (size_t j = 0; j < context->nr_regs && !is_oops; j++)
			hash(&sum, context->reg[j].value);
		for (size_t j = 0; j < context->nr_code; j++)
			hash(&sum, context->code[j]);
	}
	return sum;
}

/* In another boot, the same report is another event, unless it has the same time: then the text is there twice. */
static bool is_same(const struct oops_reports *reports, const struct oops_report *one,
		    const struct oops_report *other)
{
	const struct oops_line *line = &reports->lines.line[one->first];
	const struct oops_line *next = &reports->lines.line[other->first];

	return one->kind == other->kind &&
	       (one->boot == other->boot ||
		(line->has_time == next->has_time && line->usec == next->usec));
}

/* A report that is there twice shows that both boots are one. */
static void join_boots(struct oops_reports *reports, size_t boot, size_t other)
{
	struct oops_boot *to = &reports->boot[boot], *from = &reports->boot[other];

	if (!to->kaslr.has_offset && !to->kaslr.disabled)
		to->kaslr = from->kaslr;
}

static void release_report(struct oops_report *report)
{
	free(report->line);
	free(report->frame);
}

/* Keeps the report, or counts it if it is there already. Returns 1 + its index, or 0. */
static size_t keep(struct reader *reader, struct oops_report *report)
{
	struct oops_reports *reports = reader->reports;
	uint64_t sum = hash_report(reports, report);

	for (size_t i = 0; i < reports->nr; i++)
		if (reader->hash[i] == sum && is_same(reports, &reports->report[i], report)) {
			reports->report[i].times++;
			reports->report[i].again = report->first;
			if (reports->report[i].boot != report->boot)
				join_boots(reports, reports->report[i].boot, report->boot);
			release_report(report);
			return 0;
		}
	if (reports->nr == OOPS_MOST_REPORTS) { /* how the kernel ended matters most */
		reports->more++;
		release_report(&reports->report[--reports->nr]);
		reader->nr_hashes--;
	}
	if (array_add(&reader->hash, &reader->nr_hashes, &reader->hash_room, &sum, sizeof(sum)) &&
	    array_add(&reports->report, &reports->nr, &reports->room, report, sizeof(*report))) {
		reader->boot_kept |= report->boot + 1 == reports->nr_boots;
		return reports->nr;
	}
	reader->no_memory = true;
	release_report(report);
	return 0;
}

/* Takes the faulting address from the register if no other line says it. */
static void take_address(struct oops_report *report, const char *name)
{
	const struct oops_number *reg = oops_register_find(oops_report_context(report), name);

	if (!reg || report->has_address || report->address.size)
		return;
	report->has_address = true;
	report->address = *reg;
}

/* riscv64: the cause and the address are registers, which are valid in the report of an exception only. */
static void take_cause(struct oops_report *report)
{
	const struct oops_number *cause = oops_register_find(oops_report_context(report), "cause");

	if (!cause)
		return;
	report->has_code = true;
	report->code = *cause;
	if (oops_kind_is_any(report->kind, KIND(PAGE_FAULT) | KIND(ACCESS_FAULT) | KIND(ALIGNMENT) |
						   KIND(STACK_OVERFLOW)))
		take_address(report, "badaddr");
}

/* The syndromes of an alignment fault: DFSC 0x21 of a data abort (Arm ARM, ESR_EL1). */
static bool is_alignment_fault(const struct oops_report *report)
{
	uint64_t class = report->code.value >> 26 & 63;

	return report->machine == EM_AARCH64 && report->has_code &&
	       (class == 0x24 || class == 0x25) && (report->code.value & 63) == 0x21;
}

/* The machine of a text without registers: x86 prints addresses with all digits, except after "0x". */
static uint16_t machine_of_words(const struct oops_reports *reports,
				 const struct oops_report *report)
{
	const char *text = reports->lines.line[report->title].text;

	for (size_t size; *text; text += size ? size : 1) {
		size = strspn(text, "0123456789abcdef");
		if (size == 16)
			return EM_X86_64;
	}
	return EM_NONE;
}

/* Entry code in the trace shows the machine, and handlers show what happened where no line says it: arch/x86/entry and
 * kernel/traps.c, arch/arm64/kernel/entry.S and traps.c, arch/riscv/kernel/traps.c. */
static void take_entries(struct oops_report *report)
{
	static const struct {
		const char *start;
		uint16_t machine;
		enum oops_kind kind;
	} entries[] = {
		{ "entry_SYSCALL_64", EM_X86_64, OOPS_TRACE },
		{ "entry_SYSENTER_32", EM_386, OOPS_TRACE },
		{ "entry_INT80_32", EM_386, OOPS_TRACE },
		{ "el0t_64_", EM_AARCH64, OOPS_TRACE },
		{ "el1h_64_", EM_AARCH64, OOPS_TRACE },
		{ "do_trap_ecall_u", EM_RISCV, OOPS_TRACE },
		{ "do_double_fault", EM_NONE, OOPS_DOUBLE_FAULT },
		{ "exc_double_fault", EM_NONE, OOPS_DOUBLE_FAULT },
		{ "asm_exc_double_fault", EM_NONE, OOPS_DOUBLE_FAULT },
		{ "handle_bad_stack", EM_NONE, OOPS_STACK_OVERFLOW },
		{ "panic_bad_stack", EM_NONE, OOPS_STACK_OVERFLOW },
	};

	for (size_t i = 0; i < report->nr_frames; i++)
		for (size_t j = 0; j < sizeof(entries) / sizeof(*entries); j++) {
			if (!starts_with(report->frame[i].symbol.name, entries[j].start))
				continue;
			if (!report->machine)
				report->machine = entries[j].machine;
			if (report->kind == OOPS_TRACE && !report->of)
				report->kind = entries[j].kind;
		}
}

/* An address that is canonical with 57 bits is not canonical only where the CPU uses 48. */
static void take_address_bits(const struct oops_reports *reports, struct oops_report *report)
{
	const char *title = reports->lines.line[report->title].text;
	const uint64_t top = report->address.value >> 56;

	if (report->machine != EM_X86_64 || report->mixed || !report->has_address ||
	    !strstr(title, "non-canonical address ") || (top && top != UINT8_MAX))
		return;
	for (size_t i = 0; i < report->nr_contexts; i++)
		report->context[i].address_bits = 48;
}

/* Judges the report when all its lines were read. */
static void complete(const struct oops_reports *reports, struct oops_reading *reading)
{
	struct oops_report *report = &reading->report;

	if (!report->machine && reading->is_x86)
		report->machine = machine_of_words(reports, report);
	take_entries(report);
	/* The lines that show the machine may be missing. */
	if (!report->machine && oops_report_is_syndrome(report))
		report->machine = EM_AARCH64;
	if (report->kind == OOPS_TRACE && reading->shows_cr2)
		report->kind = OOPS_PAGE_FAULT;
	if (report->machine == EM_RISCV)
		take_cause(report);
	else if (report->kind == OOPS_PAGE_FAULT && report->machine != EM_AARCH64 && !report->mixed)
		take_address(report, "cr2");
	if (report->kind == OOPS_PAGE_FAULT && is_alignment_fault(report))
		report->kind = OOPS_ALIGNMENT;
	take_address_bits(reports, report);
	/* "Oops - BUG: 0": before 4.x, die() of arm64 was often called without the syndrome */
	if (report->machine == EM_AARCH64 && !report->code.value)
		report->has_code = false;
	/* x86-64 prints 16 digits, except after "0x" */
	if (report->machine == EM_X86_64 && report->has_address && report->address.size == 8 &&
	    oops_kind_has(report->kind, KIND_EXCEPTION)) {
		report->has_address = false;
		oops_part_damage(report, "address", true);
	}
	if (oops_kind_has(report->kind, KIND_EXCEPTION))
		oops_who_caller(report, reading->caller_kind, reading->caller);
}

/* Ends the reading of reader->open[at]. Returns 1 + the index of the report, or 0. */
static size_t close_reading(struct reader *reader, size_t at)
{
	struct oops_reading *reading = reader->open[at];
	size_t kept, overlapped = reading->overlapped;
	bool mixed;

	complete(reader->reports, reading);
	reader->reports->boot[reading->report.boot].is_report |= reading->report.of != NULL;
	if (reader->visit)
		reader->visit(reader->arg, &reading->report);
	mixed = reading->report.mixed;
	kept = keep(reader, &reading->report);
	if (mixed && overlapped && overlapped <= reader->reports->nr)
		reader->reports->report[overlapped - 1].mixed = true;
	free(reading);
	reader->nr_open--;
	memmove(reader->open + at, reader->open + at + 1,
		(reader->nr_open - at) * sizeof(*reader->open));
	return kept;
}

static void close_all(struct reader *reader)
{
	while (reader->nr_open)
		close_reading(reader, 0);
}

/* --- to which report a line belongs --- */

static bool prints(const struct oops_reading *reading, const struct oops_line *line)
{
	return (reading->caller_kind == line->caller_kind && reading->caller == line->caller) ||
	       (line->caller_kind && reading->other_kind == line->caller_kind &&
		reading->other == line->caller);
}

/* Moves the reading to the end of the list. */
static struct oops_reading *use(struct reader *reader, size_t at)
{
	struct oops_reading *reading = reader->open[at];

	memmove(reader->open + at, reader->open + at + 1,
		(reader->nr_open - at - 1) * sizeof(*reader->open));
	reader->open[reader->nr_open - 1] = reading;
	return reading;
}

/* CPUs answer the NMI that the report of a stall or lockup sends, each under its own id. */
static bool answers(const struct oops_reading *reading, const struct oops_part *part)
{
	return starts_with(part->text, "NMI backtrace for cpu ") &&
	       oops_kind_is_any(reading->report.kind, KIND(RCU_STALL) | KIND(HUNG_TASK) |
							      KIND(SOFT_LOCKUP) |
							      KIND(HARD_LOCKUP));
}

/* Finds the report that the one who printed the line prints. A line without an id, in a text with ids, is the rest
 * of a broken one. */
static struct oops_reading *find_reading(struct reader *reader, const struct oops_part *part)
{
	for (size_t i = reader->nr_open; i-- > 0;)
		if (prints(reader->open[i], part->line)) {
			const struct oops_reading *reading = reader->open[i];

			if (!reading->has_time || !part->line->has_time ||
			    part->line->usec <= reading->usec + MOST_PAUSE * UINT64_C(1000000))
				return use(reader, i);
			close_reading(reader, i);
			return NULL;
		}
	for (size_t i = reader->nr_open; i-- > 0;)
		if (answers(reader->open[i], part)) {
			reader->open[i]->other_kind = part->line->caller_kind;
			reader->open[i]->other = part->line->caller;
			return use(reader, i);
		}
	return !part->line->caller_kind && reader->nr_open ? reader->open[reader->nr_open - 1] :
							     NULL;
}

static struct oops_reading *begin_reading(struct reader *reader, const struct oops_part *part)
{
	struct oops_reading *reading;

	if (reader->nr_open == MOST_OPEN)
		close_reading(reader, 0);
	if (reader->has_ended) {
		close_all(reader);
		begin_boot(reader, part->index);
	}
	reading = calloc(1, sizeof(*reading));
	if (!reading || reader->no_memory) {
		free(reading);
		reader->no_memory = true;
		return NULL;
	}
	reading->report.first = reading->report.title = part->index;
	reading->report.times = 1;
	reading->report.boot = reader->reports->nr_boots - 1;
	reading->caller_kind = part->line->caller_kind;
	reading->caller = part->line->caller;
	reader->open[reader->nr_open++] = reading;
	reader->boot_begun = true;
	return reading;
}

/* Begins the next report of this printer. is_aside: the report that was read goes on after it. */
static struct oops_reading *begin_next(struct reader *reader, struct oops_reading *before,
				       const struct oops_part *part, bool is_aside)
{
	size_t overlapped = 0;
	bool own = before && prints(before, part->line) && !is_aside;
	bool incomplete = own && before->phase != OOPS_END && before->trace == OOPS_NO_TRACE &&
			  !before->caller_kind &&
			  oops_kind_has(before->report.kind, KIND_EXCEPTION);
	struct oops_reading *reading;

	if (own) /* it is the one that was used last */
		overlapped = close_reading(reader, reader->nr_open - 1);
	reading = begin_reading(reader, part);
	if (reading && incomplete)
		reading->overlapped = overlapped;
	return reading;
}

static void add_line(struct reader *reader, struct oops_reading *reading,
		     const struct oops_part *part)
{
	struct oops_report *report = &reading->report;

	reading->has_time = part->line->has_time;
	reading->usec = part->line->usec;
	if (report->nr_lines && report->line[report->nr_lines - 1] == part->index)
		return;
	report->last = part->index;
	reader->no_memory |= !array_add(&report->line, &report->nr_lines, &report->line_room,
					&part->index, sizeof(part->index));
}

/* --- the lines of a report --- */

static bool is_trace_start(const char *text)
{
	return after_any(text, "Call Trace:|Call trace:|Backtrace:");
}

/* Does the line begin with a letter, and contain two words? "address: 0000000000003018" does not. */
static bool has_words(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t nr = 0;

	if (!isalpha((unsigned char)*text))
		return false;
	for (size_t size; *text && nr < 2; text += size ? size : 1) {
		size = strspn(text, letters);
		nr += size > 1;
	}
	return nr >= 2;
}

/* "systemd[1]: ...": a program wrote it to /dev/kmsg. */
static bool is_of_program(const char *text)
{
	const char *end = strstr(text, "]: ");

	return end && isdigit((unsigned char)end[-1]) && memchr(text, '[', (size_t)(end - text)) &&
	       !memchr(text, ' ', (size_t)(end - text));
}

/* A message that no list has stands directly before the trace: after "cut here", or without an indent. Returns its
 * line, or `trace` if there is no such line. */
static size_t find_message(const struct reader *reader, size_t trace)
{
	enum { MOST_BEFORE = 6, MOST_USEC = 100000 };
	const struct oops_line *line = reader->reports->lines.line;
	size_t found = trace;

	for (size_t i = trace; i-- > 0 && trace - i <= MOST_BEFORE;) {
		if (line[i].caller_kind != line[trace].caller_kind ||
		    line[i].caller != line[trace].caller ||
		    line[i].has_time != line[trace].has_time ||
		    line[trace].usec - line[i].usec > MOST_USEC || line[i].begins_event)
			break;
		if (starts_with(line[i].text, "------------[ cut here"))
			return found;
		if (starts_with(line[i].text, "---[ ") || strstr(line[i].text, "Linux version "))
			break;
		if (found == trace && has_words(line[i].text) &&
		    !after_any(
			    line[i].text,
			    "Modules linked in|Call Trace|Call trace|NMI backtrace|stack backtrace:") &&
		    !strstr(line[i].text, "[last unloaded: ") && !is_of_program(line[i].text) &&
		    !oops_who_is_detail(line[i].text))
			found = i;
	}
	/* Without "cut here", only the line that no other line separates from the trace. */
	for (size_t i = found + 1; i < trace; i++)
		if (isgraph((unsigned char)*line[i].text) &&
		    strpbrk(line[i].text, "abcdefghijklmnopqrstuvwxyz") &&
		    !after_any(line[i].text, "Modules linked in|Hardware name"))
			return trace;
	return found;
}

/* Begins the report of a trace that no title announced. */
static struct oops_reading *begin_trace(struct reader *reader, struct oops_reading *before,
					const struct oops_part *part)
{
	const size_t least = before ? before->report.last + 1 : current_boot(reader)->line;
	struct oops_reading *reading = begin_next(reader, before, part, false);
	size_t message = part->index;

	if (reading && (oops_who_is_line(part->text) || is_trace_start(part->text)))
		message = find_message(reader, part->index);
	if (message == part->index || message < least)
		return reading;
	reading->report.first = reading->report.title = message;
	reading->report.is_announced = true;
	reader->no_memory |= !array_add(&reading->report.line, &reading->report.nr_lines,
					&reading->report.line_room, &message, sizeof(message));
	return reading;
}

/* Does the title continue the report that has only begun? */
static bool joins(const struct oops_reading *reading, const struct oops_title *title)
{
	const struct oops_report *report = reading ? &reading->report : NULL;
	bool general = title->kind == OOPS_BUG || title->kind == OOPS_WARNING;

	if (!report)
		return false;
	if (report->kind == title->kind &&
	    (title->kind == OOPS_MCE ||
	     (title->kind == OOPS_OOM && title->is & TITLE_MESSAGE && !reading->is_message)))
		return reading->phase != OOPS_END;
	if (reading->phase != OOPS_HEAD || title->kind == OOPS_OOM)
		return false;
	if (title->is & TITLE_LATE)
		return true;
	if (report->kind == OOPS_TRACE) /* of processes of 32-bit arm, one after the other */
		return title != report->of;
	if (title->is & TITLE_MESSAGE)
		return report->kind == OOPS_BUG || report->kind == OOPS_WARNING;
	return reading->is_message && (general || title->kind == report->kind);
}

static bool starts_cut(const struct oops_line *line)
{
	return starts_with(line->text, "------------[ cut here");
}

/* Since 4.15, the words of WARN() stand between "cut here" and the title (__warn_printk() in kernel/panic.c); in
 * older kernels, and where the architecture has no trap for it, after the title. */
static void take_words_before(const struct reader *reader, struct oops_report *report)
{
	const struct oops_line *line = reader->reports->lines.line;
	const size_t at = report->title - 1;

	if (report->title >= 2 && starts_cut(&line[at - 1]) && !starts_cut(&line[at]) &&
	    line[at].caller_kind == line[report->title].caller_kind &&
	    line[at].caller == line[report->title].caller)
		report->message = at;
}

static bool is_word_after(const struct oops_reading *reading, const struct oops_line *line,
			  size_t index)
{
	const struct oops_report *report = &reading->report;

	return report->kind == OOPS_WARNING && !report->message && reading->phase == OOPS_HEAD &&
	       (index == report->title + 1 ||
		(index == report->title + 2 && starts_with(line[-1].text, "Hardware name"))) &&
	       !after_any(line->text, "Modules linked in|Hardware name") &&
	       !strstr(line->text, "ainted");
}

/* The last line that begins a report counts; without one, the first line of an exception, or the message. */
static void take_head(struct oops_reading *reading, const struct oops_title *title, size_t line)
{
	unsigned int rank = title->is & TITLE_MESSAGE ? 1 : title->is & TITLE_LATE ? 2 : 3;

	if (rank <= reading->head_rank && rank < 3)
		return;
	reading->head_rank = rank;
	reading->report.head = line;
}

/* A decoded title has a line for each function that was inlined: "BUG: KASAN: WHAT in f file.c:1 [inline]". The last one
 * is of the function that has code. */
static bool is_of_inlined(const struct reader *reader, const struct oops_reading *reading,
			  const struct oops_title *title, const struct oops_part *part)
{
	return reading && reading->report.of == title && reading->report.title + 1 == part->index &&
	       strstr(reader->reports->lines.line[reading->report.title].text, " [inline]");
}

static void take_title(struct reader *reader, struct oops_reading *reading,
		       const struct oops_title *title, const struct oops_part *part)
{
	bool is_inlined = is_of_inlined(reader, reading, title, part),
	     joined = is_inlined || joins(reading, title);
	struct oops_report *report;
	const char *place;

	if (!joined)
		reading = begin_next(reader, reading, part,
				     reading && title->kind == OOPS_SEGFAULT &&
					     reading->phase == OOPS_BODY &&
					     (reading->report.kind == OOPS_TRACE ||
					      oops_kind_has(reading->report.kind, KIND_EXCEPTION)));
	if (!reading)
		return;
	report = &reading->report;
	if (!report->of || is_inlined || oops_kind_outranks(title->kind, report->kind) ||
	    (reading->is_message && !(title->is & TITLE_MESSAGE) && title->kind == report->kind &&
	     !(title->is & TITLE_LATE) && report->kind != OOPS_BUG)) {
		report->kind = title->kind;
		report->title = part->index;
		reading->is_message = title->is & TITLE_MESSAGE;
		report->of = title;
	}
	take_head(reading, title, part->index);
	if (title->is & TITLE_MESSAGE && report->title != part->index)
		report->message = part->index;
	else if (report->title == part->index &&
		 oops_kind_is_any(report->kind, KIND(WARNING) | KIND(BUG)))
		take_words_before(reader, report);
	add_line(reader, reading, part);
	reading->is_x86 |= title->is & TITLE_X86;
	oops_who_title(reading, part);
	oops_part_entries(reading, part);
	/* the place where a machine check stopped the CPU, or of "PANIC: early exception 0x0e IP 10:..." */
	place = title->kind == OOPS_MCE			 ? strstr(part->text, "RIP ") :
		starts_with(part->text, "PANIC: early ") ? strcasestr(part->text, "ip ") :
							   NULL;
	if (place)
		oops_part_place(reading, &(struct oops_part){ part->line, place, part->index });
}

static void take_panic(struct reader *reader, struct oops_reading *reading, const char *message,
		       const struct oops_title *title, const struct oops_part *part)
{
	/* UML shows the registers before it panics (segv() in arch/um/kernel/trap.c). */
	const bool is_reason = reading && reading->report.kind == OOPS_TRACE &&
			       !reading->report.of && !reading->report.nr_frames &&
			       reading->report.nr_contexts;

	if (!reading || !(is_reason || oops_panic_is_consequence(message, reading->report.kind))) {
		take_title(reader, reading, title, part);
		return;
	}
	if (reading->report.kind == OOPS_TRACE && !reading->report.of) {
		reading->report.kind = OOPS_PANIC;
		reading->report.title = part->index;
	}
	/* panic() prints the process again, and its own callers */
	reading->goes_on = reading->panicked = true;
	add_line(reader, reading, part);
}

static void add_frame(struct reader *reader, struct oops_reading *reading, struct oops_frame *frame)
{
	struct oops_report *report = &reading->report;
	bool has_sure = false;

	for (size_t i = 0; i < report->nr_frames && !has_sure; i++)
		has_sure = !report->frame[i].guessed;
	report->nr_irqs += has_sure ? 0 : frame->irqs;
	frame->is_stopped |= reading->leaves;
	reading->leaves = frame->is_stopped;
	if ((!*frame->symbol.name && !frame->has_address) || report->nr_frames == OOPS_FRAMES)
		return;
	reading->leaves = false;
	reader->no_memory |= !array_add(&report->frame, &report->nr_frames, &report->frame_room,
					frame, sizeof(*frame));
}

static bool take_frame(struct reader *reader, struct oops_reading *reading,
		       const struct oops_part *part)
{
	struct oops_frame frame;
	const char *text = part->text;

	if (starts_with(text, "</TASK>")) {
		leave_trace(reading);
		if (reading->context && reading->report.context[reading->context - 1].of_user)
			reading->context = 0;
		return true;
	}
	text = oops_part_frame(part, text, &frame);
	if (!text)
		return false;
	/* The words "Call Trace:" may be lost. In the head of a report there may be other frames. */
	if (reading->trace == OOPS_NO_TRACE && reading->phase != OOPS_BODY &&
	    reading->report.kind != OOPS_TRACE)
		return true;
	if (reading->trace == OOPS_NO_TRACE)
		reading->trace = OOPS_IN_TRACE;
	if (reading->phase == OOPS_HEAD)
		reading->phase = OOPS_BODY;
	for (; text; text = *text ? oops_part_frame(part, text, &frame) : NULL)
		if (reading->trace == OOPS_IN_TRACE)
			add_frame(reader, reading, &frame);
	return true;
}

/* The callers of the code that the report is about come first. */
static bool take_trace_start(struct reader *reader, struct oops_reading *reading,
			     const struct oops_part *part)
{
	struct oops_part rest = *part;

	if (!is_trace_start(part->text))
		return false;
	if (reading->phase == OOPS_HEAD)
		reading->phase = OOPS_BODY;
	reading->trace = reading->report.nr_frames ? OOPS_AFTER_TRACE : OOPS_IN_TRACE;
	rest.text = skip_blanks(strchr(part->text, ':') + 1);
	take_frame(reader, reading, &rest); /* up to 2.6.17, the callers are in the same line */
	return true;
}

/* "---[ end trace 0000000000000000 ]---", "=====" after a report of KASAN and the like */
static bool take_end(struct oops_reading *reading, const struct oops_part *part)
{
	bool ends = starts_with(part->text, "---[ end "),
	     line = starts_with(part->text, "=========") && reading->phase == OOPS_BODY &&
		    oops_kind_is_any(reading->report.kind,
				     KIND(KASAN) | KIND(KFENCE) | KIND(KCSAN));

	if (starts_with(part->text, "---[ end Kernel panic"))
		return true;
	if (!ends && !line)
		return false;
	reading->phase = OOPS_END;
	reading->context = 0;
	return true;
}

/* Is the CPU the one that the report is about, and not shown yet? */
static bool is_own_cpu(const struct oops_report *report, const char *number)
{
	return !report->nr_contexts && !report->nr_frames && report->kind != OOPS_HUNG_TASK &&
	       (!report->has_cpu || strtoul(number, NULL, 10) == report->cpu);
}

/* Stalls and lockups: other CPUs, and threads of RCU, show where they are. */
static bool take_other_owner(struct oops_reading *reading, const struct oops_part *part)
{
	const char *nmi = after_start(part->text, "NMI backtrace for cpu ");
	const char *cpu = oops_who_is_line(part->text) ? after_start(part->text, "CPU: ") : NULL;

	/* without an NMI, a CPU shows itself */
	if (cpu && reading->owner == OOPS_FOREIGN && is_own_cpu(&reading->report, cpu))
		reading->owner = OOPS_OWN;
	if (!nmi && !strstr(part->text, " kthread starved for ") &&
	    !strstr(part->text, "RCU grace-period kthread stack dump"))
		return false;
	reading->owner = nmi && is_own_cpu(&reading->report, nmi) ? OOPS_OWN : OOPS_FOREIGN;
	reading->goes_on = true;
	reading->context = 0;
	leave_trace(reading);
	return true;
}

/* What is of another CPU or task is not kept. */
static bool is_foreign(const struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_frame frame;

	return reading->owner != OOPS_OWN &&
	       (oops_who_is_line(part->text) || is_trace_start(part->text) ||
		oops_part_shows_registers(part->text) || starts_with(part->text, "Code:") ||
		oops_part_frame(part, part->text, &frame));
}

static bool take_who(struct oops_reading *reading, const struct oops_part *part)
{
	if (!oops_who_read(reading, part))
		return false;
	if (oops_who_is_line(part->text)) {
		reading->goes_on = reading->goes_on &&
				   (reading->panicked || reading->report.kind == OOPS_RCU_STALL);
		if (reading->phase == OOPS_HEAD)
			reading->phase = OOPS_BODY;
	}
	return true;
}

/* Has all been read that belongs to the report? */
static bool is_complete(const struct oops_reading *reading)
{
	const struct oops_report *report = &reading->report;

	return reading->phase == OOPS_END || reading->trace != OOPS_NO_TRACE ||
	       report->kind == OOPS_MCE ||
	       (report->kind == OOPS_SEGFAULT && report->machine != EM_NONE &&
		report->machine != EM_AARCH64 && report->machine != EM_RISCV);
}

/* Does the line begin a trace that no title announced? */
static bool begins_trace(struct oops_reading *reading, const struct oops_part *part)
{
	struct oops_frame frame;

	if (oops_who_is_line(part->text))
		return !reading || (!reading->goes_on && is_complete(reading));
	if (!reading)
		return is_trace_start(part->text) || starts_with(part->text, "page:") ||
		       oops_part_shows_code(part->text) || oops_part_shows_registers(part->text) ||
		       (oops_part_frame(part, part->text, &frame) && *frame.symbol.name &&
			!frame.symbol.no_offset);
	if (reading->phase != OOPS_END || reading->goes_on)
		return false;
	return is_trace_start(part->text) ||
	       (oops_part_shows_place(part->text) && !oops_part_place(reading, part));
}

static bool take_part(struct reader *reader, struct oops_reading *reading,
		      const struct oops_part *part)
{
	if (reading->wants_ip && oops_who_detail(reading, part))
		return true;
	if (*part->text == 'E' && reading->phase != OOPS_END)
		oops_who_old(&reading->report, part);
	return take_other_owner(reading, part) || is_foreign(reading, part) ||
	       take_end(reading, part) || take_trace_start(reader, reading, part) ||
	       take_who(reading, part) || oops_part_place(reading, part) ||
	       oops_part_registers(reading, part) || oops_part_code(reading, part) ||
	       oops_part_entries(reading, part) || take_frame(reader, reading, part) ||
	       oops_who_detail(reading, part);
}

/* The line of a process, and its code, may stand within the report of another CPU. */
static struct oops_reading *leave_aside(struct reader *reader, struct oops_reading *reading,
					const struct oops_part *part)
{
	const size_t nr = reader->nr_open;
	struct oops_reading *around = nr < 2 ? NULL : reader->open[nr - 2];
	const struct oops_context *context;

	if (!reading || reading->report.kind != OOPS_SEGFAULT || !around ||
	    !prints(around, part->line))
		return reading;
	if (!starts_with(part->text, "Code:")) {
		close_reading(reader, nr - 1);
		return around;
	}
	/* Nothing shows whose code it is if the other report has none yet. */
	context = oops_report_context(&around->report);
	if (context && !context->nr_code)
		reading->phase = OOPS_END;
	return reading;
}

static void take_line(struct reader *reader, const struct oops_part *part)
{
	struct oops_reading *reading = leave_aside(reader, find_reading(reader, part), part);
	const struct oops_title *title = oops_title_find(part->text);
	const char *message = oops_panic_message(part->text);

	/* The kernel had not ended the line before: "some words Unable to handle kernel ..." (i386 of 2.6). */
	if (!title && part->index && starts_with(part->text, "printing eip:") &&
	    !oops_title_find(part->line[-1].text) &&
	    (message = strstr(part->line[-1].text, "Unable to handle kernel ")))
		take_title(reader, reading, oops_title_find(message),
			   &(struct oops_part){ part->line - 1, message, part->index - 1 });
	else if (title && message) {
		take_panic(reader, reading, message, title, part);
	} else if (title) {
		take_title(reader, reading, title, part);
	} else {
		if (begins_trace(reading, part))
			reading = begin_trace(reader, reading, part);
		if (reading && (take_part(reader, reading, part) || reading->wants_next)) {
			add_line(reader, reading, part);
			if (reading->wants_next && !reading->report.message)
				reading->report.message = part->index;
		} else if (reading && is_word_after(reading, part->line, part->index)) {
			reading->report.message = part->index;
			add_line(reader, reading, part);
		}
		if (reading)
			reading->just_ended = starts_with(part->text, "---[ end trace");
	}
	if (reading && !title)
		reading->wants_next = false;
}

/* --- the text --- */

/* Begins a boot with this line, or with the report to which the line belongs. reading: NULL, or the report that was
 * used last. */
static void begin_other_boot(struct reader *reader, struct oops_reading *reading, size_t line)
{
	while (reader->nr_open > (reading ? 1 : 0))
		close_reading(reader, 0);
	begin_boot(reader, reading ? reading->report.first : line);
	if (!reading || reader->no_memory)
		return;
	reading->report.boot = reader->reports->nr_boots - 1;
	reader->boot_begun = true;
}

/* A line about another release, another machine or another system is of another boot. The lines of a report show
 * these only after its first line. */
static void check_kernel(struct reader *reader, const struct oops_part *part)
{
	struct oops_reading *reading = reader->nr_open ? reader->open[reader->nr_open - 1] : NULL;
	struct oops_boot shown;

	oops_boot_read(part->line, &shown);
	if (reading && reading->report.boot + 1 != reader->reports->nr_boots)
		reading = NULL;
	/* A line of another machine within a report whose machine is known is damage. */
	if (reading && reading->phase != OOPS_END && reading->trace == OOPS_NO_TRACE &&
	    reading->report.machine && shown.machine && !*shown.release &&
	    shown.machine->number != reading->report.machine)
		shown.machine = NULL;
	if (reading && !*shown.release)
		memcpy(shown.release, reading->report.release, sizeof(shown.release));
	if (oops_boot_differs(current_boot(reader), &shown)) {
		if (reading &&
		    (reading->phase == OOPS_END || reading->trace != OOPS_NO_TRACE ||
		     shown.system || strcmp(reading->report.release, shown.release) != 0))
			reading = NULL;
		begin_other_boot(reader, reading, part->index);
	}
	if (!reader->no_memory)
		oops_boot_add(current_boot(reader), &shown);
}

/* Begins a boot if the line, or its time, shows one. */
static void check_boot(struct reader *reader, const struct oops_part *part)
{
	const struct oops_line *line = part->line;
	bool banner = starts_with(part->text, "Linux version ");
	/* Nanoseconds beyond the half of 64 bits are of a clock that is negative, and begins with 0 later. */
	bool falls = reader->has_time && line->has_time && reader->usec < UINT64_MAX / 2000 &&
		     line->usec + MOST_REORDER * UINT64_C(1000000) < reader->usec;

	if ((falls || line->begins_event || banner) && reader->boot_begun) {
		close_all(reader);
		begin_boot(reader, part->index);
	}
	if (reader->no_memory)
		return;
	reader->boot_begun |= line->has_time || banner;
	reader->has_time |= line->has_time;
	if (line->has_time)
		reader->usec = line->usec;
}

static int compare_reports(const void *one, const void *other)
{
	const struct oops_report *a = one, *b = other;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* An entry that maps a large page ends the walk. dump_pagetable() of old x86-64 kernels went on, into the page. */
static void end_walk(struct oops_report *report)
{
	struct fact_entry found;

	for (size_t i = 0; i < report->nr_entries; i++) {
		fact_entry(report->machine, report->entry[i].name, report->entry[i].value, true,
			   !strcmp(report->entry[0].name, "pdpt"), &found);
		if (found.is_leaf)
			report->nr_entries = i + 1;
	}
}

/* All reports of a boot are of one machine. The reports are in the order of boots. */
static void spread_machine(struct oops_reports *reports)
{
	struct oops_report *report = reports->report;

	for (size_t i = 1; i < reports->nr; i++)
		if (!report[i].machine && report[i].boot == report[i - 1].boot)
			report[i].machine = report[i - 1].machine;
	for (size_t i = reports->nr; i-- > 1;)
		if (!report[i - 1].machine && report[i].boot == report[i - 1].boot)
			report[i - 1].machine = report[i].machine;
	for (size_t i = 0; i < reports->nr; i++) {
		const struct oops_machine *machine = reports->boot[report[i].boot].machine;

		if (!report[i].machine && machine)
			report[i].machine = machine->number;
	}
	for (size_t i = 0; i < reports->nr; i++) {
		end_walk(&report[i]);
		for (size_t j = 0; j < report[i].nr_contexts; j++) {
			report[i].context[j].machine = report[i].machine;
			oops_part_settle_code(&report[i].context[j], report[i].machine,
					      *report[i].release ?
						      report[i].release :
						      reports->boot[report[i].boot].release);
		}
	}
}

static bool read_all(struct reader *reader, size_t first, struct error *err)
{
	struct oops_reports *reports = reader->reports;

	if (reports->lines.nr)
		begin_boot(reader, first);
	for (size_t i = first; i < reports->lines.nr && !reader->no_memory; i++) {
		const struct oops_line *line = &reports->lines.line[i];
		struct oops_part part = { line, skip_blanks(line->text), i };

		if (oops_lines_stopped(&reports->lines, err))
			return false;
		if (!*part.text)
			continue;
		check_boot(reader, &part);
		if (reader->no_memory)
			break;
		read_offset(reader, &part);
		take_line(reader, &part);
		if (!reader->no_memory)
			check_kernel(reader, &part);
	}
	close_all(reader);
	if (reports->nr)
		qsort(reports->report, reports->nr, sizeof(*reports->report), compare_reports);
	spread_machine(reports);
	return !reader->no_memory || out_of_memory(err);
}

bool oops_reports_read(struct oops_reports *reports, const char *text, size_t size,
		       const struct listener *listener, struct error *err)
{
	*reports = (struct oops_reports){ 0 };
	return oops_lines_read(&reports->lines, text, size, listener, err) &&
	       oops_reports_of_lines(reports, 0, NULL, NULL, err);
}

bool oops_reports_of_lines(struct oops_reports *reports, size_t first, oops_visit *visit, void *arg,
			   struct error *err)
{
	struct reader reader = { .reports = reports, .visit = visit, .arg = arg };

	bool read = read_all(&reader, first, err);

	close_all(&reader);
	free(reader.hash);
	return read;
}

void oops_reports_release(struct oops_reports *reports)
{
	for (size_t i = 0; i < reports->nr; i++)
		release_report(&reports->report[i]);
	free(reports->report);
	free(reports->boot);
	oops_lines_release(&reports->lines);
	*reports = (struct oops_reports){ 0 };
}

size_t oops_reports_boot(const struct oops_reports *reports, size_t line)
{
	size_t nr = ARRAY_SEARCH(i, (size_t)0, reports->nr_boots, reports->boot[i].line <= line);

	return nr ? nr : reports->nr_boots > 0;
}

/* Are the callers before the registers in the trace only the ones that report? Up to 4.x, panic() by a WARN() of x86 has
 * shown the exception so. */
static bool begins_trace_of_code(const struct oops_report *report,
				 const struct oops_context *context)
{
	size_t sure = 0;

	for (size_t i = 0; i < report->nr_frames && report->frame[i].line < context->first; i++) {
		if (!report->frame[i].guessed && !report->frame[i].in_machinery)
			return false;
		sure += !report->frame[i].guessed;
	}
	return sure;
}

const struct oops_context *oops_report_context(const struct oops_report *report)
{
	bool stop = oops_kind_has(report->kind, KIND_STOP);

	for (size_t i = 0; i < report->nr_contexts; i++)
		if (!report->context[i].of_user &&
		    (stop || !report->context[i].in_trace ||
		     (oops_kind_has(report->kind, KIND_EXCEPTION) &&
		      begins_trace_of_code(report, &report->context[i]))))
			return &report->context[i];
	return oops_report_user(report);
}

const struct oops_context *oops_report_user(const struct oops_report *report)
{
	for (size_t i = 0; i < report->nr_contexts; i++)
		if (report->context[i].of_user)
			return &report->context[i];
	return NULL;
}
