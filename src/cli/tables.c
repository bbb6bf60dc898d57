/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tables.h"

#include <inttypes.h>
#include <stdio.h>

#include "query/frame_use.h"
#include "query/translate.h"
#include "base/listener.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "linux/crash/panic.h"

/* Returns the name of the option with which the running command chooses a process or a ROOT. */
static const char *option_of(const struct session *session, enum word_kind kind)
{
	const struct command_option *option = session->command->options;

	while (option && option->name && !(option->of_table && option->kind == kind))
		option++;
	return option && option->name ? option->name : kind == WORD_ROOT ? "r" : "p";
}

/* Can the frame at paddr contain a top-level page table? If the frame has another use or contains a
 * table of a lower level, returns false and sets err. Anonymous memory can contain the tables of a
 * virtual machine, and reserved memory the tables of the kernel and of firmware. */
static bool may_be_root(struct kernel *kernel, uint64_t paddr, struct error *err)
{
	struct table_owner owner;
	struct page_use use;

	if (!page_use_of(kernel, kernel_pfn(kernel, paddr), &use))
		return true;
	switch (use.kind) {
	case PAGE_USE_FILE:
	case PAGE_USE_SHMEM:
	case PAGE_USE_KSM:
	case PAGE_USE_FREE:
	case PAGE_USE_FREE_PERCPU:
	case PAGE_USE_OFFLINE:
	case PAGE_USE_SLAB:
		return fail(err, ERROR_NO_ANSWER,
			    "%" PRIx64 " is not a page table: the use of its frame is %s", paddr,
			    page_use_names[use.kind]);
	case PAGE_USE_TABLE: break;
	default: return true;
	}
	return !query_table_owner(kernel, paddr, &owner) || !owner.level ||
	       fail(err, ERROR_NO_ANSWER, "%" PRIx64 " is a %s, which is not a top-level table",
		    paddr, table_level_name(&owner));
}

static void warn_of_root(struct session *session, const struct process *process)
{
	struct error why;

	if (!process->has_task && !may_be_root(session->kernel, process->space.root, &why))
		listener_warn(session->kernel->listener, "ROOT %s: %s",
			      session->chosen.table.root_word, why.message);
}

static bool parse_root(struct session *session, const char *text, struct process *process,
		       struct error *err)
{
	struct error why;
	uint64_t value;

	if (parse_hex(text, &value, &why) &&
	    task_process_of_root(session->kernel, value, process, &why)) {
		warn_of_root(session, process);
		return true;
	}
	return fail(err, why.code, "-%s %s: %.400s", option_of(session, WORD_ROOT), text,
		    why.message);
}

static bool parse_process_option(struct session *session, const char *text, struct process *process,
				 struct error *err)
{
	struct error why;
	uint64_t value;

	if (parse_process(session, text, process, &why))
		return true;
	/* Limit of pids: PID_MAX_LIMIT in include/linux/threads.h. */
	return fail(err, why.code, "-%s %s: %.400s%s", option_of(session, WORD_PROCESS), text,
		    why.message,
		    parse_hex(text, &value, NULL) && value >= 4 << 20 ?
			    "; is this an address? PROCESS comes before it" :
			    "");
}

bool session_choose_table(struct session *session, struct error *err)
{
	struct table_choice *table = &session->chosen.table;

	if (table->process_word && table->root_word)
		return fail(err, ERROR_USAGE, "a process and a ROOT exclude each other");
	table->has_process = table->given || session->chosen.has_process;
	if (table->root_word)
		return parse_root(session, table->root_word, &table->process, err);
	if (table->process_word)
		return parse_process_option(session, table->process_word, &table->process, err);
	table->has_process = session->chosen.has_process;
	if (table->has_process)
		table->process = session->chosen.process; /* a large struct */
	return !table->given || session_need_process(session, err);
}

bool session_need_process(const struct session *session, struct error *err)
{
	return session->chosen.table.has_process ||
	       fail(err, ERROR_USAGE, NO_PROCESS "pass -%s PID, or " SET_CHOOSES,
		    option_of(session, WORD_PROCESS));
}

const struct process *session_process_at(const struct session *session, uint64_t vaddr)
{
	const struct table_choice *table = &session->chosen.table;

	if (!table->has_process || (!table->given && vaddr > table->process.user_last))
		return NULL;
	return &table->process;
}

