#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# triage: one record for one dump, and the signature of a crash.
bats_require_minimum_version 1.5.0
load common

# crash NAME MESSAGE... : a dump of a kernel that panicked, with these messages in its log
crash() {
	local name=$1 messages=() message

	for message in "${@:2}"; do
		messages+=(--message="$message")
	done
	{
		echo "include $DUMPS/x86_64-tasks.inc"
		"$DUMPS/mklog" ring --bits=12 --records=3 "${messages[@]}"
		printf 'at text_phys+4M+0x20b00: u64 0 0 1 0 3\n'
	} | describe "$name"
	vmlinux 64
}

# signature NAME: the signature of the dump
signature() {
	"$KWALK" -q -j -c triage vmlinux "$1" | json_values 'it.get("signature", "none")'
}

# alike ONE OTHER: both have a signature, the same.
alike() {
	[ "$(signature "$1")" != none ]
	[ -n "$(signature "$1")" ]
	[ "$(signature "$1")" = "$(signature "$2")" ]
}

# An oops of kernel 6.12, with the addresses, offsets, CPU and task given.
oops() {
	crash "$1" "BUG: unable to handle page fault for address: $2" \
		'#PF: supervisor write access in kernel mode' \
		"Oops: Oops: 0002 [#$3] PREEMPT SMP NOPTI" \
		"CPU: $4 UID: 0 PID: $5 Comm: $6 Tainted: G" \
		"RIP: 0010:${7:-bad_write}+0x1a/0x40 [mod]" \
		"Code: 00 00 <8b> 00" "RAX: $2 RBX: 0000000000000001" \
		'Call Trace:' ' <TASK>' ' ? __die+0x1a/0x40' \
		" ${8:-mod_ioctl}.isra.0+0x$3/0x40 [mod]" ' ? stale_function+0x1/0x2' \
		' __x64_sys_ioctl+0x91/0xd0' ' do_syscall_64+0x82/0x190' \
		' entry_SYSCALL_64_after_hwframe+0x76/0x7e' \
		'RIP: 0033:0x7f0000401234' ' </TASK>' 'Modules linked in: mod' \
		'---[ end trace 0000000000000000 ]---' \
		"RIP: 0010:other_function+0x1/0x2" \
		"Kernel panic - not syncing: Fatal exception"
}

@test "a signature hangs on the message, the function and its callers alone" {
	oops one ffffc90000e3b000 1 0 17 cat
	oops two ffffffff81234568 2 3 4711 kworker/0:1
	oops function ffffc90000e3b000 1 0 17 cat other_write
	oops caller ffffc90000e3b000 1 0 17 cat bad_write mod_open
	crash other 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(8,1)' \
		'CPU: 0 UID: 0 PID: 1 Comm: swapper/0' 'Call Trace:' ' dump_stack_lvl+0x1/0x2' ' panic+0x344/0x3a0' \
		' mount_root_generic+0x1/0x2'
	"$KWALK" -q -j -c triage vmlinux one | json_values 'it["crash"]' >got
	echo '{"frames":["mod_ioctl [mod]","__x64_sys_ioctl","do_syscall_64","entry_SYSCALL_64_after_hwframe"],"function":"bad_write [mod]","title":"BUG: unable to handle page fault for address: #"}' |
		diff - got
	alike one two
	[ "$(for name in one function caller other; do signature "$name"; done | sort -u | wc -l)" = 4 ]
	answers vmlinux other triage <<-END
	* crash.title="VFS: Unable to mount root fs on unknown-block(#,#)" \
		crash.function=mount_root_generic crash.frames.#=0
	END
}

@test "traces of old kernels, and what an earlier report says" {
	crash old 'BUG: soft lockup - CPU#1 stuck for 22s! [cat:17]' 'Call Trace:' ' [<ffffffff81001000>] stale+0x1/0x2' \
		'BUG: unable to handle kernel NULL pointer dereference at 0000000000000008' \
		'IP: [<ffffffff81001234>] sysrq_handle_crash+0x16/0x20' \
		'RIP: 0010:[<ffffffff81001234>]  [<ffffffff81001234>] sysrq_handle_crash+0x16/0x20' \
		'Call Trace:' ' [<ffffffff81001234>] ? printk+0x1/0x2' ' [<ffffffff81002345>] __handle_sysrq+0xa2/0x170' \
		' <EOI> ' ' [<ffffffff81002345>] write_sysrq_trigger+0x4a/0x50' 'Code: 00'
	answers vmlinux old triage <<-END
	* crash.title="BUG: unable to handle kernel NULL pointer dereference at #" \
		crash.function=sysrq_handle_crash crash.frames.#=2 crash.frames.0=__handle_sysrq \
		crash.frames.1=write_sysrq_trigger
	END
	crash old 'general protection fault: 0000 [#1] SMP' \
		'RIP: 0010:[<ffffffff81001234>]  [<ffffffff81001234>] strlen+0x2/0x30' 'Call Trace:' ' [<ffffffff81002345>] foo+0x1/0x2'
	answers vmlinux old triage <<-END
	* crash.title="general protection fault: # # SMP" crash.function=strlen crash.frames.0=foo
	END
	# i386 names no segment.
	crash old 'BUG: kernel NULL pointer dereference, address: 00000004' 'EIP: brd_submit_bio+0x20/0x2d0 [brd]' \
		'Call Trace:' ' __submit_bio+0x1/0x2'
	answers vmlinux old triage <<-END
	* crash.function="brd_submit_bio [brd]" crash.frames.0=__submit_bio
	END
	crash later 'BUG: Bad page state in process cat  pfn:12345' 'Call Trace:' ' bad_page+0x1/0x2' \
		'Kernel panic - not syncing: sysrq triggered crash' 'Call Trace:' ' panic+0x1/0x2' ' sysrq_handle_crash+0x1/0x2'
	answers vmlinux later triage <<-END
	* crash.title="sysrq triggered crash" crash.function=sysrq_handle_crash
	END
	# Behind a line that is cut there is the rest of the one before.
	crash cut 'BUG: of a cut line stale+0x1/0x2' 'RIP: [<00000000000'
	answers vmlinux cut triage <<-END
	* crash.title="BUG: of a cut line stale+#/#" crash.function=-
	END
}

