/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Follows the steps of a listing. A step runs the next one for each of its elements, and the last one makes a
 * row, so the depth is the number of steps. */
#include "listing/listing_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/vma/open_file.h"
#include "value/symbol_word.h"
#include "value/walk.h"

enum { MOST_ELEMENTS = 1 << 20 /* of an array */ };

struct run {
	struct kernel *kernel;
	const struct listing *listing;
	const struct listing_visitor *visitor;
	struct damages *damages;
	struct value_memory memory;
	struct value_name name[2 * MOST_DEPTH_OF_STEPS + 1];
	/* What links the elements, once it was found. */
	struct {
		bool known;
		struct walk_place place;
		struct ctype type;
	} link[MOST_STEPS];
	size_t nr_followed[MOST_STEPS]; /* how many elements a step has had so far */
	const char *part; /* the name of the part that is being run; "": it has none */
	size_t chosen[MOST_COLUMNS]; /* which alternative of the column was found first */
	size_t nr_rows; /* of this alternative */
	bool ended; /* the visitor or the user ended the visit, or this alternative does not exist */
	struct error missing; /* why this alternative does not exist, if its code is not 0 */
	struct listing_cell cell[MOST_COLUMNS];
};

/* An element whose step is being followed. */
struct following {
	struct run *run;
	size_t step;
	uint64_t wanted; /* STEP_CLASS: the address of the class or device_type */
	struct value found; /* STEP_CLASS: the subsys_private */
};

static void run_step(struct run *run, size_t at);

/* --- errors --- */

static void note(struct run *run, unsigned int line, const struct error *why)
{
	struct error whole = *why;

	if (run->listing->file)
		fail(&whole, why->code, "%s:%u: %.400s", run->listing->file, line, why->message);
	if (why->code == ERROR_INTERRUPTED) {
		run->ended = true;
	} else if (!run->nr_rows && (why->code == ERROR_UNKNOWN || why->code == ERROR_USAGE)) {
		run->missing = whole;
		run->ended = true;
	} else {
		damages_add(run->damages, &whole);
	}
}

static bool stopped(struct run *run)
{
	run->ended |= kernel_stopped(run->kernel);
	return run->ended;
}

/* --- rows --- */

/* Reads a column, of which `nr` alternatives begin with `column`. */
static void read_cell(struct run *run, const struct listing_column *column, size_t nr,
		      struct listing_cell *cell)
{
	size_t *chosen = &run->chosen[column - run->listing->column];
	struct error err;

	cell->name = column->name;
	cell->kind = CELL_NONE;
	cell->why.code = ERROR_NONE;
	if (column->kind == COLUMN_PART) {
		cell->kind = CELL_TEXT;
		snprintf(cell->text, sizeof(cell->text), "%s", run->part);
		return;
	}
	for (size_t i = *chosen; i < nr; i++)
		if (listing_cell_read(&run->memory, &column[i], cell, &err)) {
			*chosen = i;
			return;
		}
	note(run, column->line, &err);
}

static void give_row(struct run *run)
{
	const struct listing *listing = run->listing;
	size_t nr = 0, next;

	for (size_t i = 0; i < listing->nr_columns && !run->ended; i = next) {
		const struct listing_column *column = &listing->column[i];

		for (next = i + 1; next < listing->nr_columns &&
				   !strcmp(column->name, listing->column[next].name);)
			next++;
		read_cell(run, column, next - i, &run->cell[nr++]);
	}
	if (run->ended)
		return;
	run->nr_rows++;
	if (!run->visitor->row(run->visitor->arg, run->cell, nr))
		run->ended = true;
}

/* --- elements --- */

static void add_name(struct run *run, const char *name, const char *after,
		     const struct value *value)
{
	struct value_name *last = &run->name[run->memory.nr_names++];

	snprintf(last->name, sizeof(last->name), "%s%s", name, after);
	last->value = *value;
}

/* Runs the next step for an element. index: NULL if the element has none. */
static void follow(struct run *run, size_t at, const struct value *element, const uint64_t *index)
{
	const char *name = run->listing->step[at].name;
	const size_t nr_names = run->memory.nr_names;
	struct value number;

	if (stopped(run))
		return;
	run->nr_followed[at]++;
	add_name(run, name, "", element);
	if (index) {
		number = value_of_number(ctype_integer(8, false, kernel_pointer_size(run->kernel)),
					 *index);
		add_name(run, name, "_nr", &number);
	}
	run_step(run, at + 1);
	run->memory.nr_names = nr_names;
}

