/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "base/text.h"
#include "cli/show_panic.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/lines.h"
#include "debuginfo/inlines.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "oops/report.h"
#include "query/text_identity.h"
#include "types/member_path.h"

/* --- the code of a report in this kernel --- */

/* Finds code of this kernel that a report shows: its function, its offset, and the bytes around it. The debug
 * information of this kernel says something about the registers of a report only if this is the same code. */

struct text_place {
	uint64_t vaddr; /* a run-time address; or a linked address, if file is set */
	struct ko_file *file; /* the file of the module, if there is no dump; NULL: none. Borrowed. */
};

enum { MOST_CODE = 256 };

/* The code of a report, and its instruction of `size` bytes. */
struct text_code {
	const struct oops_report *report;
	const struct oops_context *context;
	size_t size;
};

/* The same bytes in this kernel. */
struct own_code {
	uint8_t byte[MOST_CODE];
	bool is_open[MOST_CODE]; /* the byte is known only when the module is loaded */
};

static bool read_kernel(struct kernel *kernel, uint64_t vaddr, size_t size, struct own_code *own)
{
	const uint8_t *content = NULL;
	uint64_t offset;

	if (kernel->vmlinux && kernel->identity->match != VMLINUX_DIFFERS &&
	    kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		content = vmlinux_content(kernel->vmlinux,
					  (vaddr - offset) & kernel->arch->address_mask, size);
	if (!content)
		return !kernel->dump->format->none &&
		       kernel_read(kernel, vaddr, own->byte, size, NULL);
	memcpy(own->byte, content, size);
	return true;
}

static bool read_own(struct kernel *kernel, const struct text_place *place, uint64_t vaddr,
		     size_t size, struct own_code *own)
{
	memset(own->is_open, 0, sizeof(own->is_open));
	return place->file ? ko_file_code(place->file, vaddr, size, own->byte, own->is_open) :
			     read_kernel(kernel, vaddr, size, own);
}

static size_t count_same(const struct text_code *code, const struct own_code *own, size_t start,
			 size_t end, size_t first)
{
	size_t nr = 0;

	for (size_t i = start; i < end; i++)
		nr += own->is_open[i - first] || own->byte[i - first] == code->context->code[i];
	return nr;
}

/* Is the instruction the same, and at least half of the bytes beside it? A kernel patches calls of ftrace, jump
 * labels, alternatives, returns and more, but each of these places has only a few bytes. */
static bool has_same_code(struct kernel *kernel, const struct text_code *code,
			  const struct text_place *place)
{
	size_t mark = code->context->mark, nr = code->context->nr_code;
	size_t first = 0, end = mark + code->size;
	struct own_code own;

	if (!code->size || end > nr || nr > MOST_CODE)
		return false;
	/* What is before the function may be in no section. */
	if (!read_own(kernel, place, place->vaddr - mark, nr, &own)) {
		first = mark;
		nr = end;
		if (!read_own(kernel, place, place->vaddr, code->size, &own))
			return false;
	}
	return count_same(code, &own, mark, end, first) == code->size &&
	       2 * (count_same(code, &own, first, mark, first) +
		    count_same(code, &own, end, nr, first)) >=
		       nr - first - code->size;
}

/* The identity says whether the text contradicts this kernel. release: of this kernel or its module. */
static bool is_of_release(const struct text_identity *identity, const struct text_code *code,
			  const char *release)
{
	return identity->match < TEXT_OTHER_KERNEL && !identity->is_doubtful &&
	       (*code->report->release ? !strcmp(code->report->release, release) :
					 identity->match == TEXT_SAME_BOOT);
}

/* Finds the code at which the report happened. size: of the instruction, in bytes; 0: unknown.
 * Returns false if it is not proved that the text is about this kernel, and that this kernel has the same instruction
 * at the place. Other bytes may differ, but not most of them: a kernel patches its code when it boots, and later. */
static bool text_code_find(struct kernel *kernel, const struct text_identity *identity,
			   const struct oops_report *report, size_t size, struct text_place *place)
{
	const struct text_code code = { report, oops_report_context(report), size };
	const struct oops_symbol *where = &code.context->where;
	struct text_symbol found;

	*place = (struct text_place){ 0 };
	if (!where->extent || where->offset >= where->extent)
		return false;
	if (*where->module && kernel->dump->format->none) {
		place->file = module_file_of_text(kernel, where->module, where->name, where->offset,
						  where->extent, &place->vaddr, NULL);
		return place->file && is_of_release(identity, &code, place->file->release) &&
		       has_same_code(kernel, &code, place);
	}
	if (!is_of_release(identity, &code, kernel->identity->release) ||
	    !text_symbol_find(kernel, where, &found) || found.nr_fitting != 1 ||
	    found.room != where->extent)
		return false;
	place->vaddr = found.address;
	return has_same_code(kernel, &code, place);
}

/* --- variables in registers --- */

/* What a register of a report was in the source: the variable in it, and the member that an instruction accessed
 * by it. */

/* An access to memory. */
struct text_access {
	/* The register is the base, and the access is `offset` bytes from where it points to. */
	bool has_offset;
	int64_t offset;
	bool has_index; /* offset contains an index, so it may lead to another element of an array */
	unsigned int size; /* in bytes; 0: not known */
};

enum { TEXT_MEMBER = 3 * (128 + 192) };

struct text_member {
	struct register_variable variable;
	char type[128]; /* in C, such as "struct file *" */
	/* "file->f_mode"; of a union: "file->a or file->b". "": not known. */
	char member[TEXT_MEMBER];
	bool is_inside; /* the access does not begin where the member begins */
	bool has_line;
	struct code_line line; /* of the code */
};

/* Writes "p->a", "p[3].a" or "p[3]" for each member. */
static void put_members(const struct text_access *access, uint64_t size, const char *name,
			const struct member_paths *paths, struct text_member *found)
{
	uint64_t element = size && access->has_index ? (uint64_t)access->offset / size : 0;

	*found->member = '\0';
	for (size_t i = 0; i < paths->nr; i++) {
		text_append(found->member, sizeof(found->member), "%s%s", i ? " or " : "", name);
		if (element)
			text_append(found->member, sizeof(found->member), "[%" PRIu64 "]", element);
		text_append(found->member, sizeof(found->member), "%s%s",
			    element ? *paths->path[i] ? "." : "" : "->", paths->path[i]);
	}
	found->is_inside = paths->is_inside;
}

/* Finds the members in what a pointer of this type points to. Returns false if there are none. */
static bool find_members(const struct ctype *type, const struct text_access *access,
			 const char *name, struct text_member *found)
{
	struct ctype_facts pointer = ctype_describe(type), target;
	struct member_paths paths;
	uint64_t offset = (uint64_t)access->offset;

	if (!access->has_offset || access->offset < 0 || pointer.kind != CTYPE_POINTER)
		return false;
	target = ctype_describe(&pointer.target);
	if (access->has_index && target.size)
		offset %= target.size;
	member_paths_find(&pointer.target, offset, access->size, &paths);
	if (!paths.nr && access->has_index && target.size && target.size == access->size &&
	    offset == 0 && (uint64_t)access->offset >= target.size) {
		/* An element that is no struct. */
		paths = (struct member_paths){ .nr = 1 };
	}
	put_members(access, target.size, name, &paths, found);
	return paths.nr;
}

/* Do the pointers point to structs of one name? */
static bool have_one_target(const struct ctype *one, const struct ctype *other)
{
	struct ctype_facts a = ctype_describe(one), b = ctype_describe(other);

	return a.kind == b.kind && a.kind == CTYPE_POINTER &&
	       !strcmp(ctype_describe(&a.target).name, ctype_describe(&b.target).name);
}

/* Takes the innermost variable; but a variable that points to a struct with such a member is preferred to others. If
 * the registers is used for pointers to different structs, which have both such a member, none is known. */
static void choose(struct types *types, const struct text_access *access,
		   const struct register_variable *variable, size_t nr, struct text_member *found)
{
	struct ctype chosen, type;
	bool has_member = false;

	for (size_t i = 0; i < nr; i++) {
		struct text_member other;

		if (!variable[i].is_defined || !ctype_of_die(types, variable[i].type, &type) ||
		    !find_members(&type, access, variable[i].name, &other))
			continue;
		if (!has_member) {
			memcpy(found->member, other.member, sizeof(found->member));
			found->is_inside = other.is_inside;
			found->variable = variable[i];
			has_member = true;
			chosen = type;
		} else if (!have_one_target(&chosen, &type)) {
			*found->member = '\0';
			found->variable = variable[0];
			break;
		}
	}
	if (ctype_of_die(types, found->variable.type, &type))
		ctype_declare(&type, "", found->type, sizeof(found->type));
}

/* Finds the variable in a register ("rdi", "x19") at a place, and the member that is accessed. Returns false if no
 * variable is known to be in the register. */
static bool text_member_find(struct kernel *kernel, const struct text_place *place, const char *reg,
			     const struct text_access *access, struct text_member *found)
{
	int number = variables_register(kernel->arch->machine, reg);
	struct register_variable variable[MOST_REGISTER_VARIABLES];
	struct types *types = NULL;
	size_t nr;

	*found = (struct text_member){ .type = "" };
	if (number < 0)
		return false;
	nr = place->file ?
		     ko_file_variables(place->file, place->vaddr, (unsigned int)number,
				       kernel->listener, variable, &types) :
		     module_variables(kernel, place->vaddr, (unsigned int)number, variable, &types);
	if (!nr || !types)
		return false;
	found->variable = variable[0];
	choose(types, access, variable, nr, found);
	found->has_line = place->file ? ko_file_line(place->file, place->vaddr, kernel->listener,
						     &found->line, NULL) :
					module_line(kernel, place->vaddr, &found->line);
	return *found->type;
}

/* --- reading reports --- */

/* Registers or a function alone are no report: users paste them to ask what they are. */
static bool report_tells(const struct oops_report *report, const struct oops_verdict *verdict)
{
	const bool has_place =
		report->nr_contexts && *report->context[0].where.name && report->context[0].nr_regs;

	if (report->kind == OOPS_TRACE)
		return report->has_pid || verdict->fits_fault ||
		       (report->of &&
			(report->die_count || report->nr_frames || report->machine)) ||
		       (has_place && report->context[0].nr_code);
	return report->kind != OOPS_PAGE_FAULT || report->has_address || report->has_code ||
	       report->has_pid || has_place;
}

bool text_reports_read(struct text_reports *reports, const char *text, size_t size,
		       const struct listener *listener, struct error *err)
{
	*reports = (struct text_reports){ .verdict = NULL };
	if (!oops_reports_read(&reports->read, text, size, listener, err))
		return false;
	reports->verdict = calloc(reports->read.nr + 1, sizeof(*reports->verdict));
	if (!reports->verdict)
		return out_of_memory(err);
	for (size_t i = 0; i < reports->read.nr && !listener_stops(listener); i++) {
		struct oops_verdict *verdict = &reports->verdict[i];

		if (!oops_explain(&reports->read, i, verdict, err))
			return false;
		if (!report_tells(&reports->read.report[i], verdict))
			oops_verdict_release(verdict);
	}
	return true;
}

void text_reports_release(struct text_reports *reports)
{
	for (size_t i = 0; reports->verdict && i < reports->read.nr; i++)
		oops_verdict_release(&reports->verdict[i]);
	free(reports->verdict);
	oops_reports_release(&reports->read);
}

/* --- the variable in the bad register --- */

/* Finds the code of this kernel at which the report happened. */
static bool find_code(const struct oops_report *report, const struct oops_context *context,
		      struct kernel *kernel, struct annotator *annotator, struct text_place *place)
{
	struct oops_instruction instruction;

	oops_instruction_read(context, &instruction);
	return text_code_find(kernel, annotator_identity(annotator, report->first), report,
			      instruction.known ? instruction.code.size : 0, place);
}

static struct text_access access_of(const struct oops_report *report,
				    const struct oops_verdict *verdict)
{
	const struct code_memory *memory = &verdict->memory;
	uint64_t offset = verdict->effective - verdict->bad_value;
	struct text_access access = { .size = memory->size };

	if (!verdict->by_memory || !verdict->has_effective || *memory->segment ||
	    strcmp(memory->base, verdict->bad_register) != 0)
		return access;
	access.has_offset = true;
	access.has_index = *memory->index;
	access.offset = machine_find(report->machine)->pointer_size == 4 ? (int32_t)offset :
									   (int64_t)offset;
	return access;
}

static void add_variable(const struct oops_report *report, struct oops_verdict *verdict,
			 const struct text_access *access, const struct text_member *found)
{
	const struct register_variable *variable = &found->variable;
	char text[OOPS_SENTENCE], name[REGISTER_TEXT];

	snprintf(text, sizeof(text), "%s is the %s %s (%s) of %s%s()",
		 oops_register_text(report->machine, verdict->bad_register, name),
		 variable->is_parameter ? "parameter" : "variable", variable->name, found->type,
		 variable->is_inlined ? "the inlined " : "", variable->function);
	if (*found->member)
		text_append(text, sizeof(text), ", and %s%" PRIx64 " is %s%s",
			    access->offset ? "0x" : "", (uint64_t)access->offset,
			    found->is_inside ? "in " : "", found->member);
	if (found->has_line)
		text_append(text, sizeof(text), " (%s:%u)", found->line.path, found->line.line);
	text_append(text, sizeof(text), ".");
	oops_verdict_insert(verdict, verdict->nr_to_bad ? verdict->nr_to_bad : verdict->nr, text);
}

static void use_variable(struct oops_verdict *verdict, const struct oops_report *report,
			 const struct oops_context *context, struct kernel *kernel,
			 struct annotator *annotator)
{
	struct text_access access = access_of(report, verdict);
	struct text_member found;
	struct text_place place;

	if (find_code(report, context, kernel, annotator, &place) &&
	    text_member_find(kernel, &place, verdict->bad_register, &access, &found))
		add_variable(report, verdict, &access, &found);
}

/* --- the bad pointer in the dump --- */

/* Appends what the memory holds from which the bad register was loaded. A jump may lead between the instructions, so
 * what it held then is not known. */
static void append_source(char text[OOPS_SENTENCE], const struct oops_verdict *verdict,
			  const struct oops_report *report, const struct oops_context *context,
			  struct kernel *kernel)
{
	const unsigned int size = machine_find(report->machine)->pointer_size;
	struct oops_origin origin;
	uint64_t number;

	oops_origin_find(context, verdict->bad_register, &origin);
	if (!origin.found || !origin.has_address || origin.is_sum || *origin.then ||
	    origin.memory.size != size ||
	    !kernel_read_number(kernel, origin.address, size, &number, NULL))
		return;
	text_append(text, OOPS_SENTENCE,
		    number == verdict->bad_value ?
			    "%s memory at %" PRIx64 " holds %" PRIx64 ", too" :
			    "%s memory at %" PRIx64 " holds another value, %" PRIx64,
		    *text ? ". The" : "the", origin.address, number);
}

/* Appends how long the kernel ran after the report. */
static void append_age(char text[OOPS_SENTENCE], struct annotator *annotator,
		       const struct oops_line *line)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "days" }, { 3600, "hours" }, { 60, "minutes" }, { 1, "seconds" } };
	uint64_t usec, seconds;
	size_t i = 0;

	if (!annotator_age(annotator, line, &usec) || usec < 2 * UINT64_C(1000000))
		return;
	for (seconds = usec / 1000000; seconds < 2 * units[i].seconds; i++)
		;
	text_append(text, OOPS_SENTENCE,
		    " (the report began %" PRIu64 " %s before the end of the log)",
		    seconds / units[i].seconds, units[i].name);
}

