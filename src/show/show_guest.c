/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An address of a virtual machine, as JSON and as text. */
#include <inttypes.h>

#include "output/row.h"
#include "show/guest_answer.h"
#include "show/show_walk.h"

const char *const walk_outcome_names[] = {
	[WALK_MAPPED] = "mapped",
	[WALK_NOT_PRESENT] = "not-mapped",
	[WALK_CORRUPT] = "corrupt",
	[WALK_UNREADABLE] = "unreadable",
	[WALK_NON_CANONICAL] = "non-canonical",
};

static const char *nested_status(const struct guest_place *place)
{
	return place->marked ? "emulated" :
			       walk_outcome_names[place->nested.outcome];
}

/* --- levels of a table --- */

struct table_shown {
	const struct guest_walks *walks;
	const struct paging *paging;
	const struct walk *walk;
};

static unsigned int nr_levels(const struct walk *walk)
{
	return walk->nr_steps + (walk->outcome == WALK_UNREADABLE);
}

static void json_table(const struct table_shown *table, const char *name)
{
	struct output *output = table->walks->session->output;

	output_list_begin(output, name);
	for (unsigned int i = 0; i < nr_levels(table->walk); i++) {
		const struct walk_step *step = &table->walk->step[i];

		output_object_begin(output, NULL);
		output_string(output, "name", table->paging->level[i].name);
		output_hex(output, "entry_address", step->entry_paddr);
		if (i < table->walk->nr_steps) {
			struct entry_flags flags = entry_flags_of(
				table->walks->session, table->paging, i,
				step->entry);

			output_hex(output, "entry", step->entry);
			output_list_begin(output, "flags");
			for (unsigned int j = 0; j < flags.nr; j++)
				output_string(output, NULL, flags.name[j]);
			output_list_end(output);
		}
		output_object_end(output);
	}
	output_list_end(output);
}

static void text_table(const struct table_shown *table)
{
	enum { NAME = 4, ADDRESS = 10, ENTRY = 28, FLAGS = 46 };
	struct output *output = table->walks->session->output;
	struct row row = { 0 };

	for (unsigned int i = 0; i < nr_levels(table->walk); i++) {
		row_pad(&row, NAME);
		row_cell(&row, table->paging->level[i].name, ADDRESS);
		row_hex(&row, table->walk->step[i].entry_paddr, 1);
		row_pad(&row, ENTRY);
		if (i < table->walk->nr_steps) {
			struct entry_flags flags = entry_flags_of(
				table->walks->session, table->paging, i,
				table->walk->step[i].entry);

			row_hex(&row, table->walk->step[i].entry, 1);
			row_pad(&row, FLAGS);
			for (unsigned int j = 0; j < flags.nr; j++) {
				row_text(&row, j ? "|" : "");
				row_text(&row, flags.name[j]);
			}
		} else {
			row_text(&row, page_state_names[table->walk->reason]);
		}
		row_end(&row, output);
	}
}

static struct table_shown own_table(const struct guest_answer *answer)
{
	return (struct table_shown){ answer->walks, answer->walks->own.paging,
				     &answer->walk };
}

static struct table_shown host_table(const struct guest_answer *answer)
{
	return (struct table_shown){
		answer->walks, answer->walks->view.process.user.paging,
		&answer->place.host.walk
	};
}

static struct table_shown nested_table(const struct guest_answer *answer)
{
	return (struct table_shown){ answer->walks,
				     answer->walks->view.cpu.space.paging,
				     &answer->place.nested };
}

/* --- JSON --- */

static void json_rights(struct output *output, const struct walk *walk)
{
	output_boolean(output, "writable", walk->writable);
	output_boolean(output, "executable", walk->executable);
	output_boolean(output, "user", walk->user);
}

static void json_own(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct table_shown table = own_table(answer);

	if (!answer->walks->paged)
		return;
	output_hex(output, "root", answer->walks->own.root);
	if (answer->walk.outcome == WALK_MAPPED) {
		output_count(output, "page_size", answer->walk.page_size);
		json_rights(output, &answer->walk);
	}
	if (answer->walk.outcome == WALK_UNREADABLE)
		output_string(output, "reason",
			      page_state_names[answer->walk.reason]);
	json_table(&table, "levels");
}

static void json_slot(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;
	const struct table_shown table = host_table(answer);

	if (!place->slot)
		return;
	output_integer(output, "slot", place->slot->id);
	output_hex(output, "user_address", place->user);
	if (!place->has_host)
		return;
	output_string(output, "host_status",
		      translation_status_names[place->host.status]);
	json_table(&table, "host_levels");
}

static void json_nested(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_cpu *cpu = &answer->walks->view.cpu;
	const struct guest_place *place = &answer->place;
	const struct table_shown table = nested_table(answer);

	output_string(output, "paging", nested_kind_names[cpu->nested]);
	if (!place->has_nested) {
		output_string_if(output, "paging_message",
				 cpu->trouble.message);
		return;
	}
	output_string(output, "nested_status", nested_status(place));
	if (place->nested.outcome == WALK_MAPPED && !place->marked) {
		output_hex(output, "nested_physical", place->nested.paddr);
		output_count(output, "nested_page_size",
			     place->nested.page_size);
		output_boolean(output, "nested_readable",
			       place->nested.readable);
		output_boolean(output, "nested_writable",
			       place->nested.writable);
		output_boolean(output, "nested_executable",
			       place->nested.executable);
	}
	json_table(&table, "nested_levels");
}

