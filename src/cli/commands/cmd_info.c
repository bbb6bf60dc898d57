/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/text.h"
#include "kernel/vmcoreinfo.h"
#include "symbols/symbol_lookup.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "sandbox/sandbox.h"
#include "cli/command.h"
#include "debuginfo/vmlinux.h"

static void info_begin(struct output *output, const char *fact)
{
	output_begin(output, "info", NULL, NULL);
	output_string(output, "fact", fact);
}

static void answer_module_file(void *arg, const struct module_file *file)
{
	struct output *output = arg;

	info_begin(output, "module_file");
	output_string(output, "value", file->path);
	output_string(output, "source", file->given ? "command line" : "found");
	output_string(output, "module", file->module);
	output_boolean(output, "used", !file->refused);
	output_string_if(output, "reason", file->refused ? file->refused : "");
	output_end(output);
}

/* Shows a fact, unless value is NULL. */
static void answer_text(struct output *output, const char *fact, const char *value,
			const char *source)
{
	if (!value)
		return;
	info_begin(output, fact);
	output_string(output, "value", value);
	output_string(output, "source", source);
	output_end(output);
}

static void info_output_value(struct output *output, enum fact_id id, uint64_t value)
{
	enum fact_format format = fact_row(id)->format;
	char text[64];

	if (format == FACT_HEX || (format == FACT_SIGNED_HEX && (int64_t)value >= 0)) {
		output_hex(output, "value", value);
	} else if (format == FACT_DECIMAL) {
		output_count(output, "value", value);
	} else {
		fact_value_text(id, value, text, sizeof(text));
		output_string(output, "value", text);
	}
}

/* The text lists the sources that contradict the accepted source of a fact. */
struct contradictions {
	enum fact_id id;
	char text[1024];
};

static void add_contradiction(void *arg, const struct fact_voice *voice)
{
	struct contradictions *others = arg;
	char theirs[64];

	if (voice->verdict != VERDICT_DIFFERS)
		return;
	fact_value_text(others->id, voice->value, theirs, sizeof(theirs));
	text_append(others->text, sizeof(others->text), "%s%s says %s", *others->text ? "; " : "",
		    voice->source, theirs);
}

static void answer_fact(struct session *session, enum fact_id id)
{
	struct output *output = session->output;
	const struct fact *fact = &session->kernel->facts->fact[id];
	struct contradictions others = { .id = id };
	uint64_t value;

	if (!kernel_fact(session->kernel, id, &value))
		return;
	kernel_fact_voices(session->kernel, id, false, add_contradiction, &others);
	info_begin(output, fact_name(id));
	info_output_value(output, id, value);
	output_string(output, "source", fact->source);
	if (*others.text)
		output_string(output, "contradicted", others.text);
	if (fact->doubt)
		output_boolean(output, "doubtful", true);
	output_string(output, "doubt", fact->doubt);
	output_end(output);
}

/* --- all sources --- */

struct info_listing {
	struct session *session;
	enum fact_id id;
};

static void answer_voice(void *arg, const struct fact_voice *voice)
{
	const struct info_listing *listing = arg;
	const struct session *session = listing->session;
	struct output *output = session->output;
	bool doubtful =
		voice->verdict == VERDICT_TAKEN && session->kernel->facts->fact[listing->id].doubt;

	info_begin(output, fact_name(listing->id));
	if (voice->verdict == VERDICT_SILENT)
		output_string_if(output, "value", "");
	else
		info_output_value(output, listing->id, voice->value);
	output_string(output, "verdict",
		      doubtful ? "taken, doubtful" : fact_verdict_names[voice->verdict]);
	output_string(output, "source", voice->source);
	output_end(output);
}

static void answer_all_sources(struct session *session)
{
	struct info_listing listing = { .session = session };

	for (; listing.id < NR_FACTS; listing.id++)
		if (!session_interrupted(session))
			kernel_fact_voices(session->kernel, listing.id, true, answer_voice,
					   &listing);
}

/* --- vmlinux and dump --- */

