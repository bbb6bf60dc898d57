/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kwalk may ask of QEMU. */
#include <stdint.h>

#include "qmp/request.h"

#include "unit.h"

static const struct qmp_rules new_rules = { .remote = -1, .set = -1 };

static void expect_text(const struct qmp_rules *rules, enum qmp_command command, uint64_t paddr,
			uint64_t size, const char *expected)
{
	const struct qmp_request request = { command, 7, paddr, size };
	char text[QMP_REQUEST_TEXT] = "";

	assert_int_equal(qmp_request_text(&request, rules, "7", text), expected != NULL);
	assert_string_equal(text, expected ? expected : "");
}

static void commands_have_one_form(void **state)
{
	struct qmp_rules rules = { .may_stop = true, .stopped = true, .remote = 17, .set = 3 };

	(void)state;
	expect_text(&rules, QMP_CAPABILITIES, 5, 5, "{\"execute\":\"qmp_capabilities\",\"id\":7}");
	expect_text(&rules, QMP_STATUS, 0, 0, "{\"execute\":\"query-status\",\"id\":7}");
	expect_text(&rules, QMP_STOP, 0, 0, "{\"execute\":\"stop\",\"id\":7}");
	expect_text(&rules, QMP_CONT, 0, 0, "{\"execute\":\"cont\",\"id\":7}");
	expect_text(&rules, QMP_TAKE_NOTES, 0, 0,
		    "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"kwalk\"},\"id\":7}");
	expect_text(
		&rules, QMP_DUMP_NOTES, 0x1000, 0,
		"{\"execute\":\"dump-guest-memory\",\"arguments\":{\"paging\":false,\"protocol\":\"fd:kwalk\",\"begin\":4096,\"length\":4096},\"id\":7}");
	expect_text(&rules, QMP_TAKE_MEMORY, 0, 0, "{\"execute\":\"add-fd\",\"id\":7}");
	expect_text(
		&rules, QMP_COPY_MEMORY, INT64_MAX, QMP_LARGEST_COPY,
		"{\"execute\":\"pmemsave\",\"arguments\":{\"val\":9223372036854775807,\"size\":65536,\"filename\":\"/proc/self/fd/17\"},\"id\":7}");
	expect_text(&rules, QMP_DROP_MEMORY, 0, 0,
		    "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":3},\"id\":7}");
	expect_text(
		&rules, QMP_RANGES, 1, 0,
		"{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"info mtree -f\"},\"id\":7}");
	expect_text(
		&rules, QMP_ADDRESS, INT64_MAX, 0,
		"{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"gpa2hva 0x7fffffffffffffff\"},\"id\":7}");
	expect_text(
		&rules, QMP_WORDS, 0xabc, 0,
		"{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"xp /2gx 0xabc\"},\"id\":7}");
}

static void all_else_is_forbidden(void **state)
{
	struct qmp_rules rules = new_rules;

	(void)state;
	expect_text(&rules, NR_QMP_COMMANDS, 0, 0, NULL);
	expect_text(&rules, (enum qmp_command)0xffffffff, 0, 0, NULL);
	expect_text(&rules, QMP_WORDS, UINT64_C(1) << 63, 0, NULL);
	expect_text(&rules, QMP_STOP, 0, 0, NULL);
	/* Only a guest that kwalk has stopped is continued. */
	expect_text(&rules, QMP_CONT, 0, 0, NULL);
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_STOP });
	expect_text(&rules, QMP_CONT, 0, 0, "{\"execute\":\"cont\",\"id\":7}");
	/* An error says that it was not continued. */
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_CONT });
	qmp_rules_note_reply(&rules, "{\"event\": \"RTC_CHANGE\"}");
	qmp_rules_note_reply(&rules, "{\"id\": 7, \"error\": {\"desc\": \"no\"}}");
	qmp_rules_note_reply(&rules, "{\"return\": {}, \"id\": 8}");
	expect_text(&rules, QMP_CONT, 0, 0, "{\"execute\":\"cont\",\"id\":7}");
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_CONT });
	expect_text(&rules, QMP_CONT, 0, 0, "{\"execute\":\"cont\",\"id\":7}");
	qmp_rules_note_reply(&rules, "{\"return\": {}, \"id\": 9}");
	expect_text(&rules, QMP_CONT, 0, 0, NULL);
	/* The reply to QMP_CONT does not say that it was not stopped again. */
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_STOP });
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_CONT });
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_STOP });
	qmp_rules_note_reply(&rules, "{\"return\": {}, \"id\": 9}");
	expect_text(&rules, QMP_CONT, 0, 0, "{\"execute\":\"cont\",\"id\":7}");
}

static const char both[] = "{\"return\": {\"fdset-id\": 3, \"fd\": 17}, \"id\": 5}";

static void note_reply(struct qmp_rules *rules, const char *line, int64_t remote)
{
	qmp_rules_note_reply(rules, line);
	assert_int_equal(rules->remote, remote);
	assert_int_equal(rules->set, remote < 0 ? -1 : 3);
}

static void memory_is_copied_to_one_file_alone(void **state)
{
	struct qmp_rules rules = new_rules;

	(void)state;
	expect_text(&rules, QMP_COPY_MEMORY, 0, 8, NULL);
	expect_text(&rules, QMP_DROP_MEMORY, 0, 0, NULL);
	/* QEMU was not asked. */
	note_reply(&rules, both, -1);
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_TAKE_MEMORY });
	note_reply(&rules, "{\"event\": \"fd\", \"data\": {\"fdset-id\": 3, \"fd\": 17}}", -1);
	note_reply(&rules, "{\"return\": {\"fdset-id\": 3}}", -1);
	note_reply(&rules, "{\"return\": {\"fdset-id\": 3, \"fd\": -1}}", -1);
	note_reply(&rules, "{\"return\": {\"fdset-id\": 3, \"fd\": 99999999999}}", -1);
	note_reply(&rules, "{\"return\": {\"fdset-id\": 3, \"fd\": }}", -1);
	note_reply(&rules, "", -1);
	expect_text(&rules, QMP_COPY_MEMORY, 0, 8, NULL);
	note_reply(&rules, both, 17);
	/* Later numbers are not believed. */
	note_reply(&rules, "{\"return\": {\"fdset-id\": 4, \"fd\": 5}}", 17);
	expect_text(&rules, QMP_COPY_MEMORY, 0, 0, NULL);
	expect_text(&rules, QMP_COPY_MEMORY, 0, QMP_LARGEST_COPY + 1, NULL);
	expect_text(&rules, QMP_TAKE_MEMORY, 0, 0, NULL);
	/* QEMU may use the number for another file now. */
	qmp_rules_note(&rules, &(struct qmp_request){ .command = QMP_DROP_MEMORY });
	expect_text(&rules, QMP_COPY_MEMORY, 0, 8, NULL);
	expect_text(&rules, QMP_TAKE_MEMORY, 0, 0, NULL);
	note_reply(&rules, both, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_have_one_form),
		cmocka_unit_test(all_else_is_forbidden),
		cmocka_unit_test(memory_is_copied_to_one_file_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
