/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Handles of the public header, and the begin and end of each of its calls. */
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

/* A file that must keep its size. */
struct held_file {
	const struct file *file; /* borrowed from the kernel */
	const void *also; /* libelf's mapping of it; NULL: none */
	bool is_dump;
};

enum { MOST_HELD = 64, HANDLE_TEXT = 16 << 10 };

struct kwalk_kernel {
	struct kernel *kernel; /* NULL: closed */
	unsigned int nr_users; /* handles that lead here, and calls that run */
	bool busy; /* a call is at work, and may be calling back */
	bool ends; /* freed meanwhile */
	bool stopped; /* options.stop() said so during this call */
	volatile sig_atomic_t lost; /* kwalk_bus_error() put zeros into a mapping */
	struct kwalk_options options; /* its callbacks */
	struct listener listener;
	struct held_file *held; /* owned */
	size_t nr_held;
	struct task_facts *task_facts; /* owned; NULL until they are needed */
	struct kwalk_dump dump;
	char text[HANDLE_TEXT]; /* of the last answer; borrowed by the caller */
};

struct kwalk_space {
	struct kwalk_kernel *handle; /* has a user */
	struct process process;
};

struct kwalk_task {
	struct kwalk_kernel *handle; /* has a user, unless it is borrowed */
	bool borrowed;
	struct task task;
};

/* One call. */
struct call {
	struct kwalk_kernel *handle;
	struct kernel *kernel; /* the same one's */
	struct kwalk_error *error;
	struct error err; /* why it fails */
	int refused; /* enum kwalk_code: why it cannot be made */
	struct kwalk_kernel *before; /* the kernel that the thread worked with before */
};

/* Which files a call may read. */
enum call_reads { READS_DUMP, READS_ALL };

/* handle may be NULL. False: the call cannot be made; return
 * call->refused. */
bool call_begin(struct call *call, struct kwalk_kernel *handle, enum call_reads reads,
		struct kwalk_error *error);
/* The call's result: done, or why call->err says it is not. */
int call_end(struct call *call, bool done);

/* Makes a handle of size bytes, which begins with the kernel's handle. NULL: out of memory. */
void *call_make(struct call *call, size_t size);
/* Ends the call that made the handle, and returns the handle. NULL: the call failed, and the
 * handle is freed. */
void *call_end_made(struct call *call, void *made, bool found);
/* The first task of that pid. False with call->err: none has it. */
bool find_task(struct call *call, int32_t pid, struct task *task);

/* For a call without a handle, or before one is known. */
int refuse(struct kwalk_error *error, enum kwalk_code code, const char *text);
int refuse_as(struct kwalk_error *error, const struct error *err);
/* Fails for an argument that must not be NULL. */
bool call_wants(struct call *call, const void *pointer, const char *name);

/* Copies *from, of that size, to a struct of the caller, which says how large it is.
 * Both begin with their size. False with call->err: it is NULL, or says nothing. */
bool call_give(struct call *call, void *to, const void *from, size_t size);

/* If a call ended with this code: are its results shown? They are correct, but may be
 * incomplete. */
static inline bool code_shows(int code)
{
	return code == KWALK_OK || code == KWALK_INCOMPLETE || code == KWALK_STOPPED;
}

void handle_use(struct kwalk_kernel *handle);
/* Forgets facts of tasks. */
void handle_forget(struct kwalk_kernel *handle);
/* Frees the handle with its last user. */
void handle_leave(struct kwalk_kernel *handle);

/* Copies text for the caller to borrow: the end of what *used says is free. NULL for
 * NULL, and where there is no more room. */
const char *handle_text(struct kwalk_kernel *handle, size_t *used, const char *text);
