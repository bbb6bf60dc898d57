/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/special.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* --- errors --- */

/* From include/uapi/asm-generic/errno-base.h and errno.h. Numbers from 512 on are from
 * include/linux/errno.h. */
// clang-format off
static const struct {
	short number;
	char name[22];
} errors[] = {
	{ 1, "EPERM" }, { 2, "ENOENT" }, { 3, "ESRCH" }, { 4, "EINTR" },
	{ 5, "EIO" }, { 6, "ENXIO" }, { 7, "E2BIG" }, { 8, "ENOEXEC" },
	{ 9, "EBADF" }, { 10, "ECHILD" }, { 11, "EAGAIN" }, { 12, "ENOMEM" },
	{ 13, "EACCES" }, { 14, "EFAULT" }, { 15, "ENOTBLK" }, { 16, "EBUSY" },
	{ 17, "EEXIST" }, { 18, "EXDEV" }, { 19, "ENODEV" }, { 20, "ENOTDIR" },
	{ 21, "EISDIR" }, { 22, "EINVAL" }, { 23, "ENFILE" }, { 24, "EMFILE" },
	{ 25, "ENOTTY" }, { 26, "ETXTBSY" }, { 27, "EFBIG" }, { 28, "ENOSPC" },
	{ 29, "ESPIPE" }, { 30, "EROFS" }, { 31, "EMLINK" }, { 32, "EPIPE" },
	{ 33, "EDOM" }, { 34, "ERANGE" }, { 35, "EDEADLK" },
	{ 36, "ENAMETOOLONG" }, { 37, "ENOLCK" }, { 38, "ENOSYS" },
	{ 39, "ENOTEMPTY" }, { 40, "ELOOP" }, { 42, "ENOMSG" },
	{ 43, "EIDRM" }, { 44, "ECHRNG" }, { 45, "EL2NSYNC" },
	{ 46, "EL3HLT" }, { 47, "EL3RST" }, { 48, "ELNRNG" },
	{ 49, "EUNATCH" }, { 50, "ENOCSI" }, { 51, "EL2HLT" }, { 52, "EBADE" },
	{ 53, "EBADR" }, { 54, "EXFULL" }, { 55, "ENOANO" }, { 56, "EBADRQC" },
	{ 57, "EBADSLT" }, { 59, "EBFONT" }, { 60, "ENOSTR" },
	{ 61, "ENODATA" }, { 62, "ETIME" }, { 63, "ENOSR" }, { 64, "ENONET" },
	{ 65, "ENOPKG" }, { 66, "EREMOTE" }, { 67, "ENOLINK" }, { 68, "EADV" },
	{ 69, "ESRMNT" }, { 70, "ECOMM" }, { 71, "EPROTO" },
	{ 72, "EMULTIHOP" }, { 73, "EDOTDOT" }, { 74, "EBADMSG" },
	{ 75, "EOVERFLOW" }, { 76, "ENOTUNIQ" }, { 77, "EBADFD" },
	{ 78, "EREMCHG" }, { 79, "ELIBACC" }, { 80, "ELIBBAD" },
	{ 81, "ELIBSCN" }, { 82, "ELIBMAX" }, { 83, "ELIBEXEC" },
	{ 84, "EILSEQ" }, { 85, "ERESTART" }, { 86, "ESTRPIPE" },
	{ 87, "EUSERS" }, { 88, "ENOTSOCK" }, { 89, "EDESTADDRREQ" },
	{ 90, "EMSGSIZE" }, { 91, "EPROTOTYPE" }, { 92, "ENOPROTOOPT" },
	{ 93, "EPROTONOSUPPORT" }, { 94, "ESOCKTNOSUPPORT" },
	{ 95, "EOPNOTSUPP" }, { 96, "EPFNOSUPPORT" }, { 97, "EAFNOSUPPORT" },
	{ 98, "EADDRINUSE" }, { 99, "EADDRNOTAVAIL" }, { 100, "ENETDOWN" },
	{ 101, "ENETUNREACH" }, { 102, "ENETRESET" }, { 103, "ECONNABORTED" },
	{ 104, "ECONNRESET" }, { 105, "ENOBUFS" }, { 106, "EISCONN" },
	{ 107, "ENOTCONN" }, { 108, "ESHUTDOWN" }, { 109, "ETOOMANYREFS" },
	{ 110, "ETIMEDOUT" }, { 111, "ECONNREFUSED" }, { 112, "EHOSTDOWN" },
	{ 113, "EHOSTUNREACH" }, { 114, "EALREADY" }, { 115, "EINPROGRESS" },
	{ 116, "ESTALE" }, { 117, "EUCLEAN" }, { 118, "ENOTNAM" },
	{ 119, "ENAVAIL" }, { 120, "EISNAM" }, { 121, "EREMOTEIO" },
	{ 122, "EDQUOT" }, { 123, "ENOMEDIUM" }, { 124, "EMEDIUMTYPE" },
	{ 125, "ECANCELED" }, { 126, "ENOKEY" }, { 127, "EKEYEXPIRED" },
	{ 128, "EKEYREVOKED" }, { 129, "EKEYREJECTED" }, { 130, "EOWNERDEAD" },
	{ 131, "ENOTRECOVERABLE" }, { 132, "ERFKILL" }, { 512, "ERESTARTSYS" },
	{ 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
	{ 515, "ENOIOCTLCMD" }, { 516, "ERESTART_RESTARTBLOCK" },
	{ 517, "EPROBE_DEFER" }, { 518, "EOPENSTALE" }, { 519, "ENOPARAM" },
	{ 521, "EBADHANDLE" }, { 522, "ENOTSYNC" }, { 523, "EBADCOOKIE" },
	{ 524, "ENOTSUPP" }, { 525, "ETOOSMALL" }, { 526, "ESERVERFAULT" },
	{ 527, "EBADTYPE" }, { 528, "EJUKEBOX" }, { 529, "EIOCBQUEUED" },
	{ 530, "ERECALLCONFLICT" }, { 531, "ENOGRACE" },
};
// clang-format on

const char *error_name(int number)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == number)
			return errors[i].name;
	return NULL;
}

