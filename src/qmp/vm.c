/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "qmp/keeper.h"

enum {
	MOST_RANGES = 4096,
	MOST_NOTES = 64 << 20, /* bytes; a CPU has about 1 KiB of notes */
	/* Places that are compared with QEMU's view of the memory. Of these, most must be equal:
	 * the guest may write to some of them meanwhile. */
	NR_PLACES = 16,
	LEAST_EQUAL = 12,
	MOST_TRIES = 8,
	PLACE_SIZE = 16,
};

static bool explain_memory(const struct vm *vm, struct error *err)
{
	const char *next = "";

	if (errno == EACCES || errno == EPERM)
		next = "; run kwalk as root, because reading the memory of another process requires CAP_SYS_PTRACE";
	return fail(err, ERROR_SYSTEM,
		    "qmp:%s: the memory of the QEMU process %d cannot be opened: %s%s",
		    vm->qmp.path, (int)vm->qmp.process, strerror(errno), next);
}

bool vm_connect(struct vm *vm, const char *path, struct error *err)
{
	char name[32];

	*vm = (struct vm){ .memory = -1, .keeper = -1 };
	if (!qmp_connect(&vm->qmp, path, err))
		return false;
	if (vm->qmp.process <= 0)
		return fail(
			err, ERROR_SYSTEM,
			"qmp:%s: the process that listens there is not visible; run kwalk outside of the container",
			path);
	snprintf(name, sizeof(name), "/proc/%d/mem", (int)vm->qmp.process);
	vm->memory = open(name, O_RDONLY | O_CLOEXEC);
	return vm->memory >= 0 || explain_memory(vm, err);
}

void vm_close(struct vm *vm)
{
	if (vm->qmp.path && vm->memory >= 0)
		close(vm->memory);
	if (vm->qmp.path && vm->keeper >= 0)
		close(vm->keeper);
	qmp_close(&vm->qmp);
	free(vm->range);
	free(vm->notes);
	*vm = (struct vm){ .memory = -1, .keeper = -1 };
}

/* Returns the address in the QEMU process of a byte of guest memory: hmp_gpa2hva() of
 * monitor/hmp-cmds-target.c in QEMU. */
static bool find_address(struct vm *vm, uint64_t paddr, uint64_t *address, struct error *err)
{
	char line[40], *text, *at;
	bool ok;

	snprintf(line, sizeof(line), "gpa2hva 0x%" PRIx64, paddr);
	text = qmp_ask(&vm->qmp, line, err);
	if (!text)
		return false;
	at = strstr(text, ") is 0x");
	ok = at && sscanf(at + 5, "%" SCNx64, address) == 1 && *address <= INT64_MAX;
	free(text);
	return ok || fail(err, ERROR_FORMAT, "qmp:%s: the reply to \"%s\" is not an address",
			  vm->qmp.path, line);
}

static bool vm_add_range(struct vm *vm, size_t *room, uint64_t first, uint64_t last,
			 struct error *err)
{
	struct vm_range range = { .paddr = first, .size = last - first + 1 };
	uint64_t end;

	if (vm->nr == MOST_RANGES)
		return fail(err, ERROR_FORMAT,
			    "qmp:%s: the guest has more than %d ranges of memory", vm->qmp.path,
			    MOST_RANGES);
	if (!find_address(vm, first, &range.address, err) || !find_address(vm, last, &end, err))
		return false;
	if (end - range.address != last - first || end < range.address)
		return fail(err, ERROR_FORMAT,
			    "qmp:%s: the memory from %" PRIx64 " to %" PRIx64
			    " is not contiguous in QEMU",
			    vm->qmp.path, first, last);
	return array_add(&vm->range, &vm->nr, room, &range, sizeof(range)) || out_of_memory(err);
}

/* Reads a line such as "  0000000000100000-0000000003ffffff (prio 0, ram): pc.ram @...". Returns
 * false if the line is no range of RAM or ROM. These are the ranges that QEMU writes into dumps:
 * guest_phys_block_add_section() of system/memory_mapping.c. */
static bool vm_parse_range(const char *line, uint64_t *first, uint64_t *last)
{
	char kind[8];

	return sscanf(line, " %16" SCNx64 "-%16" SCNx64 " (prio %*d, %7[^)]", first, last, kind) ==
		       3 &&
	       (!strcmp(kind, "ram") || !strcmp(kind, "rom")) && *first <= *last &&
	       *last - *first < INT64_MAX;
}

/* Finds the flat view of the memory that all CPUs have: mtree_print_flatview() of
 * system/memory.c. */
