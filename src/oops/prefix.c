/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/transport.h"

#include <ctype.h>
#include <string.h>

#include "oops/scan.h"

#define DIGITS "0123456789"

/* Each reader of a part returns the text after that part, or NULL if the text does not begin with it. */
typedef const char *part_reader(const char *at, struct prefix *prefix);

/* Reads a number and the character after it. Returns the text after both, or NULL. `at` may be NULL. */
static const char *read_number(const char *at, char end, uint64_t *value)
{
	const char *after = at ? scan_decimal(at, DECIMAL_DIGITS_MAX - 1, value) : NULL;

	return after && *after == end ? after + 1 : NULL;
}

/* Reads the number of a thread or a CPU, and returns `after`. Returns NULL if there is none, or `after` is NULL. */
static const char *take_caller(const char *at, char kind, const char *after, struct prefix *prefix)
{
	uint64_t number;

	if (!after || !scan_decimal(at, 9, &number))
		return NULL;
	prefix->caller_kind = kind;
	prefix->caller = (uint32_t)number;
	return after;
}

/* Skips the rest of what is in brackets, which is short. */
static const char *skip_bracket(const char *at)
{
	enum { MOST = 64 };
	const char *end = memchr(at, ']', strnlen(at, MOST));

	return end ? end + 1 : NULL;
}

/* Does the text have the form, in which each '0' stands for a digit? */
static bool has_form(const char *at, const char *form)
{
	for (; *form; at++, form++)
		if (*form == '0' ? !isdigit((unsigned char)*at) : *at != *form)
			return false;
	return true;
}

/* "03:04:05" as a word, or after the 'T' of ISO 8601. */
static bool is_clock(const char *line, const char *at)
{
	return has_form(at, "00:00:00") && !isdigit((unsigned char)at[8]) && at[8] != ':' &&
	       (at == line || strchr(" T[", at[-1]));
}

/* Finds the time of a day near the start of the line. Returns the text after it, and after its fraction
 * and time zone. *is_dmesg: the form of "dmesg --time-format iso". */
static const char *after_clock(const char *line, bool *is_dmesg)
{
	enum { MOST_BEFORE = 34 };
	const char *end = line + strnlen(line, MOST_BEFORE), *colon = line;

	for (; (colon = memchr(colon, ':', (size_t)(end - colon))); colon++) {
		const char *at = colon - 2;

		if (colon - line < 2 || !is_clock(line, at))
			continue;
		*is_dmesg = at > line && at[-1] == 'T' && at[8] == ',';
		return at + 8 + strspn(at + 8, DIGITS ".,:+-Z");
	}
	return NULL;
}

/* --- what the kernel prints --- */

/* "[  812.402113]" (print_time() in kernel/printk/printk.c). Some phones print "[  812.402113s]" or
 * "[  812.402113 / 01-02 03:04:05.678]", other kernels "[812.402113,06]" or "[812.402113:6]", "dmesg -d" prints "[  812.402113 <    0.000003>]". */
static const char *read_time(const char *at, struct prefix *prefix)
{
	uint64_t seconds, part = 0;
	const char *after;
	size_t nr;

	if (prefix->has_time || *at != '[')
		return NULL;
	after = read_number(skip_blanks(at + 1), '.', &seconds);
	/* 64 bits of nanoseconds: a clock that is still negative has 11 digits */
	if (!after || seconds > UINT64_MAX / 1000000000)
		return NULL;
	nr = strspn(after, DIGITS);
	for (size_t i = 0; i < 6; i++)
		part = part * 10 + (i < nr ? (uint64_t)(after[i] - '0') : 0);
	if (!nr || nr > 9)
		return NULL;
	after += nr;
	after += *after == 's';
	if (*after == ',' || *after == ':') /* the CPU */
		after += 1 + strspn(after + 1, DIGITS);
	if (*after != ']' && !starts_with(after, " / ") && !starts_with(after, " <"))
		return NULL;
	after = skip_bracket(after);
	if (after) {
		prefix->has_time = true;
		prefix->usec = seconds * 1000000 + part;
	}
	return after;
}

/* "1276.705430:   <1> (01-28 07:22:33.304698634) " of phones */
static const char *read_bare_time(const char *at, struct prefix *prefix)
{
	uint64_t seconds, usec, level;
	const char *part = read_number(at, '.', &seconds), *after;

	if (!part || prefix->found || seconds > UINT64_MAX / 1000000000 ||
	    !has_form(part, "000000: "))
		return NULL;
	after = skip_blanks(read_number(part, ':', &usec));
	after = *after == '<' ? read_number(after + 1, '>', &level) : NULL;
	after = after && starts_with(after, " (") ? strchr(after, ')') : NULL;
	if (!after)
		return NULL;
	prefix->has_time = true;
	prefix->usec = seconds * 1000000 + usec;
	return after + 1 + (after[1] == ' ');
}

