/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list and tree: the elements of lists and trees, and members of each element. */
#include <stdlib.h>
#include <string.h>

#include "cli/show_value.h"
#include "value/walk.h"

enum { MOST_TYPES = 8, MOST_MEMBERS = 64 };

struct list_options {
	const char *offset, *end, *head_offset, *inner; /* -o, -e, -O, -l */
	unsigned int form; /* an enum walk_start; 0: neither -h nor -H */
	unsigned int backward, brent, base;
	const char *shown[MOST_TYPES]; /* -s */
};

struct tree_options {
	const char *offset, *root_offset; /* -o, -r */
	unsigned int kind; /* an enum walk_tree_kind; 0: not given */
	unsigned int is_node, ordered, base;
	const char *shown[MOST_TYPES];
};

/* --- members of elements --- */

struct shown_member {
	const char *name, *type_name; /* name: the path of the member; NULL: the whole struct */
	struct ctype type; /* of the struct */
	/* The member of a struct at the address 0, if this needs no memory to be read. */
	bool is_fixed;
	struct value at_0;
};

struct elements {
	struct session *session;
	const char *start; /* the word */
	struct value_memory memory;
	struct value_show show;
	struct error unreadable;
	bool in_hex; /* indices are addresses */
	uint64_t inner; /* the structs begin this many bytes before the elements */
	struct shown_member member[MOST_MEMBERS];
	unsigned int nr;
	/* The members of the element that is being shown. */
	const char *name[MOST_MEMBERS];
	struct value value[MOST_MEMBERS];
	size_t nr_values;
};

static bool place_member(const struct elements *elements, struct shown_member *member,
			 struct error *err)
{
	enum { FURTHER = 0x10000 };
	struct value structs[2] = { value_at(member->type, 0), value_at(member->type, FURTHER) };
	struct value found;
	struct error why;

	member->at_0 = structs[0];
	member->is_fixed = !member->name;
	if (member->is_fixed)
		return true;
	/* A path through a pointer cannot be read at 0, or does not depend on the address. */
	if (!value_path(&elements->memory, &structs[0], member->name, &member->at_0, &why)) {
		if (why.code != ERROR_UNREADABLE)
			*err = why;
		return why.code == ERROR_UNREADABLE;
	}
	member->is_fixed = value_path(&elements->memory, &structs[1], member->name, &found, NULL) &&
			   found.address == member->at_0.address + FURTHER;
	return true;
}

/* Reads a word of -s: TYPE, or TYPE.MEMBER,MEMBER... The word is modified. */
static bool elements_show(struct elements *elements, char *word, struct error *err)
{
	char *name = strchr(word, '.'), *next;
	struct shown_member member = { .type_name = word };

	if (name)
		*name++ = '\0';
	if (!value_type(elements->session->kernel, word, &member.type, err))
		return false;
	do {
		next = name ? strchr(name, ',') : NULL;
		if (next)
			*next++ = '\0';
		member.name = name;
		if (elements->nr == MOST_MEMBERS)
			return fail(err, ERROR_USAGE, "-s: at most %d members are shown",
				    MOST_MEMBERS);
		if (!place_member(elements, &member, err))
			return false;
		elements->member[elements->nr++] = member;
		name = next;
	} while (name);
	return true;
}

/* Finds the members of an element. A member is left out if the pointers on its path cannot be read. */
static void find_members(struct elements *elements, uint64_t address)
{
	const struct shown_member *member = elements->member;
	struct value *value = elements->value;
	struct error err;

	for (unsigned int i = 0; i < elements->nr; i++, member++) {
		struct value from = value_at(member->type, address);

		*value = member->at_0;
		value->address += address;
		if (!member->is_fixed &&
		    !value_path(&elements->memory, &from, member->name, value, &err)) {
			session_complain_of_answer(elements->session, elements->start, &err);
			continue;
		}
		elements->name[value++ - elements->value] = member->name ?: member->type_name;
	}
	elements->nr_values = (size_t)(value - elements->value);
}