/* Finds the type of the elements, and the member that links them. */
static bool find_link(struct run *run, size_t at, struct error *err)
{
	const struct listing_step *step = &run->listing->step[at];
	const char *text = step->text[1];
	char type[128];

	if (run->link[at].known)
		return true;
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(text, "."), text);
	if (!value_type(run->kernel, type, &run->link[at].type, err) ||
	    (strchr(text, '.') && !walk_place_find(run->kernel, text, &run->link[at].place, err)))
		return false;
	run->link[at].known = true;
	return true;
}

static bool visit_struct(void *arg, const struct walk_element *element)
{
	const struct following *following = arg;
	struct run *run = following->run;
	struct value value = value_at(run->link[following->step].type, element->address);

	if (element->address && !element->is_number)
		follow(run, following->step, &value, element->has_index ? &element->first : NULL);
	return !run->ended;
}

static bool follow_of(struct run *run, size_t at, struct value *value, struct error *err)
{
	const struct listing_step *step = &run->listing->step[at];

	follow(run, at, value, NULL);
	for (size_t i = 1; i < step->nr_texts && !run->ended; i++)
		if (value_expression(&run->memory, step->text[i], value, err))
			follow(run, at, value, NULL);
		else
			note(run, step->line, err);
	return true;
}

static bool follow_cpu(struct run *run, size_t at, struct error *err)
{
	const char *name = run->listing->step[at].text[0];
	char word[SYMBOL_NAME_MAX], text[SYMBOL_NAME_MAX];
	unsigned int cpu = 0;
	struct value value;

	snprintf(word, sizeof(word), "%s:all", name);
	while (symbol_word_of_cpu(run->kernel, word, &cpu, text, sizeof(text)) && !run->ended) {
		const uint64_t index = cpu - 1;

		if (!value_symbol(run->kernel, text, &value, err))
			return false;
		follow(run, at, &value, &index);
	}
	return cpu || (value_symbol(run->kernel, name, &value, err) &&
		       fail(err, ERROR_UNKNOWN, "%s is no per-CPU variable", name));
}

static bool follow_sum(struct run *run, size_t at, const struct value *first, struct error *err)
{
	struct value value = *first;
	struct cpu_set cpus;
	uint64_t start = 0, offset = 0, number, sum = 0; /* the offsets are 0 without SMP */
	const bool copies = kernel_has_copies(run->kernel) != NO;

	if (!kernel_possible_cpus(run->kernel, &cpus, err) ||
	    (copies && !kernel_per_cpu_offset(run->kernel, 0, &start, err)))
		return false;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		if (copies && !kernel_per_cpu_offset(run->kernel, cpu, &offset, err))
			return false;
		value.address = first->address - start + offset;
		if (!value_number(&run->memory, &value, &number, err))
			return false;
		sum += number;
	}
	value = value_of_number(ctype_integer(8, false, kernel_pointer_size(run->kernel)), sum);
	follow(run, at, &value, NULL);
	return true;
}

static bool count_elements(struct run *run, size_t at, const struct value *array, uint64_t *count,
			   struct error *err)
{
	const struct listing_step *step = &run->listing->step[at];
	struct value value;

	*count = ctype_describe(&array->type).count;
	/* Only an array has a length, and only it or a pointer has elements. */
	if ((step->nr_texts == 1 && !*count) && !value_index(&run->memory, array, 0, &value, err))
		return false;
	if (step->nr_texts == 1 && ctype_describe(&array->type).kind == CTYPE_POINTER)
		return fail(err, ERROR_USAGE, "%s is a pointer: how many elements?", step->text[0]);
	if (step->nr_texts > 1 && (!value_expression(&run->memory, step->text[1], &value, err) ||
				   !value_number(&run->memory, &value, count, err)))
		return false;
	return *count <= MOST_ELEMENTS ||
	       fail(err, ERROR_FORMAT, "the array at %" PRIx64 " has %" PRIu64 " elements",
		    array->address, *count);
}

