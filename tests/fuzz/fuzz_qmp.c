/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A QEMU that answers with anything. The input begins with bytes that QEMU sends, whatever it
 * receives, for example the replies of a real QEMU. After them, QEMU answers each command: rightly,
 * with changed bytes, after events, with an error, with other bytes, or not at all. All of it comes
 * in pieces. Without such bytes, QEMU begins with its greeting. There is no socket: the calls of the
 * system that use it are replaced. */
#include <errno.h>
#include <poll.h>

#define listen listen_in_targets /* the system has a function of this name, too */
#include "input.h"
#undef listen
#include <sys/mman.h>
#include <sys/socket.h>

#include "qmp/vm.h"

enum { SOCKET = 900, MOST_SENT = 1 << 20 };

static struct {
	struct input decisions;
	char *sent; /* owned; bytes that kwalk has not received yet */
	size_t size, at;
	int memory; /* the file that QEMU writes to, or -1 */
	struct qmp_rules rules;
	bool ended, stopped;
	bool continued; /* it has replied to a command cont, perhaps in a way that kwalk does not accept */
	unsigned int nr_commands;
} qemu;

static const char tree[] =
	"FlatView #0\\r\\n AS \\\"I/O\\\", root: io\\r\\n Root memory region: io\\r\\n"
	"  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan\\r\\n\\r\\nFlatView #1\\r\\n"
	" AS \\\"memory\\\", root: system\\r\\n AS \\\"cpu-memory-0\\\", root: system\\r\\n Root memory region: system\\r\\n"
	"  0000000000000000-000000000009ffff (prio 0, ram): pc.ram KVM\\r\\n"
	"  00000000000a0000-00000000000affff (prio 1, i/o): vga\\r\\n"
	"  00000000000c0000-00000000000dffff (prio 1, rom): pc.rom\\r\\n"
	"  0000000000100000-0000000007ffffff (prio 0, ram): pc.ram @0000000000100000 KVM\\r\\n"
	"  00000000fee00000-00000000feefffff (prio 4096, i/o): apic-msi\\r\\n\\r\\n";

static void send_bytes(const void *data, size_t size)
{
	char *larger;

	if (qemu.ended || size > MOST_SENT - qemu.size)
		return;
	larger = realloc(qemu.sent, qemu.size + size + 1);
	PROMISED(larger);
	qemu.sent = larger;
	memcpy(qemu.sent + qemu.size, data, size);
	qemu.size += size;
}

static void send_text(const char *text)
{
	send_bytes(text, strlen(text));
}

static void send_event(unsigned int which)
{
	static const char *const names[] = { "STOP",	       "RESUME",
					     "RESET",	       "SHUTDOWN",
					     "DEVICE_DELETED", "MEMORY_DEVICE_SIZE_CHANGE",
					     "RTC_CHANGE",     "" };
	char line[160];

	snprintf(line, sizeof(line),
		 "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"%s\", \"data\": {}}\r\n",
		 names[which % (sizeof(names) / sizeof(names[0]))]);
	send_text(line);
}

/* Writes bytes into the file that QEMU was given. */
static void fill_memory(const char *command, size_t most)
{
	static const char zeros[1 << 16];
	const char *size = strstr(command, "\"size\":");
	size_t length = size ? strtoul(size + 7, NULL, 10) : most;

	if (qemu.memory < 0)
		return;
	if (pwrite(qemu.memory, zeros, length < most ? length : most, 0) < 0)
		send_event(0);
}

