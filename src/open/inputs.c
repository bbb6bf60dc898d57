/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Opens all paths of a struct opening, and recognises each file by its content. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/listener.h"
#include "base/machine.h"
#include "base/text.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "dump/archive/members.h"
#include "dump/archive/packed.h"
#include "dump/archive/unpacked.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "dump/formats/guest.h"
#include "open/open.h"
#include "open/opened.h"

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

/* A dump, a vmlinux or both, unpacked from an archive or a compressed file. */
struct packed_input {
	struct file dump, vmlinux; /* a file's path is NULL if the archive does not contain it */
};

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

/* Unpacks a vmlinux from the archive into memory, and a dump using opening->unpacking. The caller
 * becomes owner of the files. Fails if the archive contains neither a dump nor a vmlinux, or if it
 * contains several dumps or several kernels. */
static bool packed_input_open(const struct opening *opening, const struct file *archive,
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

/* --- the paths --- */

enum { MOST_MODULES = 512 };

struct inputs {
	const struct opening *opening;
	struct file *dumps; /* one dump, or the parts of a split dump */
	size_t nr_dumps;
	struct file *images; /* raw images */
	struct raw_place *places; /* for each image */
	size_t nr_images;
	struct file unknown; /* a file of unknown format; path is NULL if there is none */
	bool guessed; /* the file of unknown format is used as a raw image */
	bool guest; /* a path is the name of opening->guest */
	struct vmlinux *vmlinux;
	struct ko_file *modules;
};

/* The file has no magic number: its first field is its version, 1 to 7, and its name has this suffix
 * (vmware_guestdump.c in crash). */
static bool is_guest_of_vmware(const struct file *file)
{
	static const char suffix[] = ".guest";
	size_t length = strlen(file->path);

	return length >= sizeof(suffix) - 1 &&
	       !strcmp(file->path + length - (sizeof(suffix) - 1), suffix) &&
	       file->bytes.size >= 4 && load_le32(file->bytes.data) - 1 < 7;
}

/* Recognises a file that is not a dump. Returns the name of the file's kind, for the error message,
 * or NULL if the kind is unknown. */
static const char *recognise(const struct file *file)
{
	static const char crash_of_windows[] =
		"a crash dump of Windows; QEMU's dump-guest-memory writes a dump of Linux without -w";
	static const char ewf[] =
		"an image of EWF (E01, Ex01); unpack it with ewfexport -f raw, and open what it holds";
	static const char hiberfil[] = "a hibernation file of Windows, which has no Linux kernel";
	static const char swap[] =
		"a swap area or hibernation image of Linux, which cannot be read; a dump of the kernel is written by kdump";
	static const char minidump[] = "a minidump of a process, not of a kernel";
	static const char *const signatures[] = {
		"SWAPSPACE2", "SWAP-SPACE", "S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001",
	};
	static const char disk[] = "the image of a disk, not of memory";
	static const char macho[] =
		"a Mach-O file (a core of macOS or of VirtualBox for macOS), not a dump of Linux";
	// clang-format off
	/* From the documents and sources of each program. */
	static const struct {
		size_t offset, size;
		const char *magic, *what;
	} known[] = {
		{ 0, 8, "PAGEDU64", crash_of_windows },
		{ 0, 8, "PAGEDUMP", crash_of_windows },
		{ 0, 4, "hibr", hiberfil }, { 0, 4, "HIBR", hiberfil }, { 0, 4, "RSTR", hiberfil },
		{ 0, 4, "wake", hiberfil }, { 0, 4, "WAKE", hiberfil },
		{ 0, 4, "MDMP", minidump },
		{ 0, 20, "\x7fVirtualBox SavedStat", "a saved state of VirtualBox, which cannot be read; VBoxManage debugvm NAME dumpvmcore writes a dump of the running machine" },
		{ 0, 4, "VMA\0", "a backup of Proxmox (VMA); vma extract unpacks it, and a vmstate in it can be opened" },
		{ 0, 8, "EVF\x09\x0d\x0a\xff\0", ewf }, { 0, 8, "LVF\x09\x0d\x0a\xff\0", ewf },
		{ 0, 8, "EVF2\x0d\x0a\x81\0", ewf }, { 0, 8, "LEF2\x0d\x0a\x81\0", ewf },
		{ 0, 4, "HPAK", "an HPAK file of Fast Dump; unpack it with hpakextract of Volatility 2" },
		{ 0, 4, "\xcf\xfa\xed\xfe", macho }, { 0, 4, "\xce\xfa\xed\xfe", macho },
		{ 0, 8, "minidump", "a minidump of a FreeBSD kernel, not of Linux" },
		{ 0, 19, "FreeBSD Kernel Dump", "a dump of a FreeBSD kernel, not of Linux" },
		{ 0, 8, "PERFILE2", "a recording of perf, not a dump" },
		{ 0, 10, "\x17\x08\x44tracing", "a recording of trace-cmd, not a dump" },
		{ 0, 4, "KDMV", disk }, { 0, 8, "vhdxfile", disk }, { 0, 8, "conectix", disk },
		{ 0, 4, "QED\0", disk }, { 64, 4, "\x7f\x10\xda\xbe", disk },
		{ 0, 4, "XFSB", "a filesystem (XFS), not a dump" },
		{ 0, 27, "Xen saved domain, xl format", "a Xen guest saved by xl save; use xl dump-core instead" },
		{ 0, 4, "QFI\xfb",         "a qcow2 disk image; memory saved in it by savevm cannot be read" },
		/* arch/s390: the stand-alone dump tools of s390-tools */
		{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a dump of an s390 machine, not of " MACHINES_READ },
		/* tools/libs/guest of Xen: xl save, xm save */
		{ 8, 4, "XENF",              "a Xen guest saved by xl save; use xl dump-core instead" },
		{ 0, 16, "LinuxGuestRecord", "a Xen guest saved by xm save; use xm dump-core instead" },
		/* HyperVStorage, the format of .vmrs and .vmcx: its header has this signature */
		{ 0, 4, "\x14\x20\x28\x01", "a saved state of Hyper-V (.vmrs), which cannot be read; convert it to a raw image of memory, and give its ranges as FILE:OFFSET@ADDRESS" },
	};
	// clang-format on

	if (is_guest_of_vmware(file))
		return "VMware's description of a guest (debug.guest), which cannot be read; open its memory, the .vmem file beside it";
	/* The last ten bytes of the first page: SWAP_MAGIC of mm/swapfile.c, HIBERNATE_SIG of
	 * kernel/power/swap.c, and the names that uswsusp and older kernels used. */
	for (size_t page = 4096; page <= 65536 && page <= file->bytes.size; page *= 2)
		for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
			if (!memcmp(file->bytes.data + page - 10, signatures[i], 9))
				return swap;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (range_within(known[i].offset, known[i].size, file->bytes.size) &&
		    !memcmp(file->bytes.data + known[i].offset, known[i].magic, known[i].size))
			return known[i].what;
	return NULL;
}

static const char unknown_file[] =
	"neither a dump in a known format nor a kernel executable (vmlinux, vmlinuz), a module or System.map; if it is a raw image of memory, give it as FILE@ADDRESS or FILE:OFFSET@ADDRESS";

const char *inputs_first_bytes(const struct file *file, char text[FIRST_BYTES_TEXT])
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < FIRST_BYTES && i < file->bytes.size; i++)
		used += (size_t)snprintf(text + used, FIRST_BYTES_TEXT - used, "%s%02x",
					 i ? " " : "; its first bytes are ", file->bytes.data[i]);
	return text;
}