static void use_memory(struct oops_verdict *verdict, const struct oops_reports *reports,
		       const struct oops_report *report, const struct oops_context *context,
		       struct kernel *kernel, struct annotator *annotator)
{
	char text[OOPS_SENTENCE] = "", sentence[OOPS_SENTENCE], what[WHATIS_TEXT];

	if (oops_is_kernel_address(report->machine, verdict->bad_value) &&
	    annotator_register(annotator, verdict->bad_value, what))
		text_append(text, sizeof(text), "%" PRIx64 " is %s", verdict->bad_value, what);
	append_source(text, verdict, report, context, kernel);
	if (!*text)
		return;
	append_age(text, annotator, &reports->lines.line[report->first]);
	snprintf(sentence, sizeof(sentence), "In the dump, %.*s.", OOPS_SENTENCE - 20, text);
	oops_verdict_insert(verdict, verdict->nr_to_bad ? verdict->nr_to_bad : verdict->nr,
			    sentence);
}

void verdict_use_kernel(struct oops_verdict *verdict, const struct oops_reports *reports,
			const struct oops_report *report, struct kernel *kernel,
			struct annotator *annotator)
{
	const struct oops_context *context = oops_report_context(report);

	if (!*verdict->bad_register || !context || context->of_user ||
	    report->machine != kernel->arch->machine)
		return;
	if (annotator_identity(annotator, report->first)->match == TEXT_SAME_BOOT)
		use_memory(verdict, reports, report, context, kernel, annotator);
	use_variable(verdict, report, context, kernel, annotator);
}

