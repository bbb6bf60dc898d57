/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "query/translate.h"
#include "linux/region.h"
#include "output/row.h"
#include "output/new_file.h"
#include "cli/redirect.h"
#include "cli/tables.h"
#include "cli/commands/show_walk.h"
#include "cli/show_value.h"
#include "base/text.h"
#include "dump/dump.h"
#include "kernel/view.h"
#include "query/entry_witness.h"
#include "query/missing.h"
#include "value/symbol_word.h"
#include "value/value.h"

enum { MEANING_SIZE = 640 }; /* bytes for the names of a symbol and a module, and an offset */

/* Writes the meaning: for example "schedule+0x10 [module]", or for an object "[kmalloc-96]
 * ffff888000051080+0x20". */
static void meaning_text(struct row *row, const struct meaning *meaning, uint64_t value)
{
	char text[MEANING_SIZE];

	if (meaning->has_symbol)
		snprintf(text, sizeof(text), "%s+0x%" PRIx64 "%s%s%s", meaning->symbol.name,
			 value - meaning->symbol.address, meaning->symbol.module ? " [" : "",
			 meaning->symbol.module ? meaning->symbol.module : "",
			 meaning->symbol.module ? "]" : "");
	else if (meaning->slab.has_object)
		snprintf(text, sizeof(text), "[%s] %" PRIx64 "+0x%" PRIx64, meaning->slab.cache,
			 meaning->slab.object, value - meaning->slab.object);
	else
		snprintf(text, sizeof(text), "[%s]", meaning->slab.cache);
	row_text(row, text);
}

enum where { VIRTUAL_MEMORY, PHYSICAL_MEMORY, USER_MEMORY };
enum form { AS_VALUES, AS_SYMBOLS, AS_OBJECTS, AS_TEXT };

struct rd_request {
	unsigned int where; /* enum where */
	unsigned int form; /* enum form */
	unsigned int width; /* size of a value in bytes: 1, 2, 4 or 8 */
	const char *file; /* the file to write; NULL: none */
	unsigned int by_value; /* as in gdb: a pointer means the place that it points to */
	/* The members above are set by options. */
	struct session *session;
	const struct space *space; /* NULL: addresses are physical */
	const char *argument; /* the argument ADDR as the user typed it */
	uint64_t address;
	uint64_t count; /* number of values */
	/* ADDR is this variable, whose value is a number or a text: it is shown beside the bytes. */
	bool has_beside;
	struct kernel_symbol symbol;
	struct value value;
};

enum {
	ROW = 16, /* bytes in a row of values */
	CHUNK = 4096, /* bytes that are read at a time; a multiple of ROW */
	TEXT_ROW = 64, /* characters in a row of text */
	DEFAULT_TEXT = 4096, /* without COUNT, at most this many characters of a text are shown */
};

/* A part of the memory. It consists of whole rows, except at the end of the memory. */
struct rd_chunk {
	const struct rd_request *request;
	uint64_t address;
	size_t size;
	uint8_t bytes[CHUNK];
};

static bool rd_read(const struct rd_request *request, uint64_t address, void *buffer, size_t size,
		    struct error *err)
{
	struct dump *dump = request->session->kernel->dump;
	enum page_state state;

	if (request->space)
		return space_read(request->space, address, buffer, size, err);
	state = dump_read(dump, address, buffer, size);
	return state == PAGE_PRESENT ||
	       fail(err, ERROR_UNREADABLE, "physical %" PRIx64 " is not in the dump: %s", address,
		    dump_state_text(dump, state));
}

/* Reads up to size bytes of values. If a value cannot be read, stops there and sets err. */
static void rd_load(struct rd_chunk *chunk, size_t size, struct error *err)
{
	const struct rd_request *request = chunk->request;

	chunk->size = rd_read(request, chunk->address, chunk->bytes, size, NULL) ? size : 0;
	while (chunk->size < size && rd_read(request, chunk->address + chunk->size,
					     chunk->bytes + chunk->size, request->width, err))
		chunk->size += request->width;
}

/* If it is known why the page at this address is not in the dump, adds the reason to err: where its
 * bytes were swapped to, or why its frame is missing. */
static void say_why_unreadable(const struct rd_request *request, uint64_t address,
			       struct error *err)
{
	struct kernel *kernel = request->session->kernel;
	struct translation translation = { .has_physical = true, .physical = address };
	char why[MISSING_TEXT];

