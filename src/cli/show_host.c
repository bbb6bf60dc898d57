/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_host.h"

#include <inttypes.h>
#include <stdio.h>

#include "linux/area_members.h"
#include "linux/crash/panic.h"
#include "linux/module/modules.h"
#include "oops/facts.h"
#include "value/value.h"

/* init/version.c: struct uts_namespace init_uts_ns. */
bool show_host_name(const struct session *session, const char *member, char text[HOST_NAME])
{
	const struct value_memory memory = { .kernel = session->kernel };
	char expression[64];
	struct ctype_facts facts;
	struct value value;
	size_t length = 0;

	*text = '\0';
	snprintf(expression, sizeof(expression), "init_uts_ns.name.%s", member);
	if (!value_expression(&memory, expression, &value, NULL))
		return false;
	facts = ctype_describe(&value.type);
	if (value_text(&memory, &value, &facts, text, HOST_NAME - 1, &length))
		text[length] = '\0';
	return *text;
}

/* avenrun[] has numbers with FSHIFT, 11, bits after the point: include/linux/sched/loadavg.h. They are
 * rounded as by loadavg_proc_show() in fs/proc/loadavg.c. */
bool show_host_load(struct session *session)
{
	enum { LOADS = 3, ONE = 1 << 11 };
	struct kernel *kernel = session->kernel;
	const unsigned int word = kernel_pointer_size(kernel);
	uint64_t address, load[LOADS];
	char text[32];

	if (!kernel_symbol(kernel, "avenrun", &address, NULL))
		return false;
	for (unsigned int i = 0; i < LOADS; i++)
		if (!kernel_read_number(kernel, address + (uint64_t)i * word, word, &load[i], NULL))
			return false;
	output_list_begin(session->output, "load");
	for (unsigned int i = 0; i < LOADS; i++) {
		load[i] += ONE / 200;
		snprintf(text, sizeof(text), "%" PRIu64 ".%02u", load[i] / ONE,
			 (unsigned int)(load[i] % ONE * 100 / ONE));
		output_string(session->output, NULL, text);
	}
	output_list_end(session->output);
	return true;
}

/* init/main.c: char *saved_command_line. */
static void put_command_line(struct session *session)
{
	struct kernel *kernel = session->kernel;
	char text[4096];
	uint64_t at;

	if (kernel_symbol(kernel, "saved_command_line", &at, NULL) &&
	    kernel_read_pointer(kernel, at, &at, NULL) &&
	    kernel_read_text(kernel, at, text, sizeof(text)))
		output_string_if(session->output, "command_line", text);
}

static void put_taint_words(struct output *output, const struct panic *panic)
{
	char letters[FACT_TAINTS];

	if (!panic->has_tainted)
		return;
	fact_taint_letters(panic->tainted, letters);
	output_list_begin(output, "taint_words");
	for (const char *letter = letters; *letter; letter++)
		if (fact_taint(*letter))
			output_string(output, NULL, fact_taint(*letter));
	output_list_end(output);
}

static bool count_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	(void)kernel, (void)module;
	++*(size_t *)arg;
	return true;
}

static bool put_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct session *session = arg;
	char letters[FACT_TAINTS] = "";
	uint64_t taints;

	if (kernel_read_member(kernel, module->address, MODULE_TAINTS, &taints, NULL))
		fact_taint_letters(taints, letters);
	output_object_begin(session->output, NULL);
	output_string(session->output, "module", module->name);
	output_string_if(session->output, "taints", letters);
	output_object_end(session->output);
	return !session_interrupted(session);
}

void show_host(struct session *session, const struct panic *panic)
{
	char name[HOST_NAME];
	size_t nr = 0;

	if (show_host_name(session, "nodename", name))
		output_string(session->output, "nodename", name);
	show_host_load(session);
	put_command_line(session);
	put_taint_words(session->output, panic);
	/* If the list is unknown, the field is left out. */
	if (!module_each(session->kernel, count_module, &nr, NULL) && !nr)
		return;
	output_list_begin(session->output, "modules");
	module_each(session->kernel, put_module, session, NULL);
	output_list_end(session->output);
}
