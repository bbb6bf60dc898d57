/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands/show_definition.h"
#include "cli/show_task.h"
#include "cli/show_value.h"
#include "cli/tables.h"
#include "cli/words.h"
#include "kernel/kernel.h"
#include "value/value.h"

struct struct_options {
	unsigned int offsets, base, user, source; /* base: 10 or 16; 0: not given */
	const char *inside; /* -l: a member of TYPE, or a number of bytes */
};

enum { MOST_TYPE = 256 };

/* Splits "task_struct.comm,pid" into the name of the type and the members, or NULL. Returns false if
 * the name is too long. */
static bool split(const char *word, char name[MOST_TYPE], const char **members, struct error *err)
{
	size_t length = strcspn(word, ".");

	if (length >= MOST_TYPE)
		return fail(err, ERROR_USAGE, "the name of the type is too long");
	memcpy(name, word, length);
	name[length] = '\0';
	*members = word[length] && word[length + 1] ? word + length + 1 : NULL;
	return true;
}

/* --- values --- */

enum { MOST_SHOWN = 32 }; /* members in one command */

struct shown_struct {
	struct session *session;
	const struct struct_options *given;
	const char *input;
	struct value_memory memory;
	struct value_show show;
	struct error unreadable;
	struct ctype type;
	char members[512]; /* the paths, each with a NUL */
	const char *path[MOST_SHOWN];
	size_t nr; /* of paths; 0: all members are shown */
	/* With the command task: the task, and its thread_info if has_info. */
	const struct task *task;
	struct value info;
	bool has_info;
};

static bool split_members(struct shown_struct *shown, const char *members, struct error *err)
{
	char *rest = shown->members, *path;

	if (!members)
		return true;
	if (strlen(members) >= sizeof(shown->members))
		return fail(err, ERROR_USAGE, "the list of members is too long");
	strcpy(shown->members, members);
	while ((path = strsep(&rest, ","))) {
		if (shown->nr == MOST_SHOWN)
			return fail(err, ERROR_USAGE, "more than %d members", MOST_SHOWN);
		shown->path[shown->nr++] = path;
	}
	return true;
}

/* Subtracts the offset of -l, which is a member of the type or a number of bytes. */
static bool leave_member(const struct shown_struct *shown, uint64_t *address, struct error *err)
{
	const char *inside = shown->given->inside;
	struct value start = value_at(shown->type, 0), member;
	uint64_t offset;

	if (!inside)
		return true;
	if (isdigit((unsigned char)*inside)) {
		if (!parse_count(inside, &offset, err))
			return false;
	} else {
		inside = strchr(inside, '.') ? strchr(inside, '.') + 1 : inside;
		if (!value_path(&shown->memory, &start, inside, &member, err))
			return false;
		offset = member.address;
	}
	*address -= offset;
	return true;
}

/* Reads the words ADDR or EXPR, and COUNT. A last word that is a small decimal number, after another
 * word, is COUNT. */
static bool read_place(struct shown_struct *shown, char **words, uint64_t *address, int64_t *count,
		       struct error *err)
{
	char text[1024] = "", *end;
	struct value place;
	size_t nr = count_words(words);

	*count = 1;
	if (nr > 1) {
		*count = strtol(words[nr - 1], &end, 10);
		if (*end || !*count)
			*count = 1;
		else
			nr--;
	}
	for (size_t i = 0; i < nr; i++)
		text_append(text, sizeof(text), "%s%s", i ? " " : "", words[i]);
	if (strlen(text) + 1 == sizeof(text))
		return fail(err, ERROR_USAGE, "the expression is too long");
	return parse_place(shown->session, &shown->memory, text, &place, err) &&
	       value_as_address(&shown->memory, &place, address, err) &&
	       leave_member(shown, address, err);
}

/* Adds that 5.14 renamed task_struct.state (2f064a59a11f). */
static void name_state(const struct shown_struct *shown, const char *path, struct error *err)
{
	struct ctype_member member;

	if (!strcmp(path, "state") && !strcmp(ctype_describe(&shown->type).name, "task_struct") &&
	    ctype_member(&shown->type, "__state", 7, &member))
		fail(err, err->code, "struct task_struct has no member \"state\", but __state");
}

/* The members that are shown of one struct. */
struct found_members {
	struct value value[MOST_SHOWN];
	const char *path[MOST_SHOWN];
	size_t nr;
};

