/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "image/view.h"
#include "session/command.h"

enum memory { KERNEL_MEMORY, PHYSICAL_MEMORY, USER_MEMORY };

struct request {
	struct session *session;
	unsigned int memory;       /* enum memory */
	const struct space *space; /* NULL for PHYSICAL_MEMORY */
	const char *argument;      /* ADDR as given */
	uint64_t address;
	uint64_t count;     /* of values */
	unsigned int width; /* of a value, in bytes: 1, 2, 4 or 8 */
};

enum { ROW = 16 }; /* bytes */

static bool read_memory(const struct request *request, uint64_t address,
			void *buffer, size_t size, struct error *err)
{
	enum page_state state;

	if (request->space)
		return space_read(request->space, address, buffer, size, err);
	state = dump_read(request->session->kernel->dump, address, buffer, size);
	if (state == PAGE_PRESENT)
		return true;
	return fail(err, ERROR_UNREADABLE,
		    "physical %" PRIx64 " is not in the dump: %s", address,
		    page_state_names[state]);
}

/* The number of values that can be read from the start on; err says why where
 * these are not all. Reads whole rows, and single values where a row fails. */
static uint64_t count_readable(const struct request *request, struct error *err)
{
	uint64_t address = request->address, done = 0;
	uint64_t in_row = ROW / request->width;
	uint8_t row[ROW];

	while (done < request->count) {
		bool whole = request->count - done >= in_row &&
			     read_memory(request, address, row, ROW, NULL);

		if (session_interrupted(request->session)) {
			fail(err, ERROR_INTERRUPTED, "interrupted");
			break;
		}
		if (!whole &&
		    !read_memory(request, address, row, request->width, err))
			break;
		done += whole ? in_row : 1;
		address += whole ? ROW : request->width;
	}
	return done;
}

static void print_json(const struct request *request, uint64_t count,
		       const struct error *trouble)
{
	struct output *output = request->session->output;
	uint8_t bytes[8];

	output_begin(output, "rd", request->argument,
		     trouble ? "error" : "ok");
	output_hex(output, "address", request->address);
	output_count(output, "width", 8 * request->width);
	output_list_begin(output, "values");
	for (uint64_t i = 0; i < count; i++) {
		if (!read_memory(request, request->address + i * request->width,
				 bytes, request->width, NULL))
			break;
		output_hex(output, NULL, load_le(bytes, request->width));
	}
	output_list_end(output);
	if (trouble)
		output_string(output, "message", trouble->message);
	output_end(output);
}

static void print_row(const struct request *request, uint64_t address,
		      unsigned int count)
{
	enum { GAP = 2 };
	struct output *output = request->session->output;
	unsigned int width = request->width, size = count * width;
	unsigned int digits = output_address_width(output);
	char values[ROW * 3 + 1], *at = values, shown[ROW + 1] = "";
	uint8_t bytes[ROW];

	if (!read_memory(request, address, bytes, size, NULL))
		return;
	for (unsigned int i = 0; i < count; i++)
		at += sprintf(at, " %0*" PRIx64, (int)(2 * width),
			      load_le(bytes + i * width, width));
	for (unsigned int i = 0; i < size; i++)
		shown[i] =
			isascii(bytes[i]) && isprint(bytes[i]) ? bytes[i] : '.';
	output_textf(output, "%0*" PRIx64 ": %-*s%s\n", (int)digits, address,
		     (int)(ROW / width * (2 * width + 1) + GAP), values, shown);
}

static void print_text(const struct request *request, uint64_t count)
{
	uint64_t in_row = ROW / request->width;

	for (uint64_t i = 0; i < count; i += in_row) {
		uint64_t left = count - i;

		if (session_interrupted(request->session))
			return;
		print_row(request, request->address + i * request->width,
			  left < in_row ? left : in_row);
	}
}

static bool answer(const struct request *request, struct error *err)
{
	uint64_t count = count_readable(request, err);
	bool whole = count == request->count;

	if (count == 0)
		return false;
	if (output_json(request->session->output))
		print_json(request, count, whole ? NULL : err);
	else
		print_text(request, count);
	if (!whole)
		session_complain_of_answer(request->session, request->argument,
					   err);
	return true;
}

static bool find_space(struct request *request, struct error *err)
{
	struct session *session = request->session;

	if (request->memory == PHYSICAL_MEMORY)
		return true;
	if (request->memory == KERNEL_MEMORY)
		request->space = kernel_space(session->kernel, err);
	else if (session->has_process)
		request->space = &session->process.user;
	else
		fail(err, ERROR_USAGE,
		     "-u: no process is chosen: choose one with set");
	return request->space;
}

static bool parse_start_and_count(struct request *request, char **words,
				  struct error *err)
{
	bool physical = request->memory == PHYSICAL_MEMORY;
	uint64_t last_offset, last = UINT64_MAX;
	struct error why;

	request->argument = words[0];
	if (physical ? !parse_physical(words[0], &request->address, err) :
		       !parse_address(request->session, words[0],
				      &request->address, err))
		return false;
	if (words[1] && !parse_count(words[1], &request->count, &why))
		return fail(err, why.code, "COUNT %s: %s", words[1],
			    why.message);
	if (request->count == 0)
		return fail(err, ERROR_USAGE, "COUNT must not be 0");
	if (__builtin_mul_overflow(request->count, request->width, &last_offset) ||
	    --last_offset > last - request->address)
		return fail(err, ERROR_USAGE,
			    "%" PRIu64 " values reach past the last address",
			    request->count);
	if (request->memory == USER_MEMORY)
		last = request->session->process.user_last;
	return (request->address <= last &&
		last_offset <= last - request->address) ||
	       fail(err, ERROR_USAGE, "is not a user address");
}

static bool run(struct session *session, char **words, struct error *err)
{
	struct request request = {
		.session = session,
		.memory = KERNEL_MEMORY,
		.count = 1,
		.width = kernel_pointer_size(session->kernel),
	};
	const struct command_option options[] = {
		{ "p", &request.memory, .set_to = PHYSICAL_MEMORY },
		{ "u", &request.memory, .set_to = USER_MEMORY },
		{ "8", &request.width, .set_to = 1 },
		{ "16", &request.width, .set_to = 2 },
		{ "32", &request.width, .set_to = 4 },
		{ "64", &request.width, .set_to = 8 },
		{ 0 },
	};
	struct error complaint;

	if (!command_options(&words, options, err))
		return false;
	if (!*words)
		return fail(err, ERROR_USAGE, "no address was given");
	if (count_words(words) > 2)
		return fail(
			err, ERROR_USAGE,
			"too many arguments: only ADDR and COUNT are allowed");
	if (!find_space(&request, err))
		return false;
	if (!parse_start_and_count(&request, words, &complaint) ||
	    !answer(&request, &complaint))
		session_complain(session, request.argument, &complaint);
	return true;
}

const struct command command_rd = {
	.name = "rd",
	.usage = "[-p|-u] [-8|-16|-32|-64] ADDR [COUNT]",
	.summary = "read memory",
	.details = "Reads COUNT values (default: 1) from the virtual address ADDR.\n"
		   "  -p             ADDR is a physical address\n"
		   "  -u             ADDR is a user address of the process chosen by set\n"
		   "  -8 -16 -32 -64 size of a value in bits (default: that of a pointer)\n"
		   "Where memory is not in the dump the values up to there are shown, and an\n"
		   "error says why the next one cannot be read.",
	.rests_on = RESTS_ON_WALKS,
	.min_args = 1,
	.run = run,
};
