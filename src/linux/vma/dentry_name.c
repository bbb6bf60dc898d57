/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/dentry_name.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "dump/dump.h"
#include "linux/crash_members.h"
#include "linux/task_members.h"

bool vma_first_process(struct kernel *kernel, uint64_t *task, struct error *err)
{
	const struct member *tasks = kernel_member_as(kernel, TASK_TASKS, MEMBER_LINKS, err);
	uint64_t idle, pid;

	if (!tasks || !kernel_symbol(kernel, "init_task", &idle, err) ||
	    !kernel_read_pointer(kernel, idle + tasks->offset, task, err))
		return false;
	*task -= tasks->offset;
	return kernel_read_member(kernel, *task, TASK_PID, &pid, err) &&
	       (pid == 1 || fail(err, ERROR_UNKNOWN, "the first process is not process 1"));
}

/* --- the hash --- */

/* full_name_hash() in fs/namei.c since 4.8 (8387ff2577eb), which hashes the address of the parent, too:
 * word by word if the kernel has CONFIG_DCACHE_WORD_ACCESS, else byte by byte. */
enum hash_kind { HASH_OF_WORDS = 1, HASH_OF_BYTES = 2 };

static uint64_t rotate(uint64_t x, unsigned int by, unsigned int word)
{
	return x << by | (x & (UINT64_MAX >> (64 - 8 * word))) >> (8 * word - by);
}

static uint64_t hash_words(uint64_t y, const char *name, size_t length, unsigned int word)
{
	uint64_t x = 0;

	for (; length >= word; name += word, length -= word) {
		x ^= load_le(name, word);
		y ^= x;
		x = rotate(x, word == 8 ? 12 : 7, word) + y;
		y = rotate(y, word == 8 ? 45 : 20, word) * 9;
	}
	x ^= load_le(name, word); /* zeros follow the name */
	/* fold_hash() with GOLDEN_RATIO_64 or GOLDEN_RATIO_32 of include/linux/hash.h */
	if (word == 8)
		return ((y ^ x * UINT64_C(0x61c8864680b583eb)) * UINT64_C(0x61c8864680b583eb)) >>
		       32;
	return (y ^ x * 0x61c88647) * 0x61c88647;
}

static uint64_t hash_bytes(uint64_t hash, const char *name, size_t length, unsigned int word)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash + ((uint64_t)(uint8_t)name[i] << 4) + ((uint8_t)name[i] >> 4)) * 11;
	return word == 8 ? (hash * UINT64_C(0x61c8864680b583eb)) >> 32 : hash * 0x61c88647;
}

/* Until 4.17 (076515fc9267, fs/dcache.c), the name that a rename replaced got the other name's parent. It kept
 * its hash, and was removed from the hash table. */
static bool has_other_parent(struct kernel *kernel, uint64_t dentry)
{
	const struct member *hash = kernel_member_as(kernel, DENTRY_HASH, MEMBER_LINKS, NULL);
	uint64_t pprev;

	return kernel_version(kernel) < KERNEL_VERSION(4, 17, 0) && hash &&
	       kernel_read_pointer(kernel, dentry + hash->offset + kernel_pointer_size(kernel),
				   &pprev, NULL) &&
	       !pprev;
}

/* Is there a hash that is not made by the folder's file system (DCACHE_OP_HASH)? The kernel hashes no name
 * of a file that is not looked up, such as a pipe's: the hash is 0. */
static bool read_hash(struct kernel *kernel, uint64_t dentry, uint64_t parent, uint64_t *hash)
{
	enum { HAS_OWN_HASH = 1 };
	uint64_t flags, above;

	return kernel_read_member(kernel, dentry, DENTRY_FLAGS, &flags, NULL) &&
	       kernel_read_member(kernel, parent, DENTRY_FLAGS, &above, NULL) &&
	       !((flags | above) & HAS_OWN_HASH) &&
	       kernel_read_member(kernel, dentry, DENTRY_NAME_HASH, hash, NULL) && *hash &&
	       !has_other_parent(kernel, dentry);
}

static bool hash_fits(enum hash_kind kind, uint64_t parent, uint64_t hash, const char *name,
		      size_t length, unsigned int word)
{
	return (uint32_t)(kind == HASH_OF_WORDS ? hash_words(parent, name, length, word) :
						  hash_bytes(parent, name, length, word)) == hash;
}

