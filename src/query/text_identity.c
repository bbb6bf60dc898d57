/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_identity.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scatter.h"
#include "base/sort.h"
#include "base/text.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/printk/log.h"
#include "oops/report.h"
#include "oops/report_parts.h"
#include "query/text_item.h"
#include "symbols/symbol_lookup.h"

enum {
	MOST_SYMBOLS = 64, /* of one boot that are compared */
	/* Lines of registers, and lines with a time, of one boot that are looked for in the log. */
	MOST_KEYS = 16,
	/* So many lines of registers, each with two addresses of the kernel or more, are in the text
	 * and in the log, if the text is of the boot of the log. */
	LEAST_KEYS = 2,
	/* So many lines at different times are both in the text and in the log, with the same time. */
	LEAST_STAMPS = 3,
};

/* What a text shows about one of its boots, besides the facts in struct oops_boot. */
struct text_evidence {
	size_t boot; /* its number, counted from 1 */
	unsigned int nr_same,
		nr_other; /* functions with the size that this kernel has, or another */
	char name[48]; /* the first function with another size */
	uint64_t said, room; /* its size in the text, and in this kernel */
	/* Functions with an address of their own in the text that is not the address of this boot. */
	unsigned int nr_away;
	bool is_moved; /* the difference is one between two boots */
	bool is_home; /* a function has the address of this boot */
	char away[48]; /* the first function that is away, and its address in the text and here */
	uint64_t there, here;
	uint64_t key[MOST_KEYS], stamp[MOST_KEYS];
	size_t nr_keys, nr_stamps;
	size_t first_usec, nr_usec; /* in struct text_identifier */
};

/* --- evidence --- */

/* The evidence is in the order of boots. */
static struct text_evidence *evidence_of(const struct text_identifier *identifier, size_t boot)
{
	size_t at = ARRAY_SEARCH(i, (size_t)0, identifier->nr, identifier->evidence[i].boot < boot);

	return at < identifier->nr && identifier->evidence[at].boot == boot ?
		       &identifier->evidence[at] :
		       NULL;
}

/* A line of the text, and its boot. */
struct read_line {
	struct text_identifier *identifier;
	const struct oops_line *line;
	size_t boot;
};

static struct text_evidence *evidence_of_line(const struct read_line *read)
{
	struct text_identifier *identifier = read->identifier;
	struct text_evidence *found = evidence_of(identifier, read->boot);
	const struct text_evidence new = { .boot = read->boot, .first_usec = identifier->nr_usec };

	if (found)
		return found;
	return array_add(&identifier->evidence, &identifier->nr, &identifier->room, &new,
			 sizeof(new)) ?
		       &identifier->evidence[identifier->nr - 1] :
		       NULL;
}

static void note_place(struct text_evidence *evidence, const char *name, uint64_t there,
		       uint64_t here)
{
	if (there == here) {
		evidence->is_home = true;
	} else if (!evidence->nr_away++) {
		snprintf(evidence->away, sizeof(evidence->away), "%.40s", name);
		evidence->there = there;
		evidence->here = here;
	}
}

/* "[<ffffffff81693456>] schedule+0x36/0x60" and "ffffffff81693456 (schedule+0x36/0x60)": does the
 * symbol have another address in this boot? Differences that KASLR cannot make show nothing: then the
 * number is the address of a stack. */
static void compare_symbol_place(struct text_evidence *evidence, const char *line,
				 const struct text_item *before, const struct text_item *item,
				 const struct text_symbol *found)
{
	enum { LEAST_MOVE = 1 << 16 };
	size_t end = before->at + before->size;

	if (!before->size || before->is_symbol || before->trouble.code || found->nr != 1 ||
	    end + strspn(line + end, " []<>()?:") < item->at ||
	    (before->value - found->address) % LEAST_MOVE)
		return;
	note_place(evidence, item->symbol.name, before->value, found->address);
	evidence->is_moved |= before->value != found->address;
}

