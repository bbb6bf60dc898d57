/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers/check.h"
#include "answers/signature.h"
#include "base/text.h"
#include "frames/slab.h"
#include "frames/slab_count.h"
#include "frames/zone.h"
#include "show/show_kernel.h"
#include "show/show_panic.h"
#include "tasks/task_info.h"
#include "vmlinux/vmlinux.h"

/* Of zones and caches: of some, their bytes still are a number. */
#define MOST_PAGES (UINT64_C(1) << 44)

enum { MOST_USERS = 10 /* shown of each kind */, MOST_UNKNOWN = 8 };

/* The largest so far, by descending size. */
struct user {
	uint64_t size; /* bytes */
	int32_t pid;
	char name[64];
};
struct users {
	struct user user[MOST_USERS];
	size_t nr;
};

/* The parts of the record that are not known, and why. */
struct unknown {
	const char *part[MOST_UNKNOWN]; /* static */
	struct error why[MOST_UNKNOWN];
	size_t nr;
};

struct triage {
	struct session *session;
	struct panic panic;
	struct signature signature;
	bool has_panic, has_signature;
	struct users tasks, slabs;
	struct unknown unknown;
	uint64_t managed, free; /* bytes of all zones */
	bool has_zones;
	char checked[2048]; /* the last line of check */
	struct slab_pass pass;
	uint64_t bad_lists; /* slab caches */
	uint64_t bad_zones; /* of more pages than there are addresses */
};

static void note_unknown(struct triage *triage, const char *part,
			 const struct error *why)
{
	struct unknown *unknown = &triage->unknown;

	if (unknown->nr == MOST_UNKNOWN)
		return;
	unknown->part[unknown->nr] = part;
	unknown->why[unknown->nr++] = *why;
}

static void add_user(struct users *users, uint64_t size, int32_t pid,
		     const char *name)
{
	size_t at = users->nr;

	while (at && users->user[at - 1].size < size)
		at--;
	if (at == MOST_USERS || !size)
		return;
	if (users->nr < MOST_USERS)
		users->nr++;
	memmove(&users->user[at + 1], &users->user[at],
		(users->nr - 1 - at) * sizeof(*users->user));
	users->user[at].size = size;
	users->user[at].pid = pid;
	snprintf(users->user[at].name, sizeof(users->user[at].name), "%s",
		 name);
}

/* --- what is found out --- */

static bool add_zone(const struct zone *zone, void *arg)
{
	struct triage *triage = arg;

	uint64_t pages = zone->has_managed ? zone->managed : zone->present;

	if (pages > MOST_PAGES || zone->free > MOST_PAGES) {
		triage->bad_zones++;
		return !session_interrupted(triage->session);
	}
	triage->managed += kernel_frame(triage->session->kernel, pages);
	triage->free += kernel_frame(triage->session->kernel, zone->free);
	triage->has_zones = triage->has_zones || zone->has_free;
	return !session_interrupted(triage->session);
}

static bool add_cache(uint64_t cache, void *arg)
{
	struct triage *triage = arg;
	struct error damage;
	struct slab_count count =
		kernel_slab_count(&triage->pass, cache, &damage);

	bool sized = count.has_slabs && count.has_shape;
	bool sound = !sized || (count.order < 20 &&
				count.slabs <= MOST_PAGES >> count.order);

	if (sized && sound)
		add_user(&triage->slabs,
			 kernel_frame(triage->session->kernel,
				      count.slabs << count.order), 0,
			 count.name);
	triage->bad_lists += damage.code != ERROR_NONE || !sound;
	return !session_interrupted(triage->session);
}

static void find_memory(struct triage *triage)
{
	struct kernel *kernel = triage->session->kernel;
	struct error err;

	if (!kernel_each_zone(kernel, add_zone, triage, &err))
		note_unknown(triage, "zones", &err);
	triage->pass = (struct slab_pass){ .kernel = kernel };
	if (!kernel_each_slab_cache(kernel, add_cache, triage, &err))
		note_unknown(triage, "slabs", &err);
	slab_pass_release(&triage->pass);
	if (triage->bad_lists) {
		fail(&err, ERROR_UNREADABLE,
		     "the lists of %" PRIu64 " cache%s are damaged",
		     triage->bad_lists, plural_s(triage->bad_lists));
		note_unknown(triage, "slabs", &err);
	}
	if (triage->bad_zones) {
		fail(&err, ERROR_UNREADABLE,
		     "%" PRIu64 " zones have more pages than there are addresses",
		     triage->bad_zones);
		note_unknown(triage, "zones", &err);
	}
}

