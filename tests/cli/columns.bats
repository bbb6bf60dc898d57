#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The options that all commands with rows have: -O chooses columns, -K sorts by one.
load common

setup() {
	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return
	vmlinux 64
	dump x86_64-tasks
}

# shows COMMAND [OPTION...]: the answer, with one blank between words, is standard input.
shows() {
	cat >wanted
	"$KWALK" -q "${@:2}" -c "$1" vmlinux x86_64-tasks </dev/null | tr -s ' ' | sed 's/^ //' | diff - wanted
}

@test "-O: these columns, in this order, in text, JSON and CSV" {
	shows 'tasks -O comm,pid 1 3' <<-END
	COMM PID
	init 1
	shell 3
	END
	shows 'tasks 1 -Ocomm,pid,idle_cpu' -j <<-END
	{"command":"tasks","input":"1","status":"ok","comm":"init","pid":1}
	END
	shows 'tasks 1 -O comm,idle_cpu,pid' --csv <<-END
	comm,idle_cpu,pid
	init,,1
	END
}

@test "-O, -K: a heading, in letters of any case, for the field below it" {
	shows 'tasks -O pid,VSZ -K -pid 1 3' --csv <<-END
	pid,total_vm
	3,
	1,
	END
	fails 1 @usage 'where pid' -c 'bt -O where 3' vmlinux x86_64-tasks
	fails 1 @usage 'vsz' -c 'tasks -O total_vm,vsz' vmlinux x86_64-tasks
}

@test "-O shows fields that text hides, and what output_begin() states" {
	shows 'vtop -O input,status,pfn,physical init_task 0' <<-END
	INPUT STATUS PFN PHYSICAL
	init_task mapped 1420 1420800
	0 not-mapped - -
	END
	shows 'vtop -O status,input,pfn 0' --csv <<-END
	status,input,pfn
	not-mapped,0,
	END
	shows 'tasks -O running,state,comm 3' <<-END
	RUNNING STATE COMM
	- R shell
	END
}

@test "-O: lists are in one cell, tables stay below their row, other objects are JSON" {
	shows 'pte -O kind,flags 163' <<-END
	KIND FLAGS
	page PRESENT|RW|ACCESSED|DIRTY|GLOBAL
	END
	shows 'vtop -O pfn,levels init_task' <<-END
	PFN
	1420
	LEVEL ENTRY AT ENTRY FLAGS
	pgd 1410ff8 1411067 PRESENT|RW|USER|ACCESSED|DIRTY
	pud 1411ff0 1412063 PRESENT|RW|ACCESSED|DIRTY
	pmd 1412050 80000000014001e3 PRESENT|RW|ACCESSED|DIRTY|PSE|GLOBAL|NX
	END
}

@test "-K sorts numbers as numbers, texts as bytes, and what is unknown last" {
	"$KWALK" -q -j -c 'tasks -K -pid -O pid' vmlinux x86_64-tasks | sed 's/.*:\(.*\)}/\1/' | paste -s >order
	grep -qx '5	4	3	2	1	0	0' order
	shows 'tasks -O pid -K comm' <<-END
	PID
	1
	5
	2
	3
	4
	0
	0
	END
	shows 'tasks -O pid,root -K -root' <<-END
	PID ROOT
	3 33000
	1 32000
	5 32000
	0 -
	0 -
	2 -
	4 -
	END
	shows 'tasks -O pid -K root' --csv <<-END
	pid
	1
	5
	3
	0
	0
	2
	4
	END
}