/* Is a struct of one type shown, and not some of its members? */
static bool is_whole(const struct elements *elements)
{
	return elements->nr == 1 && !elements->member[0].name;
}

static void print_members(const void *arg)
{
	const struct elements *elements = arg;

	if (elements->nr_values && is_whole(elements)) {
		show_value_struct(&elements->show, elements->value);
		return;
	}
	for (size_t i = 0; i < elements->nr_values; i++)
		show_value_lines(&elements->show, elements->name[i], &elements->value[i], 2);
}

static void state_index(const struct elements *elements, const struct walk_element *element)
{
	struct output *output = elements->session->output;

	if (elements->in_hex) {
		output_hex(output, "index", element->first);
		output_hex(output, "last", element->last);
	} else {
		output_count(output, "index", element->first);
		output_count_if(output, "last", element->last != element->first, element->last);
	}
}

static bool print_element(void *arg, const struct walk_element *element)
{
	struct elements *elements = arg;
	struct session *session = elements->session;

	if (session_interrupted(session))
		return false;
	output_begin(session->output, session->command->name, elements->start, NULL);
	output_hex(session->output, element->is_number ? "entry" : "address", element->address);
	if (element->has_index)
		state_index(elements, element);
	if (elements->nr && !element->is_number) {
		find_members(elements, element->address - elements->inner);
		if (is_whole(elements))
			show_value_record(&elements->show, elements->value);
		else
			show_value_members(&elements->show, elements->name, elements->value,
					   elements->nr_values);
	}
	output_end(session->output);
	output_in_text(session->output, print_members, elements);
	elements->nr_values = 0;
	if (elements->unreadable.code)
		session_complain_of_answer(session, elements->start, &elements->unreadable);
	elements->unreadable.code = ERROR_NONE;
	return true;
}

/* As in crash, a list has a line for each element, and members are below the line. */
static const struct record line_record = {
	.fields = FIELDS(COLUMN("address", .kind = KIND_ADDRESS), COLUMN("entry"),
			 COLUMN("index", TEXT(.before = "index ")),
			 COLUMN("last", TEXT(.before = "to "))),
	.plain = true,
};

/* --- words --- */

/* Reads START or END. A struct stands for its address, and a variable that is a pointer for its target.
 * If the type of a variable is not known and it has fewer than `least` bytes, it is a pointer to what is
 * wanted. */
static bool read_start(struct session *session, const char *word, uint64_t least, uint64_t *address,
		       struct ctype *type, struct error *err)
{
	const struct value_memory memory = { .kernel = session->kernel };
	struct value value, variable;

	if (!parse_place(session, &memory, word, &value, err))
		return false;
	if (value_symbol(session->kernel, word, &variable, NULL))
		value = variable;
	*type = value.type;
	*address = value.address;
	if (!value.untyped)
		return value_as_address(&memory, &value, address, err);
	return value.untyped >= least ||
	       kernel_read_pointer(session->kernel, value.address, address, err);
}

static bool read_place(struct session *session, const char *option, const char *word,
		       struct walk_place *place, struct error *err)
{
	struct error why;

	*place = (struct walk_place){ 0 };
	return !word || walk_place_find(session->kernel, word, place, err ? &why : NULL) ||
	       (err && fail(err, why.code, "%s%s: %.400s", option, word, why.message));
}

/* OFFSET and START are in any order, as in crash. Without -o, the first word is OFFSET if there are two
 * words, unless only the second can be. */
static bool read_words(struct session *session, const char *option, char **words,
		       struct walk_place *place, const char **start, struct error *err)
{
	*start = words[0];
	if (option && words[1])
		return fail(err, ERROR_USAGE, "%s: too many arguments", words[1]);
	if (option || !words[1])
		return read_place(session, "-o ", option, place, err);
	if (read_place(session, "", words[1], place, NULL))
		return true;
	*start = words[1];
	return read_place(session, "", words[0], place, err) ||
	       (strchr(words[1], '.') && !strchr(words[0], '.') &&
		read_place(session, "", words[1], place, err));
}

