#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The words of the commonest messages. Other tests check the kind of an error and what it names.
load common

# says MESSAGE ARGUMENT...: kwalk's standard error ends with the line MESSAGE.
says() {
	"$KWALK" -q "${@:2}" 2>complaints && return 1
	tail -n 1 complaints | diff - <(echo "kwalk: $1")
}

@test "commands that do not exist, or are answered elsewhere" {
	dump x86_64
	says 'vtp: no such command; did you mean vtop?' -c 'vtp 0' x86_64
	says 'xyzzy: no such command; try "help"' -c xyzzy x86_64
	says 'Call: no such command; "annotate FILE" explains the addresses in a text, "annotate -" the addresses in standard input' \
		-c 'Call Trace:' x86_64
	says 'dmesg: kwalk answers this command of crash only as: dmesg; dmesg -T' -c 'dmesg -z' x86_64
	says 'whatis: too few arguments: no WORD was given; usage: whatis [-v] [-p PROCESS | -r ROOT] WORD...' -c whatis x86_64
}

@test "symbols, members and tasks that are not known" {
	dump x86_64-tasks
	vmlinux 64
	says 'sym: nosuch: no symbol "nosuch" in vmlinux' -c 'sym nosuch' vmlinux x86_64-tasks
	says 'p: jifies: no symbol "jifies" in vmlinux; did you mean jiffies?' -c 'p jifies' vmlinux x86_64-tasks
	says "sym: nosuch: no symbol \"nosuch\": no vmlinux was given, VMCOREINFO does not name it, and kallsyms cannot be read: no table was found in the kernel's image" \
		-c 'sym nosuch' x86_64-tasks
	says 'tasks: where struct task_struct keeps tasks is not known: no vmlinux was given, and the dump has no BTF that can be found' \
		-c tasks x86_64-tasks
	says 'vtop: -p 99: no task has this pid, name, address or mm' -c 'vtop -p 99 0' vmlinux x86_64-tasks
	says 'files: nobody: no task has this pid, name or address' -c 'files nobody' vmlinux x86_64-tasks
}

@test "memory that is not in the dump" {
	dump x86_64-missing
	says 'rd: 1f80000: physical 1f80000 is not in the dump: filtered' -c 'rd -p 1f80000' x86_64-missing
}

@test "files that do not belong to the dump, or to each other" {
	dump x86_64
	BUILD_ID=0xdead0000 vmlinux 64 5.10.0-9-amd64
	says 'vmlinux: does not belong to the dump (--strict)' --strict -c info vmlinux x86_64
	"$KWALK" -q -c 'btop 0' vmlinux x86_64 2>complaints
	complains @warning vmlinux 'does not belong to this dump, so facts from it are doubtful: '
	cp vmlinux other
	says 'vmlinux and other are both kernel executables; give only one' vmlinux other x86_64
}
