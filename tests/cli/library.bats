#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# libkwalk.so by its public header: it says what the program says, and keeps the promises
# that include/kwalk.h makes.
load common

ASKS=$(realpath "${ASKS:-./library-asks}")
EXAMPLE=$(realpath "${EXAMPLE:-./library-example}")

# The ranges that pt lists, as library-asks prints them. The upper half begins elsewhere in
# each mode; a mode refuses addresses that it has not.
ranges() {
	{ "$KWALK" -q -j "$@" -c 'pt 0 7fffffffffffffff; pt ff00000000000000; pt ffff800000000000' 2>/dev/null ||
		true; } | python3 -c '
import json, sys
found = {}
for answer in map(json.loads, sys.stdin):
    if "start" not in answer:
        continue
    words = [answer["start"][2:], answer["end"][2:]]
    if answer["status"] == "ok":
        words += [str(answer["page_size"])] + ["w"] * answer["writable"]
        words += ["x"] * answer["executable"] + ["u"] * answer["user"]
    else:
        words.append(answer["status"])
    found[int(answer["start"], 16)] = " ".join(words)
print(*(found[start] for start in sorted(found)), sep="\n")'
}

@test "each page of a table, in each way to ask, of each mode" {
	local name

	for name in x86_64 x86_64-5level x86_64-aliases x86_64-kpti pae; do
		dump "$name"
		"$ASKS" ranges "$name" >library
		ranges "$name" >program
		[ -s program ]
		diff library program
	done
	dump i386
	vmlinux 32
	"$ASKS" ranges vmlinux i386 >library
	ranges vmlinux i386 >program
	[ -s program ]
	diff library program
}

@test "tasks and their mappings" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" tasks vmlinux x86_64-tasks >library
	grep -qx '5 1 init-worker ffff888000030100 ffff888000031000' library
	grep -q '^ 1000 2fff r-xp /bin/init' library
	[ "$(grep -c '^[0-9]' library)" = 7 ]
}

@test "facts are the same as in info" {
	dump x86_64-kaslr
	"$ASKS" facts x86_64-kaslr >library
	"$KWALK" -q -j x86_64-kaslr -c info | python3 -c '
import json, sys
names = dict(line.rstrip("\n").split(" ", 1) for line in open("library"))
for fact in map(json.loads, sys.stdin):
    if fact["fact"] in names:
        assert names.pop(fact["fact"]) == str(fact["value"]), fact
assert not set(names) & {"arch", "levels", "kaslr_offset", "root", "phys_base"}, names'
}

@test "a frame: its struct page, use and mappings, and what its address may be" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" frame 1c02123 vmlinux x86_64-tasks >library || [ -s library ]
	[ "$(grep -c ' pid ' library)" = 4 ]
	grep -qx '202123 2097152 pid 1' library
	grep -q '^physical ' library
}

@test "symbols both ways, and the region" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" symbol init_task vmlinux x86_64-tasks >library
	grep -qE '^ffffffff81420800 [0-9]+ kernel-image ' library
}

@test "values of expressions: type, place and bytes" {
	dump x86_64-tasks
	vmlinux 64
	for expression in init_task.comm init_task.tasks.next init_task.pid 'sizeof(struct list_head)' '&init_task'; do
		"$ASKS" value "$expression" vmlinux x86_64-tasks
	done >library
	diff - library <<-'END'
	array|char [16]|DWARF|ffffffff81420848|16|737761707065722f3000000000000000
	pointer|struct list_head *|DWARF|ffffffff81420810|8|100003008088ffff
	signed|int|DWARF|ffffffff81420830|4 signed|00000000
	unsigned|unsigned long||8|1000000000000000
	pointer|struct task_struct *|DWARF|8|00084281ffffffff
	END
	"$ASKS" value 'init_task' vmlinux x86_64-tasks | grep -q '^struct|struct task_struct|DWARF|ffffffff81420800|168|'
}

@test "physical memory, and what is not there" {
	dump x86_64-missing
	"$ASKS" memory 0 ffffffff x86_64-missing >library
	head -n 1 library | grep -qx ELF
	grep -q ' absent$' library
}

# panic's answer, as library-asks prints it.
cpus() {
	{ "$KWALK" -q -j "$@" -c panic 2>/dev/null || true; } | python3 -c '
import json, sys
for cpu in json.loads(next(sys.stdin))["cpus"]:
    values = "".join(f" {name}={value[2:]}" for name, value in cpu.get("registers", {}).items())
    print("cpu", cpu["cpu"], "pid", cpu["pid"], cpu["comm"], "task", cpu["task"][2:] + values)'
}