int error_number(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].number;
	return 0;
}

/* MAX_ERRNO in include/linux/err.h */
enum { LAST_ERROR = 4095 };

static bool find_error(uint64_t value, unsigned int word, struct value_meaning *meaning)
{
	uint64_t number = word == 8 ? -value : (uint32_t)-value;

	meaning->is_int = false;
	/* A function that returns an int sets the upper half of a 64-bit register to 0. */
	if (word == 8 && value >> 32 == 0) {
		number = (uint32_t)-value;
		meaning->is_int = true;
	}
	if (!number || number > LAST_ERROR || (meaning->is_int && !error_name((int)number)))
		return false;
	meaning->kind = VALUE_ERROR;
	meaning->error = (int)number;
	meaning->name = error_name((int)number);
	return true;
}

/* --- poison: include/linux/poison.h --- */

struct poison {
	uint64_t value;
	const char *name, *what;
};

#define DELETED_NEXT "the next pointer of an entry that was deleted from a list"
#define DELETED_PREV "the previous pointer of an entry that was deleted from a list"

/* Poison pointers, before POISON_POINTER_DELTA is added. Before 4.3 (8a5e5e02fc83) LIST_POISON1 was
 * 0x100100, and LIST_POISON2 was 0x200200. */
static const struct poison pointers[] = {
	{ 0x100, "LIST_POISON1", DELETED_NEXT },
	{ 0x122, "LIST_POISON2", DELETED_PREV },
	{ 0x200, "LIST_POISON2", DELETED_PREV },
	{ 0x300, "TIMER_ENTRY_STATIC", "the mark of a timer that is in no list" },
	{ 0x400, "TAIL_MAPPING", "the mapping of a tail page of a compound page" },
	{ 0x100100, "LIST_POISON1", DELETED_NEXT },
	{ 0x200200, "LIST_POISON2", DELETED_PREV },
};

/* Poison values that consist of the same byte repeated. */
static const struct poison patterns[] = {
	{ 0x6b, "POISON_FREE", "read from a slab object that was freed" },
	{ 0x5a, "POISON_INUSE", "read from a slab object that was not initialised" },
	{ 0xbb, "SLUB_RED_INACTIVE", "the red zone of a free slab object" },
	{ 0xcc, "SLUB_RED_ACTIVE",
	  "the red zone of a slab object in use, or freed memory of the kernel's init sections" },
	{ 0xaa, "PAGE_POISON", "read from a page that was freed" },
};

/* Other poison values. STACKLEAK_POISON is from include/linux/stackleak.h, STACK_END_MAGIC from
 * include/uapi/linux/magic.h, SPINLOCK_MAGIC from include/linux/spinlock_types_raw.h. */
static const struct poison numbers[] = {
	{ 0xa56b6b6b6b6b6b6b, "POISON_END", "the end of a slab object that was freed" },
	{ 0x09f911029d74e35b, "RED_INACTIVE", "the red zone of a free slab object" },
	{ 0xd84156c5635688c0, "RED_ACTIVE", "the red zone of a slab object in use" },
	{ 0xffffffffffff4111, "STACKLEAK_POISON", "stack that was erased" },
	{ 0x57ac6e9d, "STACK_END_MAGIC", "the mark at the end of a stack" },
	{ 0xdead4ead, "SPINLOCK_MAGIC", "the mark of a spinlock" },
};

