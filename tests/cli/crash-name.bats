#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kwalk under the name of crash: its command line, its files, its exit status.
bats_require_minimum_version 1.5.0
load common

setup() {
	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$KWALK" kwalk-crash
	vmlinux 64
	dump x86_64
}

# as_crash STATUS INPUT ARGUMENT...: the status, with the answers in out and the complaints in err.
as_crash() {
	local want=$1 got=0

	# shellcheck disable=SC2059 # the text is a format
	printf "$2" | ./kwalk-crash "${@:3}" >out 2>err || got=$?
	[ "$got" = "$want" ] || { echo "status $got"; cat out err; return 1; }
}

@test "the status is crash's: 0 after quit, 1 at the end of input, 1 for what cannot be opened" {
	as_crash 0 'nonsense\nptov 1c00123\nquit\n' -s vmlinux x86_64
	grep -q 1c00123 out
	grep -q 'kwalk: nonsense: no such command' err
	as_crash 0 'q' -s x86_64 vmlinux
	as_crash 0 'exit\nnonsense\n' -s x86_64 vmlinux
	not grep -q nonsense err
	as_crash 1 'ptov 1c00123\n' -s vmlinux x86_64
	grep -q 1c00123 out
	as_crash 1 'quit\n' -s vmlinux missing
	as_crash 1 'quit\n' -s
	grep -q kwalk-crash err
}

@test "a link with the name crash is the same" {
	ln -s "$KWALK" crash
	[ "$(./crash --osrelease x86_64)" = 6.1.0-18-amd64 ]
}

@test "--osrelease, --build-id and --log print one thing, and nothing else" {
	as_crash 0 '' --osrelease x86_64
	[ "$(cat out)" = 6.1.0-18-amd64 ]
	[ ! -s err ]
	as_crash 1 '' --osrelease vmlinux
	as_crash 0 '' --build-id vmlinux
	[ "$(cat out)" = "$(readelf -n vmlinux | sed -n 's/.*Build ID: //p')" ]
	as_crash 0 '' --build-id x86_64
	[ "$(cat out)" = c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00 ]
	dump era-3.10
	as_crash 1 '' --build-id era-3.10
	[ "$(cat out)" = unknown ]
	{
		printf 'include x86_64-4level.inc\ninclude x86_64-note.inc\n' | sed "s|include |&$DUMPS/|"
		"$DUMPS/mklog" ring --word=8 --expect=expected
	} | describe logged
	as_crash 0 '' --log logged
	[ -s out ]
	"$KWALK" -q -c log logged | diff - out
}

@test "-i runs a file, with the lines that it appends to itself, and then standard input" {
	printf 'ptov 1c00123\n!echo "ptov 1c00456" >>commands\n' >commands
	as_crash 0 'ptov 1c00789\nquit\n' -x -i commands -s -d 1 x86_64 vmlinux
	[ "$(grep -o '1c00[1-9]*' out | uniq | tr '\n' ' ')" = '1c00123 1c00456 1c00789 ' ]
	printf 'ptov 1c00123\nquit\n' >commands
	as_crash 0 'ptov 1c00789\n' -i commands -s x86_64 vmlinux
	not grep -q 1c00789 out
}

@test "without -s: a banner, and each command after the prompt" {
	as_crash 0 'ptov 1c00123\nquit\n' vmlinux x86_64
	sed -n '/^crash> /p' out >echoed
	printf 'crash> ptov 1c00123\ncrash> quit\n' | diff - echoed
	[[ $(sed '/^crash>/Q' out) == *'kwalk-crash '* ]]
	as_crash 0 'ptov 1c00123\nquit\n' -s vmlinux x86_64
	not grep -q crash out
}

@test "at a terminal: the prompt of crash" {
	KWALK=$PWD/kwalk-crash talk -s vmlinux x86_64 <<-'END'
	expect crash>
	send ptov 1c00123\r
	expect ffff888001c00123
	expect crash>
	send nonsense\r
	expect kwalk: nonsense
	expect crash>
	send q\r
	exits 0
	END
}