/* "[  T2417]" or "[    C3]" (print_caller()); kernels of phones print "[T2417@C3]", too. */
static const char *read_caller(const char *at, struct prefix *prefix)
{
	const char *kind = *at == '[' ? skip_blanks(at + 1) : at, *after;

	if (kind == at || (*kind != 'T' && *kind != 'C'))
		return NULL;
	after = kind + 1 + strspn(kind + 1, DIGITS);
	if (*after != ']' && *after != '@')
		return NULL;
	return take_caller(kind + 1, *kind, skip_bracket(after), prefix);
}

/* "[pid:1204,cpu5,lightd]", "(5)[1204:lightd]" and "[5:  lightd: 1204]" of phones. */
static const char *read_thread(const char *at, struct prefix *prefix)
{
	const char *number = after_start(at, "[pid:"), *after;
	uint64_t cpu;

	if (number) {
		prefix->is_glued = true;
		return take_caller(number, 'T', skip_bracket(number), prefix);
	}
	if (!prefix->has_time)
		return NULL;
	at = skip_blanks(at);
	if (*at == '(') {
		after = read_number(at + 1, ')', &cpu);
		if (!after || *after != '[')
			return NULL;
		prefix->is_glued = true;
		return take_caller(after + 1, 'T', skip_bracket(after), prefix);
	}
	after = *at == '[' ? read_number(skip_blanks(at + 1), ':', &cpu) : NULL;
	if (!after || *after != ' ' || !(after = skip_bracket(after)))
		return NULL;
	for (number = after - 1; isdigit((unsigned char)number[-1]);)
		number--;
	return number[-1] == ' ' || number[-1] == ':' ? take_caller(number, 'T', after, prefix) :
							NULL;
}

/* A date in brackets, as of "dmesg -T", of "dmesg -e" and of programs that read a serial line. */
static const char *read_date(const char *at, struct prefix *prefix)
{
	const char *end = *at == '[' ? skip_bracket(at) : NULL, *after;
	bool is_dmesg;

	(void)prefix;
	if (!end)
		return NULL;
	after = after_clock(at, &is_dmesg);
	if (after && after < end)
		return end;
	after = skip_blanks(at + 1);
	if (*after == '+' && isdigit((unsigned char)after[1])) /* "[  +0.000003]" */
		return after + 1 + strspn(after + 1, DIGITS ".") == end - 1 ? end : NULL;
	/* "[Jan 2 03:04]", "[Jan12 03:04]" */
	return end - at > 12 && (at[4] == ' ' || isdigit((unsigned char)at[4])) &&
			       has_form(end - 6, "00:00]") &&
			       isdigit((unsigned char)at[5 + (at[5] == ' ')]) ?
		       end :
		       NULL;
}

/* "<4>": the level of "dmesg -r" and /proc/kmsg. "<48> 8b" are bytes of code. */
static const char *read_level(const char *at, struct prefix *prefix)
{
	uint64_t level;
	const char *after = *at == '<' ? read_number(at + 1, '>', &level) : NULL;

	(void)prefix;
	if (!after || after - at > 5)
		return NULL;
	return (after - at == 3 && level < 8) || (*after && *after != ' ') ? after : NULL;
}

/* "kern  :alert : " of "dmesg -x". */
static const char *read_words(const char *at, struct prefix *prefix)
{
	static const char facilities[] = "kern|user|daemon|syslog|auth|local";
	static const char levels[] = "emerg|alert|crit|err|warn|notice|info|debug";
	const char *after = after_any(at, facilities);

	(void)prefix;
	if (!after)
		return NULL;
	after += strspn(after, DIGITS);
	after = skip_blanks(after);
	after = *after == ':' ? after_any(after + 1, levels) : NULL;
	if (after)
		after = skip_blanks(after);
	return after ? after_start(after, ": ") : NULL;
}

/* "4,2101,734118203,-,caller=T12;" (info_print_ext_header()), or with the release before it and ",ncfrag=0/1200"
 * at its end (drivers/net/netconsole.c). */
static const char *read_record(const char *at, struct prefix *prefix)
{
	uint64_t level, sequence, usec;
	const char *after = at + strspn(at, DIGITS), *end;

	if (after == at || prefix->has_time)
		return NULL;
	if (*after == '.' && (end = strchr(after, ',')))
		at = end + 1;
	after = read_number(read_number(read_number(at, ',', &level), ',', &sequence), ',', &usec);
	if (!after || !*after || !strchr("-c+", *after) || (after[1] != ';' && after[1] != ',') ||
	    !(end = strchr(after, ';')))
		return NULL;
	prefix->of_record = prefix->has_time = true;
	prefix->usec = usec;
	prefix->sequence = sequence;
	prefix->flag = *after;
	for (; after < end && (after = memchr(after, ',', (size_t)(end - after))); after++) {
		const char *caller = after_start(after, ",caller="),
			   *part = after_start(after, ",ncfrag=");

		if (caller && (*caller == 'T' || *caller == 'C'))
			take_caller(caller + 1, *caller, end, prefix);
		if (part)
			prefix->is_fragment = *part != '0' || part[1] != '/';
	}
	return end + 1;
}