enum { TEXT_START = 1024 }; /* a file counts as text if its first bytes are text */

const char *inputs_describe(const struct file *file, const char *other)
{
	size_t size = file->bytes.size < TEXT_START ? file->bytes.size : TEXT_START;

	for (size_t i = 0; i < size; i++) {
		uint8_t byte = file->bytes.data[i];

		if (byte == 0x7f || (byte < ' ' && !memchr("\t\n\r\033", byte, 4)))
			return other;
	}
	return "a text, neither a dump nor a vmlinux; to explain the addresses in a text, use the command annotate";
}

static bool take_vmlinux(struct inputs *inputs, struct file *file, struct error *err)
{
	struct vmlinux *vmlinux = vmlinux_open(file, err);

	if (vmlinux && inputs->vmlinux)
		vmlinux = debug_file_join(inputs->vmlinux, vmlinux, err);
	else if (!vmlinux)
		return false;
	inputs->vmlinux = vmlinux;
	return vmlinux;
}

static bool take_module(struct inputs *inputs, struct file *file, struct error *err)
{
	struct ko_file **end = &inputs->modules;
	size_t nr = 0;

	for (; *end; end = &(*end)->next)
		nr++;
	if (nr == MOST_MODULES) {
		fail(err, ERROR_USAGE, "more than %d files of modules were given", MOST_MODULES);
		file_close(file);
		return false;
	}
	*end = ko_file_open(file, inputs->opening->listener, err);
	return *end;
}

/* A program that gives kwalk an open descriptor names it as a path. The file has a name of its own,
 * which is shown, and whose folder may have a vmlinux. */