# waiter NAME TASK [SLEEPER]: a hung task of kernel 6.16, which waits for a lock that another has, and the
# panic of the thread that saw it.
waiter() {
	crash "$1" "INFO: task $2 blocked for more than 120 seconds." '      Not tainted 6.16.3' \
		'task:a writer: 2     state:D stack:0     pid:130' 'Call Trace:' ' <TASK>' ' __schedule+0x4e0/0xbf0' \
		' schedule+0x27/0xc0' ' schedule_preempt_disabled+0x15/0x30' ' rwsem_down_write_slowpath+0x286/0x640' \
		" ${3:-down_write}+0x5a/0x60" ' shmem_file_write_iter+0x30/0x90' '</TASK>' \
		"INFO: task $2 is blocked on a mutex likely owned by task cat:17." 'task:cat   state:S' 'Call Trace:' \
		' <TASK>' ' __schedule+0x4e0/0xbf0' ' other_sleep+0x1/0x2' ' </TASK>' \
		'Kernel panic - not syncing: hung_task: blocked tasks' 'CPU: 1 UID: 0 PID: 29 Comm: khungtaskd Not tainted' \
		'Call Trace:' ' <TASK>' ' panic+0x344/0x3a0' ' watchdog+0x2f2/0x5d0'
}

@test "a hung task: the place of its wait, neither its name nor the holder of the lock" {
	waiter one 'a writer: 2:130'
	waiter two 'kworker/u8:3+flush-8:0:4711'
	waiter other 'a writer: 2:130' down_read
	answers vmlinux one triage <<-END
	* crash.title="INFO: task # blocked for more than # seconds." crash.function=down_write \
		crash.frames.#=1 crash.frames.0=shmem_file_write_iter \
		panic.report="INFO: task a writer: 2:130 blocked for more than 120 seconds."
	END
	alike one two
	[ "$(signature one)" != "$(signature other)" ]
	# Of several hung tasks, the first one is the cause, and the signature is of its trace.
	hung=(' <TASK>' ' __schedule+0x4e0/0xbf0' ' schedule+0x27/0xc0')
	crash several 'INFO: task cat:17 blocked for more than 120 seconds.' 'Call Trace:' "${hung[@]}" \
		' first_wait+0x5a/0x60' ' first_caller+0x1/0x2' ' </TASK>' \
		'INFO: task dog:18 blocked for more than 120 seconds.' 'Call Trace:' "${hung[@]}" ' second_wait+0x5a/0x60' \
		' second_caller+0x1/0x2' ' </TASK>' 'Kernel panic - not syncing: hung_task: blocked tasks' \
		'CPU: 1 UID: 0 PID: 29 Comm: khungtaskd Not tainted' 'Call Trace:' ' <TASK>' ' panic+0x344/0x3a0'
	answers vmlinux several triage <<-END
	* panic.report="INFO: task cat:17 blocked for more than 120 seconds." panic.cause=- \
		crash.function=first_wait crash.frames.#=1 crash.frames.0=first_caller panic.reports.0.count=2
	END
	"$KWALK" -q -j -c panic vmlinux several | json_hold '"cause" not in it and "cat:17" in it["report"]'
	# Who saw it, where the memory does not tell.
	answers -s 1 one panic <<-END
	* cpu=1 pid=29 comm=khungtaskd
	* status=error message=~__per_cpu_offset
	END
}

@test "a bad page that panic_on_taint made the end: where it was found" {
	local report=('page: refcount:0 mapcount:0 mapping:00000000a611106c index:0x0 pfn:0x72dd'
		'page dumped because: non-NULL mapping' 'CPU: 0 UID: 0 PID: 17 Comm: init Not tainted' 'Call Trace:' ' <TASK>'
		' dump_stack_lvl+0x64/0x80' ' bad_page+0x70/0x110' ' __rmqueue_pcplist+0x218/0xb80'
		' get_page_from_freelist+0x273/0x16e0' ' </TASK>' 'Disabling lock debugging due to kernel taint'
		'Kernel panic - not syncing: panic_on_taint set ...' 'CPU: 0 UID: 0 PID: 17 Comm: init Tainted: G    B'
		'Call Trace:' ' panic+0x344/0x3a0' ' add_taint+0x5f/0x60' ' __rmqueue_pcplist+0x218/0xb80')

	crash one 'BUG: Bad page state in process init  pfn:072dd' "${report[@]}"
	crash two 'BUG: Bad page state in process my job 2  pfn:1a2b3' "${report[@]}"
	answers vmlinux one triage <<-END
	* crash.title="BUG: Bad page state in process #  pfn:#" crash.function=__rmqueue_pcplist \
		crash.frames.#=1 crash.frames.0=get_page_from_freelist
	END
	alike one two
}

