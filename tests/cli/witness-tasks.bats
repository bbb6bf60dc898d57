#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Second witnesses of the words of tasks: one word of a task is damaged, and another word of the
# dump contradicts it.
load common

# tasks [LINE...]: describe "damaged", tasks whose words have witnesses, with these lines more.
tasks() {
	{
		cat <<-END
		include $DUMPS/x86_64-tasks.txt
		let flags 168
		let leader 176
		let thread_pid 184
		let area 192
		let children 200
		let sibling 216
		let sp 136
		let on_cpu 144
		let total_vm 152
		let pid 0x3b000                  # of 32 bytes each
		let areas 0x3b800                # vm_structs, of 64 bytes each
		$(members vars init_task 0)
		$(members t_init d+t_init 1)
		$(members t_thread d+t_init 5)
		$(members t_kthreadd d+t_kthreadd 2)
		$(members t_shell d+t_shell 3)
		$(members t_daemon d+t_daemon 4)
		$(members t_idle1 d+t_idle1 0)
		# real_parent
		at vars+104: u64 init_task
		at t_init+104: u64 init_task
		at t_thread+104: u64 init_task
		at t_kthreadd+104: u64 init_task
		at t_shell+104: u64 d+t_init
		at t_daemon+104: u64 d+t_init
		at vars+flags: u32 0x200002
		at t_kthreadd+flags: u32 0x208040
		at t_daemon+flags: u32 0x208040
		at t_idle1+flags: u32 0x200002
		at t_kthreadd+on_cpu: u32 1
		at cpu0+0x310: u64 init_task
		at cpu1+0x310: u64 d+t_idle1
		# the children of init_task, and of init
		at vars+children: u64 d+t_init+sibling d+t_kthreadd+sibling
		at t_init+sibling: u64 d+t_kthreadd+sibling init_task+children
		at t_kthreadd+sibling: u64 init_task+children d+t_init+sibling
		at t_init+children: u64 d+t_shell+sibling d+t_daemon+sibling
		at t_shell+sibling: u64 d+t_daemon+sibling d+t_init+children
		at t_daemon+sibling: u64 d+t_init+children d+t_shell+sibling
		at mm_init+total_vm: u64 100
		at mm_shell+total_vm: u64 100
		# the stacks of init and of the shell, of 16 KiB each
		at t_init+8: u64 d+0x100000
		at t_init+sp: u64 d+0x103e00
		at t_shell+8: u64 d+0x104000
		at t_shell+sp: u64 d+0x107e00
		at 0x100000: u64 0x57ac6e9d
		at 0x104000: u64 0x57ac6e9d
		END
		printf '%s\n' "$@"
	} | describe damaged
	export X86_CC="${X86_CC:-cc} -DWITNESS"
	[ -e vmlinux ] || vmlinux 64
}

# members TASK LEADER PID: flags, group_leader, thread_pid.
members() {
	echo "at $1+flags: u32 0x400000"
	echo "at $1+leader: u64 $2 d+pid+32*$3"
	echo "at pid+32*$3: u32 1 0 $3"
}

# doubts PID TEXT LINE...: with these lines, tasks doubts a word of the task, and so does check.
doubts() {
	local pid=$1 text=$2

	shift 2
	tasks "$@"
	"$KWALK" -q -j -c tasks vmlinux damaged >answers 2>/dev/null || true
	"$KWALK" -q -j -c check vmlinux damaged >checked 2>/dev/null || true
	grep "\"pid\":$pid," answers | grep -qF -- "\"doubt\":\"$text" || { cat answers; return 1; }
	grep '"status":"error","check":"tasks"' checked | grep -qF -- "$text" || { cat checked; return 1; }
}

@test "words that agree are not doubted" {
	tasks
	"$KWALK" -q -j -c tasks vmlinux damaged >answers
	[ "$(wc -l <answers)" = 7 ]
	not grep doubt answers
	"$KWALK" -q -j -c check vmlinux damaged >answers || true
	grep '"check":"tasks"' answers | grep -qF '"status":"ok"'
	"$KWALK" -q -c 'tasks 3' vmlinux damaged >text
	not grep doubt text
}

@test "pid and tgid: the struct pid, and the leader" {
	doubts 7 'pid 7, but the number of its struct pid is 3; tgid 3, but the pid of group_leader is 7' \
		'at t_shell+48: u32 7'
	doubts 3 'tgid 2, but the pid of group_leader is 3' 'at t_shell+52: u32 2'
	doubts 3 'pid 3, but the number of its struct pid is 67' 'at pid+3*32+8: u32 67'
	# pid and tgid are 0: a second task of pid 0
	doubts 0 'pid 0, but the number of its struct pid is 3' 'at t_shell+48: u32 0 0'
	doubts 0 'pid 0, but the number of its struct pid is 2' 'at t_kthreadd+48: u32 0 0'
}