/* " #1 [ffffa51c849d39f8] schedule at ffffffffa3b495c8", as bt of crash shows it. */
static void compare_crash_frame(const struct read_line *read)
{
	struct kernel *kernel = read->identifier->kernel;
	const char *line = read->line->text, *at = strstr(line, " at "), *name = at, *end;
	struct oops_symbol symbol = { .no_offset = true };
	struct text_evidence *evidence;
	struct text_symbol found;
	uint64_t address;
	size_t digits;

	while (name && name > line && name[-1] != ' ')
		name--;
	if (!name || !text_find(line, (size_t)(name - line), " [") || name == at ||
	    at - name >= OOPS_NAME)
		return;
	memcpy(symbol.name, name, (size_t)(at - name));
	end = oops_part_number(at + strlen(" at "), &address, &digits);
	if (!end || digits != 2 * kernel_pointer_size(kernel) ||
	    !text_symbol_find(kernel, &symbol, &found) || found.nr != 1 || !found.room ||
	    found.symbol.module || !(evidence = evidence_of_line(read)))
		return;
	note_place(evidence, symbol.name, address,
		   address - found.symbol.address <= found.room ? address : found.symbol.address);
}

/* Functions of modules are not counted: a module may have been built without its kernel. */
static void compare_symbols(const struct read_line *read)
{
	struct kernel *kernel = read->identifier->kernel;
	struct text_evidence *evidence = evidence_of_line(read);
	const char *line = read->line->text;
	struct text_symbol found;
	struct text_items items =
		text_items_of(line, read->line->size, kernel_pointer_size(kernel), TEXT_TYPED);
	struct text_item item, last = { 0 }, before;

	while (evidence && evidence->nr_same + evidence->nr_other < MOST_SYMBOLS &&
	       !kernel_stopped(kernel) && text_items_next(&items, &item)) {
		before = last;
		last = item;
		if (!item.is_symbol || item.trouble.code || !item.symbol.extent ||
		    *item.symbol.module || !text_symbol_find(kernel, &item.symbol, &found) ||
		    !found.room || found.symbol.module)
			continue;
		if (found.nr_fitting) {
			evidence->nr_same++;
			compare_symbol_place(evidence, line, &before, &item, &found);
			continue;
		}
		if (!evidence->nr_other++) {
			snprintf(evidence->name, sizeof(evidence->name), "%.40s", item.symbol.name);
			evidence->said = item.symbol.extent;
			evidence->room = found.room;
		}
	}
}

/* Returns a hash of the registers in a line, or 0 if the line does not show at least two addresses of a
 * kernel in registers. What stands before the first register differs: time stamps, the name of a host. */
static uint64_t key_of_registers(const char *line, size_t size)
{
	static const char *const first[] = {
		"RAX: ", "RDX: ", "RBP: ", "R10: ", "R13: ", "EAX: ", "ESI: ", "x29: ", "x27: ",
		"x26: ", "x24: ", "x23: ", "x21: ", "x20: ", "x18: ", "x17: ", "x15: ", "x14: ",
		"x12: ", "x11: ", "x9 : ", "x8 : ", "x6 : ", "x5 : ", "x3 : ", "x2 : "
	};
	const char *start = NULL, *end = line + size;
	uint64_t key = scatter_key(), hash = key;
	unsigned int nr = 0;

	for (size_t i = 0; !start && i < sizeof(first) / sizeof(*first); i++)
		start = text_find(line, size, first[i]);
	if (!start)
		return 0;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	for (const char *at = start; at < end; at++) {
		hash = scatter(hash ^ (unsigned char)*at, key);
		nr += at[-(at > start)] == ' ' && end - at >= 8 && hex_value(*at) >= 8 &&
		      isxdigit((unsigned char)at[7]);
	}
	return nr >= 2 ? hash | 1 : 0;
}

/* Returns a hash of a line of the log and its time, or 0 if the time does not distinguish boots: a clock
 * that counts ticks shows the same times in each boot. */
static uint64_t key_of_time(uint64_t usec, const char *text, size_t size)
{
	uint64_t key = scatter_key(), hash = scatter(usec, key);

	if (usec % 1000 == 0)
		return 0;
	while (size && isspace((unsigned char)text[size - 1]))
		size--;
	for (size_t i = 0; i < size; i++)
		hash = scatter(hash ^ (unsigned char)text[i], key);
	return size ? hash | 1 : 0;
}

static uint64_t key_of_usec(uint64_t usec)
{
	return scatter(~usec, scatter_key()) | 1;
}

/* Adds the time and the key of a line. Of lines with the same time only the first one is kept. */
static void add_time(struct text_identifier *identifier, struct text_evidence *evidence,
		     uint64_t usec, uint64_t stamp)
{
	if ((evidence->nr_usec && identifier->usec[identifier->nr_usec - 1] == usec) ||
	    !array_add(&identifier->usec, &identifier->nr_usec, &identifier->usec_room, &usec,
		       sizeof(usec)))
		return;
	evidence->nr_usec++;
	if (stamp && evidence->nr_stamps < MOST_KEYS)
		evidence->stamp[evidence->nr_stamps++] = stamp;
}