	if (!err || err->code != ERROR_UNREADABLE)
		return;
	if (request->space)
		translation = query_translate(kernel, request->space, address);
	if (translation.status == TRANSLATION_SWAPPED && translation.meaning.has_swap)
		show_swap_error(request->session, address, &translation.meaning, err);
	else if (translation.has_physical && query_why_missing(kernel, translation.physical, why))
		text_append(err->message, sizeof(err->message), ": %s", why);
}

/* Reports the first page at which a second witness contradicts the page table, so that another page
 * may have been read. */
static void complain_of_contradiction(const struct rd_request *request)
{
	struct session *session = request->session;
	uint64_t size = request->count * request->width, last = request->address + size - 1;
	char doubt[WITNESS_TEXT];

	if (!request->space || session_process_at(session, request->address) ||
	    query_is_user_address(session->kernel, request->address))
		return;
	for (uint64_t at = request->address; !session_interrupted(session);) {
		const struct region *region = region_of(session->kernel, at, NULL);
		struct walk walk = walk_page_table(request->space, at);

		if (region && query_entry_contradicted(session->kernel, region, &walk, doubt)) {
			session_complainf(session, request->argument, ERROR_FORMAT,
					  "the bytes at %" PRIx64 " are doubtful: %s", at, doubt);
			return;
		}
		if (kernel_page_last(session->kernel, at) >= last)
			return;
		at = kernel_page_last(session->kernel, at) + 1;
	}
}

/* Calls visit() for each part of the memory. If some memory cannot be read, or if visit() fails,
 * sets err and returns false. */
static bool each_chunk(const struct rd_request *request,
		       bool (*visit)(const struct rd_chunk *chunk, void *arg, struct error *err),
		       void *arg, struct error *err)
{
	struct rd_chunk chunk;
	uint64_t left = request->count * request->width;

	chunk.request = request;
	chunk.address = request->address;
	while (left) {
		size_t size = left < CHUNK ? left : CHUNK;

		if (session_interrupted(request->session))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		rd_load(&chunk, size, err);
		if (chunk.size && !visit(&chunk, arg, err))
			return false;
		if (chunk.size < size) {
			say_why_unreadable(request, chunk.address + chunk.size, err);
			return false;
		}
		chunk.address += size;
		left -= size;
	}
	return true;
}

static bool find_meaning(const struct rd_request *request, uint64_t value, struct meaning *meaning)
{
	struct kernel *kernel = request->session->kernel;

	return request->form != AS_VALUES && request->width == kernel_pointer_size(kernel) &&
	       meaning_find(kernel, value, request->form == AS_OBJECTS, meaning);
}

/* --- the variable at ADDR --- */

static struct value_show show_of(const struct rd_request *request,
				 const struct value_memory *memory, struct error *unreadable)
{
	return (struct value_show){ request->session, memory, 0, false, unreadable };
}

/* Writes the value. Returns false if it is not a number, a text or an array of either, or if it is too long. */
static bool beside_text(const struct rd_request *request, char *text, size_t size)
{
	const struct value_memory memory = { .kernel = request->session->kernel };
	struct error unreadable = { 0 };
	const struct value_show show = show_of(request, &memory, &unreadable);
	struct ctype_facts facts = ctype_describe(&request->value.type);

	while (facts.kind == CTYPE_ARRAY)
		facts = ctype_describe(&facts.target);
	return facts.kind != CTYPE_STRUCT && facts.kind != CTYPE_UNION &&
	       show_value_short(&show, &request->value, text, size) && !unreadable.code;
}

/* In scripts there is none, because scripts expect the output of rd without the value. */
static void find_beside(struct rd_request *request, const char *word)
{
	struct session *session = request->session;
	uint64_t address;
	char text[256];

	request->has_beside =
		!session->front.in_script && !session->chosen.table.given &&
		session->kernel->identity->match != VMLINUX_DIFFERS &&
		symbol_word_find(session->kernel, word, &request->symbol, &address, NULL) &&
		!value_is_code(session->kernel, &request->symbol) &&
		value_symbol(session->kernel, word, &request->value, NULL) &&
		!request->value.untyped && beside_text(request, text, sizeof(text));
}

static void put_beside(struct row *row, const struct rd_request *request)
{
	char text[256], type[160];

	if (!request->has_beside || !beside_text(request, text, sizeof(text)))
		return;
	ctype_declare(&request->value.type, "", type, sizeof(type));
	row_text(row, "  ");
	row_text(row, type);
	row_text(row, ": ");
	row_text(row, text);
}