/* Finds the members, and complains of those that are not there. Fails if there is none of them. */
static bool find_members(const struct shown_struct *shown, const struct value *value,
			 struct found_members *found, struct error *err)
{
	size_t nr_bad = 0;

	found->nr = 0;
	for (size_t i = 0; i < shown->nr; i++) {
		const char *path = shown->path[i];
		struct value *member = &found->value[found->nr];
		struct error why;

		if (value_path(&shown->memory, value, path, member, &why) ||
		    (shown->has_info &&
		     value_path(&shown->memory, &shown->info, path, member, NULL))) {
			found->path[found->nr++] = path;
			continue;
		}
		name_state(shown, path, &why);
		if (nr_bad++)
			session_complain(shown->session, shown->input, err);
		*err = why;
	}
	if (found->nr && nr_bad)
		session_complain(shown->session, shown->input, err);
	return found->nr;
}

static void show_members(struct shown_struct *shown, const struct found_members *found)
{
	for (size_t i = 0; i < found->nr; i++)
		show_value_lines(&shown->show, found->path[i], &found->value[i], 2);
	show_value_members(&shown->show, found->path, found->value, found->nr);
}

static bool show_one(struct shown_struct *shown, uint64_t address, struct error *err)
{
	struct output *output = shown->session->output;
	struct value value = value_at(shown->type, address);
	struct ctype_facts facts = ctype_describe(&shown->type);
	char type[MOST_TYPE + 16];
	struct found_members found;

	if (shown->nr ? !find_members(shown, &value, &found, err) :
			value_missing(&shown->memory, address, facts.size, err))
		return false;
	ctype_declare(&shown->type, "", type, sizeof(type));
	output_begin(output, shown->session->command->name, shown->input, NULL);
	if (shown->task) {
		output_pid(output, shown->task->pid, shown->task->comm);
		output_hex(output, "task", shown->task->address);
	}
	output_string(output, "type", type);
	output_string(output, "type_source", value.type_source);
	output_hex(output, "address", address);
	if (shown->nr) {
		show_members(shown, &found);
	} else {
		if (facts.kind == CTYPE_STRUCT || facts.kind == CTYPE_UNION)
			show_value_struct(&shown->show, &value);
		else
			show_value_lines(&shown->show, type, &value, 0);
		show_value_record(&shown->show, &value);
	}
	output_end(output);
	if (shown->unreadable.code)
		session_complain_of_answer(shown->session, shown->input, &shown->unreadable);
	shown->unreadable.code = ERROR_NONE;
	return true;
}

/* Reads the next CPU of a list such as "0,2-4", and moves *at after it. The list is not empty. */
static bool next_cpu(const char **at, unsigned long *cpu, unsigned long *last, struct error *err)
{
	char *end = (char *)*at;

	if (*cpu < *last) {
		++*cpu;
		return true;
	}
	if (isdigit((unsigned char)**at))
		*last = *cpu = strtoul(*at, &end, 10);
	if (end > *at && *end == '-' && isdigit((unsigned char)end[1]))
		*last = strtoul(end + 1, &end, 10);
	if (end == *at || *last < *cpu || *last > UINT16_MAX || (*end && *end != ','))
		return fail(err, ERROR_USAGE, "\"%s\" is no list of CPUs, such as 0,2-4", *at);
	*at = end + (*end == ',');
	return true;
}

static bool show_values(struct shown_struct *shown, char **words, struct error *err);

/* Shows the copies of a per-CPU variable NAME:LIST. */
static bool show_copies(struct shown_struct *shown, const char *word, const char *list,
			struct error *err)
{
	char one[MOST_TYPE + 16], *words[] = { one, NULL };
	unsigned long cpu = 0, last = 0;

	for (const char *at = list; *at || cpu < last;) {
		if (!next_cpu(&at, &cpu, &last, err))
			return false;
		snprintf(one, sizeof(one), "%.*s%lu", (int)(list - word), word, cpu);
		if (session_interrupted(shown->session) || !show_values(shown, words, err))
			return false;
	}
	return true;
}

