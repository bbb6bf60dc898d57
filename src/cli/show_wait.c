/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_wait.h"

#include "cli/show_area.h"
#include "kernel/kernel.h"
#include "linux/crash/blocked.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "query/whatis.h"
#include "symbols/symbol_lookup.h"

static void state_flag(const char *name, void *arg)
{
	output_string(arg, "flag", name);
}

/* Shows the frame of a folio, and the bit of its flags. */
static void state_folio(struct session *session, const struct wait *wait)
{
	const struct page_info only = { .has_flags = true, .flags = UINT64_C(1) << wait->bit };
	struct kernel *kernel = session->kernel;
	struct output *output = session->output;
	struct page_info info;
	struct frame_use use;
	char text[USE_TEXT];
	uint64_t pfn;

	page_flags_of(kernel, &only, state_flag, output);
	if (page_info_read(kernel, wait->object, &info, NULL) && info.has_flags)
		output_boolean(output, "set", info.flags >> wait->bit & 1);
	if (!page_pfn(kernel, wait->object, &pfn, NULL))
		return;
	output_hex(output, "pfn", pfn);
	query_frame_use(kernel, pfn, true, &use);
	if (!use.known || frame_use_kind(&use) == PAGE_USE_UNKNOWN)
		return;
	frame_use_text(&use, text);
	output_string(output, "use", text);
}

static void state_queue(struct output *output, const struct spin_queue *queue)
{
	output_boolean(output, "locked", queue->locked);
	output_boolean(output, "pending", queue->pending);
	if (queue->has_tail)
		output_count(output, "last_cpu", queue->last_cpu);
}

/* Shows the variable that is the object, or what else is at its address. */
static void state_object(struct session *session, uint64_t object)
{
	struct output *output = session->output;
	char text[WHATIS_TEXT];
	struct kernel_symbol symbol;
	struct whatis whatis;

	if (symbol_lookup_at(session->kernel->symbols, object, &symbol, NULL) &&
	    symbol.address == object) {
		output_string(output, "symbol", symbol.name);
		output_string(output, "module", symbol.module);
		return;
	}
	query_whatis_at(session->kernel, object, &whatis);
	whatis_text(session->kernel, &whatis, text);
	output_string(output, "text", text);
	whatis_text_within(session->kernel, &whatis, text);
	output_string(output, "within", text);
}

/* States how the task is related to the object, and the task. */
static void state_owner(struct output *output, const struct wait *wait)
{
	const char *pid = wait->is_reader ? "reader_pid" :
			  wait->is_reused ? "reused_pid" :
					    "owner_pid";
	const char *comm = wait->is_reader ? "reader_comm" :
			   wait->is_reused ? "reused_comm" :
					     "owner_comm";
	const char *relation =
		wait->is_reader	  ? "last read by" :
		wait->is_reused	  ? "held by a task that has probably ended; since the wait "
				    "began, its task_struct was reused by" :
		wait->is_on_stack ? "on the stack of" :
		wait->function	  ? "run by" :
				    "held by";

	output_string(output, "relation", relation);
	output_integer(output, pid, wait->owner->pid);
	output_string(output, comm, wait->owner->comm);
}

void show_wait(struct session *session, const struct wait *wait)
{
	struct output *output = session->output;
	char symbol[SYMBOL_TEXT];

	output_string(output, "kind", wait->kind);
	if (wait->object)
		output_hex(output, "object", wait->object);
	if (wait->object && !wait->is_folio)
		state_object(session, wait->object);
	if (wait->has_bit)
		output_count(output, "bit", wait->bit);
	if (!wait->object)
		return;
	if (wait->is_folio)
		state_folio(session, wait);
	if (wait->has_queue)
		state_queue(output, &wait->queue);
	if (wait->function && query_symbol_text(session->kernel, wait->function, symbol))
		output_string(output, "target_function", symbol);
	if (wait->nr_targets) {
		output_count(output, "target_cpu", wait->target);
		output_count(output, "target_cpus", wait->nr_targets);
	}
	if (wait->owner)
		state_owner(output, wait);
}

/* --- tasks that wait for the same --- */

static void state_function(struct session *session, const struct blocked_group *group)
{
	struct output *output = session->output;
	struct kernel_symbol symbol;

	if (!group->function ||
	    !symbol_lookup_at(session->kernel->symbols, group->code, &symbol, NULL))
		return;
	output_boolean(output, "sure", group->sure);
	output_string(output, "function", symbol.name);
	output_string(output, "function_module", symbol.module);
}