static bool name_descriptor(struct file *file, struct error *err)
{
	char name[PATH_MAX];
	ssize_t size = starts_with(file->path, "/proc/self/fd/") ?
			       readlink(file->path, name, sizeof(name)) :
			       0;
	char *path;

	if (size <= 0 || size == sizeof(name))
		return true;
	path = strndup(name, (size_t)size);
	if (!path)
		return out_of_memory(err);
	free(file->path);
	file->path = path;
	return true;
}

static bool inputs_open_path(const struct inputs *inputs, struct file *file, const char *path,
			     struct error *err)
{
	const struct opening *opening = inputs->opening;
	int fd;

	if (!opening->open_path)
		return file_open(file, path, err) && name_descriptor(file, err);
	fd = opening->open_path(opening->arg, path, err);
	return fd >= 0 && file_take_large(file, fd, path, err) && name_descriptor(file, err);
}

/* Opens the image whose path is the first `length` bytes of path. */
static bool take_image(struct inputs *inputs, const char *path, size_t length,
		       const struct raw_place *place, struct error *err)
{
	struct file *image = &inputs->images[inputs->nr_images];
	char *name = strndup(path, length);
	bool ok = name ? inputs_open_path(inputs, image, name, err) : out_of_memory(err);

	free(name);
	if (!ok)
		return false;
	inputs->places[inputs->nr_images++] = *place;
	if (image->memory_device)
		return fail(err, ERROR_USAGE,
			    "%s is the machine's memory; give it without an address", image->path);
	if (path[length] == '@' && (dump_probe(image) || vmlinux_probe(image)))
		return fail(
			err, ERROR_USAGE,
			"%s is no raw image, but a file that contains its own addresses: give it without %s; %s:0%s would take its bytes for memory",
			image->path, path + length, image->path, path + length);
	return true;
}

/* Explains why /dev/mem or /proc/kcore could not be opened. The kernel's conditions are in
 * open_port() (drivers/char/mem.c) and open_kcore() (fs/proc/kcore.c). */
static bool explain_open(const char *path, struct error *err)
{
	if (!strcmp(path, "/dev/mem") || !strcmp(path, "/proc/kcore"))
		return fail(
			err, ERROR_SYSTEM,
			"%s: %s (requires CAP_SYS_RAWIO, a kernel with CONFIG_%s, and no lockdown)",
			path, strerror(errno), path[1] == 'd' ? "DEVMEM" : "PROC_KCORE");
	return false;
}

/* Opens the dump and the vmlinux in an archive. Takes over the archive file. */
static bool take_packed(struct inputs *inputs, struct file *archive, struct error *err)
{
	struct packed_input packed;
	struct file module;
	bool ok = packed_module_open(archive, inputs->opening->listener, &module, err);

	if (ok || err->code) {
		file_close(archive);
		return ok && take_module(inputs, &module, err);
	}
	ok = packed_input_open(inputs->opening, archive, &packed, err);

	file_close(archive);
	if (!ok)
		return false;
	if (packed.dump.path)
		inputs->dumps[inputs->nr_dumps++] = packed.dump;
	return !packed.vmlinux.path || take_vmlinux(inputs, &packed.vmlinux, err);
}

static bool inputs_take(struct inputs *inputs, const char *path, struct error *err)
{
	struct file file = { .fd = -1 };
	struct raw_place place;
	char bytes[FIRST_BYTES_TEXT];
	const char *what;
	size_t length;

	if (inputs->opening->guest && !strcmp(path, inputs->opening->guest->path)) {
		inputs->guest = true;
		return true;
	}
	if (strchr(path, '@') && (length = raw_place_split(path, &place)))
		return take_image(inputs, path, length, &place, err);
	if (!inputs_open_path(inputs, &file, path, err))
		return !inputs->opening->open_path && explain_open(path, err);
	if (dump_probe(&file)) {
		inputs->dumps[inputs->nr_dumps++] = file;
		return true;
	}
	if (vmlinux_probe(&file))
		return take_vmlinux(inputs, &file, err);
	if (ko_file_probe(&file))
		return take_module(inputs, &file, err);
	if (packed_input_probe(&file))
		return take_packed(inputs, &file, err);
	what = recognise(&file);
	if (!what && !inputs->unknown.path) {
		inputs->unknown = file;
		return true;
	}
	fail(err, ERROR_FORMAT, "%s is %s%s", path,
	     what ? what : inputs_describe(&file, unknown_file),
	     what ? "" : inputs_first_bytes(&file, bytes));
	file_close(&file);
	return false;
}