/* A report, its verdict, and its number in the text, which has `of` reports. */
struct shown_report {
	struct session *session;
	const struct oops_reports *reports;
	const struct oops_report *report;
	const struct oops_verdict *verdict;
	size_t number, of;
};

/* --- as records --- */

static void put_who(const struct shown_report *shown)
{
	const struct oops_report *report = shown->report;
	struct output *output = shown->session->output;

	output_string_if(output, "release", report->release);
	if (machine_find(report->machine))
		output_string(output, "arch", machine_find(report->machine)->arch);
	else if (report->machine)
		output_string(output, "arch", oops_machine_name(report->machine));
	output_count_if(output, "cpu", report->has_cpu, report->cpu);
	if (report->has_pid)
		output_integer(output, "pid", report->pid);
	output_string_if(output, "comm", report->comm);
}

static void put_fault(const struct shown_report *shown)
{
	const struct oops_report *report = shown->report;
	const struct oops_verdict *verdict = shown->verdict;
	struct output *output = shown->session->output;

	if (*verdict->place.name)
		show_symbol_json(output, &verdict->place);
	output_hex_if(output, "fault_address", report->has_address, report->address.value);
	if (verdict->access != OOPS_NO_ACCESS)
		output_string(output, "access", oops_access_names[verdict->access]);
	if (verdict->access != OOPS_NO_ACCESS || verdict->of_user)
		output_string(output, "mode", verdict->of_user ? "user" : "kernel");
	output_string_if(output, "instruction", verdict->instruction);
	output_hex_if(output, "effective_address", verdict->has_effective, verdict->effective);
	if (verdict->compared)
		output_boolean(output, "agrees", verdict->agrees);
	if (*verdict->bad_register) {
		output_string(output, "bad_register", verdict->bad_register);
		output_hex(output, "bad_value", verdict->bad_value);
		output_string(output, "grade", oops_grade_names[verdict->grade]);
	}
	output_string(output, "system_call", verdict->system_call);
}

