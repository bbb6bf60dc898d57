/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report says first: which dump, which kernel, how sure, and what ended it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "html/page_parts.h"
#include "show/show_panic.h"
#include "vmlinux/vmlinux.h"
#include "whatis/area_info.h"

/* --- the summary --- */

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void put_dump(struct markup *markup, const struct report *report)
{
	const struct dump *dump = report->kernel->dump;
	const struct dump_survey *survey = &report->survey;
	char text[SIZE_TEXT];
	bool first = true;

	markup_format(markup,
		      "<dt>Dump</dt><dd>%s, %s", dump->file.path,
		      dump->format_name);
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++) {
		if (!survey->bytes[state] || state == PAGE_ABSENT)
			continue;
		markup_format(markup, "%s %s %s", first ? ":" : ",",
			      size_text(survey->bytes[state], text),
			      page_state_names[state]);
		first = false;
	}
	if (dump->warning[0])
		markup_format(markup, "<br/><span class=\"bad\">%s</span>",
			      dump->warning);
	markup_put(markup, "</dd>\n");
}

static void put_kernel(struct markup *markup, const struct report *report)
{
	const struct kernel *kernel = report->kernel;
	uint64_t mode, levels;

	markup_format(markup, "<dt>Kernel</dt><dd>%s",
		      kernel->identity->release[0] ? kernel->identity->release :
						     "release not known");
	if (kernel_fact(report->kernel, FACT_MODE, &mode) && mode < NR_MODES)
		markup_format(markup, ", %s", kernel_mode_names[mode]);
	if (kernel_fact(report->kernel, FACT_LEVELS, &levels))
		markup_format(markup, ", %" PRIu64 " levels", levels);
	markup_put(markup, "</dd>\n");
	if (kernel->vmlinux)
		markup_format(markup,
			      "<dt>vmlinux</dt><dd>%s, which %s</dd>\n",
			      file_name(kernel->vmlinux->file.path),
			      vmlinux_match_texts[kernel->identity->match]);
	else
		markup_put(markup,
			   "<dt>vmlinux</dt><dd>none</dd>\n");
}

static void count_part(void *arg, const char *part, const struct error *why)
{
	size_t *nr = arg;

	(void)part, (void)why;
	++*nr;
}

/* How sure: facts, doubts, contradictions, and what is not known at all. */
static void put_sureness(struct markup *markup, const struct report *report)
{
	const struct fact_list *facts = &report->facts;
	size_t unknown = 0;

	report_unknown(report, count_part, &unknown);
	markup_format(markup, "<dt>How sure</dt><dd>%zu facts",
		      facts->nr);
	if (facts->nr_doubtful)
		markup_format(
			markup,
			", <a class=\"warn\" href=\"#facts\">%zu doubtful</a>",
			facts->nr_doubtful);
	if (facts->nr_contradicted)
		markup_format(
			markup,
			", <a class=\"bad\" href=\"#facts\">%zu contradicted</a>",
			facts->nr_contradicted);
	if (!facts->nr_doubtful && !facts->nr_contradicted)
		markup_put(markup, ", none doubtful or contradicted");
	if (unknown)
		markup_format(
			markup,
			"; <a class=\"warn\" href=\"#unknown\">%zu parts of this report are not known</a>",
			unknown);
	if (!report->whole)
		markup_put(markup,
			   "<br/><span class=\"bad\">The work was ended early: parts are missing</span>");
	markup_put(markup, "</dd>\n");
}

static void put_findings(struct markup *markup, const struct report *report)
{
	size_t nr[NR_CHECK_STATUSES] = { 0 };

	for (size_t i = 0; i < report->findings.nr; i++)
		if (report->findings.finding[i].check != CHECK_OF_ALL)
			nr[report->findings.finding[i].status]++;
	markup_put(markup, "<dt>Findings</dt><dd>");
	if (nr[CHECK_ERROR])
		markup_format(markup,
			      "<a class=\"bad\" href=\"#findings\">%zu errors</a>, ",
			      nr[CHECK_ERROR]);
	if (nr[CHECK_WARNING])
		markup_format(
			markup,
			"<a class=\"warn\" href=\"#findings\">%zu warnings</a>, ",
			nr[CHECK_WARNING]);
	if (nr[CHECK_NOT_CHECKED])
		markup_format(
			markup,
			"<a class=\"warn\" href=\"#findings\">%zu not checked</a>, ",
			nr[CHECK_NOT_CHECKED]);
	markup_format(markup, "%zu checks are well</dd>\n", nr[CHECK_OK]);
}