static bool show_values(struct shown_struct *shown, char **words, struct error *err)
{
	struct session *session = shown->session;
	uint64_t address, others, size = ctype_describe(&shown->type).size;
	const char *list = strrchr(words[0], ':');
	int64_t count;

	if (list && !words[1] && strpbrk(list, ",-") && isdigit((unsigned char)list[1]) &&
	    strlen(words[0]) < MOST_TYPE)
		return show_copies(shown, words[0], list + 1, err);
	if (shown->given->user && !session_need_process(session, err))
		return false;
	if (!read_place(shown, words, &address, &count, err))
		return false;
	if (shown->given->user && !(shown->memory.space = session_space(session, address, err)))
		return false;
	others = (count < 0 ? -(uint64_t)count : (uint64_t)count) - 1;
	if (!size && others)
		return fail(err, ERROR_USAGE, "%s has the size 0, so there is only one",
			    shown->input);
	if (size && others > (count < 0 ? address : UINT64_MAX - address) / size)
		return fail(err, ERROR_USAGE, "COUNT is too large: there is no place for so many");
	if (count < 0) /* the last of -COUNT structs, as in crash */
		address -= others * size;
	for (uint64_t i = 0; i <= others && !session_interrupted(session); i++)
		if (!show_one(shown, address + i * size, err))
			return false;
	return true;
}

static bool show_struct(struct session *session, char **words, struct error *err)
{
	const struct struct_options *given = session->given;
	struct definition_form form = { .offsets = given->offsets,
					.hex = (given->base ?: session->base) == 16 };
	struct shown_struct shown = {
		.session = session,
		.given = given,
		.input = words[0],
		.memory = { .kernel = session->kernel },
		.show = { session, &shown.memory, given->base, given->offsets, &shown.unreadable },
	};
	char name[MOST_TYPE];
	bool good;

	if (!split(words[0], name, &form.members, err) ||
	    !value_type(session->kernel, name, &shown.type, err))
		return false;
	show_definition_note_others(session, name, &shown.type);
	if (!words[1])
		return show_definition(session, words[0], &shown.type, &form, given->source, err);
	if (!split_members(&shown, form.members, err))
		return false;
	show_definition_hide(session);
	good = show_values(&shown, words + 1, err);
	if (good && given->source)
		output_textf(session->output, "TYPES: %s\n", ctype_source(&shown.type));
	show_definition_unhide(session);
	return good;
}

static const struct choices keywords = { (const char *const[]){ "struct", "union", "enum" }, 3 };

static bool struct_run(struct session *session, char **words, struct error *err)
{
	/* "struct struct mutex", or "whatis -o struct mutex" of crash */
	words += words[1] && choices_find(&keywords, words[0]);
	if (!show_struct(session, words, err))
		session_complain(session, words[0], err);
	return true;
}

/* --- task --- */

struct task_options {
	unsigned int base;
	const char *members;
};

/* Finds the thread_info: a member of task_struct since 4.9 (c65eacbe290b), or else at the start of the
 * stack. *apart: it is not shown with the task_struct. */
static void find_info(struct shown_struct *shown, const struct value *task, bool *apart)
{
	const struct value_memory *memory = &shown->memory;
	struct value stack;
	uint64_t address;
	struct ctype type;

	shown->has_info = value_member(memory, task, "thread_info", 11, &shown->info, NULL);
	*apart = !shown->has_info;
	if (shown->has_info || !value_type(memory->kernel, "thread_info", &type, NULL) ||
	    !value_member(memory, task, "stack", 5, &stack, NULL) ||
	    !value_number(memory, &stack, &address, NULL))
		return;
	shown->has_info = true;
	shown->info = value_at(type, address);
}

static void show_task(struct shown_struct *shown, const struct task *task)
{
	struct ctype type = shown->type;
	struct value value = value_at(type, task->address);
	struct error err;
	bool apart, good;

	shown->task = task;
	find_info(shown, &value, &apart);
	show_task_heading(shown->session, task);
	good = show_one(shown, task->address, &err);
	if (good && !shown->nr && apart && shown->has_info) {
		shown->type = shown->info.type;
		good = show_one(shown, shown->info.address, &err);
		shown->type = type;
	}
	show_task_end(shown->session);
	if (!good)
		session_complain(shown->session, shown->input, &err);
}

