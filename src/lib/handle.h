/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Handles of the public header, and the begin and end of each call. */
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

/* A file whose size must not shrink. */
struct held_file {
	const struct file *file; /* borrowed from the kernel */
	const void *also; /* libelf's mapping of the file; NULL: none */
	bool is_dump;
};

enum { MOST_HELD = 64, HANDLE_TEXT = 16 << 10 };

struct kwalk_kernel {
	struct kernel *kernel; /* NULL: closed */
	unsigned int nr_users; /* number of handles opened from this one, and of calls that run */
	bool busy; /* a call is running, possibly in a callback */
	bool ends; /* freed during the call */
	bool stopped; /* options.stop() returned true during this call */
	volatile sig_atomic_t lost; /* kwalk_bus_error() put zeros into a mapping */
	struct kwalk_options options; /* the caller's options with callbacks */
	struct listener listener;
	struct held_file *held; /* owned */
	size_t nr_held;
	struct task_facts *task_facts; /* owned; NULL until needed */
	struct kwalk_dump dump;
	char text[HANDLE_TEXT]; /* texts of the last answer; borrowed by the caller */
};

struct kwalk_space {
	struct kwalk_kernel *handle; /* counts as a user of the kernel's handle */
	struct process process;
};

struct kwalk_task {
	/* Counts as a user of the kernel's handle, unless it is borrowed. */
	struct kwalk_kernel *handle;
	bool borrowed;
	struct task task;
};

/* One call. */
struct call {
	struct kwalk_kernel *handle;
	struct kernel *kernel; /* kernel of the handle */
	struct kwalk_error *error;
	struct error err; /* reason why the call failed */
	int refused; /* enum kwalk_code: why the call cannot be made */
	struct kwalk_kernel *before; /* the kernel that the thread worked with before the call */
};

/* Which files a call may read. */
enum call_reads { READS_DUMP, READS_ALL };

/* handle may be NULL. False: the call cannot be made, and must return call->refused. */
bool call_begin(struct call *call, struct kwalk_kernel *handle, enum call_reads reads,
		struct kwalk_error *error);
/* Ends a call and returns its result. done: it succeeded; otherwise call->err has the reason. */
int call_end(struct call *call, bool done);

/* Allocates a handle of size bytes, which begins with a pointer to the kernel's handle. NULL: out
 * of memory. */
void *call_make(struct call *call, size_t size);
/* Ends a call that made a handle, and returns the handle. NULL: the call failed, and the handle is
 * freed. */
void *call_end_made(struct call *call, void *made, bool found);
/* The first task with this pid. False with call->err: no task has it. */
bool find_task(struct call *call, int32_t pid, struct task *task);

/* Refuses a call without a handle, or before a handle is known. */
int refuse(struct kwalk_error *error, enum kwalk_code code, const char *text);
int refuse_as(struct kwalk_error *error, const struct error *err);
/* Fails if an argument that must not be NULL is NULL. */
bool call_wants(struct call *call, const void *pointer, const char *name);

/* Copies *from, of size bytes, to a struct of the caller. Both structs begin with their size; the
 * caller's may be smaller or larger. False with call->err: the struct is NULL, or its size is not
 * set. */
bool call_give(struct call *call, void *to, const void *from, size_t size);

/* Are results shown for this code? They are correct, but may be incomplete. */
static inline bool code_shows(int code)
{
	return code == KWALK_OK || code == KWALK_INCOMPLETE || code == KWALK_STOPPED;
}

void handle_use(struct kwalk_kernel *handle);
/* Forgets the facts of tasks. */
void handle_forget(struct kwalk_kernel *handle);
/* Frees the handle if this was its last user. */
void handle_leave(struct kwalk_kernel *handle);

/* Copies text into the handle, for the caller to borrow. *used: bytes in use, which is updated.
 * NULL: text is NULL, or there is no room. */
const char *handle_text(struct kwalk_kernel *handle, size_t *used, const char *text);