/* Shows the file vmlinux. If it is not a plain ELF file with symbols, shows what it is. */
static void answer_vmlinux(struct output *output, const struct kernel *kernel)
{
	static const char content[] = "content of the file";
	const struct vmlinux *vmlinux = kernel->vmlinux;
	const struct identity *identity = kernel->identity;

	if (!vmlinux) {
		answer_text(output, "vmlinux", "none", "command line");
		return;
	}
	answer_text(output, "vmlinux", vmlinux->file.path,
		    vmlinux->source ? vmlinux->source : "command line");
	answer_text(output, "vmlinux_packed", vmlinux->packed, "the boot image that contains it");
	answer_text(output, "vmlinux_kind", vmlinux->elf ? NULL : "System.map", content);
	answer_text(output, "vmlinux_symbols", vmlinux->symbols ? NULL : "none", content);
	if (vmlinux->debug)
		answer_text(output, "vmlinux_debug", vmlinux->debug->file.path,
			    vmlinux->debug_source);
	answer_text(output, "vmlinux_match", vmlinux_match_texts[identity->match],
		    identity->proof ? identity->proof : "nothing to compare");
}

static void answer_of_dump(void *arg, const char *fact, const char *value)
{
	struct session *session = arg;

	answer_text(session->output, fact, value, "header of the dump");
}

/* Shows the number of pages in each state, if it is not 0. */
static void answer_survey(struct session *session)
{
	struct output *output = session->output;
	struct dump_survey survey;
	char fact[32];

	dump_survey(session->kernel->dump, &survey);
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++) {
		if (!survey.bytes[state] || state == PAGE_ABSENT)
			continue;
		snprintf(fact, sizeof(fact), "pages_%s", page_state_names[state]);
		info_begin(output, fact);
		output_count(output, "value", kernel_pfn(session->kernel, survey.bytes[state]));
		output_string(output, "source", "all memory of the dump");
		output_count(output, "bytes", survey.bytes[state]);
		if (survey.has_first[state] && (state == PAGE_TRUNCATED || state == PAGE_DAMAGED))
			output_hex(output, "first", survey.first[state]);
		output_end(output);
	}
}

struct info_trouble {
	struct output *output;
	const char *text;
};

static void state_trouble(const void *arg)
{
	const struct info_trouble *trouble = arg;

	output_string(trouble->output, "value", trouble->text);
}

static void state_that_there_is_trouble(const void *arg)
{
	const struct info_trouble *trouble = arg;

	output_string(trouble->output, "value", "yes");
}

static void state_what_trouble(const void *arg)
{
	const struct info_trouble *trouble = arg;

	output_string(trouble->output, "trouble", trouble->text);
}

/* Shows the trouble with the dump's file. The text is too long for the column of values, so it is
 * shown after the source. */
static void answer_trouble(struct output *output, const struct dump *dump)
{
	const struct info_trouble trouble = { output, dump->warning };

	if (!dump->warning[0])
		return;
	info_begin(output, "dump_trouble");
	output_in_records(output, state_trouble, &trouble);
	output_in_text(output, state_that_there_is_trouble, &trouble);
	output_string(output, "source", dump->file.path);
	output_in_text(output, state_what_trouble, &trouble);
	output_end(output);
}

/* Shows which data the writer overwrote: a line of the list of makedumpfile, such as "erase
 * task_struct.comm 16", for each answer (write_eraseinfo(), erase_info.c of makedumpfile). */
static void answer_erased(struct session *session)
{
	struct bytes left = session->kernel->dump->erase_info;
	bool any = !session->kernel->dump->erased;
	char line[256];

	while (left.size && !session_interrupted(session)) {
		const uint8_t *end = memchr(left.data, '\n', left.size);
		size_t size = end ? (size_t)(end - left.data) : left.size;

		snprintf(line, sizeof(line), "%.*s", (int)smaller_of(size, sizeof(line) - 1),
			 (const char *)left.data);
		if (*line) {
			answer_text(session->output, "erased", line, "the list of its writer");
			any = true;
		}
		size += end != NULL;
		left = (struct bytes){ left.data + size, left.size - size };
	}
	if (!any)
		answer_text(session->output, "erased", "the writer erased some data",
			    "header of the dump");
}