static bool elements_start(struct elements *elements, struct session *session,
			   const char *const shown[MOST_TYPES], unsigned int base,
			   struct error *err)
{
	elements->session = session;
	elements->memory.kernel = session->kernel;
	elements->show = (struct value_show){ .session = session,
					      .memory = &elements->memory,
					      .base = base,
					      .unreadable = &elements->unreadable };
	if (shown[0])
		output_declare(session->output, &line_record);
	for (unsigned int i = 0; i < MOST_TYPES && shown[i]; i++)
		if (!elements_show(elements, (char *)shown[i], err))
			return false;
	return true;
}

/* --- list --- */

static bool visit_first(const struct ctype_member *member, void *arg)
{
	*(struct ctype *)arg = member->type;
	return false;
}

/* Is what links the struct with others, such as a list_head, its first member? */
static bool begins_with_links(struct ctype type)
{
	enum { DEEPEST = 8 };
	struct ctype_member member;

	for (unsigned int depth = 0; depth < DEEPEST; depth++) {
		if (ctype_member(&type, "next", 4, &member) && !member.bit_offset)
			return true;
		ctype_each_member(&type, visit_first, &type);
	}
	return false;
}

/* Without OFFSET, the elements are list_heads. If START is a member of the structs that are shown, this is
 * the member that links them. If not, a list_head must begin these structs. */
static bool list_find_structs(struct elements *elements, const struct walk_list *list,
			      struct error *err)
{
	const struct value_memory *memory = &elements->memory;
	struct value start = { .owner = NULL };
	struct ctype_member link;

	if (list->form == WALK_ELEMENT)
		parse_place(elements->session, memory, elements->start, &start, NULL);
	for (unsigned int i = 0; i < elements->nr; i++) {
		const struct shown_member *shown = &elements->member[i];

		if (start.owner && !strcmp(start.owner, shown->type_name) &&
		    ctype_member(&shown->type, start.member, strlen(start.member), &link))
			elements->inner = link.bit_offset / 8;
		else if (!begins_with_links(shown->type))
			return fail(
				err, ERROR_USAGE,
				"-s %s: the elements are list_heads, and no list_head begins this struct: give its member that is in the list, as %s.MEMBER",
				shown->type_name, shown->type_name);
	}
	return true;
}

static bool list_follow(struct elements *elements, struct walk_list *list,
			const struct list_options *given, struct error *err)
{
	struct session *session = elements->session;
	const struct walk_visitor visitor = { print_element, elements };
	struct walk_place head = { 0 }, inner = { 0 };
	struct ctype type;

	if (!read_place(session, "-O ", given->head_offset, &head, err) ||
	    !read_place(session, "-l ", given->inner, &inner, err) ||
	    !read_start(session, elements->start,
			list->form == WALK_HEAD ? 0 : list->place.offset + 1, &list->start, &type,
			err) ||
	    (given->end && !read_start(session, given->end, 0, &list->end, &type, err)))
		return false;
	/* START is in the first struct, and addresses of list_heads are shown, as in crash. */
	if (given->inner) {
		elements->inner = inner.offset;
		list->place.type = inner.type;
		if (!list->form && ctype_describe(&inner.type).kind != CTYPE_VOID)
			list->form = WALK_ELEMENT;
	}
	if (given->head_offset) {
		list->form = WALK_HEAD;
		list->start += head.offset;
	}
	return walk_list(session->kernel, list, &visitor, err);
}

