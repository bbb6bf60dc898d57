#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Names of crash: what answers them, and what does not.
load common

# same FILES NAMES OURS: both lines have the same answers, and there are some.
same() {
	# shellcheck disable=SC2086 # several files
	"$KWALK" -q -c "$2" $1 >theirs 2>>theirs || [ $? = 1 ]
	# shellcheck disable=SC2086
	"$KWALK" -q -c "$3" $1 >ours 2>>ours || [ $? = 1 ]
	[ -s ours ] && diff theirs ours
}

@test "names and options of crash run what answers them here" {
	vmlinux 64
	dump x86_64-tasks x86_64-areas
	same 'vmlinux x86_64-tasks' 'ps; ps 1; ps init' 'tasks; tasks 1; tasks init'
	same 'vmlinux x86_64-tasks' 'vm 1; set 1; vm; vm -p' 'vmas -p 1; set 1; vmas; pagemap'
	same 'vmlinux x86_64-tasks' 'vm 1 -p; vtop -c 1 1000 2000' 'pagemap -p 1; vtop -p 1 1000 2000'
	same 'vmlinux x86_64-areas' 'kmem -v; kmem -v ffffc90000000000; lsmod' \
		'areas; areas ffffc90000000000; mod'
	same 'vmlinux x86_64-areas' 'kmem -p 1c01000; kmem ffff888000001000; kmem -s 1c01000' \
		'whatis -v 1c01000; whatis -v ffff888000001000; whatis -v 1c01000'
	same 'vmlinux x86_64-areas' 'kmem schedule; kmem -p &schedule schedule+1' \
		'whatis -v schedule; whatis -v &schedule schedule+1'
	same 'vmlinux x86_64-areas' 'kmem -s; kmem -s none; kmem -f; kmem -f 1c01000; kmem -i; kmem -p' \
		'slabs; slabs none; zones; whatis -v 1c01000; mem -i; frames -l'
	same 'vmlinux x86_64-areas' 'mach; mach -m; ? vtop' \
		'info; iomem; help vtop'
	same 'vmlinux x86_64-areas' 'sym -m vmlinux; dmesg; search -h 1' 'sym -l vmlinux; log; search -16 1'
	same 'vmlinux x86_64-tasks' 'bt -l 1; bt -s 1; pd jiffies' 'bt 1; bt 1; p jiffies'
	same 'vmlinux x86_64-tasks' 'backtrace 1; where; print jiffies; print/x jiffies' \
		'bt 1; bt; p jiffies; px jiffies'
	"$KWALK" -q -c 'q; regions' x86_64-areas >answers
	"$KWALK" -q -c 'exit; regions' x86_64-areas >>answers
	[ ! -s answers ]
}

@test "the kernel's own names of vtop and ptov, and words that mean them" {
	vmlinux 64
	dump x86_64
	same 'vmlinux x86_64' 'virt_to_phys -k schedule; __pa schedule; phys_to_virt -a 1000; __va 1000' \
		'vtop -k schedule; vtop schedule; ptov -a 1000; ptov 1000'
	same 'vmlinux x86_64' 'help __pa phys_to_virt; virt_to_p schedule' 'help vtop ptov; virt_to_page schedule'
	answers x86_64 '__va 1000' <<<'1000 command=ptov virtual=0xffff888000001000'
	same 'vmlinux x86_64' 'v2p schedule; p2v 1000' 'vtop schedule; ptov 1000'
	fails 1 @usage 'virt2phys vtop' -c 'virt2phys schedule' x86_64
	fails 1 @usage 'phys2virt ptov' -c 'phys2virt 1000' x86_64
}

@test "areas -m: only modules' areas" {
	vmlinux 64
	dump x86_64-areas
	# a program can tell "none" from "not run"
	dump x86_64-tasks
	answers vmlinux x86_64-tasks 'areas -m' <<<'* command=areas status=ok rows=0'
	"$KWALK" -q -j -c 'areas -m' vmlinux x86_64-areas >answers
	grep -q '"kind":"module"' answers
	not grep -v '"kind":"module"' answers
}