/* CONFIG_ILLEGAL_POINTER_VALUE on x86-64 since 2.6.33. On i386 it is 0. */
#define POINTER_DELTA UINT64_C(0xdead000000000000)

/* If a value is at most this far from a poison pointer, it was probably computed from the poison
 * pointer. Code that uses a poison pointer as the address of a struct accesses a member, which is
 * at a higher address. Code that uses a poison pointer as the address of a member computes the
 * start of the struct, which is at a lower address. */
enum { MOST_OFFSET = 0x1000 };

static int64_t distance(uint64_t value, uint64_t from)
{
	return (int64_t)(value - from);
}

static uint64_t magnitude(int64_t offset)
{
	return offset < 0 ? -(uint64_t)offset : (uint64_t)offset;
}

static void set_poison(struct value_meaning *meaning, const struct poison *poison, int64_t offset)
{
	meaning->kind = VALUE_POISON;
	meaning->name = poison->name;
	meaning->what = poison->what;
	meaning->offset = offset;
}

/* Is the value a poison pointer, or near one? Code that uses a poison pointer as the address of a
 * struct computes the address of a member, which is near the poison pointer. */
static bool find_pointer(uint64_t value, unsigned int word, struct value_meaning *meaning)
{
	bool moved = word == 8 && value >> 32;
	uint64_t delta = moved ? POINTER_DELTA : 0;

	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		const struct poison *poison = &pointers[i];
		int64_t offset = distance(value, poison->value + delta);

		/* Do not recognise a small number: it may have many other meanings. */
		if (!moved && word == 8 && poison->value < 0x1000)
			continue;
		if (magnitude(offset) > (moved ? MOST_OFFSET : 0))
			continue;
		if (meaning->kind == VALUE_NONE || !offset) {
			set_poison(meaning, poison, offset);
			meaning->other = NULL;
			if (!offset)
				return true;
		} else if (!meaning->other && strcmp(poison->name, meaning->name) != 0) {
			meaning->other = poison->name;
			meaning->other_offset = offset;
		}
	}
	return meaning->kind == VALUE_POISON;
}

static bool find_pattern(uint64_t value, unsigned int word, struct value_meaning *meaning)
{
	uint64_t ones = word == 8 ? UINT64_C(0x0101010101010101) : 0x01010101;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		int64_t offset = distance(value, patterns[i].value * ones);

		/* The value may be a 32-bit member that was extended with zeros. */
		if (value >> 32 == 0 && value == patterns[i].value * UINT64_C(0x01010101))
			offset = 0;
		if (offset < 0 || offset > MOST_OFFSET)
			continue;
		set_poison(meaning, &patterns[i], offset);
		return true;
	}
	return false;
}

static bool value_find_number(uint64_t value, unsigned int word, struct value_meaning *meaning)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (value != (word == 8 ? numbers[i].value : (uint32_t)numbers[i].value) ||
		    (word == 4 && numbers[i].value >> 32 && numbers[i].value >> 32 != UINT32_MAX))
			continue;
		set_poison(meaning, &numbers[i], 0);
		return true;
	}
	return false;
}

struct value_meaning special_value(uint64_t value, unsigned int word)
{
	struct value_meaning meaning = { .kind = VALUE_NONE };

	if (!value_find_number(value, word, &meaning) && !find_pattern(value, word, &meaning) &&
	    !find_pointer(value, word, &meaning))
		find_error(value, word, &meaning);
	return meaning;
}

/* --- text --- */

bool special_spells(uint64_t value, unsigned int word, char text[VALUE_SPELLED])
{
	size_t least = word == 8 ? 6 : word, nr = 0;

	for (; value; value >>= 8) {
		unsigned char c = value & 0xff;

		if (nr == word || !(isalnum(c) || (c && strchr("_-./: ", c))))
			return false;
		text[nr++] = (char)c;
	}
	text[nr] = '\0';
	return nr >= least;
}

void special_looks(uint64_t value, unsigned int word, char text[VALUE_LOOKS])
{
	struct value_meaning meaning = special_value(value, word);
	char spelled[VALUE_SPELLED];

	*text = '\0';
	if (meaning.kind == VALUE_POISON)
		snprintf(text, VALUE_LOOKS, ", %s", meaning.name);
	else if (special_spells(value, word, spelled))
		snprintf(text, VALUE_LOOKS, ", the text \"%s\"", spelled);
}