/* Returns the value of "return", as text. */
static const char *value_for(const char *command)
{
	if (strstr(command, "\"pmemsave\""))
		fill_memory(command, 1 << 16);
	else if (strstr(command, "\"dump-guest-memory\""))
		fill_memory(command, 400);
	else if (strstr(command, "\"stop\""))
		qemu.stopped = true;
	else if (strstr(command, "\"cont\""))
		qemu.stopped = false;
	else if (strstr(command, "\"query-status\""))
		return qemu.stopped ?
			       "{\"status\": \"paused\", \"singlestep\": false, \"running\": false}" :
			       "{\"status\": \"running\", \"singlestep\": false, \"running\": true}";
	else if (strstr(command, "\"add-fd\""))
		return "{\"fdset-id\": 3, \"fd\": 17}";
	else if (strstr(command, "info mtree"))
		return tree;
	else if (strstr(command, "gpa2hva"))
		return "Host virtual address for 0x0 (pc.ram) is 0x7f0000000000\\r\\n";
	else if (strstr(command, "xp /2gx"))
		return "0000000000000000: 0x0000000000000000 0x0000000000000000\\r\\n";
	return "{}";
}

static void send_reply(const char *command, unsigned int nr_changed)
{
	const char *value = value_for(command), *id = strstr(command, "\"id\":");
	const char *quote = *value == '{' ? "" : "\"";
	size_t start = qemu.size;
	char number[40];

	send_text("{\"return\": ");
	send_text(quote);
	send_text(value);
	send_text(quote);
	snprintf(number, sizeof(number), ", \"id\": %lu}\r\n", id ? strtoul(id + 5, NULL, 10) : 0);
	send_text(number);
	while (nr_changed-- && qemu.size > start) {
		size_t at = start + (size_t)take(&qemu.decisions, 2) % (qemu.size - start);

		qemu.sent[at] = (char)take(&qemu.decisions, 1);
	}
}

static void answer(const char *command)
{
	uint64_t how = take(&qemu.decisions, 1);
	char line[160];

	qemu.nr_commands++;
	if (how >= 200 && how < 220)
		for (uint64_t nr = how - 199; nr; nr--)
			send_event((unsigned int)take(&qemu.decisions, 1));
	if (how >= 220 && how < 228) {
		snprintf(line, sizeof(line),
			 "{\"id\": %u, \"error\": {\"class\": \"GenericError\", \"desc\": \"no\\u001b[2J\"}}\r\n",
			 qemu.nr_commands);
		send_text(line);
	} else if (how >= 228 && how < 240) {
		size_t size = (size_t)take(&qemu.decisions, 2);

		size = size < qemu.decisions.size ? size : qemu.decisions.size;
		send_bytes(qemu.decisions.data, size);
		qemu.decisions.data += size;
		qemu.decisions.size -= size;
	} else if (how >= 250) {
		qemu.ended = true;
	} else {
		send_reply(command, how >= 150 && how < 200 ? (unsigned int)how - 149 : 0);
	}
}

/* --- calls of the system --- */

int __real_poll(struct pollfd *fds, nfds_t nr, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout);
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __wrap_read(int fd, void *to, size_t size);
ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);

/* No call waits: a QEMU that sends nothing has ended. */
int __wrap_poll(struct pollfd *fds, nfds_t nr, int timeout)
{
	if (nr != 1 || fds->fd != SOCKET)
		return __real_poll(fds, nr, timeout);
	fds->revents = POLLIN;
	return qemu.at < qemu.size || qemu.ended || timeout;
}

ssize_t __wrap_read(int fd, void *to, size_t size)
{
	size_t most = qemu.size - qemu.at, piece;

	if (fd != SOCKET)
		return __real_read(fd, to, size);
	piece = (size_t)take(&qemu.decisions, 1);
	if (piece == 255) {
		errno = EAGAIN;
		return -1;
	}
	piece = piece ? piece * piece : most;
	piece = piece < most ? piece : most;
	piece = piece < size ? piece : size;
	memcpy(to, qemu.sent + qemu.at, piece);
	qemu.at += piece;
	return (ssize_t)piece;
}

