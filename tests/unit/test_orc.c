/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of ORC tables. They are copied from the vmlinux of Debian's 5.10.0-43 and 6.12.117, and
 * of 7.3. No package of 6.3 is left, so entries of 6.3 were made according to asm/orc_types.h. */
#include <string.h>

#include "arch/x86/x86_orc.h"

#include "unit.h"

struct row {
	const char *where;
	enum orc_layout layout;
	uint8_t bytes[ORC_SIZE];
	struct orc want;
};

#define WANT(TYPE, SP, SP_OFFSET, BP, BP_OFFSET, EXACT)                                            \
	{                                                                                          \
		.type = (TYPE), .sp_base = (SP), .bp_base = (BP), .sp_offset = (SP_OFFSET),        \
		.bp_offset = (BP_OFFSET), .exact = (EXACT)                                         \
	}

// clang-format off
static const struct row rows[] = {
	{ "5.10 startup_64", ORC_4_14, { 0, 0, 0, 0, 0, 0x04 }, WANT(ORC_END, ORC_UNDEFINED, 0, ORC_UNDEFINED, 0, false) },
	{ "5.10 __crash_kexec", ORC_4_14, { 0, 0, 0, 0, 0, 0 }, WANT(ORC_LOST, ORC_UNDEFINED, 0, ORC_UNDEFINED, 0, false) },
	{ "5.10 verify_cpu", ORC_4_14, { 0x08, 0, 0, 0, 0x05, 0 }, WANT(ORC_CALL, ORC_SP, 8, ORC_UNDEFINED, 0, false) },
	{ "5.10 vc_boot_ghcb", ORC_4_14, { 0x08, 0, 0, 0, 0x05, 0x02 }, WANT(ORC_REGS_PARTIAL, ORC_SP, 8, ORC_UNDEFINED, 0, true) },
	{ "5.10 vc_boot_ghcb+18", ORC_4_14, { 0, 0, 0, 0, 0x05, 0x01 }, WANT(ORC_REGS, ORC_SP, 0, ORC_UNDEFINED, 0, true) },
	{ "5.10 panic", ORC_4_14, { 0x10, 0, 0xf0, 0xff, 0x14, 0 }, WANT(ORC_CALL, ORC_BP, 16, ORC_PREV_SP, -16, false) },
	{ "5.10 perf_trace_task_newtask", ORC_4_14, { 0, 0, 0, 0, 0x46, 0 }, WANT(ORC_CALL, ORC_R10, 0, ORC_BP, 0, false) },
	{ "5.10 perf_trace_task_newtask+1f", ORC_4_14, { 0xe0, 0xff, 0, 0, 0x48, 0 }, WANT(ORC_CALL, ORC_BP_INDIRECT, -32, ORC_BP, 0, false) },
	{ "5.10 asm_exc_nmi", ORC_4_14, { 0x08, 0, 0, 0, 0x02, 0x02 }, WANT(ORC_REGS_PARTIAL, ORC_DX, 8, ORC_UNDEFINED, 0, true) },
	{ "6.3 call", ORC_6_3, { 0x08, 0, 0, 0, 0x05, 0 }, WANT(ORC_CALL, ORC_SP, 8, ORC_UNDEFINED, 0, false) },
	{ "6.3 regs, signal", ORC_6_3, { 0, 0, 0, 0, 0x05, 0x05 }, WANT(ORC_REGS, ORC_SP, 0, ORC_UNDEFINED, 0, true) },
	{ "6.3 end", ORC_6_3, { 0, 0, 0, 0, 0, 0x08 }, WANT(ORC_END, ORC_UNDEFINED, 0, ORC_UNDEFINED, 0, false) },
	{ "6.12 _text", ORC_6_4, { 0x08, 0, 0, 0, 0x05, 0x02 }, WANT(ORC_CALL, ORC_SP, 8, ORC_UNDEFINED, 0, false) },
	{ "6.12 pvh_start_xen", ORC_6_4, { 0, 0, 0, 0, 0, 0x01 }, WANT(ORC_END, ORC_UNDEFINED, 0, ORC_UNDEFINED, 0, false) },
	{ "6.12 sev_es_terminate", ORC_6_4, { 0, 0, 0, 0, 0, 0 }, WANT(ORC_LOST, ORC_UNDEFINED, 0, ORC_UNDEFINED, 0, false) },
	{ "6.12 ret_from_fork_asm", ORC_6_4, { 0, 0, 0, 0, 0x05, 0x0b }, WANT(ORC_REGS, ORC_SP, 0, ORC_UNDEFINED, 0, true) },
	{ "6.12 fred_sysvec_xen_hvm_callback", ORC_6_4, { 0x10, 0, 0, 0, 0x09, 0x02 }, WANT(ORC_CALL, ORC_SP_INDIRECT, 16, ORC_UNDEFINED, 0, false) },
	{ "6.12 asm_exc_int3", ORC_6_4, { 0, 0, 0, 0, 0x05, 0x04 }, WANT(ORC_REGS_PARTIAL, ORC_SP, 0, ORC_UNDEFINED, 0, false) },
	{ "6.12 load_module", ORC_6_4, { 0, 0, 0, 0, 0x47, 0x02 }, WANT(ORC_CALL, ORC_R13, 0, ORC_BP, 0, false) },
	{ "7.3 srso_alias_untrain_ret", ORC_7_1, { 0x08, 0, 0, 0, 0x03, 0x02 }, WANT(ORC_CALL, ORC_SP, 8, ORC_UNDEFINED, 0, false) },
	{ "7.3 entry_SYSCALL_64_after_hwframe", ORC_7_1, { 0, 0, 0, 0, 0x03, 0x0b }, WANT(ORC_REGS, ORC_SP, 0, ORC_UNDEFINED, 0, true) },
	{ "7.3 asm_exc_nmi", ORC_7_1, { 0x08, 0, 0, 0, 0x02, 0x0c }, WANT(ORC_REGS_PARTIAL, ORC_DX, 8, ORC_UNDEFINED, 0, true) },
	{ "7.3 wakeup_cpu_via_vmgexit", ORC_7_1, { 0x10, 0, 0xf0, 0xff, 0x84, 0x02 }, WANT(ORC_CALL, ORC_BP, 16, ORC_PREV_SP, -16, false) },
	{ "7.3 __sys_bpf", ORC_7_1, { 0xd8, 0xff, 0, 0, 0x4a, 0x02 }, WANT(ORC_CALL, ORC_BP_INDIRECT, -40, ORC_BP, 0, false) },
	{ "7.3 page_fault_oops", ORC_7_1, { 0x88, 0, 0xd0, 0xff, 0x89, 0x02 }, WANT(ORC_CALL, ORC_SP_INDIRECT, 136, ORC_PREV_SP, -48, false) },
	{ "7.3 addrconf_prefix_rcv", ORC_7_1, { 0, 0, 0, 0, 0x07, 0x02 }, WANT(ORC_CALL, ORC_R13, 0, ORC_UNDEFINED, 0, false) },
	{ "no such type", ORC_6_4, { 0, 0, 0, 0, 0x05, 0x07 }, WANT(ORC_LOST, ORC_SP, 0, ORC_UNDEFINED, 0, false) },
	{ "no such register", ORC_7_1, { 0, 0, 0, 0, 0x0f, 0x02 }, WANT(ORC_CALL, ORC_INVALID, 0, ORC_UNDEFINED, 0, false) },
};
// clang-format on