static void put_beside_fields(const struct rd_request *request)
{
	const struct value_memory memory = { .kernel = request->session->kernel };
	struct error unreadable = { 0 };
	const struct value_show show = show_of(request, &memory, &unreadable);
	char type[160];

	if (!request->has_beside)
		return;
	ctype_declare(&request->value.type, "", type, sizeof(type));
	output_string(request->session->output, "name", request->symbol.name);
	output_string(request->session->output, "type", type);
	show_value_record(&show, &request->value);
}

/* --- text --- */

static void rd_put_value(struct row *row, uint64_t value, unsigned int width)
{
	row_text(row, " ");
	row_hex(row, value, 2 * width);
}

/* Prints a value, and its meaning as an address. */
static void print_meant(const struct rd_request *request, uint64_t address, const uint8_t *bytes)
{
	struct output *output = request->session->output;
	uint64_t value = load_le(bytes, request->width);
	struct meaning meaning;
	struct row row;

	row.used = 0;
	row_hex(&row, address, output_address_width(output));
	row_text(&row, ": ");
	rd_put_value(&row, value, request->width);
	if (find_meaning(request, value, &meaning)) {
		row_text(&row, "  ");
		meaning_text(&row, &meaning, value);
	}
	row_end(&row, output);
}

/* Returns the column of a row's characters, which follow row_size bytes of values. */
static size_t characters_at(const struct rd_request *request, size_t row_size)
{
	return output_address_width(request->session->output) + 2 +
	       row_size / request->width * (2 * request->width + 1) + 2;
}

/* Returns the number of bytes in a row: ROW, or half of it on a narrow terminal. */
static size_t row_size_of(const struct rd_request *request)
{
	unsigned int columns = output_columns(request->session->output);

	return columns && characters_at(request, ROW) + ROW > columns ? ROW / 2 : ROW;
}

static void print_row(const struct rd_request *request, uint64_t address, const uint8_t *bytes,
		      size_t size, size_t row_size)
{
	struct output *output = request->session->output;
	unsigned int width = request->width;
	char shown[ROW + 1] = "";
	struct row row;

	row.used = 0;
	row_hex(&row, address, output_address_width(output));
	row_text(&row, ": ");
	for (size_t i = 0; i < size; i += width)
		rd_put_value(&row, load_le(bytes + i, width), width);
	row_pad(&row, characters_at(request, row_size));
	for (size_t i = 0; i < size; i++)
		shown[i] = isascii(bytes[i]) && isprint(bytes[i]) ? (char)bytes[i] : '.';
	row_text(&row, shown);
	put_beside(&row, request);
	row_end(&row, output);
}

static bool print_chunk(const struct rd_chunk *chunk, void *arg, struct error *err)
{
	const struct rd_request *request = chunk->request;
	bool meant = request->form != AS_VALUES;
	size_t row_size = row_size_of(request), step = meant ? request->width : row_size;

	(void)arg;
	for (size_t i = 0; i < chunk->size; i += step) {
		size_t part = chunk->size - i < step ? chunk->size - i : step;

		if (session_interrupted(request->session))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (meant)
			print_meant(request, chunk->address + i, chunk->bytes + i);
		else
			print_row(request, chunk->address + i, chunk->bytes + i, part, row_size);
	}
	return true;
}

/* --- JSON --- */

static bool rd_count_chunk(const struct rd_chunk *chunk, void *arg, struct error *err)
{
	uint64_t *count = arg;

	(void)err;
	*count += chunk->size / chunk->request->width;
	return true;
}

static bool list_chunk(const struct rd_chunk *chunk, void *arg, struct error *err)
{
	const struct rd_request *request = chunk->request;
	struct output *output = request->session->output;
	const bool *meanings = arg;
	struct meaning meaning;

	(void)err;
	for (size_t i = 0; i < chunk->size; i += request->width) {
		uint64_t value = load_le(chunk->bytes + i, request->width);

		if (!*meanings)
			output_hex(output, NULL, value);
		else if (find_meaning(request, value, &meaning))
			meaning_json(output, &meaning, chunk->address + i, value);
	}
	return true;
}

struct values {
	const struct rd_request *request;
	bool *done;
	struct error *err;
};