static bool follow_array(struct run *run, size_t at, const struct value *array, struct error *err)
{
	uint64_t count, pointer = 1;
	struct value element;

	if (!count_elements(run, at, array, &count, err))
		return false;
	for (uint64_t i = 0; i < count && !stopped(run); i++) {
		if (!value_index(&run->memory, array, (int64_t)i, &element, err))
			return false;
		if (ctype_describe(&element.type).kind == CTYPE_POINTER &&
		    !value_number(&run->memory, &element, &pointer, err))
			return false;
		if (pointer)
			follow(run, at, &element, &i);
	}
	return true;
}

static bool follow_list(struct run *run, size_t at, const struct value *start, struct error *err)
{
	const bool is_chain = run->listing->step[at].kind == STEP_CHAIN;
	struct following following = { .run = run, .step = at };
	const struct walk_visitor visitor = { visit_struct, &following };
	struct walk_list list = { .form = is_chain ? WALK_FIRST : WALK_HEAD };

	if (!find_link(run, at, err) || !value_as_address(&run->memory, start, &list.start, err))
		return false;
	list.place = run->link[at].place;
	return (is_chain && !list.start) || walk_list(run->kernel, &list, &visitor, err);
}

static bool follow_tree(struct run *run, size_t at, const struct value *start, struct error *err)
{
	struct following following = { .run = run, .step = at };
	const struct walk_visitor visitor = { visit_struct, &following };
	struct walk_tree tree = { .kind = run->listing->step[at].kind - STEP_RBTREE + WALK_RBTREE };

	if (!find_link(run, at, err) || !value_as_address(&run->memory, start, &tree.root, err))
		return false;
	tree.offset = run->link[at].place.offset;
	return walk_tree(run->kernel, &tree, &visitor, run->damages, err);
}

/* --- devices of a class --- */

/* Walks a list whose head is a member of a struct. member: its link. */
static bool walk_members(struct run *run, const struct value *from, const char *head,
			 const char *member, bool (*visit)(void *, const struct walk_element *),
			 struct following *following, struct error *err)
{
	const struct walk_visitor visitor = { visit, following };
	struct walk_list list = { .form = WALK_HEAD };
	struct value value;

	if (!value_path(&run->memory, from, head, &value, err) ||
	    !walk_place_find(run->kernel, member, &list.place, err))
		return false;
	list.start = value.address;
	return walk_list(run->kernel, &list, &visitor, err);
}

static bool read_path(struct run *run, const struct value *from, const char *path, uint64_t *number,
		      struct error *err)
{
	struct value value;

	return value_path(&run->memory, from, path, &value, err) &&
	       value_number(&run->memory, &value, number, err);
}

static bool visit_subsystem(void *arg, const struct walk_element *element)
{
	struct following *following = arg;
	struct run *run = following->run;
	uint64_t class;
	struct ctype type;
	struct value private;

	if (!value_type(run->kernel, "struct subsys_private", &type, NULL))
		return false;
	private = value_at(type, element->address);
	if (!read_path(run, &private, "class", &class, NULL) || class != following->wanted)
		return true;
	following->found = private;
	return false;
}

/* A device of a class: since 5.1 (570d0200123f) its link is in its device_private. */
static bool visit_device(void *arg, const struct walk_element *element)
{
	const struct following *following = arg;
	struct run *run = following->run;
	struct value device;
	uint64_t address = element->address, type;

	device = value_at(run->link[following->step].type, address);
	if (!strcmp(ctype_describe(&device.type).name, "device_private")) {
		struct value pointer;

		if (!value_member(&run->memory, &device, "device", 6, &pointer, NULL) ||
		    !value_dereference(&run->memory, &pointer, &device, NULL))
			return true;
	}
	if (read_path(run, &device, "type", &type, NULL) && type == following->wanted)
		follow(run, following->step, &device, NULL);
	return !run->ended;
}

/* Finds the subsys_private of a class: until 6.3 the class points to it, and since then
 * (7b884b7f24b4) it is found as class_to_subsys() in drivers/base/class.c does. */
static bool find_subsystem(struct run *run, const struct value *class, struct value *private,
			   struct error *err)
{
	struct following following = { .run = run, .wanted = class->address };
	struct value set;

	if (value_member(&run->memory, class, "p", 1, private, NULL))
		return true;
	if (!value_symbol(run->kernel, "class_kset", &set, err) ||
	    !walk_members(run, &set, "list", "subsys_private.subsys.kobj.entry", visit_subsystem,
			  &following, err))
		return false;
	*private = following.found;
	return private->in_memory ||
	       fail(err, ERROR_NO_ANSWER, "no subsystem has the class at %" PRIx64, class->address);
}