static void answer_dump(struct session *session)
{
	struct dump *dump = session->kernel->dump;

	answer_text(session->output, "dump_format", dump->format_name, dump->file.path);
	if (dump->format->describe)
		dump->format->describe(dump, answer_of_dump, session);
	answer_erased(session);
	if (dump->nr_cpus && kernel_cpu_is_foreign(session->kernel))
		answer_text(session->output, "cpu_kernel",
			    "CPU 0 runs another kernel than the open one (see kernels)",
			    "page table of the first CPU");
	answer_trouble(session->output, dump);
	answer_text(session->output, "dump_extract", extract_level_names[dump->extract],
		    "VMCOREINFO " EXTRACT_KEY);
	answer_text(session->output, "dump_scrubbed",
		    dump->scrubbed ? "names are pseudonyms, texts are left out" : NULL,
		    "VMCOREINFO " EXTRACT_SCRUBBED_KEY);
	answer_survey(session);
}

/* Shows where the VMCOREINFO note is, if it was found in memory and not in the headers of the
 * dump. */
static void answer_note(struct session *session)
{
	const struct kernel *kernel = session->kernel;

	if (!kernel->note->found)
		return;
	info_begin(session->output, "vmcoreinfo");
	output_hex(session->output, "value", kernel->note->paddr);
	output_string(session->output, "source",
		      "found in memory at this physical address, proved by the page table");
	output_end(session->output);
}

/* Returns true if the fact is a fact of the kernel's memory model. For example, the start of the
 * memory map is a different fact in each model. */
static bool fits_model(struct kernel *kernel, const struct fact_row *row)
{
	uint64_t model;

	return !row->models || kernel->facts->fact[row->id].given ||
	       (kernel_fact(kernel, FACT_MEMORY_MODEL, &model) && row->models >> model & 1);
}

static void answer_facts(struct session *session)
{
	for (size_t i = 0; i < NR_FACTS; i++)
		if (fits_model(session->kernel, &fact_rows[i]))
			answer_fact(session, fact_rows[i].id);
}

/* --- the program itself --- */

static void list_parts(struct output *output, bool hold)
{
	output_list_begin(output, hold ? "holds" : "lacks");
	for (enum sandbox_part part = 0; part < NR_SANDBOX_PARTS; part++)
		if (!sandbox_lacks(part) == hold)
			output_string(output, NULL, sandbox_part_name(part));
	output_list_end(output);
}

/* Appends the name of a part of the sandbox that is in force. After Landlock, also appends the
 * actions that this version of Landlock cannot forbid. */
static void append_held(char *text, size_t size, enum sandbox_part part)
{
	const char *lacks;

	text_append(text, size, "%s%s", *text ? ", " : "", sandbox_part_name(part));
	if (part != SANDBOX_FILES || !sandbox_landlock_lacks(0))
		return;
	text_append(text, size, " (version %d, without", sandbox_landlock_version());
	for (size_t i = 0; (lacks = sandbox_landlock_lacks(i)); i++)
		text_append(text, size, "%s %s", i ? "," : "", lacks);
	text_append(text, size, ")");
}

static void list_landlock(struct output *output)
{
	const char *lacks;

	output_count(output, "landlock_version", (uint64_t)sandbox_landlock_version());
	output_list_begin(output, "landlock_lacks");
	for (size_t i = 0; (lacks = sandbox_landlock_lacks(i)); i++)
		output_string(output, NULL, lacks);
	output_list_end(output);
}

/* Shows the parts of the sandbox. In text, the parts that are not in force are last, each with its
 * reason. */
static void answer_sandbox(struct output *output)
{
	char held[256] = "", lacking[256] = "", text[600];
	size_t nr_held = 0;

	for (enum sandbox_part part = 0; part < NR_SANDBOX_PARTS; part++) {
		const char *why = sandbox_lacks(part);

		nr_held += !why;
		if (why)
			text_append(lacking, sizeof(lacking), "%s%s (%s)", *lacking ? ", " : "",
				    sandbox_part_name(part), why);
		else
			append_held(held, sizeof(held), part);
	}
	snprintf(text, sizeof(text), "%s%s%s", held, *held && *lacking ? "; not: " : "",
		 *held ? lacking : "--sandbox=no");
	info_begin(output, "sandbox");
	output_string(output, "value",
		      nr_held == NR_SANDBOX_PARTS ? "yes" :
		      nr_held			  ? "partly" :
						    "no");
	output_string(output, "source", text);
	list_parts(output, true);
	list_parts(output, false);
	if (sandbox_landlock_version())
		list_landlock(output);
	output_end(output);
}

/* --- sources of answers --- */

