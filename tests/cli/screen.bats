#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a terminal shows: rows that fit, a pager for long answers, colours by meaning.
load common

unset NO_COLOR KWALK_PAGER LESS LV COLUMNS LINES

# A Python that has a terminal emulator.
find_python() {
	local python

	for python in "$(type -P python3)" /usr/bin/python3; do
		"$python" -c 'import pyte' 2>/dev/null && echo "$python" && return
	done
	return 1
}

# on_screen COLUMNS LINES ARGUMENT...: kwalk on a screen by the script on standard input.
on_screen() {
	local python

	cat >script
	if ! python=$(find_python); then
		[ -z "$CI" ] || { echo "python3-pyte is missing"; return 1; }
		skip "no python3-pyte"
	fi
	"$python" "$BATS_TEST_DIRNAME/screen.py" "$1" "$2" script "$KWALK" -q "${@:3}"
}

# asks COMMAND...: a script that shows in the file screens what the screen has after each.
asks() {
	local command

	for command; do
		printf 'expect kwalk>\\x20\nclear\nsend %s\\r\nexpect kwalk>\\x20\nshow screens\nsend \\r\n' "$command"
	done
	printf 'send quit\\r\nfits\nexits any\n'
}

# The message about columns that a table leaves out begins with this.
NO_ROOM='no room for'

# without_words: a screen on standard input without the words of messages.
without_words() {
	sed -E "s/^$NO_ROOM (.*); .*/left out: \\1/; s/^(  TABLE: [0-9a-f]+,).*/\\1/; /^      [a-z]/d"
}

# pager TEXT: a pager that says TEXT and copies what it gets to the file paged.
pager() {
	printf '#!/bin/sh\necho %s\nexec cat >>paged\n' "$1" >pager
	chmod +x pager
	export KWALK_PAGER=./pager
}

# More lines than a screen has.
MANY='regions; regions; regions'

@test "answers at 80, 120 and 200 columns: no row is broken in a word" {
	needs_part devices
	dump x86_64-tasks
	vmlinux 64
	for columns in 80 120 200; do
		rm -f screens
		asks 'vtop init_task 1234' tasks 'region schedule ffff888000030010' 'vmas -p 1' \
			'pagemap -p 1' 'page init_task' 'ptov -a -u 32000' pt 'rd -8 init_task 20' \
			'whatis -v ffff888000030010' |
			on_screen $columns 50 --no-pager vmlinux x86_64-tasks
		without_words <screens | diff -u <(tail -n +2 "$BATS_TEST_DIRNAME/screens/$columns.txt") -
	done
}

@test "texts at 80, 120 and 200 columns are broken between words, below their heading" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -j -c check vmlinux x86_64-tasks >answers
	for columns in 80 120 200; do
		rm -f screens
		asks check | on_screen $columns 70 --no-pager vmlinux x86_64-tasks
		python3 - $columns <<-'END' | diff -u - screens
		import json, sys, textwrap
		print("check")
		print(f"{'CHECK':13}  {'STATUS':11}  MESSAGE")
		for answer in map(json.loads, open("answers")):
		    row = f"{answer['check']:13}  {answer['status']:11}  "
		    print(textwrap.fill(answer["message"], int(sys.argv[1]), initial_indent=row,
		                        subsequent_indent=" " * len(row), break_on_hyphens=False))
		print("kwalk>")
		END
	done
}

@test "a narrow terminal, too, breaks no word; addresses are whole" {
	dump x86_64-tasks
	vmlinux 64
	asks tasks 'page init_task' 'region schedule' info pt check help |
		on_screen 40 40 --no-pager vmlinux x86_64-tasks
	grep -qw ffffffff81002000 screens
}

@test "rows that a terminal has no room for are records of a field a line" {
	dump x86_64
	vmlinux 64
	asks 'vtop init_task ffffffff81000000' |
		on_screen 60 60 --no-pager vmlinux x86_64
	diff -u - screens <<-'END'
	vtop init_task ffffffff81000000
	VIRTUAL   ffffffff81420800
	PHYSICAL  1420800
	SIZE      2M
	REGION    kernel-image
	PAGE      ffffea0000050800
	STATE     present
	  LEVEL  ENTRY AT  ENTRY             FLAGS
	  pgd    1410ff8   1411067           PRESENT|RW|USER|
	                                     ACCESSED|DIRTY
	  pud    1411ff0   1412063           PRESENT|RW|ACCESSED|
	                                     DIRTY
	  pmd    1412050   80000000014001e3  PRESENT|RW|ACCESSED|
	                                     DIRTY|PSE|GLOBAL|NX
	  ACCESS: kernel only, writable, no execute; cache WB

	VIRTUAL   ffffffff81000000
	PHYSICAL  1000000
	SIZE      2M
	REGION    kernel-image
	PAGE      ffffea0000040000
	STATE     present
	  LEVEL  ENTRY AT  ENTRY    FLAGS
	  pgd    1410ff8   1411067  PRESENT|RW|USER|ACCESSED|DIRTY
	  pud    1411ff0   1412063  PRESENT|RW|ACCESSED|DIRTY
	  pmd    1412040   10001e1  PRESENT|ACCESSED|DIRTY|PSE|
	                            GLOBAL
	  ACCESS: kernel only, read-only, executable; cache WB

	kwalk>
	END
}

