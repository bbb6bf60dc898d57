/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/printk/log.h"

#include <stdlib.h>

#include "kernel/kernel.h"
#include "linux/printk/log_reader.h"

/* --- the time of the boot --- */

/* Finds the wall-clock time of the boot, using the kernel's timekeeper. */

enum { TIMEKEEPER_SIZE = 1024, NSEC = 1000000000 };

/* Loads a struct timespec or timespec64, which consists of seconds and nanoseconds. *nsec: the time
 * since boot minus the wall-clock time. Fails unless it is negative. */
static bool load_difference(const uint8_t *at, size_t second_size, size_t word, int64_t *nsec)
{
	uint64_t part = load_le(at + second_size, word);
	int64_t second = (int64_t)load_le(at, second_size);

	if (second_size == 4)
		second = (int32_t)second;
	if (second >= 0 || second <= INT64_MIN / NSEC || part >= NSEC)
		return false;
	*nsec = second * NSEC + (int64_t)part;
	return true;
}

/* Searches the timekeeper for the difference between time since boot and wall-clock time. The
 * timekeeper contains the difference twice: as wall_to_monotonic, and directly after it (since 3.7
 * at the latest) as offs_real (tk_set_wall_to_mono() in kernel/time/timekeeping.c). offs_real is in
 * nanoseconds and has the opposite sign. Two such numbers are found even if types are missing, and
 * at any offset of the timekeeper in tk_core (3.17) or timekeeper_data (6.17). Seconds have 64 bits
 * on x86-64, and on all machines since 3.17. */
static bool log_epoch_search(struct kernel *kernel, uint64_t address, int64_t *nsec,
			     uint64_t *place)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[TIMEKEEPER_SIZE];

	if (!kernel_read(kernel, address, bytes, sizeof(bytes), NULL))
		return false;
	for (size_t second_size = word; second_size <= 8; second_size += 4)
		for (size_t at = 0; at + 24 <= sizeof(bytes); at += 4) {
			int64_t difference;

			if (!load_difference(bytes + at, second_size, word, &difference))
				continue;
			*nsec = -difference;
			*place = address + at;
			if (load_le64(bytes + at + second_size + word) == (uint64_t)*nsec)
				return true;
		}
	return false;
}

/* Reads the difference in kernels before 3.7, which have no offs_real. wall_to_monotonic is a
 * member of struct timekeeper, or before 3.4 a variable. */
static bool find_old(struct kernel *kernel, int64_t *nsec)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t address, offset;
	uint8_t bytes[16];

	if (kernel_symbol(kernel, "timekeeper", &address, NULL)) {
		if (!kernel_member_place(kernel, "timekeeper", "wall_to_monotonic",
					 (uint64_t)2 * word, &offset))
			return false;
		address += offset;
	} else if (!kernel_symbol(kernel, "wall_to_monotonic", &address, NULL)) {
		return false;
	}
	if (!kernel_read(kernel, address, bytes, (size_t)2 * word, NULL) ||
	    !load_difference(bytes, word, word, nsec))
		return false;
	*nsec = -*nsec;
	return true;
}

/* Finds the difference. Sets *place to the address of wall_to_monotonic. Sets *is_there to true if
 * the kernel has a timekeeper, even if the difference is not found. */
static bool find_difference(struct kernel *kernel, int64_t *nsec, uint64_t *place, bool *is_there)
{
	static const char *const names[] = { "tk_core", "timekeeper_data", "timekeeper" };
	uint64_t address;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!kernel_symbol(kernel, names[i], &address, NULL))
			continue;
		*is_there = true;
		if (log_epoch_search(kernel, address, nsec, place))
			return true;
	}
	return false;
}

