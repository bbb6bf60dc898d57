/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "lib/values.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "lib/handle.h"
#include "value/walk.h"

static const char *const kind_names[] = {
	[CTYPE_VOID] = "void",	 [CTYPE_UNSIGNED] = "unsigned", [CTYPE_SIGNED] = "signed",
	[CTYPE_BOOL] = "bool",	 [CTYPE_FLOAT] = "float",	[CTYPE_POINTER] = "pointer",
	[CTYPE_ENUM] = "enum",	 [CTYPE_ARRAY] = "array",	[CTYPE_STRUCT] = "struct",
	[CTYPE_UNION] = "union", [CTYPE_FUNCTION] = "function", [CTYPE_UNKNOWN] = "unknown",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == CTYPE_UNKNOWN + 1,
	       "each kind has its name");

static void describe_value(struct call *call, const struct value *value, struct kwalk_value *found)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	char type[512];
	size_t used = 0;

	*found = (struct kwalk_value){ .in_memory = value->in_memory };
	found->is_signed = facts.is_signed;
	found->bit_offset = value->bit_offset;
	found->bit_size = value->bit_size;
	found->kind = kind_names[facts.kind];
	ctype_declare(&value->type, "", type, sizeof(type));
	found->type = handle_text(call->handle, &used, type);
	found->source = value->type_source;
	found->address = value->in_memory ? value->address : 0;
	found->length = value->untyped ? value->untyped : facts.size;
	if (value->bit_size)
		found->length = (value->bit_offset + value->bit_size + 7U) / 8;
}

static bool copy_bytes(struct call *call, const struct value *value, uint64_t length, void *bytes,
		       size_t room)
{
	const struct value_memory memory = { .kernel = call->kernel };
	size_t size = length < room ? (size_t)length : room;
	uint64_t number;

	if (!room)
		return true;
	if (!call_wants(call, bytes, "the buffer"))
		return false;
	if (value->in_memory)
		return !size || value_read(&memory, value->address, bytes, size, &call->err);
	if (!value_number(&memory, value, &number, &call->err))
		return false;
	store_le(bytes, number, size); /* a number has at most 8 bytes */
	return true;
}

static bool evaluate(struct call *call, const char *expression, struct value *value)
{
	const struct value_memory memory = { .kernel = call->kernel };

	return call_wants(call, expression, "the expression") &&
	       value_expression(&memory, expression, value, &call->err);
}

int kwalk_value(kwalk_kernel *kernel, const char *expression, struct kwalk_value *value,
		void *bytes, size_t room, struct kwalk_error *error)
{
	struct kwalk_value found;
	struct value inner;
	struct call call;
	bool done;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	done = evaluate(&call, expression, &inner);
	if (done) {
		describe_value(&call, &inner, &found);
		done = call_give(&call, value, &found, sizeof(found)) &&
		       copy_bytes(&call, &inner, found.length, bytes, room);
	}
	return call_end(&call, done);
}

int lib_value_visit(kwalk_kernel *kernel, const char *expression,
		    const struct value_visitor *visitor, struct kwalk_error *error)
{
	struct value value;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call, evaluate(&call, expression, &value) &&
				       parts_visit(&(struct value_memory){ .kernel = call.kernel },
						   NULL, &value, visitor, &call.err));
}

/* --- lists --- */

struct list_visit {
	const struct lib_list *list;
	const struct value_visitor *visitor;
	struct value_memory memory;
	struct ctype type; /* of the elements */
	struct error err; /* a member that there is not; code 0: none */
};

static bool give_part(const struct list_visit *visit, enum value_part_kind kind, const char *name,
		      uint64_t number)
{
	const struct value_part part = { .kind = kind, .name = name, .number = number };

	return visit->visitor->visit(visit->visitor->arg, &part);
}

static bool visit_path(struct list_visit *visit, const struct value *element, const char *path)
{
	struct value_part part = { .kind = PART_UNREADABLE, .name = path };
	struct error err;
	struct value value;

	if (value_path(&visit->memory, element, path, &value, &err) &&
	    parts_visit(&visit->memory, path, &value, visit->visitor, &err))
		return true;
	if (err.code != ERROR_UNREADABLE) {
		visit->err = err;
		return false;
	}
	part.why = &err;
	return visit->visitor->visit(visit->visitor->arg, &part);
}

static bool visit_element(void *arg, const struct walk_element *found)
{
	struct list_visit *visit = arg;
	const struct value element = value_at(visit->type, found->address);

	if (kernel_stopped(visit->memory.kernel))
		return false;
	if (!visit->list->nr_members)
		return give_part(visit, PART_POINTER, NULL, found->address);
	if (!give_part(visit, PART_STRUCT, NULL, 0) ||
	    !give_part(visit, PART_POINTER, "address", found->address))
		return false;
	for (size_t i = 0; i < visit->list->nr_members; i++)
		if (!visit_path(visit, &element, visit->list->members[i]))
			return false;
	return give_part(visit, PART_END, NULL, 0);
}

/* Finds the link, the type of the elements, and the start of the list. */
static bool list_begin(struct call *call, const struct lib_list *list, struct walk_list *walk,
		       struct ctype *type)
{
	const struct value_memory memory = { .kernel = call->kernel };
	char name[256];
	struct value start;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(list->link, "."), list->link);
	if (!strchr(list->link, '.'))
		return fail(&call->err, ERROR_USAGE, "%.200s: the link is TYPE.MEMBER", list->link);
	if (!walk_place_find(call->kernel, list->link, &walk->place, &call->err) ||
	    !value_type(call->kernel, name, type, &call->err) ||
	    !evaluate(call, list->start, &start) ||
	    !value_as_address(&memory, &start, &walk->start, &call->err))
		return false;
	walk->backward = list->backward;
	walk->form = ctype_describe(&walk->place.type).kind == CTYPE_POINTER ? WALK_FIRST :
		     list->is_element					     ? WALK_ELEMENT :
									       WALK_HEAD;
	return true;
}

int lib_list_visit(kwalk_kernel *kernel, const struct lib_list *list,
		   const struct value_visitor *visitor, struct kwalk_error *error)
{
	struct list_visit visit = { .list = list, .visitor = visitor };
	const struct walk_visitor elements = { visit_element, &visit };
	struct walk_list walk = { .start = 0 };
	struct call call;
	bool done;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	visit.memory.kernel = call.kernel;
	done = list_begin(&call, list, &walk, &visit.type);
	if (done && give_part(&visit, PART_ARRAY, NULL, 0)) {
		done = walk_list(call.kernel, &walk, &elements, &call.err);
		if (!done && (call.err.code == ERROR_FORMAT || call.err.code == ERROR_UNREADABLE)) {
			*call.kernel->excess = call.err;
			done = true;
		}
		if (visit.err.code) {
			call.err = visit.err;
			done = false;
		}
	}
	return call_end(&call, done);
}
