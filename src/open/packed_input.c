/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "open/opened.h"
#include "base/bytes.h"
#include "dump/archive/members.h"
#include "dump/archive/packed.h"
#include "dump/archive/unpacked.h"
#include "base/listener.h"
#include "dump/formats/formats.h"
#include "open/open.h"
#include "debuginfo/vmlinux.h"

/* --- files unpacked in memory --- */

/* Files that are unpacked in memory: a vmlinux, and compressed files of modules. */

/* With these seals, no process can change the file any more. */
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/* Unpacks the current member of an archive into memory, and opens it as a file. path: the name of
 * the file. */
static bool open_unpacked(struct members *members, const struct member_bounds *bounds,
			  const char *path, struct file *file, struct error *err)
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

/* The kinds of members of an archive. Several kinds can be used as vmlinux. If there are several
 * such members, the kind that comes last in this list is used. */
enum kind { KIND_NONE, KIND_DUMP, KIND_MAP, KIND_BOOT_IMAGE, KIND_KERNEL, NR_KINDS };

struct packed_input_search {
	const struct opening *opening;
	const struct file *archive;
	struct members *members;
	struct archive_member member; /* the member that is being read */
	struct file vmlinux;
	enum kind vmlinux_kind;
	struct unpacked dump; /* fd is -1 until a dump is found */
	size_t nr[NR_KINDS];
	char names[NR_KINDS][256]; /* for each kind, the names of the members of that kind */
	struct error damage; /* the first damage */
};

bool packed_input_probe(const struct file *archive)
{
	return packed_kind(archive->bytes);
}

/* --- kinds of members --- */

/* Returns true if the file is a kernel: an executable with a segment at an address of a kernel. In
 * a 64-bit kernel, such an address is in the upper half. In a 32-bit kernel, it is 1 GiB (the
 * lowest PAGE_OFFSET in arch/x86/Kconfig) or higher. Debug packages also contain programs and
 * modules, which have no such segment. */
static bool is_kernel(struct bytes start)
{
	bool wide = start.size > EI_CLASS && start.data[EI_CLASS] == ELFCLASS64;
	size_t entry = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t at, vaddr;
	uint16_t nr;

	if (start.size < sizeof(Elf64_Ehdr) ||
	    load_le16(start.data + offsetof(Elf32_Ehdr, e_type)) != ET_EXEC)
		return false;
	at = wide ? load_le64(start.data + offsetof(Elf64_Ehdr, e_phoff)) :
		    load_le32(start.data + offsetof(Elf32_Ehdr, e_phoff));
	nr = load_le16(start.data +
		       (wide ? offsetof(Elf64_Ehdr, e_phnum) : offsetof(Elf32_Ehdr, e_phnum)));
	for (; nr-- && range_within(at, entry, start.size); at += entry) {
		const uint8_t *header = start.data + at;

		vaddr = wide ? load_le64(header + offsetof(Elf64_Phdr, p_vaddr)) :
			       load_le32(header + offsetof(Elf32_Phdr, p_vaddr));
		if (load_le32(header) == PT_LOAD &&
		    vaddr >= (wide ? UINT64_C(1) << 63 : 0x40000000))
			return true;
	}
	return false;
}

static enum kind packed_input_kind_of(const struct archive_member *member)
{
	const struct file file = {
		.fd = -1,
		.bytes = member->start,
		.size = member->start.size,
	};

	if (dump_probe(&file))
		return KIND_DUMP;
	if (!vmlinux_probe(&file))
		return KIND_NONE;
	if (vmlinuz_probe(&file))
		return KIND_BOOT_IMAGE;
	if (system_map_probe(&file))
		return KIND_MAP;
	return !member->name || is_kernel(member->start) ? KIND_KERNEL : KIND_NONE;
}

static void packed_input_note(struct packed_input_search *search, enum kind kind)
{
	char *names = search->names[kind];
	size_t used = strlen(names);

	snprintf(names + used, sizeof(search->names[kind]) - used, "%s%s", used ? ", " : "",
		 search->member.name ? search->member.name : "");
	search->nr[kind]++;
}