static void state_group(struct session *session, const struct blocked_group *group)
{
	struct output *output = session->output;

	output_object_begin(output, NULL);
	output_count(output, "tasks", group->nr);
	if (group->has_time)
		output_seconds(output, "time", group->time);
	output_pid(output, group->longest->pid, group->longest->comm);
	state_function(session, group);
	if (group->wait.kind)
		show_wait(session, &group->wait);
	output_object_end(output);
}

void show_blocked(struct session *session, const struct blocked *blocked)
{
	struct output *output = session->output;
	size_t shown = blocked->nr < MOST_BLOCKED_GROUPS ? blocked->nr : MOST_BLOCKED_GROUPS;

	if (!blocked->nr_tasks)
		return;
	output_object_begin(output, "blocked");
	output_count(output, "tasks", blocked->nr_tasks);
	if (blocked->nr_examined < blocked->nr_tasks)
		output_count(output, "examined", blocked->nr_examined);
	output_list_begin(output, "groups");
	for (size_t i = 0; i < shown; i++)
		state_group(session, &blocked->group[i]);
	output_list_end(output);
	if (shown < blocked->nr)
		output_count(output, "more_groups", blocked->nr - shown);
	output_object_end(output);
}

// clang-format off
/* The fields of show_wait() as a sentence. PLACE: COLUMN or LINE. */
#define WAIT_FIELD(PLACE, FIELD, ...) PLACE(FIELD, .heading = "waits for", TEXT(__VA_ARGS__))
#define WAIT_FIELDS(PLACE) \
	WAIT_FIELD(PLACE, "kind"), \
	WAIT_FIELD(PLACE, "object", .join = " "), \
	WAIT_FIELD(PLACE, "symbol", .join = " ", .before = "(", .after = ")"), \
	WAIT_FIELD(PLACE, "module", .join = " ", .before = "[", .after = "]"), \
	WAIT_FIELD(PLACE, "within", .join = " ", .before = "(", .after = ")"), \
	WAIT_FIELD(PLACE, "bit", .before = "bit "), \
	WAIT_FIELD(PLACE, "flag", .join = " ", .before = "(", .after = ")"), \
	WAIT_FIELD(PLACE, "set", .join = " ", .yes = "is set", .no = "is clear"), \
	WAIT_FIELD(PLACE, "pfn", .before = "frame "), \
	WAIT_FIELD(PLACE, "use"), \
	WAIT_FIELD(PLACE, "locked", .yes = "locked", .no = "not locked"), \
	WAIT_FIELD(PLACE, "pending", .yes = "with a pending CPU"), \
	WAIT_FIELD(PLACE, "last_cpu", .before = "last in the queue: CPU "), \
	WAIT_FIELD(PLACE, "target_function", .before = "function "), \
	WAIT_FIELD(PLACE, "target_cpu", .before = "not run by CPU "), \
	WAIT_FIELD(PLACE, "target_cpus", .join = " ", .before = "(", .after = " in all)"), \
	WAIT_FIELD(PLACE, "relation"), \
	WAIT_FIELD(PLACE, "owner_pid", .join = " "), \
	WAIT_FIELD(PLACE, "owner_comm", .join = " "), \
	WAIT_FIELD(PLACE, "reused_pid", .join = " "), \
	WAIT_FIELD(PLACE, "reused_comm", .join = " "), \
	WAIT_FIELD(PLACE, "reader_pid", .join = " "), \
	WAIT_FIELD(PLACE, "reader_comm", .join = " "), \
	HIDDEN("text")

const struct field show_wait_fields[] = { WAIT_FIELDS(LINE), { 0 } };

static const struct field groups[] = {
	COLUMN("tasks"),
	COLUMN("time", .heading = "seconds"),
	COLUMN("pid"),
	COLUMN("comm"),
	COLUMN("sure", .heading = "in", TEXT(.no = "?")),
	COLUMN("function", .heading = "in", TEXT(.join = " ")),
	COLUMN("function_module", .heading = "in", TEXT(.join = " ", .before = "[", .after = "]")),
	WAIT_FIELDS(COLUMN),
	{ 0 }
};

const struct field show_blocked_fields[] = {
	LINE("tasks", .heading = "blocked", TEXT(.after = " tasks in state D")),
	LINE("examined", .heading = "blocked", TEXT(.before = "groups of the first ")),
	LINE("groups", .heading = "", .fields = groups),
	LINE("more_groups", .heading = "", TEXT(.after = " more groups")),
	{ 0 }
};
// clang-format on