@test "-K alone: all columns, sorted by one that need not be shown" {
	for form in text -j --csv; do
		"$KWALK" -q ${form#text} -c tasks vmlinux x86_64-tasks | sort >all
		"$KWALK" -q ${form#text} -c 'tasks -K -stack' vmlinux x86_64-tasks | sort | diff - all
	done
	"$KWALK" -q -c 'ps -K -rss' vmlinux x86_64-tasks >all
	"$KWALK" -q -c 'tasks -K -rss' vmlinux x86_64-tasks | diff - all
	"$KWALK" -q -c 'tasks -K -task' vmlinux x86_64-tasks | sed -n '2s/ *\([0-9]*\).*/\1/p' | grep -qx 0
}

@test "-K: lines below a row stay with it" {
	"$KWALK" -q -c 'vtop 0 init_task' vmlinux x86_64-tasks >before
	"$KWALK" -q -c 'vtop -K -virtual 0 init_task' vmlinux x86_64-tasks >after
	[ "$(sed -n '2s/ .*//p' after)" = ffffffff81420800 ]
	sed -n 3p after | grep -q LEVEL
	diff <(sort before) <(sort after)
}

@test "columns that do not exist: which do" {
	fails 1 @usage 'pidd pid' -c 'tasks -O comm,pidd' vmlinux x86_64-tasks
	complains @usage 'pidd pid comm root' 'did you mean pid?'
	fails 1 @usage 'comn comm' -c 'tasks -K -comn' vmlinux x86_64-tasks
	fails 1 @usage 'shown_state state' -c 'tasks -O shown_state' vmlinux x86_64-tasks
	fails 1 @usage 'pid twice' -c 'tasks -O pid,comm,pid' vmlinux x86_64-tasks
	fails 1 @usage COLUMN -c 'tasks -O' vmlinux x86_64-tasks
	fails 1 @usage '-O' -c 'quit -O pid' vmlinux x86_64-tasks
}

@test "answers that are lines of text are not sorted, but their columns are" {
	fails 1 @line 'rd -O' -c 'format text; rd -K address init_task 2' vmlinux x86_64-tasks
	shows 'rd -O width,address init_task 2' <<-END
	WIDTH ADDRESS
	64 ffffffff81420800
	END
}

@test "options of commands that have -O of their own, and names of crash's commands" {
	fails 1 @usage '-O -h' -c 'list -O pid modules' vmlinux x86_64-tasks
	diff <("$KWALK" -q -c 'ps -K -pid -O pid,comm' vmlinux x86_64-tasks) \
		<("$KWALK" -q -c 'tasks -K -pid -O pid,comm' vmlinux x86_64-tasks)
	"$KWALK" -q -c 'search -O virtual -p 0' vmlinux x86_64-tasks >/dev/null
}

@test "what -O and -K change ends with the command" {
	"$KWALK" -q -c 'tasks 1' vmlinux x86_64-tasks >alone
	"$KWALK" -q -c 'tasks -O pid 1; tasks 1' vmlinux x86_64-tasks | tail -n +3 | diff - alone
	"$KWALK" -q --csv -c 'tasks 1' vmlinux x86_64-tasks >alone
	"$KWALK" -q --csv -c 'tasks -O comm,pid 1; tasks 1' vmlinux x86_64-tasks | tail -n +4 | diff - alone
}

@test "-K keeps answers within a limit, and --max-lines counts the sorted ones" {
	"$KWALK" -q -j --max-lines 2 -c 'tasks -K -pid -O pid' vmlinux x86_64-tasks >rows 2>complaints && return 1
	[ "$(grep -c '"status":"ok"' rows)" -eq 2 ]
	head -n 1 rows | grep -q '"pid":5}'
}

@test "help lists the columns of each command, and every field that answers have is one" {
	"$KWALK" help tasks | grep -q '^  comm  *the name of the task$'
	"$KWALK" -j help tasks | grep -q '"columns":\[{"name":"pid",'
	not grep -q '^Columns' <("$KWALK" help quit)
	for command in tasks 'vtop init_task 0' 'vmas 1' 'pagemap -p 1' 'pt -p 1' info check regions 'bt 1' areas \
		zones slabs mem 'whatis init_task' 'page 1c07' 'set 1' 'ptov -a 1000' 'pte 163' iomem 'files 1' triage; do
		"$KWALK" -j -c "help ${command%% *}" | grep -o '"columns":.*' | grep -o '"name":"[^"]*"' | cut -d '"' -f 4 >columns
		"$KWALK" -q -j -c "$command" vmlinux x86_64-tasks >answers 2>/dev/null || true
		python3 -c 'import json, sys
	for line in open("answers"):
	    print("\n".join(json.loads(line)))' | sort -u | grep -vxFf columns |
			grep -vx 'command\|input\|status\|message\|error\|doubts' | sed "s/^/$command: /" >>lacking || true
	done
	cat lacking
	[ ! -s lacking ]
}
