/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values are shown by functions that call each other for the members of a struct and the elements of an
 * array. The depth is limited, and so is the number of all parts of a value. */
#include "cli/show_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/printable.h"
#include "base/special.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "linux/region.h"
#include "output/writer.h"
#include "query/translate.h"
#include "symbols/symbol_lookup.h"
#include "value/parts.h"

enum {
	MOST_NESTING = 24,
	MOST_PARTS = 1 << 20, /* of one value, in all depths */
	LINE_WIDTH = 100, /* a struct or an array that needs more columns gets several lines */
	MOST_TEXT = 256, /* bytes of a text that text shows */
	LEAST_REPEATS = 4, /* so many equal elements are written once */
};

struct shower {
	const struct value_show *to;
	unsigned int depth, parts;
};

/* Is there time and room for more parts? Members that are left out are not even visited: hostile types
 * have more of them than can be counted. */
static bool goes_on(const struct shower *shower)
{
	return shower->parts < MOST_PARTS && !session_interrupted(shower->to->session);
}

/* May another part be shown? */
static bool may_show(struct shower *shower)
{
	shower->parts++;
	return shower->depth < MOST_NESTING && goes_on(shower);
}

/* Why may_show() returned false. */
static void refuse_part(const struct shower *shower, struct error *err)
{
	if (session_interrupted(shower->to->session))
		fail(err, ERROR_INTERRUPTED, "interrupted");
	else
		fail(err, ERROR_NO_ANSWER, "the value has too many parts, so not all are shown");
}

static void note_unreadable(struct shower *shower, const struct error *err)
{
	if (!shower->to->unreadable->code)
		*shower->to->unreadable = *err;
}

static bool is_struct(const struct ctype_facts *facts)
{
	return facts->kind == CTYPE_STRUCT || facts->kind == CTYPE_UNION;
}

/* --- texts --- */

/* Appends a text in quotes. */
static void add_quoted(char *text, size_t size, const char *bytes, size_t length, bool cut)
{
	text_append(text, size, "\"");
	for (size_t i = 0; i < length; i++)
		text_append(text, size, "%s%c",
			    strchr("\"\\\n\t", bytes[i]) && bytes[i] ? "\\" : "",
			    bytes[i] == '\n' ? 'n' :
			    bytes[i] == '\t' ? 't' :
					       bytes[i]);
	text_append(text, size, cut ? "\"..." : "\"");
}

/* --- numbers --- */

/* Appends what a pointer points to: a symbol, a text, or a value that the kernel uses in place of a
 * pointer. */
static void add_target(const struct shower *shower, const struct ctype_facts *facts,
		       uint64_t number, char *text, size_t size)
{
	struct kernel *kernel = shower->to->memory->kernel;
	struct value_meaning meaning = special_value(number, kernel_pointer_size(kernel));
	struct kernel_symbol symbol;
	char bytes[MOST_TEXT / 4];
	size_t length = sizeof(bytes);

	if (!number)
		return;
	if (meaning.kind != VALUE_NONE && meaning.name) {
		text_append(text, size, " <%s", meaning.name);
		if (meaning.offset)
			text_append(text, size, "%c0x%" PRIx64, meaning.offset < 0 ? '-' : '+',
				    meaning.offset < 0 ? -(uint64_t)meaning.offset :
							 (uint64_t)meaning.offset);
		text_append(text, size, ">");
		return;
	}
	if (!shower->to->memory->space &&
	    symbol_lookup_at(kernel->symbols, number, &symbol, NULL) &&
	    number - symbol.address <= symbol.size) {
		text_append(text, size, number > symbol.address ? " <%s+0x%" PRIx64 ">" : " <%s>",
			    symbol.name, number - symbol.address);
	}
	if (ctype_describe(&facts->target).is_char &&
	    value_read(shower->to->memory, number, bytes, length, NULL) &&
	    value_is_text(bytes, &length) && length) {
		text_append(text, size, " ");
		add_quoted(text, size, bytes, length, length == sizeof(bytes));
	}
}

/* Members whose bits have the names of an enum, up to its enumerator `end`. */
static const struct named_flags {
	const char *owner, *member, *enumeration, *prefix, *end;
} named_flags[] = {
	{ "page", "flags", "enum pageflags", "PG_", "__NR_PAGEFLAGS" },
	{ "folio", "flags", "enum pageflags", "PG_", "__NR_PAGEFLAGS" },
};