@test "a command that only crash has: the message names what to use instead" {
	dump x86_64
	fails 1 @usage 'tree -p index' -c 'tree -p 1000' x86_64
	fails 1 @usage 'sym -M -l' -c 'sym -M' x86_64
	fails 1 @usage 'rd -e -8' -c 'rd ffff888000001000 -e ffff888000001010' x86_64
	fails 1 @usage 'x/2d p' -c 'x/2d jiffies' x86_64
	# each letter of an option, wherever it stands
	fails 1 @usage 'bt -t rd -s SP' -c 'bt -at 1' x86_64
	fails 1 @usage 'log -t sed' -c 'log -Tt' x86_64
	fails 1 @usage 'log -m log -x' -c 'log -T -m' x86_64
	fails 1 @usage 'search -h search -16' -c 'search -k -h 1' x86_64
	fails 1 @usage 'search -V -R' -c 'search -V 1' x86_64
	fails 1 @usage 'help -m info' -c 'help -m' x86_64
	fails 1 @usage 'whatis -m pahole' -c 'whatis -m mm_struct' x86_64
	fails 1 @usage wr -c 'wr -32 0 1' x86_64
	not grep -q '"status":"ok"' output
	# Unknown options of a name are no options of what answers it.
	fails 1 @usage '-z' -c 'ps -z 1' x86_64
	fails 1 @usage 'kmem -s [CACHE...]' -c 'kmem -s -q' x86_64
	# With -t, crash searches the stacks of tasks for a value.
	fails 1 @usage 'search -t ffff888001c07000 number -c' -c 'search -t ffff888001c07000' x86_64
	"$KWALK" -q -c 'search -c ffff888001c07000' x86_64 | grep -qx none
	# A name of crash is never taken for the start of another command.
	fails 1 @usage 'mount crash' -c 'mount 1000' x86_64
	fails 1 @usage 'kme kmem' -c 'kme' x86_64
	answers x86_64 'bto 1000; ptob 1' <<-END
		1000 pfn=0x1
		1 physical=0x1000
	END
}

@test "no option of crash is unknown" {
	local command letters
	dump x86_64
	# The options of crash 9.0.2, by its help.
	while read -r command letters; do
		fold -w1 <<<"$letters" | sed "s/^/$command -/"
	done >lines <<-END
		bt agrtTlpeEfFoOvRsxdISn
		dev ipdDVv
		dis rfludxsb
		files dpcR
		ipcs smMqn
		irq udbasc
		kmem fFcCivVnzohpmsSrIgP
		list oeslxdrhHB
		log Ttdmasc
		mach mcxdo
		mod sdSDtrRog
		mount fin
		net sSxdRanN
		p xdu
		ps kuGyspctlmCagrSAH
		rd adDsSupxmfNRoer
		runq tTmgcd
		search skVupteTlmxcwhK
		set acpv
		sig lsg
		struct olrfuxdpc
		sym lMmpnq
		sys ctip
		task Rdx
		timer rC
		tree troNpsxdv
		union olrfuxdpc
		vm pPMvmxdRf
		vtop cuk
		whatis orm
	END
	[ "$(grep -c . lines)" -gt 150 ]
	"$KWALK" -q -x lines x86_64 >said 2>&1 || true
	[ "$(grep -c ' is not answered here' said)" -gt 60 ]
	not grep 'unknown option' said
	fails 1 @usage 'struct -c last' -c 'union task_struct ffff888000030300 -c 2' x86_64
	fails 1 @usage 'sys config /boot' -c 'sys config' x86_64
	fails 1 @usage 'dis -s dis -l' -c 'dis -s schedule' x86_64
}

@test "help WORD that is no command searches the help of all" {
	"$KWALK" -q -c 'help watermark' >said
	grep -q '^No command is named watermark' said
	grep -q '^  zones ' said
	not grep -q '^  slabs ' said
	# a part of a word is not searched
	not "$KWALK" -q -c 'help atermark'
	fails 1 @usage 'help vtpo vtop' -c 'help vtpo'
	"$KWALK" -q -j -c 'help watermark' | json_hold 'it["command"] == "help" and it["name"] and it["summary"]'
}

