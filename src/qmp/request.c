/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name of QEMU's command, and the start of a line of the monitor for users. */
static const struct {
	const char *name, *line;
} commands[NR_QMP_COMMANDS] = {
	[QMP_CAPABILITIES] = { "qmp_capabilities", NULL },
	[QMP_STATUS] = { "query-status", NULL },
	[QMP_STOP] = { "stop", NULL },
	[QMP_CONT] = { "cont", NULL },
	[QMP_TAKE_NOTES] = { "getfd", NULL },
	[QMP_DUMP_NOTES] = { "dump-guest-memory", NULL },
	[QMP_TAKE_MEMORY] = { "add-fd", NULL },
	[QMP_COPY_MEMORY] = { "pmemsave", NULL },
	[QMP_DROP_MEMORY] = { "remove-fd", NULL },
	[QMP_RANGES] = { "human-monitor-command", "info mtree -f" },
	[QMP_ADDRESS] = { "human-monitor-command", "gpa2hva" },
	[QMP_WORDS] = { "human-monitor-command", "xp /2gx" },
};

const char *qmp_command_name(enum qmp_command command)
{
	return commands[command].line ?: commands[command].name;
}

static bool qmp_may(const struct qmp_request *request, const struct qmp_rules *rules)
{
	/* QEMU's numbers are signed. */
	if (request->command >= NR_QMP_COMMANDS || request->paddr > INT64_MAX)
		return false;
	switch ((enum qmp_command)request->command) {
	case QMP_STOP: return rules->may_stop;
	case QMP_CONT: return rules->stopped;
	case QMP_TAKE_MEMORY: return !rules->had_memory;
	case QMP_COPY_MEMORY:
		return rules->remote >= 0 && request->size && request->size <= QMP_LARGEST_COPY;
	case QMP_DROP_MEMORY: return rules->set >= 0;
	default: return true;
	}
}

/* Writes the value of "arguments", or "". */
static void qmp_put_arguments(const struct qmp_request *request, const struct qmp_rules *rules,
			      char *text, size_t size)
{
	switch ((enum qmp_command)request->command) {
	case QMP_TAKE_NOTES: snprintf(text, size, "{\"fdname\":\"kwalk\"}"); return;
	case QMP_DUMP_NOTES:
		snprintf(text, size,
			 "{\"paging\":false,\"protocol\":\"fd:kwalk\",\"begin\":%" PRIu64
			 ",\"length\":4096}",
			 request->paddr);
		return;
	case QMP_COPY_MEMORY:
		/* QEMU opens its descriptor by a path, because this command has no other form:
		 * qmp_pmemsave() of softmmu/cpus.c. No name of a file is created. */
		snprintf(text, size,
			 "{\"val\":%" PRIu64 ",\"size\":%" PRIu64
			 ",\"filename\":\"/proc/self/fd/%" PRId64 "\"}",
			 request->paddr, request->size, rules->remote);
		return;
	case QMP_DROP_MEMORY:
		snprintf(text, size, "{\"fdset-id\":%" PRId64 "}", rules->set);
		return;
	case QMP_RANGES:
		snprintf(text, size, "{\"command-line\":\"%s\"}", commands[QMP_RANGES].line);
		return;
	case QMP_ADDRESS:
	case QMP_WORDS:
		snprintf(text, size, "{\"command-line\":\"%s 0x%" PRIx64 "\"}",
			 commands[request->command].line, request->paddr);
		return;
	default: *text = '\0';
	}
}

bool qmp_request_text(const struct qmp_request *request, const struct qmp_rules *rules,
		      const char *id, char text[QMP_REQUEST_TEXT])
{
	char arguments[QMP_REQUEST_TEXT / 2];

	if (!qmp_may(request, rules))
		return false;
	qmp_put_arguments(request, rules, arguments, sizeof(arguments));
	snprintf(text, QMP_REQUEST_TEXT, "{\"execute\":\"%s\"%s%s,\"id\":%s}",
		 commands[request->command].name, *arguments ? ",\"arguments\":" : "", arguments,
		 id);
	return true;
}

void qmp_rules_note(struct qmp_rules *rules, const struct qmp_request *request)
{
	switch ((enum qmp_command)request->command) {
	case QMP_STOP:
		rules->stopped = true;
		rules->awaits_continued = false;
		break;
	case QMP_CONT: rules->awaits_continued = true; break;
	case QMP_TAKE_MEMORY: rules->had_memory = rules->awaits_numbers = true; break;
	case QMP_DROP_MEMORY:
		rules->remote = rules->set = -1;
		rules->awaits_numbers = false;
		break;
	default: break;
	}
}

/* Finds the number that follows the key. Returns -1 if there is none. */
static int64_t number_after(const char *line, const char *key)
{
	const char *at = strstr(line, key);
	char *end;
	long long number;

	if (!at)
		return -1;
	at += strlen(key);
	at += strspn(at, " ");
	number = strtoll(at, &end, 10);
	return end > at && number >= 0 && number <= INT32_MAX ? number : -1;
}

void qmp_rules_note_reply(struct qmp_rules *rules, const char *line)
{
	int64_t set = number_after(line, "\"fdset-id\":"), fd = number_after(line, "\"fd\":");
	bool done = strstr(line, "\"return\":"), failed = strstr(line, "\"error\":");

	if (rules->awaits_continued && (done || failed)) {
		rules->stopped = !done;
		rules->awaits_continued = false;
	}
	if (!rules->awaits_numbers || set < 0 || fd < 0 || !done)
		return;
	rules->awaits_numbers = false;
	rules->remote = fd;
	rules->set = set;
}