static bool list_run(struct session *session, char **words, struct error *err)
{
	const struct list_options *given = session->given;
	struct elements *elements = calloc(1, sizeof(*elements));
	struct walk_list list = {
		.form = given->form		?:
				given->backward ? WALK_ELEMENT :
						  WALK_FIRST,
		.backward = given->backward,
	};
	bool done = elements && elements_start(elements, session, given->shown, given->base, err) &&
		    read_words(session, given->offset, words, &list.place, &elements->start, err);

	if (done && given->inner && list.place.offset)
		done = fail(err, ERROR_USAGE, "-l and OFFSET exclude each other");
	if (done && !given->offset && !words[1] && !given->inner && list.form != WALK_FIRST)
		done = list_find_structs(elements, &list, err);
	done = done && list_follow(elements, &list, given, err);
	free(elements);
	return done;
}

/* --- tree --- */

static enum walk_tree_kind kind_of(const struct ctype *type)
{
	const char *name = ctype_describe(type).name;

	return !strcmp(name, "maple_tree")	? WALK_MAPLE :
	       !strcmp(name, "xarray")		? WALK_XARRAY :
	       !strcmp(name, "radix_tree_root") ? WALK_RADIX :
						  WALK_RBTREE;
}

static bool tree_run(struct session *session, char **words, struct error *err)
{
	const struct tree_options *given = session->given;
	struct elements *elements = calloc(1, sizeof(*elements));
	const struct walk_visitor visitor = { print_element, elements };
	struct walk_tree tree = {
		.kind = given->kind > WALK_RADIX ? given->kind - WALK_RADIX : given->kind,
		.is_node = given->is_node,
	};
	struct damages damages = { .nr = 0 };
	struct walk_place place, root;
	struct ctype type;
	bool done = elements && elements_start(elements, session, given->shown, given->base, err) &&
		    read_words(session, given->offset, words, &place, &elements->start, err) &&
		    read_place(session, "-r ", given->root_offset, &root, err) &&
		    read_start(session, elements->start, given->is_node ? 16 : 0, &tree.root, &type,
			       err);

	if (done) {
		if (given->root_offset)
			type = root.type;
		if (!tree.kind)
			tree.kind = kind_of(&type);
		tree.root += root.offset;
		tree.offset = place.offset;
		elements->in_hex = tree.kind == WALK_MAPLE;
		done = walk_tree(session->kernel, &tree, &visitor, &damages, err);
		session_complain_of_damages(session, &damages);
	}
	free(elements);
	return done;
}

/* --- tables --- */

static const struct record tree_record = {
	.fields = FIELDS(COLUMN("address", .kind = KIND_ADDRESS, .rank = KEPT),
			 COLUMN("entry", .rank = KEPT), COLUMN("index", .width = 12, .rank = KEPT),
			 COLUMN("last", .width = 12)),
};

// clang-format off
static const struct command_option list_options[] = {
	{ "o", WORD_TYPE, AT(list_options, offset), .value = "OFFSET",
	  .help = "the member that links the structs; -o may be left out" },
	{ "h", AT(list_options, form), .set_to = WALK_ELEMENT, .group = 'h',
	  .help = "START is a struct of the list; OFFSET is a list_head" },
	{ "H", AT(list_options, form), .set_to = WALK_HEAD, .group = 'h',
	  .help = "START is the list_head that is the head of the list" },
	{ "O", WORD_TYPE, AT(list_options, head_offset), .value = "OFFSET", .with = "h",
	  .help = "the head of the list is this member of START" },
	{ "l", WORD_TYPE, AT(list_options, inner), .value = "OFFSET",
	  .help = "START is this member of the first struct, and the\naddresses of these members are shown" },
	{ "e", WORD_SYMBOL, AT(list_options, end), .value = "END",
	  .help = "the list ends before this element" },
	{ "r", AT(list_options, backward), .help = "follow prev instead of next" },
	{ "s", WORD_TYPE, AT(list_options, shown), .times = MOST_TYPES, .value = "MEMBERS" },
	{ "S", WORD_TYPE, AT(list_options, shown), .times = MOST_TYPES, .value = "MEMBERS",
	  .help = "show TYPE.MEMBER,... of each element; can be repeated" },
	{ "x", AT(list_options, base), .set_to = 16, .group = 'x', .help = "numbers are hexadecimal" },
	{ "d", AT(list_options, base), .set_to = 10, .group = 'x', .help = "numbers are decimal" },
	{ "B", AT(list_options, brent), .help = "accepted, as loops always end" },
	{ 0 }
};

