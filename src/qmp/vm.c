/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/vm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

/* --- the memory of the process that emulates --- */

/* The memory of the process that emulates a guest: /proc/PID/mem, and the files whose mappings the
 * process shares with other processes. QEMU keeps the memory of a guest in such a file with
 * memory-backend-file,share=on and memory-backend-memfd,share=on. */

enum { MOST_MAPPINGS = 4096 };

/* Opens a file of the folder /proc/PID as a stream. Returns NULL on failure. */
static FILE *open_stream(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (fd >= 0 && !stream)
		close(fd);
	return stream;
}

/* Finds the user of the process, and returns true if it is the user who made the socket. It may be
 * another one: the socket may be older than the process, whose number may have belonged to another
 * process then. If root has made the socket, the process may have become another user since then
 * (-runas of QEMU). */
static bool is_of_user(struct emulator *emulator, int folder, uid_t user)
{
	FILE *status = open_stream(folder, "status");
	char *line = NULL;
	size_t room = 0;
	unsigned int effective;
	bool found = false;

	while (status && !found && getline(&line, &room, status) > 0)
		found = sscanf(line, "Uid: %*u %u", &effective) == 1;
	free(line);
	if (status)
		fclose(status);
	emulator->user = found ? effective : 0;
	return found && (user == 0 || effective == user);
}

/* Adds a mapping. Mappings of one file that continue each other become one: the kernel keeps two if
 * their parts differ in their rights or their NUMA nodes. */
static bool emulator_add_mapping(struct emulator *emulator, size_t *room,
				 const struct emulator_mapping *added)
{
	size_t nr = emulator->nr_mappings;
	struct emulator_mapping *last = nr ? &emulator->mapping[nr - 1] : NULL;

	if (last && last->end == added->start && last->device == added->device &&
	    last->inode == added->inode &&
	    last->offset + (last->end - last->start) == added->offset)
		last->end = added->end;
	else if (nr < MOST_MAPPINGS)
		return array_add(&emulator->mapping, &emulator->nr_mappings, room, added,
				 sizeof(*added));
	return true;
}

/* Reads /proc/PID/maps: show_map_vma() of fs/proc/task_mmu.c in Linux. The names in it are not
 * used. */
static bool read_maps(struct emulator *emulator, int folder)
{
	FILE *maps = open_stream(folder, "maps");
	struct emulator_mapping mapping;
	char *line = NULL, shared;
	size_t room = 0, size = 0;
	unsigned int major, minor;
	uint64_t inode;
	bool ok = true;

	while (ok && maps && getline(&line, &size, maps) > 0) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*3c%c %" SCNx64 " %x:%x %" SCNu64,
			   &mapping.start, &mapping.end, &shared, &mapping.offset, &major, &minor,
			   &inode) != 7 ||
		    shared != 's' || !inode)
			continue;
		mapping.device = makedev(major, minor);
		mapping.inode = (ino_t)inode;
		ok = emulator_add_mapping(emulator, &room, &mapping);
	}
	free(line);
	if (maps)
		fclose(maps);
	return ok;
}

static bool emulator_is_mapped(const struct emulator *emulator, const struct stat *status)
{
	bool found = false;

	for (size_t i = 0; i < emulator->nr_mappings; i++)
		found |= emulator->mapping[i].device == status->st_dev &&
			 emulator->mapping[i].inode == status->st_ino;
	return found;
}

static int emulator_find_file(const struct emulator *emulator, dev_t device, ino_t inode)
{
	for (size_t i = EMULATOR_MEMORY + 1; i < emulator->nr_files; i++)
		if (emulator->file[i].device == device && emulator->file[i].inode == inode)
			return (int)i;
	return -1;
}

/* Opens the file of a descriptor of the process, if it is a regular file that the process maps and
 * that is not open yet. */