const struct space *session_space(struct session *session, uint64_t vaddr, struct error *err)
{
	const struct process *process = session_process_at(session, vaddr);

	if (!process)
		return kernel_space(session->kernel, err);
	return process_require_memory(process, vaddr, err) ? process_space(process, vaddr) : NULL;
}

void session_ask_whose(const struct session *session, uint64_t vaddr, struct error *err)
{
	if (!session->chosen.table.has_process && query_is_user_address(session->kernel, vaddr))
		text_append(err->message, sizeof(err->message),
			    "; this is a user address: choose its process with -%s or set",
			    option_of(session, WORD_PROCESS));
}

enum whose_table session_whose_table(const struct session *session, uint64_t vaddr,
				     struct process *process, const char **source)
{
	const struct process *own = session_process_at(session, vaddr);
	struct kernel *kernel = session->kernel;
	const struct fact *root = &kernel->facts->fact[FACT_ROOT];
	const struct space *space;

	if (own) {
		*process = *own;
		return TABLE_OF_PROCESS;
	}
	/* If the root is a fallback, it comes from a CPU, and belongs to the process that the CPU
	 * happened to run. Only user addresses depend on the process, so the source is returned
	 * only for them. */
	if (!root->from || root->from->use != SOURCE_FALLBACK ||
	    !query_is_user_address(kernel, vaddr))
		return TABLE_OF_KERNEL;
	space = kernel_space(kernel, NULL);
	if (!space || !task_process_of_root(kernel, space->root, process, NULL))
		return TABLE_OF_KERNEL;
	*source = root->source;
	return TABLE_OF_CPU;
}

void session_note_table(struct session *session, uint64_t vaddr)
{
	struct process process;
	const char *source;
	char owner[96] = "an unknown process";
	uint64_t mm;

	if (session->reported_table ||
	    session_whose_table(session, vaddr, &process, &source) != TABLE_OF_CPU)
		return;
	session->reported_table = true;
	if (process.has_task)
		snprintf(owner, sizeof(owner), "pid %d (%s)", (int)process.task.pid,
			 process.task.comm);
	else if (task_root_is_of_efi(session->kernel, process.space.root, &mm))
		snprintf(owner, sizeof(owner), "efi_mm");
	listener_warn(session->kernel->listener,
		      "user addresses are looked up in the page table at %" PRIx64
		      " of %s (%s); \"set PID\" or -p chooses another process",
		      process.space.root, owner, source);
}

struct table_asked {
	struct session *session;
	uint64_t vaddr;
};

static void state_table_asked(const void *arg)
{
	const struct table_asked *asked = arg;
	struct output *output = asked->session->output;
	struct process process;
	const char *source;
	enum whose_table whose =
		session_whose_table(asked->session, asked->vaddr, &process, &source);

	if (whose == TABLE_OF_KERNEL)
		return;
	if (whose == TABLE_OF_CPU)
		output_hex(output, "root", process.space.root);
	if (process.has_task)
		output_integer(output, "pid", process.task.pid);
	if (whose == TABLE_OF_CPU && process.has_task)
		output_string(output, "comm", process.task.comm);
}

void session_add_pid(struct session *session, uint64_t vaddr)
{
	output_in_records(session->output, state_table_asked,
			  &(struct table_asked){ session, vaddr });
}

/* --- the process of a command that shows one process --- */

static bool find_panicked(struct session *session, struct process *process)
{
	struct panic panic;
	const struct cpu_run *run =
		panic_read(session->kernel, &panic, NULL) ? panic_run(&panic) : NULL;
	const struct task_list *list = run && run->task ? task_all(session->kernel, NULL) : NULL;
	const struct task *task = list ? task_of_address(list, run->task) : NULL;
	bool found = task && task_process(session->kernel, task, process, NULL);

	panic_release(&panic);
	return found;
}

bool usual_process(struct session *session, const char *word, struct process *process,
		   struct error *err)
{
	if (word && session->chosen.table.given)
		return fail(err, ERROR_USAGE, "%.60s: a process is already chosen by an option",
			    word);
	if (word)
		return parse_process(session, word, process, err);
	if (session->chosen.table.given || session->chosen.has_process) {
		*process = session->chosen.table.given ? session->chosen.table.process :
							 session->chosen.process;
		return true;
	}
	return find_panicked(session, process) ||
	       fail(err, ERROR_USAGE, NO_PROCESS "name one (%s PROCESS), or " SET_CHOOSES,
		    session->command->name);
}