@test "a warning is the end where panic_on_warn made it so, and else is not" {
	local stale=('BUG: soft lockup - CPU#1 stuck for 22s! [cat:17]' 'CPU: 1 PID: 17 Comm: cat Not tainted' 'Call Trace:'
		' stale+0x1/0x2')
	local warning=('WARNING: CPU: 0 PID: 33 at mm/foo.c:12 foo+0x1a/0x40' 'Modules linked in:'
		'CPU: 0 PID: 33 Comm: ls Not tainted' 'RIP: 0010:foo+0x1a/0x40 [mod]' 'Call Trace:' ' foo_open+0x1/0x2 [mod]')
	local panic='Kernel panic - not syncing:'

	crash one "${stale[@]}" "${warning[@]}" "$panic kernel: panic_on_warn set ..." \
		'CPU: 0 PID: 33 Comm: ls Not tainted' 'Call Trace:' ' panic+0x1/0x2' ' __warn+0x1/0x2'
	answers vmlinux one triage <<-END
	* crash.title="WARNING: CPU: # PID: # at mm/foo.c:# foo+#/#" crash.function="foo [mod]" \
		crash.frames.#=1 crash.frames.0="foo_open [mod]"
	END
	answers -s 1 one panic <<-END
	* pid=33 comm=ls report=~"WARNING: CPU: 0 PID: 33"
	* status=error message=~__per_cpu_offset
	END
	crash two "${warning[@]}" "$panic Attempted to kill init! exitcode=0x00000100" 'CPU: 0 PID: 1 Comm: init Not tainted' \
		'Call Trace:' ' panic+0x1/0x2' ' do_exit+0x1/0x2' ' __x64_sys_exit_group+0x1/0x2'
	answers vmlinux two triage <<-END
	* crash.title="Attempted to kill init! exitcode=#" crash.function=__x64_sys_exit_group \
		panic.report=-
	END
	crash three "${warning[@]}" 'BUG: KASAN: use-after-free in bar+0x1/0x2' 'CPU: 0 PID: 34 Comm: rm Not tainted' \
		'Call Trace:' ' dump_stack_lvl+0x1/0x2' ' bar+0x1/0x2' "$panic KASAN: panic_on_warn set ..."
	answers vmlinux three triage <<-END
	* crash.title="BUG: KASAN: use-after-free in bar+#/#" crash.function=bar
	END
}

@test "a report that the panic did not end was of another task" {
	crash one 'BUG: Bad page state in process cat  pfn:12345' 'CPU: 1 PID: 17 Comm: cat Not tainted' 'Call Trace:' \
		' bad_page+0x1/0x2' 'Kernel panic - not syncing: sysrq triggered crash' 'CPU: 0 PID: 44 Comm: bash Not tainted' \
		'Call Trace:' ' panic+0x1/0x2' ' sysrq_handle_crash+0x1/0x2'
	answers -s 1 one panic <<-END
	* pid=44 comm=bash
	* status=error message=~__per_cpu_offset
	END
}

@test "a log that names no function: registers that the kernel kept, not registers of its waiting" {
	crash one 'mce: [Hardware Error]: CPU 0: Machine Check Exception: 4 Bank 9: b200000000000000' \
		'mce: [Hardware Error]: Machine check: Processor Context Corrupt' \
		'Kernel panic - not syncing: Fatal local machine check'
	printf 'at cpu0+0x320: u64 d+t_shell\n' >>one.txt
	printf 'note CORE prstatus pid=3 ip=text+0x3001\nnote CORE prstatus pid=4\n' | cat one.txt - >kept.txt
	printf 'note CORE prstatus pid=3 ip=text+0x2004\nnote CORE prstatus pid=4\n' | cat one.txt - >waits.txt
	printf 'note QEMU cpu cr0=0x80050033 cr3=root cr4=0x3506f0 gs=d+cpu0 rip=text+0x3001\n' | cat one.txt - >qemu.txt
	for name in kept waits qemu; do
		"$MKDUMP" $name.txt $name
	done
	answers vmlinux kept triage <<-END
	* crash.title="mce: #: Machine check: Processor Context Corrupt" crash.function=simple_dname
	END
	answers vmlinux waits triage <<<'* crash.function=-'
	answers vmlinux qemu triage <<<'* crash.function=-'
}

@test "the record says what is known of the dump, and why parts are not" {
	oops one ffffc90000e3b000 1 0 17 cat
	answers vmlinux one triage <<-END
	* command=triage status=ok dump=one format=ELF release=6.1.0-18-amd64 \
		vmlinux_match="matches the dump" panic.status=ok panic.message="Fatal exception" \
		panic.cpu=0 whole=true
	END
	json_hold 'it["pages"]["present"] > 0 and next(f for f in it["facts"] if f["fact"] == "page_offset")["source"]' answers
	json_hold '"tasks" not in [u["part"] for u in it["unknown"]]' answers
	# Nothing ended a kernel that did not panic.
	dump x86_64-tasks
	answers vmlinux x86_64-tasks triage <<-END
	* signature=- crash=-
	END
	# Without a vmlinux nothing is known of tasks.
	answers one triage <<-END
	* status=ok
	END
	json_hold '"tasks" in [u["part"] for u in it["unknown"]]' answers
	"$KWALK" -q -c triage vmlinux one >text
	grep -q '^DUMP       one, ELF$' text
	grep -q '^SIGNATURE  [0-9a-f]\{16\} BUG: unable to handle page fault for address: #$' text
	grep -qx '  in bad_write \[mod\]' text
	grep -qx '  by mod_ioctl \[mod\]' text
}

@test "the largest users of memory" {
	describe users <<-END
	include $DUMPS/x86_64-tasks.txt
	at mm_init+56: u64 10 0x700 20 0x704 1000 0x708 5 0x70c
	at cpu0+0x700: u32 -1 0 0 0
	at cpu1+0x700: u32 3 0 7 0
	END
	vmlinux 64
	answers vmlinux users triage <<-END
	* memory.tasks.0.pid=1 memory.tasks.0.comm=init memory.tasks.0.rss=151552
	END
	dump x86_64-kmem
	answers vmlinux x86_64-kmem triage <<-END
	* memory.free=4222976 memory.slabs.0.slab_cache=kmalloc-96 memory.slabs.0.size=24576 \
		memory.slabs.1.size=16384
	END
	json_hold '"damaged" in next(u for u in it["unknown"] if u["part"] == "slabs")["message"]' answers
}

# blocked NAME LINE... : x86_64-unwind.txt with these lines
blocked() {
	vmlinux 64
	"$DUMPS/add-unwind-symbols" vmlinux
	{ echo "include $DUMPS/x86_64-unwind.txt"; printf '%s\n' "${@:2}"; } | describe "$1"
}

