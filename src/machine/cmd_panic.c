/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "output/row.h"
#include "show/show_panic.h"

enum { LONGEST_LINE = 2048 + 1 }; /* COMMAND_LINE_SIZE, asm/setup.h */

static void time_text(const struct panic *panic, char text[64])
{
	time_t second = (time_t)panic->time;
	struct tm broken;

	*text = '\0';
	if (panic->has_time && gmtime_r(&second, &broken))
		strftime(text, 64, "%Y-%m-%d %H:%M:%S UTC", &broken);
}

/* saved_command_line is a pointer since 2.6.20 (30d7e0d466b3), to what is kept. */
static bool command_line(struct session *session, char text[LONGEST_LINE])
{
	struct kernel *kernel = session->kernel;
	uint64_t address;

	return kernel_symbol(kernel, "saved_command_line", &address, NULL) &&
	       kernel_read_pointer(kernel, address, &address, NULL) &&
	       kernel_read_text(kernel, address, text, LONGEST_LINE) && *text;
}

static void answer_json(struct session *session, const struct panic *panic)
{
	char text[LONGEST_LINE];

	output_begin(session->output, "panic", NULL, show_panic_status(panic));
	show_panic_fields(session, panic);
	if (command_line(session, text))
		output_string(session->output, "command_line", text);
	output_end(session->output);
}

/* --- text --- */

static void text_task(struct output *output, const struct panic *panic,
		      const struct cpu_run *run)
{
	if (run && run->has_name)
		output_textf(output,
			     "TASK     %" PRIx64 ", pid %" PRId32 ", %s\n",
			     run->task, run->pid, run->comm);
	else if (panic->log_has_task)
		output_textf(output,
			     "TASK     pid %" PRId32 ", %s (by the log)\n",
			     panic->log_pid, panic->log_comm);
	else if (run && run->task)
		output_textf(output, "TASK     %" PRIx64 "\n", run->task);
}

static void text_registers(struct session *session,
			   const struct registers *registers)
{
	unsigned int digits = output_address_width(session->output);
	struct row row = { 0 };
	unsigned int nr = 0;

	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = show_register_name(session, registers, i);

		if (!name)
			continue;
		row_pad(&row, 2 + (size_t)nr * (digits + 9));
		row_cell(&row, name, row.used + 7);
		row_hex(&row, registers->value[i], digits);
		if (++nr == 3) {
			row_end(&row, session->output);
			nr = 0;
		}
	}
	if (nr)
		row_end(&row, session->output);
}

static void text_panic(struct session *session, const struct panic *panic)
{
	const struct cpu_run *run = panic_run(panic);
	struct output *output = session->output;
	char text[64];

	if (panic->cpu >= 0)
		output_textf(output, "CPU      %" PRId64 "\n", panic->cpu);
	text_task(output, panic, run);
	time_text(panic, text);
	if (*text)
		output_textf(output, "TIME     %s\n", text);
	if (run && run->has_registers) {
		struct code_target target =
			show_code_target(session, run->registers.value[CPU_IP]);

		output_textf(output, "AT       %0*" PRIx64 " %s%s%s\n",
			     (int)output_address_width(output),
			     run->registers.value[CPU_IP], target.symbol,
			     *target.symbol ? ", " : "",
			     target.region ? target.region : "");
		text_registers(session, &run->registers);
	}
}

static void text_run(struct session *session, const struct cpu_run *run)
{
	struct output *output = session->output;
	uint64_t ip = run->registers.value[CPU_IP];
	struct code_target target = { .symbol = "" };

	if (run->has_registers)
		target = show_code_target(session, ip);
	output_begin(output, "panic", NULL, "ok");
	output_count_if(output, "cpu", run->has_cpu, run->cpu);
	output_count_if(output, "pid", run->has_name, (uint64_t)run->pid);
	output_string_if(output, "comm", run->has_name ? run->comm : NULL);
	output_hex_if(output, "task", run->task, run->task);
	output_hex_if(output, "ip", run->has_registers, ip);
	output_string_if(output, "where",
			 *target.symbol ? target.symbol : target.region);
	output_end(output);
}

static void answer_text(struct session *session, const struct panic *panic)
{
	struct output *output = session->output;
	char letters[TAINTS_MAX], line[LONGEST_LINE];

	output_textf(output, "%s%s\n",
		     panic->end == END_PANIC ? "PANIC    " : "END      ",
		     show_panic_end(panic));
	show_reports(session, &panic->reports, panic->report, "EARLIER  ");
	if (*panic->report && strcmp(show_panic_end(panic), panic->report) != 0)
		output_textf(output, "REPORT   %s\n", panic->report);
	if (panic->end == END_PANIC)
		text_panic(session, panic);
	if (panic->has_oops && panic->oops_in_progress)
		output_textf(output, "OOPS     %" PRIu64 " in progress\n",
			     panic->oops_in_progress);
	if (panic->has_tainted) {
		taint_letters(panic->tainted, letters);
		output_textf(output, "TAINTED  %" PRIu64 "%s%s\n",
			     panic->tainted, *letters ? " " : "", letters);
	}
	if (command_line(session, line))
		output_textf(output, "CMDLINE  %s\n", line);
	for (size_t i = 0; i < panic->nr_runs; i++)
		text_run(session, &panic->run[i]);
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct panic panic;
	bool found = kernel_panic(session->kernel, &panic, err);

	(void)words;
	if (found && output_json(session->output))
		answer_json(session, &panic);
	else if (found)
		answer_text(session, &panic);
	if (found && !panic.log_known)
		session_complain(session, NULL, &panic.log_trouble);
	if (found && !panic.cpus_known)
		session_complain(session, NULL, &panic.cpus_trouble);
	session_complain_of_damages(session, &panic.damages);
	panic_release(&panic);
	return found;
}

const struct command command_panic = {
	.name = "panic",
	.group = GROUP_CRASH,
	.summary = "what ended the kernel, and what each CPU ran",
	.details =
		"The message of panic(); the line of the log that began the last report of\n"
		"trouble, such as an oops; the CPU and its task; the CPU's registers and\n"
		"what they point to; the kernel's command line; then what each CPU ran. The\n"
		"registers are those that QEMU saved, or the CPUs themselves for kdump. A\n"
		"kernel that did not panic says so.",
	.rests_on = RESTS_ON_WALKS,
	.run = run,
};