static bool find_view(const struct vm *vm, char **at, struct error *err)
{
	static const char heading[] = "AS \"memory\", root: ", root[] = "Root memory region: ";
	char *view = strstr(*at, heading);

	view = view ? strstr(view, root) : NULL;
	view = view ? strchr(view, '\n') : NULL;
	if (!view)
		return fail(err, ERROR_FORMAT,
			    "qmp:%s: the reply to \"info mtree -f\" has no address space \"memory\"",
			    vm->qmp.path);
	*at = view + 1;
	return true;
}

static bool find_ranges(struct vm *vm, struct error *err)
{
	char *text = qmp_ask(&vm->qmp, "info mtree -f", err), *at = text, *line;
	uint64_t first, last, next = 0;
	size_t room = 0;
	bool ok = text && find_view(vm, &at, err);

	while (ok && (line = strsep(&at, "\n")) && starts_with(line, "  ")) {
		if (!vm_parse_range(line, &first, &last))
			continue;
		if (first < next)
			ok = fail(err, ERROR_FORMAT,
				  "qmp:%s: ranges of the guest's memory overlap at %" PRIx64,
				  vm->qmp.path, first);
		else
			ok = vm_add_range(vm, &room, first, last, err);
		next = last + 1;
		if (!next)
			break;
	}
	free(text);
	return ok &&
	       (vm->nr || fail(err, ERROR_FORMAT, "qmp:%s: the guest has no memory", vm->qmp.path));
}

/* Does the memory of the process have the bytes that QEMU shows for this place? */
static bool is_equal(struct vm *vm, const struct vm_range *range, uint64_t offset, bool *equal,
		     struct error *err)
{
	uint8_t bytes[PLACE_SIZE];
	uint64_t value[2];
	char line[40], *text, *at;
	bool ok;

	snprintf(line, sizeof(line), "xp /2gx 0x%" PRIx64, range->paddr + offset);
	text = qmp_ask(&vm->qmp, line, err);
	at = text ? strchr(text, ':') : NULL;
	ok = at && sscanf(at, ": %" SCNx64 " %" SCNx64, &value[0], &value[1]) == 2;
	free(text);
	if (!ok)
		return text && fail(err, ERROR_FORMAT, "qmp:%s: the reply to \"%s\" has no values",
				    vm->qmp.path, line);
	if (pread(vm->memory, bytes, PLACE_SIZE, (off_t)(range->address + offset)) != PLACE_SIZE)
		*equal = false;
	else
		*equal = load_le64(bytes) == value[0] && load_le64(bytes + 8) == value[1];
	return true;
}

/* The process that listens at the socket may be another process than QEMU, for example if QEMU got
 * the socket from the process that started it. So its memory is compared with the memory that QEMU
 * shows. */
static bool check_memory(struct vm *vm, struct error *err)
{
	const struct vm_range *largest = vm->range;
	unsigned int nr_equal = 0;
	uint64_t step;

	for (size_t i = 1; i < vm->nr; i++)
		if (vm->range[i].size > largest->size)
			largest = &vm->range[i];
	step = largest->size / NR_PLACES / PLACE_SIZE * PLACE_SIZE;
	for (unsigned int i = 0; i < NR_PLACES; i++) {
		bool equal = false;

		for (unsigned int tries = 0; !equal && tries < MOST_TRIES; tries++)
			if (!is_equal(vm, largest, i * step, &equal, err))
				return false;
		nr_equal += equal;
	}
	return nr_equal >= LEAST_EQUAL ||
	       fail(err, ERROR_SYSTEM,
		    "qmp:%s: the memory of process %d, which listens there, is not the memory of the guest (%u of %d places are equal)",
		    vm->qmp.path, (int)vm->qmp.process, nr_equal, NR_PLACES);
}

/* Copies the notes from the file that QEMU has written. QEMU may change the file at any time. */
static bool vm_copy_notes(struct vm *vm, int fd, struct error *err)
{
	struct stat status;
	uint8_t *notes;

	if (fstat(fd, &status) < 0 || status.st_size <= 0 || status.st_size > MOST_NOTES)
		return fail(err, ERROR_FORMAT, "qmp:%s: QEMU wrote notes of an implausible size",
			    vm->qmp.path);
	notes = malloc((size_t)status.st_size);
	if (!notes)
		return out_of_memory(err);
	if (pread(fd, notes, (size_t)status.st_size, 0) != status.st_size) {
		free(notes);
		return fail(err, ERROR_SYSTEM, "qmp:%s: the notes that QEMU wrote cannot be read",
			    vm->qmp.path);
	}
	free(vm->notes);
	vm->notes = notes;
	vm->notes_size = (size_t)status.st_size;
	return true;
}