/* --- a vmlinux --- */

static bool unpack_vmlinux(struct packed_input_search *search, enum kind kind, struct error *err)
{
	const uint64_t most =
		search->opening->most_unpacked ? search->opening->most_unpacked : UINT64_C(1) << 30;
	const struct member_bounds bounds = {
		.size = most,
		.stored = most,
		.why = " (--max-memory sets the limit)",
	};
	const char *name = search->member.name;
	char *path; /* "ARCHIVE" or "ARCHIVE:MEMBER" */
	struct file file;
	bool ok;

	if (asprintf(&path, "%s%s%s", search->archive->path, name ? ":" : "", name ? name : "") < 0)
		return system_error(err, search->archive->path);
	ok = open_unpacked(search->members, &bounds, path, &file, err);
	free(path);
	if (!ok)
		return false;
	file_close(&search->vmlinux);
	search->vmlinux = file;
	search->vmlinux_kind = kind;
	return true;
}

/* --- a dump --- */

static bool unpack_dump(struct packed_input_search *search, struct error *err)
{
	const struct unpacking *unpacking = search->opening->unpacking;
	const struct packed *packed = packed_kind(search->archive->bytes);
	struct member_bounds bounds = { .size = INT64_MAX };
	struct unpacked *dump = &search->dump;
	struct error why;

	dump->what = "dump";
	dump->size = search->member.size;
	if (!unpacking || !unpacking->start(unpacking->arg, dump, &why)) {
		dump->fd = -1;
		return fail(err, ERROR_USAGE,
			    "%s: holds a dump, and is %s%s%s; to unpack it by hand: %s FILE",
			    search->archive->path, packed->what, unpacking ? "; " : "",
			    unpacking ? why.message : "", packed->command);
	}
	bounds.stored = dump->room;
	bounds.why = ", which is all the free space";
	return members_copy(search->members, dump->fd, &bounds, err);
}

static bool packed_input_finish(struct packed_input_search *search, bool keep, struct error *err)
{
	const struct unpacking *unpacking = search->opening->unpacking;
	bool ok = close(search->dump.fd) == 0 || !keep;

	search->dump.fd = -1;
	if (!ok)
		system_error(err, search->dump.path);
	return unpacking->finish(unpacking->arg, keep && ok, ok ? err : NULL) && ok;
}

/* Stores vmlinux in the folder of the dump, so that it need not be unpacked again when the archive
 * is opened the next time. */
static bool keep_vmlinux(struct packed_input_search *search, struct error *err)
{
	const struct unpacking *unpacking = search->opening->unpacking;
	struct bytes bytes = search->vmlinux.bytes;
	uint64_t stored = 0;
	bool ok;

	search->dump.what = "vmlinux";
	search->dump.size = bytes.size;
	if (!unpacking->start(unpacking->arg, &search->dump, err))
		return false;
	ok = (file_write_sparse(search->dump.fd, 0, bytes, &stored) &&
	      ftruncate(search->dump.fd, (off_t)bytes.size) == 0) ||
	     system_error(err, search->dump.path);
	return packed_input_finish(search, ok, ok ? err : NULL) && ok;
}

static bool packed_input_open_dump(struct file *file, const char *path, struct error *err)
{
	int fd = file_descriptor(path, err);

	return fd >= 0 && file_take_large(file, fd, path, err);
}

static bool keep_dump(struct packed_input_search *search, struct packed_input *input,
		      struct error *err)
{
	char path[PATH_MAX];
	struct error why;

	strcpy(path, search->dump.path);
	if (!packed_input_finish(search, true, err))
		return false;
	if (search->vmlinux.path && !keep_vmlinux(search, &why))
		listener_warn(
			search->opening->listener,
			"%s: the vmlinux in this archive could not be saved, so kwalk will not find it next time: %s",
			search->archive->path, why.message);
	return packed_input_open_dump(&input->dump, path, err);
}

/* --- the archive --- */