static bool follow_class(struct run *run, size_t at, const struct value *class, struct error *err)
{
	static const char links[][36] = { "device_private.knode_class.n_node",
					  "device.knode_class.n_node" };
	struct following following = { .run = run, .step = at };
	struct walk_place place;
	struct value value;
	bool private = walk_place_find(run->kernel, links[0], &place, NULL);

	if (!value_type(run->kernel, private ? "struct device_private" : "struct device",
			&run->link[at].type, err) ||
	    !value_expression(&run->memory, run->listing->step[at].text[1], &value, err) ||
	    !value_as_address(&run->memory, &value, &following.wanted, err) ||
	    !find_subsystem(run, class, &value, err))
		return false;
	return walk_members(run, &value, "klist_devices.k_list", links[!private], visit_device,
			    &following, err);
}

/* --- character devices --- */

/* Finds what cdev_map has for the first number of a region of devices, as kobj_lookup() in drivers/base/map.c:
 * a chain in which larger ranges are later. */
static bool find_cdev(struct run *run, const struct value *region, uint64_t *cdev,
		      struct error *err)
{
	enum { CHAINS = 255, MOST_PROBES = 1 << 16 };
	uint64_t major, minor, pointer, dev, range;
	struct ctype type;
	struct value map, probe;

	if (!read_path(run, region, "major", &major, err) ||
	    !read_path(run, region, "baseminor", &minor, err) ||
	    !value_symbol(run->kernel, "cdev_map", &map, err) ||
	    !value_type(run->kernel, "struct kobj_map *", &type, err))
		return false;
	map.type = type;
	if (!value_path(&run->memory, &map, "probes", &probe, err) ||
	    !value_index(&run->memory, &probe, (int64_t)(major % CHAINS), &probe, err))
		return false;
	for (int i = 0; i < MOST_PROBES && !kernel_stopped(run->kernel); i++) {
		if (!value_number(&run->memory, &probe, &pointer, err))
			return false;
		if (!pointer)
			return true;
		if (!read_path(run, &probe, "dev", &dev, err) ||
		    !read_path(run, &probe, "range", &range, err))
			return false;
		/* MKDEV() in include/linux/kdev_t.h */
		if ((major << 20 | minor) - dev < range)
			return read_path(run, &probe, "data", cdev, err);
		if (!value_path(&run->memory, &probe, "next", &probe, err))
			return false;
	}
	return fail(err, ERROR_FORMAT, "cdev_map: the chain of the device %" PRIu64 " is a loop",
		    major);
}

static bool follow_cdev(struct run *run, size_t at, const struct value *region, struct error *err)
{
	uint64_t cdev = 0;
	struct value value;

	if (!value_type(run->kernel, "struct cdev", &run->link[at].type, err))
		return false;
	if (!read_path(run, region, "cdev", &cdev, err) ||
	    (!cdev && !find_cdev(run, region, &cdev, err)))
		return false;
	value = value_at(run->link[at].type, cdev);
	if (cdev)
		follow(run, at, &value, NULL);
	return true;
}

/* --- sockets --- */

/* Is it the file of a socket? Then its operations are these (net/socket.c). */
static bool visit_file(uint64_t fd, uint64_t file, void *arg)
{
	const struct following *following = arg;
	struct run *run = following->run;
	struct value value = value_at(run->link[following->step].type, file);
	uint64_t operations;

	if (read_path(run, &value, "f_op", &operations, NULL) && operations == following->wanted)
		follow(run, following->step, &value, &fd);
	return !run->ended;
}

static bool follow_sockets(struct run *run, size_t at, const struct value *task, struct error *err)
{
	struct following following = { .run = run, .step = at };
	uint64_t address, files, slots = MOST_ELEMENTS;

	if (!value_type(run->kernel, "struct file", &run->link[at].type, err) ||
	    !value_as_address(&run->memory, task, &address, err) ||
	    !symbol_word_address(run->kernel, "socket_file_ops", &following.wanted, err) ||
	    !vma_files_struct(run->kernel, address, &files, err))
		return false;
	return !files ||
	       vma_each_descriptor(run->kernel, files, &slots, visit_file, &following, err);
}

/* --- the run --- */

