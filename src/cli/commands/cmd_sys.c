/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the system, in the form of crash's command sys. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/show_kernel.h"
#include "cli/show_panic.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/percpu.h"
#include "linux/page/zone.h"
#include "linux/printk/log.h"
#include "oops/facts.h"

/* A row is always shown: text has the word unknown, and JSON null. */
static void put_unknown(struct output *output, const char *name, const char *in_text)
{
	output_null(output, name);
	output_remark(output, in_text, "unknown", STYLE_PLAIN);
}

static void put_text(struct output *output, const char *name, const char *value)
{
	if (value && *value)
		output_string(output, name, value);
	else
		put_unknown(output, name, name);
}

static void put_count(struct output *output, const char *name, bool known, uint64_t value)
{
	if (known)
		output_count(output, name, value);
	else
		put_unknown(output, name, name);
}

/* --- files --- */

static void put_files(struct session *session)
{
	struct dump *dump = session->kernel->dump;
	const struct vmlinux *vmlinux = session->kernel->vmlinux;
	struct dump_survey survey;

	output_string(session->output, "kernel", vmlinux ? vmlinux->file.path : "none was given");
	output_string(session->output, "dumpfile", dump->file.path);
	dump_survey(dump, &survey);
	output_boolean(session->output, "partial",
		       survey.bytes[PAGE_FILTERED] || survey.bytes[PAGE_TRUNCATED] ||
			       survey.bytes[PAGE_DAMAGED]);
}

/* --- time --- */

static void name_duration(uint64_t seconds, char text[64])
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

	*text = '\0';
	if (seconds >= DAY)
		text_append(text, 64, "%" PRIu64 " days, ", seconds / DAY);
	text_append(text, 64, "%02u:%02u:%02u", (unsigned int)(seconds % DAY / HOUR),
		    (unsigned int)(seconds % HOUR / MINUTE), (unsigned int)(seconds % MINUTE));
}

/* The clock is the kernel's. The time since the boot does not count the time of a suspend. */
static void put_times(struct session *session, const struct panic *panic)
{
	const uint64_t second = panic->has_clock ? panic->clock : panic->time;
	struct output *output = session->output;
	char text[64] = "";
	uint64_t nsec;

	if (panic->has_clock || panic->has_time) {
		show_panic_utc(second, text, sizeof(text));
		output_count(output, "date", second);
		output_remark(output, "date_text", text, STYLE_PLAIN);
	} else {
		put_unknown(output, "date", "date_text");
	}
	if (!log_uptime(session->kernel, &nsec)) {
		put_unknown(output, "uptime", "uptime_text");
		return;
	}
	output_count(output, "uptime", nsec / 1000000000);
	name_duration(nsec / 1000000000, text);
	output_remark(output, "uptime_text", text, STYLE_PLAIN);
}

/* --- the machine --- */

static void put_name(struct session *session, const char *member, const char *instead)
{
	char text[HOST_NAME];

	put_text(session->output, member, show_host_name(session, member, text) ? text : instead);
}

static bool add_pages(const struct zone *zone, void *arg)
{
	*(uint64_t *)arg += zone->present;
	return true;
}

/* arch/x86/kernel/tsc.c: unsigned int cpu_khz */
static void put_frequency(struct session *session)
{
	uint64_t address, khz;
	char text[32];

	if (!kernel_symbol(session->kernel, "cpu_khz", &address, NULL) ||
	    !kernel_read_number(session->kernel, address, 4, &khz, NULL) || !khz)
		return;
	output_count(session->output, "cpu_khz", khz);
	snprintf(text, sizeof(text), "(%" PRIu64 " MHz)", khz / 1000);
	output_remark(session->output, "cpu_mhz", text, STYLE_PLAIN);
}

static void put_machine(struct session *session)
{
	struct kernel *kernel = session->kernel;
	uint64_t pages = 0;
	bool known = page_each_zone(kernel, add_pages, &pages, NULL);

	put_name(session, "nodename", NULL);
	put_name(session, "release", kernel->identity->release);
	put_name(session, "version", NULL);
	put_name(session, "machine", kernel->arch ? kernel->arch->name : NULL);
	put_frequency(session);
	put_count(session->output, "memory",
		  known && pages && pages < kernel_pfn(kernel, MOST_MEMORY),
		  kernel_frame(kernel, pages));
}