@test "tasks in uninterruptible sleep, in groups" {
	# The shell (3) waits in works(); nothing is known of the stack of the other shell (4).
	blocked two 'at t_shell: u64 2' 'at t_daemon: u64 2'
	answers vmlinux two triage <<-END
	* blocked.tasks=2 blocked.examined=- blocked.more_groups=- blocked.groups.#=2 \
		blocked.groups.0.tasks=1 blocked.groups.0.pid=3 blocked.groups.0.comm=shell blocked.groups.0.function=waits \
		blocked.groups.0.sure=true blocked.groups.0.time=- blocked.groups.0.kind=- \
		blocked.groups.1.tasks=1 blocked.groups.1.pid=4 blocked.groups.1.function=-
	END
	# functions of the scheduler, and those that call it
	objcopy --redefine-sym waits=schedule vmlinux
	answers vmlinux two triage <<<'* blocked.groups.0.function=works'
	"$KWALK" -q -c triage vmlinux two >text || true
	grep -qx 'BLOCKED  *2 tasks in state D' text
	grep -qx '      1    3  shell  works' text
	# a tracer has replaced the return address of the scheduler's function
	blocked traced 'at t_shell: u64 2' 'at t_daemon: u64 2' 'at stack+0x48: u64 text+0x15c0'
	objcopy --redefine-sym waits=schedule --add-symbol return_to_handler=.text:0x15c0,function vmlinux
	answers vmlinux traced triage <<<'* blocked.groups.0.tasks=2 blocked.groups.0.function=-'
	# both wait there
	blocked alike 'at t_shell: u64 2' 'at t_daemon: u64 2' 'at t_daemon+8: u64 d+0x70000' \
		'at t_daemon+136: u64 d+0x73000' 'at 0x73000: u64 0 0 0 0 0 0 text+0x1234'
	answers vmlinux alike triage <<<'* blocked.tasks=2 blocked.groups.#=1 blocked.groups.0.tasks=2 blocked.groups.0.function=waits'
	# idle kernel threads and zombies are not blocked; one task alone is
	blocked one 'at t_shell: u64 2' 'at t_daemon: u64 0x402' 'at t_thread: u64 1'
	answers vmlinux one triage <<<'* blocked.tasks=1 blocked.groups.#=1 blocked.groups.0.pid=3'
	blocked none 'at t_shell: u64 1' 'at t_daemon: u64 0x402' 'at t_thread: u64 1'
	answers vmlinux none triage <<<'* blocked=-'
}

@test "of many blocked tasks, the stacks of a thousand are read" {
	local tasks=() nr at=0x100000
	for nr in {1..1200}; do
		tasks+=("at $at+$nr*0x100: u64 2 0 d+$at+($nr+1)*0x100+tasks d+$at+($nr-1)*0x100+tasks 0 0 u32 100+$nr 100+$nr"
			"at $at+$nr*0x100+88: u64 d+s_shell")
	done
	blocked many "at t_daemon+tasks: u64 d+$at+0x100+tasks" "${tasks[@]}" "at $at+1200*0x100+tasks: u64 init_task+tasks" \
		"at $at+0x100+tasks+8: u64 d+t_daemon+tasks" "at vars+tasks+8: u64 d+$at+1200*0x100+tasks" 'at t_shell: u64 2'
	answers vmlinux many triage <<<'* blocked.tasks=1201 blocked.examined=1000 blocked.groups.#=2 blocked.groups.0.tasks=999'
	"$KWALK" -q -c triage vmlinux many >text || true
	grep -qx 'BLOCKED  *1201 tasks in state D, groups of the first 1000' text
}

@test "a dump that cannot be opened gives a record, too" {
	echo nothing >empty
	run -2 --separate-stderr "$KWALK" -q -j -c triage empty
	json_hold '(it["command"], it["status"], it["dump"]) == ("triage", "error", "empty")' <<<"$output"
	json_hold 'it["message"]' <<<"$output"
	run -2 --separate-stderr "$KWALK" -q -j -c triage missing
	json_hold '"missing" in it["message"]' <<<"$output"
	# Of other commands, there is an object of kwalk itself, in JSON only.
	fails 2 @format 'kwalk empty' -q -c info empty
	fails 2 @system 'kwalk missing' -q -c info missing
	run -2 --separate-stderr "$KWALK" -q --csv -c info empty
	[ -z "$output" ]
}

@test "zones and caches larger than any memory are not added up" {
	vmlinux 64
	describe huge <<-END
		include $DUMPS/x86_64-kmem.txt
		at zones_at+32: u64 0x10000000000001
		at nodes+24: u64 0x2000000000000001
	END
	"$KWALK" -q -j -c triage vmlinux huge >answers 2>complaints || [ $? = 1 ]
	json_hold 'it["memory"]["managed"] == 4000 * 4096' answers
	json_hold 'any("zones have more pages" in u["message"] for u in it["unknown"])' answers
	json_hold 'any("caches are damaged" in u["message"] for u in it["unknown"])' answers
}

# A jump to an invalid address: all callers carry "?".
wild() {
	crash "$1" 'BUG: unable to handle page fault for address: 0000000041414141' \
		'Oops: 0010 [#1] PREEMPT SMP PTI' 'CPU: 0 PID: 85 Comm: wild' \
		'RIP: 0010:0x41414141' 'Call Trace:' ' <TASK>' ' ? __die+0x1a/0x40' ' ? page_fault_oops+0xf/0x20' \
		" ? $2+0x1a/0x40" ' ? asm_exc_page_fault+0x26/0x30' \
		${4:+" ? $4+0x10/0x10"} " ? $3+0x1a/0x40 [mod]" ' </TASK>' \
		'Kernel panic - not syncing: Fatal exception'
}

@test "callers that may be of earlier calls are used where there are no others" {
	wild one foo bar
	wild two foo bar
	wild other foo baz
	answers vmlinux one triage <<-END
	* crash.function=- crash.frames.#=2 crash.frames.0=foo crash.frames.1="bar [mod]" \
		crash.guessed=true
	END
	alike one two
	[ "$(signature one)" != "$(signature other)" ]
	# a pointer to a function is no caller
	wild pointer foo bar '__pfx_work'
	alike one pointer
	"$KWALK" -q -c triage vmlinux one >text
	grep -qx '  by bar \[mod\]' text
	grep -qx '  some of these functions may be left from earlier calls' text
	oops sure ffffc90000e3b000 1 0 17 cat
	answers vmlinux sure triage <<<'* crash.guessed=-'
}