struct flag_names {
	const struct named_flags *named;
	uint64_t number;
	char *text;
	size_t size;
	const char *join;
};

static bool add_flag(const char *name, int64_t bit, void *arg)
{
	struct flag_names *names = arg;
	const char *flag = after_start(name, names->named->prefix);

	if (!strcmp(name, names->named->end))
		return false;
	if (flag && bit >= 0 && bit < 64 && names->number >> bit & 1) {
		text_append(names->text, names->size, "%s%s", names->join, flag);
		names->join = "|";
	}
	return true;
}

static void add_flags(const struct shower *shower, const struct value *value, uint64_t number,
		      char *text, size_t size)
{
	struct flag_names names = { NULL, number, text, size, " (" };
	struct ctype type;

	for (size_t i = 0; value->owner && i < sizeof(named_flags) / sizeof(named_flags[0]); i++)
		if (!strcmp(named_flags[i].owner, value->owner) &&
		    !strcmp(named_flags[i].member, value->member))
			names.named = &named_flags[i];
	if (!names.named ||
	    !value_type(shower->to->memory->kernel, names.named->enumeration, &type, NULL))
		return;
	ctype_each_enumerator(&type, add_flag, &names);
	text_append(text, size, "%s", *names.join == '|' ? ")" : "");
}

static void add_number(const struct shower *shower, const struct value *value,
		       const struct ctype_facts *facts, uint64_t number, char *text, size_t size)
{
	unsigned int base = shower->to->base ?: shower->to->session->base;
	uint64_t shown = number;
	const char *name;

	switch (facts->kind) {
	case CTYPE_POINTER:
		text_append(text, size, "0x%" PRIx64, number);
		add_target(shower, facts, number, text, size);
		return;
	case CTYPE_BOOL:
		if (number <= 1) {
			text_append(text, size, number ? "true" : "false");
			return;
		}
		break;
	case CTYPE_ENUM:
		name = ctype_enumerator_of(&value->type, number, false);
		if (name) {
			text_append(text, size, "%s", name);
			return;
		}
		break;
	default: break;
	}
	if (base == 16 && facts->is_signed && facts->size < sizeof(shown))
		shown &= ~(UINT64_MAX << 8 * facts->size);
	if (base == 16)
		text_append(text, size, "0x%" PRIx64, shown);
	else if (facts->is_signed)
		text_append(text, size, "%" PRId64, (int64_t)number);
	else
		text_append(text, size, "%" PRIu64, number);
	add_flags(shower, value, number, text, size);
}

static void add_float(const struct shower *shower, const struct value *value,
		      const struct ctype_facts *facts, char *text, size_t size, struct error *err)
{
	double wide;
	float narrow;

	if (facts->size == sizeof(wide) &&
	    value_read(shower->to->memory, value->address, &wide, sizeof(wide), err))
		text_append(text, size, "%.17g", wide);
	else if (facts->size == sizeof(narrow) &&
		 value_read(shower->to->memory, value->address, &narrow, sizeof(narrow), err))
		text_append(text, size, "%.9g", (double)narrow);
	else if (facts->size != sizeof(wide) && facts->size != sizeof(narrow))
		text_append(text, size, "<a float of %" PRIu64 " bytes>", facts->size);
}

/* Writes a value without parts: a number, a text, or a reason. */
static void scalar_text(struct shower *shower, const struct value *value,
			const struct ctype_facts *facts, char *text, size_t size)
{
	struct error err = { .message = "" };
	char bytes[MOST_TEXT];
	uint64_t number;
	size_t length;

	*text = '\0';
	if (facts->kind == CTYPE_FLOAT)
		add_float(shower, value, facts, text, size, &err);
	else if (value_is_wide(facts))
		value_wide(shower->to->memory, value, text, size, &err);
	else if (facts->kind == CTYPE_ARRAY &&
		 value_text(shower->to->memory, value, facts, bytes, sizeof(bytes), &length))
		add_quoted(text, size, bytes, length,
			   length == sizeof(bytes) && facts->count != length);
	else if (facts->kind == CTYPE_UNKNOWN || facts->kind == CTYPE_VOID)
		text_append(text, size, "<type not known>");
	else if (facts->kind == CTYPE_FUNCTION)
		text_append(text, size, "<code at 0x%" PRIx64 ">", value->address);
	else if (!is_struct(facts) && facts->kind != CTYPE_ARRAY &&
		 value_number(shower->to->memory, value, &number, &err))
		add_number(shower, value, facts, number, text, size);
	else if (is_struct(facts) || facts->kind == CTYPE_ARRAY)
		value_read(shower->to->memory, value->address, bytes, 1, &err);
	if (*err.message) {
		snprintf(text, size, "<unreadable: %s>", err.message);
		note_unreadable(shower, &err);
	}
	text[printable_clean(text, strlen(text))] = '\0';
}