static void add_keys(const struct read_line *read)
{
	const struct oops_line *line = read->line;
	uint64_t key = key_of_registers(line->text, line->size);
	struct text_evidence *evidence = key || line->has_time ? evidence_of_line(read) : NULL;

	if (!evidence)
		return;
	if (key && evidence->nr_keys < MOST_KEYS)
		evidence->key[evidence->nr_keys++] = key;
	if (line->has_time)
		add_time(read->identifier, evidence, line->usec,
			 key_of_time(line->usec, line->text, line->size));
}

void text_identifier_read(struct text_identifier *identifier)
{
	const struct oops_lines *lines = &identifier->reports->lines;

	for (size_t i = 0; i < lines->nr && !kernel_stopped(identifier->kernel); i++) {
		const struct read_line read = { identifier, &lines->line[i],
						oops_reports_boot(identifier->reports, i) };

		add_keys(&read);
		if (strstr(read.line->text, "+0x"))
			compare_symbols(&read);
		if (strstr(read.line->text, " at "))
			compare_crash_frame(&read);
	}
}

void text_identifier_release(struct text_identifier *identifier)
{
	free(identifier->evidence);
	free(identifier->usec);
	address_set_release(&identifier->log);
	named_process_release(&identifier->named);
}

/* --- the boot --- */

static bool add_log_key(void *arg, const struct log_record *record)
{
	struct text_identifier *identifier = arg;
	size_t size = strlen(record->text);
	uint64_t usec = record->ts_nsec / 1000;
	uint64_t keys[] = {
		key_of_registers(record->text, size),
		record->has_time ? key_of_time(usec, record->text, size) : 0,
		record->has_time ? key_of_usec(usec) : 0,
	};

	if (record->has_time && !identifier->log_has_times)
		identifier->log_start = usec;
	if (record->has_time)
		identifier->log_end = usec;
	identifier->log_has_times |= record->has_time;
	identifier->log_is_complete |= record->has_seq && !record->seq;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i] && address_set_add(&identifier->log, keys[i]) == ADDRESS_NO_MEMORY)
			return false;
	return true;
}

static void learn_log(struct text_identifier *identifier)
{
	struct damages damages = { 0 };
	bool whole;

	if (identifier->has_log)
		return;
	identifier->has_log = true;
	whole = log_each(identifier->kernel, add_log_key, identifier, &damages, NULL);
	identifier->log_has_times &= whole && !damages.nr;
	identifier->log_is_complete &= whole && !damages.nr;
}

bool text_identifier_age(struct text_identifier *identifier, uint64_t from, uint64_t *usec)
{
	const struct oops_lines *lines = &identifier->reports->lines;

	if (!identifier->is_own_log)
		learn_log(identifier);
	else if (lines->nr && lines->line[lines->nr - 1].has_time) /* it was read already */
		identifier->log_end = lines->line[lines->nr - 1].usec;
	*usec = identifier->log_end - from;
	return identifier->log_end >= from;
}

static unsigned int count_in(const struct address_set *log, const uint64_t *keys, size_t nr)
{
	unsigned int found = 0;

	for (size_t i = 0; i < nr; i++)
		found += address_set_has(log, keys[i]);
	return found;
}

static bool is_in_log(struct text_identifier *identifier, const struct text_evidence *evidence)
{
	if (!evidence || (evidence->nr_keys < LEAST_KEYS && evidence->nr_stamps < LEAST_STAMPS))
		return false;
	learn_log(identifier);
	return count_in(&identifier->log, evidence->key, evidence->nr_keys) >= LEAST_KEYS ||
	       count_in(&identifier->log, evidence->stamp, evidence->nr_stamps) >= LEAST_STAMPS;
}

/* Does the log have some lines of registers and lack others, although it contains all later lines? */
static bool log_lacks_registers(const struct text_identifier *identifier,
				const struct text_evidence *evidence)
{
	bool found = false, lacking = false;

	for (size_t i = 0; i < evidence->nr_keys && !(found && lacking); i++)
		if (address_set_has(&identifier->log, evidence->key[i]))
			found = true;
		else
			lacking |= found || identifier->log_is_complete;
	return found && lacking;
}

/* Are there lines of a time at which the log has none? Lines before its first record were
 * overwritten. */