static void put_memory(struct markup *markup, const struct report *report)
{
	const struct frame_map *map = &report->frames;
	uint64_t kept = map->frames[SHADE_FREE_PERCPU];
	uint64_t all = 0;
	char text[SIZE_TEXT];

	if (report->has_frames && map->use_known) {
		for (unsigned int i = 0; i < NR_SHADES; i++)
			all += map->frames[i];
		markup_format(markup, "<dt>Memory</dt><dd>%s of frames",
			      size_text(frame_map_size(map, all), text));
		markup_format(markup, ", %s free",
			      size_text(frame_map_size(map, map->frames[SHADE_FREE]),
					text));
		if (kept)
			markup_format(markup, ", and %s in lists of CPUs",
				      size_text(frame_map_size(map, kept), text));
		markup_format(markup, "</dd>\n");
	}
	if (report->processes.known)
		markup_format(
			markup,
			"<dt>Processes</dt><dd>%zu, and %zu tasks of the kernel</dd>\n",
			report->processes.nr_processes,
			report->processes.nr_kernel_threads);
}

static void put_time(struct markup *markup, const struct panic *panic)
{
	time_t second = (time_t)panic->time;
	struct tm broken;
	char text[64];

	if (panic->has_time && gmtime_r(&second, &broken) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &broken))
		markup_format(markup, "<dt>Time</dt><dd>%s</dd>\n",
			      text);
	if (panic->has_uptime)
		markup_format(
			markup,
			"<dt>Ran for</dt><dd>%.1f s, to the end of its log</dd>\n",
			(double)panic->uptime / 1e9);
}

void page_summary(struct markup *markup, const struct report *report)
{
	const struct kernel *kernel = report->kernel;

	markup_format(markup, "<h1>%s</h1>\n",
		      file_name(kernel->dump->file.path));
	markup_format(markup, "<p class=\"end\">%s</p>\n",
		      report->has_panic ? show_panic_end(&report->panic) :
					  "What ended it is not known");
	markup_put(markup, "<dl class=\"facts\">\n");
	put_dump(markup, report);
	put_kernel(markup, report);
	put_sureness(markup, report);
	put_findings(markup, report);
	put_memory(markup, report);
	if (report->has_panic)
		put_time(markup, &report->panic);
	markup_put(markup, "</dl>\n");
}

/* --- what ended it --- */

static void put_run(struct markup *markup, struct kernel *kernel,
		    const struct cpu_run *run)
{
	uint64_t ip = run->registers.value[CPU_IP];
	const struct region *region = NULL;
	char symbol[SYMBOL_TEXT] = "";

	markup_put(markup, "<tr><th scope=\"row\" class=\"n\">");
	if (run->has_cpu)
		markup_format(markup, "%u", run->cpu);
	else
		markup_put(markup, "?");
	markup_put(markup, "</th><td class=\"n\">");
	if (run->has_name)
		markup_format(markup, "%" PRId32 "</td><td class=\"m\">%s</td>",
			      run->pid, run->comm);
	else
		markup_put(markup, "</td><td></td>");
	markup_put(markup, "<td class=\"m mono\">");
	if (run->has_registers) {
		markup_format(markup, "%" PRIx64, ip);
		region = kernel_region(kernel, ip, NULL);
		if (!kernel_symbol_text(kernel, ip, symbol))
			snprintf(symbol, sizeof(symbol), "%s",
				 region ? region_name_mapped(region) : "");
	}
	markup_format(markup, "</td><td class=\"t\">%s</td></tr>\n", symbol);
}

static void put_registers(struct markup *markup, const struct report *report)
{
	const struct cpu_run *run = panic_run(&report->panic);
	unsigned int size = kernel_pointer_size(report->kernel);

	if (!run || !run->has_registers)
		return;
	markup_put(markup, "<details><summary>Registers</summary>\n");
	page_table(markup, "Registers of the CPU that panicked",
		   "Register|=Value|Points to", false);
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		char symbol[SYMBOL_TEXT] = "";

		if (!registers_have(&run->registers, i) ||
		    !register_name(i, size))
			continue;
		kernel_symbol_text(report->kernel, run->registers.value[i],
				   symbol);
		markup_format(
			markup,
			"<tr><th scope=\"row\">%s</th><td class=\"m mono\">%" PRIx64
			"</td><td class=\"t\">%s</td></tr>\n",
			register_name(i, size), run->registers.value[i], symbol);
	}
	page_table_end(markup);
	markup_put(markup, "</details>\n");
}

static void put_signature(struct markup *markup, const struct report *report)
{
	const struct signature *signature = &report->signature;

	if (!report->has_signature)
		return;
	markup_format(markup,
		      "<p>Signature <code>%016" PRIx64 "</code>",
		      signature->hash);
	if (*signature->trace.function)
		markup_format(markup, ": in <code>%s</code>",
			      signature->trace.function);
	for (size_t i = 0; i < signature->trace.nr_frames; i++)
		markup_format(markup, "%s<code>%s</code>",
			      i ? ", " : ", called by ",
			      signature->trace.frame[i]);
	markup_put(markup, "</p>\n");
}