/* Each process once, by its first thread. */
static void find_tasks(struct triage *triage)
{
	struct session *session = triage->session;
	struct error err;
	const struct task_list *list = kernel_tasks(session->kernel, &err);
	struct task_facts facts;

	if (!list) {
		note_unknown(triage, "tasks", &err);
		return;
	}
	kernel_task_facts(session->kernel, list, &facts);
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		const struct task *task = &list->task[i];
		struct task_info info;

		if (!task->mm || task->pid != task->tgid)
			continue;
		info = kernel_task_info(session->kernel, &facts, task);
		if (info.has_rss)
			add_user(&triage->tasks, info.rss, task->pid,
				 task->comm);
	}
	task_facts_release(&facts);
}

static void find_end(struct triage *triage)
{
	struct kernel *kernel = triage->session->kernel;
	struct error err = { .code = ERROR_NONE };

	triage->has_panic = kernel_panic(kernel, &triage->panic, &err);
	if (!triage->has_panic) {
		note_unknown(triage, "panic", &err);
		return;
	}
	if (!triage->panic.log_known)
		note_unknown(triage, "log", &triage->panic.log_trouble);
	if (!triage->panic.cpus_known)
		note_unknown(triage, "cpus", &triage->panic.cpus_trouble);
	triage->has_signature = kernel_signature(kernel, &triage->panic,
						 &triage->signature);
}

/* --- JSON --- */

static void json_dump(struct output *output, const struct kernel *kernel)
{
	struct dump *dump = kernel->dump;
	struct dump_survey survey;

	output_string(output, "dump", dump->file.path);
	output_string(output, "format", dump->format_name);
	if (dump->warning[0])
		output_string(output, "trouble", dump->warning);
	dump_survey(dump, &survey);
	output_object_begin(output, "pages");
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++)
		if (survey.bytes[state] && state != PAGE_ABSENT)
			output_count(output, page_state_names[state],
				     kernel_pfn(kernel, survey.bytes[state]));
	output_object_end(output);
}

static void json_fact(struct output *output, struct kernel *kernel,
		      enum fact_id id)
{
	const struct fact *fact = &kernel->facts->fact[id];
	uint64_t value;
	char text[64];

	if (!kernel_fact(kernel, id, &value))
		return;
	fact_value_text(id, value, text, sizeof(text));
	output_object_begin(output, NULL);
	output_string(output, "fact", fact_name(id));
	output_string(output, "value", text);
	output_string(output, "source", fact->source);
	output_string_if(output, "doubt", fact->doubt);
	output_string_if(output, "contradicted", fact->against);
	output_object_end(output);
}

static void json_kernel(struct output *output, struct kernel *kernel)
{
	show_identity(output, kernel);
	output_list_begin(output, "facts");
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		json_fact(output, kernel, id);
	output_list_end(output);
}

static void json_finding(void *arg, enum check check, enum check_status status,
			 const char *message)
{
	struct triage *triage = arg;
	struct output *output = triage->session->output;

	if (check == CHECK_OF_ALL)
		snprintf(triage->checked, sizeof(triage->checked), "%s",
			 message);
	if (status <= CHECK_INAPPLICABLE || check == CHECK_OF_ALL)
		return;
	output_object_begin(output, NULL);
	output_string(output, "check", check_rows[check].name);
	output_string(output, "status", check_status_names[status]);
	output_string(output, "message", message);
	output_object_end(output);
}

static void json_users(struct output *output, const char *name,
		       const struct users *users, bool are_tasks)
{
	output_list_begin(output, name);
	for (size_t i = 0; i < users->nr; i++) {
		output_object_begin(output, NULL);
		if (are_tasks)
			output_integer(output, "pid", users->user[i].pid);
		output_string(output, are_tasks ? "comm" : "slab_cache",
			      users->user[i].name);
		output_count(output, are_tasks ? "rss" : "size",
			     users->user[i].size);
		output_object_end(output);
	}
	output_list_end(output);
}

static void json_memory(struct triage *triage)
{
	struct output *output = triage->session->output;

	output_object_begin(output, "memory");
	if (triage->has_zones) {
		output_count(output, "managed", triage->managed);
		output_count(output, "free", triage->free);
	}
	json_users(output, "tasks", &triage->tasks, true);
	json_users(output, "slabs", &triage->slabs, false);
	output_object_end(output);
}

static void json_unknown(struct output *output, const struct unknown *unknown)
{
	output_list_begin(output, "unknown");
	for (size_t i = 0; i < unknown->nr; i++) {
		output_object_begin(output, NULL);
		output_string(output, "part", unknown->part[i]);
		output_string(output, "message", unknown->why[i].message);
		output_object_end(output);
	}
	output_list_end(output);
}