static bool log_lacks_times(const struct text_identifier *identifier,
			    const struct text_evidence *evidence)
{
	for (size_t i = 0; identifier->log_has_times && i < evidence->nr_usec; i++) {
		uint64_t usec = identifier->usec[evidence->first_usec + i];

		if (usec >= identifier->log_start &&
		    !address_set_has(&identifier->log, key_of_usec(usec)))
			return true;
	}
	return false;
}

/* If so, the text is about another boot, about several boots, or goes on after the dump. */
static bool contradicts_log(struct text_identifier *identifier,
			    const struct text_evidence *evidence)
{
	if (!evidence || (!evidence->nr_usec && !evidence->nr_keys))
		return false;
	learn_log(identifier);
	return log_lacks_registers(identifier, evidence) || log_lacks_times(identifier, evidence);
}

static const struct oops_number *root_of_report(const struct oops_report *report)
{
	const struct oops_number *found = NULL;

	for (size_t i = 0; i < report->nr_contexts && !found; i++)
		found = oops_register_find(&report->context[i], "cr3");
	return found;
}

/* Does a process of the dump have the pid, the name and the page table that the text shows? Only the first report
 * with a page table counts. boot: counted from 1 */
static bool has_process(struct text_identifier *identifier, size_t boot)
{
	const struct oops_reports *reports = identifier->reports;
	struct kernel *kernel = identifier->kernel;

	for (size_t i = 0; i < reports->nr; i++) {
		const struct oops_report *report = &reports->report[i];
		const struct oops_number *table = root_of_report(report);
		const struct process *process;
		uint64_t root;

		if (report->boot + 1 != boot || !table || !report->has_pid)
			continue;
		process = named_process(&identifier->named, kernel, report);
		return process && !process->borrowed && process->mm &&
		       kernel->arch->root_of_register(&process->space, table->value, &root) &&
		       (root == process->space.root || root == process->user.root);
	}
	return false;
}

/* Are functions at other places than in this boot, and none at the same place? A frame of crash does not
 * show the offset in its function, so one such frame is not enough. */
static bool is_of_other_boot(const struct text_evidence *evidence)
{
	return evidence && !evidence->is_home && (evidence->is_moved || evidence->nr_away > 1);
}

static void match_boot(struct text_identifier *identifier, size_t number,
		       const struct text_evidence *evidence, struct text_identity *identity)
{
	struct kernel *kernel = identifier->kernel;
	const struct oops_boot *boot = &identifier->reports->boot[number - 1];
	/* On i386, "Kernel Offset: disabled" does not show that the offset is 0: kaslr_enabled() in
	 * arch/x86/include/asm/setup.h is always false there, because only x86-64 has
	 * CONFIG_RANDOMIZE_MEMORY. */
	bool has_offset = boot->kaslr.has_offset ||
			  (boot->kaslr.disabled && kernel_pointer_size(kernel) != 4);
	uint64_t own = 0;
	bool knows_own = kernel_fact(kernel, FACT_KASLR_OFFSET, &own);

	identity->has_delta = has_offset && (kernel->dump->format->none || knows_own);
	identity->delta = own - boot->kaslr.offset;
	if (kernel->dump->format->none) {
		identity->match = TEXT_NO_DUMP;
	} else if (has_offset && knows_own && own != boot->kaslr.offset) {
		identity->match = TEXT_OTHER_BOOT;
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about another boot (KASLR offset %" PRIx64 ", not %" PRIx64
			 "): what lay in its memory is not in this dump",
			 boot->kaslr.offset, own);
	} else if (is_of_other_boot(evidence)) {
		identity->match = TEXT_OTHER_BOOT;
		identity->has_delta = evidence->is_moved;
		identity->delta = evidence->here - evidence->there;
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about another boot (%" PRIx64
			 " is in %s there, which is at %" PRIx64
			 " here): what lay in its memory is not in this dump",
			 evidence->there, evidence->away, evidence->here);
	} else if (identifier->is_given || !boot->is_report) {
		identity->match = TEXT_GIVEN;
	} else if (contradicts_log(identifier, evidence)) {
		identity->match = TEXT_UNKNOWN_BOOT;
		snprintf(identity->text, sizeof(identity->text),
			 "lines of the text are not in the dump's log, so not all of the text is about the boot in the dump, and the dump's memory says nothing about it; if it is, name a process of it: annotate -p PID");
	} else if ((has_offset && knows_own && own) || is_in_log(identifier, evidence) ||
		   has_process(identifier, number)) {
		identity->match = TEXT_SAME_BOOT;
	} else {
		identity->match = TEXT_UNKNOWN_BOOT;
		snprintf(identity->text, sizeof(identity->text),
			 "nothing shows that the text is about the boot in the dump, so the dump's memory says nothing about it; if it is, name a process of it: annotate -p PID");
	}
}