static void put_counts(struct session *session)
{
	const struct task_list *list = task_all(session->kernel, NULL);
	struct cpu_set cpus, online;
	uint64_t nr = 0, offline = 0;
	bool known = kernel_online_cpus(session->kernel, &online, NULL);

	if (kernel_present_cpus(session->kernel, &cpus, NULL))
		for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
			nr += cpu_set_has(&cpus, cpu);
			offline += cpu_set_has(&cpus, cpu) && !cpu_set_has(&online, cpu);
		}
	put_count(session->output, "cpus", nr, nr);
	if (known && offline)
		output_count(session->output, "offline", offline);
	put_count(session->output, "tasks", list, list ? list->nr : 0);
}

static void put_taints(struct output *output, const struct panic *panic)
{
	char letters[FACT_TAINTS], text[512] = "";

	put_count(output, "tainted", panic->has_tainted, panic->tainted);
	if (!panic->has_tainted)
		return;
	fact_taint_letters(panic->tainted, letters);
	output_string(output, "taints", letters);
	for (const char *letter = letters; *letter; letter++)
		text_append(text, sizeof(text), "%s%s", *text ? ", " : "",
			    fact_taint(*letter) ? fact_taint(*letter) : "unknown bit");
	output_remark(output, "taint_words", text, STYLE_PLAIN);
}

struct sys_options {
	unsigned int taints;
};

static void put_system(struct session *session, const struct panic *panic)
{
	char end[PANIC_END];

	put_files(session);
	put_counts(session);
	put_times(session, panic);
	if (!show_host_load(session))
		put_unknown(session->output, "load", "load");
	put_machine(session);
	put_text(session->output, "panic",
		 panic->end == END_UNKNOWN ? NULL : show_panic_end(session->kernel, panic, end));
}

static bool run_sys(struct session *session, char **words, struct error *err)
{
	const struct sys_options *given = session->given;
	struct panic panic;

	(void)words;
	if (!panic_read(session->kernel, &panic, err))
		return false;
	output_begin(session->output, "sys", NULL, NULL);
	if (given->taints)
		put_taints(session->output, &panic);
	else
		put_system(session, &panic);
	output_end(session->output);
	panic_release(&panic);
	return true;
}

static const struct command_option options[] = {
	{ "t", AT(sys_options, taints), .help = "the taint flags of the kernel instead" }, { 0 }
};

static const struct record record = {
	.labelled = true,
	.fields =
		(const struct field[]){
			LINE("kernel"),
			LINE("dumpfile"),
			LINE("partial", .heading = "dumpfile",
			     TEXT(.join = "  ", .yes = "[PARTIAL DUMP]")),
			LINE("cpus"),
			LINE("offline", .heading = "cpus",
			     TEXT(.before = "[OFFLINE: ", .after = "]", .join = " ")),
			HIDDEN("date"),
			LINE("date_text", .heading = "date"),
			HIDDEN("uptime"),
			LINE("uptime_text", .heading = "uptime"),
			LINE("load", .heading = "load average", TEXT(.join = ", ")),
			LINE("tasks"),
			LINE("nodename"),
			LINE("release"),
			LINE("version"),
			LINE("machine"),
			HIDDEN("cpu_khz"),
			LINE("cpu_mhz", .heading = "machine", TEXT(.join = "  ")),
			LINE("memory", .kind = KIND_BYTES),
			LINE("panic"),
			LINE("tainted"),
			LINE("taints", .heading = "tainted", TEXT(.join = " ")),
			LINE("taint_words", .heading = "tainted",
			     TEXT(.before = "(", .after = ")", .join = " ")),
			{ 0 } },
};

const struct command command_sys = {
	.name = "sys",
	.group = GROUP_KERNEL,
	.options = options,
	.given_size = GIVEN(sys_options),
	.record = &record,
	.summary = "the system in short: files, time, load, version, memory, panic",
	.details =
		"Shows what crash shows when it starts: the files; the CPUs that are present, and\n"
		"how many of them are offline; the time of the dump by the kernel's clock, in\n"
		"UTC; the time since the boot; the load averages; the number of tasks; the names\n"
		"that uname shows; the frequency of x86 CPUs; the memory of all zones; the\n"
		"message of panic(). info shows facts with their sources.",
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.run = run_sys,
};