/* Before 4.16 the console has this text and the line after it in one line (console_unlock()). */
static const char *read_gap(const char *at, struct prefix *prefix)
{
	uint64_t nr;
	const char *after = read_number(after_start(at, "** "), ' ', &nr);

	after = after ? after_start(after, "printk messages dropped **") : NULL;
	if (!after || !*after)
		return NULL;
	after += *after == ' ';
	prefix->has_time &= *after != '['; /* the time of the line after it follows */
	return after;
}

/* The number of the line, as an editor or a viewer shows it: "1146  <0>[33685.629591] ". */
static const char *read_line_number(const char *at, struct prefix *prefix)
{
	size_t nr = strspn(at, DIGITS);
	const char *after = at + nr + (at[nr] == ':' || at[nr] == '|'), *time;
	struct prefix other = { 0 };

	if (!nr || nr > 7 || prefix->found || (*after != ' ' && *after != '\t'))
		return NULL;
	after = skip_blanks(after);
	time = read_level(after, &other);
	return read_time(time ? time : after, &other) ? after : NULL;
}

/* --- what loggers print --- */

/* "Jan  2 03:04:05 host kernel: " in all forms of syslog and of the journal: the month may be of any language, the
 * date of ISO 8601, and a time zone may be before the host. RFC 5424 has "1 DATE host kernel - - - ". */
static const char *read_logger(const char *at, struct prefix *prefix)
{
	static const char *const programs[] = { " kernel: ", " kernel - - - " };
	enum { MOST_HOST = 80 };
	bool is_dmesg;
	const char *after = after_clock(at, &is_dmesg), *end;
	struct prefix other = { 0 };

	if (!after || *after != ' ')
		return NULL;
	if (is_dmesg)
		return after + 1;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		end = text_find(after, strnlen(after, MOST_HOST), programs[i]);
		if (end && !text_find(after, (size_t)(end - after), ": ") &&
		    !memchr(after, '[', (size_t)(end - after))) {
			prefix->of_logger = true;
			return end + strlen(programs[i]);
		}
	}
	/* A program that reads a serial line put only the time before the kernel's; rsyslog that receives
	 * netconsole puts the time and the sender, but no tag. */
	after = skip_blanks(after);
	if (!read_time(after, &other))
		after = skip_blanks(after + strcspn(after, " "));
	return other.has_time || read_time(after, &other) ? after : NULL;
}

/* "kernel: " without a date, or with the host: "[  812.402113] host kernel: " of "journalctl -o short-monotonic". */
static const char *read_program(const char *at, struct prefix *prefix)
{
	static const char program[] = "kernel: ";
	const char *after = after_start(at, program);
	size_t host = strcspn(at, " :[");
	struct prefix other = { 0 };

	if (!after && host && at[host] == ' ') {
		after = after_start(at + host + 1, program);
		if (after && !prefix->has_time && !read_time(after, &other))
			return NULL;
	}
	/* "kernel:         6.1.0-18-amd64" of abrt is no prefix */
	if (!after || prefix->of_logger || starts_with(after, "        "))
		return NULL;
	prefix->of_logger = true;
	return after;
}

/* A prompt or name before the kernel's time: "[root@host ~]# [  812.402113] ", "host login: [  812.402113] ", and
 * " kernel:[  812.402113] " of syslogd's messages to terminals. */
static const char *read_prompt(const char *at, struct prefix *prefix)
{
	enum { MOST = 64 };
	const char *end = at + strnlen(at, MOST), *time = at, *before;
	struct prefix other = { 0 };

	for (; !prefix->found && (time = memchr(time, '[', (size_t)(end - time))); time++) {
		for (before = time; before > at && before[-1] == ' ';)
			before--;
		if (before > at && strchr("#$:", before[-1]) && read_time(time, &other))
			return time;
	}
	return NULL;
}

const char *prefix_read(const char *line, struct prefix *prefix)
{
	static part_reader *const readers[] = { read_bare_time,	 read_time,  read_caller,
						read_thread,	 read_date,  read_level,
						read_record,	 read_words, read_logger,
						read_program,	 read_gap,   read_prompt,
						read_line_number };
	const char *at = skip_blanks(line), *next = at;

	*prefix = (struct prefix){ 0 };
	while (next) {
		next = NULL;
		for (size_t i = 0; !next && i < sizeof(readers) / sizeof(*readers); i++) {
			next = readers[i](at, prefix);
			if (!next && prefix->found && *at == ' ')
				next = readers[i](at + 1, prefix);
		}
		prefix->found |= next != NULL;
		at = next ? next : at;
		if (prefix->of_record)
			return at;
	}
	if (!prefix->found)
		return line;
	return at + (at[-1] == ']' && *at == ' ' && !prefix->is_glued);
}