# nmi NAME LINE... : an NMI of kernel 6.12 whose reason is unknown; the lines are of what it interrupted.
nmi() {
	crash "$1" 'Uhhuh. NMI received for unknown reason 21 on CPU 0.' 'Kernel panic - not syncing: NMI: Not continuing' \
		'CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.12.117' 'Call Trace:' ' <NMI>' ' panic+0x344/0x3a0' \
		' ? _printk+0x64/0x80' ' nmi_panic+0x2b/0x40' ' unknown_nmi_error.cold+0xc/0x60' ' default_do_nmi+0x1b/0x1c0' \
		' exc_nmi+0x125/0x1a0' ' end_repeat_nmi+0xf/0x53' "${@:2}" ' </TASK>' 'Kernel Offset: disabled' ' late+0x1/0x2'
}

# registers SEGMENT PLACE: sets lines
registers() {
	lines=("RIP: $1:$2" 'Code: 66 0f 1f 84 <eb> fe 48 83' 'RSP: 002b:00007ffc5a405930 EFLAGS: 00000206 ORIG_RAX: ffffffffffffffff'
		'RAX: 0000000000000000 RBX: 00000000004c16a0 RCX: 0000000000000540' 'R10: 0000000000001000 R11: 0000000000000202'
		'FS:  0000000000000000(0000) GS:ffff0000(0000)')
}

@test "an NMI: what the CPU did when it came, not the functions that handle it" {
	registers 0010 incident_find+0x20/0x40
	nmi one "${lines[@]}" ' ? pick_next+0x1/0x2' ' </NMI>' ' <IRQ>' ' call_timer_fn+0x27/0x130' ' </IRQ>' ' <TASK>' ' do_idle+0x1/0x2'
	nmi two "${lines[@]}" ' </NMI>' ' <IRQ>' ' call_timer_fn+0x28/0x130' ' </IRQ>' ' <TASK>' ' do_idle+0x1/0x2'
	nmi caller "${lines[@]}" ' </NMI>' ' <TASK>' ' sys_find+0x27/0x130'
	registers 0010 pv_native_safe_halt+0xf/0x20
	nmi other "${lines[@]}" ' </NMI>' ' <TASK>' ' call_timer_fn+0x27/0x130' ' do_idle+0x1/0x2'
	registers 0033 0x401701
	nmi user "${lines[@]}"
	answers vmlinux one triage <<-END
	* crash.title="NMI: Not continuing" crash.function=incident_find crash.frames.#=2 \
		crash.frames.0=call_timer_fn crash.frames.1=do_idle
	END
	alike one two
	[ "$(for name in one caller other user; do signature "$name"; done | sort -u | wc -l)" = 4 ]
	# no function of the kernel: neither the handler's, nor what earlier calls left on its stack
	answers vmlinux user triage <<<'* crash.title="NMI: Not continuing" crash.function=- crash.frames.#=0 crash.guessed=-'
	# i386: no segment, no marks
	crash pae 'Kernel panic - not syncing: NMI: Not continuing' 'Call Trace:' ' panic+0x1/0x2' ' nmi_panic+0x1/0x2' \
		' pci_serr_error+0x1/0x2' ' exc_nmi+0x1/0x2' ' asm_exc_nmi+0x1/0x2' 'EIP: default_idle+0xb/0x10' 'Code: 00' \
		'EAX: 00000000 EBX: 00000001' 'DS: 007b ES: 007b FS: 00d8 GS: 0000 SS: 0068 EFLAGS: 00000246' ' do_idle+0x1/0x2'
	answers vmlinux pae triage <<<'* crash.function=default_idle crash.frames.#=1 crash.frames.0=do_idle'
	# Kernels before 4.10 print marks before a function, and no registers. A watchdog's NMI
	crash old 'Kernel panic - not syncing: An NMI occurred.' 'Call Trace:' ' <NMI>  [<ffffffff816351f1>] dump_stack+0x19/0x1b' \
		' [<ffffffff8162ed7d>] panic+0xd8/0x1e7' ' [<ffffffffa0345678>] hpwdt_pretimeout+0xcd/0xd0 [hpwdt]' \
		' [<ffffffff8163e0e9>] nmi_handle.isra.0+0x69/0xb0' ' [<ffffffff8163e2c0>] do_nmi+0x150/0x3e0' \
		' [<ffffffff8163d4d3>] end_repeat_nmi+0x1e/0x2e' ' [<ffffffff8163c9c7>] ? _raw_spin_lock+0x37/0x50' \
		' <<EOE>>  <IRQ>  [<ffffffff810b8d26>] try_to_wake_up+0x136/0x2e0' ' [<ffffffff810b9000>] wake_up_process+0x1/0x2'
	answers vmlinux old triage <<<'* crash.function=try_to_wake_up crash.frames.#=1 crash.frames.0=wake_up_process crash.guessed=-'
}