/* Adds the values, which are read twice: the first time only to find the answer's status. */
static void state_values(const void *arg)
{
	const struct values *values = arg;
	struct rd_request request = *values->request;
	struct output *output = request.session->output;
	struct error *err = values->err;
	bool complete, meanings = false;

	request.count = 0;
	complete = each_chunk(values->request, rd_count_chunk, &request.count, err);
	*values->done = request.count;
	if (!request.count)
		return;
	output_begin(output, "rd", request.argument, complete ? NULL : "error");
	output_hex(output, "address", request.address);
	output_count(output, "width", 8 * request.width);
	output_list_begin(output, "values");
	each_chunk(&request, list_chunk, &meanings, NULL);
	output_list_end(output);
	meanings = request.form != AS_VALUES;
	if (meanings) {
		output_list_begin(output, "meanings");
		each_chunk(&request, list_chunk, &meanings, NULL);
		output_list_end(output);
	}
	put_beside_fields(&request);
	if (request.space)
		session_add_pid(request.session, request.address);
	if (!complete)
		output_trouble(output, err);
	output_end(output);
	if (!complete)
		session_complain_of_answer(request.session, request.argument, err);
}

/* --- text, and raw bytes --- */
struct rd_text {
	char characters[DEFAULT_TEXT + 1];
	size_t length;
};

/* Adds the bytes of the chunk up to the first byte that does not belong to a text. */
static bool rd_add_text(const struct rd_chunk *chunk, void *arg, struct error *err)
{
	struct rd_text *text = arg;

	(void)err;
	for (size_t i = 0; i < chunk->size; i++) {
		uint8_t byte = chunk->bytes[i];

		if (!isascii(byte) || (!isprint(byte) && !isspace(byte)))
			return false;
		text->characters[text->length++] = (char)byte;
	}
	return true;
}

/* Text shows the memory itself, and not a table. */
static const struct record unseen = { .closed = true };

static bool print_characters(const struct rd_request *request, struct error *err)
{
	struct output *output = request->session->output;
	struct rd_text text = { .length = 0 };

	*err = (struct error){ .code = ERROR_NONE };
	if (!each_chunk(request, rd_add_text, &text, err) && !text.length)
		return err->code ? false :
				   fail(err, ERROR_NO_ANSWER, "no text begins at this address");
	output_declare(output, &unseen);
	output_begin(output, "rd", request->argument, NULL);
	output_hex(output, "address", request->address);
	output_string(output, "text", text.characters);
	output_end(output);
	for (size_t i = 0; i < text.length;) {
		size_t line = strcspn(text.characters + i, "\n");
		size_t shown = line < TEXT_ROW ? line : TEXT_ROW;

		output_textf(output, "%0*" PRIx64 ":  %.*s\n", (int)output_address_width(output),
			     request->address + i, (int)shown, text.characters + i);
		i += shown + (shown == line);
	}
	return true;
}

static bool write_chunk(const struct rd_chunk *chunk, void *arg, struct error *err)
{
	return new_file_write(arg, chunk->bytes, chunk->size, err);
}

/* Writes the whole file. If that fails, no file is left. */
static bool rd_write_file(const struct rd_request *request, struct error *err)
{
	struct output *output = request->session->output;
	struct new_file file;

	if (!session_may_write(request->session, request->file, err) ||
	    !new_file_open(&file, request->file, err))
		return false;
	if (!each_chunk(request, write_chunk, &file, err)) {
		new_file_abandon(&file);
		return false;
	}
	if (!new_file_finish(&file, err))
		return false;
	output_begin(output, "rd", request->argument, NULL);
	output_hex(output, "address", request->address);
	output_count(output, "bytes", request->count * request->width);
	output_string(output, "file", request->file);
	output_end(output);
	if (request->width > 1)
		session_say_unlike_crash(
			request->session,
			"COUNT is a number of values of %u bytes; to write COUNT bytes, as with -r of crash, use rd -8",
			request->width);
	return true;
}

static void print_values(const void *arg)
{
	const struct values *values = arg;
	const struct rd_request *request = values->request;
	struct rd_request one = *request;
	uint64_t first = 0;

	one.count = 1;
	*values->done = each_chunk(&one, rd_count_chunk, &first, values->err);
	if (*values->done && !each_chunk(request, print_chunk, NULL, values->err))
		session_complain_of_answer(request->session, request->argument, values->err);
}