static void take_descriptor(struct emulator *emulator, int descriptors, const char *name)
{
	struct stat status;
	char path[64];
	int fd;

	if (fstatat(descriptors, name, &status, 0) < 0 || !S_ISREG(status.st_mode) ||
	    !emulator_is_mapped(emulator, &status) ||
	    emulator_find_file(emulator, status.st_dev, status.st_ino) >= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", (int)emulator->pid, name);
	fd = file_descriptor(path, NULL);
	/* The descriptor may be another file by now. */
	if (fd >= 0 && (fstat(fd, &status) < 0 || !emulator_is_mapped(emulator, &status))) {
		close(fd);
		return;
	}
	if (fd >= 0)
		emulator->file[emulator->nr_files++] =
			(struct emulator_file){ fd, status.st_dev, status.st_ino,
						(uint64_t)status.st_size };
}

/* QEMU keeps the descriptors of the files that it maps. The path of such a file is not used,
 * because it may not exist, or may be the name of another file here. */
static void open_mapped(struct emulator *emulator, int folder)
{
	int fd = openat(folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *descriptors = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	while (descriptors && emulator->nr_files < EMULATOR_MOST_FILES &&
	       (entry = readdir(descriptors)))
		if (*entry->d_name != '.')
			take_descriptor(emulator, fd, entry->d_name);
	if (descriptors)
		closedir(descriptors);
	else if (fd >= 0)
		close(fd);
}

/* Opens the files for reading. It opens none of them if this process has no right to, or if `user`
 * is not the user of the process. Must be called outside of the sandbox, because the sandbox
 * forbids to look into other processes. Fails only if memory runs out. */
static bool emulator_open(struct emulator *emulator, pid_t pid, uid_t user, struct error *err)
{
	char name[32];
	int folder;
	bool ok = true;

	*emulator = (struct emulator){ .pid = pid,
				       .file[EMULATOR_MEMORY] = { .fd = -1 },
				       .nr_files = EMULATOR_MEMORY + 1 };
	snprintf(name, sizeof(name), "/proc/%d", (int)pid);
	folder = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		emulator->nr_files = 0;
		return true;
	}
	if (is_of_user(emulator, folder, user)) {
		ok = read_maps(emulator, folder) || out_of_memory(err);
		open_mapped(emulator, folder);
		emulator->file[EMULATOR_MEMORY] = (struct emulator_file){
			.fd = openat(folder, "mem", O_RDONLY | O_CLOEXEC),
			.size = INT64_MAX,
		};
	}
	if (emulator->nr_files == 1 && emulator->file[EMULATOR_MEMORY].fd < 0)
		emulator->nr_files = 0;
	close(folder);
	return ok;
}

static void emulator_close(struct emulator *emulator)
{
	for (size_t i = 0; i < emulator->nr_files; i++)
		if (emulator->file[i].fd >= 0)
			close(emulator->file[i].fd);
	free(emulator->mapping);
	*emulator = (struct emulator){ .nr_files = 0 };
}

/* Finds the open file that contains the bytes at this address of the process, and their offset.
 * Prefers mapped files. Returns the number of the file, or -1 if no file contains all bytes. */
static int emulator_find(const struct emulator *emulator, uint64_t address, uint64_t size,
			 uint64_t *offset)
{
	for (size_t i = 0; i < emulator->nr_mappings; i++) {
		const struct emulator_mapping *mapping = &emulator->mapping[i];
		int file;

		if (address < mapping->start || address >= mapping->end ||
		    size > mapping->end - address)
			continue;
		*offset = mapping->offset + (address - mapping->start);
		file = emulator_find_file(emulator, mapping->device, mapping->inode);
		if (file >= 0 && range_within(*offset, size, emulator->file[file].size))
			return file;
	}
	*offset = address;
	return emulator->file[EMULATOR_MEMORY].fd >= 0 ? EMULATOR_MEMORY : -1;
}

/* --- memory that QEMU copies --- */

/* Guest memory that QEMU copies to kwalk on request, a block at a time. This needs no right but the
 * socket. */

/* Gives QEMU the file that it will write to. */
static bool monitor_open(struct monitor *monitor, struct qmp *qmp, struct error *err)
{
	json_t *result;

	*monitor = (struct monitor){ .qmp = qmp };
	pthread_mutex_init(&monitor->lock, NULL);
	result = qmp_call(qmp, QMP_TAKE_MEMORY, 0, 0, QMP_SECONDS, err);
	monitor->has_file = json_is_integer(json_object_get(result, "fd")) &&
			    json_is_integer(json_object_get(result, "fdset-id"));
	if (result && !monitor->has_file)
		fail(err, ERROR_FORMAT, "%s: the reply to \"add-fd\" is not a descriptor",
		     qmp->name);
	json_decref(result);
	return monitor->has_file;
}

/* *monitor may be zeroed */
static void monitor_close(struct monitor *monitor)
{
	if (!monitor->qmp)
		return;
	if (monitor->has_file && !monitor->qmp->ended)
		qmp_do(monitor->qmp, QMP_DROP_MEMORY, 0, 0, QMP_SILENT_SECONDS, NULL);
	for (size_t i = 0; i < MONITOR_BLOCKS; i++)
		free(monitor->block[i].bytes);
	pthread_mutex_destroy(&monitor->lock);
	monitor->qmp = NULL;
}

/* Lets QEMU write the block into the file. */
static bool fill_block(struct monitor *monitor, struct monitor_block *block, struct error *err)
{
	struct qmp *qmp = monitor->qmp;
	size_t size = (size_t)(block->last - block->first) + 1;

	if (!block->bytes)
		block->bytes = malloc(MONITOR_BLOCK);
	if (!block->bytes)
		return out_of_memory(err);
	if (!qmp_do(qmp, QMP_COPY_MEMORY, block->first, size, QMP_SECONDS, err))
		return false;
	block->full = pread(qmp->memory, block->bytes, size, 0) == (ssize_t)size;
	return block->full ||
	       fail(err, ERROR_SYSTEM, "%s: the memory that QEMU wrote cannot be read", qmp->name);
}

/* Returns the block that contains paddr, or NULL on failure. */
static struct monitor_block *monitor_find_block(struct monitor *monitor, uint64_t first,
						uint64_t last, uint64_t paddr, struct error *err)
{
	struct monitor_block *block = &monitor->block[paddr / MONITOR_BLOCK % MONITOR_BLOCKS];
	uint64_t start = paddr / MONITOR_BLOCK * MONITOR_BLOCK, end = start + MONITOR_BLOCK - 1;

	if (block->full && paddr >= block->first && paddr <= block->last)
		return block;
	block->full = false;
	block->first = start > first ? start : first;
	block->last = end < last ? end : last;
	return fill_block(monitor, block, err) ? block : NULL;
}

/* Reads size bytes at paddr. [first, last] is the range of memory that contains all of them: QEMU
 * is never asked for other addresses, because these may be registers of devices. */
static bool monitor_read(struct monitor *monitor, uint64_t first, uint64_t last, uint64_t paddr,
			 void *to, size_t size, struct error *err)
{
	const struct monitor_block *block;
	uint8_t *at = to;
	bool ok = true;

	pthread_mutex_lock(&monitor->lock);
	while (ok && size) {
		size_t part;

		block = monitor_find_block(monitor, first, last, paddr, err);
		ok = block;
		if (!ok)
			break;
		part = (size_t)(block->last - paddr) + 1;
		part = part < size ? part : size;
		memcpy(at, block->bytes + (paddr - block->first), part);
		at += part;
		paddr += part;
		size -= part;
	}
	pthread_mutex_unlock(&monitor->lock);
	return ok;
}

/* Forgets the blocks that were read. */
static void monitor_forget(struct monitor *monitor)
{
	for (size_t i = 0; i < MONITOR_BLOCKS; i++)
		monitor->block[i].full = false;
}

/* --- notes --- */

/* The start of an ELF core of a guest, with its headers and notes. */

enum { MOST_NOTES = 64 << 20 }; /* bytes; a CPU has about 1 KiB of notes */

/* Copies the notes from the file that QEMU has written. QEMU may change the file at any time. */
static bool copy_notes(struct vm *vm, struct error *err)
{
	const struct qmp *qmp = &vm->qmp;
	struct stat status;
	uint8_t *notes;

	if (fstat(qmp->notes, &status) < 0 || status.st_size <= 0 || status.st_size > MOST_NOTES)
		return fail(err, ERROR_FORMAT, "%s: QEMU wrote notes of an implausible size",
			    qmp->name);
	notes = malloc((size_t)status.st_size);
	if (!notes)
		return out_of_memory(err);
	if (pread(qmp->notes, notes, (size_t)status.st_size, 0) != status.st_size) {
		free(notes);
		return fail(err, ERROR_SYSTEM, "%s: the notes that QEMU wrote cannot be read",
			    qmp->name);
	}
	free(vm->notes);
	vm->notes = notes;
	vm->notes_size = (size_t)status.st_size;
	return true;
}

enum {
	MOST_RANGES = 4096,
	/* Places that are compared with QEMU's view of the memory. Of these, most must be equal:
	 * the guest may write to some of them meanwhile. */
	NR_PLACES = 16,
	LEAST_EQUAL = 12,
	MOST_TRIES = 8,
	PLACE_SIZE = 16,
};

bool vm_connect(struct vm *vm, const char *name, bool may_stop, struct error *err)
{
	*vm = (struct vm){ .nr = 0 };
	return qmp_connect(&vm->qmp, name, may_stop, err) &&
	       (vm->qmp.process <= 0 ||
		emulator_open(&vm->emulator, vm->qmp.process, vm->qmp.user, err));
}

void vm_close(struct vm *vm)
{
	monitor_close(&vm->monitor);
	emulator_close(&vm->emulator);
	qmp_close(&vm->qmp);
	free(vm->range);
	free(vm->notes);
	*vm = (struct vm){ .nr = 0 };
}

/* Returns the address in the QEMU process of a byte of guest memory: hmp_gpa2hva() of
 * monitor/hmp-cmds-target.c in QEMU. */
static bool find_address(struct vm *vm, uint64_t paddr, uint64_t *address, struct error *err)
{
	char *text = qmp_ask(&vm->qmp, QMP_ADDRESS, paddr, err), *at;
	bool ok;

	if (!text)
		return false;
	at = strstr(text, ") is 0x");
	ok = at && sscanf(at + 5, "%" SCNx64, address) == 1 && *address <= INT64_MAX;
	free(text);
	return ok || fail(err, ERROR_FORMAT,
			  "%s: the reply to \"gpa2hva 0x%" PRIx64 "\" is not an address",
			  vm->qmp.name, paddr);
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
			    "%s: the reply to \"info mtree -f\" has no address space \"memory\"",
			    vm->qmp.name);
	*at = view + 1;
	return true;
}