/* Functions that did not change between two builds have the same sizes in both. */
static void add_doubt(const struct oops_boot *boot, const struct text_evidence *evidence,
		      struct text_identity *identity)
{
	unsigned int nr = evidence ? evidence->nr_same : 0;

	identity->is_doubtful =
		boot->is_report && !*boot->release && nr && identity->match > TEXT_SAME_BOOT;
	if (identity->is_doubtful)
		text_append(
			identity->text, sizeof(identity->text),
			"%sthe text does not show its release: %u size%s of functions agree%s, but %s may agree in another build, too",
			*identity->text ? "; " : "", nr, plural_s(nr), nr == 1 ? "s" : "",
			nr == 1 ? "it" : "they");
}

/* --- the kernel --- */

/* Is the text about another build of this release? */
static bool is_other_build(struct kernel *kernel, const struct oops_boot *boot,
			   struct oops_build *own)
{
	char text[512], release[OOPS_RELEASE];
	const char *banner = NULL;
	uint64_t address;

	if (!*boot->release || !*boot->build.number)
		return false;
	if (kernel_symbol(kernel, "linux_banner", &address, NULL) &&
	    kernel_read_string(kernel, address, text, sizeof(text), NULL))
		banner = text;
	else if (kernel->vmlinux)
		banner = vmlinux_banner(kernel->vmlinux, &address);
	if (!banner)
		return false;
	if (banner != text)
		snprintf(text, sizeof(text), "%.*s", (int)sizeof(text) - 1, banner);
	oops_build_read(text, release, own);
	return !strcmp(release, boot->release) && oops_build_differs(&boot->build, own);
}

/* Is the text about another kernel? Writes why to identity->text. */
static bool is_other_kernel(struct kernel *kernel, const struct oops_boot *boot,
			    const struct text_evidence *evidence, struct text_identity *identity)
{
	const char *release = kernel->identity->release;
	struct oops_build own;
	uint64_t va_bits;

	identity->match = TEXT_OTHER_KERNEL;
	if (boot->system) {
		identity->match = TEXT_OTHER_MACHINE;
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about %s, and not about Linux", boot->system);
	} else if (boot->machine && boot->machine->number != kernel->arch->machine) {
		identity->match = TEXT_OTHER_MACHINE;
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about %s kernel, and this one is %s", boot->machine->name,
			 kernel->arch->name);
	} else if (boot->va_bits && !kernel->dump->format->none &&
		   kernel_fact(kernel, FACT_VA_BITS, &va_bits) && va_bits != boot->va_bits) {
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about a kernel with addresses of %u bits, and this one has %" PRIu64,
			 boot->va_bits, va_bits);
	} else if (*boot->release && *release && strcmp(boot->release, release) != 0) {
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about Linux %s, and this kernel is %s", boot->release,
			 release);
	} else if (is_other_build(kernel, boot, &own)) {
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about another build of Linux %s (%s%s%s), and this one is %s%s%s",
			 boot->release, boot->build.number, *boot->build.package ? " " : "",
			 boot->build.package, own.number, *own.package ? " " : "", own.package);
	} else if (evidence && evidence->nr_other) {
		snprintf(identity->text, sizeof(identity->text),
			 "the text is about another kernel: here %s has 0x%" PRIx64
			 " bytes, not 0x%" PRIx64 "; %u of %u sizes agree",
			 evidence->name, evidence->room, evidence->said, evidence->nr_same,
			 evidence->nr_same + evidence->nr_other);
	}
	if (*identity->text)
		text_append(identity->text, sizeof(identity->text),
			    ": its functions and addresses are not explained by this kernel");
	return *identity->text;
}

const struct text_identity *text_identify(struct text_identifier *identifier, size_t number)
{
	const struct oops_boot *boot = number ? &identifier->reports->boot[number - 1] : NULL;
	const struct text_evidence *evidence;

	if (!boot || identifier->boot == number)
		return &identifier->identity;
	identifier->boot = number;
	identifier->identity = (struct text_identity){ .match = TEXT_GIVEN };
	evidence = evidence_of(identifier, number);
	if (identifier->is_own_log)
		identifier->identity.match = TEXT_SAME_BOOT;
	else if (!is_other_kernel(identifier->kernel, boot, evidence, &identifier->identity))
		match_boot(identifier, number, evidence, &identifier->identity);
	if (identifier->identity.match < TEXT_OTHER_KERNEL)
		add_doubt(boot, evidence, &identifier->identity);
	return &identifier->identity;
}