static bool rd_answer(const struct rd_request *request, struct error *err)
{
	bool done = false;
	const struct values values = { request, &done, err };
	struct error why;

	if ((request->form == AS_SYMBOLS || request->form == AS_OBJECTS) &&
	    !kernel_has_symbols(request->session->kernel, &why))
		session_complain(request->session, NULL, &why);
	if (request->file)
		return rd_write_file(request, err);
	if (request->form == AS_TEXT)
		return print_characters(request, err);
	output_in_records(request->session->output, state_values, &values);
	output_in_text(request->session->output, print_values, &values);
	return done;
}

/* --- arguments --- */

static bool rd_find_space(struct rd_request *request, struct error *err)
{
	struct session *session = request->session;

	if (request->where == PHYSICAL_MEMORY && session->chosen.table.given)
		return fail(err, ERROR_USAGE, "-p reads physical memory, so it takes no process");
	if (request->where == PHYSICAL_MEMORY)
		return true;
	if (request->where == USER_MEMORY && !session_need_process(session, err))
		return false;
	request->space = request->where == USER_MEMORY ?
				 &session->chosen.table.process.user :
				 session_space(session, request->address, err);
	session_note_table(session, request->address);
	return request->space;
}

/* Takes the place of a struct, array or function. A pointer or a number in memory has a place, and its value may be
 * one, too. is_sum: the argument adds a number to it. */
static bool take_place(struct rd_request *request, const struct value *value, const char *name,
		       bool is_sum, struct error *err)
{
	const struct value_memory memory = { .kernel = request->session->kernel };
	const struct ctype_facts facts = ctype_describe(&value->type);
	const bool pointer = facts.kind == CTYPE_POINTER && !value->untyped;

	if (!value->in_memory || (facts.kind != CTYPE_POINTER && facts.kind != CTYPE_ENUM &&
				  (facts.kind < CTYPE_UNSIGNED || facts.kind > CTYPE_FLOAT)))
		return value_as_address(&memory, value, &request->address, err);
	if (pointer && request->by_value && !is_sum)
		return value_number(&memory, value, &request->address, err);
	return fail(err, ERROR_USAGE, "%s %s: its place is &%s, and p %s shows its value, %s", name,
		    pointer	   ? "is a pointer" :
		    value->untyped ? "may be a number or a pointer, because its type is unknown" :
				     "is a number",
		    name, name, pointer ? "which rd -v takes" : "which gdb takes for an address");
}

/* Reads ADDR, an expression, or with -v a variable or a sum that begins with one. */
static bool parse_start(struct rd_request *request, const char *word, struct error *err)
{
	struct session *session = request->session;
	const struct value_memory memory = { .kernel = session->kernel };
	char name[SYMBOL_NAME_MAX];
	struct value value;
	struct error why;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "+-"), word);
	if (request->by_value && value_symbol(session->kernel, name, &value, NULL)) {
		if (!take_place(request, &value, name, strlen(name) < strlen(word), err))
			return false;
		if (strlen(name) == strlen(word))
			return true;
	}
	if (parse_address(session, word, &request->address, err)) {
		say_offset_unlike_crash(session, word);
		return true;
	}
	if (parse_place(session, &memory, word, &value, &why))
		return take_place(request, &value, word, false, err);
	*err = why;
	return false;
}

static bool parse_start_and_count(struct rd_request *request, char **words, struct error *err)
{
	const struct table_choice *table = &request->session->chosen.table;
	bool physical = request->where == PHYSICAL_MEMORY;
	uint64_t last_offset, last = UINT64_MAX, user_last;
	struct error why;

	request->argument = words[0];
	if (physical ? !parse_physical(words[0], &request->address, err) :
		       !parse_start(request, words[0], err))
		return false;
	if (words[1] && !parse_count(words[1], &request->count, &why))
		return fail(err, why.code, "COUNT %s: %s", words[1], why.message);
	if (request->count == 0)
		return fail(err, ERROR_USAGE, "COUNT must not be 0");
	if (request->form == AS_TEXT && request->count > DEFAULT_TEXT)
		return fail(err, ERROR_USAGE, "COUNT %s: -a shows at most %d characters", words[1],
			    DEFAULT_TEXT);
	if (!physical && kernel_pointer_size(request->session->kernel) == 4)
		last = UINT32_MAX;
	user_last = last;
	if (request->where == USER_MEMORY && table->has_process)
		user_last = table->process.user_last;
	if (request->form == AS_TEXT && !words[1] && request->address <= user_last &&
	    request->count > user_last - request->address)
		request->count = user_last - request->address + 1;
	if (request->address > last ||
	    __builtin_mul_overflow(request->count, request->width, &last_offset) ||
	    --last_offset > last - request->address)
		return fail(err, ERROR_USAGE, "%" PRIu64 " values reach past the last address",
			    request->count);
	return (request->address <= user_last && last_offset <= user_last - request->address) ||
	       fail(err, ERROR_USAGE, "is not a user address");
}