/* Is the value shown by scalar_text()? Arrays of characters are, if they hold a text. */
static bool is_scalar(const struct shower *shower, const struct value *value,
		      const struct ctype_facts *facts)
{
	char bytes[MOST_TEXT];
	size_t length;

	if (!is_struct(facts) && facts->kind != CTYPE_ARRAY)
		return true;
	return value_missing(shower->to->memory, value->address, facts->size, NULL) ||
	       (facts->kind == CTYPE_ARRAY &&
		value_text(shower->to->memory, value, facts, bytes, sizeof(bytes), &length));
}

/* --- members and elements --- */

/* The number of elements that are shown: a flexible array has an unknown number of them. */
static uint64_t count_shown(const struct ctype_facts *facts, uint64_t most)
{
	return facts->count < most ? facts->count : most;
}

static struct value element_value(const struct value *array, const struct ctype_facts *facts,
				  uint64_t index)
{
	return value_at(facts->target,
			array->address + index * ctype_describe(&facts->target).size);
}

/* An empty list_head points to itself, an empty hlist_head to nothing. */
static bool is_empty_list(const struct shower *shower, const struct value *value,
			  const struct ctype_facts *facts)
{
	const unsigned int word = kernel_pointer_size(shower->to->memory->kernel);
	const struct ctype pointer = ctype_pointer_to((struct ctype){ .word = (uint8_t)word });
	const struct value first = value_at(pointer, value->address);
	bool is_head = !strcmp(facts->name, "hlist_head");
	uint64_t number;

	return (is_head || !strcmp(facts->name, "list_head")) &&
	       value_number(shower->to->memory, &first, &number, NULL) &&
	       number == (is_head ? 0 : value->address);
}

/* --- in one line --- */

struct inline_text {
	struct shower *shower;
	const struct value *parent;
	char *text;
	size_t size;
	bool fits, first;
};

static bool add_inline(struct shower *shower, const struct value *value, char *text, size_t size);

static bool inline_member(const struct ctype_member *member, void *arg)
{
	struct inline_text *line = arg;
	struct value value = value_of_member(line->parent, member);

	if (!*member->name && member->bit_size)
		return true; /* padding */
	text_append(line->text, line->size, "%s%.64s%s", line->first ? "" : ", ", member->name,
		    *member->name ? " = " : "");
	line->first = false;
	line->fits = add_inline(line->shower, &value, line->text, line->size);
	return line->fits;
}

/* Appends an element that is `same` times in an array. */
static void add_run(char *text, size_t size, const char *element, uint64_t same)
{
	for (uint64_t i = 0; i < (same < LEAST_REPEATS ? same : 1); i++)
		text_append(text, size, "%s%s", text[strlen(text) - 1] == '{' ? "" : ", ", element);
	if (same >= LEAST_REPEATS)
		text_append(text, size, " <repeats %" PRIu64 " times>", same);
}

/* Appends the elements of an array. Equal elements are written once. */
static bool inline_elements(struct shower *shower, const struct value *value,
			    const struct ctype_facts *facts, char *text, size_t size)
{
	uint64_t count = count_shown(facts, SHOWN_IN_TEXT), same = 0;
	char run[MOST_TEXT] = "", one[MOST_TEXT] = "";
	struct value element;

	for (uint64_t i = 0; i < count && strlen(text) + 1 < size; i++) {
		element = element_value(value, facts, i);
		*one = '\0';
		if (!add_inline(shower, &element, one, sizeof(one)))
			return false;
		if (same && strcmp(one, run) != 0) {
			add_run(text, size, run, same);
			same = 0;
		}
		strcpy(run, one);
		same++;
	}
	if (same)
		add_run(text, size, run, same);
	if (count < facts->count)
		text_append(text, size, ", ... %" PRIu64 " more", facts->count - count);
	return strlen(text) + 1 < size;
}