@test "> takes the rest of the line as the name of a file, as in crash" {
	as_crash 0 "ptov 1c00123 >> '1 - a \"b\"''\nptov 1c00123 > a;b\nptov 1c00123 > /dev/null\nquit" -s vmlinux x86_64
	[ ! -s out ]
	grep -q 1c00123 "'1 - a \"b\"''"
	[ -c /dev/null ]
	as_crash 0 'ptov 1c00123 | cat >c\n!echo shell\nquit' -s vmlinux x86_64
	grep -q 1c00123 c
	[ "$(cat out)" = shell ]
}

@test "commands read no file, and open no dump, that the command line does not name" {
	echo 'ptov 1c00123' >text
	cp x86_64 other
	as_crash 0 'annotate text\n< text\ndiff other\nquit' -s vmlinux x86_64
	[ ! -s out ]
	[ "$(grep -c 'kwalk-crash reads only the files of its command line' err)" = 2 ]
	grep -q '<: .*kwalk-crash -i FILE' err
	as_crash 0 'annotate text\nquit' -s vmlinux x86_64 -i /dev/null
	[ ! -s out ]
}

@test "options of crash: those that change no answer are accepted, others refused" {
	as_crash 0 'ptov 1c00123\nquit' -s --no_scroll --minimal -S --readnow --smp --no_kmem_cache \
		--kmem_cache_delay --no_modules --no_crashrc --hash 4 --dec --kaslr auto --offline show -e vi \
		--mod . -L -f vmlinux x86_64
	[ ! -s err ]
	grep -q 1c00123 out
	as_crash 0 'info\nquit' -s -m page_offset=0xffff888000000000 --kaslr 0x0 vmlinux x86_64
	grep -q 'page_offset .*ffff888000000000 .*-o' out
	local option
	for option in --hex --zero_excluded --active '--cpus 2' '--offline hide' -t -k -g '--kaslr 4096' \
		'-m vm=5level' --hyper --no_elf_notes --nonsense; do
		# shellcheck disable=SC2086 # words
		as_crash 1 'quit' -s vmlinux x86_64 $option
		grep -q -- "${option%% *}\|kaslr" err || { echo "$option"; cat err; return 1; }
	done
}

@test "--no_panic begins with the idle task of CPU 0" {
	describe panicked <<-END
	include $DUMPS/x86_64-unwind.txt
	END
	as_crash 0 'set\nquit' -s --no_panic vmlinux panicked
	grep -q '^ *0 ' out
}

@test "ps has the columns of crash" {
	dump x86_64-tasks
	as_crash 0 'ps\nps 1\nquit' -s vmlinux x86_64-tasks
	[ "$(awk '$1 == 1 { print $2, $5, $9; exit }' out)" = '- RU init' ]
	[[ $(head -n 1 out) == *PID*PPID*CPU*TASK*ST*TGID*VSZ*RSS*COMM ]]
	[ "$(grep -c PPID out)" = 2 ]
	awk '$9 == "[kthreadd]" { print $7, $8 }' out | grep -qx '0 0'
	not grep -q '^>.*>\|[0-9]K ' out
	as_crash 0 'ps -S\nps -l\nps -O comm 1\nquit' -s vmlinux x86_64-tasks
	not grep -q PPID out
}

@test "options of kwalk that limit what commands can do" {
	as_crash 0 'ptov 0 > new\n!touch ran\nquit\n' -s --no-files x86_64
	[ ! -e new ]
	[ ! -e ran ]
	as_crash 0 'ptov 0 > new\n!touch ran\nquit\n' -s --no-shell --timeout=100 --max-memory=1G x86_64
	[ -e new ]
	[ ! -e ran ]
	as_crash 1 'quit\n' -s --timeout=x x86_64
	grep -q 'x' err
	as_crash 1 'quit\n' -s --max-memory=none x86_64
	as_crash 1 'quit\n' -s --sandbox=no x86_64
}
