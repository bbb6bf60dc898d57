/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "lib/handle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "lib/thread.h"
#include "open/open.h"
#include "linux/task/task_info.h"

// clang-format off
static const enum kwalk_code of_error[] = {
	[ERROR_NONE]        = KWALK_SYSTEM,
	[ERROR_USAGE]       = KWALK_USAGE,
	[ERROR_SYSTEM]      = KWALK_SYSTEM,
	[ERROR_FORMAT]      = KWALK_FORMAT,
	[ERROR_UNREADABLE]  = KWALK_UNREADABLE,
	[ERROR_UNKNOWN]     = KWALK_UNKNOWN,
	[ERROR_NO_ANSWER]   = KWALK_NO_ANSWER,
	[ERROR_INTERRUPTED] = KWALK_STOPPED,
};
_Static_assert(sizeof(of_error) / sizeof(of_error[0]) == ERROR_INTERRUPTED + 1,
	       "each error has its code");

static const char *const code_names[] = {
	[KWALK_OK]         = "ok",
	[KWALK_USAGE]      = "usage",
	[KWALK_SYSTEM]     = "system",
	[KWALK_FORMAT]     = "format",
	[KWALK_UNREADABLE] = "unreadable",
	[KWALK_UNKNOWN]    = "unknown",
	[KWALK_NO_ANSWER]  = "no-answer",
	[KWALK_STOPPED]    = "stopped",
	[KWALK_INCOMPLETE] = "incomplete",
	[KWALK_CLOSED]     = "closed",
	[KWALK_CHANGED]    = "changed",
	[KWALK_MEMORY]     = "memory",
};
_Static_assert(sizeof(code_names) / sizeof(code_names[0]) == KWALK_MEMORY + 1,
	       "each code has its name");
// clang-format on

const char *kwalk_code_name(int code)
{
	return code >= 0 && code <= KWALK_MEMORY ? code_names[code] : NULL;
}

int refuse(struct kwalk_error *error, enum kwalk_code code, const char *text)
{
	if (error && error->size >= sizeof(*error)) {
		error->code = (int32_t)code;
		snprintf(error->message, sizeof(error->message), "%s", text);
	}
	return (int)code;
}

int refuse_as(struct kwalk_error *error, const struct error *err)
{
	return refuse(error, of_error[err->code], err->message);
}

bool call_wants(struct call *call, const void *pointer, const char *name)
{
	return pointer || fail(&call->err, ERROR_USAGE, "%s is NULL", name);
}

void handle_use(struct kwalk_kernel *handle)
{
	handle->nr_users++;
}

static void forget_tasks(struct kwalk_kernel *handle)
{
	if (handle->task_facts)
		task_facts_release(handle->task_facts);
	free(handle->task_facts);
	handle->task_facts = NULL;
}

void handle_leave(struct kwalk_kernel *handle)
{
	if (--handle->nr_users)
		return;
	open_close(handle->kernel);
	free(handle->held);
	free(handle);
}

int kwalk_close(kwalk_kernel *kernel, struct kwalk_error *error)
{
	if (!kernel)
		return refuse(error, KWALK_USAGE, "the handle is NULL");
	if (kernel->busy)
		return refuse(
			error, KWALK_USAGE,
			"this function was called from a callback, before the outer call was finished");
	kernel->nr_held = 0;
	forget_tasks(kernel);
	open_close(kernel->kernel);
	kernel->kernel = NULL;
	return KWALK_OK;
}

void kwalk_free(kwalk_kernel *kernel)
{
	if (!kernel)
		return;
	/* this call is inside a callback, so the handle is freed when the outer call ends */
	if (kernel->busy) {
		kernel->ends = true;
		return;
	}
	kwalk_close(kernel, NULL);
	handle_leave(kernel);
}

/* --- calls --- */

/* Returns the first file that has become shorter since it was opened, or NULL. */
static const struct file *find_cut_file(const struct kwalk_kernel *handle, enum call_reads reads)
{
	for (size_t i = 0; i < handle->nr_held; i++) {
		const struct file *file = handle->held[i].file;

		if (reads == READS_DUMP && !handle->held[i].is_dump)
			break; /* all files of the dump come before the other files */
		if (lseek(file->fd, 0, SEEK_END) < (off_t)file->size)
			return file;
	}
	return NULL;
}