/* Decides how a file of unknown format is used. If there is a dump whose memory is in a second
 * file, the file of unknown format is that second file. If there is no other dump or image, the
 * file is a raw image, and open_first_facts() will fail if this image contains no kernel. In all
 * other cases, the function fails. */
static bool settle_unknown(struct inputs *inputs, struct error *err)
{
	char bytes[FIRST_BYTES_TEXT];

	if (!inputs->unknown.path)
		return true;
	if (inputs->nr_dumps == 1 && dump_probe_takes_memory(&inputs->dumps[0])) {
		inputs->dumps[inputs->nr_dumps++] = inputs->unknown;
	} else if (!inputs->nr_dumps && !inputs->nr_images && !inputs->guest) {
		inputs->guessed = true;
		inputs->places[0] = (struct raw_place){ 0 };
		inputs->images[inputs->nr_images++] = inputs->unknown;
	} else {
		return fail(err, ERROR_FORMAT, "%s is %s%s", inputs->unknown.path,
			    inputs_describe(&inputs->unknown, unknown_file),
			    inputs_first_bytes(&inputs->unknown, bytes));
	}
	inputs->unknown = (struct file){ .fd = -1 };
	return true;
}

static bool take_all(struct inputs *inputs, struct error *err)
{
	const struct opening *opening = inputs->opening;
	size_t nr_paths = opening->nr_paths;

	if (!nr_paths && opening->no_files)
		return true;
	if (!nr_paths)
		return fail(err, ERROR_USAGE, "no dump was given");
	inputs->dumps = calloc(nr_paths, sizeof(*inputs->dumps));
	inputs->images = calloc(nr_paths, sizeof(*inputs->images));
	inputs->places = calloc(nr_paths, sizeof(*inputs->places));
	if (!inputs->dumps || !inputs->images || !inputs->places)
		return out_of_memory(err);
	for (size_t i = 0; i < nr_paths; i++)
		if (!inputs_take(inputs, opening->paths[i], err))
			return false;
	if (!settle_unknown(inputs, err))
		return false;
	if (inputs->guest && (inputs->nr_dumps || inputs->nr_images))
		return fail(err, ERROR_USAGE,
			    "%s is a dump, and %s is a running guest; give only one of them",
			    inputs->nr_dumps ? inputs->dumps[0].path : inputs->images[0].path,
			    opening->guest->path);
	if (inputs->nr_dumps && inputs->nr_images)
		return fail(err, ERROR_USAGE,
			    "%s is a dump, but %s was given as a raw image; give only one of them",
			    inputs->dumps[0].path, inputs->images[0].path);
	if (inputs->guest || inputs->nr_dumps || inputs->nr_images ||
	    (opening->no_dump && inputs->vmlinux))
		return true;
	if (!inputs->vmlinux)
		return fail(err, ERROR_USAGE,
			    "%s is the file of a module, not a dump; give a dump or a vmlinux, too",
			    inputs->modules->file.path);
	return fail(
		err, ERROR_USAGE,
		"%s is a kernel executable (vmlinux) or its symbols, not a dump; give a dump, too",
		inputs->vmlinux->file.path);
}

static void close_all(struct inputs *inputs)
{
	file_close(&inputs->unknown);
	for (size_t i = 0; i < inputs->nr_dumps; i++)
		file_close(&inputs->dumps[i]);
	for (size_t i = 0; i < inputs->nr_images; i++)
		file_close(&inputs->images[i]);
	free(inputs->dumps);
	free(inputs->images);
	free(inputs->places);
}

bool inputs_open(const struct opening *opening, struct dump **dump, struct vmlinux **vmlinux,
		 struct ko_file **modules, struct error *err)
{
	struct listener *listener = opening->listener;
	struct inputs inputs = {
		.opening = opening,
		.vmlinux = opening->vmlinux,
		.modules = opening->modules,
	};

	if (take_all(&inputs, err))
		*dump = inputs.guest ?
				dump_open_guest(opening->guest, listener, err) :
			!inputs.nr_images && !inputs.nr_dumps ?
				dump_open_none(inputs.vmlinux ? inputs.vmlinux->file.path :
								"no file",
					       listener, err) :
			inputs.nr_images ?
				dump_open_raw(inputs.images, inputs.places, inputs.nr_images,
					      listener, err) :
				dump_open_parts(inputs.dumps, inputs.nr_dumps, listener, err);
	close_all(&inputs);
	if (!*dump) {
		vmlinux_close(inputs.vmlinux);
		ko_file_close(inputs.modules);
		return false;
	}
	(*dump)->guessed = inputs.guessed;
	*vmlinux = inputs.vmlinux;
	*modules = inputs.modules;
	return true;
}