@test "a terminal that gets another size shows the next answer in it" {
	dump x86_64
	on_screen 80 30 x86_64 <<-END
	expect kwalk>\x20
	send page ffffffff81000000\r
	expect $NO_ROOM
	expect kwalk>\x20
	size 200 30
	clear
	send page ffffffff81000000\r
	expect FLAGS WORD
	expect kwalk>\x20
	show screens
	send quit\r
	exits 0
	END
	grep -q '^PFN .*FLAGS WORD' screens
}

@test "what is piped or written to a file is as long as it is, without colours" {
	dump x86_64
	"$KWALK" -q x86_64 -c 'page ffffffff81000000; regions' >plain
	on_screen 60 30 --no-pager x86_64 <<-'END'
	expect kwalk>\x20
	send page ffffffff81000000; regions | cat >piped\r
	expect kwalk>\x20
	send quit\r
	exits 0
	END
	"$KWALK" -q x86_64 -c 'regions' | diff piped -
	grep -q 'FLAGS WORD' plain
	not grep -q $'\033' plain
	COLUMNS=60 "$KWALK" -q --color=auto x86_64 -c 'page ffffffff81000000; regions' | diff plain -
}

@test "headings are repeated on each screen of a long list" {
	dump x86_64
	on_screen 100 10 --no-pager x86_64 <<-'END'
	expect kwalk>\x20
	clear
	send regions\r
	expect kwalk>\x20
	show screens
	send quit\r
	exits 0
	END
	grep -q '^REGION  *START' screens
}

@test "long answers go to a pager, with complaints in their place; short ones do not" {
	dump x86_64
	pager paging
	on_screen 80 24 x86_64 <<-END
	expect kwalk>\x20
	send $MANY; vtop nonsense; ptov 12\r
	expect paging
	expect kwalk>\x20
	clear
	send ptov 34\r
	expect ffff888000000034
	expect kwalk>\x20
	show screens
	send quit\r
	exits 1
	END
	not grep -q paging screens
	[ "$(grep -c REGION paged)" -ge 3 ]
	# The complaint stands between the answers.
	grep -A 20 'kwalk:.* vtop: nonsense' paged | grep -q ffff888000000012
	sed '/kwalk:.* vtop: nonsense/,$d' paged | grep -c REGION | grep -qx 3
}

@test "commands of -c share a pager" {
	dump x86_64
	pager paging
	on_screen 80 24 x86_64 -c "$MANY" -c 'ptov 12' <<-'END'
	expect paging
	exits 0
	END
	grep -q ffff888000000012 paged
	# Nothing to fit and no pager in JSON.
	rm paged
	on_screen 80 24 -j x86_64 -c "$MANY" <<-'END'
	expect "region":"fixmap"
	exits 0
	END
	[ ! -e paged ]
}

@test "no pager: by option, as cat, as nothing, and without shell commands" {
	dump x86_64
	pager paging
	for option in --no-pager --no-shell; do
		on_screen 80 24 ${option:+"$option"} x86_64 -c "$MANY" <<-'END'
		expect fixmap
		exits 0
		END
	done
	for KWALK_PAGER in cat ''; do
		on_screen 80 24 x86_64 -c "$MANY" <<-'END'
		expect fixmap
		exits 0
		END
	done
	[ ! -e paged ]
	unset KWALK_PAGER
	export PAGER=./pager
	on_screen 80 24 x86_64 -c "$MANY" <<-'END'
	expect paging
	exits 0
	END
	grep -q fixmap paged
}

@test "a pager that is not there costs no answer" {
	dump x86_64
	export KWALK_PAGER=./nothing
	on_screen 80 24 x86_64 <<-END
	expect kwalk>\x20
	send $MANY\r
	expect not found
	expect fixmap
	expect kwalk>\x20
	send quit\r
	exits 0
	END
}