/* Returns KWALK_OK if the call can be made. If it cannot, sets the caller's error and returns the
 * code. */
static int handle_check(struct call *call, enum call_reads reads)
{
	struct kwalk_kernel *handle = call->handle;
	const struct file *cut;
	char text[256];

	if (!handle)
		return refuse(call->error, KWALK_USAGE, "the handle is NULL");
	if (handle->busy)
		return refuse(
			call->error, KWALK_USAGE,
			"this function was called from a callback, before the outer call was finished");
	if (!handle->kernel)
		return refuse(call->error, KWALK_CLOSED, "the kernel is closed");
	if (handle->lost)
		return refuse(call->error, KWALK_CHANGED,
			      "a file became shorter or unreadable during an earlier call");
	cut = find_cut_file(handle, reads);
	if (!cut)
		return KWALK_OK;
	snprintf(text, sizeof(text), "%.200s: is shorter than when it was opened", cut->path);
	return refuse(call->error, KWALK_CHANGED, text);
}

bool call_begin(struct call *call, struct kwalk_kernel *handle, enum call_reads reads,
		struct kwalk_error *error)
{
	call->handle = handle;
	call->error = error;
	call->refused = handle_check(call, reads);
	if (call->refused)
		return false;
	call->kernel = handle->kernel;
	handle_use(handle);
	handle->busy = true;
	handle->stopped = false;
	call->before = thread_set_work(handle);
	thread_ran_out();
	if (call->kernel->excess->code)
		call->kernel->excess->code = ERROR_NONE;
	return true;
}

/* If something during the call made all its results unreliable, sets the caller's error and returns
 * the code. If not, returns KWALK_OK. */
static int find_trouble(struct call *call)
{
	struct kwalk_kernel *handle = call->handle;

	if (handle->lost)
		return refuse(call->error, KWALK_CHANGED,
			      "a file became shorter or unreadable during the call");
	if (thread_ran_out())
		return refuse(call->error, KWALK_MEMORY, "out of memory");
	if (handle->stopped)
		return refuse(call->error, KWALK_STOPPED, "stopped: the answer may be incomplete");
	return KWALK_OK;
}

int call_end(struct call *call, bool done)
{
	struct kwalk_kernel *handle = call->handle;
	int code = find_trouble(call);

	if (code) {
		forget_tasks(handle);
		open_forget(call->kernel);
	} else if (!done) {
		code = refuse_as(call->error, &call->err);
	} else if (call->kernel->excess->code) {
		code = refuse(call->error, KWALK_INCOMPLETE, call->kernel->excess->message);
	}
	thread_set_work(call->before);
	handle->busy = false;
	if (handle->ends) {
		handle->ends = false;
		kwalk_free(handle);
	}
	handle_leave(handle);
	return code;
}

void *call_make(struct call *call, size_t size)
{
	struct kwalk_kernel **made = calloc(1, size);

	if (made)
		*made = call->handle;
	return made;
}

void *call_end_made(struct call *call, void *made, bool found)
{
	struct kwalk_kernel *handle = call->handle;

	if (call_end(call, made && found) == KWALK_OK) {
		handle_use(handle);
		return made;
	}
	free(made);
	return NULL;
}

bool call_give(struct call *call, void *to, const void *from, size_t size)
{
	uint32_t room, given;

	if (!call_wants(call, to, "the struct for the answer"))
		return false;
	memcpy(&room, to, sizeof(room));
	if (room < sizeof(room))
		return fail(&call->err, ERROR_USAGE,
			    "the size of the struct for the answer is not set");
	given = room < size ? room : (uint32_t)size;
	memset(to, 0, room);
	memcpy(to, from, given);
	memcpy(to, &given, sizeof(given));
	return true;
}

const char *handle_text(struct kwalk_kernel *handle, size_t *used, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	char *copy = handle->text + *used;

	if (!text || size > HANDLE_TEXT - *used)
		return NULL;
	*used += size;
	return memcpy(copy, text, size);
}