@test "x/ and l of gdb: memory, instructions, and the place of an address" {
	vmlinux 64
	dump x86_64-tasks
	same 'vmlinux x86_64-tasks' 'x/4gx init_task; x/2h init_task + 8; x init_task; x/i schedule; x/a init_task; x/4c init_task' \
		'rd -64 init_task 4; rd -16 init_task+8 2; rd -32 init_task; dis schedule; rd -s init_task; rd -a init_task 4'
	# A pointer means its value, and a number is no place.
	dump x86_64-purpose
	base=$("$KWALK" -q -j -c 'p pcpu_base_addr' vmlinux x86_64-purpose | json_values 'it["value"]')
	same 'vmlinux x86_64-purpose' 'x/2gx pcpu_base_addr; x/2gx &pcpu_base_addr; x/x c1000000' \
		"rd -64 $base 2; rd -64 &pcpu_base_addr 2; rd -32 c1000000"
	same 'vmlinux x86_64-tasks' 'x/2gx init_task.tasks; rd init_task.tasks 2; rd init_task.comm' \
		'rd -64 &init_task.tasks 2; rd &init_task.tasks 2; rd &init_task.comm'
	fails 1 @usage 'init_task.pid is a number &init_task.pid' -c 'rd init_task.pid' vmlinux x86_64-tasks
	fails 1 @usage 'init_task.mm is a pointer &init_task.mm' -c 'rd init_task.mm' vmlinux x86_64-tasks
	fails 1 @usage '&huge_zero_pfn p' -c 'x/4xg huge_zero_pfn' vmlinux x86_64-tasks
	fails 1 @usage '&huge_zero_pfn p' -c 'x/4xg huge_zero_pfn+8' vmlinux x86_64-tasks
	fails 1 @usage '&pcpu_base_addr' -c 'x/4xg pcpu_base_addr+8' vmlinux x86_64-tasks
	same 'vmlinux x86_64-tasks' 'l *schedule; list *(schedule+0x4)' 'sym schedule; sym schedule+4'
	# a letter alone is still the start of a name
	same 'vmlinux x86_64-tasks' 'l -l err' 'log -l err'
	fails 1 @usage 'x/2s' -c 'x/2s init_task' vmlinux x86_64-tasks
}

@test "options that only change the display of crash are accepted in silence" {
	dump x86_64
	"$KWALK" -q -c 'set scroll off; mod -s any file.ko; mod -S; mod -d any' x86_64 >said 2>&1
	[ ! -s said ]
	fails 1 @unknown 'set scroll' -c 'set scroll' x86_64
}

@test "set hex and set radix show values in hexadecimal" {
	local line
	vmlinux 64
	dump x86_64-tasks
	for line in 'set hex' hex 'set radix 16' 'set dec; set hex on'; do
		"$KWALK" -q -c "$line; struct task_struct.pid ffff888000030300" vmlinux x86_64-tasks >out
		grep -qx '  pid = 0x3' out
	done
	for line in 'set hex; set dec' 'hex; dec' 'hex; set radix 10' 'set radix'; do
		"$KWALK" -q -c "$line; struct task_struct.pid ffff888000030300" vmlinux x86_64-tasks >out
		grep -qx '  pid = 3' out
	done
	"$KWALK" -q -c 'hex; struct -d task_struct.pid ffff888000030300' vmlinux x86_64-tasks >out
	grep -qx '  pid = 3' out
	fails 1 @usage 'radix 8' -c 'set radix 8' vmlinux x86_64-tasks
	fails 1 @usage '2 too many' -c 'set 1 2' vmlinux x86_64-tasks
	same 'vmlinux x86_64-tasks' 'eval ffff888000030fab & fff; eval fff; eval a + 1' 'eval 0xfab; eval 0xfff; eval 11'
}

@test "each command of a script has its own heading and columns" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q -c 'ps -s 3; ps 3' vmlinux x86_64-tasks >out
	[ "$(grep -c 'PID ' out)" = 2 ]
	[ "$(grep -c KSTACKP out)" = 1 ]
	"$KWALK" -q -c 'p nr_irqs; p init_task; ps 3' vmlinux x86_64-tasks >out 2>&1 || true
	not grep -q '^-  *-  *-' out
	"$KWALK" -q --csv -c 'ps 3; ps 1' vmlinux x86_64-tasks >out
	[ "$(grep -c comm out)" = 1 ]
}

@test "an address or sum alone asks what it is" {
	vmlinux 64
	dump x86_64-tasks
	same 'vmlinux x86_64-tasks' '0xffffffff81000000 1000; init_task+10; &init_task' \
		'whatis 0xffffffff81000000 1000; whatis init_task+10; whatis &init_task'
}

@test "a name that is near is asked for" {
	dump x86_64
	fails 1 @usage 'virt_to_pgae virt_to_page' -c 'virt_to_pgae 0' x86_64
	fails 1 @usage 'vtpo vtop' -c 'vtpo 1' x86_64
	fails 1 @usage 'xyzzy help' -c xyzzy x86_64
	# crash's names are suggested, too, except names of one or two letters.
	fails 1 @usage 'modd mod' -c 'modd' x86_64
	fails 1 @usage 'dmseg dmesg' -c 'dmseg' x86_64
	fails 1 @usage 'mout mount' -c 'mout' x86_64
	# Those that nothing answers are not offered.
	fails 1 @usage 'fusre' -c 'fusre 1' x86_64
	not grep fuser complaints
	fails 1 @usage 'qz help' -c qz x86_64
	fails 1 'reg: ambiguous command: region, regions' -c 'reg 1' x86_64
}