static void json_place(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;

	output_hex(output, "guest_physical", place->guest_physical);
	if (place->has_host && place->host.has_physical) {
		output_hex(output, "physical", place->host.physical);
		output_hex(output, "pfn",
			   kernel_pfn(answer->walks->session->kernel,
				      place->host.physical));
	}
	output_string(output, "page_state", page_state_names[answer->state]);
	output_string(output, "ways", two_ways_names[place->ways]);
	if (place->ways == WAYS_CONTRADICT)
		output_string(output, "contradiction",
			      place->contradiction.message);
	json_slot(answer);
	json_nested(answer);
}

static void show_json(const struct guest_answer *answer)
{
	const struct guest_view *view = &answer->walks->view;
	struct output *output = answer->walks->session->output;

	output_begin(output, "vtop", answer->argument, answer->status);
	output_hex(output, "virtual", answer->vaddr);
	output_hex(output, "guest", view->guest->address);
	output_integer(output, "vcpu", view->cpu.id);
	output_string(output, "dimension",
		      answer->ends_in_host ? "host" : "guest");
	if (answer->trouble.code)
		output_string(output, "message", answer->trouble.message);
	if (answer->has_place)
		json_place(answer);
	json_own(answer);
	output_end(output);
}

/* --- text --- */

enum { GUEST_PHYSICAL = 18, PHYSICAL = 36, SIZE = 54, STATE = 60 };

static void text_summary(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;
	bool found = answer->has_place && place->has_host &&
		     place->host.has_physical;
	struct row row = { 0 };

	output_text(output,
		    "VIRTUAL           GUEST-PHYSICAL    PHYSICAL          SIZE  STATE\n");
	row_hex(&row, answer->vaddr, output_address_width(output));
	row_pad(&row, GUEST_PHYSICAL);
	if (answer->has_place)
		row_hex(&row, place->guest_physical, 1);
	else
		row_text(&row, "-");
	row_pad(&row, PHYSICAL);
	if (found)
		row_hex(&row, place->host.physical, 1);
	else
		row_text(&row, "-");
	row_pad(&row, SIZE);
	row_text(&row, answer->walks->paged && answer->has_place ?
			       page_size_text(answer->walk.page_size) :
			       "-");
	row_pad(&row, STATE);
	row_text(&row, found ? "" : answer->status);
	row_text(&row, found || !answer->has_place ? "" : ", ");
	row_text(&row,
		 answer->has_place ? page_state_names[answer->state] : "");
	row_end(&row, output);
}

static void text_own(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct walk *walk = &answer->walk;
	const struct table_shown table = own_table(answer);

	if (!answer->walks->paged) {
		output_text(output,
			    "  The guest's paging is off: its addresses are physical.\n");
		return;
	}
	output_textf(output, "  GUEST'S TABLE at %" PRIx64 " (%s)\n",
		     answer->walks->own.root, table.paging->name);
	text_table(&table);
	if (walk->outcome == WALK_MAPPED)
		output_textf(output, "    ACCESS: %s, %s, %s\n",
			     walk->user ? "user" : "kernel only",
			     walk->writable ? "writable" : "read-only",
			     walk->executable ? "executable" : "no execute");
}

static void text_slot(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;
	const struct table_shown table = host_table(answer);

	if (!place->slot) {
		output_text(output, "  SLOT none: no memory is there\n");
		return;
	}
	output_textf(output, "  SLOT %d: %" PRIx64 " in the process\n",
		     place->slot->id, place->user);
	if (!place->has_host)
		return;
	output_textf(output, "  TABLE OF THE PROCESS at %" PRIx64 ": %s\n",
		     answer->walks->view.process.user.root,
		     translation_status_names[place->host.status]);
	text_table(&table);
}

static void text_nested(const struct guest_answer *answer)
{
	struct output *output = answer->walks->session->output;
	const struct guest_cpu *cpu = &answer->walks->view.cpu;
	const struct guest_place *place = &answer->place;
	const struct walk *walk = &place->nested;
	const struct table_shown table = nested_table(answer);

	if (!place->has_nested) {
		output_textf(output, "  NO EPT OR NPT: %s\n",
			     cpu->trouble.message);
		return;
	}
	output_textf(output, "  %s at %" PRIx64 ": %s\n", table.paging->name,
		     cpu->space.root, nested_status(place));
	text_table(&table);
	if (walk->outcome == WALK_MAPPED && !place->marked)
		output_textf(output, "    ACCESS: %s, %s, %s\n",
			     walk->readable ? "readable" : "not readable",
			     walk->writable ? "writable" : "read-only",
			     walk->executable ? "executable" : "no execute");
}

static void text_ways(const struct guest_answer *answer)
{
	static const char *const texts[NR_WAYS] = {
		[WAYS_ONE] = "one alone is known",
		[WAYS_AGREE] = "they agree",
		[WAYS_LATER] =
			"the second one does not map it yet: KVM adds it when the guest touches it",
		[WAYS_EMULATED] =
			"neither has memory: KVM has marked it as a device that it emulates",
		[WAYS_CONTRADICT] = "CONTRADICTION",
	};
	struct output *output = answer->walks->session->output;
	const struct guest_place *place = &answer->place;

	output_textf(output, "  THE TWO WAYS: %s%s%s\n", texts[place->ways],
		     place->contradiction.code ? ": " : "",
		     place->contradiction.code ? place->contradiction.message :
						 "");
}

static void show_text(const struct guest_answer *answer)
{
	text_summary(answer);
	text_own(answer);
	if (answer->has_place) {
		text_slot(answer);
		text_nested(answer);
		text_ways(answer);
	}
	output_text(answer->walks->session->output, "\n");
}

void show_guest_answer(const struct guest_answer *answer)
{
	if (output_json(answer->walks->session->output))
		show_json(answer);
	else
		show_text(answer);
}
