/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdb's remote protocol, with a scene whose memory is changed. Packets of the table below get
 * numbers and commands from the input, and are complete, cut off, damaged or escaped. There are
 * also packets with random bytes. The output must be packets that contain clean text. */
#include "line.h"
#include "gdb/gdb.h"
#include "open/open.h"
#include "scene.h"
#include "session.h"

enum { MOST_SENT = 60000 };

static const char *const packets[] = {
	"qSupported:multiprocess+;error-message+",
	"QStartNoAckMode",
	"?",
	"g",
	"G00",
	"P0=0",
	"M0,1:00",
	"k",
	"D",
	"c",
	"s",
	"vCont?",
	"vCont;c",
	"qC",
	"qfThreadInfo",
	"qsThreadInfo",
	"qOffsets",
	"qAttached",
	"qSymbol::",
	"Z0,0,1",
	"vMustReplyEmpty",
	"Hg0",
	"Hc-1",
	"qRcmd,73796d626f6c2d66696c65" /* symbol-file */,
	"qRcmd,736574" /* set */,
};
/* A number follows, or a number, a comma and a number. */
static const char *const with_number[] = { "p", "Hg", "Hc", "T", "qThreadExtraInfo,", "c" };
static const char *const with_pair[] = { "m", "qXfer:features:read:target.xml:",
					 "qXfer:threads:read::", "X", "qXfer:threads:read:x:" };
#define PICK(LIST, NUMBER) LIST[(NUMBER) % (sizeof(LIST) / sizeof((LIST)[0]))]

/* The bytes that kwalk receives, and the descriptors of its output. */
static char sent[MOST_SENT];
static size_t nr_sent;
static int in = -1, out;

static void send_bytes(const char *data, size_t size)
{
	if (size > MOST_SENT - nr_sent)
		size = MOST_SENT - nr_sent;
	memcpy(sent + nr_sent, data, size);
	nr_sent += size;
}

static void send_packet(const char *data, uint8_t wrong)
{
	uint8_t sum = wrong;
	char end[4];

	for (const char *at = data; *at; at++)
		sum = (uint8_t)(sum + (uint8_t)*at);
	send_bytes("$", 1);
	send_bytes(data, strlen(data));
	snprintf(end, sizeof(end), "#%02x", sum);
	send_bytes(end, 3);
}

static void send_command(const char *line)
{
	char text[2 * MOST_LINE + 16] = "qRcmd,";
	size_t size = strlen(text);

	for (; *line && size < sizeof(text) - 3; line++)
		size += (size_t)snprintf(text + size, 3, "%02x", (unsigned char)*line);
	send_packet(text, 0);
}

/* Returns a number: a small one, a word of the dump, or any number. */
static uint64_t number_take(struct input *input, const struct scene *scene)
{
	uint64_t how = take(input, 1);

	if (how < 100)
		return how;
	if (how < 180)
		return member_of_dump(&scene->dump, take(input, 2));
	return how < 190 ? UINT64_MAX - take(input, 1) : take(input, 8);
}

static void compose(struct input *input, const struct scene *scene)
{
	uint64_t how = take(input, 1);
	char text[256], byte;

	if (how < 80) {
		send_packet(PICK(packets, how), 0);
	} else if (how < 120) {
		snprintf(text, sizeof(text), "%s%" PRIx64, PICK(with_number, how),
			 number_take(input, scene));
		send_packet(text, 0);
	} else if (how < 190) {
		uint64_t first = number_take(input, scene);

		snprintf(text, sizeof(text), "%s%" PRIx64 ",%" PRIx64, PICK(with_pair, how), first,
			 number_take(input, scene));
		send_packet(text, 0);
	} else if (how < 215) {
		send_command(line_take(input, member_of_dump, &scene->dump));
	} else if (how < 220) {
		send_packet(PICK(packets, how), 1);
	} else if (how < 225) {
		for (unsigned int i = 0; i < 1000; i++)
			send_bytes("0123456789abcdefghi", 19);
	} else {
		byte = (char)take(input, 1);
		send_bytes(how < 240 ? &"$+-#}\x03*qm,:;"[how % 12] : &byte, 1);
	}
}

/* --- the output --- */

static int digit(uint8_t byte)
{
	const char *digits = "0123456789abcdef";
	const char *at = byte ? strchr(digits, byte) : NULL;

	PROMISED(at);
	return (int)(at - digits);
}

/* Text in hexadecimal digits, from several packets, or text after "E.". */
static uint8_t text[1 << 22];
static size_t nr_text;
static bool cut; /* more text may have followed */

/* Checks only whole lines, because a peer that stops waiting receives only the first pieces of a
 * long text. */