/* Appends a value. Returns false if it does not fit. */
static bool add_inline(struct shower *shower, const struct value *value, char *text, size_t size)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	struct inline_text line = { shower, value, text, size, true, true };
	char scalar[MOST_TEXT * 2 + 64];

	if (!may_show(shower))
		return false;
	if (is_scalar(shower, value, &facts)) {
		scalar_text(shower, value, &facts, scalar, sizeof(scalar));
		text_append(text, size, "%s", scalar);
		return strlen(text) + 1 < size;
	}
	text_append(text, size, "{");
	shower->depth++;
	if (is_struct(&facts))
		ctype_each_member(&value->type, inline_member, &line);
	else
		line.fits = inline_elements(shower, value, &facts, text, size);
	shower->depth--;
	text_append(text, size, "}%s", is_empty_list(shower, value, &facts) ? " (empty)" : "");
	return line.fits && strlen(text) + 1 < size;
}

bool show_value_short(const struct value_show *show, const struct value *value, char *text,
		      size_t size)
{
	struct shower shower = { .to = show };

	*text = '\0';
	return add_inline(&shower, value, text, size);
}

/* --- in several lines --- */

struct line_text {
	char text[2048];
	struct span spans[1];
	unsigned int nr_spans;
};

struct line_members {
	struct shower *shower;
	const struct value *parent;
	unsigned int indent;
};

static void start_line(const struct shower *shower, struct line_text *line, unsigned int indent,
		       const char *label, const struct value *value)
{
	unsigned int width = output_address_width(shower->to->session->output);

	line->nr_spans = 0;
	*line->text = '\0';
	if (shower->to->addresses)
		text_append(line->text, sizeof(line->text), "[%0*" PRIx64 "] ", (int)width,
			    value->address);
	text_append(line->text, sizeof(line->text), "%*s%.200s%s", (int)indent, "", label,
		    *label ? " = " : "");
	line->text[printable_clean(line->text, strlen(line->text))] = '\0';
}

static void end_line(const struct shower *shower, const struct line_text *line)
{
	output_styled_line(shower->to->session->output, line->text, strlen(line->text), line->spans,
			   line->nr_spans);
}

/* Appends a value without parts. NULL, poison and what cannot be read have a style. */
static void add_scalar(struct shower *shower, struct line_text *line, const struct value *value,
		       const struct ctype_facts *facts)
{
	const unsigned int word = kernel_pointer_size(shower->to->memory->kernel);
	char text[MOST_TEXT * 2 + 64];
	size_t start = strlen(line->text);
	enum style style = STYLE_PLAIN;
	uint64_t number;

	scalar_text(shower, value, facts, text, sizeof(text));
	text_append(line->text, sizeof(line->text), "%s", text);
	if (*text == '<')
		style = STYLE_FAULT; /* a reason */
	else if (facts->kind == CTYPE_POINTER &&
		 value_number(shower->to->memory, value, &number, NULL))
		style = !number						 ? STYLE_CAUTION :
			special_value(number, word).kind == VALUE_POISON ? STYLE_FAULT :
									   STYLE_PLAIN;
	if (style != STYLE_PLAIN)
		line->spans[line->nr_spans++] = (struct span){ start, strlen(line->text), style };
}

static void put_lines(struct shower *shower, unsigned int indent, const char *label,
		      const struct value *value);

static bool member_lines(const struct ctype_member *member, void *arg)
{
	struct line_members *members = arg;
	struct value value = value_of_member(members->parent, member);

	if (*member->name || !member->bit_size)
		put_lines(members->shower, members->indent, member->name, &value);
	return goes_on(members->shower);
}