struct range_list {
	struct vm_range *at; /* owned */
	size_t nr, room;
};

static bool vm_add_range(const struct vm *vm, struct range_list *list, uint64_t first,
			 uint64_t last, struct error *err)
{
	const struct vm_range range = { .paddr = first, .size = last - first + 1, .file = -1 };

	if (list->nr == MOST_RANGES)
		return fail(err, ERROR_FORMAT, "%s: the guest has more than %d ranges of memory",
			    vm->qmp.name, MOST_RANGES);
	return array_add(&list->at, &list->nr, &list->room, &range, sizeof(range)) ||
	       out_of_memory(err);
}

/* Lists the ranges in ascending order, without their places. The caller frees list->at, also if
 * this fails. */
static bool vm_list_ranges(struct vm *vm, struct range_list *list, struct error *err)
{
	char *text = qmp_ask(&vm->qmp, QMP_RANGES, 0, err), *at = text, *line;
	uint64_t first, last, next = 0;
	bool ok = text && find_view(vm, &at, err);

	while (ok && (line = strsep(&at, "\n")) && starts_with(line, "  ")) {
		if (!vm_parse_range(line, &first, &last))
			continue;
		if (first < next)
			ok = fail(err, ERROR_FORMAT,
				  "%s: ranges of the guest's memory overlap at %" PRIx64,
				  vm->qmp.name, first);
		else
			ok = vm_add_range(vm, list, first, last, err);
		next = last + 1;
		if (!next)
			break;
	}
	free(text);
	return ok &&
	       (list->nr || fail(err, ERROR_FORMAT, "%s: the guest has no memory", vm->qmp.name));
}