@test "a pager that is left early, and Ctrl-C in it, lead back to the prompt" {
	dump x86_64
	# Ctrl-C is blocked but where it is waited for: none can come between a look and a wait.
	cat >pager <<-'END'
	#!/usr/bin/env python3
	import signal, sys
	signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
	print(sys.stdin.readline(), end="", flush=True)
	for _ in range(2):
	    signal.sigwait([signal.SIGINT])
	    print("interrupted", flush=True)
	open("/dev/tty").readline()
	END
	chmod +x pager
	export KWALK_PAGER=./pager
	on_screen 80 24 x86_64 <<-'END'
	expect kwalk>\x20
	send rd -8 -p 100000 10000000\r
	expect 0000000000100000
	send \x03
	expect interrupted
	send \x03
	expect interrupted
	send \r
	expect kwalk>\x20
	send ptov 34\r
	expect ffff888000000034
	expect kwalk>\x20
	send quit\r
	exits any
	END
}

@test "a session with a pager, other sizes and colours reads no memory after free" {
	dump x86_64-tasks
	vmlinux 64
	pager paging
	in_valgrind on_screen 80 12 vmlinux x86_64-tasks <<-'END'
	expect kwalk>\x20
	send pt; tasks; region schedule ffff888000030010; pagemap -p 1\r
	expect paging
	expect kwalk>\x20
	size 40 12
	send info; vtop nonsense; page init_task\r
	expect paging
	expect kwalk>\x20
	send rd -8 -p 100000 10000000 | head -n 1\r
	expect 0000000000100000
	expect kwalk>\x20
	size 200 50
	send tasks; check\r
	expect kwalk>\x20
	send quit\r
	exits 1
	END
}

@test "less shows a long list page by page, and leaves" {
	needs less
	dump x86_64
	on_screen 80 10 x86_64 <<-'END'
	expect kwalk>\x20
	clear
	send regions\r
	expect :
	show screens
	send \x20
	show screens
	send q
	expect kwalk>\x20
	send quit\r
	exits 0
	END
	# Each page begins with the heading, in bold.
	[ "$(grep -c '^REGION  *START' screens)" = 2 ]
	not grep -q 'ESC' screens
}

@test "colours tell states, rights and faults" {
	dump x86_64-tasks
	vmlinux 64
	on_screen 120 40 vmlinux x86_64-tasks <<-'END'
	expect kwalk>\x20
	clear
	send pagemap -p 1\r
	expect total
	expect kwalk>\x20
	colours colours
	clear
	send vtop schedule init_task 1234\r
	expect not-mapped
	expect kwalk>\x20
	colours colours
	send quit\r
	exits 0
	END
	grep -qx 'bold default START' colours
	grep -qx 'green present' colours
	grep -qx 'brown not-mapped' colours
	grep -qx 'bold red rwxu' colours
	grep -qx 'brown rw-u' colours
	grep -qx 'green r-xu' colours
	grep -qx 'green executable' colours
	grep -qx 'brown writable' colours
}

@test "colours are switched off and on" {
	dump x86_64
	coloured() {
		"$@" >coloured
		grep -q $'\033' coloured
	}
	not coloured "$KWALK" -q x86_64 -c 'pt; check'
	coloured "$KWALK" -q --color=always x86_64 -c 'pt; check'
	coloured "$KWALK" -q --color x86_64 -c 'pt; check'
	NO_COLOR=1 coloured "$KWALK" -q --color=always x86_64 -c 'pt; check'
	# But for the colours it is the same.
	sed $'s/\033\\[[0-9;]*m//g' coloured >plain
	"$KWALK" -q x86_64 -c 'pt; check' | diff plain -
	not coloured "$KWALK" -q --color=always -j x86_64 -c 'pt; check'
	fails 2 '--color red auto always never' --color=red x86_64
	for wish in NO_COLOR=1 TERM=dumb OPTION=--color=never; do
		rm -f screens
		case $wish in OPTION=*) option=${wish#*=} ;; *) option= ;; esac
		printf 'expect kwalk>\\x20\nclear\nsend pt\\r\nexpect kwalk>\\x20\ncolours screens\nsend quit\\r\nexits 0\n' |
			on_screen_with "$wish" 100 40 ${option:+"$option"} x86_64
		[ ! -s screens ]
	done
}

# on_screen_with NAME=VALUE ...: on_screen, with a variable that only kwalk sees.
on_screen_with() {
	printf '#!/bin/sh\nexec env %s %s "$@"\n' "$1" "$KWALK" >with
	chmod +x with
	KWALK=$PWD/with on_screen "${@:2}"
}

