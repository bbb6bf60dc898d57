/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Definitions that all parts of the made vmlinux share. The made vmlinux has symbols and types, but
 * no kernel. */
#pragma once

typedef unsigned long long u64;

struct list_head {
	struct list_head *next, *prev;
};

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right, *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define PLACED(section_name) __attribute__((used, section(section_name), aligned(sizeof(long))))