/* Finds the address of the range in the QEMU process. */
static bool place_range(struct vm *vm, struct vm_range *range, struct error *err)
{
	uint64_t last = range->paddr + (range->size - 1), end;

	if (!find_address(vm, range->paddr, &range->address, err) ||
	    !find_address(vm, last, &end, err))
		return false;
	return (end >= range->address && end - range->address == range->size - 1) ||
	       fail(err, ERROR_FORMAT,
		    "%s: the memory from %" PRIx64 " to %" PRIx64 " is not contiguous in QEMU",
		    vm->qmp.name, range->paddr, last);
}

static bool find_ranges(struct vm *vm, struct error *err)
{
	struct range_list list = { 0 };
	bool ok = vm_list_ranges(vm, &list, err);

	vm->range = list.at;
	vm->nr = list.nr;
	for (size_t i = 0; ok && vm->emulator.nr_files && i < vm->nr; i++) {
		struct vm_range *range = &vm->range[i];

		ok = place_range(vm, range, err);
		if (ok)
			range->file = emulator_find(&vm->emulator, range->address, range->size,
						    &range->offset);
	}
	return ok;
}

/* Compares the ranges and their addresses in QEMU with the guest as it is now. */
static bool check_ranges(struct vm *vm, struct error *err)
{
	struct range_list list = { 0 };
	bool ok = vm_list_ranges(vm, &list, err), same = ok && list.nr == vm->nr;

	for (size_t i = 0; ok && same && i < list.nr; i++) {
		const struct vm_range *before = &vm->range[i];

		ok = before->file < 0 || place_range(vm, &list.at[i], err);
		same = list.at[i].paddr == before->paddr && list.at[i].size == before->size &&
		       (before->file < 0 || list.at[i].address == before->address);
	}
	free(list.at);
	return ok &&
	       (same || fail(err, ERROR_SYSTEM,
			     "%s: memory was added to the guest or removed from it; open it again",
			     vm->qmp.name));
}