@test "complaints are fitted and coloured, on a terminal only" {
	dump x86_64
	head -c 60000 x86_64 >"cut"
	"$KWALK" -q cut -c 'vtop nonsense; sym init_tusk' 2>whole || true
	not grep -q $'\033' whole
	[ "$(awk 'length > 50' whole | wc -l)" -ge 3 ]
	on_screen 50 40 --no-pager cut -c 'vtop nonsense; sym init_tusk' <<-'END'
	exits any
	colours colours
	show screens
	fits
	END
	grep -qx 'brown kwalk: warning:' colours
	grep -qx 'bold red kwalk:' colours
	# The same words, the rows behind a line's first indented.
	grep -q '^    [^ ]' screens
	diff <(tr -s ' \n' '\n' <whole) <(tr -s ' \n' '\n' <screens)
	grep -v '^kwalk: ' screens | not grep -v '^    [^ ]'
}

# A line break within a command, or within its quotes, would break it when it is pasted.
@test "a command in a complaint is a line of its own, which is not broken" {
	dump x86_64-tasks
	vmlinux 64
	on_screen 100 40 --no-pager vmlinux x86_64-tasks -c 'gdb; list 0' <<-'END'
	exits any
	show screens
	END
	cat screens
	grep -qx "gdb -ex 'target remote | kwalk --gdb vmlinux x86_64-tasks' vmlinux" screens
	# elsewhere a complaint is one line
	"$KWALK" -q vmlinux x86_64-tasks -c 'gdb; list 0' 2>whole || true
	[ "$(wc -l <whole)" = 2 ]
}

@test "complaints have the colours that are wished for" {
	dump x86_64
	complains() {
		"$@" -q x86_64 -c 'vtop nonsense' 2>&1 >/dev/null | cat -v
	}
	[[ "$(complains "$KWALK" --color)" == '^[[1;31mkwalk:^[[m vtop: nonsense'* ]]
	[[ "$(NO_COLOR=1 complains "$KWALK" --color=always)" == '^[['* ]]
	[[ "$(complains "$KWALK" --color=auto)" == 'kwalk: vtop: nonsense'* ]]
	for wish in NO_COLOR=1 TERM=dumb; do
		on_screen_with $wish 50 40 x86_64 -c 'vtop nonsense' <<<$'exits any\ncolours colours'
		[ ! -s colours ]
	done
	[[ "$(complains "$KWALK" --color --nonsense)" == '^[[1;31mkwalk:'* ]]
}

@test "progress takes one row of a narrow terminal, and leaves nothing there" {
	dump x86_64
	export KWALK_PROGRESS=0
	on_screen 30 60 --no-pager x86_64 -c pt <<-'END'
	expect kwalk: pt: 
	expect ffff888000000000
	exits 0
	show screens
	END
	not grep -q 'kwalk: pt\|Ctrl-C' screens
	grep -q 'START  *ffffffffff600000$' screens
}

@test "no escape sequence is a dump's own" {
	{
		echo "include $DUMPS/x86_64.txt"
		"$DUMPS/mkkallsyms" --also=$'zz\033[31mred'
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
	"$KWALK" -q --color=always kernel -c 'sym ffffffff81003a00; region ffffffff81003a00' >coloured
	grep -qF 'zz?[31mred' coloured
	sed $'s/\033\\[\\(1\\|32\\|33\\|1;31\\|\\)m//g' coloured >plain
	not grep -q $'\033' plain
}

@test "panic: a register is not broken off its value, however narrow the screen is" {
	local columns

	describe dump <<-END
	include $DUMPS/x86_64-tasks.inc
	at text_phys+4M+0x20b00: u64 0 0xffffffff 1 0 3
	at cpu0+0x320: u64 d+t_shell
	note CORE prstatus pid=3 ip=text+0x2004 sp=0x1234
	END
	vmlinux 64
	for columns in 60 80; do
		rm -f screens
		asks panic | on_screen $columns 60 --no-pager vmlinux dump
		grep -qE '^ +rip +[0-9a-f]{16}' screens
		not grep -qE '^ +[0-9a-f]{16}$| r[a-z0-9]+ *$' screens
	done
}

@test "zones -m at 80 columns has the type and all orders" {
	FREE_LISTS=1 vmlinux 64
	dump x86_64-free-lists
	asks 'zones -m' | on_screen 80 40 --no-pager vmlinux x86_64-free-lists
	grep -E '^ +0  Normal  movable +6 +1  2\|2$' screens
}

@test "zones at 80 columns has the watermarks" {
	dump x86_64-kmem
	vmlinux 64
	asks zones | on_screen 80 40 --no-pager vmlinux x86_64-kmem
	grep -E 'FREE +MIN +LOW +HIGH' screens
}
