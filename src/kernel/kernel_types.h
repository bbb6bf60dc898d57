/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types of the dumped kernel. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct types;

/* vmlinux's types if it has any and belongs to the dump; else those of the BTF in
 * the dump; else vmlinux's all the same, which is noted as doubtful. NULL if there
 * is neither. Valid until facts are forgotten. */
struct types *kernel_types(struct kernel *kernel);
/* Those of the BTF in the dump, opened on first use; NULL if it has none. */
struct types *kernel_dump_types(struct kernel *kernel);

/* Size of a struct, offset of a member, in bytes: by the note's SIZE(type) and
 * OFFSET(type.member), else by kernel_types(). type without "struct". */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size);
bool kernel_member_offset(struct kernel *kernel, const char *type,
			  const char *member, uint64_t *offset);
/* The same, but false if types say another size than this; 0: any. */
bool kernel_member_place(struct kernel *kernel, const char *type,
			 const char *member, uint64_t size, uint64_t *offset);