static bool read_range(struct vm *vm, const struct vm_range *range, uint64_t offset, void *to,
		       size_t size, struct error *err)
{
	if (range->file < 0)
		return monitor_read(&vm->monitor, range->paddr, range->paddr + range->size - 1,
				    range->paddr + offset, to, size, err);
	err->code = ERROR_NONE;
	return pread(vm->emulator.file[range->file].fd, to, size,
		     (off_t)(range->offset + offset)) == (ssize_t)size;
}

/* Does this place have the bytes that QEMU shows for it? */
static bool is_equal(struct vm *vm, const struct vm_range *range, uint64_t offset, bool *equal,
		     struct error *err)
{
	char *text = qmp_ask(&vm->qmp, QMP_WORDS, range->paddr + offset, err), *at;
	uint8_t bytes[PLACE_SIZE];
	uint64_t value[2];
	bool ok;

	at = text ? strchr(text, ':') : NULL;
	ok = at && sscanf(at, ": %" SCNx64 " %" SCNx64, &value[0], &value[1]) == 2;
	free(text);
	if (!ok)
		return text && fail(err, ERROR_FORMAT,
				    "%s: the reply to \"xp /2gx 0x%" PRIx64 "\" has no values",
				    vm->qmp.name, range->paddr + offset);
	monitor_forget(&vm->monitor);
	if (!read_range(vm, range, offset, bytes, PLACE_SIZE, err)) {
		*equal = false;
		return err->code == ERROR_NONE;
	}
	*equal = load_le64(bytes) == value[0] && load_le64(bytes + 8) == value[1];
	return true;
}

