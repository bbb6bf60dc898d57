/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Files that are unpacked in memory: a vmlinux, and compressed files of modules. */
#include "open/opened.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "dump/archive/members.h"

/* With these seals, no process can change the file any more. */
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

bool open_unpacked(struct members *members, const struct member_bounds *bounds, const char *path,
		   struct file *file, struct error *err)
{
	int fd = memfd_create("unpacked", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return system_error(err, path);
	if (!members_copy(members, fd, bounds, err)) {
		close(fd);
		return false;
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		system_error(err, path);
		close(fd);
		return false;
	}
	return file_take(file, fd, path, err);
}

/* Modules are relocatable files. */
static bool packed_module_is(const struct archive_member *member)
{
	struct bytes start = member->start;

	return !member->name && start.size >= sizeof(Elf32_Ehdr) &&
	       !memcmp(start.data, ELFMAG, SELFMAG) && load_le16(start.data + EI_NIDENT) == ET_REL;
}

bool packed_module_open(const struct file *archive, const struct listener *listener,
			struct file *module, struct error *err)
{
	static const struct member_bounds bounds = {
		.size = LARGEST_MODULE,
		.stored = LARGEST_MODULE,
		.why = " (the limit for a module)",
	};
	struct members *members = members_open(archive, listener, err);
	struct archive_member member;
	struct error why;
	bool opened;

	err->code = ERROR_NONE;
	if (!members)
		return false;
	opened = members_next(members, &member, &why) && packed_module_is(&member) &&
		 open_unpacked(members, &bounds, archive->path, module, err);
	members_close(members);
	return opened;
}