/* --- the process that a text names --- */

/* An entry of the index of tasks by pid. */
struct pid_index {
	int32_t pid;
	size_t task; /* index of the task in task_all() */
};

static int named_process_compare_pids(const void *one, const void *two)
{
	const struct pid_index *left = one, *right = two;

	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

static bool list_pids(struct named_process *named, struct kernel *kernel,
		      const struct task_list *tasks)
{
	if (named->pids)
		return true;
	named->pids = calloc(tasks->nr + 1, sizeof(*named->pids));
	if (!named->pids)
		return false;
	for (size_t i = 0; i < tasks->nr; i++)
		named->pids[i] = (struct pid_index){ tasks->task[i].pid, i };
	named->nr_pids = tasks->nr;
	return sort_items(named->pids, tasks->nr, sizeof(*named->pids), named_process_compare_pids,
			  kernel->listener);
}

const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct oops_report *report)
{
	const struct pid_index *found;
	const struct task_list *tasks;
	const struct task *task;
	struct pid_index key;

	if (report == named->report)
		return named->known ? &named->process : NULL;
	named->report = report;
	named->known = false;
	tasks = report && report->has_pid && report->pid ? task_all(kernel, NULL) : NULL;
	if (!tasks || !list_pids(named, kernel, tasks))
		return NULL;
	key.pid = report->pid;
	found = bsearch(&key, named->pids, named->nr_pids, sizeof(key), named_process_compare_pids);
	task = found ? &tasks->task[found->task] : NULL;
	/* The kernel prints longer names of kworkers than task_struct has. */
	named->known = task && starts_with(report->comm, task->comm) &&
		       task_process(kernel, task, &named->process, NULL);
	return named->known ? &named->process : NULL;
}

void named_process_release(struct named_process *named)
{
	free(named->pids);
	named->pids = NULL;
}

/* --- the functions that a text names --- */

struct symbol_choice {
	struct kernel *kernel;
	uint64_t extent; /* 0: the text does not contain it */
	struct text_symbol *found;
};

static bool choose_symbol(const struct kernel_symbol *symbol, void *arg)
{
	struct symbol_choice *choice = arg;
	struct text_symbol *found = choice->found;
	uint64_t room = symbol_lookup_room(choice->kernel->symbols, symbol);
	bool fits = !choice->extent || !room || room == choice->extent;

	if (!found->nr || (fits && !found->nr_fitting)) {
		found->symbol = *symbol;
		found->room = room;
	}
	found->nr++;
	found->nr_fitting += fits;
	return true;
}

static bool find_named(struct kernel *kernel, const char *name, const char *module, uint64_t extent,
		       struct text_symbol *found)
{
	struct symbol_choice choice = { kernel, extent, found };

	*found = (struct text_symbol){ 0 };
	symbol_lookup_all(kernel->symbols, name, NULL, module, choose_symbol, &choice);
	return found->nr;
}

/* The bytes before a function have a name of their own in kernels with CONFIG_CALL_PADDING (6.2) or
 * CONFIG_CFI_CLANG. The address after these bytes is the start of the function. */
static bool find_padding(struct kernel *kernel, const struct oops_symbol *symbol,
			 struct text_symbol *found)
{
	const char *name = after_start(symbol->name, "__pfx_");

	if (!name)
		name = after_start(symbol->name, "__cfi_");
	return name && symbol->extent && symbol->offset == symbol->extent &&
	       find_named(kernel, name, *symbol->module ? symbol->module : "vmlinux", 0, found);
}

/* Kernels print the name of a module, but a user may leave it out. */
bool text_symbol_find(struct kernel *kernel, const struct oops_symbol *symbol,
		      struct text_symbol *found)
{
	const char *module = *symbol->module ? symbol->module : "vmlinux";

	if (find_named(kernel, symbol->name, module, symbol->extent, found) ||
	    (!*symbol->module && find_named(kernel, symbol->name, NULL, symbol->extent, found)))
		found->address = found->symbol.address + symbol->offset;
	else if (find_padding(kernel, symbol, found))
		found->address = found->symbol.address;
	else
		return false;
	return true;
}