/* Reads a number of the timekeeper. Sets *boot to the time of the boot. */
static bool read_timekeeper(struct kernel *kernel, const char *member, unsigned int size,
			    uint64_t *value, int64_t *boot)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t place, difference, offset;
	bool is_there;

	/* Seconds have 64 bits on all machines since 3.17: see log_epoch_search(). */
	return find_difference(kernel, boot, &place, &is_there) &&
	       (kernel_member_place(kernel, "timekeeper", "wall_to_monotonic", 8 + word,
				    &difference) ||
		kernel_member_place(kernel, "timekeeper", "wall_to_monotonic", (uint64_t)2 * word,
				    &difference)) &&
	       kernel_member_place(kernel, "timekeeper", member, size, &offset) &&
	       kernel_read_number(kernel, place - difference + offset, size, value, NULL);
}

bool log_clock(struct kernel *kernel, uint64_t *second)
{
	int64_t boot;

	return read_timekeeper(kernel, "xtime_sec", 8, second, &boot) && *second;
}

/* The fraction of the second has been in tkr_mono since 4.1 (876e78818def). Without it, the time is that
 * of the whole second. */
bool log_uptime(struct kernel *kernel, uint64_t *nsec)
{
	uint64_t second, part = 0, shift = 0;
	int64_t boot, other;

	if (!read_timekeeper(kernel, "xtime_sec", 8, &second, &boot) || second > UINT32_MAX)
		return false;
	if (!read_timekeeper(kernel, "tkr_mono.xtime_nsec", 8, &part, &other) ||
	    !read_timekeeper(kernel, "tkr_mono.shift", 4, &shift, &other) || shift > 63)
		part = 0;
	*nsec = second * 1000000000 + (part >> shift) - (uint64_t)boot;
	return (int64_t)*nsec > 0;
}

bool log_epoch(struct kernel *kernel, int64_t *nsec, struct error *err)
{
	bool is_there = false;
	struct error why;
	uint64_t place;

	if (find_difference(kernel, nsec, &place, &is_there))
		return true;
	if (find_old(kernel, nsec))
		return true;
	if (is_there)
		return fail(
			err, ERROR_UNKNOWN,
			"wall-clock times are not known, because the kernel's timekeeper is not in the dump, or its clock was not set");
	return fail(
		err, ERROR_UNKNOWN,
		"wall-clock times are not known, because no source of symbols has the kernel's timekeeper (tk_core); %.300s",
		kernel_symbol_advice(kernel, "tk_core", &why));
}

/* Reads the log. The variables that the kernel has show the format: prb since 5.10 (896fbe20b4e2),
 * log_first_idx since 3.5 (7ff9554bb578), only log_end before. */
static bool read_log(struct log_reader *reader, struct error *err)
{
	struct kernel *kernel = reader->kernel;
	uint64_t address;
	struct error why;

	if (log_symbol(kernel, "prb", &address, NULL))
		return log_read_ring(reader, address, err);
	if (log_symbol(kernel, "log_first_idx", &address, NULL))
		return log_read_records(reader, err);
	if (log_symbol(kernel, "log_end", &address, NULL))
		return log_read_text(reader, err);
	return fail(
		err, ERROR_UNKNOWN,
		"where the kernel keeps its log is not known, because no source of symbols has prb, log_first_idx or log_end; %.300s",
		kernel_symbol_advice(kernel, "prb", &why));
}

bool log_each(struct kernel *kernel, log_visit *visit, void *arg, struct damages *damages,
	      struct error *err)
{
	struct log_reader *reader = calloc(1, sizeof(*reader));
	bool found;

	if (!reader)
		return out_of_memory(err);
	reader->kernel = kernel;
	for (size_t i = 0; i < NR_LOG_WINDOWS; i++)
		reader->window[i].kernel = kernel;
	reader->visit = visit;
	reader->arg = arg;
	reader->damages = damages;
	found = read_log(reader, err);
	if (found)
		log_end_gap(reader);
	if (found && reader->ended && kernel_stopped(kernel))
		found = fail(err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
	free(reader);
	return found;
}
