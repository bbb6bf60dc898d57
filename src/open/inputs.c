/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Opens all paths of a struct opening, and recognises each file by its content. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/machine.h"
#include "base/text.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "dump/formats/guest.h"
#include "open/open.h"
#include "open/opened.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"

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