static void element_lines(struct shower *shower, unsigned int indent, const struct value *value,
			  const struct ctype_facts *facts)
{
	uint64_t count = count_shown(facts, SHOWN_IN_TEXT);
	struct line_text line;
	struct value element;
	char label[32];

	for (uint64_t i = 0; i < count && goes_on(shower); i++) {
		element = element_value(value, facts, i);
		snprintf(label, sizeof(label), "[%" PRIu64 "]", i);
		put_lines(shower, indent, label, &element);
	}
	if (count == facts->count)
		return;
	snprintf(line.text, sizeof(line.text), "%*s... %" PRIu64 " more", (int)indent, "",
		 facts->count - count);
	output_text_line(shower->to->session->output, line.text, strlen(line.text));
}

/* Is it an array of numbers? Its elements share a line, which may be long. */
static bool has_numbers(const struct ctype_facts *facts)
{
	struct ctype_facts element = ctype_describe(&facts->target);

	return facts->kind == CTYPE_ARRAY && !is_struct(&element) && element.kind != CTYPE_ARRAY;
}

static void put_brace(const struct shower *shower, unsigned int indent)
{
	char text[2 * MOST_NESTING + 64];

	if (shower->to->addresses)
		indent += output_address_width(shower->to->session->output) + 3;
	snprintf(text, sizeof(text), "%*s}", (int)indent, "");
	output_text_line(shower->to->session->output, text, strlen(text));
}

static void put_lines(struct shower *shower, unsigned int indent, const char *label,
		      const struct value *value)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	struct line_members members = { shower, value, indent + 2 };
	struct error err;
	struct line_text line;
	size_t start;

	if (!may_show(shower)) {
		refuse_part(shower, &err);
		note_unreadable(shower, &err);
		return;
	}
	start_line(shower, &line, indent, label, value);
	start = strlen(line.text);
	if (is_scalar(shower, value, &facts)) {
		add_scalar(shower, &line, value, &facts);
		end_line(shower, &line);
		return;
	}
	/* The addresses of members need lines of their own. */
	if (!(shower->to->addresses && is_struct(&facts)) &&
	    add_inline(shower, value, line.text,
		       has_numbers(&facts) ? sizeof(line.text) : LINE_WIDTH)) {
		end_line(shower, &line);
		return;
	}
	line.text[start] = '\0';
	text_append(line.text, sizeof(line.text), "{");
	end_line(shower, &line);
	shower->depth++;
	if (is_struct(&facts))
		ctype_each_member(&value->type, member_lines, &members);
	else
		element_lines(shower, indent + 2, value, &facts);
	shower->depth--;
	put_brace(shower, indent);
}

void show_value_lines(const struct value_show *show, const char *label, const struct value *value,
		      unsigned int indent)
{
	struct shower shower = { .to = show };

	put_lines(&shower, indent, label, value);
}

void show_value_struct(const struct value_show *show, const struct value *value)
{
	struct shower shower = { .to = show, .depth = 1 };
	struct line_members members = { &shower, value, 2 };
	struct line_text line;
	char type[200];

	ctype_declare(&value->type, "", type, sizeof(type));
	start_line(&shower, &line, 0, "", value);
	text_append(line.text, sizeof(line.text), "%s {", type);
	end_line(&shower, &line);
	ctype_each_member(&value->type, member_lines, &members);
	put_brace(&shower, 0);
}

/* --- records --- */

/* An open struct or array. */
struct record_level {
	bool is_list;
	bool truncated; /* something in it was cut */
	bool unreadable; /* a part of it cannot be read */
};

struct value_record {
	const struct value_show *show;
	const char *const *names; /* NULL: there is one value, which is not in an object */
	const struct value *values;
	size_t nr;
	struct record_level level[PARTS_NESTING + 1]; /* the first is around the values */
	unsigned int depth; /* the index of the innermost level */
};

static void open_level(struct value_record *record, const char *name, bool is_list)
{
	struct output *output = record->show->session->output;

	if (is_list)
		output_list_begin(output, name);
	else
		output_object_begin(output, name);
	record->level[++record->depth] = (struct record_level){ .is_list = is_list };
}

static void put_level(const struct value_record *record, const struct record_level *level)
{
	struct output *output = record->show->session->output;

	if (level->unreadable)
		output_string(output, "unreadable", record->show->unreadable->message);
	if (level->truncated)
		output_boolean(output, "truncated", true);
}

