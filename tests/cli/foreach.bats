#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# foreach: a command for each of some tasks; and the command task.
load common

# tasks_in DUMP [LINE...]: a vmlinux and a dump with tasks.
tasks_in() {
	vmlinux 64
	{
		echo "include $DUMPS/x86_64-tasks.txt"
		printf '%s\n' "${@:2}"
	} | describe "$1"
}

# pids LINE [DUMP]: the pids in the answers.
pids() { "$KWALK" -q -j -c "$1" vmlinux "${2:-dump}" | sed -n 's/.*"pid":\([0-9]*\)[,}].*/\1/p' | xargs; }

@test "foreach: pids, names, addresses, kinds and states of tasks" {
	tasks_in dump
	tasks_in states 'at t_init: u64 1' 'at t_thread: u64 2' 'at t_kthreadd: u64 0x402' \
		'at t_shell: u64 4' 'at t_daemon+96: u32 0x20' 'at t_idle1: u64 0x200'
	[ "$(pids 'foreach ps')" = '0 0 1 5 2 3 4' ]
	[ "$(pids 'foreach 5 ffff888000030200 shell tasks')" = '5 2 3 4' ]
	[ "$(pids 'foreach kernel ps')" = '0 0 2 4' ]
	[ "$(pids 'foreach user ps')" = '1 5 3' ]
	[ "$(pids 'foreach gleader ps')" = '1 3' ]
	[ "$(pids 'foreach gleader shell ps')" = '3' ]
	[ "$(pids 'foreach user kernel ps')" = '' ]
	[ "$(pids 'foreach active ps')" = "$(pids 'ps -A')" ]
	[ "$(pids 'foreach IN ps' states)" = 1 ]
	[ "$(pids 'foreach UN ps' states)" = 5 ]
	[ "$(pids 'foreach ID ps' states)" = 2 ]
	[ "$(pids 'foreach ST ps' states)" = 3 ]
	[ "$(pids 'foreach ZO ps' states)" = 4 ]
	[ "$(pids 'foreach WA ps' states)" = 0 ]
	[ "$(pids 'foreach RU ps' states)" = 0 ]
	[ "$(pids 'foreach IN UN ps' states)" = '1 5' ]
	[ "$(pids 'foreach IN UN user 5 ps' states)" = 5 ]
	for state in TR SW DE PA NE; do
		[ "$("$KWALK" -q -c "foreach $state ps" vmlinux states)" = none ]
	done
}

@test "foreach: the command gets its options, and its process" {
	tasks_in dump
	"$KWALK" -q -j -c 'vm 1' vmlinux dump >want
	"$KWALK" -q -j -c 'foreach 1 vm' vmlinux dump >got
	cmp want got
	"$KWALK" -q -j -c 'vtop -p 1 1000 2000; vtop -p 3 1000 2000' vmlinux dump >want || true
	"$KWALK" -q -j -c 'foreach 1 3 vtop 1000 2000' vmlinux dump >got || true
	cmp want got
	"$KWALK" -q -j -c 'rd -p 1c01000 2; rd -p 1c01000 2' vmlinux dump >want
	"$KWALK" -q -j -c 'foreach 1 3 rd -p 1c01000 2' vmlinux dump >got
	cmp <(sed 's/,"pid":[0-9]*//' want) <(sed 's/,"pid":[0-9]*//' got)
	# the process that was chosen stays chosen
	"$KWALK" -q -j -c 'set 3; foreach 1 vtop 1000; set' vmlinux dump | tail -n 1 | grep -q '"pid":3'
	"$KWALK" -q -j -c 'foreach 1 vtop 1000; set' vmlinux dump | tail -n 1 | grep -q '"status":"none"'
	# words that have a meaning in a line
	"$KWALK" -q -c 'foreach 1 rd -a -u 1000 | tr a-z A-Z' vmlinux dump | grep -q 'TEXT OF INIT'
}

@test "foreach: text has crash's line for each task, records have the pid" {
	tasks_in dump
	"$KWALK" -q -c 'foreach 1 3 vm' vmlinux dump >text
	[ "$(grep -c '^PID: ' text)" = 2 ]
	grep -qx 'PID: 1        TASK: ffff888000030000  CPU: 0    COMMAND: "init"' text
	"$KWALK" -q -c 'foreach 1 3 vtop 1000' vmlinux dump >text || true
	[ "$(grep -c '^PID: ' text)" = 2 ]
	"$KWALK" -q -c 'foreach 1 3 ps' vmlinux dump >text
	not grep '^PID: ' text
	[ "$(wc -l <text)" = 3 ]
}

@test "foreach: a listing that takes a process" {
	tasks_in dump
	cat >listings <<-'END'
	listing mine letters of the name of a process
	takes task process
	each letter array $task.comm
	column number value $task.pid
	listing other pointers
	each pointer array &init_task.comm, 1
	column number value 1
	END
	"$KWALK" -q --listings listings -c 'foreach 1 3 mine' vmlinux dump >text
	[ "$(grep -c '^PID: ' text)" = 2 ]
	"$KWALK" -q -j --listings listings -c 'foreach 1 3 mine' vmlinux dump >got
	[ "$(sed 's/.*"number"://' got | uniq)" = '1}
3}' ]
	fails 1 @usage foreach --listings listings -c 'foreach 1 other' vmlinux dump
}