static void entries_of_each_layout(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct orc got = x86_orc_decode(rows[i].layout, rows[i].bytes);
		const struct orc *want = &rows[i].want;

		if (got.type != want->type || got.sp_base != want->sp_base ||
		    got.bp_base != want->bp_base || got.sp_offset != want->sp_offset ||
		    got.bp_offset != want->bp_offset || got.exact != want->exact)
			fail_msg("%s: type %d, sp by %d%+d, bp by %d%+d, exact %d", rows[i].where,
				 got.type, got.sp_base, got.sp_offset, got.bp_base, got.bp_offset,
				 got.exact);
	}
}

/* Each kernel has the entries above; the other entries of its table are the most common entry. */
static void layouts_by_entries(void **state)
{
	static const uint8_t common[NR_ORC_LAYOUTS][ORC_SIZE] = {
		[ORC_4_14] = { 0x08, 0, 0, 0, 0x05, 0 },
		[ORC_6_3] = { 0x08, 0, 0, 0, 0x05, 0 },
		[ORC_6_4] = { 0x08, 0, 0, 0, 0x05, 0x02 },
		[ORC_7_1] = { 0x08, 0, 0, 0, 0x03, 0x02 },
	};
	uint8_t entries[64][ORC_SIZE];
	enum orc_layout got;

	(void)state;
	for (enum orc_layout layout = 0; layout < NR_ORC_LAYOUTS; layout++) {
		unsigned int nr = 0;

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (rows[i].layout == layout)
				memcpy(entries[nr++], rows[i].bytes, ORC_SIZE);
		while (nr < 64)
			memcpy(entries[nr++], common[layout], ORC_SIZE);
		assert_true(x86_orc_recognise((const uint8_t(*)[ORC_SIZE])entries, nr,
					      layout != ORC_4_14, &got));
		assert_int_equal(got, layout);
	}
	memset(entries, 0, sizeof(entries));
	assert_false(x86_orc_recognise((const uint8_t(*)[ORC_SIZE])entries, 64, true, &got));
	memset(entries, 0xff, sizeof(entries));
	assert_false(x86_orc_recognise((const uint8_t(*)[ORC_SIZE])entries, 64, true, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_each_layout),
		cmocka_unit_test(layouts_by_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