static const struct vm_range *largest_of(const struct vm *vm, int file)
{
	const struct vm_range *largest = NULL;

	for (size_t i = 0; i < vm->nr; i++)
		if (vm->range[i].file == file && (!largest || vm->range[i].size > largest->size))
			largest = &vm->range[i];
	return largest;
}

/* Compares places of the largest range that is in the file with the memory that QEMU shows. Sets
 * *equal if most of them are equal, or if no range is in the file. */
static bool vm_check_file(struct vm *vm, int file, bool *equal, struct error *err)
{
	const struct vm_range *largest = largest_of(vm, file);
	unsigned int nr_equal = 0;
	uint64_t step = largest ? largest->size / NR_PLACES / PLACE_SIZE * PLACE_SIZE : 0;

	for (unsigned int i = 0; largest && i < NR_PLACES; i++) {
		bool same = false;

		for (unsigned int tries = 0; !same && tries < MOST_TRIES; tries++)
			if (!is_equal(vm, largest, i * step, &same, err))
				return false;
		nr_equal += same;
	}
	*equal = !largest || nr_equal >= LEAST_EQUAL;
	return true;
}

/* The process that listens at the socket may be another process than QEMU, for example if QEMU got
 * the socket from the process that started it. So its memory is compared with the memory that QEMU
 * shows. If they differ, the process is not used. */
static bool check_process(struct vm *vm, struct error *err)
{
	bool equal = true;

	for (size_t i = 0; equal && i < vm->emulator.nr_files; i++)
		if (!vm_check_file(vm, (int)i, &equal, err))
			return false;
	for (size_t i = 0; !equal && i < vm->nr; i++)
		vm->range[i].file = -1;
	return true;
}

static bool check_monitor(struct vm *vm, struct error *err)
{
	bool equal = true;

	if (!largest_of(vm, -1))
		return true;
	return monitor_open(&vm->monitor, &vm->qmp, err) && vm_check_file(vm, -1, &equal, err) &&
	       (equal ||
		fail(err, ERROR_SYSTEM, "%s: QEMU contradicts itself about the memory of the guest",
		     vm->qmp.name));
}

/* Closes the files that contain no range. */
static void drop_files(struct vm *vm)
{
	struct emulator *emulator = &vm->emulator;
	size_t nr = 0;

	for (size_t i = 0; i < emulator->nr_files; i++) {
		if (!largest_of(vm, (int)i)) {
			if (emulator->file[i].fd >= 0)
				close(emulator->file[i].fd);
			continue;
		}
		for (size_t j = 0; j < vm->nr; j++)
			if (vm->range[j].file == (int)i)
				vm->range[j].file = (int)nr;
		emulator->file[nr++] = emulator->file[i];
	}
	emulator->nr_files = nr;
}

static uint64_t count_kib(const struct vm *vm, int first, int last)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < vm->nr; i++)
		if (vm->range[i].file >= first && vm->range[i].file <= last)
			sum += vm->range[i].size >> 10;
	return sum;
}

static void describe_places(struct vm *vm)
{
	snprintf(vm->places, sizeof(vm->places),
		 "process %d of user %u: %" PRIu64 " KiB in shared files, %" PRIu64
		 " KiB in its memory, %" PRIu64 " KiB copied by QEMU",
		 (int)vm->qmp.process, (unsigned int)vm->emulator.user,
		 count_kib(vm, EMULATOR_MEMORY + 1, INT_MAX),
		 count_kib(vm, EMULATOR_MEMORY, EMULATOR_MEMORY), count_kib(vm, -1, -1));
}

bool vm_read_notes(struct vm *vm, struct error *err)
{
	struct qmp *qmp = &vm->qmp;

	return qmp_do(qmp, QMP_TAKE_NOTES, 0, 0, QMP_SECONDS, err) &&
	       qmp_do(qmp, QMP_DUMP_NOTES, vm->range[0].paddr, 0, QMP_NOTES_SECONDS, err) &&
	       copy_notes(vm, err);
}