static void put_rest(const struct shown_report *shown)
{
	const struct oops_report *report = shown->report;
	const struct oops_line *line = shown->reports->lines.line;
	struct output *output = shown->session->output;

	if (report->has_taint) {
		output_list_begin(output, "taint");
		for (const char *letter = report->taint; *letter; letter++)
			output_string(output, NULL, (const char[]){ *letter, '\0' });
		output_list_end(output);
	}
	if (report->nr_damaged) {
		output_list_begin(output, "damaged");
		for (size_t i = 0; i < report->nr_damaged; i++)
			output_string(output, NULL, report->damaged[i]);
		output_list_end(output);
	}
	output_count(output, "times", report->times);
	output_list_begin(output, "lines");
	output_count(output, NULL, line[report->first].first);
	output_count(output, NULL, line[report->last].last);
	output_list_end(output);
}

static void put_record(const void *arg)
{
	const struct shown_report *shown = arg;
	struct output *output = shown->session->output;

	output_begin(output, shown->session->command->name,
		     shown->reports->lines.line[shown->report->title].text, NULL);
	output_string(output, "report", oops_kinds[shown->report->kind].name);
	show_verdict_json(output, shown->verdict);
	put_who(shown);
	put_fault(shown);
	put_rest(shown);
	output_end(output);
}