/* Lets QEMU write a dump whose only memory is one page: the notes of a dump have all registers, and
 * VMCOREINFO. */
bool vm_read_notes(struct vm *vm, struct error *err)
{
	struct qmp *qmp = &vm->qmp;
	int fd = memfd_create("notes", MFD_CLOEXEC);
	json_t *result;
	bool ok;

	if (fd < 0)
		return system_error(err, "memfd_create()");
	result =
		qmp_call(qmp, "getfd", json_pack("{s:s}", "fdname", "kwalk"), fd, QMP_SECONDS, err);
	ok = result;
	json_decref(result);
	if (ok) {
		result = qmp_call(qmp, "dump-guest-memory",
				  json_pack("{s:b, s:s, s:I, s:I}", "paging", 0, "protocol",
					    "fd:kwalk", "begin", (json_int_t)vm->range[0].paddr,
					    "length", (json_int_t)4096),
				  -1, QMP_NOTES_SECONDS, err);
		ok = result;
		json_decref(result);
	}
	ok = ok && vm_copy_notes(vm, fd, err);
	close(fd);
	return ok;
}

/* While QEMU receives a guest, the guest stands still, but its memory is incomplete and changes. */
static bool check_received(struct vm *vm, struct error *err)
{
	json_t *status = qmp_call(&vm->qmp, "query-status", NULL, -1, QMP_SECONDS, err);
	const char *name = json_string_value(json_object_get(status, "status"));
	bool ok = status && !(name && !strcmp(name, "inmigrate"));

	if (status && !ok)
		fail(err, ERROR_SYSTEM,
		     "qmp:%s: QEMU waits for a guest that is migrated to it; open the guest when it runs",
		     vm->qmp.path);
	json_decref(status);
	return ok;
}

bool vm_find(struct vm *vm, struct error *err)
{
	return check_received(vm, err) && find_ranges(vm, err) && check_memory(vm, err);
}

bool vm_may_stop(struct vm *vm, struct error *err)
{
	vm->keeper = keeper_start(vm->qmp.socket, err);
	return vm->keeper >= 0;
}

static bool find_status(struct vm *vm, bool *runs, struct error *err)
{
	json_t *status = qmp_call(&vm->qmp, "query-status", NULL, -1, QMP_SECONDS, err);
	const json_t *running = json_object_get(status, "running");
	bool ok = json_is_boolean(running);

	*runs = json_is_true(running);
	if (status && !ok)
		fail(err, ERROR_FORMAT, "qmp:%s: QEMU does not report whether the guest runs",
		     vm->qmp.path);
	json_decref(status);
	return ok;
}

static bool call_simply(struct vm *vm, const char *command, struct error *err)
{
	json_t *result = qmp_call(&vm->qmp, command, NULL, -1, QMP_SECONDS, err);

	json_decref(result);
	return result;
}

bool vm_stop(struct vm *vm, struct error *err)
{
	bool runs;

	if (!find_status(vm, &runs, err))
		return false;
	vm->qmp.resumed = false;
	if (!runs)
		return true;
	if (!keeper_tell(vm->keeper, true))
		return fail(
			err, ERROR_SYSTEM,
			"qmp:%s: the guest is not stopped, because the process that would continue it has ended",
			vm->qmp.path);
	/* From here on the keeper continues the guest if this fails and kwalk ends. */
	vm->stopped = true;
	if (!call_simply(vm, "stop", err) || !find_status(vm, &runs, err))
		return false;
	vm->qmp.resumed = false;
	return !runs ||
	       fail(err, ERROR_SYSTEM, "qmp:%s: QEMU does not stop the guest", vm->qmp.path);
}

bool vm_continue(struct vm *vm, struct error *err)
{
	bool runs, known = find_status(vm, &runs, err);
	bool stood_still = !runs && !vm->qmp.resumed;

	/* The guest is continued even if its status is not known. The first error is reported. */
	if (vm->stopped) {
		if (!call_simply(vm, "cont", known ? err : NULL))
			return false;
		vm->stopped = false;
		/* If the keeper has ended, the next vm_stop() fails. */
		keeper_tell(vm->keeper, false);
	}
	if (!known)
		return false;
	return stood_still ||
	       fail(err, ERROR_SYSTEM,
		    "qmp:%s: another program continued the guest, so the answer mixes two states",
		    vm->qmp.path);
}