@test "stack: alignment, its area, thread.sp, and another task" {
	doubts 3 'stack ffff888000104010, which is not aligned to its size, 4000' \
		'at t_shell+8: u64 d+0x104010'
	doubts 3 'stack ffff888000100000, but thread.sp is ffff888000107e00' \
		'at t_shell+8: u64 d+0x100000'
	grep -F '1 stack belongs to two tasks: ffff888000100000, of pid 1 (init) and pid 3 (shell)' checked
	doubts 3 'stack 0, but thread.sp is ffff888000107e00' 'at t_shell+8: u64 0'
	doubts 3 'stack ffff888000104000, but stack_vm_area begins at ffff888000108000' \
		'at t_shell+area: u64 d+areas' 'at areas+8: u64 d+0x108000'
	# a damaged thread.sp of a stack that its area confirms, and a stack that overflowed
	tasks 'at t_shell+area: u64 d+areas' 'at areas+8: u64 d+0x104000' 'at t_shell+sp: u64 d+0x203e00' \
		'at 0x100000: u64 0'
	"$KWALK" -q -j -c 'check -v' vmlinux damaged >checked || true
	grep -F 'pid 3 (shell): thread.sp ffff888000203e00, but stack is ffff888000104000' checked
	grep -F 'pid 1 (init): stack ffff888000100000, but at its end is no STACK_END_MAGIC, but 0' checked
	# the stack of another task is not unwound
	tasks 'at t_shell+8: u64 d+0x100000'
	fails 1 'pid 3 (shell) thread.sp is not on a known stack' -q -c 'bt 3' vmlinux damaged
	"$KWALK" -q -j -c 'whatis ffff888000100100' vmlinux damaged | grep -F '"pid":1'
	# zombies have no stack
	tasks 'at t_shell+8: u64 0' 'at t_shell+96: u32 0x20' 'at t_shell+flags: u32 0x400004'
	"$KWALK" -q -j -c 'tasks 3' vmlinux damaged >answers
	not grep doubt answers
	fails 1 'pid 3 (shell) no stack has ended stack was freed' -q -c 'bt 3' vmlinux damaged
}

@test "real_parent: the list of tasks, the leader's, and the parent's children" {
	doubts 3 'real_parent ffff888001030000, which is no task' 'at t_shell+104: u64 d+0x1030000'
	doubts 3 'real_parent 0, which is no task' 'at t_shell+104: u64 0'
	doubts 5 'real_parent ffff888000030200, but the real_parent of group_leader is ffffffff81420800' \
		'at t_thread+104: u64 d+t_kthreadd'
	tasks 'at t_shell+104: u64 d+t_kthreadd'
	"$KWALK" -q -j -c 'check' vmlinux damaged >checked || true
	grep -F 'pid 3 (shell): real_parent ffff888000030200, but its list of children lacks the task' checked
}

@test "mm and active_mm: each other, flags, and whether the task runs" {
	doubts 3 'mm ffff888000031100, but active_mm is ffff888000031000' 'at t_shell+40: u64 d+mm_init'
	doubts 3 'mm is 0, but flags, 400000, show neither a kernel thread nor a process that ends' \
		'at t_shell+32: u64 0'
	doubts 3 'mm is 0 and active_mm is ffff888000031100, but the task does not run, so active_mm should be 0' \
		'at t_shell+32: u64 0' 'at t_shell+flags: u32 0x40'
	doubts 2 'active_mm 80000000, which is not an address of the kernel' \
		'at t_kthreadd+40: u64 0x80000000'
	# a process that ends, and one before its first exec()
	for flags in 0x400004 0x400040; do
		tasks 'at t_shell+32: u64 0 0' "at t_shell+flags: u32 $flags"
		"$KWALK" -q -j -c 'tasks 3' vmlinux damaged >answers
		not grep doubt answers
	done
}

@test "exit_state: its values, and flags" {
	doubts 3 'exit_state 80, which the kernel does not use' 'at t_shell+96: u32 0x80' \
		'at t_shell+flags: u32 0x400004'
	doubts 3 'exit_state 20, but flags, 400000, do not show that the task ends' \
		'at t_shell+96: u32 0x20'
	for state in 0x10 0x20 0x30; do
		tasks "at t_shell+96: u32 $state" 'at t_shell+flags: u32 0x400004'
		"$KWALK" -q -j -c 'tasks 3' vmlinux damaged | not grep doubt
	done
}

@test "rss: no more pages than addresses; a contradicted one leads no list" {
	doubts 3 'rss_stat counts 1125899906842624 pages and 0 in swap, but total_vm is 100 pages' \
		'at mm_shell+56: u64 1<<50' 'at mm_init+56: u64 5'
	not grep '"pid":3,.*"rss"' answers
	"$KWALK" -q -j -c triage vmlinux damaged >answers || true
	grep -F '"tasks":[{"pid":1,"comm":"init","rss":20480}]' answers
	doubts 3 'rss_stat counts 0 pages and 4398046511104 in swap' 'at mm_shell+88: u64 1<<42'
	doubts 3 'rss_stat counts -9223372036854775808 pages' 'at mm_shell+56: u64 1<<63'
	# counters may differ a little while the kernel changes mappings
	tasks 'at mm_shell+56: u64 1000' 'at mm_init+56: u64 0-3'
	"$KWALK" -q -j -c tasks vmlinux damaged | not grep doubt
}

@test "the doubt in text, in lines below the row" {
	tasks 'at t_shell+96: u32 0x80' 'at t_shell+flags: u32 0x400004' 'at t_shell+48: u32 7'
	"$KWALK" -q -c tasks vmlinux damaged >text 2>/dev/null || true
	grep -A 2 '^ *7 ' text | grep -F 'exit_state 80, which the kernel does not use'
}