static void set_defaults(struct rd_request *request)
{
	request->count = request->form == AS_TEXT ? DEFAULT_TEXT : 1;
	if (request->form == AS_TEXT)
		request->width = 1;
	else if (!request->width)
		request->width = kernel_pointer_size(request->session->kernel);
}

/* If the word is a number, makes it the value of -r, which session_choose_table() will use, and
 * returns true. The word is borrowed. */
static bool take_root(struct session *session, const char *word)
{
	uint64_t value;

	if (!parse_hex(word, &value, NULL))
		return false;
	session->chosen.table.root_word = word;
	session->chosen.table.given = true;
	return true;
}

static bool rd_run(struct session *session, char **words, struct error *err)
{
	struct rd_request *request = session->given;

	request->session = session;
	if (request->file && take_root(session, request->file))
		request->file = NULL; /* a number is a root, as for -r of other commands */
	if (request->form != AS_VALUES && request->file)
		return fail(err, ERROR_USAGE, "-r FILE excludes -s, -S and -a");
	if (!session_choose_table(session, err))
		return false;
	if (!words[1] && !request->width && !request->form && !request->file && !request->where)
		find_beside(request, words[0]);
	set_defaults(request);
	if (!parse_start_and_count(request, words, err) || !rd_find_space(request, err) ||
	    !rd_answer(request, err)) {
		if (request->space && err->code == ERROR_UNREADABLE)
			session_ask_whose(session, request->address, err);
		session_complain(session, request->argument, err);
	} else {
		complain_of_contradiction(request);
	}
	return true;
}

static const struct command_option options[] = {
	{ "p", AT(rd_request, where), .set_to = PHYSICAL_MEMORY, .group = 'm',
	  .help = "ADDR is a physical address" },
	{ "u", AT(rd_request, where), .set_to = USER_MEMORY, .group = 'm',
	  .help = "ADDR is a user address of the chosen process" },
	TABLE_OPTIONS("P", "read user memory through the page table of this process", "R",
		      "read through the table at ROOT (physical address, CR3, TTBR)"),
	{ "8", AT(rd_request, width), .set_to = 1, .group = 'v' },
	{ "16", AT(rd_request, width), .set_to = 2, .group = 'v' },
	{ "32", AT(rd_request, width), .set_to = 4, .group = 'v' },
	{ "64", AT(rd_request, width), .set_to = 8, .group = 'v',
	  .help = "size of a value in bits (default: size of a pointer)" },
	{ "s", AT(rd_request, form), .set_to = AS_SYMBOLS, .group = 'v',
	  .help = "also show the symbol that each value points to" },
	{ "S", AT(rd_request, form), .set_to = AS_OBJECTS, .group = 'v',
	  .help = "like -s, and also show slab caches and objects" },
	{ "a", AT(rd_request, form), .set_to = AS_TEXT, .group = 'v',
	  .help = "show memory as text, up to the first byte that is not text;\n"
		  "COUNT limits the number of characters" },
	{ "v", AT(rd_request, by_value),
	  .help = "as in gdb: the name of a pointer means the place that it\n"
		  "points to, and the name of a number is refused" },
	{ "r", WORD_FILE_NEW, AT(rd_request, file),
	  .help = "write the bytes to FILE, all of them or nothing (a number\n"
		  "is a ROOT as for -R: write ./1000 for a file named 1000)" },
	{ 0 }
};

const struct command command_rd = {
	.name = "rd",
	.group = GROUP_MEMORY,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = 1 },
			       { "COUNT", WORD_COUNT, .most = 1 }),
	.given_size = GIVEN(rd_request),
	.summary = "read memory",
	.details =
		"Reads COUNT values (default: 1) from the virtual address ADDR.\n"
		"If memory is not in the dump, the values before it are shown, and an error says\n"
		"why the next value cannot be read. ADDR may be an expression of C whose value\n"
		"is a struct, an array or an address, such as init_task.tasks.\n"
		"If only the name of a variable is given, its value is also shown.",
	.addresses = ONE_ADDRESS,
	.rests_on = RESTS_ON_ADDRESSES,
	.chooses_table = true,
	.run = rd_run,
};
