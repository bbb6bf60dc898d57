/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "dump/dump.h"
#include "kernel/debug_file.h"

struct inputs {
	struct file *dumps; /* one, or the parts of a split one */
	size_t nr_dumps;
	struct file *images; /* raw ones, and the address that each begins at */
	uint64_t *bases;
	size_t nr_images;
	struct file unknown; /* of no known format; path NULL: none */
	bool guessed; /* the image is one only because it is nothing else */
	struct vmlinux *vmlinux;
};

static bool begins_with(const struct file *file, size_t offset,
			const char *magic, size_t size)
{
	return range_within(offset, size, file->bytes.size) &&
	       !memcmp(file->bytes.data + offset, magic, size);
}

/* What people give by mistake, so that the complaint can name it; else NULL. */
static const char *recognise(const struct file *file)
{
	// clang-format off
	static const struct {
		size_t offset, size;
		const char *magic, *what;
	} known[] = {
		{ 0, 4, "QFI\xfb",         "a qcow2 disk image; memory that savevm put into one is not read" },
		{ 0, 2, "\x1f\x8b",         "compressed by gzip; unpack it first" },
		{ 0, 6, "\xfd" "7zXZ\0",    "compressed by xz; unpack it first" },
		{ 0, 4, "\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first" },
		{ 0, 3, "BZh",              "compressed by bzip2; unpack it first" },
		/* arch/s390: the stand-alone dump tools of s390-tools */
		{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a dump of an s390 machine, not of x86" },
		/* tools/libs/guest of Xen: xl save, xm save */
		{ 8, 4, "XENF",              "what xl save wrote of a Xen guest; xl dump-core writes what can be read" },
		{ 0, 16, "LinuxGuestRecord", "what xm save wrote of a Xen guest; xm dump-core writes what can be read" },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (begins_with(file, known[i].offset, known[i].magic,
				known[i].size))
			return known[i].what;
	}
	return NULL;
}

static const char unknown_file[] =
	"neither a dump of a known format nor a kernel executable (vmlinux, vmlinuz) or System.map; memory and nothing else is given as FILE@ADDRESS";

static bool take_vmlinux(struct inputs *inputs, struct file *file,
			 struct error *err)
{
	struct vmlinux *vmlinux = vmlinux_open(file, err);

	if (vmlinux && inputs->vmlinux)
		vmlinux = debug_file_join(inputs->vmlinux, vmlinux, err);
	else if (!vmlinux)
		return false;
	inputs->vmlinux = vmlinux;
	return vmlinux;
}

/* PATH@ADDRESS, where there is no file of that very name: ADDRESS and the '@'. */
static const char *split_address(const char *path, uint64_t *address)
{
	const char *at = strrchr(path, '@');
	char *end;

	if (!at || at == path || !isxdigit((unsigned char)at[1]) ||
	    access(path, F_OK) == 0)
		return NULL;
	errno = 0;
	*address = strtoull(at + 1, &end, 16);
	return errno || *end ? NULL : at;
}

static bool take_image(struct inputs *inputs, const char *path, const char *at,
		       uint64_t address, struct error *err)
{
	char *name = strndup(path, (size_t)(at - path));
	bool ok = name && file_open(&inputs->images[inputs->nr_images], name,
				    err);

	if (!name) {
		fail(err, ERROR_SYSTEM, "out of memory");
	} else if (ok && inputs->images[inputs->nr_images].memory_device) {
		file_close(&inputs->images[inputs->nr_images]);
		ok = fail(err, ERROR_USAGE,
			  "%s is the machine's memory; it is given without an address",
			  name);
	} else if (ok)
		inputs->bases[inputs->nr_images++] = address;
	free(name);
	return ok;
}

/* open_port() of drivers/char/mem.c, open_kcore() of fs/proc/kcore.c. */
static bool explain_open(const char *path, struct error *err)
{
	if (!strcmp(path, "/dev/mem") || !strcmp(path, "/proc/kcore"))
		return fail(err, ERROR_SYSTEM,
			    "%s: %s (it takes CAP_SYS_RAWIO, a kernel with CONFIG_%s, and no lockdown)",
			    path, strerror(errno),
			    path[1] == 'd' ? "DEVMEM" : "PROC_KCORE");
	return false;
}

static bool take(struct inputs *inputs, const char *path, struct error *err)
{
	struct file file = { .fd = -1 };
	const char *what, *at;
	uint64_t address;

	if ((at = split_address(path, &address)))
		return take_image(inputs, path, at, address, err);
	if (!file_open(&file, path, err))
		return explain_open(path, err);
	if (dump_probe(&file)) {
		inputs->dumps[inputs->nr_dumps++] = file;
		return true;
	}
	if (vmlinux_probe(&file))
		return take_vmlinux(inputs, &file, err);
	what = recognise(&file);
	if (!what && !inputs->unknown.path) {
		inputs->unknown = file;
		return true;
	}
	fail(err, ERROR_FORMAT, "%s is %s", path, what ? what : unknown_file);
	file_close(&file);
	return false;
}

/* A file of no known format is the memory that goes with a dump. Alone it is a
 * raw image if there is a kernel in it, or the user says what else is needed. */
static bool settle_unknown(struct inputs *inputs, struct error *err)
{
	if (!inputs->unknown.path)
		return true;
	if (inputs->nr_dumps == 1 &&
	    dump_probe_takes_memory(&inputs->dumps[0])) {
		inputs->dumps[inputs->nr_dumps++] = inputs->unknown;
	} else if (!inputs->nr_dumps && !inputs->nr_images) {
		inputs->guessed = true;
		inputs->bases[0] = 0;
		inputs->images[inputs->nr_images++] = inputs->unknown;
	} else {
		return fail(err, ERROR_FORMAT, "%s is %s",
			    inputs->unknown.path, unknown_file);
	}
	inputs->unknown = (struct file){ .fd = -1 };
	return true;
}

static bool take_all(struct inputs *inputs, char **paths, int nr_paths,
		     struct error *err)
{
	inputs->dumps = calloc((size_t)nr_paths, sizeof(*inputs->dumps));
	inputs->images = calloc((size_t)nr_paths, sizeof(*inputs->images));
	inputs->bases = calloc((size_t)nr_paths, sizeof(*inputs->bases));
	if (!inputs->dumps || !inputs->images || !inputs->bases)
		return fail(err, ERROR_SYSTEM, "out of memory");
	for (int i = 0; i < nr_paths; i++) {
		if (!take(inputs, paths[i], err))
			return false;
	}
	if (!settle_unknown(inputs, err))
		return false;
	if (inputs->nr_dumps && inputs->nr_images)
		return fail(err, ERROR_USAGE,
			    "%s is a dump and %s is to be a raw image; one kind is wanted",
			    inputs->dumps[0].path, inputs->images[0].path);
	if (inputs->nr_dumps || inputs->nr_images)
		return true;
	return fail(err, ERROR_USAGE,
		    "%s is a kernel executable (vmlinux) or its symbols, not a dump; give the dump too",
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
	free(inputs->bases);
}

struct kernel *inputs_open(char **paths, int nr_paths,
			   struct listener *listener, struct error *err)
{
	struct inputs inputs = { 0 };
	struct dump *dump = NULL;

	if (take_all(&inputs, paths, nr_paths, err))
		dump = inputs.nr_images ?
			       dump_open_raw(inputs.images, inputs.bases,
					     inputs.nr_images, listener, err) :
			       dump_open_parts(inputs.dumps, inputs.nr_dumps,
					       listener, err);
	close_all(&inputs);
	if (dump)
		dump->guessed = inputs.guessed;
	if (dump)
		return kernel_create(dump, inputs.vmlinux, err);
	vmlinux_close(inputs.vmlinux);
	return NULL;
}
