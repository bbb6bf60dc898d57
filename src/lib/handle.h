/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Handles of the public header, and the start and end of each call. */
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
	const void *also; /* address of libelf's mapping of the file; NULL: none */
	bool is_dump;
};

enum { MOST_HELD = 64, HANDLE_TEXT = 16 << 10 };

struct kwalk_kernel {
	struct kernel *kernel; /* NULL: the kernel was closed */
	/* Number of users: the handle itself until kwalk_free(), handles that were made from it,
	 * and running calls. */
	unsigned int nr_users;
	bool busy; /* a call is running, and may be inside a callback */
	bool ends; /* kwalk_free() was called during the call */
	bool stopped; /* options.stop() returned true during this call */
	volatile sig_atomic_t lost; /* kwalk_bus_error() replaced a part of a mapping by zeros */
	struct kwalk_options options; /* a copy of the caller's options, with callbacks */
	struct listener listener;
	struct held_file *held; /* owned */
	size_t nr_held;
	struct task_facts *task_facts; /* owned; NULL until it is needed */
	struct kwalk_dump dump;
	char text[HANDLE_TEXT]; /* texts of the last answer, borrowed by the caller */
};

struct kwalk_space {
	struct kwalk_kernel *handle; /* the space is counted as a user of this handle */
	struct process process;
};

struct kwalk_task {
	/* The task is counted as a user of this handle, unless borrowed is true. */
	struct kwalk_kernel *handle;
	bool borrowed;
	struct task task;
};

/* One call of a public function. */
struct call {
	struct kwalk_kernel *handle;
	struct kernel *kernel; /* kernel of the handle */
	struct kwalk_error *error;
	struct error err; /* reason why the call failed */
	int refused; /* enum kwalk_code: the reason why the call cannot be made */
	struct kwalk_kernel *before; /* the handle that the thread worked with before this call */
};

/* The files that a call may read. */
enum call_reads { READS_DUMP, READS_ALL };

/* Starts a call. handle may be NULL. If it returns false, the public function must return
 * call->refused. */
bool call_begin(struct call *call, struct kwalk_kernel *handle, enum call_reads reads,
		struct kwalk_error *error);
/* Ends a call, and returns its result, an enum kwalk_code. done: true if the call succeeded;
 * otherwise call->err must have the reason. */
int call_end(struct call *call, bool done);

/* Allocates a handle of size bytes. Its first member must be a pointer to the struct kwalk_kernel,
 * and is set. Returns NULL if memory is exhausted. */
void *call_make(struct call *call, size_t size);
/* Ends a call that made a handle, and returns that handle. found: true if the call succeeded. If
 * the call failed, frees the handle and returns NULL. */
void *call_end_made(struct call *call, void *made, bool found);
/* Finds the first task with this pid. Returns false and sets call->err if there is no such task. */
bool find_task(struct call *call, int32_t pid, struct task *task);

/* Sets *error and returns the code. For calls that cannot be started. */
int refuse(struct kwalk_error *error, enum kwalk_code code, const char *text);
int refuse_as(struct kwalk_error *error, const struct error *err);
/* Returns false and sets call->err if pointer is NULL. name: name of the argument. */
bool call_wants(struct call *call, const void *pointer, const char *name);

/* Copies the struct *from, of size bytes, to a struct of the caller. Both structs begin with their
 * size, and the caller's struct may be smaller or larger. Returns false and sets call->err if `to`
 * is NULL or has no size. */
bool call_give(struct call *call, void *to, const void *from, size_t size);

/* Returns true if the call has results: they are correct, but may be incomplete. */
static inline bool code_shows(int code)
{
	return code == KWALK_OK || code == KWALK_INCOMPLETE || code == KWALK_STOPPED;
}

void handle_use(struct kwalk_kernel *handle);
/* Frees handle->task_facts. */
void handle_forget(struct kwalk_kernel *handle);
/* Frees the handle if this was its last user. */
void handle_leave(struct kwalk_kernel *handle);

/* Copies text into handle->text, and returns the copy, which the caller of the library may borrow.
 * *used: number of bytes in use, which is updated. Returns NULL if text is NULL or there is no
 * room. */
const char *handle_text(struct kwalk_kernel *handle, size_t *used, const char *text);
