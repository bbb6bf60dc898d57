/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looks damaged or contradicts itself. */
#pragma once

#include <stdbool.h>

struct kernel;

enum check_status {
	CHECK_OK,
	CHECK_WARNING, /* a weakness of the kernel, or nothing tells */
	CHECK_ERROR,   /* damage, or facts that cannot all be true */
	NR_CHECK_STATUSES
};
extern const char *const check_status_names[NR_CHECK_STATUSES];

struct checker {
	struct kernel *kernel;
	/* One line; check is a static word. */
	void (*tell)(void *arg, const char *check, enum check_status status,
		     const char *message);
	bool (*stop)(void *arg); /* asked now and then; may be NULL */
	void *arg;
};

/* All of them, one after the other. Cannot fail: what cannot be checked is a
 * warning that says why. */
void kernel_check(const struct checker *checker);

/* Parts of it. */
void check_facts(const struct checker *checker);
void check_resources(const struct checker *checker);
void check_tasks(const struct checker *checker);
/* The kernel's half of its table, in one pass. */
void check_tables(const struct checker *checker);

void check_tell(const struct checker *checker, const char *check,
		enum check_status status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