@test "foreach: a task that fails does not end it" {
	tasks_in dump
	fails 1 @unreadable '3 0' -c 'foreach 1 3 2 rd -u 3000' vmlinux dump || true
	"$KWALK" -q -j -c 'foreach 3 1 rd -u 3000' vmlinux dump >got && return 1
	grep -q '"status":"error"' got
	grep -q '"command":"rd".*"status":"ok".*"pid":1' got
	# a word that names no task
	"$KWALK" -q -j -c 'foreach 77 1 ps' vmlinux dump >got && return 1
	grep -q '"command":"foreach","input":"77","status":"error"' got
	grep -q '"pid":1' got
	# vm: no mappings of kernel threads are no failure
	[ "$(pids 'foreach vm' | tr ' ' '\n' | sort -u | xargs)" = '1 3 5' ]
}

@test "foreach: what is no command for a task is refused" {
	tasks_in dump
	fails 1 @usage 'bt vm files' -c 'foreach 1' vmlinux dump
	fails 1 @usage 'bt vm files' -c 'foreach 1 p jiffies' vmlinux dump
	fails 1 @usage 'bt vm files' -c 'foreach 1 set' vmlinux dump
	fails 1 @usage 'bt vm files' -c 'foreach foreach' vmlinux dump
	fails 1 @usage 'few' -c 'foreach' vmlinux dump
	fails 1 @usage 'long' -c "foreach 1 rd $(printf 'x%.0s' {1..1100})" vmlinux dump
	# an option that the command does not have: once
	fails 1 @usage 'files -c' -c 'foreach files -c' vmlinux dump
	[ "$(wc -l <complaints)" = 1 ]
	# at most so many lines for all tasks
	run "$KWALK" -q --max-lines=2 -c 'foreach ps' vmlinux dump
	[ "$status" = 1 ]
	[ "$(grep -c 'swapper\|init' <<<"$output")" -lt 3 ]
	[ "$(grep -c 'stopped after' <<<"$output")" = 1 ]
}

@test "task: the task_struct, or members of it" {
	tasks_in dump
	answers vmlinux dump 'task -R pid,comm,signal 3 1; task -x 2' <<-END
	3 pid=3 comm=shell task=0xffff888000030300 value.pid=3 value.comm=shell value.tgid=-
	1 pid=1 value.comm=init
	2 pid=2 type="struct task_struct" address=0xffff888000030200 value.pid=2 value.exit_state=0
	END
	"$KWALK" -q -c 'task -R comm,tasks.next 3' vmlinux dump >text
	grep -qx 'PID: 3        TASK: ffff888000030300  CPU: 0    COMMAND: "shell"' text
	grep -qx '  comm = "shell"' text
	grep -q '^  tasks.next = 0x' text
	# without a word: the chosen process
	answers vmlinux dump 'set 3; task -R tgid' <<-END
	* command=set
	* command=task value.tgid=3
	END
	fails 1 @usage 'task PROCESS set' -c 'task' vmlinux dump
	fails 1 @no-answer '77 pid name' -c 'task 77' vmlinux dump
	fails 1 @unknown 'nothing' -c 'task -R nothing 1' vmlinux dump
	# a member that is not there does not hide the others
	for words in nothing,pid,comm pid,nothing,comm pid,comm,nothing; do
		not "$KWALK" -q -c "task -R $words 1" vmlinux dump >text 2>errors
		grep -qx '  pid = 1' text
		grep -qx '  comm = "init"' text
		[ "$(grep -c nothing errors)" = 1 ]
	done
	not "$KWALK" -q -c 'struct task_struct.comm,nothing,pid ffff888000030300' vmlinux dump >text 2>errors
	grep -qx '  pid = 3' text
	"$KWALK" -q -c 'task -R pid shell' vmlinux dump >text
	[ "$(grep -c '^  pid = ' text)" = 2 ]
}

@test "foreach files -R: only tasks that have the file open, as in crash" {
	local word
	vmlinux 64
	dump x86_64-files
	"$KWALK" -q -c 'foreach files' vmlinux x86_64-files >all
	for word in /bin/init init 0 ffff888000039000; do
		"$KWALK" -q -c "foreach files -R $word" vmlinux x86_64-files >some
		[ "$(grep -c '/bin/init$' some)" = "$(grep -c '/bin/init$' all)" ]
		not grep -qx none some
	done
	[ "$(grep -c ^PID: all)" -gt "$(grep -c ^PID: some)" ]
	not grep -q gone some
	for word in ini in/ini; do # a part of a name
		"$KWALK" -q -c "foreach files -R $word" vmlinux x86_64-files >some
		[ "$(grep -c '/bin/init$' some)" = "$(grep -c '/bin/init$' all)" ]
	done
	for word in / inix; do
		"$KWALK" -q -c "foreach files -R $word" vmlinux x86_64-files >some
		[ "$(cat some)" = none ]
	done
}