/* --- as text --- */

/* A sentence of several lines: further lines begin with two blanks. */
static void put_sentence(struct output *output, const char *text)
{
	enum { COLUMNS = 96 };
	char line[COLUMNS + 3] = "";

	while (*text) {
		const size_t indent = strlen(line);
		size_t size = strlen(text), most = COLUMNS - indent;

		if (size > most) {
			for (size = most; size && text[size] != ' ';)
				size--;
			size = size ? size : most;
		}
		snprintf(line + indent, sizeof(line) - indent, "%.*s", (int)size, text);
		output_text_line(output, line, strlen(line));
		text += size;
		text += *text == ' ';
		strcpy(line, "  ");
	}
}

void show_verdict_text(struct output *output, const struct oops_verdict *verdict)
{
	for (size_t i = 0; i < verdict->nr; i++)
		put_sentence(output, verdict->sentence[i]);
	output_text_line(output, "", 0);
}

static void put_text(const void *arg)
{
	const struct shown_report *shown = arg;
	const struct oops_line *line = shown->reports->lines.line;
	struct output *output = shown->session->output;
	char head[96];

	if (shown->of > 1) {
		snprintf(head, sizeof(head), "Report %zu, lines %zu to %zu:", shown->number,
			 line[shown->report->first].first, line[shown->report->last].last);
		output_text_line(output, head, strlen(head));
	}
	show_verdict_text(output, shown->verdict);
}

static void put_more(const void *arg)
{
	const struct shown_report *shown = arg;
	char text[80];

	snprintf(text, sizeof(text), "There are %zu more reports, which are not explained.",
		 shown->reports->more);
	output_text_line(shown->session->output, text, strlen(text));
	output_text_line(shown->session->output, "", 0);
}

bool show_reports(struct session *session, const struct text_reports *reports)
{
	struct output *output = session->output;
	size_t nr = 0, number = 0;

	for (size_t i = 0; i < reports->read.nr; i++)
		nr += report_tells(&reports->read.report[i], &reports->verdict[i]);
	for (size_t i = 0; i < reports->read.nr && !session_interrupted(session); i++) {
		const struct shown_report shown = { session,
						    &reports->read,
						    &reports->read.report[i],
						    &reports->verdict[i],
						    number + 1,
						    nr };

		if (!report_tells(shown.report, shown.verdict))
			continue;
		number++;
		output_in_text(output, put_text, &shown);
		output_in_records(output, put_record, &shown);
	}
	if (reports->read.more)
		output_in_text(output, put_more,
			       &(struct shown_report){ .session = session,
						       .reports = &reports->read });
	return nr;
}