@test "help and the manual show the same table" {
	dump x86_64
	"$KWALK" -q -c 'help vm' x86_64 | head -n 2 | diff - <(printf '%s\n' 'Crash compatibility:' \
		'  vm [PID|NAME|TASK]         runs vmas [PID|NAME|TASK]')
	# another name of a command: its help, and the rows of the name
	"$KWALK" -q -c 'help ps' x86_64 >text
	grep -q '^tasks ' text
	grep -q '^  ps -r  *not here: ' text
	"$KWALK" -q -c 'help sym' x86_64 | sed '1,/^Crash compatibility:$/d' >names
	grep -q '^  sym -m MODULE  *runs sym -l MODULE$' names
	grep -q '^  sym -n  *not here: ' names
	[ "$("$KWALK" help crash | grep -c '^Crash compatibility:$')" = 1 ]
	not grep -q 'Crash compatibility' <("$KWALK" help regions)
	"$KWALK" -q -c help x86_64 | grep -q '"help crash"'
	"$KWALK" -q -j -c 'help crash' x86_64 >rows
	[ "$(wc -l <rows)" -gt 60 ]
	python3 "$BATS_TEST_DIRNAME/../doc/aliases.py" "$BATS_TEST_DIRNAME/../../doc/kwalk-commands.7" <rows
	# What a row runs is a command, and takes the options of the row.
	python3 -c 'import json, sys
	for row in map(json.loads, sys.stdin):
	    if "runs" in row: print(row["runs"].split()[0])' <rows | sort -u |
		while read -r name; do
			"$KWALK" -q -c "help $name" x86_64 >/dev/null || echo "$name"
		done >unknown
	[ ! -s unknown ]
}

@test "a struct without its word is the same as with it, and is no text; an expression is one word" {
	local line

	dump x86_64-slabs
	vmlinux 64
	for line in 'task_struct.comm' 'task_struct.comm,pid' 'task_struct.thread.sp' 'task_struct.comm[1]' 'task_struct -o'; do
		same 'vmlinux x86_64-slabs' "$line" "struct $line"
	done
	same 'vmlinux x86_64-slabs' '*task_struct; union task_struct; * task_struct' 'struct task_struct; struct task_struct; struct task_struct'
	"$KWALK" -q -c 'page ffffea0000000000' vmlinux x86_64-slabs | grep -q PFN
	# what is pasted is not a struct
	"$KWALK" -q -c '[<ffff888000030000>] task_struct.comm' vmlinux x86_64-slabs | grep -q '\^ ffff888000030000: '
	"$KWALK" -q -c 'p ((struct task_struct *)0xffff888000030000)->comm' vmlinux x86_64-slabs | grep -q ' "init"$'
}

# notes LINE WORD...: the line is answered, and one note on standard error names the words.
notes() {
	"$KWALK" -q -c "$1" vmlinux x86_64-tasks >answer 2>complaints
	[ "$(wc -l <complaints)" = 1 ]
	complains @line "${*:2}"
	"$KWALK" -q -j -c "$1" vmlinux x86_64-tasks 2>complaints >answer
	[ ! -s complaints ]
}

@test "an option or number that crash reads in another way: a note about the difference, but not in records" {
	local line

	vmlinux 64
	dump x86_64-tasks
	notes 'search -w 81000000' 64 -w -32
	notes 'search -t init_task' init_task VALUE
	notes 'search -t 1' VALUE
	notes 'search -tk ffff888000030000' '"k"' VALUE
	notes 'ptob 10' ptob 0xa
	notes 'ptov 1000:' 1000: sym NAME:all
	notes 'rd -r out init_task 2' 8 rd -8
	[ "$(stat -c %s out)" = 16 ]
	for line in 'search -w -32 81000000' 'search -w ffff888000030000' 'search -t "Linux version"' 'search -c 1' 'search -w -i 1 2' \
		'ptob 9 0x10 1a' 'ptov 1000' 'rd -8 -r out init_task 2'; do
		"$KWALK" -q -c "$line" vmlinux x86_64-tasks 2>complaints >answer
		[ ! -s complaints ]
	done
	fails 1 @usage 'whatis -r crash pahole' -c 'whatis -r 24' x86_64-tasks
	fails 1 @usage 'ptov 1000:a NAME:all' -c 'ptov 1000:a' x86_64-tasks
	"$DUMPS/mklog" ring --bits=12 --records=6 | cat <(echo "include $DUMPS/x86_64-tasks.txt") - | describe logged
	"$KWALK" -q -c 'log -a' vmlinux logged 2>complaints >answer
	complains @line '-a audit crash'
	"$KWALK" -q -c 'log -a -l err' vmlinux logged 2>complaints >answer
	[ ! -s complaints ]
}