/* While QEMU receives a guest, the guest stands still, but its memory is incomplete and changes. */
static bool check_received(struct vm *vm, struct error *err)
{
	json_t *status = qmp_call(&vm->qmp, QMP_STATUS, 0, 0, QMP_SECONDS, err);
	const char *name = json_string_value(json_object_get(status, "status"));
	bool ok = status && !(name && !strcmp(name, "inmigrate"));

	if (status && !ok)
		fail(err, ERROR_SYSTEM,
		     "%s: QEMU waits for a guest that is migrated to it; open the guest when it runs",
		     vm->qmp.name);
	json_decref(status);
	return ok;
}

static bool vm_find(struct vm *vm, struct error *err)
{
	if (!check_received(vm, err) || !find_ranges(vm, err) || !check_process(vm, err) ||
	    !check_monitor(vm, err))
		return false;
	describe_places(vm);
	drop_files(vm);
	return true;
}

bool vm_open(struct vm *vm, struct error *err)
{
	bool ok;

	vm->qmp.deadline = clock_exact() + 1000 * QMP_OPEN_SECONDS;
	ok = qmp_greet(&vm->qmp, err) && vm_find(vm, err) && vm_read_notes(vm, err);
	vm->qmp.deadline = 0;
	return ok;
}

bool vm_check(struct vm *vm, struct error *err)
{
	monitor_forget(&vm->monitor);
	if (!qmp_check(&vm->qmp, err) || (vm->qmp.memory_changed && !check_ranges(vm, err)))
		return false;
	vm->qmp.memory_changed = false;
	return true;
}

bool vm_read(struct vm *vm, uint64_t paddr, void *to, size_t size)
{
	size_t i = ARRAY_SEARCH(at, (size_t)0, vm->nr, vm->range[at].paddr <= paddr);
	struct error err;

	errno = EIO;
	return i && paddr - vm->range[i - 1].paddr < vm->range[i - 1].size &&
	       size <= vm->range[i - 1].size - (paddr - vm->range[i - 1].paddr) &&
	       read_range(vm, &vm->range[i - 1], paddr - vm->range[i - 1].paddr, to, size, &err);
}

static bool find_status(struct vm *vm, bool *runs, struct error *err)
{
	json_t *status = qmp_call(&vm->qmp, QMP_STATUS, 0, 0, QMP_SECONDS, err);
	const json_t *running = json_object_get(status, "running");
	bool ok = json_is_boolean(running);

	*runs = json_is_true(running);
	if (status && !ok)
		fail(err, ERROR_FORMAT, "%s: QEMU does not report whether the guest runs",
		     vm->qmp.name);
	json_decref(status);
	return ok;
}

bool vm_stop(struct vm *vm, struct error *err)
{
	bool runs;

	if (!find_status(vm, &runs, err))
		return false;
	vm->qmp.resumed = false;
	if (!runs)
		return true;
	/* From here on the guard continues the guest if this fails and kwalk ends. */
	vm->stopped = true;
	if (!qmp_do(&vm->qmp, QMP_STOP, 0, 0, QMP_SECONDS, err) || !find_status(vm, &runs, err))
		return false;
	vm->qmp.resumed = false;
	return !runs || fail(err, ERROR_SYSTEM, "%s: QEMU does not stop the guest", vm->qmp.name);
}

bool vm_continue(struct vm *vm, struct error *err)
{
	bool runs, known = find_status(vm, &runs, err);
	bool stood_still = !runs && !vm->qmp.resumed;

	if (vm->stopped && vm->qmp.ended)
		return fail(
			err, ERROR_SYSTEM,
			"%s: the connection to QEMU has ended; if the guest stands still, continue it by the command cont of its monitor",
			vm->qmp.name);
	/* The guest is continued even if its status is not known. The first error is reported. */
	if (vm->stopped) {
		if (!qmp_do(&vm->qmp, QMP_CONT, 0, 0, QMP_SECONDS, known ? err : NULL))
			return false;
		vm->stopped = false;
	}
	if (!known)
		return false;
	return stood_still ||
	       fail(err, ERROR_SYSTEM,
		    "%s: another program continued the guest, so the answer mixes two states",
		    vm->qmp.name);
}