/* The enclosing object reports what is missing in an array. */
static void close_level(struct value_record *record)
{
	struct record_level *level = &record->level[record->depth--];

	if (level->is_list) {
		level[-1].truncated |= level->truncated;
		level[-1].unreadable |= level->unreadable;
		output_list_end(record->show->session->output);
		return;
	}
	put_level(record, level);
	output_object_end(record->show->session->output);
}

/* Names may contain any bytes. */
static void clean_name(char name[KEY_MOST], const char *from)
{
	snprintf(name, KEY_MOST, "%s", from);
	for (char *at = name; *at; at++)
		if (!printable_is_bare(at, 1))
			*at = '?';
}

static bool put_part(void *arg, const struct value_part *part)
{
	struct value_record *record = arg;
	struct output *output = record->show->session->output;
	char text[KEY_MOST], real[32];
	/* The field of the answer has a name that lasts. */
	const char *name = record->names || record->depth ? text : "value";

	if (!part->name)
		name = NULL;
	else if (name == text)
		clean_name(text, part->name);
	record->level[record->depth].truncated |= part->is_cut;
	switch (part->kind) {
	case PART_UNSIGNED: output_count(output, name, part->number); break;
	case PART_SIGNED: output_integer(output, name, (int64_t)part->number); break;
	case PART_BOOL: output_boolean(output, name, part->number); break;
	case PART_POINTER: output_hex(output, name, part->number); break;
	case PART_FLOAT:
		snprintf(real, sizeof(real), "%.*g", part->number == 8 ? 17 : 9, part->real);
		output_string(output, name, real);
		break;
	case PART_WIDE:
	case PART_TEXT: output_string(output, name, part->text); break;
	case PART_UNREADABLE:
		output_null(output, name);
		if (!record->show->unreadable->code)
			*record->show->unreadable = *part->why;
		record->level[record->depth].unreadable = true;
		break;
	case PART_STRUCT:
	case PART_ARRAY: open_level(record, name, part->kind == PART_ARRAY); break;
	case PART_END: close_level(record); break;
	}
	return !session_interrupted(record->show->session);
}

static void put_values(const void *arg)
{
	struct value_record record = *(const struct value_record *)arg;
	const struct value_visitor visitor = { put_part, &record, true };
	struct error err;

	if (record.names)
		output_object_begin(record.show->session->output, "value");
	for (size_t i = 0; i < record.nr; i++) {
		const char *name = record.names ? record.names[i] : "value";

		if (!parts_visit(record.show->memory, name, &record.values[i], &visitor, &err))
			put_part(&record, &(struct value_part){ .kind = PART_UNREADABLE,
								.name = name,
								.why = &err });
	}
	put_level(&record, &record.level[0]);
	if (record.names)
		output_object_end(record.show->session->output);
}

void show_value_record(const struct value_show *show, const struct value *value)
{
	const struct value_record record = { show, NULL, value, 1, .depth = 0 };

	output_in_records(show->session->output, put_values, &record);
}

void show_value_members(const struct value_show *show, const char *const *names,
			const struct value *values, size_t nr)
{
	const struct value_record record = { show, names, values, nr, .depth = 0 };

	output_in_records(show->session->output, put_values, &record);
}

/* --- the meaning of a pointer --- */

bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning)
{
	const struct region *region;
	uint64_t paddr;

	if (query_is_user_address(kernel, value))
		return false;
	meaning->has_symbol = symbol_lookup_at(kernel->symbols, value, &meaning->symbol, NULL);
	if (meaning->has_symbol || !objects)
		return meaning->has_symbol;
	region = region_of(kernel, value, NULL);
	return region && region_linear(kernel, value, &paddr) &&
	       region_uses(region, true) & REGION_HOLDS_SLABS &&
	       slab_at(kernel, value, paddr, &meaning->slab);
}

void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value)
{
	output_object_begin(output, NULL);
	output_hex(output, "address", address);
	output_hex(output, "value", value);
	if (meaning->has_symbol) {
		output_string(output, "symbol", meaning->symbol.name);
		output_count(output, "offset", value - meaning->symbol.address);
		output_string(output, "module", meaning->symbol.module);
	} else {
		output_string(output, "slab_cache", meaning->slab.cache);
		if (meaning->slab.has_object)
			output_hex(output, "object", meaning->slab.object);
	}
	output_object_end(output);
}