static bool take_member(struct packed_input_search *search, struct error *err)
{
	enum kind kind = packed_input_kind_of(&search->member);

	if (kind == KIND_NONE)
		return true;
	packed_input_note(search, kind);
	if (kind == KIND_DUMP)
		return search->nr[kind] > 1 || unpack_dump(search, err);
	return search->nr[kind] > 1 || kind < search->vmlinux_kind ||
	       unpack_vmlinux(search, kind, err);
}

static bool take_members(struct packed_input_search *search, struct error *err)
{
	struct error why;

	for (;;) {
		if (members_next(search->members, &search->member, &why)) {
			if (!take_member(search, err))
				return false;
		} else if (why.code == ERROR_NONE) {
			return true;
		} else if (why.code == ERROR_INTERRUPTED) {
			*err = why;
			return false;
		} else if (search->damage.code == ERROR_NONE) {
			search->damage = why;
		}
	}
}

static bool only_one(const struct packed_input_search *search, enum kind kind, const char *what,
		     struct error *err)
{
	return search->nr[kind] <= 1 ||
	       fail(err, ERROR_USAGE, "%s: holds %zu %s; unpack it, and give one of them: %s",
		    search->archive->path, search->nr[kind], what, search->names[kind]);
}

static bool check_found(const struct packed_input_search *search, struct error *err)
{
	const struct packed *packed = packed_kind(search->archive->bytes);
	enum kind kind = search->vmlinux_kind;

	if (search->nr[KIND_DUMP] || kind)
		return only_one(search, KIND_DUMP, "dumps", err) &&
		       (!kind || only_one(search, kind, "kernels", err));
	if (search->damage.code)
		*err = search->damage;
	else
		fail(err, ERROR_FORMAT,
		     "%s: is %s, and contains neither a dump in a known format nor a vmlinux; if it contains a raw image of memory, unpack it (%s FILE) and give the image as FILE@ADDRESS",
		     search->archive->path, packed->what, packed->command);
	return false;
}

static bool search_archive(struct packed_input_search *search, struct packed_input *input,
			   struct error *err)
{
	bool ok = take_members(search, err) && check_found(search, err);

	if (ok && search->dump.fd >= 0)
		ok = keep_dump(search, input, err);
	else if (search->dump.fd >= 0)
		packed_input_finish(search, false, NULL);
	if (ok && search->damage.code)
		listener_warn(search->opening->listener,
			      "%s; only the part before the damage was read",
			      search->damage.message);
	if (ok)
		input->vmlinux = search->vmlinux;
	else
		file_close(&search->vmlinux);
	return ok;
}

/* Opens the files that were unpacked when the archive was opened earlier. Returns true if there is
 * a dump among them. */
static bool find_unpacked(const struct file *archive, struct packed_input *input)
{
	char path[PATH_MAX];
	struct stat st;

	if (fstat(archive->fd, &st) < 0 || !unpacked_path(archive->path, &st, "dump", path) ||
	    !packed_input_open_dump(&input->dump, path, NULL))
		return false;
	if (unpacked_path(archive->path, &st, "vmlinux", path))
		file_open_found(&input->vmlinux, path, NULL);
	return true;
}

bool packed_input_open(const struct opening *opening, const struct file *archive,
		       struct packed_input *input, struct error *err)
{
	struct packed_input_search search = {
		.opening = opening,
		.archive = archive,
		.dump = { .archive = archive->path, .fd = -1 },
	};
	const struct packed *packed = packed_kind(archive->bytes);
	struct error why;
	bool ok;

	*input = (struct packed_input){ .dump.fd = -1, .vmlinux.fd = -1 };
	if (find_unpacked(archive, input))
		return true;
	search.vmlinux.fd = -1;
	search.members = members_open(archive, opening->listener, &why);
	if (!search.members)
		return fail(err, why.code, "%s (it is %s); to unpack it by hand: %s FILE",
			    why.message, packed->what, packed->command);
	ok = search_archive(&search, input, err);
	members_close(search.members);
	return ok;
}
