/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>

#include "command/command.h"
#include "command/row.h"

/* A run of memory to read, and where it comes from. */
struct request {
	struct session *session;
	const struct space *space; /* NULL: physical addresses */
	const char *argument;
	uint64_t address;
	uint64_t count; /* values */
	unsigned int width; /* bytes of one */
};

enum { ROW = 16 };

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

/* Values from the start that can be read; fewer than asked with err set. */
static uint64_t count_readable(const struct request *request,
			       struct error *err)
{
	uint8_t value[8];
	uint64_t address = request->address, done = 0;

	while (done < request->count) {
		/* Whole rows first, single values where a row fails. */
		uint8_t row[ROW];
		uint64_t in_row = ROW / request->width;

		if (command_interrupted(request->session)) {
			fail(err, ERROR_INTERRUPTED, "interrupted");
			return done;
		}
		if (request->count - done >= in_row &&
		    read_memory(request, address, row, sizeof(row), NULL)) {
			done += in_row;
			address += ROW;
		} else if (read_memory(request, address, value, request->width,
				       err)) {
			done++;
			address += request->width;
		} else {
			return done;
		}
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
	unsigned int size = count * request->width, width = request->width;
	unsigned int digits = output_address_width(output);
	uint8_t bytes[ROW];
	struct row row;

	if (!read_memory(request, address, bytes, size, NULL))
		return;
	row.used = 0;
	row_hex(&row, address, digits);
	row_text(&row, ": ");
	for (unsigned int i = 0; i < count; i++) {
		row_text(&row, " ");
		row_hex(&row, load_le(bytes + i * width, width), 2 * width);
	}
	row_pad(&row, digits + 2 + ROW / width * (2 * width + 1) + GAP);
	for (unsigned int i = 0; i < size; i++) {
		char c = (char)bytes[i];

		row_put(&row, isascii(c) && isprint(c) ? &c : ".", 1);
	}
	row_end(&row, output);
}

static void print_text(const struct request *request, uint64_t count)
{
	unsigned int in_row = ROW / request->width;

	for (uint64_t i = 0; i < count; i += in_row) {
		if (command_interrupted(request->session))
			return;
		print_row(request, request->address + i * request->width,
			  count - i < in_row ? (unsigned int)(count - i) :
					       in_row);
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
		command_complain_of_answer(request->session, request->argument,
					   err);
	return true;
}

enum memory { KERNEL_MEMORY, PHYSICAL_MEMORY, USER_MEMORY };

static bool parse_options(struct request *request, int argc, char **argv,
			  enum memory *memory, struct error *err)
{
	int option, bits = 0;

	*memory = KERNEL_MEMORY;
	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "+pu8136642")) != -1) {
		if (option == 'p')
			*memory = PHYSICAL_MEMORY;
		else if (option == 'u')
			*memory = USER_MEMORY;
		else if (option >= '0' && option <= '9' && bits <= 64)
			bits = 10 * bits + (option - '0');
		else
			return fail(err, ERROR_USAGE, "unknown option -%c",
				    option == '?' ? optopt : option);
	}
	if (bits == 8 || bits == 16 || bits == 32 || bits == 64)
		request->width = (unsigned int)bits / 8;
	else if (bits)
		return fail(err, ERROR_USAGE, "-%d: must be -8, -16, -32 or -64",
			    bits);
	if (optind == argc)
		return fail(err, ERROR_USAGE, "no address was given");
	if (argc - optind > 2)
		return fail(err, ERROR_USAGE, "more than ADDR and COUNT were given");
	return true;
}

static bool parse_range(struct request *request, char **argv, bool physical,
			struct error *err)
{
	request->argument = argv[0];
	if (!(physical ? command_parse_physical(argv[0], &request->address, err) :
			 command_parse_address(request->session, argv[0],
					       &request->address, err)))
		return false;
	if (argv[1] && !command_parse_count(argv[1], &request->count, err))
		return false;
	if (request->count == 0)
		return fail(err, ERROR_USAGE, "COUNT must not be 0");
	if (request->count > UINT64_MAX / request->width ||
	    request->count * request->width - 1 > UINT64_MAX - request->address)
		return fail(err, ERROR_USAGE,
			    "%" PRIu64 " values reach past the last address",
			    request->count);
	return true;
}

static bool find_space(struct request *request, enum memory memory,
		       struct error *err)
{
	struct session *session = request->session;

	if (memory == PHYSICAL_MEMORY)
		return true;
	if (memory == KERNEL_MEMORY) {
		request->space = kernel_space(session->kernel, err);
		return request->space != NULL;
	}
	if (!session->has_process)
		return fail(err, ERROR_USAGE,
			    "-u: of which process? Choose one with set");
	request->space = &session->process.user;
	return true;
}

static bool check_user(const struct request *request, enum memory memory,
		       struct error *err)
{
	uint64_t size = request->count * request->width;
	uint64_t last = request->session->process.user_last;

	if (memory != USER_MEMORY ||
	    (request->address <= last && size - 1 <= last - request->address))
		return true;
	return fail(err, ERROR_USAGE, "is no user address");
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct request request = {
		.session = session,
		.count = 1,
		.width = kernel_pointer_size(session->kernel),
	};
	struct error complaint;
	enum memory memory;

	if (!parse_options(&request, argc, argv, &memory, err) ||
	    !find_space(&request, memory, err))
		return false;
	if (!parse_range(&request, argv + optind, memory == PHYSICAL_MEMORY,
			 &complaint) ||
	    !check_user(&request, memory, &complaint) ||
	    !answer(&request, &complaint))
		command_complain(session, argv[optind], &complaint);
	return true;
}

const struct command command_rd = {
	.name = "rd",
	.usage = "[-p|-u] [-8|-16|-32|-64] ADDR [COUNT]",
	.summary = "read memory",
	.details = "Reads COUNT values (1 unless given) from the virtual address ADDR.\n"
		   "  -p             ADDR is physical\n"
		   "  -u             in the process that set chose\n"
		   "  -8 -16 -32 -64 bits of a value; a pointer's unless given\n"
		   "What is not in the dump is never made up: the values up to there are\n"
		   "shown, and the complaint says why the next cannot be.",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
