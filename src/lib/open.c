/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kwalk_open(), and the detection of files that change while they are open. */
#include "open/open.h"

#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dump/dump.h"
#include "lib/handle.h"
#include "lib/thread.h"
#include "debuginfo/vmlinux.h"

const char *kwalk_version(void)
{
	return PACKAGE_VERSION;
}

/* --- callbacks --- */

/* Defines a function that passes text to a callback in the options. */
#define TELL(WHAT)                                                                                 \
	static void tell_##WHAT(void *arg, const char *text)                                       \
	{                                                                                          \
		const struct kwalk_kernel *handle = arg;                                           \
                                                                                                   \
		if (handle->options.WHAT)                                                          \
			handle->options.WHAT(handle->options.arg, text);                           \
	}
TELL(warning)
TELL(trouble)
TELL(fact)
TELL(progress)
#undef TELL

/* Calls options.stop(). After the callback returned true once, this function returns true until the
 * call ends. */
static bool stop(void *arg)
{
	struct kwalk_kernel *handle = arg;
	const struct kwalk_options *options = &handle->options;

	if (!handle->stopped && options->stop)
		handle->stopped = options->stop(options->arg);
	return handle->stopped || handle->lost;
}

/* --- files --- */

static void hold(void *arg, const struct kernel_file *of)
{
	struct kwalk_kernel *handle = arg;
	const struct file *file = of->file;

	/* Only files that are mapped must keep their size, because only access to a mapping can
	 * cause SIGBUS. */
	if (file->fd < 0 || file->start_only || file->memory_device || handle->nr_held == MOST_HELD)
		return;
	handle->held[handle->nr_held++] =
		(struct held_file){ file, of->elf ? elf_rawfile(of->elf, NULL) : NULL,
				    of->kind == FILE_OF_DUMP };
}

/* Lists the open files: first all files of the dump, then the others. */
static bool hold_files(struct kwalk_kernel *handle)
{
	handle->held = calloc(MOST_HELD, sizeof(*handle->held));
	if (handle->held)
		kernel_each_file(handle->kernel, hold, handle);
	return handle->held;
}

static bool holds(const void *start, size_t size, const void *address)
{
	return start && (uintptr_t)address - (uintptr_t)start < size;
}

/* Replaces the whole mapping by zeros, because the pages after the lost page are lost, too. */
static bool put_zeros(const void *start, size_t size)
{
	return mmap((void *)start, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) != MAP_FAILED;
}

bool kwalk_bus_error(const void *address)
{
	struct kwalk_kernel *handle = thread_at_work();

	if (!handle)
		return false;
	for (size_t i = 0; i < handle->nr_held; i++) {
		const struct held_file *held = &handle->held[i];
		size_t size = held->file->bytes.size;
		const void *start = NULL;

		if (holds(held->file->bytes.data, size, address))
			start = held->file->bytes.data;
		else if (holds(held->also, size, address))
			start = held->also;
		if (!start)
			continue;
		handle->lost = true;
		return put_zeros(start, size);
	}
	return false;
}

bool kwalk_was_written(kwalk_kernel *kernel)
{
	bool written = false;

	for (size_t i = 0; kernel && kernel->kernel && i < kernel->nr_held; i++)
		written |= file_changed(kernel->held[i].file);
	return written;
}

/* --- opening --- */

static bool all_there(const char *const *texts, size_t nr, const char *what,
		      struct kwalk_error *error)
{
	for (size_t i = 0; i < nr; i++)
		if (!texts || !texts[i])
			return !refuse(error, KWALK_USAGE, what);
	return true;
}

/* Copies the caller's options as far as this version of the library knows them. */
static bool take_options(struct kwalk_kernel *handle, const struct kwalk_options *options,
			 struct kwalk_error *error)
{
	uint32_t size = options ? options->size : 0;
	const size_t least = offsetof(struct kwalk_options, overrides);

	if (size < least)
		return !refuse(error, KWALK_USAGE,
			       options ? "the size of struct kwalk_options is not set" :
					 "the options are NULL");
	memcpy(&handle->options, options, size < sizeof(*options) ? size : sizeof(*options));
	return all_there(handle->options.paths, handle->options.nr_paths, "a path is NULL",
			 error) &&
	       all_there(handle->options.overrides, handle->options.nr_overrides,
			 "an override is NULL", error) &&
	       (handle->options.nr_paths || !refuse(error, KWALK_USAGE, "no file is named"));
}

static struct kernel *open_files(struct kwalk_kernel *handle, struct error *err)
{
	const struct kwalk_options *options = &handle->options;
	const struct opening opening = {
		.paths = options->paths,
		.nr_paths = options->nr_paths,
		.overrides = options->overrides,
		.nr_overrides = options->nr_overrides,
		.debug_path = options->debug_path,
		.strict = options->flags & KWALK_STRICT,
		.listener = &handle->listener,
	};

	handle->listener = (struct listener){
		.warning = tell_warning,
		.fact = tell_fact,
		.trouble = tell_trouble,
		.progress = tell_progress,
		.stop = stop,
		.arg = handle,
	};
	return open_kernel_dump(&opening, err);
}

/* Opens the files. This counts as a call, so callbacks and errors work as in all calls. */
static int library_start(struct kwalk_kernel *handle, struct kwalk_error *error)
{
	struct kwalk_kernel *before = thread_set_work(handle);
	struct error err = { 0 };
	bool ran_out;

	thread_ran_out();
	handle->busy = true;
	handle->kernel = open_files(handle, &err);
	handle->busy = false;
	thread_set_work(before);
	ran_out = thread_ran_out();
	if (handle->kernel && !ran_out && !handle->stopped && hold_files(handle))
		return KWALK_OK;
	if (handle->stopped)
		return refuse(error, KWALK_STOPPED, "stopped while opening");
	if (handle->kernel || ran_out)
		return refuse(error, KWALK_MEMORY, "out of memory");
	return refuse_as(error, &err);
}

kwalk_kernel *kwalk_open(const struct kwalk_options *options, struct kwalk_error *error)
{
	struct kwalk_kernel *handle = calloc(1, sizeof(*handle));

	if (!handle) {
		refuse(error, KWALK_MEMORY, "out of memory");
		return NULL;
	}
	handle->nr_users = 1;
	handle->dump.handle = handle;
	if (take_options(handle, options, error) && library_start(handle, error) == KWALK_OK)
		return handle;
	handle_leave(handle);
	return NULL;
}
