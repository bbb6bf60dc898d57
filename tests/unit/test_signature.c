/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a crash's texts that are the same on another boot. */
#include <stdint.h>
#include <string.h>

#include "linux/crash/panic.h"

#include "unit.h"

static void titles(void **state)
{
	// clang-format off
	static const char *const cases[][2] = {
		{ "", "" },
		{ "VFS: Unable to mount root fs on unknown-block(8,1)",
		  "VFS: Unable to mount root fs on unknown-block(#,#)" },
		{ "BUG: kernel NULL pointer dereference, address: 0000000000000008",
		  "BUG: kernel NULL pointer dereference, address: #" },
		{ "BUG: unable to handle kernel paging request at ffffc90000e3b000",
		  "BUG: unable to handle kernel paging request at #" },
		{ "BUG: KASAN: use-after-free in foo_bar+0x1a/0x40 at addr ffff8880",
		  "BUG: KASAN: use-after-free in foo_bar+#/# at addr #" },
		{ "watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [cat 2:4711]",
		  "watchdog: BUG: soft lockup - CPU## stuck for #s! #" },
		{ "kernel BUG at mm/slub.c:379!", "kernel BUG at mm/slub.c:#!" },
		{ "Attempted to kill init! exitcode=0x0000000b",
		  "Attempted to kill init! exitcode=#" },
		{ "added decade x86 dead", "added decade x86 dead" },
		{ "unclosed [", "unclosed [" },
		{ "INFO: task a [b: 2:130 blocked for more than 1 seconds.",
		  "INFO: task # blocked for more than # seconds." },
		{ "INFO: task cut off", "INFO: task cut off" },
		{ "BUG: Bad page state in process [cat]  pfn:072dd",
		  "BUG: Bad page state in process #  pfn:#" },
		{ "BUG: Bad page map in process my job  pte:80000001 pmd:1234",
		  "BUG: Bad page map in process #  pte:# pmd:#" },
		{ "BUG: scheduling while atomic: kworker/u8:2/17/0x00000002",
		  "BUG: scheduling while atomic: #" },
		{ "BUG: using smp_processor_id() in preemptible [00000000] code: cat/17",
		  "BUG: using smp_processor_id() in preemptible # code: #" },
		{ "BUG: scheduling while atomic: ", "BUG: scheduling while atomic: " },
	};
	// clang-format on
	char text[PANIC_TEXT], cut[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		signature_title(cases[i][0], text, sizeof(text));
		assert_string_equal(text, cases[i][1]);
	}
	signature_title("a long title", cut, sizeof(cut));
	assert_string_equal(cut, "a long ");
}

static void functions(void **state)
{
	// clang-format off
	static const char *const cases[][2] = { /* NULL: no signature */
		{ "panic+0x344/0x3a0", "panic" },
		{ "foo.isra.0.cold+0x1/0x2", "foo" },
		{ "ext4_sync_fs+0x1a/0x40 [ext4]", "ext4_sync_fs [ext4]" },
		{ "nv_open+0x1a/0x40 [nvidia 0123456789abcdef]", "nv_open [nvidia]" },
		{ "bpf_prog_57cd311f2e27366b_filter+0x1/0x2", "bpf_prog_filter" },
		{ "bpf_prog_57cd311f2e27366b+0x1/0x2", "bpf_prog" },
		{ "bpf_prog_load+0x1/0x2", "bpf_prog_load" },
		{ "bpf_trampoline_6442527730+0x1/0x2", "bpf_trampoline" },
		{ "_RNvNtCs1a2B3c_6sample5stack3pop+0x1/0x2 [sample]", "sample::stack::pop [sample]" },
		{ "_RNvNtCsZ_6sample5stack3pop+0x1/0x2", "sample::stack::pop" },
		{ "_RNvCsjFj1_7___rustc17rust_begin_unwind+0x1/0x2", "__rustc::rust_begin_unwind" },
		{ "_RNCNvCs1_6sample4main0+0x1/0x2", "sample::main" },
		{ "_RNCNvCs1_6sample4mains0_0+0x1/0x2", "sample::main" },
		{ "_RNvMs2_NtCs1_6kernel4listNtB5_4List3pop+0x1/0x2", "kernel::list::List::pop" },
		{ "_RINvNtCs1_4core3ptr13drop_in_placeNtCs2_6sample4ItemEB9_+0x1/0x2",
		  "core::ptr::drop_in_place::sample::Item" },
		{ "_RINvCs1_6sample4takesKj10_E+0x1/0x2", "sample::take" },
		{ "_ZN6sample5stack3pop17h0123456789abcdefE+0x1/0x2", "sample::stack::pop" },
		{ "_RNvCs1_99sample+0x1/0x2", "_RNvCs1_99sample" },
		{ "_Readable+0x1/0x2", "_Readable" },
		{ "_RN+0x1/0x2", "_RN" },
		{ "bpf_prog_57cd311f2e27366_x+0x1/0x2", "bpf_prog_57cd311f2e27366_x" },
		{ "bpf_prog_57cd311f2e27366b0_x+0x1/0x2", "bpf_prog_57cd311f2e27366b0_x" },
		{ "bpf_prog_57cd311f2e27366g_x+0x1/0x2", "bpf_prog_57cd311f2e27366g_x" },
		{ "bpf_prog_57cd311f2e27366bx+0x1/0x2", "bpf_prog_57cd311f2e27366bx" },
		{ "0x4018a6", NULL },
		{ "foo+0x1a", "foo" },
		{ "1foo+0x1/0x2", NULL },
		{ "+0x1/0x2", NULL },
		{ "", NULL },
	};
	// clang-format on
	char name[FUNCTION_NAME], text[512];
	struct oops_symbol symbol;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (!cases[i][1]) {
			assert_null(oops_symbol_read(cases[i][0], &symbol));
			continue;
		}
		assert_non_null(oops_symbol_read(cases[i][0], &symbol));
		oops_symbol_function(&symbol, name);
		assert_string_equal(name, cases[i][1]);
	}
	memset(text, 'a', 400);
	strcpy(text + 400, "+0x1/0x2");
	assert_non_null(oops_symbol_read(text, &symbol));
	oops_symbol_function(&symbol, name);
	assert_int_equal(strlen(name), FUNCTION_NAME - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(titles),
		cmocka_unit_test(functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