static const char *source_of_symbols(struct kernel *kernel)
{
	struct kernel_symbol symbol;

	if (!kernel_image_symbol(kernel, "_stext", &symbol, NULL))
		return "none";
	return symbol.origin == SYMBOL_OF_KALLSYMS ? "the dump's kallsyms" :
						     symbol_origin_names[symbol.origin];
}

static const char *source_of_types(struct kernel *kernel)
{
	struct types *types = kernel_types(kernel);

	if (!types || !types_source(types))
		return "none";
	return types == kernel_dump_types(kernel) ? "the dump's BTF" : "vmlinux";
}

static void info_note_contradiction(void *arg, const struct fact_voice *voice)
{
	bool *doubtful = arg;

	*doubtful |= voice->verdict == VERDICT_DIFFERS;
}

/* Shows the summary. Its value is the number of facts, and its source lists the sources of the
 * facts and of other answers. */
static void answer_summary(struct session *session)
{
	struct kernel *kernel = session->kernel;
	unsigned int nr = 0, nr_doubtful = 0;
	char value[128], source[512];
	const char *misfit = kernel_types_misfit(kernel);

	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		bool doubtful;
		uint64_t ignored;

		if (!kernel_fact(kernel, id, &ignored))
			continue;
		doubtful = kernel->facts->fact[id].doubt;
		kernel_fact_voices(kernel, id, false, info_note_contradiction, &doubtful);
		nr++;
		nr_doubtful += doubtful;
	}
	snprintf(value, sizeof(value), "%u facts, %u in doubt", nr, nr_doubtful);
	snprintf(source, sizeof(source), "VMCOREINFO: %s; symbols: %s; types: %s%s%s",
		 !kernel->note->text.size ? "none" :
		 kernel->note->found	  ? "found in memory" :
					    "the dump's note",
		 source_of_symbols(kernel), source_of_types(kernel), misfit ? ", but " : "",
		 misfit ? misfit : "");
	answer_text(session->output, "summary", value, source);
}

struct info_options {
	unsigned int verbose;
};

static bool info_run(struct session *session, char **words, struct error *err)
{
	const struct identity *identity = session->kernel->identity;
	const struct info_options *given = session->given;

	(void)words, (void)err;
	if (given->verbose) {
		answer_all_sources(session);
		return true;
	}
	answer_dump(session);
	if (identity->release[0])
		answer_text(session->output, "release", identity->release,
			    identity->release_source);
	answer_note(session);
	answer_facts(session);
	answer_vmlinux(session->output, session->kernel);
	module_files_each(session->kernel, answer_module_file, session->output);
	answer_sandbox(session->output);
	answer_summary(session);
	return true;
}

static const struct command_option options[] = {
	{ "v", AT(info_options, verbose),
	  .help = "list all sources of each fact, the value from each source,\n"
		  "and the source that is used" },
	{ 0 }
};

static const struct record record = {
	.fields =
		FIELDS(COLUMN("fact", .width = 18), COLUMN("value", .width = 28, .rank = KEPT),
		       COLUMN("verdict"), COLUMN("source", .width = 24),
		       COLUMN("first", .heading = "source", TEXT(.join = ", first at ")),
		       COLUMN("trouble", .heading = "source", TEXT(.join = ": ")),
		       COLUMN("doubt", .heading = "source",
			      TEXT(.join = " (doubtful: ", .after = ")")),
		       COLUMN("contradicted", .heading = "source", TEXT(.join = "; but ")),
		       COLUMN("reason", .heading = "source", TEXT(.join = ": ")), HIDDEN("module"),
		       HIDDEN("used"), HIDDEN("doubtful"), HIDDEN("bytes"), HIDDEN("holds"),
		       HIDDEN("lacks"), HIDDEN("landlock_version"), HIDDEN("landlock_lacks")),
};

const struct command command_info = {
	.name = "info",
	.group = GROUP_DUMP,
	.options = options,
	.given_size = GIVEN(info_options),
	.record = &record,
	.summary = "facts about the dump and its kernel, with their sources",
	.details =
		"One line per fact, with its value and source. If another source of the fact has\n"
		"a different value, the line shows it. Unknown facts are left out. One line shows\n"
		"which parts of the sandbox are active. The last line shows how many facts are\n"
		"known, and which VMCOREINFO, symbols and types are used.",
	.run = info_run,
};
