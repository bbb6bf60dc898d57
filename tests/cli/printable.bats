#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Names and texts from dumps and their files steer no terminal, and make no lines.
load common

hostile() {
	python3 "$BATS_TEST_DIRNAME/hostile.py" "$@"
}

# harmless SHOWN COMMANDS ARGUMENT...: answers and messages, as text and as
# JSON, are clean, and the names that were made hostile are there: SHOWN, a part of
# them with '?' in place of what was replaced.
harmless() {
	local shown=$1 commands=$2

	shift 2
	patiently "$KWALK" -v -c "$commands" "$@" >text 2>said </dev/null || [ $? -le 2 ]
	patiently "$KWALK" -v -j -c "$commands" "$@" >json 2>said-json </dev/null || [ $? -le 2 ]
	hostile text text said said-json
	hostile json json
	grep -qF -- "$shown" text said || {
		cat text said
		return 1
	}
}

# The steering bytes, as they are to be shown; shorter names have some of them.
WHOLE='?????' SHORT='???' LINE='????'

@test "OSRELEASE, in the dump's note and in its memory" {
	dump x86_64
	hostile put-line x86_64 18-amd64
	harmless "$LINE" 'info; check' x86_64
	vmlinux 64
	harmless "$LINE" 'info; check' vmlinux x86_64
	dump x86_64
	BUILD_ID=0xc0ffee00c0ffee00c0ffee00c0ffee00c0ffee01 vmlinux 64
	hostile put-line vmlinux 18-amd64
	harmless "$LINE" 'info; check' vmlinux x86_64
	hostile put-line x86_64 18-amd64
	# The banner of a prompt.
	TERM=dumb python3 - "$KWALK" x86_64 >banner <<-'END'
	import os, pty, sys
	pid, fd = pty.fork()
	if not pid:
	    os.environ["INPUTRC"] = "/dev/null"
	    os.execv(sys.argv[1], sys.argv[1:])
	os.write(fd, b"quit\r")
	shown = b""
	while True:
	    try:
	        data = os.read(fd, 65536)
	    except OSError:
	        break
	    if not data:
	        break
	    shown += data
	lines = [s for s in shown.split(b"\r\n") if b"kwalk> " not in s and b"quit" not in s]
	sys.stdout.buffer.write(b"\n".join(lines))
	END
	grep -qF "$LINE" banner
	hostile text banner
}

@test "symbols of a vmlinux, of the dump and of a System.map" {
	dump x86_64-areas
	vmlinux 64
	hostile put vmlinux special_mapping_vmops schedule asm_exc_divide_error
	harmless "$WHOLE" 'sym ffffffff81002004; region ffffffff81002004; areas; sym nothing' vmlinux x86_64-areas
	{
		echo "include $DUMPS/x86_64.txt"
		"$DUMPS/mkkallsyms" --also='n\n\x1b\x9b\xc2\x9b\xe2\x80\xaeFORGED'
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
	harmless 'n?????FORGED' 'sym ffffffff81003a00; region ffffffff81003a10; info' kernel
	dump x86_64
	"$DUMPS/mkkallsyms" --map >System.map
	# A name ends at a blank and a line there.
	python3 -c '
import sys
with open("System.map", "rb+") as file:
    text = file.read().replace(b"schedule", b"s\x1b\x9b\xc2\x9b\xe2\x80\xae")
    file.seek(0)
    file.write(text)'
	harmless 's????' 'sym ffffffff81002004; region ffffffff81002004' System.map x86_64
}

@test "modules, resources, areas" {
	dump x86_64-areas
	vmlinux 64
	hostile put x86_64-areas test_mod virtio-pci 'Kernel code' 'System RAM'
	harmless "$WHOLE" 'areas; iomem; ioports; region ffffffffc0001000; vtop ffffc90000010123; check' vmlinux x86_64-areas
}

@test "processes, files and names of their mappings" {
	dump x86_64-tasks
	vmlinux 64
	hostile put x86_64-tasks init-worker kthreadd 'pool of buffers' 'swapper/0' dev/zero
	harmless "$WHOLE" 'tasks; vmas -p 1; vmas -p 3; set 2; set; pagemap -p 1; vtop -p 1 1000; vtop -p 2 1; shared 1 3; ptov -a -u 1c02000' \
		vmlinux x86_64-tasks
	harmless "$SHORT" 'vmas -p 1; vmas -p 3' vmlinux x86_64-tasks
}

@test "purposes of pages: slab caches" {
	dump x86_64-purpose
	vmlinux 64
	hostile put x86_64-purpose kmalloc-96
	harmless "$WHOLE" "page ffff888000050000; ptov -a 50000; region ffff888000050000 ffff8880000510a0" vmlinux x86_64-purpose
}

@test "headers: kdump's and LKCD's machine, QEMU's machine and blocks, VMCOREINFO" {
	local name

	# The machine of a header without notes.
	dump kdump-version-1
	python3 - <<-'END'
	with open("kdump-version-1", "rb+") as file:
	    assert file.read(8) == b"KDUMP   "
	    file.seek(12 + 4 * 65)
	    file.write(b"\n\x1b\x9b\xc2\x9b\xe2\x80\xaeFORGED LINE\0")
	END
	harmless "$WHOLE" info kdump-version-1
	dump x86_64
	python3 "$BATS_TEST_DIRNAME/rare.py" lkcd x86_64 lkcd machine=hostile_name
	hostile put lkcd hostile_name
	harmless "$WHOLE" info lkcd
	python3 "$BATS_TEST_DIRNAME/containers.py" qemu x86_64 qemu
	cp qemu blocks
	hostile put qemu pc-i440fx-7.2
	harmless '' info qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" numa x86_64 blocks
	hostile put blocks /rom@etc/acpi/tables
	harmless "$WHOLE" info blocks
	hostile put-line x86_64 phys_base pgtable_l5_enabled
	harmless '' 'info; vtop ffffffff81000000; check' x86_64
}

@test "a file's own name, an argument, an unknown option" {
	local name=$'d\n\e\x9b\xc2\x9b\xe2\x80\xaeFORGED'

	dump x86_64
	mv x86_64 "$name"
	harmless 'd?????FORGED' 'info' "$name" "$name.gone"
	harmless 'd?????FORGED' "info; vtop '$name'; '$name'" "$name"
	"$KWALK" "--$name" "$name" 2>said >text || [ $? -eq 2 ]
	hostile text said text
	"$KWALK" -x "$name.gone" "$name" 2>said >text || [ $? -eq 2 ]
	hostile text said text
	grep -qF 'd?????FORGED' said
}

@test "columns are counted as they are shown" {
	dump x86_64-tasks
	vmlinux 64
	python3 - <<-'END'
	with open("x86_64-tasks", "rb+") as file:
	    text = file.read().replace(b"kthreadd\0", b"g\xc3\xbc\xe2\x82\xac\xff\x1b\0")
	    file.seek(0)
	    file.write(text)
	END
	"$KWALK" -q -c tasks vmlinux x86_64-tasks >text
	python3 - <<-'END'
	rows = open("text").read().splitlines()
	at = rows[0].index("TASK")
	mine = [s for s in rows if "gü€??" in s]
	assert len(mine) == 1, rows
	assert mine[0][at:at + 8] == "ffff8880" and mine[0][at - 1] == " ", mine
	END
}
