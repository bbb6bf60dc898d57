/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/emulator.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"

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

bool emulator_open(struct emulator *emulator, pid_t pid, uid_t user, struct error *err)
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

void emulator_close(struct emulator *emulator)
{
	for (size_t i = 0; i < emulator->nr_files; i++)
		if (emulator->file[i].fd >= 0)
			close(emulator->file[i].fd);
	free(emulator->mapping);
	*emulator = (struct emulator){ .nr_files = 0 };
}

int emulator_find(const struct emulator *emulator, uint64_t address, uint64_t size,
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