static bool read_name(struct kernel *kernel, uint64_t dentry, char name[DENTRY_NAME_ROOM],
		      size_t *length, uint64_t *address, struct error *err)
{
	uint64_t size;

	memset(name, 0, DENTRY_NAME_ROOM);
	if (!kernel_read_member(kernel, dentry, DENTRY_NAME, address, err) ||
	    !kernel_read_member(kernel, dentry, DENTRY_LENGTH, &size, err))
		return false;
	if (size >= 256)
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %" PRIu64 " bytes", dentry,
			    size);
	*length = (size_t)size;
	return kernel_read_field(kernel, *address, name, *length, err);
}

/* Learns how this kernel hashes, from the program of process 1 and the folders above it. */
static bool learn_hash(struct kernel *kernel, void *state, struct error *err)
{
	enum { MOST_FOLDERS = 16 };
	unsigned int *fits = state; /* bits of enum hash_kind: both mean nothing */
	uint64_t task, mm, file, dentry, parent, hash, address;
	char name[DENTRY_NAME_ROOM];
	size_t length;

	(void)err;
	if (!vma_first_process(kernel, &task, NULL) ||
	    !kernel_read_member(kernel, task, TASK_MM, &mm, NULL) ||
	    !kernel_read_member(kernel, mm, MM_EXE_FILE, &file, NULL) ||
	    !kernel_read_member(kernel, file, FILE_DENTRY, &dentry, NULL))
		return true;
	for (int i = 0;
	     i < MOST_FOLDERS && kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, NULL);
	     i++, dentry = parent) {
		if (!read_hash(kernel, dentry, parent, &hash) ||
		    !read_name(kernel, dentry, name, &length, &address, NULL))
			continue;
		for (enum hash_kind try = HASH_OF_WORDS; try <= HASH_OF_BYTES; try++)
			if (hash_fits(try, parent, hash, name, length, kernel_pointer_size(kernel)))
				*fits |= try;
	}
	return true;
}

static const struct state_type state_name_hash = { .size = sizeof(unsigned int),
						   .learn = learn_hash };

/* --- the name --- */

/* __d_move() in fs/dcache.c makes d_seq odd while it exchanges names and parents. */
static bool is_moving(struct kernel *kernel, uint64_t dentry)
{
	uint64_t sequence;

	return kernel_read_member(kernel, dentry, DENTRY_SEQUENCE, &sequence, NULL) && sequence & 1;
}

/* __d_alloc() in fs/dcache.c: a NUL follows each name, and a name in d_iname fits there. */
static bool name_agrees(struct kernel *kernel, uint64_t dentry, uint64_t address, const char *name,
			size_t length, struct error *err)
{
	const struct member *own = kernel_member(kernel, DENTRY_OWN_NAME, NULL);
	const unsigned int *kind = kernel_learnt(kernel, &state_name_hash, NULL);
	uint64_t parent, hash, sb, other;
	uint8_t end;

	if (memchr(name, '\0', length) ||
	    (own && address == dentry + own->offset && length >= own->size) ||
	    (kernel_read(kernel, address + length, &end, 1, NULL) && end))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has a name of %zu bytes, but at %" PRIx64
			    " is a text of another length",
			    dentry, length, address);
	if (!kernel_read_member(kernel, dentry, DENTRY_PARENT, &parent, err))
		return false;
	if (kind && (*kind == HASH_OF_WORDS || *kind == HASH_OF_BYTES) &&
	    read_hash(kernel, dentry, parent, &hash) &&
	    !hash_fits(*kind, parent, hash, name, length, kernel_pointer_size(kernel)))
		return fail(err, ERROR_FORMAT,
			    "the dentry at %" PRIx64 " has the name %s and the d_parent %" PRIx64
			    ", but its hash is %" PRIx64 ": one of the three is damaged",
			    dentry, name, parent, hash);
	return !kernel_read_member(kernel, dentry, DENTRY_SB, &sb, NULL) ||
	       !kernel_read_member(kernel, parent, DENTRY_SB, &other, NULL) || !sb || !other ||
	       sb == other ||
	       fail(err, ERROR_FORMAT,
		    "the dentry at %" PRIx64 " has the d_parent %" PRIx64
		    ", which is in another file system: their d_sb differ",
		    dentry, parent);
}

bool dentry_name_read(struct kernel *kernel, uint64_t dentry, char name[DENTRY_NAME_ROOM],
		      size_t *length, struct error *err)
{
	uint64_t address;

	if (!read_name(kernel, dentry, name, length, &address, err))
		return false;
	/* A dump that is to be reduced must not keep the hash, which reveals the name, and in a reduced one
	 * the name may be a pseudonym. */
	if (!kernel->notes && !kernel->dump->format->running && !dump_is_reduced(kernel->dump))
		return is_moving(kernel, dentry) ||
		       name_agrees(kernel, dentry, address, name, *length, err);
	*length = strnlen(name, *length);
	return true;
}