@test "a jump to an address without a function: the callers, in arm64's lr and after the address" {
	# jump NAME CALLER
	jump() {
		crash "$1" 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000' \
			'Internal error: Oops: 0000000086000006 [#1] SMP' 'CPU: 0 UID: 0 PID: 1 Comm: init' \
			'pc : 0x0' "lr : $2.isra.0+0x18/0x6b8 [mod]" 'sp : ffff80008002b7f0' 'Call trace:' ' 0x0' \
			' mod_init+0x65c/0x1000 [mod]' ' do_one_initcall+0x60/0x298' \
			'Code: ???????? ???????? ???????? ???????? (????????) ' \
			'Kernel panic - not syncing: Oops: Fatal exception'
	}
	jump one port_flush
	jump other port_close
	answers vmlinux one triage <<-END
	* crash.function="port_flush [mod]" crash.frames.#=2 crash.frames.0="mod_init [mod]" \
		crash.frames.1=do_one_initcall
	END
	[ "$(signature one)" != "$(signature other)" ]
	# x86: the code of a module that was unloaded
	crash freed 'BUG: unable to handle page fault for address: ffffffffc0123456' 'RIP: 0010:0xffffffffc0123456' \
		'Call Trace:' ' <IRQ>' ' 0xffffffffc0123400 (P)' ' call_timer_fn+0x28/0x130' ' </IRQ>' \
		'Kernel panic - not syncing: Fatal exception in interrupt'
	answers vmlinux freed triage <<<'* crash.function=call_timer_fn crash.frames.#=0'
}

@test "an overflow of the stack by recursion on arm64: each function once" {
	crash one 'Insufficient stack space to handle exception!' 'ESR: 0x0000000096000047 -- DABT (current EL)' \
		'CPU: 0 UID: 0 PID: 1 Comm: init' 'pc : parse.isra.0+0x4/0xa8 [mod]' 'lr : parse.isra.0+0x70/0xa8 [mod]' \
		'Kernel panic - not syncing: kernel stack overflow' 'CPU: 0 UID: 0 PID: 1 Comm: init' 'Call trace:' \
		' dump_backtrace+0xd8/0x130' ' panic_bad_stack+0xec/0x100' ' handle_bad_stack+0x34/0x40' ' __bad_stack+0x78/0x80' \
		' parse.isra.0+0x4/0xa8 [mod]' ' parse.isra.0+0x70/0xa8 [mod]' ' parse.isra.0+0x70/0xa8 [mod]' \
		' mod_init+0x65c/0x1000 [mod]'
	answers vmlinux one triage <<<'* crash.function="parse [mod]" crash.frames.#=1 crash.frames.0="mod_init [mod]"'
}

@test "all reports of the log, the first one first, each kind once" {
	local mce='mce: [Hardware Error]: '

	crash many '<1>1.5;BUG: Bad page map in process mail  pte:80002000079d1867 pmd:02985067' \
		'<1>1.6;BUG: Bad page map in process cron  pte:80002000079d2867 pmd:02985067' \
		'<1>2.0;mail: Corrupted page table at address 7f0012345000' '<1>2.0;Bad pagetable: 000f [#1] PREEMPT SMP' \
		"<0>3.0;${mce}CPU 1: Machine Check: 0 Bank 7: 8c00004000010092" "<0>3.0;${mce}TSC 0 ADDR 1c22000" \
		'<3>4.0;rcu: INFO: rcu_preempt self-detected stall on CPU' '<3>64.0;rcu: INFO: rcu_preempt self-detected stall on CPU' \
		'<4>65.0;worker invoked oom-killer: gfp_mask=0xcc0, order=0, oom_score_adj=0' \
		'<4>66.0;WARNING: CPU: 0 PID: 1 at mm/slub.c:123 foo+0x1/0x2' \
		'<6>67.0;sysrq: Trigger a crash' '<0>68.0;Kernel panic - not syncing: sysrq triggered crash'
	answers vmlinux many panic <<-END
	* message="sysrq triggered crash" report="sysrq: Trigger a crash" reports.#=7 \
		reports.0.text="~BUG: Bad page map in process mail" reports.0.count=2 \
		reports.1.text="~Corrupted page table" reports.1.count=1 \
		reports.2.text="~Machine Check" reports.2.count=1 reports.3.count=2 \
		reports.4.text="~oom-killer" reports.5.text="~WARNING" \
		reports.6.text="sysrq: Trigger a crash" more_reports=-
	END
	# what follows the first line is part of its report
	crash oops 'BUG: kernel NULL pointer dereference, address: 0000000000000000' 'Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI' \
		'mail: Corrupted page table at address 7f0012345000' 'PGD 0' 'Oops: Bad pagetable: 000e [#2] PREEMPT SMP NOPTI' \
		x x x x x x x x x 'Oops: general protection fault: 0000 [#3]' 'Kernel panic - not syncing: Fatal exception'
	answers vmlinux oops triage <<<'* panic.reports.#=3 panic.reports.0.text="~BUG" panic.reports.1.text="~Corrupted" panic.reports.2.text="~general protection"'
	"$KWALK" -q -j -c panic vmlinux many >answers
	[ "$(json_values '[r["last_time"] - r["time"] for r in it["reports"]]' answers)" = '[0.10000000000000009,0.0,0.0,60.0,0.0,0.0,0.0]' ]
	answers vmlinux many triage <<<'* panic.reports.#=7 panic.report="sysrq: Trigger a crash"'
	"$KWALK" -q -c panic vmlinux many >text
	grep -A1 -x ' *TIME  TIMES  CPU    TASK  REPORT OF THE LOG' text |
		grep -x '   1.500000000      2    -    mail  BUG: Bad page map in process mail  pte:80002000079d1867 pmd:02985067'
	[ "$(grep -c '^ *[0-9.]\{11,\} ' text)" = 7 ]
	grep -q '^REPORT   sysrq: Trigger a crash$' text
	"$KWALK" -q -c triage vmlinux many >text
	grep -qx '  67.000000000      1    -       -  sysrq: Trigger a crash' text
	[ "$(grep -c '^ *[0-9.]\{11,\} ' text)" = 7 ]
	# more kinds than are listed
	messages=()
	for i in {a..z} {A..J}; do messages+=("WARNING: CPU: 0 PID: 1 at mm/$i.c:1"); done
	crash kinds "${messages[@]}" 'Kernel panic - not syncing: test'
	answers vmlinux kinds panic <<<'* reports.#=32 more_reports=4'
}

@test "reports of the log: their CPU and task, as the report or its first line names them" {
	crash tasks '<1>1.0;BUG: Bad page state in process my worker  pfn:03c2a' '<1>1.0;page:00000000' \
		'<4>1.0;CPU: 1 PID: 86 Comm: my worker Kdump: loaded Tainted: G        W' \
		'<3>2.0;INFO: task kworker/u4:1:17 blocked for more than 120 seconds.' \
		'<0>3.0;watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [cc1:4711]' '<4>3.0;CPU: 1 PID: 4711 Comm: cc1 Not tainted' \
		'<4>4.0;WARNING: mm/slub.c:123 at foo+0x1/0x2, CPU#3: cat/18' \
		'<4>4.5;WARNING: mm/slub.c:123 at foo+0x1/0x2, CPU#2: dog/19' \
		'<3>5.0;rcu: INFO: rcu_preempt self-detected stall on CPU' '<3>5.0;rcu: 	0-....: (1 GPs behind)' \
		'<4>5.0;CPU: 0 UID: 0 PID: 20 Comm: spin Not tainted 6.12.0' \
		'<0>6.0;NMI watchdog: Watchdog detected hard LOCKUP on cpu 2' \
		'<4>7.0;worker invoked oom-killer: gfp_mask=0xcc0' '<4>7.0;CPU: 1 UID: 5 PID: 21 Comm: worker Tainted: G' \
		'<6>8.0;CPU: 0 PID: 22 Comm: other Not tainted'
	answers vmlinux tasks panic <<-END
	* reports.#=7 reports.0.cpu=1 reports.0.pid=86 reports.0.comm="my worker" \
		reports.1.cpu=- reports.1.pid=17 reports.1.comm=kworker/u4:1 \
		reports.2.cpu=1 reports.2.pid=4711 reports.2.comm=cc1 \
		reports.3.cpu=3 reports.3.pid=18 reports.3.comm=cat reports.3.count=2 \
		reports.4.cpu=0 reports.4.pid=20 reports.4.comm=spin \
		reports.5.cpu=2 reports.5.pid=- \
		reports.6.cpu=1 reports.6.pid=21 reports.6.comm=worker
	END
}

# The lines are from kernels 6.12 (oom) and 4.19 (the others).
@test "reports of the OOM killer: the memory cgroup that has reached its limit" {
	local invoked=' invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
	local all='oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0'

	crash oom "<4>1.0;dd$invoked" '<4>1.0;CPU: 1 UID: 0 PID: 79 Comm: dd Not tainted 6.12' \
		"<6>1.1;$all,global_oom,task_memcg=/a,task=dd,pid=79,uid=0" '<3>1.1;Out of memory: Killed process 79 (dd) total-vm:4kB' \
		"<4>2.0;dd$invoked" '<4>2.0;CPU: 0 UID: 0 PID: 81 Comm: dd Not tainted 6.12' \
		"<6>2.1;${all/NONE/MEMCG},oom_memcg=/a/b:c,task_memcg=/a/b:c/d,task=dd,pid=81,uid=0" \
		'<3>2.2;BUG: Bad page map in process mail  pte:8' \
		"<4>3.0;dd$invoked" "<6>3.1;${all/NONE/MEMCG},oom_memcg=/a/b:c,task_memcg=/a/b:c,task=dd,pid=82,uid=0" \
		"<4>4.0;dd$invoked" '<6>4.1;Memory cgroup stats for /other:' "<6>4.1;${all/NONE/MEMCG},oom_memcg=/other,task_memcg=/x,task=dd,pid=83,uid=0" \
		"<4>5.0;dd$invoked" '<0>6.0;Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled'
	answers vmlinux oom panic <<-END
	* reports.#=4 reports.0.memory_cgroup=- reports.0.count=2 reports.0.pid=79 \
		reports.1.memory_cgroup=/a/b:c reports.1.count=2 \
		reports.2.text="~Bad page map" reports.2.memory_cgroup=- \
		reports.3.memory_cgroup=/other reports.3.count=1
	END
	[ "$(json_values '[(r["time"], r["last_time"]) for r in it["reports"]]' answers)" = '[[1.0,5.0],[2.0,3.0],[2.2,2.2],[4.0,4.0]]' ]
	"$KWALK" -q -c triage vmlinux oom >text
	grep -q 'dd invoked oom-killer: .*, oom_score_adj=0: limit of memory cgroup /a/b:c$' text
	[ "$(grep -c 'limit of memory cgroup' text)" = 2 ]
	crash cgroup "dd$invoked" 'Task in /a/b killed as a result of limit of /a' 'memory: usage 8192kB, limit 8192kB, failcnt 2' \
		'Memory cgroup stats for /a: cache:0KB rss:0KB' 'Memory cgroup stats for /a/b: cache:0KB rss:8000KB' \
		'Kernel panic - not syncing: sysrq triggered crash'
	answers vmlinux cgroup panic <<<'* reports.#=1 reports.0.memory_cgroup=/a'
	# A panic in a cgroup: there is no summary.
	crash group "dd$invoked" 'Memory cgroup stats for /a:b: cache:0KB rss:0KB' \
		'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled'
	answers vmlinux group panic <<<'* reports.#=1 reports.0.memory_cgroup=/a:b reports.0.count=1'
	# no group, and a line of another report
	crash none "dd$invoked" 'Out of memory: Kill process 7 (dd) score 1 or sacrifice child' 'Memory cgroup stats for /a: cache:0KB' \
		"dd$invoked" 'Memory cgroup stats for :' 'Kernel panic - not syncing: test'
	answers vmlinux none panic <<<'* reports.#=1 reports.0.memory_cgroup=- reports.0.count=2'
}

@test "reports of the log: errors of disks and file systems; the first bad report is the cause" {
	crash io 'I/O error, dev vda, sector 2048 op 0x0:(READ) flags 0x80700' 'I/O error, dev vda, sector 4096 op 0x0:(READ) flags 0x0' \
		'Buffer I/O error on dev vda1, logical block 5, async page read' 'EXT4-fs error (device vda1): ext4_find_entry:1682: inode #2' \
		'XFS (vdb): Corruption detected. Unmount and run xfs_repair' 'nvme nvme0: I/O 12 QID 3 timeout, aborting' \
		'blk_update_request: critical medium error, dev sda, sector 8' 'ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0' \
		'INFO: task cat:17 blocked for more than 120 seconds.' 'BUG: Bad page map in process mail  pte:80002000079d1867' \
		'BUG: kernel NULL pointer dereference, address: 0' 'Kernel panic - not syncing: Fatal exception'
	answers vmlinux io panic <<-END
	* reports.#=10 reports.0.count=2 cause="INFO: task cat:17 blocked for more than 120 seconds." \
		report="~NULL pointer" message="Fatal exception"
	END
	"$KWALK" -q -c triage vmlinux io >text
	grep -x 'CAUSE  *INFO: task cat:17 blocked for more than 120 seconds.' text
	# The line before "kernel BUG at" names the damage.
	crash list 'list_del corruption. next->prev should be ffff8a6502328600, but was ffff8a6502328628. (next=ffffffffc03bd080)' \
		'------------[ cut here ]------------' 'kernel BUG at lib/list_debug.c:65!' 'invalid opcode: 0000 [#1] PREEMPT SMP NOPTI' \
		'Kernel panic - not syncing: Fatal exception'
	answers vmlinux list panic <<<'* reports.#=1 cause="~list_del corruption. next->prev" report="~kernel BUG at"'
	# A panic that is no consequence of a report names the cause itself.
	crash own 'BUG: Bad page map in process mail  pte:80002000079d1867' 'Kernel panic - not syncing: VFS: Unable to mount root fs'
	answers vmlinux own panic <<<'* message="~VFS" cause=-'
	# Somebody ended a kernel that did not answer any more.
	for end in 'sysrq triggered crash' 'NMI: Not continuing'; do
		crash asked 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [ask:127]' 'Uhhuh. NMI received for unknown reason 21 on CPU 0.' \
			"Kernel panic - not syncing: $end"
		answers vmlinux asked panic <<<"* message=\"$end\" report=\"~Uhhuh\" cause=\"~soft lockup - CPU#0\""
	done
	crash asked 'sysrq: Trigger a crash' 'Kernel panic - not syncing: sysrq triggered crash'
	answers vmlinux asked panic <<<'* report="sysrq: Trigger a crash" cause=-'
	# Processes' messages and other warnings are no reports.
	crash none 'RETBleed: WARNING: CPU does not support IBPB.' 'WARNING: missing R10 value at foo+0x1/0x2'
	answers vmlinux none panic <<<'* reports=- cause=-'
}

# crash_by NAME LINE...: sysrq_handle_crash() panics; the lines are in the trace after it.
crash_by() {
	crash "$1" 'sysrq: Trigger a crash' 'Kernel panic - not syncing: sysrq triggered crash' \
		'CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.12.1' 'Call Trace:' ' <TASK>' ' panic+0x118/0x2db' \
		' sysrq_handle_crash+0x1a/0x20' "${@:2}" ' __handle_sysrq.cold+0x9f/0xe6' ' vfs_write+0xf8/0x440' ' </TASK>'
}

@test "a signature is the same with the trampolines of BPF and ftrace, and with another BPF program of a name" {
	crash_by plain
	crash_by one ' bpf_trampoline_6442555343+0x31/0xd8' ' sysrq_handle_crash+0x9/0x20'
	crash_by two ' ftrace_trampoline+0x31/0xd8' ' bpf_trampoline_6442549101+0x31/0xd8' ' sysrq_handle_crash+0x9/0x20'
	alike plain one
	alike plain two
	# Only the function before a trampoline is repeated: recursion is another trace.
	crash_by once ' a_function+0x1/0x2'
	crash_by below ' a_function+0x1/0x2' ' bpf_trampoline_6442555343+0x31/0xd8' ' a_function+0x9/0x20'
	crash_by twice ' a_function+0x1/0x2' ' a_function+0x9/0x20'
	alike once below
	not alike once twice
	crash_by program ' bpf_prog_57cd311f2e27366b_filter+0x31/0xd8'
	crash_by program_2 ' bpf_prog_0123456789abcdef_filter+0x31/0xe0'
	crash_by program_3 ' bpf_prog_57cd311f2e27366b_other+0x31/0xd8'
	alike program program_2
	not alike program program_3
	# The signature of a crash without any of these is known to users.
	[ "$(signature plain)" = 7dc0005b8f30ac8e ]
}

# rust_panic NAME HASH MESSAGE FUNCTION: a panic of a Rust function. HASH is of its crate.
rust_panic() {
	crash "$1" "$3" '------------[ cut here ]------------' 'kernel BUG at rust/helpers/bug.c:7!' \
		'Oops: invalid opcode: 0000 [#1] PREEMPT SMP' 'CPU: 0 UID: 0 PID: 3 Comm: shell Not tainted 6.12.1' \
		'RIP: 0010:rust_helper_BUG+0x8/0x10' 'Call Trace:' ' <TASK>' \
		" _RNvCs$2_7___rustc17rust_begin_unwind+0x15b/0x160" " _RNvNtCs$2_4core9panicking9panic_fmt+0x84/0x90" \
		" _RNvNtCs$2_6sample5stack$4+0x1e5/0x860" ' __x64_sys_ioctl+0x91/0xd0' ' </TASK>' \
		'---[ end trace 0000000000000000 ]---' 'Kernel panic - not syncing: Fatal exception'
}

@test "a Rust panic is its own cause, in the function that panicked" {
	local place='rust_kernel: panicked at samples/stack.rs'

	rust_panic one 1aB "$place:12:3:"$'\n''attempt to subtract with overflow' 3pop
	rust_panic two Zz9aaaaaaa "$place:14:3:"$'\n''attempt to subtract with overflow' 3pop
	rust_panic older 1aB "rust_kernel: panicked at 'attempt to subtract with overflow', samples/stack.rs:12:3" 3pop
	rust_panic other 1aB "$place:12:3:"$'\n''attempt to subtract with overflow' 4take
	alike one two
	not alike one other
	answers vmlinux one triage <<-END
	* panic.report="$place:12:3: attempt to subtract with overflow" panic.cause=- \
		crash.title="$place:#:#: attempt to subtract with overflow" crash.function=sample::stack::pop
	END
	answers vmlinux older triage <<-END
	* panic.report="rust_kernel: panicked at 'attempt to subtract with overflow', samples/stack.rs:12:3" \
		crash.function=sample::stack::pop
	END
}
