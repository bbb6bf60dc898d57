/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "query/shared.h"
#include "query/translate.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/words.h"

struct shared_request {
	struct session *session;
	struct process *process; /* owned; one process for each argument */
	size_t nr;
};

static void print_piece(void *arg, const struct shared_piece *piece)
{
	const struct shared_request *request = arg;
	struct output *output = request->session->output;

	output_begin(output, "shared", NULL, NULL);
	output_hex(output, "physical", piece->first);
	output_count(output, "size", piece->last - piece->first + 1);
	output_hex(output, "pfn", kernel_pfn(request->session->kernel, piece->first));
	if (query_is_zero_page(request->session->kernel, piece->first))
		output_string(output, "kind", "zero-page");
	output_list_begin(output, "mappings");
	for (size_t i = 0; i < piece->nr && !session_interrupted(request->session); i++) {
		output_object_begin(output, NULL);
		output_integer(output, "pid", request->process[piece->page[i].process].task.pid);
		output_hex(output, "virtual", shared_vaddr(piece, i));
		output_object_end(output);
	}
	output_list_end(output);
	output_end(output);
}

static bool shared_add_all(const struct shared_request *request, struct shared *shared,
			   struct error *err)
{
	for (size_t i = 0; i < request->nr; i++)
		if (!shared_add(shared, request->session->kernel, &request->process[i], err))
			return false;
	return true;
}

static bool shared_answer(struct shared_request *request, struct error *err)
{
	struct session *session = request->session;
	struct shared *shared = shared_create(request->nr, err);
	bool complete = shared && shared_add_all(request, shared, err);
	enum stop_reason interrupted;
	bool done = false;

	if (complete || (shared && err->code != ERROR_SYSTEM)) {
		interrupted = complete ? STOP_NONE : interrupt_put_off();
		done = shared_visit(shared, print_piece, session->kernel, request, err);
		interrupt_resume(interrupted);
	}
	shared_destroy(shared);
	return done && complete;
}

static bool shared_choose(struct shared_request *request, char **argv)
{
	struct process *process = request->process;
	bool all = true;
	struct error err;

	for (size_t i = 0; i < request->nr; i++) {
		bool found = parse_process(request->session, argv[i], &process[i], &err);

		if (found && !process_has_memory(&process[i]))
			found = fail(&err, ERROR_NO_ANSWER,
				     "has no pages of its own: it is a kernel thread, or has ended");
		for (size_t j = 0; found && j < i; j++)
			if (process[j].mm == process[i].mm)
				found = fail(
					&err, ERROR_USAGE,
					"shares all its memory with %s, because both have the same mm",
					argv[j]);
		if (!found)
			session_complain(request->session, argv[i], &err);
		all &= found;
	}
	return all;
}

static bool shared_run(struct session *session, char **words, struct error *err)
{
	struct shared_request request = {
		.session = session,
		.nr = count_words(words),
	};
	bool done;

	request.process = calloc(request.nr, sizeof(*request.process));
	if (!request.process)
		return out_of_memory(err);
	done = !shared_choose(&request, words) || shared_answer(&request, err);
	free(request.process);
	return done;
}

static const struct field mapping[] = { COLUMN("pid"), { 0 } };

static const struct record record = {
	.fields = FIELDS(HIDDEN("kind"), HIDDEN("pfn"), COLUMN("mappings", .fields = mapping)),
};

const struct command command_shared = {
	.name = "shared",
	.group = GROUP_PROCESSES,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, 2, .most = MANY }),
	.record = &record,
	.summary = "memory that several processes have in common",
	.details =
		"Shows each piece of physical memory that all of the processes map (or keep\n"
		"without access), with each of its virtual addresses. A piece is a page, or the\n"
		"part of a large page that the other processes also map; its size is in bytes.",
	.rests_on = RESTS_ON_WALKS,
	.run = shared_run,
};