/* In the order of enum walk_tree_kind. crash has the short names, too. */
static const struct choices kinds = { (const char *const[]){ "rbtree", "maple", "xarray", "radix", "rb", "m", "x", "ra" }, 8 };

static const struct command_option tree_options[] = {
	{ "t", WORD_CHOICE, AT(tree_options, kind), .choices = &kinds, .value = "KIND",
	  .help = "rbtree, maple, xarray or radix; usually the type of\nSTART shows it, otherwise rbtree" },
	{ "o", WORD_TYPE, AT(tree_options, offset), .value = "OFFSET",
	  .help = "the rb_node in the structs; -o may be left out" },
	{ "r", WORD_TYPE, AT(tree_options, root_offset), .value = "OFFSET",
	  .help = "the root is this member of START" },
	{ "N", AT(tree_options, is_node), .help = "START is a node, and the tree is what is below it" },
	{ "s", WORD_TYPE, AT(tree_options, shown), .times = MOST_TYPES, .value = "MEMBERS" },
	{ "S", WORD_TYPE, AT(tree_options, shown), .times = MOST_TYPES, .value = "MEMBERS",
	  .help = "show TYPE.MEMBER,... of each element; can be repeated" },
	{ "x", AT(tree_options, base), .set_to = 16, .group = 'x', .help = "numbers are hexadecimal" },
	{ "d", AT(tree_options, base), .set_to = 10, .group = 'x', .help = "numbers are decimal" },
	{ "l", AT(tree_options, ordered), .help = "accepted: elements are always in order" },
	{ 0 }
};
// clang-format on

const struct command command_list = {
	.name = "list",
	.meant_by = "list_head linked",
	.group = GROUP_KERNEL,
	.options = list_options,
	.given_size = GIVEN(list_options),
	.arguments = ARGUMENTS({ "OFFSET", WORD_TYPE, 0, .most = 1 },
			       { "START", WORD_SYMBOL, 1, .most = 1 }),
	.record = &line_record,
	.summary = "elements of a linked list",
	.listed_as = "elements of a linked list; of a tree, in order",
	.details =
		"OFFSET is TYPE.MEMBER, or a number of bytes. START is an address or an\n"
		"expression, such as modules or init_task.children; a struct stands for its\n"
		"address. Without -h and -H, START is the first struct, and the member points to\n"
		"the next struct. A loop, or an element that cannot be read or does not point\n"
		"back, is reported with the element before it.",
	.rests_on = RESTS_ON_WALKS,
	.counts_none = true,
	.younger = true,
	.run = list_run,
};

const struct command command_tree = {
	.name = "tree",
	.meant_by = "rbtree maple xarray radix",
	.group = GROUP_KERNEL,
	.options = tree_options,
	.given_size = GIVEN(tree_options),
	.arguments = ARGUMENTS({ "OFFSET", WORD_TYPE, 0, .most = 1 },
			       { "START", WORD_SYMBOL, 1, .most = 1 }),
	.record = &tree_record,
	.summary = "elements of a tree, in order",
	.listed_with = "list",
	.details =
		"START is the rb_root, maple_tree, xarray or radix_tree_root: an address, or an\n"
		"expression such as init_task.mm->mm_mt. Maple trees have ranges of indices,\n"
		"which are shown in hexadecimal. An entry that is a number is shown as it is\n"
		"stored. Elements below a damaged node are left out, which is reported.",
	.rests_on = RESTS_ON_WALKS,
	.counts_none = true,
	.younger = true,
	.run = tree_run,
};