static bool follow_step(struct run *run, size_t at, struct error *err)
{
	const struct listing_step *step = &run->listing->step[at];
	struct value start;

	if (step->kind == STEP_CPU)
		return follow_cpu(run, at, err);
	if (!value_expression(&run->memory, step->text[0], &start, err))
		return false;
	switch (step->kind) {
	case STEP_OF: return follow_of(run, at, &start, err);
	case STEP_ARRAY: return follow_array(run, at, &start, err);
	case STEP_LIST:
	case STEP_CHAIN: return follow_list(run, at, &start, err);
	case STEP_SUM: return follow_sum(run, at, &start, err);
	case STEP_CDEV: return follow_cdev(run, at, &start, err);
	case STEP_CLASS: return follow_class(run, at, &start, err);
	case STEP_SOCKETS: return follow_sockets(run, at, &start, err);
	default: return follow_tree(run, at, &start, err);
	}
}

static bool begins_alternative(const struct run *run, size_t at)
{
	return run->listing->step[at].kind == STEP_OR || run->listing->step[at].kind == STEP_PART;
}

static void run_step(struct run *run, size_t at)
{
	const struct listing *listing = run->listing;
	struct error err;
	struct value null;

	if (at == listing->nr_steps || begins_alternative(run, at)) {
		give_row(run);
		return;
	}
	run->nr_followed[at] = 0;
	if (!follow_step(run, at, &err)) {
		note(run, listing->step[at].line, &err);
	} else if (listing->step[at].optional && !run->nr_followed[at] && !run->ended) {
		null = value_at(run->link[at].type, 0);
		follow(run, at, &null, NULL);
	}
}

/* Runs the steps from `at` on. Returns false if they do not exist in this kernel. */
static bool run_alternative(struct run *run, size_t at)
{
	run->missing.code = ERROR_NONE;
	run->nr_rows = 0;
	memset(run->chosen, 0, sizeof(run->chosen));
	run_step(run, at);
	if (!run->missing.code)
		return true;
	run->ended = false;
	return false;
}

/* At the end of a part: it must exist, unless it is optional. */
static void note_missing(struct run *run, bool done, bool is_optional)
{
	if (!done && !is_optional)
		damages_add(run->damages, &run->missing);
}

/* Runs the alternatives of each part until one exists. Returns false if no part has one. */
static bool run_parts(struct run *run, struct error *err)
{
	const struct listing *listing = run->listing;
	bool exists = false, done = true, is_optional = false;

	run->part = "";
	for (size_t at = 0; at < listing->nr_steps && !run->ended; at++) {
		const struct listing_step *step = &listing->step[at];

		if (at && !begins_alternative(run, at))
			continue;
		if (!at || step->kind == STEP_PART) {
			note_missing(run, done, is_optional);
			run->part = step->kind == STEP_PART ? step->name : "";
			is_optional = step->optional;
			done = false;
		}
		if (!done)
			done = run_alternative(run, at + begins_alternative(run, at));
		exists |= done;
	}
	if (kernel_stopped(run->kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (!exists)
		run->damages->nr = 0; /* they are that the parts do not exist */
	else
		note_missing(run, done, is_optional);
	if (!exists && run->missing.code == ERROR_USAGE)
		return fail(err, ERROR_USAGE, "%s", run->missing.message);
	return exists ||
	       fail(err, ERROR_UNKNOWN,
		    "this kernel has none of these, or in a form that kwalk does not know: %.380s",
		    run->missing.message);
}

bool listing_run(struct kernel *kernel, const struct listing *listing, const struct value *taken,
		 const struct listing_visitor *visitor, struct damages *damages, struct error *err)
{
	struct run *run;
	struct ctype type;
	struct error why;
	bool done;

	run = calloc(1, sizeof(*run));
	if (!run)
		return out_of_memory(err);
	run->kernel = kernel;
	run->listing = listing;
	run->visitor = visitor;
	run->damages = damages;
	run->memory = (struct value_memory){ .kernel = kernel, .names = run->name };
	if (taken)
		add_name(run, listing->taken, "", taken);
	done = run_parts(run, err);
	free(run);
	/* Are there no types at all? */
	if (!done && err->code == ERROR_UNKNOWN &&
	    !value_type(kernel, "struct list_head", &type, &why))
		return fail(err, why.code,
			    "%.400s: name the kernel's vmlinux with debug information, too",
			    why.message);
	return done;
}
