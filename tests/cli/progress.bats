#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Commands that take long: progress on a terminal, and what Ctrl-C leaves.
load common

# endless: tables that name each other, in any order that a walk may take.
endless() {
	describe endless <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 $(for _ in $(seq 256); do printf '0x30000|KTABLE 0x30000|TABLE|NX '; done)
	END
}

# interrupted TIMES ARGUMENT...: run kwalk so, into answers and complaints.
interrupted() {
	local got=0

	patiently python3 "$BATS_TEST_DIRNAME/interrupt.py" "$1" "$KWALK" -q "${@:2}" >answers 2>complaints || got=$?
	status=$got
}

# whole: each answer is a whole line.
whole() {
	python3 -c 'import json, sys; print(len([json.loads(s) for s in open("answers")]))'
}

@test "progress on a terminal, which is gone when there are answers" {
	dump x86_64
	cat >script <<-'END'
	expect kwalk: pt: 
	expect s, 1 items read; Ctrl-C ends it
	expect \r\x1b[KSTART
	expect ffff888000000000
	exits 0
	END
	KWALK_PROGRESS=0 python3 "$BATS_TEST_DIRNAME/terminal.py" script "$KWALK" -q -c pt x86_64
	cat >script <<-'END'
	expect kwalk: pt: 
	expect s, 1 items read
	expect \r\x1b[Kkwalk: pt: 200000 to 3fffff
	exits 1
	END
	dump x86_64-missing
	KWALK_PROGRESS=0 python3 "$BATS_TEST_DIRNAME/terminal.py" script /bin/sh -c "'$KWALK' -q -c 'pt 0 28000000000' x86_64-missing >answers"
}

@test "no progress where nobody looks" {
	dump x86_64
	KWALK_PROGRESS=0 "$KWALK" -q -c 'pt; check' x86_64 2>complaints >answers
	[ ! -s complaints ]
	not grep -E '[0-9] looked at' answers
}

@test "Ctrl-C: pt, pagemap and ptov -a end with what was found, and say so" {
	endless
	interrupted 1 -j -c 'pt; info' endless
	[ "$status" = 1 ]
	complains @interrupted pt 'the answer is incomplete, and ends at ff'
	[ "$(wc -l <complaints)" = 1 ]
	[ "$(whole)" -gt 100 ]
	[ "$(grep -c '"command":"info"' answers)" = 0 ]
	tail -n 1 answers | grep -q '"status":"error".*interrupted'

	interrupted 1 -j -c 'pagemap ff2c000000000000 ff2cffffffffffff' endless
	[ "$status" = 1 ]
	complains @interrupted pagemap
	[ "$(whole)" -gt 100 ]

	dump x86_64
	printf 'ptov -a %s\ninfo\n' "$(seq -s ' ' 0 4096 8388608 | sed 's/[0-9]*/0x&/g' | sed 's/0x\b//g')" >frames
	interrupted 1 -j -x frames x86_64
	[ "$status" = 1 ]
	complains @interrupted 'frames:1 ptov'
	[ "$(whole)" -gt 100 ]
	[ "$(grep -c '"command":"info"' answers)" = 0 ]
}

@test "Ctrl-C twice: the end" {
	endless
	interrupted 2 -j -c 'pagemap ff2c000000000000 ff2cffffffffffff' endless
	[ "$status" = 130 ]
}
