/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the return addresses that tracers of the kernel replaced. To run code when a function
 * returns, a tracer replaces the return address by the address of a trampoline, and keeps the
 * original: function_graph in task_struct.ret_stack, rethook (kretprobes and fprobes) in
 * task_struct.rethooks, and kretprobes of kernels without rethook in task_struct.kretprobe_instances. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* The search for the original return addresses on the stack of a task, the innermost first. */
struct tracer_search {
	uint64_t task; /* address of the task_struct; 0: unknown */
	unsigned int nr_passed; /* entries of ret_stack that were found by their order */
};

/* A return address that was replaced. */
struct traced_return {
	/* The address of the return address on the stack. On arm64, X29 of the caller. */
	uint64_t place;
	uint64_t callee; /* an address in the code of the function that will return */
};

/* Returns the name of the tracer whose trampoline begins at ip: "function_graph", "rethook" or
 * "kretprobe". Returns NULL if no trampoline begins there. */
const char *tracer_at(struct kernel *kernel, uint64_t ip);

/* Finds the original of a return address. *ip is the trampoline's address, and gets the original,
 * which can be the trampoline of another tracer. Returns false and sets *err if the original is not
 * known. */
bool tracer_original(struct kernel *kernel, struct tracer_search *search,
		     const struct traced_return *traced, uint64_t *ip, struct error *err);
