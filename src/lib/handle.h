/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The handles of the public header, and the start and the end of each call. */
#pragma once

#include <kwalk.h>
#include <signal.h>

#include "kernel/kernel.h"
#include "linux/task/mm.h"

struct file;
struct task_facts;

struct kwalk_dump {
	struct kwalk_kernel *handle;
};

/* A file that must not become shorter while it is in use. */
struct held_file {
	const struct file *file; /* borrowed from the kernel */
	const void *also; /* address at which libelf maps the same file a second time; NULL: none */
	bool is_dump;
};

enum { MOST_HELD = 1024, HANDLE_TEXT = 16 << 10 };

struct kwalk_kernel {
	struct kernel *kernel; /* NULL: the kernel was closed */
	/* Number of users. The handle itself is a user until kwalk_free(). Further users are
	 * handles that were made from this handle, and running calls. */
	unsigned int nr_users;
	bool busy; /* a call is running; a new call is refused, because it comes from a callback */
	bool ends; /* kwalk_free() was called during the running call */
	bool stopped; /* options.stop() returned true during the running call */
	volatile sig_atomic_t lost; /* kwalk_bus_error() replaced a mapping of a file by zeros */
	struct kwalk_options options; /* a copy of the caller's options, with callbacks */
	struct listener listener;
	struct held_file *held; /* owned */
	size_t nr_held;
	struct task_facts *task_facts; /* owned; NULL until it is needed */
	struct kwalk_dump dump;
	/* the texts of the last answer, which the caller of the library borrows */
	char text[HANDLE_TEXT];
};

struct kwalk_space {
	struct kwalk_kernel *handle; /* the space is one of this handle's users */
	struct process process;
};

struct kwalk_task {
	/* The task is one of this handle's users, unless borrowed is true. */
	struct kwalk_kernel *handle;
	bool borrowed;
	struct task task;
};

/* One call of a public function. */
struct call {
	struct kwalk_kernel *handle;
	struct kernel *kernel; /* the kernel of the handle */
	struct kwalk_error *error;
	struct error err; /* the reason if the call failed */
	int refused; /* enum kwalk_code: the reason if the call cannot be made */
	/* the handle whose call was running in this thread when this call started, or NULL */
	struct kwalk_kernel *before;
};

/* The files that a call may read. */
enum call_reads { READS_DUMP, READS_ALL };

/* Starts a call. handle may be NULL. Returns false if the call cannot be made; then the public
 * function must return call->refused. */
bool call_begin(struct call *call, struct kwalk_kernel *handle, enum call_reads reads,
		struct kwalk_error *error);
/* Ends a call. Returns enum kwalk_code, which the public function returns. done: true if the call
 * succeeded. If done is false, call->err must contain the reason. */
int call_end(struct call *call, bool done);

/* Allocates a handle of size bytes. The first member of its struct must be a pointer to a struct
 * kwalk_kernel, which this function sets. Returns NULL if memory is exhausted. */
void *call_make(struct call *call, size_t size);
/* Ends a call that made the handle `made`, and returns the handle. found: true if the call
 * succeeded. If the call failed, frees the handle and returns NULL. */
void *call_end_made(struct call *call, void *made, bool found);
/* Finds the first task with this pid. If there is no such task, sets call->err and returns
 * false. */
bool find_task(struct call *call, int32_t pid, struct task *task);

/* For a call that cannot be started: sets *error, and returns the code. */
int refuse(struct kwalk_error *error, enum kwalk_code code, const char *text);
int refuse_as(struct kwalk_error *error, const struct error *err);
/* Checks an argument: if pointer is NULL, sets call->err and returns false. name: the argument's
 * name, for the message. */
bool call_wants(struct call *call, const void *pointer, const char *name);

/* Copies the struct *from, of size bytes, to the caller's struct *to. Both structs begin with their
 * sizes. The size of *to may be smaller or larger, because the caller may have been compiled for
 * another version. If `to` is NULL or its size is 0, sets call->err and returns false. */
bool call_give(struct call *call, void *to, const void *from, size_t size);

/* Returns true if a call with this code has results. The results are correct, but may be
 * incomplete. */
static inline bool status_shows(int code)
{
	return code == KWALK_OK || code == KWALK_INCOMPLETE || code == KWALK_STOPPED;
}

void handle_use(struct kwalk_kernel *handle);
/* Frees the handle if this was its last user. */
void handle_leave(struct kwalk_kernel *handle);

/* Copies text into handle->text. Returns the copy, which the caller of the library may borrow.
 * *used: number of bytes in use in handle->text, which this function updates. Returns NULL if text
 * is NULL or if the copy does not fit. */
const char *handle_text(struct kwalk_kernel *handle, size_t *used, const char *text);