@test "CPUs and their registers are as panic shows them, from notes and from QEMU" {
	describe noted <<-END
	include $DUMPS/x86_64-tasks-cpus.txt
	at cpu0+0x320: u64 d+t_shell
	END
	vmlinux 64
	"$ASKS" cpus vmlinux noted >library
	cpus vmlinux noted | diff - <(grep ^cpu library)
	# The note names the task that CPU 0 ran.
	grep -q '^cpu 0 .* rip=ffffffff81002004 rsp=1234 ' library
	grep -q '^OSRELEASE=' library
	# in their order, where no symbol gives the number
	"$ASKS" cpus noted >library
	grep -q '^cpu -1 pid -1 - task 0 rip=' library
	for name in i386-qemu x86_64-5level-qemu; do
		dump $name
		"$ASKS" cpus $name >library
		[ "$(grep -c '^cpu 0 .*=.* cr3=' library)" = 1 ]
	done
	grep -q ' rip=' library
	"$ASKS" cpus i386-qemu | grep -q ' eip='
	dump x86_64-raw
	"$ASKS" cpus x86_64-raw >library
	grep -q '^unknown: what the CPUs ran is not known' library
}

@test "wrong use is answered, never done" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" wrong vmlinux x86_64-tasks
}

@test "a callback stops a call, and can neither ask nor close" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" callbacks vmlinux x86_64-tasks
	"$ASKS" visits vmlinux x86_64-tasks
}

@test "an array that the caller changes during a call is read once" {
	dump x86_64-tasks-isolated
	vmlinux 64
	"$ASKS" changing vmlinux x86_64-tasks-isolated
}

@test "a file that became shorter is an error" {
	dump x86_64-tasks
	"$ASKS" shrink x86_64-tasks
}

@test "the page of a read error of a mapped file is known by the signal's address" {
	not_emulated "si_addr of a big-endian program has its halves exchanged"
	dump x86_64-tasks
	"$ASKS" bus x86_64-tasks
}

@test "opening and closing a thousand times leaves nothing" {
	dump x86_64-tasks
	vmlinux 64
	! sanitized || skip "the sanitizer's allocator does not count"
	"$ASKS" leak vmlinux x86_64-tasks
}

@test "no signal, limit or stream of the process is touched, whatever the file" {
	local name

	dump x86_64-tasks
	vmlinux 64
	"$ASKS" process vmlinux x86_64-tasks >output 2>&1
	[ ! -s output ]
	for name in bad-cut-notes bad-vmcoreinfo-wild x86_64-loop; do
		dump "$name"
		"$ASKS" facts "$name" 2>&1 >/dev/null | tee -a output
	done
	[ ! -s output ]
}

@test "two kernels in two threads share nothing" {
	dump x86_64-tasks
	vmlinux 64
	"$ASKS" threads vmlinux x86_64-tasks
}

@test "where memory runs out, a call says so or its answer is whole" {
	dump x86_64-tasks
	! sanitized || skip "the sanitizer has its own allocator"
	${CC:-cc} -shared -fPIC -o starve.so "$BATS_TEST_DIRNAME/starve.c"
	"$ASKS" facts x86_64-tasks >whole
	for nr in $(seq 1 60); do
		STARVE=$nr LD_PRELOAD=./starve.so "$ASKS" facts x86_64-tasks >some || {
			grep -q 'out of memory' some
			continue
		}
		diff some whole
	done
}

@test "the example of doc/" {
	local status

	dump x86_64-tasks
	vmlinux 64
	refuses() {
		status=0
		"$EXAMPLE" "${@:3}" >output 2>complaints || status=$?
		[ "$status" = "$1" ] && [ ! -s output ] && grep -q "$2" complaints
	}
	refuses 2 '^usage: example \[VMLINUX\] DUMP SYMBOL$'
	refuses 2 '^usage: ' x86_64-tasks
	refuses 2 '^usage: ' vmlinux x86_64-tasks init_task more
	refuses 2 'cannot open the dump: nowhere: No such file' nowhere init_task
	refuses 1 'cannot find the symbol: .*"no_such_symbol"' x86_64-tasks no_such_symbol
	for files in 'vmlinux x86_64-tasks' 'x86_64-tasks vmlinux'; do
		# shellcheck disable=SC2086
		"$EXAMPLE" $files init_task | grep '^ffffffff81420800 is at 1420800 and holds 0$'
	done
	dump x86_64-kaslr
	"$EXAMPLE" x86_64-kaslr swapper_pg_dir >output
	grep -qE '^ffffffff[0-9a-f]+ is at [0-9a-f]+ and holds [0-9a-f]+$' output
}