/* Does what the process outside of the sandbox does, which passes each request of kwalk on. */
ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
	char text[QMP_REQUEST_TEXT], id[16];
	struct qmp_request request;
	size_t start = qemu.size;
	bool stopped;

	if (fd != SOCKET)
		return __real_write(fd, bytes, size);
	PROMISED(size == sizeof(request));
	memcpy(&request, bytes, sizeof(request));
	snprintf(id, sizeof(id), "%u", (unsigned int)request.id);
	PROMISED(request.command == QMP_CONT || request.command == QMP_COPY_MEMORY ||
		 request.command == QMP_DROP_MEMORY ||
		 qmp_request_text(&request, &qemu.rules, id, text));
	if (!qmp_request_text(&request, &qemu.rules, id, text))
		return (ssize_t)size;
	qmp_rules_note(&qemu.rules, &request);
	stopped = qemu.rules.stopped;
	answer(text);
	if (qemu.sent) {
		char *reply = strndup(qemu.sent + start, qemu.size - start);

		qmp_rules_note_reply(&qemu.rules, reply);
		qemu.continued |= stopped && !qemu.rules.stopped;
		free(reply);
	}
	return (ssize_t)size;
}

/* --- the guest --- */

static void check_vm(const struct vm *vm)
{
	uint64_t next = 0;

	PROMISED(vm->nr && vm->notes_size);
	for (size_t i = 0; i < vm->nr; i++) {
		PROMISED(vm->range[i].size && vm->range[i].paddr >= next);
		PROMISED(vm->range[i].paddr + (vm->range[i].size - 1) >= vm->range[i].paddr);
		next = vm->range[i].paddr + vm->range[i].size;
		PROMISED(next || i + 1 == vm->nr);
	}
}

static void check_error(const struct error *err)
{
	PROMISED(err->code && *err->message && !strchr(err->message, '\n'));
}

static void use_vm(struct vm *vm)
{
	struct error err = { 0 };
	uint8_t bytes[64];

	check_vm(vm);
	for (unsigned int round = 0; round < 3; round++) {
		if (!vm->stopped)
			qemu.continued = false;
		if (!vm_check(vm, &err))
			check_error(&err);
		for (size_t i = 0; i < vm->nr && i < 4; i++)
			vm_read(vm, vm->range[i].paddr + take(&qemu.decisions, 2), bytes,
				sizeof(bytes));
		vm_read(vm, UINT64_MAX - take(&qemu.decisions, 1), bytes, sizeof(bytes));
		err = (struct error){ 0 };
		if (!vm_stop(vm, &err))
			check_error(&err);
		/* Otherwise nobody would continue the guest. */
		PROMISED(!vm->stopped || qemu.rules.stopped || qemu.ended || vm->qmp.ended ||
			 qemu.continued);
		err = (struct error){ 0 };
		if (!vm_read_notes(vm, &err))
			check_error(&err);
		err = (struct error){ 0 };
		if (!vm_continue(vm, &err))
			check_error(&err);
		else
			PROMISED(!vm->stopped);
	}
}

static void take_sent(struct input *input)
{
	size_t size = (size_t)take(input, 2);

	size = size < input->size ? size : input->size;
	send_bytes(input->data, size);
	input->data += size;
	input->size -= size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct error err = { 0 };
	struct vm vm = { .qmp = { .name = "qmp:s", .socket = SOCKET } };

	vm.qmp.notes = vm.qmp.memory = memfd_create("memory", MFD_CLOEXEC);
	PROMISED(vm.qmp.memory >= 0);
	memset(&qemu, 0, sizeof(qemu));
	qemu.memory = vm.qmp.memory;
	qemu.rules = (struct qmp_rules){ .may_stop = true, .remote = -1, .set = -1 };
	take_sent(&input);
	if (!qemu.size)
		send_text("{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n");
	qemu.decisions = input;
	if (vm_open(&vm, &err))
		use_vm(&vm);
	else
		check_error(&err);
	vm.qmp.notes = -1; /* is the same file */
	vm_close(&vm);
	free(qemu.sent);
	return 0;
}