static bool show_tasks(struct shown_struct *shown, char **words, struct error *err)
{
	struct session *session = shown->session;
	const struct task_list *list = task_all(session->kernel, err);
	struct process process;

	if (!list)
		return false;
	if (!*words) {
		if (!usual_process(session, NULL, &process, err))
			return false;
		if (!process.has_task)
			return fail(err, ERROR_NO_ANSWER, "no task has this mm");
		show_task(shown, &process.task);
	}
	for (; *words && !session_interrupted(session); words++) {
		struct task_word word = parse_task_word(session->kernel, *words);
		bool found = false;

		shown->input = *words;
		for (size_t i = 0; i < list->nr && !session_interrupted(session); i++)
			if (parse_task_match(&list->task[i], &word) > 0) {
				found = true;
				show_task(shown, &list->task[i]);
			}
		if (!found && !session_interrupted(session))
			session_complain_of_task(session, *words);
	}
	return true;
}

static bool task_run(struct session *session, char **words, struct error *err)
{
	const struct task_options *given = session->given;
	const struct struct_options plain = { 0 };
	struct shown_struct shown = {
		.session = session,
		.given = &plain,
		.memory = { .kernel = session->kernel },
		.show = { session, &shown.memory, given->base, false, &shown.unreadable },
	};
	bool done;

	if (!value_type(session->kernel, "task_struct", &shown.type, err) ||
	    !split_members(&shown, given->members, err))
		return false;
	show_definition_hide(session);
	done = show_tasks(&shown, words, err);
	show_definition_unhide(session);
	return done;
}

static const struct command_option task_options[] = {
	{ "R", WORD_TYPE, AT(task_options, members), .value = "MEMBER,...",
	  .help = "only these members, of task_struct or of thread_info" },
	{ "x", AT(task_options, base), .set_to = 16, .group = 'x',
	  .help = "show numbers in hexadecimal" },
	{ "d", AT(task_options, base), .set_to = 10, .group = 'x',
	  .help = "show numbers in decimal" },
	{ 0 },
};

const struct command command_task = {
	.name = "task",
	.group = GROUP_PROCESSES,
	.options = task_options,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = MANY }),
	.given_size = GIVEN(task_options),
	.summary = "the task_struct of a task, or some of its members",
	.details =
		"Shows the values of the task_struct of each PROCESS, and of its thread_info if\n"
		"this is not a member of task_struct, as struct does. A member can be a path:\n"
		"se.vruntime, or thread.sp. Default: the process chosen by set, or else the one\n"
		"that caused the panic.",
	.rests_on = RESTS_ON_TYPES | RESTS_ON_WALKS,
	.younger = true,
	.run = task_run,
};

/* --- struct --- */

static const struct command_option options[] = {
	{ "o", AT(struct_options, offsets),
	  .help = "also show the offset of each member; with ADDR, its\naddress" },
	{ "x", AT(struct_options, base), .set_to = 16, .group = 'x',
	  .help = "show numbers in hexadecimal" },
	{ "d", AT(struct_options, base), .set_to = 10, .group = 'x',
	  .help = "show numbers in decimal" },
	{ "u", AT(struct_options, user), .help = "read the memory of the chosen process" },
	{ "l", WORD_TYPE, AT(struct_options, inside), .value = "MEMBER|BYTES",
	  .help = "ADDR is the address of this member of TYPE, or so many\nbytes after its start" },
	{ "v", AT(struct_options, source), .help = "also show from which source the types are" },
	{ 0 },
};

const struct command command_struct = {
	.name = "struct",
	.also = "union enum *",
	.meant_by = "type structure member offset sizeof ptype pahole",
	.group = GROUP_TRANSLATE,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "TYPE[.MEMBER,...]", WORD_TYPE, 1, .most = 1 },
			       { "ADDR|EXPR [COUNT]", WORD_ADDRESS, 0, .most = MANY }),
	.given_size = GIVEN(struct_options),
	.summary = "definition of a struct, or its values",
	.listed_with = "whatis",
	.details =
		"TYPE is the name of a struct, union, enum or typedef. Without ADDR, shows its\n"
		"definition and size; with members, their types and offsets. A member can be a\n"
		"path: se.run_node, or pid_links[1].next. With ADDR, or with an expression of C\n"
		"such as (init_task.mm), shows the values: of the struct at that place, or of\n"
		"COUNT structs that follow each other (negative: that end there). The word\n"
		"struct may be left out before TYPE.MEMBER, and between TYPE and an address.",
	.addresses = ONE_ADDRESS,
	.rests_on = RESTS_ON_TYPES | RESTS_ON_WALKS,
	.needs_no_dump = true,
	.younger = true,
	.run = struct_run,
};
