#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The prompt, on a terminal of its own.
load common

@test "one line says what was opened; commands are answered; Ctrl-D ends" {
	dump x86_64
	talk x86_64 <<-'END'
	expect x86_64
	expect kwalk>
	send ptov 1c00123\r
	expect ffff888001c00123
	expect kwalk>
	send nonsense\r
	expect kwalk: nonsense
	expect kwalk>
	send \x04
	exits 1
	END
}

@test "quit is status 0 where all was answered" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 0\r
	expect ffff888000000000
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Tab completes commands and symbols" {
	dump x86_64
	vmlinux 64
	talk -q vmlinux x86_64 <<-'END'
	expect kwalk>
	send pfn_t\t1c00\r
	expect ffffea0000070000
	expect kwalk>
	send vtop sched\t\r
	expect 1002000
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "Ctrl-C gives a line up, and stops a command, but not the program" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 12
	expect ptov 12
	send \x03
	expect kwalk>
	send ptov 34\r
	expect ffff888000000034
	expect kwalk>
	send rd -8 -p 100000 30000000\r
	expect 00 00
	send \x03
	expect kwalk>
	send ptov 56\r
	expect ffff888000000056
	expect kwalk>
	send quit\r
	exits any
	END
}

@test "history is kept from one session to the next" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send ptov 789\r
	expect ffff888000000789
	expect kwalk>
	send quit\r
	exits 0
	END
	grep -rqx 'ptov 789' "$HOME/.local/state/kwalk" || grep -rqx 'ptov 789' "$HOME"/.kwalk*
	# Ctrl-P twice: quit, then ptov 789
	talk -q x86_64 <<-'END'
	expect kwalk>
	send \x10\x10\r
	expect ffff888000000789
	expect kwalk>
	send quit\r
	exits 0
	END
}

@test "!cmd runs a shell command, | cmd filters answers; in scripts too" {
	dump x86_64
	talk -q x86_64 <<-'END'
	expect kwalk>
	send !echo a$((1+1))b\r
	expect a2b
	expect kwalk>
	send ptov 1234 | tr f F\r
	expect FFFF888000001234
	expect kwalk>
	send quit\r
	exits 0
	END
	echo 'ptov 1234 | tr f F' | "$KWALK" -q x86_64 | grep -q FFFF888000001234
}