static void check_text_so_far(void)
{
	while (cut && nr_text && text[nr_text - 1] != '\n')
		nr_text--;
	check_text((const char *)text, nr_text, TEXT);
	nr_text = 0;
	cut = false;
}

static void check_data(const uint8_t *data, size_t size)
{
	enum { PIECE = 2048 }; /* bytes of text in each packet except the last one */

	if (size > 1 && data[0] == 'O' && data[1] != 'K') {
		PROMISED(size % 2 == 1);
		for (size_t i = 1; i < size && nr_text < sizeof(text); i += 2)
			text[nr_text++] = (uint8_t)(digit(data[i]) * 16 + digit(data[i + 1]));
		cut = size == 1 + 2 * PIECE || nr_text == sizeof(text);
		return;
	}
	if (nr_text)
		check_text_so_far();
	if (size > 1 && !memcmp(data, "E.", 2)) {
		memcpy(text, data, size);
		text[size] = '\n';
		nr_text = size + 1;
		check_text_so_far();
	}
}

static void check_packets(const uint8_t *at, size_t size)
{
	static uint8_t data[40000];
	const uint8_t *end = at + size;

	while (at < end) {
		size_t nr = 0;
		uint8_t sum = 0;

		if (*at == '+' || *at == '-') {
			at++;
			continue;
		}
		PROMISED(*at++ == '$');
		for (; at < end && *at != '#'; at++) {
			PROMISED(*at != '$' && *at != '*' && nr < sizeof(data));
			sum = (uint8_t)(sum + *at);
			if (*at == '}') {
				sum = (uint8_t)(sum + *++at);
				data[nr++] = *at ^ 0x20;
			} else {
				data[nr++] = *at;
			}
		}
		PROMISED(end - at >= 3 && sum == digit(at[1]) * 16 + digit(at[2]));
		PROMISED(nr <= 16384);
		at += 3;
		check_data(data, nr);
	}
}

static void check_answers(void)
{
	off_t size = lseek(out, 0, SEEK_CUR);
	uint8_t *bytes;

	if (size <= 0)
		return;
	bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, out, 0);
	PROMISED(bytes != MAP_FAILED);
	check_packets(bytes, (size_t)size);
	check_text_so_far();
	munmap(bytes, (size_t)size);
}

/* --- a session --- */

static void serve(struct kernel *kernel)
{
	static const struct itimerspec never,
		often = { .it_value.tv_nsec = 200000000, .it_interval.tv_nsec = 200000000 };
	struct status_line line = { .asked = true };
	struct pager pager = { .wanted = false };
	struct session session = {
		.kernel = kernel,
		.front.commands = commands,
		.front.aliases = aliases,
		.front.pager = &pager,
		.front.forget = open_forget,
		.output = output_create(-1, OUTPUT_TEXT),
		.work.line = &line,
	};

	output_set_address_width(session.output, 2 * kernel_pointer_size(kernel));
	interrupt_came = 0;
	timer_settime(timer, 0, &often, NULL);
	gdb_serve(&session, fcntl(in, F_DUPFD_CLOEXEC, 3), fcntl(out, F_DUPFD_CLOEXEC, 3));
	timer_settime(timer, 0, &never, NULL);
	output_flush(session.output);
	output_destroy(session.output);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	lines_load();
	scenes_load("scenes", note_words, NULL);
	in = memfd_create("in", MFD_CLOEXEC);
	out = memfd_create("out", MFD_CLOEXEC);
	return in < 0 || out < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	const struct scene *scene = &scenes[take(&input, 1) % nr_scenes];
	uint64_t nr = take(&input, 1) % 8;
	const char *const paths[] = { scene->dump.path, scene->vmlinux.path };
	const struct opening opening = {
		.paths = paths,
		.nr_paths = scene->nr_files,
		.listener = session_listener(),
		.debug_path = "",
	};
	struct kernel *kernel;

	if (size < 4)
		return 0;
	for (; nr && input.size; nr--)
		change_take(&input, &scene->dump);
	nr_sent = 0;
	while (input.size && nr_sent < MOST_SENT)
		compose(&input, scene);
	if (ftruncate(in, 0) || ftruncate(out, 0) || lseek(out, 0, SEEK_SET) ||
	    pwrite(in, sent, nr_sent, 0) != (ssize_t)nr_sent || lseek(in, 0, SEEK_SET))
		abort();
	capture_begin();
	kernel = open_kernel_dump(&opening, NULL);
	if (kernel)
		serve(kernel);
	open_close(kernel);
	capture_end(false);
	check_answers();
	changes_undo();
	return 0;
}