static void answer_json(struct triage *triage)
{
	struct session *session = triage->session;
	struct output *output = session->output;
	struct checker checker = {
		.kernel = session->kernel,
		.tell = json_finding,
		.arg = triage,
	};

	output_begin(output, "triage", NULL, "ok");
	json_dump(output, session->kernel);
	json_kernel(output, session->kernel);
	if (triage->has_panic)
		show_end(session, &triage->panic,
			 triage->has_signature ? &triage->signature : NULL);
	output_list_begin(output, "findings");
	kernel_check(&checker);
	output_list_end(output);
	output_string(output, "checked", triage->checked);
	json_memory(triage);
	json_unknown(output, &triage->unknown);
	output_boolean(output, "whole", !session_interrupted(session));
	output_end(output);
}

/* --- text --- */

static void text_finding(void *arg, enum check check, enum check_status status,
			 const char *message)
{
	struct triage *triage = arg;

	if (check == CHECK_OF_ALL)
		output_textf(triage->session->output, "CHECKED    %s\n",
			     message);
	else if (status > CHECK_INAPPLICABLE)
		output_textf(triage->session->output, "CHECK      %s, %s: %s\n",
			     check_status_names[status], check_rows[check].name,
			     message);
}

static void text_signature(struct output *output,
			   const struct signature *signature)
{
	output_textf(output, "SIGNATURE  %016" PRIx64 "%s%s\n", signature->hash,
		     *signature->title ? " " : "", signature->title);
	if (*signature->trace.function)
		output_textf(output, "  in %s\n", signature->trace.function);
	for (size_t i = 0; i < signature->trace.nr_frames; i++)
		output_textf(output, "  by %s%s\n",
			     signature->guessed ? "? " : "",
			     signature->trace.frame[i]);
}

static void text_users(struct output *output, const char *heading,
		       const struct users *users)
{
	for (size_t i = 0; i < users->nr; i++)
		output_textf(output, "%-9s  %" PRIu64 "K %s\n", heading,
			     users->user[i].size >> 10, users->user[i].name);
}

static void answer_text(struct triage *triage)
{
	struct session *session = triage->session;
	struct output *output = session->output;
	const struct kernel *kernel = session->kernel;
	struct checker checker = {
		.kernel = session->kernel,
		.tell = text_finding,
		.arg = triage,
	};

	output_textf(output, "DUMP       %s, %s\n", kernel->dump->file.path,
		     kernel->dump->format_name);
	if (kernel->dump->warning[0])
		output_textf(output, "TROUBLE    %s\n", kernel->dump->warning);
	if (kernel->identity->release[0])
		output_textf(output, "KERNEL     %s\n",
			     kernel->identity->release);
	if (triage->has_panic)
		output_textf(output, "END        %s\n",
			     show_panic_end(&triage->panic));
	if (triage->has_panic)
		show_reports(session, &triage->panic.reports, NULL,
			     "REPORT     ");
	if (triage->has_signature)
		text_signature(output, &triage->signature);
	kernel_check(&checker);
	if (triage->has_zones)
		output_textf(output,
			     "MEMORY     %" PRIu64 "K, free %" PRIu64 "K\n",
			     triage->managed >> 10, triage->free >> 10);
	text_users(output, "TASK", &triage->tasks);
	text_users(output, "SLAB", &triage->slabs);
	for (size_t i = 0; i < triage->unknown.nr; i++)
		output_textf(output, "UNKNOWN    %s: %s\n",
			     triage->unknown.part[i],
			     triage->unknown.why[i].message);
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct triage triage = { .session = session };

	(void)words, (void)err;
	find_end(&triage);
	find_tasks(&triage);
	find_memory(&triage);
	if (output_json(session->output))
		answer_json(&triage);
	else
		answer_text(&triage);
	panic_release(&triage.panic);
	return true;
}

const struct command command_triage = {
	.name = "triage",
	.group = GROUP_CRASH,
	.summary = "all that a first look at a dump asks, as one record",
	.details =
		"What the dump is and how whole, its kernel and the facts with their doubts,\n"
		"what ended it, the signature of the crash, what check finds, and the largest\n"
		"users of memory. Parts that are not known say why. The signature is the\n"
		"same for crashes of the same kind: it is made of the message without its\n"
		"numbers, the function and its callers, by the log, and so depends on neither\n"
		"addresses, KASLR, processes nor CPUs. With --json the record is one object;\n"
		"a dump that cannot be opened gives one, too.",
	.rests_on = RESTS_ON_FRAMES,
	.answers_unopened = true,
	.run = run,
};