/* The first one is often the cause of all others. */
static void put_earlier(struct markup *markup, const struct panic *panic)
{
	const struct log_reports *reports = &panic->reports;
	char text[LOG_REPORT_TEXT];

	for (size_t i = 0; i < reports->nr; i++) {
		const struct log_report *report = &reports->report[i];

		if (report->count == 1 && !strcmp(report->text, panic->report))
			continue;
		log_report_text(report, text);
		markup_format(markup, "<p>In the log: %s</p>\n", text);
	}
}

void page_end(struct markup *markup, const struct report *report)
{
	const struct panic *panic = &report->panic;

	page_open(markup, "end", "What ended it");
	if (!report->has_panic) {
		page_not_known(markup, &report->why_panic);
		page_close(markup);
		return;
	}
	markup_format(markup, "<p><strong>%s</strong></p>\n",
		      show_panic_end(panic));
	put_earlier(markup, panic);
	if (*panic->report && strcmp(panic->report, show_panic_end(panic)) != 0)
		markup_format(markup, "<p>Reported before: %s</p>\n",
			      panic->report);
	put_signature(markup, report);
	if (!panic->log_known)
		page_not_known(markup, &panic->log_trouble);
	if (!panic->cpus_known)
		page_not_known(markup, &panic->cpus_trouble);
	if (panic->nr_runs) {
		page_table(markup, "What each CPU ran",
			   "#CPU|#PID|=Task|=Instruction|Where", false);
		for (size_t i = 0; i < panic->nr_runs; i++)
			put_run(markup, report->kernel, &panic->run[i]);
		page_table_end(markup);
	}
	put_registers(markup, report);
	page_close(markup);
}

/* --- findings and facts --- */

static void put_places(struct markup *markup, const struct findings *findings,
		       const struct finding *finding)
{
	markup_put(markup, "<details><summary>Places</summary><ul>\n");
	for (size_t i = 0; i < findings->nr_places; i++)
		if (findings->place[i].check == finding->check)
			markup_format(markup, "<li><code>%s</code></li>\n",
				      findings->place[i].text);
	markup_put(markup, "</ul></details>\n");
}

void page_findings(struct markup *markup, const struct report *report)
{
	static const char *const classes[NR_CHECK_STATUSES] = {
		[CHECK_OK] = "good",
		[CHECK_INAPPLICABLE] = "good",
		[CHECK_NOT_CHECKED] = "warn",
		[CHECK_WARNING] = "warn",
		[CHECK_ERROR] = "bad",
	};
	const struct findings *findings = &report->findings;

	page_open(markup, "findings", "Findings");
	markup_put(
		markup,
		"<p>What the command <code>check</code> says. An error is damage, or facts that contradict each other; a warning is a weakness. What could not be looked at, or not all of it, is not checked; the last line sums up.</p>\n");
	page_table(markup, "Checks", "=Check|=Status|Message|=Shows more",
		   false);
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *finding = &findings->finding[i];

		markup_format(
			markup,
			"<tr><th scope=\"row\" class=\"m\">%s</th><td class=\"m %s\">%s</td><td class=\"t\">%s",
			check_rows[finding->check].name, classes[finding->status],
			check_status_names[finding->status], finding->message);
		if (finding->has_places)
			put_places(markup, findings, finding);
		markup_format(markup, "</td><td class=\"m\"><code>%s</code></td></tr>\n",
			      check_rows[finding->check].command);
	}
	page_table_end(markup);
	page_close(markup);
}

static void put_fact(struct markup *markup, const struct told_fact *fact)
{
	markup_format(
		markup,
		"<tr><th scope=\"row\" class=\"m\">%s</th><td class=\"m mono\">%s</td><td class=\"t\">%s",
		fact_name(fact->id), fact->value, fact->source);
	if (fact->doubt)
		markup_format(markup,
			      "<br/><span class=\"warn\">doubtful: %s</span>",
			      fact->doubt);
	for (size_t i = 0; i < fact->nr_voices; i++) {
		const struct told_voice *voice = &fact->voice[i];

		if (voice->verdict != VERDICT_TAKEN)
			markup_format(
				markup, "<br/><span class=\"%s\">%s</span>: %s (%s)",
				voice->verdict == VERDICT_DIFFERS ? "bad" : "soft",
				fact_verdict_names[voice->verdict], voice->source,
				voice->value);
	}
	markup_put(markup, "</td></tr>\n");
}

void page_facts(struct markup *markup, const struct report *report)
{
	page_open(markup, "facts", "Facts");
	markup_put(
		markup,
		"<p>The numbers that all answers rest on, each with the source that was believed, and others that know it.</p>\n");
	page_table(markup, "Facts and their sources", "=Fact|=Value|Source",
		   false);
	for (size_t i = 0; i < report->facts.nr; i++)
		put_fact(markup, &report->facts.fact[i]);
	page_table_end(markup);
	page_close(markup);
}
